/* The first look: JSON, pages, lists and the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
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
		{ "<!-- a <!-- b <rss>", SNIFF_XML, "rss" },
		{ "<!-- <rss> -->", SNIFF_TEXT, "" },
		{ "words only", SNIFF_TEXT, "" },
		{ "", SNIFF_TEXT, "" },
		{ "<html><body><rss version='2.0'>", SNIFF_XML, "html" },
		{ "<html><head><title>a</title><script>b</script>\n<rss version='2.0'>", SNIFF_XML,
			"html" },
		/* What shows a feed, or writes one, is none. */
		{ "<html><script>a = '<rss version=\"2.0\">'</script>", SNIFF_HTML, "html" },
		{ "<html><textarea><rss version='2.0'></textarea>", SNIFF_HTML, "html" },
		{ "<html><a title='<rss version=\"2.0\">'></a>", SNIFF_HTML, "html" },
		{ "<html><p>See <rss version='2.0'>", SNIFF_HTML, "html" },
		{ "<html><script>", SNIFF_HTML, "html" },
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

static void a_string_of_json_ends_with_its_quote(void **state)
{
	static const struct {
		const char *bytes;
		bool is_string;
	} examples[] = {
		{ "\"{}\"", true },
		{ " \"\\n\\t <a/>\" ", true },
		{ "\"a\"", false },
		{ "\"\\\"", false },
		{ "\" \\\"", false },
		{ "\"\"", false },
		{ "\"\\n\\u003Ca\"", true },
		{ "\"\\u003e\"", false },
		{ "\"\\u00\"", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		size_t length = strlen(examples[i].bytes);
		/* What stands behind the end would make it one. */
		char *bytes = mem_alloc(length + 1);

		memcpy(bytes, examples[i].bytes, length);
		bytes[length] = '{';
		assert_int_equal(sniff_is_json_string(bytes, length), examples[i].is_string);
		free(bytes);
	}
}

static void a_feed_may_be_another_document_s_text(void **state)
{
	static const struct {
		const char *text, *inner;
	} examples[] = {
		{ "<?xml version='1.0'?>\n<string xmlns='u'> &lt;rss/&gt; </string>",
			"&lt;rss/&gt; " },
		{ "<html><body><pre id='a'>&lt;?xml?&gt;</pre></body></html>", "&lt;?xml?&gt;" },
		{ "<s><![CDATA[ <feed><id/></feed>]]></s>", "<feed><id/></feed>" },
		{ "<s><![CDATA[<rss><![CDATA[a]]></rss>]]></s>", "<rss><![CDATA[a]]></rss>" },
		{ "<![CDATA[<rss><![CDATA[a]]></rss>\n", "<rss><![CDATA[a]]></rss>\n" },
		{ "<![CDATA[<rss>", "<rss>" },
		{ "&lt;rdf:RDF&gt;", "&lt;rdf:RDF&gt;" },
		{ "<rss><title>&lt;rss/&gt;</title></rss>", NULL },
		{ "<p>Words</p><pre>&lt;rss/&gt;</pre>", NULL },
		{ "<p>&lt;b&gt;</p>", NULL },
		{ "<p><", NULL },
		{ "<![CDATA[", NULL },
		{ "", NULL },
	};
	size_t i, at, length;
	bool is_escaped;

	(void)state;
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		const char *text = examples[i].text, *inner = examples[i].inner;

		assert_int_equal(sniff_find_inner(text, strlen(text), &at, &length, &is_escaped),
			inner != NULL);
		if (inner == NULL)
			continue;
		assert_int_equal(length, strlen(inner));
		assert_memory_equal(text + at, inner, length);
		assert_int_equal(is_escaped, inner[0] == '&');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_known_behind_blanks_and_marks),
		cmocka_unit_test(the_first_element_tells),
		cmocka_unit_test(a_string_of_json_ends_with_its_quote),
		cmocka_unit_test(a_feed_may_be_another_document_s_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
