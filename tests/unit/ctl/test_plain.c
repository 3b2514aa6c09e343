#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ctl/plain.h"

#define OUT_MAX ((size_t)64 << 20)
#define LINK(url) "<a rel=\"noopener noreferrer\" href=\"" url "\">" url "</a>"
#define NB "\xC2\xA0"

static const struct {
	const char *given;
	const char *wanted;
} texts[] = {
	{ "", "" },
	{ "a & b\nc", "a &amp; b<br>\nc" },
	{ "if\n  x\nend\n\n", "if<br>\n" NB NB "x<br>\nend<br>\n<br>\n" },
	{ "a\n \tb\nc", "a<br>\n" NB NB NB NB NB NB NB NB "b<br>\nc" },
	{ "a\n   \nb", "a<br>\n<br>\nb" },
	/* as an XML file indents it */
	{ "one\n    two\n\n      three", "one<br>\ntwo<br>\n<br>\n" NB NB "three" },
	/* as a letter is, or a list */
	{ "    one\n    two", "one<br>\ntwo" },
	{ "  * one\n  * two\n    - three\n", "* one<br>\n* two<br>\n" NB NB "- three<br>\n" },
	{ "  one", "one" },
	{ "  one\ntwo", NB NB "one<br>\ntwo" },
	{ "see https://e.org/x?a=1&b, (http://e.org/y).",
		"see " LINK("https://e.org/x?a=1&amp;b") ", (" LINK("http://e.org/y") ")." },
	{ "<HTTP://e.org/a_(b)>", "&lt;" LINK("HTTP://e.org/a_(b)") "&gt;" },
	{ "\xE8\xA6\x8Bhttp://e.org/\xE6\x97\xA5\xE3\x80\x82",
		"\xE8\xA6\x8B" LINK("http://e.org/\xE6\x97\xA5") "\xE3\x80\x82" },
	{ "http:// https://. xhttp://e.org javascript:x", "http:// https://. xhttp://e.org "
							  "javascript:x" },
	{ "http://e.org/\"onclick='x'", LINK("http://e.org/") "&quot;onclick='x'" },
};

static void plain_text_keeps_its_looks(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, OUT_MAX);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_clear(&out);
		plain_html(texts[i].given, strlen(texts[i].given), true, &out);
		assert_string_equal(out.data, texts[i].wanted);
	}
	buf_release(&out);
}

static void without_links_there_are_none(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, OUT_MAX);
	plain_html("a http://e.org/\n b\nc", 21, false, &out);
	assert_string_equal(out.data, "a http://e.org/<br>\n" NB "b<br>\nc");
	buf_release(&out);
}

static void hostile_text_takes_linear_time(void **state)
{
	static const char *const pieces[] = { "http://", "http://a\xE2\x80\x8B", "https://)",
		"\n\t\t\t", "http://((", "http" };
	clock_t start = clock();
	struct buf text, out;

	(void)state;
	buf_init(&text, OUT_MAX);
	buf_init(&out, OUT_MAX);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		buf_clear(&text);
		buf_clear(&out);
		while (text.length < ((size_t)1 << 20) - 16)
			assert_int_equal(buf_add_text(&text, pieces[i]), 0);
		plain_html(text.data, text.length, true, &out);
		assert_true(out.length > 0);
	}
	assert_true((clock() - start) / CLOCKS_PER_SEC < 10);
	buf_release(&text);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_keeps_its_looks),
		cmocka_unit_test(without_links_there_are_none),
		cmocka_unit_test(hostile_text_takes_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
