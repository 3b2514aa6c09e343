#include "ctl/row.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"

const char *value_blank(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

/* The end of the string whose first quote is at[0]. */
static const char *skip_string(const char *at, const char *end)
{
	const char *quote = at + 1;

	for (;;) {
		const char *back;

		quote = memchr(quote, '"', (size_t)(end - quote));
		if (quote == NULL)
			return NULL;
		for (back = quote; back[-1] == '\\'; back--)
			;
		quote++;
		if (((quote - 1 - back) & 1) == 0)
			return quote;
	}
}

/* Lists and objects: brackets are counted, strings are jumped over. */
static const char *skip_nested(const char *at, const char *end)
{
	unsigned depth = 0;

	while (at < end) {
		switch (*at) {
		case '"':
			at = skip_string(at, end);
			if (at == NULL)
				return NULL;
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return at + 1;
			break;
		default:
			break;
		}
		at++;
	}
	return NULL;
}

const char *value_skip(const char *at, const char *end)
{
	const char *from = at;

	if (at >= end)
		return NULL;
	if (*at == '"')
		return skip_string(at, end);
	if (*at == '{' || *at == '[')
		return skip_nested(at, end);
	while (at < end && *at != ',' && *at != '}' && *at != ']' && *at != ' ' && *at != '\n')
		at++;
	return at > from ? at : NULL;
}

/* `"key": value` and the comma behind it; *at at the next key or the brace. */
static bool read_member(const char **at, const char *end, struct row *row)
{
	const char *key = *at, *key_end, *value, *value_end;

	if (key >= end || *key != '"')
		return false;
	key_end = skip_string(key, end);
	if (key_end == NULL)
		return false;
	value = value_blank(key_end, end);
	if (value >= end || *value != ':')
		return false;
	value = value_blank(value + 1, end);
	value_end = value_skip(value, end);
	if (value_end == NULL)
		return false;
	if (row->count < ROW_MEMBERS_MAX) {
		row->member[row->count].key = key + 1;
		row->member[row->count].key_length = (size_t)(key_end - key) - 2;
		row->member[row->count].value.at = value;
		row->member[row->count++].value.length = (size_t)(value_end - value);
	}
	*at = value_blank(value_end, end);
	return true;
}

bool row_read(const char **at, const char *end, struct row *out_row)
{
	const char *p = *at;

	out_row->count = 0;
	if (p >= end || *p != '{')
		return false;
	p = value_blank(p + 1, end);
	while (p < end && *p != '}') {
		if (!read_member(&p, end, out_row) || p >= end)
			return false;
		if (*p == ',')
			p = value_blank(p + 1, end);
		else if (*p != '}')
			return false;
	}
	if (p >= end)
		return false;
	out_row->json.at = *at;
	out_row->json.length = (size_t)(p + 1 - *at);
	*at = p + 1;
	return true;
}

bool row_of(struct value value, struct row *out_row)
{
	const char *at = value.at;

	out_row->count = 0;
	return at != NULL && row_read(&at, at + value.length, out_row);
}

static bool is_key(const struct row *row, size_t i, const char *name, size_t length)
{
	return row->member[i].key_length == length && memcmp(row->member[i].key, name, length) == 0;
}

struct value row_get(const struct row *row, struct column *column)
{
	struct value none = { NULL, 0 };

	if (column->hint < row->count && is_key(row, column->hint, column->name, column->length))
		return row->member[column->hint].value;
	for (size_t i = 0; i < row->count; i++) {
		if (is_key(row, i, column->name, column->length)) {
			column->hint = i;
			return row->member[i].value;
		}
	}
	return none;
}

struct value row_find(const struct row *row, const char *key)
{
	struct column column = { key, strlen(key), 0 };

	return row_get(row, &column);
}

bool value_is_null(struct value value)
{
	return value.at == NULL || value.at[0] == 'n';
}

bool value_is_text(struct value value)
{
	return value.at != NULL && value.at[0] == '"';
}

bool value_is_array(struct value value)
{
	return value.at != NULL && value.at[0] == '[';
}

bool value_is_object(struct value value)
{
	return value.at != NULL && value.at[0] == '{';
}

bool value_is_true(struct value value)
{
	return value.at != NULL && value.at[0] == 't';
}

int64_t value_int(struct value value)
{
	return value.at != NULL ? strtoll(value.at, NULL, 10) : 0;
}

double value_double(struct value value)
{
	return value.at != NULL ? strtod(value.at, NULL) : 0;
}

static uint32_t read_hex(const char *at, const char *end)
{
	uint32_t rune = 0;

	for (int i = 0; i < 4; i++, at++) {
		unsigned digit = at < end ? (unsigned char)*at : 0;

		if (digit >= '0' && digit <= '9')
			rune = rune * 16 + digit - '0';
		else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
			rune = rune * 16 + (digit | 32) - 'a' + 10;
		else
			return UTF8_REPLACEMENT;
	}
	return rune;
}

/* The \u at `at` (behind the backslash), a surrogate pair as one. */
static const char *read_escape(const char *at, const char *end, uint32_t *out_rune)
{
	uint32_t rune = read_hex(at + 1, end), low;

	at += 5;
	if (rune >= 0xD800 && rune < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
		low = read_hex(at + 2, end);
		if (low >= 0xDC00 && low < 0xE000) {
			rune = 0x10000 + ((rune - 0xD800) << 10) + (low - 0xDC00);
			at += 6;
		}
	}
	*out_rune = rune;
	return at < end ? at : end;
}

static void unescape(const char *at, const char *end, struct buf *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	bool full = false;

	while (at < end && !full) {
		const char *back = memchr(at, '\\', (size_t)(end - at));
		const char *known;
		uint32_t rune;

		if (back == NULL || back + 1 >= end) {
			(void)!buf_add(out, at, (size_t)(end - at)); /* full: cut */
			return;
		}
		full = buf_add(out, at, (size_t)(back - at)) < 0;
		at = back + 1;
		if (*at == 'u') {
			at = read_escape(at, end, &rune);
			full = full || buf_add_rune(out, rune) < 0;
			continue;
		}
		known = strchr(from, *at);
		full = full || buf_add_byte(out, known != NULL ? to[known - from] : *at) < 0;
		at++;
	}
}

static struct text string_text(struct value value, struct buf *scratch)
{
	struct text text = { value.at + 1, value.length - 2 };

	if (memchr(text.at, '\\', text.length) == NULL)
		return text;
	unescape(text.at, text.at + text.length, scratch);
	text.at = scratch->data;
	text.length = scratch->length;
	return text;
}

/* What an object in a list is called in a line of text. */
static struct value face_of(struct value value)
{
	static const char *const faces[] = { "name", "url", "title", "id", "at" };
	struct value face = { NULL, 0 };
	struct row *row;

	if (!value_is_object(value))
		return value;
	row = MEM_NEW(struct row);
	if (row_of(value, row)) {
		for (size_t i = 0; i < 5 && value_is_null(face); i++)
			face = row_find(row, faces[i]);
	}
	free(row);
	return face;
}

static struct text list_text(struct value value, struct buf *scratch)
{
	struct value element;
	struct buf part;
	const char *at = NULL;
	bool first = true;

	buf_init(&part, scratch->max);
	while (value_next(value, &at, &element)) {
		struct text text;

		buf_clear(&part);
		text = value_text(face_of(element), &part);
		if ((!first && buf_add_byte(scratch, ',') < 0) ||
			buf_add(scratch, text.at, text.length) < 0)
			break;
		first = false;
	}
	buf_release(&part);
	return (struct text){ scratch->data, scratch->length };
}

struct text value_text(struct value value, struct buf *scratch)
{
	buf_clear(scratch);
	if (value_is_null(value))
		return (struct text){ "", 0 };
	if (value_is_text(value))
		return string_text(value, scratch);
	if (value_is_array(value))
		return list_text(value, scratch);
	return (struct text){ value.at, value.length };
}

char *value_strdup(struct value value)
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

static bool ends_in_id(const char *key, size_t length)
{
	return length >= 2 && memcmp(key + length - 2, "id", 2) == 0;
}

struct entry value_entry(struct value object, struct row *scratch)
{
	struct entry entry = { { NULL, 0 }, { NULL, 0 } };

	if (!row_of(object, scratch))
		return entry;
	for (size_t i = 0; i < scratch->count; i++) {
		struct value value = scratch->member[i].value;
		char first = value.at[0];

		if (first == '"' && entry.name.at == NULL)
			entry.name = value;
		else if ((first == '-' || (first >= '0' && first <= '9')) &&
			 !ends_in_id(scratch->member[i].key, scratch->member[i].key_length))
			entry.number = value;
	}
	return entry;
}

int64_t value_time(struct value value)
{
	char text[40];
	int64_t unix_s;

	if (!value_is_text(value) || value.length - 2 >= sizeof(text))
		return TIME_NONE;
	memcpy(text, value.at + 1, value.length - 2);
	text[value.length - 2] = '\0';
	return time_parse(text, &unix_s) < 0 ? TIME_NONE : unix_s;
}

bool value_next(struct value array, const char **at, struct value *out_element)
{
	const char *end = array.at + array.length, *from;

	if (!value_is_array(array))
		return false;
	from = *at == NULL ? array.at + 1 : *at;
	from = value_blank(from, end);
	if (from < end && *from == ',')
		from = value_blank(from + 1, end);
	if (from >= end || *from == ']')
		return false;
	*at = value_skip(from, end);
	if (*at == NULL)
		return false;
	out_element->at = from;
	out_element->length = (size_t)(*at - from);
	return true;
}
