/* Unpacking: in pieces of any size, to its limit, and what is broken about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "common/mem.h"
#include "daemon/fetch/coding.h"

#define COUNT(array) (sizeof(array) / sizeof(array[0]))
#define AS_GZIP (MAX_WBITS + 16)
#define AS_ZLIB MAX_WBITS
#define BARE (-MAX_WBITS)
#define TEXT "<rss>once</rss>, <rss>twice</rss>, and once more: <rss>once</rss>"

static void pack(struct buf *out, int how, const char *text, size_t length)
{
	z_stream zlib = { 0 };

	assert_int_equal(deflateInit2(&zlib, 9, Z_DEFLATED, how, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(buf_reserve(out, length + 100), 0);
	zlib.next_in = (unsigned char *)(uintptr_t)text;
	zlib.avail_in = (uInt)length;
	zlib.next_out = (unsigned char *)out->data + out->length;
	zlib.avail_out = (uInt)length + 100;
	assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
	buf_grown(out, zlib.total_out);
	deflateEnd(&zlib);
}

static struct buf packed_text(int how, const char *text)
{
	struct buf buf;

	buf_init(&buf, SIZE_MAX);
	pack(&buf, how, text, strlen(text));
	return buf;
}

struct outcome {
	enum unpacked result;
	bool ended;
	struct buf out;
	struct err err;
};

/* All of it, by `piece` bytes in and `most` out. */
static struct outcome unpack(
	enum coding coding, const struct buf *in, size_t piece, size_t most, size_t max)
{
	struct packed *packed = packed_new(coding);
	struct outcome outcome = { .result = UNPACKED_ALL };
	size_t at = 0, length, before;
	const char *data;

	buf_init(&outcome.out, max);
	while (at < in->length && outcome.result == UNPACKED_ALL) {
		data = in->data + at;
		length = in->length - at < piece ? in->length - at : piece;
		do {
			before = outcome.out.length;
			outcome.result = packed_step(
				packed, &data, &length, most, &outcome.out, &outcome.err);
			assert_true(outcome.out.length - before <= most);
		} while (outcome.result == UNPACKED_MORE);
		at = (size_t)(data - in->data);
	}
	outcome.ended = packed_has_ended(packed);
	packed_free(packed);
	return outcome;
}

static const size_t sizes[] = { 1, 2, 7, 1000, 1u << 20 };

/* It comes to the same in pieces of any size. */
static void assert_unpacks(enum coding coding, const struct buf *in, enum unpacked result,
	const char *text, bool ended)
{
	size_t i, j;

	for (i = 0; i < COUNT(sizes); i++) {
		for (j = 0; j < COUNT(sizes); j++) {
			struct outcome outcome = unpack(coding, in, sizes[i], sizes[j], 1000);

			assert_int_equal(outcome.result, result);
			if (result == UNPACKED_BAD)
				assert_int_equal(outcome.err.code, ERR_BAD_ENCODING);
			else
				assert_string_equal(outcome.out.data, text);
			assert_int_equal(outcome.ended, ended);
			buf_release(&outcome.out);
		}
	}
}

static void each_coding_is_undone(void **state)
{
	static const struct {
		enum coding coding;
		int how;
	} rows[] = {
		{ CODING_GZIP, AS_GZIP },
		{ CODING_GZIP, AS_ZLIB },
		{ CODING_DEFLATE, AS_ZLIB },
		{ CODING_DEFLATE, BARE },
	};
	static char brotli[] = "\x8b\x02\x80<rss/>\x03";
	struct buf in = { .data = brotli, .length = sizeof(brotli) - 1 };
	size_t i;

	(void)state;
	assert_unpacks(CODING_BROTLI, &in, UNPACKED_ALL, "<rss/>", true);
	for (i = 0; i < COUNT(rows); i++) {
		in = packed_text(rows[i].how, TEXT);
		assert_unpacks(rows[i].coding, &in, UNPACKED_ALL, TEXT, true);
		buf_release(&in);
		in = packed_text(rows[i].how, "");
		assert_unpacks(rows[i].coding, &in, UNPACKED_ALL, "", true);
		buf_release(&in);
	}
}

static void behind_an_end_only_more_gzip_counts(void **state)
{
	static const char *const garbage[] = { "garbage", "\r\n\x1f", "\x78\x9c\x03" };
	struct buf in;
	size_t i;

	(void)state;
	in = packed_text(AS_GZIP, "one, ");
	pack(&in, AS_GZIP, "two", 3);
	assert_unpacks(CODING_GZIP, &in, UNPACKED_ALL, "one, two", true);
	assert_unpacks(CODING_DEFLATE, &in, UNPACKED_BAD, "", false);
	buf_release(&in);
	for (i = 0; i < COUNT(garbage); i++) {
		in = packed_text(AS_GZIP, TEXT);
		assert_int_equal(buf_add_text(&in, garbage[i]), 0);
		assert_int_equal(buf_add(&in, "\0\0\0", 3), 0);
		assert_unpacks(CODING_GZIP, &in, UNPACKED_ALL, TEXT, true);
		buf_release(&in);
		in = packed_text(BARE, TEXT);
		assert_int_equal(buf_add_text(&in, garbage[i]), 0);
		assert_unpacks(CODING_DEFLATE, &in, UNPACKED_ALL, TEXT, true);
		buf_release(&in);
	}
}

static void what_is_broken_is_told(void **state)
{
	struct buf in = packed_text(AS_GZIP, TEXT);

	(void)state;
	in.data[in.length - 8] ^= 1; /* of the digest */
	assert_unpacks(CODING_GZIP, &in, UNPACKED_BAD, "", false);
	in.data[in.length - 8] ^= 1;
	in.data[in.length - 4] ^= 1; /* of the length */
	assert_unpacks(CODING_GZIP, &in, UNPACKED_BAD, "", false);
	buf_clear(&in);
	assert_int_equal(buf_add_text(&in, TEXT), 0);
	assert_unpacks(CODING_GZIP, &in, UNPACKED_BAD, "", false);
	assert_unpacks(CODING_DEFLATE, &in, UNPACKED_BAD, "", false);
	assert_unpacks(CODING_BROTLI, &in, UNPACKED_BAD, "", false);
	buf_release(&in);
}

static void what_is_cut_has_no_end(void **state)
{
	struct buf in = packed_text(AS_GZIP, TEXT);
	struct outcome outcome;
	size_t whole = in.length, length;

	(void)state;
	for (length = 1; length < whole; length++) {
		in.length = length;
		outcome = unpack(CODING_GZIP, &in, 1000, 1000, 1000);
		assert_int_equal(outcome.result, UNPACKED_ALL);
		assert_false(outcome.ended);
		assert_memory_equal(outcome.out.data, TEXT, outcome.out.length);
		buf_release(&outcome.out);
	}
	buf_release(&in);
}

static void the_limit_is_to_the_byte(void **state)
{
	static const struct {
		enum coding coding;
		int how;
	} rows[] = { { CODING_GZIP, AS_GZIP }, { CODING_DEFLATE, BARE } };
	size_t length = strlen(TEXT), i, j;
	struct outcome outcome;
	struct buf in;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		in = packed_text(rows[i].how, TEXT);
		for (j = 0; j < COUNT(sizes); j++) {
			outcome = unpack(rows[i].coding, &in, sizes[j], 9, length);
			assert_int_equal(outcome.result, UNPACKED_ALL);
			assert_string_equal(outcome.out.data, TEXT);
			buf_release(&outcome.out);
			outcome = unpack(rows[i].coding, &in, sizes[j], 9, length - 1);
			assert_int_equal(outcome.result, UNPACKED_FULL);
			buf_release(&outcome.out);
		}
		buf_release(&in);
	}
}

static void memory_from_under_a_larger_limit_is_no_room(void **state)
{
	struct packed *packed = packed_new(CODING_GZIP);
	struct buf in = packed_text(AS_GZIP, TEXT), out;
	const char *data = in.data;
	size_t length = in.length;
	struct err err;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(buf_reserve(&out, 1000), 0);
	out.max = strlen(TEXT) - 1;
	assert_int_equal(packed_step(packed, &data, &length, 1000, &out, &err), UNPACKED_FULL);
	assert_int_equal(out.length, out.max);
	packed_free(packed);
	buf_release(&out);
	buf_release(&in);
}

static void a_bomb_goes_off_by_as_much_as_is_asked_for(void **state)
{
	static char brotli[] = "\x9b\xff\xff\x1f\xf8\x25\xc2\xe2\xb1\x40\x20\xf7\xfe\x03";
	struct buf in = { .data = brotli, .length = sizeof(brotli) - 1 };
	struct outcome outcome = unpack(CODING_BROTLI, &in, 1000, 1000, SIZE_MAX);
	char *zeros = mem_alloc(2u << 20);

	(void)state;
	assert_int_equal(outcome.out.length, 2u << 20);
	buf_release(&outcome.out);
	outcome = unpack(CODING_BROTLI, &in, 1000, 1000, (2u << 20) - 1);
	assert_int_equal(outcome.result, UNPACKED_FULL);
	buf_release(&outcome.out);
	buf_init(&in, SIZE_MAX);
	memset(zeros, 0, 2u << 20);
	pack(&in, AS_GZIP, zeros, 2u << 20);
	outcome = unpack(CODING_GZIP, &in, 1u << 20, 1000, SIZE_MAX);
	assert_int_equal(outcome.out.length, 2u << 20);
	buf_release(&outcome.out);
	buf_release(&in);
	free(zeros);
}

static void blocks_with_nothing_in_them_are_taken(void **state)
{
	struct outcome outcome;
	struct buf in;
	int i;

	(void)state;
	buf_init(&in, SIZE_MAX);
	assert_int_equal(buf_add(&in, "\037\213\010\0\0\0\0\0\0\003", 10), 0);
	for (i = 0; i < 10000; i++)
		assert_int_equal(buf_add(&in, "\0\0\0\377\377", 5), 0);
	outcome = unpack(CODING_GZIP, &in, 16384, 1000, 1000);
	assert_int_equal(outcome.result, UNPACKED_ALL);
	assert_int_equal(outcome.out.length, 0);
	assert_false(outcome.ended);
	buf_release(&outcome.out);
	buf_release(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_coding_is_undone),
		cmocka_unit_test(behind_an_end_only_more_gzip_counts),
		cmocka_unit_test(what_is_broken_is_told),
		cmocka_unit_test(what_is_cut_has_no_end),
		cmocka_unit_test(the_limit_is_to_the_byte),
		cmocka_unit_test(memory_from_under_a_larger_limit_is_no_room),
		cmocka_unit_test(a_bomb_goes_off_by_as_much_as_is_asked_for),
		cmocka_unit_test(blocks_with_nothing_in_them_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
