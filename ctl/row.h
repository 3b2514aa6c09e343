#ifndef CTL_ROW_H
#define CTL_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/wire.h"

/*
 * What the formats ask of a row (common/wire.h): values as text, numbers and
 * times.  A value that is absent is NULL, and read like null.  Knows nothing of
 * sockets and of what keys mean.
 */

/* Lives as long as its row or the scratch buffer that it is in. */
struct text {
	const char *at;
	size_t length;
};

/* A key, and where it stood in the last row that was asked. */
struct column {
	const char *name;
	size_t length;
	size_t hint;
};
#define COLUMN(name)                                                                               \
	{                                                                                          \
		name, sizeof(name) - 1, 0                                                          \
	}

/* wire_row_get() for one row after the other. */
const struct wire_value *row_get(const struct wire_row *row, struct column *column);

/* What is in an object; false, and *out_row empty, for anything else. */
bool row_of(const struct wire_value *value, struct wire_row *out_row);

bool value_is_null(const struct wire_value *value); /* null, or absent */
bool value_is_text(const struct wire_value *value);
bool value_is_number(const struct wire_value *value);
bool value_is_array(const struct wire_value *value);
bool value_is_object(const struct wire_value *value);
bool value_is_true(const struct wire_value *value);
int64_t value_int(const struct wire_value *value); /* 0 for what is no number */
double value_double(const struct wire_value *value);

/*
 * A value as text.  For null, "".  Numbers and bools as they stand.  Lists are
 * joined by "," in scratch (which is cleared first), an object in a list stands
 * for its name, url, title, site or id, one without any is its members joined by
 * blanks, "-" for those that are null; one by itself is JSON.
 */
struct text value_text(const struct wire_value *value, struct buf *scratch);
/* The same as memory of its own. */
char *value_strdup(const struct wire_value *value);

/*
 * An entry of a statistic, an object: its name (the first text in it) and what it
 * counts (the last number that is no id).  NULL where there is none.
 */
struct entry {
	const struct wire_value *name, *number;
};
struct entry value_entry(const struct wire_value *object);

/* Unix seconds of an RFC 3339 time; TIME_NONE for null or what is none. */
int64_t value_time(const struct wire_value *value);

#endif
