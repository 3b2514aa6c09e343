#include "common/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/time.h"
#include "common/utf8.h"

/*
 * yajl's generator knows neither our escapes nor a buffer that may refuse, and
 * rows in bulk spend their time in here; so writing, unlike reading, is ours:
 * runs of what needs no escape are copied whole.
 */

#define DEPTH_MAX 63u

/* The end of what stands as it is, from `i` on. */
static size_t plain_end(const char *text, size_t length, size_t i)
{
	return utf8_plain_end(text, length, i, "\"\\");
}

/* Room for `length` bytes at the end, or NULL.  Nearly always there is some,
 * and nobody has to be called. */
static inline char *room(struct json_writer *w, size_t length)
{
	struct buf *out = w->out;

	if (out->capacity - out->length <= length && buf_reserve(out, length) < 0) {
		w->failed = true;
		return NULL;
	}
	return out->data + out->length;
}

static inline void filled_to(struct json_writer *w, char *end)
{
	*end = '\0';
	w->out->length = (size_t)(end - w->out->data);
}

static void put(struct json_writer *w, const char *data, size_t length)
{
	char *at = room(w, length);

	if (at == NULL)
		return;
	memcpy(at, data, length);
	filled_to(w, at + length);
}

/*
 * Room for a value, behind what must stand in front of it: nothing behind a
 * key, else a comma unless it is the first of its level.
 */
static inline char *value_room(struct json_writer *w, size_t length)
{
	uint64_t level = (uint64_t)1 << w->depth;
	char *at = room(w, length + 1);

	if (w->after_key) {
		w->after_key = false;
		return at;
	}
	if ((w->filled & level) != 0 && at != NULL)
		*at++ = ',';
	w->filled |= level;
	return at;
}

static inline void put_value(struct json_writer *w, const char *data, size_t length)
{
	char *at = value_room(w, length);

	if (at == NULL)
		return;
	memcpy(at, data, length);
	filled_to(w, at + length);
}

static void open_level(struct json_writer *w, const char *bracket)
{
	put_value(w, bracket, 1);
	if (w->depth == DEPTH_MAX) {
		w->failed = true;
		return;
	}
	w->depth++;
	w->filled &= ~((uint64_t)1 << w->depth);
}

static void close_level(struct json_writer *w, const char *bracket)
{
	if (w->depth > 0)
		w->depth--;
	put(w, bracket, 1);
}

static void put_escape(struct json_writer *w, uint32_t rune)
{
	static const char hex[] = "0123456789abcdef";
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	char escape[6] = "\\u";
	size_t i;

	for (i = 0; i < sizeof(named) - 1; i += 2) {
		if (rune == (unsigned char)named[i]) {
			escape[1] = named[i + 1];
			put(w, escape, 2);
			return;
		}
	}
	for (i = 0; i < 4; i++)
		escape[2 + i] = hex[rune >> (12 - 4 * i) & 15];
	put(w, escape, sizeof(escape));
}

/* Whether a character behind ASCII could be taken for a control sequence or
 * for a line's end, or would turn in a terminal what stands behind it. */
static bool needs_escape(uint32_t rune)
{
	return rune <= 0x9F || rune == 0x2028 || rune == 0x2029 || utf8_turns(rune);
}

void json_begin(struct json_writer *w, struct buf *out)
{
	memset(w, 0, sizeof(*w));
	w->out = out;
}

bool json_ok(const struct json_writer *w)
{
	return !w->failed;
}

struct json_mark json_mark_of(const struct json_writer *w)
{
	return (struct json_mark){ *w, w->out->length };
}

bool json_fits(struct json_writer *w, const struct json_mark *before, size_t spare)
{
	if (!w->failed && w->out->max - w->out->length >= spare)
		return true;
	*w = before->w;
	buf_cut(w->out, before->length);
	return false;
}

void json_put_object(struct json_writer *w)
{
	open_level(w, "{");
}

void json_put_object_end(struct json_writer *w)
{
	close_level(w, "}");
}

void json_put_array(struct json_writer *w)
{
	open_level(w, "[");
}

void json_put_array_end(struct json_writer *w)
{
	close_level(w, "]");
}

void json_put_name(struct json_writer *w, const char *key, size_t length)
{
	char *at = value_room(w, length + 3);

	w->after_key = true;
	if (at == NULL)
		return;
	*at++ = '"';
	memcpy(at, key, length);
	at += length;
	*at++ = '"';
	*at++ = ':';
	filled_to(w, at);
}

/* As much as the longest has is copied, which is no call and no loop. */
void json_put_member(struct json_writer *w, const char member[JSON_MEMBER_MAX], size_t length)
{
	char *at = value_room(w, JSON_MEMBER_MAX);

	w->after_key = true;
	if (at == NULL)
		return;
	memcpy(at, member, JSON_MEMBER_MAX);
	filled_to(w, at + length);
}

void json_put_key_text(struct json_writer *w, const char *key, size_t length)
{
	json_put_text(w, key, length);
	put(w, ":", 1);
	w->after_key = true;
}

void json_put_null(struct json_writer *w)
{
	put_value(w, "null", 4);
}

void json_put_bool(struct json_writer *w, bool value)
{
	if (value)
		put_value(w, "true", 4);
	else
		put_value(w, "false", 5);
}

static void put_digits(struct json_writer *w, bool negative, uint64_t value)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	if (negative)
		digits[--at] = '-';
	put_value(w, digits + at, sizeof(digits) - at);
}

void json_put_int(struct json_writer *w, int64_t value)
{
	put_digits(w, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_put_uint(struct json_writer *w, uint64_t value)
{
	put_digits(w, false, value);
}

void json_put_double(struct json_writer *w, double value)
{
	char digits[40];
	int precision;

	if (!isfinite(value)) {
		json_put_null(w);
		return;
	}
	for (precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (!(strtod(digits, NULL) < value) && !(strtod(digits, NULL) > value))
			break;
	}
	put_value(w, digits, strlen(digits));
}

/* What follows the first character that does not stand as it is. */
static void put_rest(struct json_writer *w, const char *text, size_t length, size_t i)
{
	size_t from = 0, n;
	uint32_t rune;

	while (i < length) {
		n = utf8_decode(text + i, length - i, &rune);
		if (n == 1 || needs_escape(rune)) {
			put(w, text + from, i - from);
			if (rune == UTF8_REPLACEMENT)
				put(w, "\xEF\xBF\xBD", 3);
			else
				put_escape(w, rune);
			from = i + n;
		}
		i = plain_end(text, length, i + n);
	}
	put(w, text + from, i - from);
}

void json_put_text(struct json_writer *w, const char *text, size_t length)
{
	size_t plain = plain_end(text, length, 0);
	char *at = value_room(w, length + 2);

	if (at == NULL)
		return;
	*at++ = '"';
	if (plain == length) {
		memcpy(at, text, length);
		at += length;
		*at++ = '"';
		filled_to(w, at);
		return;
	}
	filled_to(w, at);
	put_rest(w, text, length, plain);
	put(w, "\"", 1);
}

void json_put_string(struct json_writer *w, const char *text)
{
	if (text == NULL)
		json_put_null(w);
	else
		json_put_text(w, text, strlen(text));
}

void json_put_raw(struct json_writer *w, const char *json)
{
	if (json == NULL)
		json_put_null(w);
	else
		put_value(w, json, strlen(json));
}

void json_put_time(struct json_writer *w, int64_t unix_s)
{
	char *at;

	if (unix_s == TIME_NONE) {
		json_put_null(w);
		return;
	}
	at = value_room(w, TIME_TEXT_MAX + 2);
	if (at == NULL)
		return;
	*at++ = '"';
	time_format_rfc3339(unix_s, at);
	at += TIME_TEXT_LENGTH;
	*at++ = '"';
	filled_to(w, at);
}
