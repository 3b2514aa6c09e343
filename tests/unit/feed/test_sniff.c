/* The first look: JSON, pages, lists and the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/feed/sniff.h"

static void json_is_known_behind_blanks_and_marks(void **state)
{
	(void)state;
	assert_true(sniff_is_json("{}", 2));
	assert_true(sniff_is_json(" \n\t{", 4));
	assert_true(sniff_is_json("\xef\xbb\xbf{", 4));
	assert_true(sniff_is_json("\xff\xfe{\0", 4));
	assert_true(sniff_is_json("\0{", 2));
	assert_false(sniff_is_json("<a/>", 4));
	assert_false(sniff_is_json("", 0));
}

static void the_first_element_tells(void **state)
{
	static const struct {
		const char *text;
		enum sniff_kind kind;
		const char *root;
	} examples[] = {
		{ "<rss>", SNIFF_XML, "rss" },
		{ "<?xml version='1.0'?><!-- <html> --><a:feed x='y'>", SNIFF_XML, "a:feed" },
		{ "<!DOCTYPE rss [<!ELEMENT html ANY>]><rss>", SNIFF_XML, "rss" },
		{ "junk < before <rss>", SNIFF_XML, "rss" },
		{ "<html>", SNIFF_HTML, "html" },
		{ "<!doctype HTML><p>", SNIFF_HTML, "" },
		{ "<OPML version='1.0'>", SNIFF_OPML, "OPML" },
		{ "words only", SNIFF_TEXT, "" },
		{ "", SNIFF_TEXT, "" },
		{ "<html><body><rss version='2.0'>", SNIFF_XML, "html" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct sniff sniff = sniff_text(examples[i].text, strlen(examples[i].text));

		assert_int_equal(sniff.kind, examples[i].kind);
		assert_int_equal(sniff.root_length, strlen(examples[i].root));
		assert_memory_equal(sniff.root, examples[i].root, sniff.root_length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_known_behind_blanks_and_marks),
		cmocka_unit_test(the_first_element_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
