#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>
#include <math.h>

#include "common/json.h"
#include "common/utf8.h"

/* ---------------------------------------------------------- writing ---- */

static void wrote(struct json_writer *w, const char *wanted)
{
	assert_true(json_ok(w));
	assert_string_equal(w->out->data, wanted);
	buf_release(w->out);
}

static void values_are_separated_by_themselves(void **state)
{
	struct json_writer w;
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	json_begin(&w, &out);
	json_put_object(&w);
	json_put_key(&w, "a");
	json_put_array(&w);
	json_put_int(&w, INT64_MIN);
	json_put_uint(&w, UINT64_MAX);
	json_put_bool(&w, true);
	json_put_bool(&w, false);
	json_put_null(&w);
	json_put_array(&w);
	json_put_array_end(&w);
	json_put_object(&w);
	json_put_object_end(&w);
	json_put_array_end(&w);
	json_put_key(&w, "b");
	json_put_string(&w, "x");
	json_put_key(&w, "c");
	json_put_string(&w, NULL);
	json_put_key(&w, "d");
	json_put_raw(&w, "[1,2]");
	json_put_key(&w, "e");
	json_put_raw(&w, NULL);
	json_put_object_end(&w);
	wrote(&w, "{\"a\":[-9223372036854775808,18446744073709551615,true,false,null,[],{}],"
		  "\"b\":\"x\",\"c\":null,\"d\":[1,2],\"e\":null}");
}

static void text_leaves_without_controls(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "", "\"\"" },
		{ "plain text of more than eight bytes",
			"\"plain text of more than eight bytes\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "12345678\"", "\"12345678\\\"\"" },
		{ "\b\f\n\r\t\x01\x1b", "\"\\b\\f\\n\\r\\t\\u0001\\u001b\"" },
		{ "seven7s\x7f", "\"seven7s\\u007f\"" },
		{ "\xC2\x80\xC2\x9F\xC2\xA0", "\"\\u0080\\u009f\xC2\xA0\"" },
		{ "\xE2\x80\xA8\xE2\x80\xA9", "\"\\u2028\\u2029\"" },
		{ "\xE2\x80\xAE\xE2\x81\xA9\xD8\x9C", "\"\\u202e\\u2069\\u061c\"" },
		{ "\xD1\x84\xE4\xB8\xAD\xF0\x9F\x98\x80",
			"\"\xD1\x84\xE4\xB8\xAD\xF0\x9F\x98\x80\"" },
		{ "a\xFF"
		  "b\xC3",
			"\"a\xEF\xBF\xBD"
			"b\xEF\xBF\xBD\"" },
		{ "\xEF\xBF\xBD", "\"\xEF\xBF\xBD\"" },
	};
	struct json_writer w;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 1000);
		json_begin(&w, &out);
		json_put_string(&w, cases[i].text);
		wrote(&w, cases[i].wanted);
	}
}

/* `text` with so many others before it and behind it. */
static void surround(
	struct buf *out, const char *text, const char *other, size_t before, size_t behind)
{
	buf_clear(out);
	while (before-- > 0)
		assert_int_equal(buf_add_text(out, other), 0);
	assert_int_equal(buf_add_text(out, text), 0);
	while (behind-- > 0)
		assert_int_equal(buf_add_text(out, other), 0);
}

/* Texts are looked at by the word: each character leaves as it does alone,
 * however long the text is in which it stands, and of what. */
static void it_does_not_matter_where_in_a_text_it_stands(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = { { "\"", "\\\"" }, { "\\", "\\\\" }, { "\x1f", "\\u001f" },
		{ "\x7f", "\\u007f" }, { "\xC2\x85", "\\u0085" }, { "\xD8\x9C", "\\u061c" },
		{ "\xE2\x80\xA8", "\\u2028" }, { "\xC3", "\xEF\xBF\xBD" },
		{ "\xE4\xB8", "\xEF\xBF\xBD\xEF\xBF\xBD" }, { " ", " " },
		{ "\xE2\x80\x93", "\xE2\x80\x93" } };
	static const char *const others[] = { "a", "\xD1\x84", "\xE4\xB8\xAD" };
	struct buf text, wanted, out;
	struct json_writer w;
	size_t i, place;

	(void)state;
	buf_init(&text, 200);
	buf_init(&wanted, 200);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (place = 0; place < 3 * 20 * 20; place++) {
			const char *other = others[place % 3];
			size_t before = place / 3 % 20, behind = place / 60;

			surround(&text, cases[i].text, other, before, behind);
			surround(&wanted, cases[i].wanted, other, before, behind);
			buf_init(&out, 300);
			json_begin(&w, &out);
			json_put_text(&w, text.data, text.length);
			assert_int_equal(out.length, wanted.length + 2);
			assert_memory_equal(out.data + 1, wanted.data, wanted.length);
			buf_release(&out);
		}
	buf_release(&text);
	buf_release(&wanted);
}

static void numbers_read_back_as_written(void **state)
{
	static const struct {
		double value;
		const char *wanted;
	} cases[] = { { 0, "0" }, { 0.1, "0.1" }, { 2.5, "2.5" }, { -1e300, "-1e+300" },
		{ 1.0 / 3, "0.3333333333333333" }, { INFINITY, "null" }, { NAN, "null" } };
	struct json_writer w;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 100);
		json_begin(&w, &out);
		json_put_double(&w, cases[i].value);
		wrote(&w, cases[i].wanted);
	}
}

static void times_are_rfc_3339(void **state)
{
	static const struct {
		int64_t unix_s;
		const char *wanted;
	} cases[] = { { 0, "\"1970-01-01T00:00:00Z\"" }, { -1, "\"1969-12-31T23:59:59Z\"" },
		{ 951782400, "\"2000-02-29T00:00:00Z\"" },
		{ 1780480923, "\"2026-06-03T10:02:03Z\"" },
		{ -62167219200, "\"0000-01-01T00:00:00Z\"" },
		{ 253402300799, "\"9999-12-31T23:59:59Z\"" },
		{ 253402300800, "\"9999-12-31T23:59:59Z\"" }, { INT64_MIN, "null" },
		{ INT64_MAX, "\"9999-12-31T23:59:59Z\"" } };
	struct json_writer w;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 100);
		json_begin(&w, &out);
		json_put_time(&w, cases[i].unix_s);
		wrote(&w, cases[i].wanted);
	}
}

static void a_full_buffer_is_told(void **state)
{
	struct json_writer w;
	struct buf out;

	(void)state;
	buf_init(&out, 8);
	json_begin(&w, &out);
	json_put_array(&w);
	json_put_string(&w, "123456789");
	assert_false(json_ok(&w));
	json_put_array_end(&w);
	assert_false(json_ok(&w));
	buf_release(&out);
}

static void a_value_that_does_not_fit_is_taken_back(void **state)
{
	struct json_mark before;
	struct json_writer w;
	struct buf buf;

	(void)state;
	buf_init(&buf, 16);
	json_begin(&w, &buf);
	json_put_array(&w);
	json_put_string(&w, "whole");
	before = json_mark_of(&w);
	json_put_string(&w, "\"\"\"\"");
	assert_false(json_fits(&w, &before, 1));
	json_put_string(&w, "ab");
	assert_true(json_fits(&w, &before, 1));
	before = json_mark_of(&w);
	json_put_int(&w, 123);
	assert_false(json_fits(&w, &before, 1));
	json_put_array_end(&w);
	assert_true(json_ok(&w));
	assert_string_equal(buf.data, "[\"whole\",\"ab\"]");
	buf_release(&buf);
}

static void too_deep_a_value_is_told(void **state)
{
	struct json_writer w;
	struct buf out;
	int i;

	(void)state;
	buf_init(&out, 1000);
	json_begin(&w, &out);
	for (i = 0; i < 63; i++)
		json_put_array(&w);
	assert_true(json_ok(&w));
	json_put_array(&w);
	assert_false(json_ok(&w));
	buf_release(&out);
}

/* ---------------------------------------------------------- reading ---- */

#define LONG ((size_t)8 << 20)

/* Writes down what was told, in one line. */
struct log {
	struct buf words;
	int stop_at; /* the call that says -1; -1 never */
	int calls;
};

static int note(struct log *log, char kind, const char *text, size_t length)
{
	if (log->calls++ == log->stop_at)
		return -1;
	assert_int_equal(buf_add_byte(&log->words, kind), 0);
	assert_int_equal(buf_add(&log->words, text, length), 0);
	assert_int_equal(buf_add_byte(&log->words, ' '), 0);
	return 0;
}

static int on_null(void *ctx)
{
	return note(ctx, '0', "", 0);
}

static int on_boolean(void *ctx, bool value)
{
	return note(ctx, value ? 't' : 'f', "", 0);
}

static int on_number(void *ctx, const char *text, size_t length)
{
	return note(ctx, '#', text, length);
}

static int on_string(void *ctx, const char *text, size_t length)
{
	return note(ctx, 's', text, length);
}

static int on_key(void *ctx, const char *text, size_t length)
{
	return note(ctx, 'k', text, length);
}

static int on_object(void *ctx)
{
	return note(ctx, '{', "", 0);
}

static int on_object_end(void *ctx)
{
	return note(ctx, '}', "", 0);
}

static int on_array(void *ctx)
{
	return note(ctx, '[', "", 0);
}

static int on_array_end(void *ctx)
{
	return note(ctx, ']', "", 0);
}

static const struct json_events events = { on_null, on_boolean, on_number, on_string, on_object,
	on_key, on_object_end, on_array, on_array_end };

/* Reads in pieces of `piece` bytes; the error's code is the result. */
static enum err_code read_in(const char *json, size_t length, size_t piece, struct log *log)
{
	struct json_reader *reader = json_reader_new(&events, log, 8);
	struct err err = { .code = ERR_NONE };
	size_t at, n;
	int result = 0;

	buf_init(&log->words, LONG + 1000);
	log->calls = 0;
	for (at = 0; at < length && result == 0; at += n) {
		char *copy;

		n = length - at < piece ? length - at : piece;
		copy = test_malloc(n); /* so that a byte too far is seen */
		memcpy(copy, json + at, n);
		result = json_read(reader, copy, n, &err);
		test_free(copy);
	}
	if (result == 0)
		result = json_read_end(reader, &err);
	json_reader_free(reader);
	if (result < 0 && err.code == ERR_NONE)
		return ERR_CANCELLED;
	return err.code;
}

static void what_is_read_does_not_depend_on_the_pieces(void **state)
{
	static const struct {
		const char *json, *wanted;
	} cases[] = {
		{ "{\"a\":[1,-2.50e+3,true,false,null],\"b\":{}}",
			"{ ka [ #1 #-2.50e+3 t f 0 ] kb { } } " },
		{ " [ \"x\" , \"\" ] ", "[ sx s ] " },
		{ "[123456789012345678901234567890.0001]",
			"[ #123456789012345678901234567890.0001 ] " },
		{ "[\"\\u0041\\n\\\\\\\"\\/\"]", "[ sA\n\\\"/ ] " },
		{ "[\"\\ud83d\\ude00\"]", "[ s\xF0\x9F\x98\x80 ] " },
		{ "[\"\\uD83Dx\"]", "[ s\xEF\xBF\xBDx ] " },
		{ "[\"\\ud83d\\n\"]", "[ s\xEF\xBF\xBD\n ] " },
		{ "[\"\\ud83d\\ud83d\\ude00\"]", "[ s\xEF\xBF\xBD\xF0\x9F\x98\x80 ] " },
		{ "[\"\\ude00\"]", "[ s\xEF\xBF\xBD ] " },
		{ "[\"\\ud83d\"]", "[ s\xEF\xBF\xBD ] " },
		{ "[\"\\\\ud83d\"]", "[ s\\ud83d ] " },
		{ "[\"\xD1\x84\"]", "[ s\xD1\x84 ] " },
		{ "42", "#42 " },
	};
	struct log log = { .stop_at = -1 };
	size_t i, piece;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (piece = 1; piece <= 48; piece++) {
			assert_int_equal(read_in(cases[i].json, strlen(cases[i].json), piece, &log),
				ERR_NONE);
			assert_string_equal(log.words.data, cases[i].wanted);
			buf_release(&log.words);
		}
	}
}

/* What reads it again with each piece takes minutes. */
static void a_long_text_in_small_pieces_takes_linear_time(void **state)
{
	struct log log = { .stop_at = -1 };
	char *json = test_malloc(LONG);
	clock_t start = clock();

	(void)state;
	memset(json, 'a', LONG);
	json[0] = json[LONG - 1] = '"';
	assert_int_equal(read_in(json, LONG, 256, &log), ERR_NONE);
	assert_int_equal(log.words.length, LONG);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 15);
	buf_release(&log.words);
	test_free(json);
}

static void a_broken_text_is_refused(void **state)
{
	static const struct {
		const char *json;
		size_t length;
		enum err_code wanted;
	} cases[] = {
#define CASE(json, code) { json, sizeof(json) - 1, code }
		CASE("", ERR_SYNTAX),
		CASE("{", ERR_SYNTAX),
		CASE("[1,]", ERR_SYNTAX),
		CASE("{\"a\" 1}", ERR_SYNTAX),
		CASE("[1] [2]", ERR_SYNTAX),
		CASE("[\"\\x\"]", ERR_SYNTAX),
		CASE("[\"\\u12g4\"]", ERR_SYNTAX),
		CASE("[\"\\ud83d", ERR_SYNTAX),
		CASE("[\"\\u", ERR_SYNTAX),
		CASE("[\"a\nb\"]", ERR_SYNTAX),
		CASE("[\"\xFF\"]", ERR_SYNTAX),
		CASE("[\"\xC0\x80\"]", ERR_SYNTAX),
		CASE("[\"\xED\xA0\x80\"]", ERR_SYNTAX),
		CASE("{\"\xFF\":1}", ERR_SYNTAX),
		CASE("[1]\0", ERR_SYNTAX),
		CASE("[nul]", ERR_SYNTAX),
		CASE("\\", ERR_SYNTAX),
		CASE("[[[[[[[[[]]]]]]]]]", ERR_TOO_BIG),
		CASE("[[[[[[[[]]]]]]]]", ERR_NONE),
#undef CASE
	};
	struct log log = { .stop_at = -1 };
	size_t i, piece;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (piece = 1; piece <= 20; piece++) {
			enum err_code code = read_in(cases[i].json, cases[i].length, piece, &log);

			if (code != cases[i].wanted)
				fail_msg("%s in pieces of %zu: %s", cases[i].json, piece,
					err_word(code));
			buf_release(&log.words);
		}
	}
}

static void a_listener_stops_the_reading(void **state)
{
	static const char json[] = "{\"a\":[1,true,null,\"s\"]}";
	struct log log;
	int at;

	(void)state;
	for (at = 0; at < 9; at++) {
		log.stop_at = at;
		assert_int_equal(read_in(json, strlen(json), 100, &log), ERR_CANCELLED);
		assert_int_equal(log.calls, at + 1);
		buf_release(&log.words);
	}
}

static void what_is_written_reads_back(void **state)
{
	struct log log = { .stop_at = -1 };
	struct json_writer w;
	struct buf out;
	uint32_t rune;

	(void)state;
	for (rune = 0; rune < 0x110000; rune += rune < 0x3000 ? 1 : 0x111) {
		char text[4], wanted[8];
		size_t n = utf8_encode(rune, text);

		buf_init(&out, 100);
		json_begin(&w, &out);
		json_put_text(&w, text, n);
		assert_int_equal(read_in(out.data, out.length, 3, &log), ERR_NONE);
		wanted[0] = 's';
		memcpy(wanted + 1, text, n);
		wanted[1 + n] = ' ';
		assert_int_equal(log.words.length, n + 2);
		assert_memory_equal(log.words.data, wanted, n + 2);
		buf_release(&log.words);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_separated_by_themselves),
		cmocka_unit_test(text_leaves_without_controls),
		cmocka_unit_test(it_does_not_matter_where_in_a_text_it_stands),
		cmocka_unit_test(numbers_read_back_as_written),
		cmocka_unit_test(times_are_rfc_3339),
		cmocka_unit_test(a_full_buffer_is_told),
		cmocka_unit_test(a_value_that_does_not_fit_is_taken_back),
		cmocka_unit_test(too_deep_a_value_is_told),
		cmocka_unit_test(what_is_read_does_not_depend_on_the_pieces),
		cmocka_unit_test(a_long_text_in_small_pieces_takes_linear_time),
		cmocka_unit_test(a_broken_text_is_refused),
		cmocka_unit_test(a_listener_stops_the_reading),
		cmocka_unit_test(what_is_written_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
