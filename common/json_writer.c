#include "common/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

/*
 * yajl's generator knows neither our escapes nor a buffer that may refuse, and
 * rows in bulk spend their time in here; so writing, unlike reading, is ours:
 * runs of what needs no escape are copied whole.
 */

#define DEPTH_MAX 63u
#define EACH(byte) (0x0101010101010101u * (byte))

/* What ends such a run: controls, '"', '\\', and all that is not ASCII (DEL
 * included), which is looked at a character at a time. */
static bool ends_run(unsigned char byte)
{
	return byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x7F;
}

/* Whether one of eight bytes is the byte that `eight_of` holds eight times. */
static bool any_is(uint64_t eight, uint64_t eight_of)
{
	uint64_t differ = eight ^ eight_of;

	return ((differ - EACH(0x01)) & ~differ & EACH(0x80)) != 0;
}

/* The end of the run that begins at `i`: eight bytes at a time while none of
 * them ends it.  */
static size_t run_end(const char *text, size_t length, size_t i)
{
	uint64_t eight;

	for (; length - i >= 8; i += 8) {
		memcpy(&eight, text + i, 8);
		if (((eight | (eight + EACH(0x01)) | (eight - EACH(0x20))) & EACH(0x80)) != 0)
			break;
		if (any_is(eight, EACH('"')) || any_is(eight, EACH('\\')))
			break;
	}
	while (i < length && !ends_run((unsigned char)text[i]))
		i++;
	return i;
}

static void put(struct json_writer *w, const char *data, size_t length)
{
	if (buf_add(w->out, data, length) < 0)
		w->failed = true;
}

/* What must stand in front of a value: nothing behind a key, else a comma
 * unless it is the first of its level. */
static void before_value(struct json_writer *w)
{
	uint64_t level = (uint64_t)1 << w->depth;

	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if ((w->filled & level) != 0)
		put(w, ",", 1);
	w->filled |= level;
}

static void put_value(struct json_writer *w, const char *data, size_t length)
{
	before_value(w);
	put(w, data, length);
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
 * for a line's end. */
static bool needs_escape(uint32_t rune)
{
	return rune <= 0x9F || rune == 0x2028 || rune == 0x2029;
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

void json_object(struct json_writer *w)
{
	open_level(w, "{");
}

void json_object_end(struct json_writer *w)
{
	close_level(w, "}");
}

void json_array(struct json_writer *w)
{
	open_level(w, "[");
}

void json_array_end(struct json_writer *w)
{
	close_level(w, "]");
}

void json_key(struct json_writer *w, const char *key)
{
	size_t length = strlen(key);
	char *at;

	before_value(w);
	if (buf_reserve(w->out, length + 3) < 0) {
		w->failed = true;
		return;
	}
	at = w->out->data + w->out->length;
	*at++ = '"';
	memcpy(at, key, length);
	memcpy(at + length, "\":", 2);
	buf_grown(w->out, length + 3);
	w->after_key = true;
}

void json_null(struct json_writer *w)
{
	put_value(w, "null", 4);
}

void json_bool(struct json_writer *w, bool value)
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

void json_int(struct json_writer *w, int64_t value)
{
	put_digits(w, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_uint(struct json_writer *w, uint64_t value)
{
	put_digits(w, false, value);
}

void json_double(struct json_writer *w, double value)
{
	char digits[40];
	int precision;

	if (!isfinite(value)) {
		json_null(w);
		return;
	}
	for (precision = 15; precision <= 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (!(strtod(digits, NULL) < value) && !(strtod(digits, NULL) > value))
			break;
	}
	put_value(w, digits, strlen(digits));
}

void json_text(struct json_writer *w, const char *text, size_t length)
{
	size_t i = 0, from = 0, n;
	uint32_t rune;

	put_value(w, "\"", 1);
	while ((i = run_end(text, length, i)) < length) {
		n = utf8_decode(text + i, length - i, &rune);
		if (n > 1 && !needs_escape(rune)) {
			i += n;
			continue;
		}
		put(w, text + from, i - from);
		if (rune == UTF8_REPLACEMENT)
			put(w, "\xEF\xBF\xBD", 3);
		else
			put_escape(w, rune);
		i += n;
		from = i;
	}
	put(w, text + from, i - from);
	put(w, "\"", 1);
}

void json_string(struct json_writer *w, const char *text)
{
	if (text == NULL)
		json_null(w);
	else
		json_text(w, text, strlen(text));
}

void json_raw(struct json_writer *w, const char *json)
{
	if (json == NULL)
		json_null(w);
	else
		put_value(w, json, strlen(json));
}

/* Days since 1970-01-01 to a date of the proleptic Gregorian calendar, counted
 * in eras of 400 years that begin on the 1st of March. */
static void civil_of_days(int64_t days, int64_t *out_year, int64_t *out_month, int64_t *out_day)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	*out_day = of_year - (153 * month + 2) / 5 + 1;
	*out_month = month < 10 ? month + 3 : month - 9;
	*out_year = year + era * 400 + (*out_month <= 2 ? 1 : 0);
}

static void put_number(char *at, int digits, int64_t value)
{
	while (digits-- > 0) {
		at[digits] = (char)('0' + value % 10);
		value /= 10;
	}
}

void json_time(struct json_writer *w, int64_t unix_s)
{
	/* 0000-01-01 to 9999-12-31: what RFC 3339 can say. */
	const int64_t first_s = -62167219200, last_s = 253402300799;
	char text[] = "\"0000-00-00T00:00:00Z\"";
	int64_t days, second, year, month, day;

	if (unix_s < first_s || unix_s > last_s) {
		json_null(w);
		return;
	}
	days = (unix_s >= 0 ? unix_s : unix_s - 86399) / 86400;
	second = unix_s - days * 86400;
	civil_of_days(days, &year, &month, &day);
	put_number(text + 1, 4, year);
	put_number(text + 6, 2, month);
	put_number(text + 9, 2, day);
	put_number(text + 12, 2, second / 3600);
	put_number(text + 15, 2, second / 60 % 60);
	put_number(text + 18, 2, second % 60);
	put_value(w, text, sizeof(text) - 1);
}
