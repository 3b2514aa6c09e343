#include "ctl/row.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"

static bool is_key(const struct wire_value *value, const struct column *column)
{
	return value->key_length == column->length &&
	       memcmp(value->key, column->name, column->length) == 0;
}

/* What stands at the hint may be in another value of this row. */
const struct wire_value *row_get(const struct wire_row *row, struct column *column)
{
	const struct wire_value *value = NULL;

	if (column->hint < row->count) {
		value = &row->values[column->hint];
		if (is_key(value, column) && value->depth == row->values[0].depth)
			return value;
		value = NULL;
	}
	while ((value = wire_row_next(row, value)) != NULL) {
		if (is_key(value, column)) {
			column->hint = (size_t)(value - row->values);
			return value;
		}
	}
	return NULL;
}

bool row_of(const struct wire_value *value, struct wire_row *out_row)
{
	*out_row = wire_row_in(value_is_object(value) ? value : NULL);
	return value_is_object(value);
}

bool value_is_null(const struct wire_value *value)
{
	return value == NULL || value->kind == WIRE_NULL;
}

bool value_is_text(const struct wire_value *value)
{
	return value != NULL && value->kind == WIRE_STRING;
}

bool value_is_number(const struct wire_value *value)
{
	return value != NULL && value->kind == WIRE_NUMBER;
}

bool value_is_array(const struct wire_value *value)
{
	return value != NULL && value->kind == WIRE_ARRAY;
}

bool value_is_object(const struct wire_value *value)
{
	return value != NULL && value->kind == WIRE_OBJECT;
}

bool value_is_true(const struct wire_value *value)
{
	return value != NULL && value->kind == WIRE_TRUE;
}

int64_t value_int(const struct wire_value *value)
{
	return value_is_number(value) ? strtoll(value->text, NULL, 10) : 0;
}

double value_double(const struct wire_value *value)
{
	return value_is_number(value) ? strtod(value->text, NULL) : 0;
}

/* What an object in a list is called in a line of text, or NULL. */
static const struct wire_value *face_of(const struct wire_row *object)
{
	static const char *const faces[] = { "name", "url", "title", "site", "id" };
	const struct wire_value *face = NULL;

	for (size_t i = 0; i < sizeof(faces) / sizeof(faces[0]) && value_is_null(face); i++)
		face = wire_row_get(object, faces[i]);
	return face;
}

/* "2026-06-03T10:00:00Z 304 0 0 120 8": what has no name is told by all it has. */
static void put_members(const struct wire_row *object, struct buf *out)
{
	const struct wire_value *value = NULL;
	bool full = false;

	for (bool first = true; !full && (value = wire_row_next(object, value)) != NULL;
		first = false) {
		struct text text = { value->text, value->length };

		if (value_is_null(value) || text.length == 0)
			text = (struct text){ "-", 1 };
		full = (!first && buf_add_byte(out, ' ') < 0) ||
		       buf_add(out, text.at, text.length) < 0;
	}
}

static int put_one(const struct wire_value *value, struct buf *out)
{
	struct wire_row object;
	struct buf part;
	struct text text;
	int result;

	if (row_of(value, &object) && value_is_null(face_of(&object))) {
		put_members(&object, out);
		return 0;
	}
	buf_init(&part, out->max);
	text = value_text(value_is_object(value) ? face_of(&object) : value, &part);
	result = buf_add(out, text.at, text.length);
	buf_release(&part);
	return result;
}

static struct text list_text(const struct wire_value *value, struct buf *scratch)
{
	struct wire_row list = wire_row_in(value);
	const struct wire_value *one = NULL;

	for (bool first = true; (one = wire_row_next(&list, one)) != NULL; first = false)
		if ((!first && buf_add_byte(scratch, ',') < 0) || put_one(one, scratch) < 0)
			break;
	return (struct text){ scratch->data, scratch->length };
}

struct text value_text(const struct wire_value *value, struct buf *scratch)
{
	struct json_writer writer;

	if (value == NULL)
		return (struct text){ "", 0 };
	if (value->kind != WIRE_ARRAY && value->kind != WIRE_OBJECT)
		return (struct text){ value->text, value->length };
	buf_clear(scratch);
	if (value->kind == WIRE_ARRAY)
		return list_text(value, scratch);
	json_begin(&writer, scratch);
	wire_put_value(&writer, value);
	return (struct text){ scratch->data, scratch->length };
}

char *value_strdup(const struct wire_value *value)
{
	struct buf scratch;
	struct text text;
	char *copy;

	buf_init(&scratch, SIZE_MAX / 2);
	text = value_text(value, &scratch);
	copy = mem_strndup(text.at, text.length);
	buf_release(&scratch);
	return copy;
}

static bool ends_in_id(const struct wire_value *value)
{
	return value->key_length >= 2 && memcmp(value->key + value->key_length - 2, "id", 2) == 0;
}

struct entry value_entry(const struct wire_value *object)
{
	struct entry entry = { NULL, NULL };
	const struct wire_value *value = NULL;
	struct wire_row row;

	if (!row_of(object, &row))
		return entry;
	while ((value = wire_row_next(&row, value)) != NULL) {
		if (value_is_text(value) && entry.name == NULL)
			entry.name = value;
		else if (value_is_number(value) && !ends_in_id(value))
			entry.number = value;
	}
	return entry;
}

int64_t value_time(const struct wire_value *value)
{
	int64_t unix_s;

	if (!value_is_text(value) || time_parse(value->text, &unix_s) < 0)
		return TIME_NONE;
	return unix_s;
}
