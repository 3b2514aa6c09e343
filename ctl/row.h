#ifndef CTL_ROW_H
#define CTL_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * Rows as the daemon sends them, read where they lie: a row is a list of where
 * its keys and values are in the message, and only what a format asks for is
 * decoded.  So a million rows cost no allocation, and `--json` is a copy.
 * What is read comes from our own daemon's writer; anything that is not JSON
 * is noticed, not guessed at.  Knows nothing of sockets and of what keys mean.
 */

/* A JSON value as it stands in the message; at is NULL where there is none. */
struct value {
	const char *at;
	size_t length;
};

/* Decoded text: lives as long as the message or the scratch buffer it is in. */
struct text {
	const char *at;
	size_t length;
};

#define ROW_MEMBERS_MAX 64

struct row {
	struct value json; /* all of it, braces included */
	size_t count;
	struct {
		const char *key;
		size_t key_length;
		struct value value;
	} member[ROW_MEMBERS_MAX];
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

/*
 * Read the object at *at, and move *at behind it.  False: it is none, or it
 * does not end before `end`.  Members beyond ROW_MEMBERS_MAX are left out.
 */
bool row_read(const char **at, const char *end, struct row *out_row);
/* The same for one whole value. */
bool row_of(struct value value, struct row *out_row);

struct value row_get(const struct row *row, struct column *column);
struct value row_find(const struct row *row, const char *key);

/* The end of the value at `at` (no white space in front), NULL if it has none. */
const char *value_skip(const char *at, const char *end);
const char *value_blank(const char *at, const char *end); /* over white space */

bool value_is_null(struct value value); /* null, or absent */
bool value_is_text(struct value value);
bool value_is_array(struct value value);
bool value_is_object(struct value value);
bool value_is_true(struct value value);
int64_t value_int(struct value value); /* 0 for what is no number */
double value_double(struct value value);

/*
 * A string's text, decoded into scratch if it has to be (scratch is cleared
 * first).  For null, "".  Numbers and bools as they stand.  Lists are joined
 * by ",", an object in a list stands for its name, url, title or id.
 */
struct text value_text(struct value value, struct buf *scratch);
/* The same as memory of its own. */
char *value_strdup(struct value value);

/*
 * An entry of a statistic, an object: its name (the first text in it) and what it
 * counts (the last number that is no id).  Members are null where there is none.
 */
struct entry {
	struct value name, number;
};
struct entry value_entry(struct value object, struct row *scratch);

/* Unix seconds of an RFC 3339 time; TIME_NONE for null or what is none. */
int64_t value_time(struct value value);

/* Each element of an array: *at begins NULL.  False at the end. */
bool value_next(struct value array, const char **at, struct value *out_element);

#endif
