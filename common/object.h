#ifndef COMMON_OBJECT_H
#define COMMON_OBJECT_H

#include <stddef.h>

#include "common/json.h"

/*
 * The table of objects (object.def): which keys a row has, in which order.  The
 * daemon writes rows by it, feedctl checks --fields and templates with it, the
 * interface description is generated from it.
 */

enum object_id {
#define OBJECT(id, name, type, help) OBJECT_##id,
#define FIELD(object, id, name, type, when, help)
#include "common/object.def"
#undef OBJECT
#undef FIELD
	OBJECTS
};

/* All fields of all objects in one row; those of one object are neighbours. */
enum field_id {
#define OBJECT(id, name, type, help)
#define FIELD(object, id, name, type, when, help) FIELD_##object##_##id,
#include "common/object.def"
#undef OBJECT
#undef FIELD
	FIELDS
};

enum field_when { FIELD_ALWAYS, FIELD_ASKED };

struct field {
	const char *name;
	const char member[JSON_MEMBER_MAX]; /* as json_put_member() has it */
	size_t member_length;
	const char *type; /* Varlink's: "?string" */
	enum object_id object;
	enum field_when when;
	const char *help; /* "" where the name says it */
};

struct object {
	const char *name; /* as struct command's object */
	const char *type; /* "Item" */
	const char *help;
};

extern const struct object object_table[OBJECTS];
extern const struct field field_table[FIELDS];

/* By the name in struct command; NULL if there is none. */
const struct object *object_find(const char *name);
/* The first of an object's fields; *out_count is how many follow from there. */
const struct field *object_fields(const struct object *object, size_t *out_count);
/* The field of that name, or NULL.  Of "explain" it may be a feed's. */
const struct field *object_field(const struct object *object, const char *name);

#endif
