#include "common/object.h"

#include <string.h>

const struct object object_table[OBJECTS] = {
#define OBJECT(id, name, type, help) { name, type, help },
#define FIELD(object, id, name, type, when, help)
#include "common/object.def"
#undef OBJECT
#undef FIELD
};

const struct field field_table[FIELDS] = {
#define OBJECT(id, name, type, help)
#define FIELD(object, id, name, type, when, help)                                                  \
	{ name, "\"" name "\":", sizeof(name) + 2, type, OBJECT_##object, FIELD_##when, help },
#include "common/object.def"
#undef OBJECT
#undef FIELD
};

#define OBJECT(id, name, type, help)
#define FIELD(object, id, name, type, when, help)                                                  \
	_Static_assert(sizeof(name) + 2 <= JSON_MEMBER_MAX, "too long a name: " name);
#include "common/object.def"
#undef OBJECT
#undef FIELD

const struct object *object_find(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < OBJECTS; i++) {
		if (strcmp(object_table[i].name, name) == 0)
			return &object_table[i];
	}
	return NULL;
}

const struct field *object_fields(const struct object *object, size_t *out_count)
{
	enum object_id id = (enum object_id)(object - object_table);
	size_t first = 0, end;

	while (first < FIELDS && field_table[first].object != id)
		first++;
	for (end = first; end < FIELDS && field_table[end].object == id; end++)
		;
	*out_count = end - first;
	return field_table + first;
}

const struct field *object_field(const struct object *object, const char *name)
{
	size_t count, i;
	const struct field *fields = object_fields(object, &count);

	for (i = 0; i < count; i++) {
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	}
	if (object == &object_table[OBJECT_EXPLAIN])
		return object_field(&object_table[OBJECT_FEED], name);
	return NULL;
}
