/* What is valid UTF-8, asked of every sequence there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"

static void every_character_is_valid_and_no_surrogate_is(void **state)
{
	char bytes[4], raw[3];
	uint32_t rune, back;

	(void)state;
	for (rune = 0; rune <= 0x10FFFF; rune++) {
		size_t n;

		if (rune >= 0xD800 && rune <= 0xDFFF) {
			raw[0] = (char)(0xE0 | rune >> 12);
			raw[1] = (char)(0x80 | (rune >> 6 & 0x3F));
			raw[2] = (char)(0x80 | (rune & 0x3F));
			assert_false(utf8_valid(raw, 3));
			continue;
		}
		n = utf8_encode(rune, bytes);
		assert_true(utf8_valid(bytes, n));
		assert_int_equal(utf8_decode(bytes, n, &back), n);
		assert_int_equal(back, rune);
		if (n > 1)
			assert_false(utf8_valid(bytes, n - 1));
	}
}

/* The check in one go and the decoder character by character agree. */
static bool decodes(const char *text, size_t length)
{
	size_t at = 0;
	uint32_t rune;

	while (at < length) {
		size_t n = utf8_decode(text + at, length - at, &rune);

		if (n == 1 && (unsigned char)text[at] >= 0x80)
			return false;
		at += n;
	}
	return true;
}

static void all_three_byte_strings_are_judged_alike(void **state)
{
	static const unsigned char thirds[] = { 0x00, 0x41, 0x7F, 0x80, 0x9F, 0xA0, 0xBF, 0xC0,
		0xFF };
	char text[3];
	int a, b;
	size_t c;

	(void)state;
	for (a = 0; a < 256; a++)
		for (b = 0; b < 256; b++)
			for (c = 0; c < sizeof(thirds); c++) {
				text[0] = (char)a;
				text[1] = (char)b;
				text[2] = (char)thirds[c];
				assert_int_equal(utf8_valid(text, 3), decodes(text, 3));
			}
}

static void it_does_not_matter_where_in_a_text_it_stands(void **state)
{
	static const char *const bad[] = { "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80",
		"\xC3" };
	char text[64];
	size_t at, i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (at = 0; at < 40; at++) {
			memset(text, 'x', sizeof(text));
			assert_true(utf8_valid(text, 48));
			memcpy(text + at, bad[i], strlen(bad[i]));
			assert_false(utf8_valid(text, 48));
			memcpy(text + at, "\xC3\xB6\xE2\x82\xAC", 5);
			assert_true(utf8_valid(text, 48));
		}
}

static unsigned random_below(unsigned most)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 32) % most;
}

/* Characters of all lengths, as many as fit. */
static size_t fill(char *text, size_t size)
{
	static const uint32_t above[] = { 0x80, 0x80, 0x800, 0xD800, 0x110000 };
	size_t length = 0;

	while (size - length >= 4)
		length += utf8_encode(random_below(above[random_below(5)]), text + length);
	return length;
}

/* Long texts are judged block by block. */
static void texts_with_a_byte_changed_are_judged_alike(void **state)
{
	static const unsigned char bytes[] = { 0x00, 0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0,
		0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF };
	char text[80];
	int round;

	(void)state;
	for (round = 0; round < 200000; round++) {
		size_t length = fill(text, sizeof(text));

		assert_true(utf8_valid(text, length));
		text[random_below((unsigned)length)] = (char)bytes[random_below(sizeof(bytes))];
		length -= random_below(4);
		assert_int_equal(utf8_valid(text, length), decodes(text, length));
	}
}

/* Whether the run may go on with this character. */
static bool may_stand(const char *text, size_t left, size_t *out_n)
{
	uint32_t rune;

	*out_n = utf8_decode(text, left, &rune);
	if (*out_n == 1)
		return rune >= 0x20 && rune < 0x7F && rune != '"' && rune != '\\';
	return !utf8_is_unsafe(rune);
}

/* What is skipped is what the look at each would let stand, and whole. */
static void check_plain(const char *text, size_t length, size_t from)
{
	size_t end = utf8_plain_end(text, length, from, "\"\\"), i, n;

	assert_true(end <= length);
	for (i = from; i < end; i += n)
		assert_true(may_stand(text + i, length - i, &n));
	assert_int_equal(i, end);
	if (end < length && (unsigned char)text[end] < 0x80)
		assert_false(may_stand(text + end, length - end, &n));
}

/* Any byte and two behind it at which something begins or ends, by themselves and in
 * the first block of a text, at its end and behind it. */
static void plain_text_is_whole_and_safe(void **state)
{
	static const unsigned char bounds[] = { 0x00, 0x1F, 0x20, 0x22, 0x5C, 0x61, 0x7E, 0x7F,
		0x80, 0x8F, 0x90, 0x9C, 0x9F, 0xA0, 0xA8, 0xBF, 0xC0, 0xC2, 0xC3, 0xD8, 0xDF, 0xE0,
		0xE2, 0xE3, 0xEC, 0xED, 0xEF, 0xF0, 0xF4, 0xFF };
	static const size_t places[] = { 0, 13, 14, 15, 37 };
	char text[40];
	int a;
	size_t b, c, i;

	(void)state;
	for (a = 0; a < 256; a++)
		for (b = 0; b < sizeof(bounds); b++)
			for (c = 0; c < sizeof(bounds); c++) {
				char three[3] = { (char)a, (char)bounds[b], (char)bounds[c] };

				check_plain(three, 3, 0);
				for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
					memset(text, 'a', sizeof(text));
					memcpy(text + places[i], three, 3);
					check_plain(text, sizeof(text), 0);
				}
			}
}

/* Every kind of letter, whatever length of text it is in, is skipped to the end. */
static void plain_text_is_skipped_whole(void **state)
{
	static const char *const letters[] = { "a", "\xC3\xB6", "\xD1\x84", "\xE4\xB8\xAD",
		"b \xD0\xB6" };
	char text[128];
	size_t i, length, n;

	(void)state;
	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		n = strlen(letters[i]);
		for (length = 0; length + n < sizeof(text) - 2; length += n) {
			memcpy(text + length, letters[i], n);
			assert_int_equal(utf8_plain_end(text, length + n, 0, "\n\n"), length + n);
			text[length + n] = '\n';
			assert_int_equal(
				utf8_plain_end(text, length + n + 1, 0, "\n\n"), length + n);
			/* A byte is missing of the last one. */
			if (n > 1)
				assert_true(utf8_plain_end(text, length + n - 1, 0, "\n\n") <
					    length + n - 1);
		}
	}
	assert_int_equal(utf8_plain_end("a,b", 3, 0, ",;"), 1);
	assert_int_equal(utf8_plain_end("a,b;c", 5, 2, ",;"), 3);
}

static void first_words_end_between_words_and_never_in_a_character(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "" },
		{ "short enough", "short enough" },
		{ " First line    second ", "First line second" },
		{ "words                                                                      "
		  "             far apart",
			"words far apart" },
		{ "The first words of the text, which go on and on until somebody has had enough "
		  "of them",
			"The first words of the text, which go on and on until somebody has had "
			"enough of"
			"\xE2\x80\xA6" },
		{ "\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80"
		  "\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80"
		  "\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80"
		  "\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80"
		  "\xE4\xB8\x80\xE4\xB8\x80\xE4\xB8\x80",
			NULL },
	};
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 256);
		assert_int_equal(utf8_add_words(&out, cases[i].text, strlen(cases[i].text)), 0);
		if (cases[i].words != NULL)
			assert_string_equal(out.length > 0 ? out.data : "", cases[i].words);
		assert_true(out.length <= UTF8_WORDS_MAX + 3);
		assert_true(utf8_valid(out.data, out.length));
		buf_release(&out);
	}
}

static void blanks_and_controls_show_nothing(void **state)
{
	static const char *const blank[] = { "", " ", "\t\r\n", "\xC2\xA0", "\xE3\x80\x80 ",
		"\xE2\x80\x8B", "\xE2\x80\x89\xE2\x80\xAE", "\xE1\x9A\x80\x1B", "\xC2\xAD",
		"\xE2\x81\xA0\xE2\x81\xA3", "\xE1\x85\x9F", "\xE3\x85\xA4", "\xE2\xA0\x80 ",
		"\xCD\x8F", "\xEF\xB8\x8F" };
	static const char *const shown[] = { "a", " .", "\xC2\xA0\xC3\xBC", "\xE3\x80\x81",
		"\xFF" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(blank) / sizeof(blank[0]); i++)
		assert_false(utf8_shows(blank[i], strlen(blank[i])));
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		assert_true(utf8_shows(shown[i], strlen(shown[i])));
}

static void names_keep_what_joins_and_lines_do_not(void **state)
{
	static const struct {
		const char *text, *line, *name, *tag;
	} cases[] = {
		{ "a\u200cb\u200dc", "abc", "a\u200cb\u200dc", "a\u200cb\u200dc" },
		{ "a\u200bb\u200ec\u202ed\ufeffe\u2060", "abcde\u2060", "abcde\u2060",
			"abcde\u2060" },
		{ "a\tb\xC2\x85,", "a b ,", "a b ,", "a b" },
		{ "\u200d", "", "\u200d", "" },
		{ " \u200c,\u200d ", " , ", " \u200c,\u200d ", "" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 256);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t length = strlen(cases[i].text);

		buf_clear(&out);
		assert_int_equal(utf8_add_line(&out, cases[i].text, length), 0);
		assert_string_equal(out.data, cases[i].line);
		buf_clear(&out);
		assert_int_equal(utf8_add_name(&out, cases[i].text, length), 0);
		assert_string_equal(out.data, cases[i].name);
		buf_clear(&out);
		assert_int_equal(utf8_add_tag(&out, cases[i].text, length), 0);
		assert_string_equal(out.data, cases[i].tag);
	}
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_valid_and_no_surrogate_is),
		cmocka_unit_test(all_three_byte_strings_are_judged_alike),
		cmocka_unit_test(it_does_not_matter_where_in_a_text_it_stands),
		cmocka_unit_test(texts_with_a_byte_changed_are_judged_alike),
		cmocka_unit_test(plain_text_is_whole_and_safe),
		cmocka_unit_test(plain_text_is_skipped_whole),
		cmocka_unit_test(blanks_and_controls_show_nothing),
		cmocka_unit_test(names_keep_what_joins_and_lines_do_not),
		cmocka_unit_test(first_words_end_between_words_and_never_in_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
