/*
 * Any bytes as JSON: the reader says the same however they are cut, and what
 * it told, written again, reads as the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/utf8.h"

#define DEPTH_MAX 20u
#define BYTES_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was told, as JSON that the writer made of it. */
struct told {
	struct buf out;
	struct json_writer w;
};

static int on_null(void *ctx)
{
	json_put_null(&((struct told *)ctx)->w);
	return 0;
}

static int on_boolean(void *ctx, bool value)
{
	json_put_bool(&((struct told *)ctx)->w, value);
	return 0;
}

static int on_number(void *ctx, const char *text, size_t length)
{
	struct told *told = ctx;
	char *copy = malloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	json_put_raw(&told->w, copy);
	free(copy);
	return 0;
}

static int on_string(void *ctx, const char *text, size_t length)
{
	if (!utf8_valid(text, length))
		abort();
	json_put_text(&((struct told *)ctx)->w, text, length);
	return 0;
}

/* Keys may hold what json_put_key() is not for: a text and a colon. */
static int on_key(void *ctx, const char *text, size_t length)
{
	struct told *told = ctx;

	if (!utf8_valid(text, length))
		abort();
	json_put_text(&told->w, text, length);
	if (buf_add_byte(&told->out, ':') < 0)
		abort();
	told->w.after_key = true;
	return 0;
}

static int on_object(void *ctx)
{
	json_put_object(&((struct told *)ctx)->w);
	return 0;
}

static int on_object_end(void *ctx)
{
	json_put_object_end(&((struct told *)ctx)->w);
	return 0;
}

static int on_array(void *ctx)
{
	json_put_array(&((struct told *)ctx)->w);
	return 0;
}

static int on_array_end(void *ctx)
{
	json_put_array_end(&((struct told *)ctx)->w);
	return 0;
}

static const struct json_events events = { on_null, on_boolean, on_number, on_string, on_object,
	on_key, on_object_end, on_array, on_array_end };

static int read_in(const char *data, size_t size, size_t piece, struct told *told)
{
	struct json_reader *reader = json_reader_new(&events, told, DEPTH_MAX);
	struct err err;
	size_t at;
	int result = 0;

	buf_init(&told->out, BYTES_MAX);
	json_begin(&told->w, &told->out);
	for (at = 0; at < size && result == 0; at += piece)
		result = json_read(reader, data + at, size - at < piece ? size - at : piece, &err);
	if (result == 0)
		result = json_read_end(reader, &err);
	json_reader_free(reader);
	if (!json_ok(&told->w))
		abort();
	return result;
}

static void same(const struct told *one, const struct told *other)
{
	if (one->out.length != other->out.length ||
		memcmp(one->out.data, other->out.data, one->out.length) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct told whole, cut, again;
	int result = read_in(text, size, size + 1, &whole);
	size_t piece;

	for (piece = 1; piece <= 8; piece = piece * 2 + 1) {
		if (read_in(text, size, piece, &cut) != result)
			abort();
		if (result == 0)
			same(&whole, &cut);
		buf_release(&cut.out);
	}
	if (result == 0) {
		if (read_in(whole.out.data, whole.out.length, 7, &again) < 0)
			abort();
		same(&whole, &again);
		buf_release(&again.out);
	}
	buf_release(&whole.out);
	return 0;
}
