#include "common/json.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "common/mem.h"
#include "common/utf8.h"

/*
 * yajl takes bytes in whatever pieces.  What it is lax about stays in front of
 * it and behind it: an escaped surrogate without its other half is replaced
 * before yajl sees it (it would write "?", or half a character), and texts are
 * checked as they come out (its own check lets overlong forms pass).
 */
struct json_reader {
	yajl_handle yajl;
	const struct json_events *events;
	void *ctx;
	unsigned depth, depth_max;
	enum { FINE, STOPPED, TOO_DEEP, BAD_UTF8 } trouble;
	uint64_t passed; /* bytes that yajl has seen of earlier calls */
	uint64_t open;   /* those of them since its last event: at most as long is what it is in */
	char escape[6];  /* one that is not whole yet: "\", "\u", "\uD8"… */
	size_t escape_length;
	char high[6]; /* a high surrogate that waits for its low one */
	bool has_high;
	struct buf clean; /* what yajl is to see next */
};

/* An event is over, whether it has a listener or not. */
static int told(struct json_reader *reader, int result)
{
	reader->open = 0;
	if (result == 0)
		return 1;
	reader->trouble = STOPPED;
	return 0;
}

static int on_null(void *ctx)
{
	struct json_reader *reader = ctx;

	return told(reader, reader->events->null == NULL ? 0 : reader->events->null(reader->ctx));
}

static int on_boolean(void *ctx, int value)
{
	struct json_reader *reader = ctx;

	return told(reader, reader->events->boolean == NULL
				    ? 0
				    : reader->events->boolean(reader->ctx, value != 0));
}

static int on_number(void *ctx, const char *text, size_t length)
{
	struct json_reader *reader = ctx;

	return told(reader, reader->events->number == NULL
				    ? 0
				    : reader->events->number(reader->ctx, text, length));
}

static bool sound(struct json_reader *reader, const char *text, size_t length)
{
	if (utf8_valid(text, length))
		return true;
	reader->trouble = BAD_UTF8;
	return false;
}

static int on_string(void *ctx, const unsigned char *bytes, size_t length)
{
	struct json_reader *reader = ctx;
	const char *text = (const char *)bytes;

	if (!sound(reader, text, length))
		return 0;
	return told(reader, reader->events->string == NULL
				    ? 0
				    : reader->events->string(reader->ctx, text, length));
}

static int on_key(void *ctx, const unsigned char *bytes, size_t length)
{
	struct json_reader *reader = ctx;
	const char *text = (const char *)bytes;

	if (!sound(reader, text, length))
		return 0;
	return told(reader,
		reader->events->key == NULL ? 0 : reader->events->key(reader->ctx, text, length));
}

static int on_open(struct json_reader *reader, int (*event)(void *ctx))
{
	if (reader->depth == reader->depth_max) {
		reader->trouble = TOO_DEEP;
		return 0;
	}
	reader->depth++;
	return told(reader, event == NULL ? 0 : event(reader->ctx));
}

static int on_close(struct json_reader *reader, int (*event)(void *ctx))
{
	reader->depth--;
	return told(reader, event == NULL ? 0 : event(reader->ctx));
}

static int on_object(void *ctx)
{
	struct json_reader *reader = ctx;

	return on_open(reader, reader->events->object);
}

static int on_object_end(void *ctx)
{
	struct json_reader *reader = ctx;

	return on_close(reader, reader->events->object_end);
}

static int on_array(void *ctx)
{
	struct json_reader *reader = ctx;

	return on_open(reader, reader->events->array);
}

static int on_array_end(void *ctx)
{
	struct json_reader *reader = ctx;

	return on_close(reader, reader->events->array_end);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_object_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_array_end,
};

static void *take(void *ctx, size_t size)
{
	(void)ctx;
	return mem_alloc(size);
}

static void *take_more(void *ctx, void *old, size_t size)
{
	(void)ctx;
	return mem_realloc_array(old, size, 1);
}

static void give(void *ctx, void *old)
{
	(void)ctx;
	free(old);
}

struct json_reader *json_reader_new(const struct json_events *events, void *ctx, unsigned depth_max)
{
	yajl_alloc_funcs memory = { take, take_more, give, NULL };
	struct json_reader *reader = MEM_NEW(struct json_reader);

	reader->events = events;
	reader->ctx = ctx;
	reader->depth_max = depth_max;
	buf_init(&reader->clean, SIZE_MAX / 2);
	reader->yajl = yajl_alloc(&callbacks, &memory, reader);
	yajl_config(reader->yajl, yajl_dont_validate_strings, 1);
	return reader;
}

void json_reader_free(struct json_reader *reader)
{
	if (reader == NULL)
		return;
	yajl_free(reader->yajl);
	buf_release(&reader->clean);
	free(reader);
}

/* yajl's words without their line's end, and where it stopped. */
static int explain(struct json_reader *reader, struct err *err)
{
	unsigned long long at = reader->passed + yajl_get_bytes_consumed(reader->yajl);
	unsigned char *words;
	int length;

	switch (reader->trouble) {
	case STOPPED:
		return -1;
	case TOO_DEEP:
		return err_set(err, ERR_TOO_BIG, "JSON is nested deeper than %u levels",
			reader->depth_max);
	case BAD_UTF8:
		return err_set(
			err, ERR_SYNTAX, "JSON before byte %llu has text that is not UTF-8", at);
	case FINE:
		break;
	}
	words = yajl_get_error(reader->yajl, 0, NULL, 0);
	length = (int)strcspn((const char *)words, "\n");
	err_set(err, ERR_SYNTAX, "JSON is broken at byte %llu: %.*s", at, length,
		(const char *)words);
	yajl_free_error(reader->yajl, words);
	return -1;
}

static int parse(struct json_reader *reader, const char *data, size_t length, struct err *err)
{
	if (length == 0)
		return 0;
	reader->open += length;
	if (yajl_parse(reader->yajl, (const unsigned char *)data, length) != yajl_status_ok)
		return explain(reader, err);
	reader->passed += length;
	return 0;
}

/*
 * yajl reads a string that comes in pieces from its beginning again with each of them.
 * So bytes are gathered, and in the midst of a string until they are as many as it has of
 * it: what it reads again then doubles each time, and is no more than the string in all.
 */
static int pass(struct json_reader *reader, const char *data, size_t length, struct err *err)
{
	if (buf_add(&reader->clean, data, length) < 0)
		return err_set(err, ERR_TOO_BIG, "the text is too long");
	return 0;
}

static bool is_enough(const struct json_reader *reader, size_t length)
{
	return length >= reader->open;
}

static int parse_clean(struct json_reader *reader, struct err *err)
{
	int result = parse(reader, reader->clean.data, reader->clean.length, err);

	buf_clear(&reader->clean);
	return result;
}

/* The value of the four digits in "\uXXXX"; 0 where they are none: then it is
 * yajl that complains. */
static unsigned unit(const char escape[6])
{
	char digits[5] = "";
	char *end;
	unsigned long value;

	memcpy(digits, escape + 2, 4);
	value = strtoul(digits, &end, 16);
	return *end == '\0' ? (unsigned)value : 0;
}

static int pass_high(struct json_reader *reader, bool paired, struct err *err)
{
	if (!reader->has_high)
		return 0;
	reader->has_high = false;
	return pass(reader, paired ? reader->high : "\\ufffd", 6, err);
}

/* A whole escape is here.  A high surrogate waits for what comes next. */
static int pass_escape(struct json_reader *reader, struct err *err)
{
	size_t length = reader->escape_length;
	unsigned value = length == 6 ? unit(reader->escape) : 0;
	bool low = value >= 0xDC00 && value <= 0xDFFF;
	bool paired = reader->has_high && low;

	reader->escape_length = 0;
	if (pass_high(reader, paired, err) < 0)
		return -1;
	if (value >= 0xD800 && value <= 0xDBFF) {
		memcpy(reader->high, reader->escape, 6);
		reader->has_high = true;
		return 0;
	}
	return pass(reader, low && !paired ? "\\ufffd" : reader->escape, length, err);
}

/* Bytes of an escape that has begun.  Returns how many were taken. */
static size_t gather(struct json_reader *reader, const char *data, size_t length)
{
	size_t n = 0;

	while (n < length) {
		size_t wanted = reader->escape_length > 1 && reader->escape[1] == 'u' ? 6 : 2;

		if (reader->escape_length == wanted)
			break;
		reader->escape[reader->escape_length++] = data[n++];
	}
	return n;
}

static bool is_whole(const struct json_reader *reader)
{
	return reader->escape_length == 6 ||
	       (reader->escape_length == 2 && reader->escape[1] != 'u');
}

/* Whether no escape in it can be a surrogate, and none is cut at its end. */
static bool is_clean(const char *data, size_t length)
{
	const char *end = data + length;

	while ((data = memchr(data, '\\', (size_t)(end - data))) != NULL) {
		if (end - data < 2 || (data[1] == 'u' && end - data < 6))
			return false;
		if (data[1] == 'u' && (data[2] | 0x20) == 'd')
			return false;
		data += 2;
	}
	return true;
}

int json_read(struct json_reader *reader, const char *data, size_t length, struct err *err)
{
	const char *end = data + length;

	/* Nothing that waits, and nothing to copy. */
	if (reader->escape_length == 0 && !reader->has_high && reader->clean.length == 0 &&
		is_enough(reader, length) && is_clean(data, length))
		return parse(reader, data, length, err);
	while (data < end) {
		const char *next;

		if (reader->escape_length > 0) {
			data += gather(reader, data, (size_t)(end - data));
			if (!is_whole(reader))
				break;
			if (pass_escape(reader, err) < 0)
				return -1;
			continue;
		}
		/* Outside a string a backslash is an error, so each one begins an escape. */
		next = memchr(data, '\\', (size_t)(end - data));
		if (next != data) {
			const char *stop = next != NULL ? next : end;

			if (pass_high(reader, false, err) < 0 ||
				pass(reader, data, (size_t)(stop - data), err) < 0)
				return -1;
			data = stop;
		}
		if (next != NULL) {
			reader->escape[0] = '\\';
			reader->escape_length = 1;
			data++;
		}
	}
	return is_enough(reader, reader->clean.length) ? parse_clean(reader, err) : 0;
}

int json_read_end(struct json_reader *reader, struct err *err)
{
	if (pass_high(reader, false, err) < 0 ||
		pass(reader, reader->escape, reader->escape_length, err) < 0 ||
		parse_clean(reader, err) < 0)
		return -1;
	reader->escape_length = 0;
	if (yajl_complete_parse(reader->yajl) == yajl_status_ok)
		return 0;
	return explain(reader, err);
}
