/*
 * Documents that nobody should send and somebody does: whole and read, although
 * what is around or inside them has no business there.
 */
#include <stdio.h>

#include "tests/unit/feed/parsed.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define VERSION "\"version\":\"https://jsonfeed.org/version/1.1\""

static void what_stands_before_the_feed_is_told(void **state)
{
	static const char *const before[] = { ")]}',\n", "// cached\n", "callback(",
		"<br />\n<b>Warning</b>: {} in <b>/a.php</b><br />\n" };
	char body[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(before); i++) {
		struct feed_doc *doc;

		snprintf(body, sizeof(body), "%s{%s,\"items\":[{\"id\":\"1\"}]}", before[i],
			VERSION);
		doc = parsed(body);
		assert_int_equal(doc->format, FEED_JSON_11);
		assert_int_equal(doc->items.count, 1);
		assert_int_equal(doc->flags & FEED_RECOVERED, FEED_RECOVERED);
		free(doc);
	}
	/* A feed that writes of JSON Feed is what it was. */
	assert_item(
		"<x:feed xmlns:x='http://www.w3.org/2005/Atom'><x:entry><x:title>{"
		"\"version\":\"https://jsonfeed.org/version/1.1\"}</x:title></x:entry></x:feed>",
		title, "{\"version\":\"https://jsonfeed.org/version/1.1\"}");
}

static void an_answer_in_json_may_stand_before_a_feed_in_xml(void **state)
{
	struct feed_doc *doc = parsed("{\"error\":\"<b> \\\"}\"}\n" ITEM("<guid>1</guid>"));

	(void)state;
	assert_int_equal(doc->format, FEED_RSS_20);
	assert_int_equal(doc->items.count, 1);
	assert_int_equal(doc->problems.count, 1);
	free(doc);
	assert_int_equal(error_of("{\"error\":\"<rss version='2.0'>\"}"), ERR_NOT_FEED);
}

static void a_string_of_json_is_the_document_in_it(void **state)
{
	static const struct {
		const char *body;
		enum feed_format format;
	} rows[] = {
		{ "\"{\\\"version\\\":\\\"https://jsonfeed.org/version/1.1\\\",\\n"
		  "\\\"items\\\":[{\\\"id\\\":\\\"\\u00e9\\\"}]}\"\n",
			FEED_JSON_11 },
		{ " \"<?xml version=\\\"1.0\\\" encoding=\\\"utf-8\\\"?><rss "
		  "version=\\\"2.0\\\"><channel><item><guid>\\u00e9<\\/guid></item></channel></"
		  "rss>\"",
			FEED_RSS_20 },
	};
	struct feed_doc *doc;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		doc = parsed(rows[i].body);
		assert_int_equal(doc->format, rows[i].format);
		assert_int_equal(doc->items.count, 1);
		assert_string_equal(ITEM_TEXT(doc, guid), "é");
		assert_int_equal(doc->flags & FEED_RECOVERED, FEED_RECOVERED);
		assert_int_equal(doc->problems.count, 1);
		free(doc);
	}
	/* Quotes around a document make no string of it. */
	doc = parsed("\"" ITEM("<guid isPermaLink=\"false\">1</guid>") "\"");
	assert_int_equal(doc->items.count, 1);
	free(doc);
	assert_int_equal(error_of("\"<html><body>no</body></html>\""), ERR_NOT_FEED);
	assert_int_equal(error_of("\"not found\""), ERR_NOT_FEED);
}

static void a_type_of_atoms_texts_is_told_as_a_files(void **state)
{
	static const char *const rows[][2] = { { "html", "text/html" },
		{ "xhtml", "application/xhtml+xml" }, { "text", "text/plain" },
		{ "text/html", "text/html" } };
	char body[1024];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct feed_doc *doc;

		snprintf(body, sizeof(body),
			ATOM("<entry><id>1</id><content type='%s' src='/a'/></entry>"), rows[i][0]);
		doc = parsed(body);
		assert_int_equal(feed_doc_item(doc, 0)->links.count, 1);
		assert_string_equal(
			feed_doc_text(doc, feed_doc_link(doc, 0)->mime_type), rows[i][1]);
		free(doc);
	}
}

/* ---- roots ---- */

static void an_item_or_a_channel_may_be_all_there_is(void **state)
{
	struct feed_doc *doc = parsed("<item><title>a</title></item>");

	(void)state;
	assert_int_equal(doc->format, FEED_RSS_20);
	assert_int_equal(doc->items.count, 1);
	free(doc);
	doc = parsed("<item><guid>1</guid></item><item><guid>2</guid></item>");
	assert_int_equal(doc->items.count, 2);
	free(doc);
	doc = parsed("<channel><title>t</title><item><title>a</title></item></channel>");
	assert_int_equal(doc->format, FEED_RSS_20);
	assert_int_equal(doc->items.count, 1);
	free(doc);
	doc = parsed("<channel><title>t</title></channel><item><title>a</title></item>");
	assert_int_equal(doc->items.count, 1);
	free(doc);
}

static void a_channel_may_have_been_forgotten(void **state)
{
	(void)state;
	assert_doc("<rss><title>t</title><link>http://e/</link><item><title>a</title></item>"
		   "<description>d</description></rss>",
		title, "t");
	assert_doc("<rss><item><title>a</title></item><link>http://e/</link></rss>", site_url,
		"http://e/");
	assert_doc("<rss><item/><description>d</description></rss>", description, "d");
	assert_doc(
		"<rss><title>outer</title><channel><title>t</title></channel></rss>", title, "t");
}

static void a_channel_of_cdf_has_a_base_of_its_own(void **state)
{
	static const char body[] = "<CHANNEL HREF='home' BASE='http://e.example/ch/'>"
				   "<ITEM HREF='one.html'/></CHANNEL>";
	struct feed_doc *doc = parsed(body);

	(void)state;
	assert_int_equal(doc->format, FEED_CDF);
	assert_string_equal(DOC_TEXT(doc, site_url), "https://example.org/blog/home");
	free(doc);
	assert_item(body, url, "http://e.example/ch/one.html");
}

static void the_first_item_may_have_lost_its_start(void **state)
{
	static const char *const bodies[] = {
		"<rss version='2.0'><channel><title>t</title><link>http://e/</link>"
		"<image><title>t</title></image><title>a</title><guid>1</guid></item>"
		"<item><guid>2</guid></item></channel></rss>",
		"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><id>0</id>"
		"<link href='/'/><link rel='self' href='f'/><id>1</id><title>a</title></entry>"
		"<entry><id>2</id></entry></feed>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++) {
		struct feed_doc *doc = parsed(bodies[i]);

		assert_int_equal(doc->items.count, 2);
		assert_string_equal(DOC_TEXT(doc, title), "t");
		assert_string_equal(ITEM_TEXT(doc, title), "a");
		assert_string_equal(ITEM_TEXT(doc, guid), "1");
		free(doc);
	}
}

static void rss_is_rss_in_whatever_namespace(void **state)
{
	static const char *const uris[] = { "http://www.w3.org/1999/xhtml",
		"http://www.w3.org/2005/Atom", "http://example.com/unknown" };
	char body[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(uris); i++) {
		snprintf(body, sizeof(body),
			"<rss xmlns='%s'><channel><item><title>a</title></item></channel></rss>",
			uris[i]);
		assert_item(body, title, "a");
	}
}

static void rdf_is_about_something_without_a_prefix(void **state)
{
	(void)state;
	assert_item("<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
		    "xmlns:r='http://purl.org/rss/1.0/'><r:item about='http://e/1'/></RDF>",
		guid, "http://e/1");
}

/* ---- small things ---- */

static void an_empty_address_is_the_base_that_the_feed_names(void **state)
{
	(void)state;
	assert_item(ITEM("<title>a</title><atom:link href=''/>"), url, "");
	assert_item(ATOM("<entry xml:base='/post/1'><link href=''/></entry>"), url,
		"https://example.org/post/1");
}

static void blanks_around_a_relation_are_none_of_it(void **state)
{
	struct feed_doc *doc = parsed(
		ENTRY("<link rel=' alternate ' href='http://e.org/1'/>"
		      "<link rel=' enclosure' href='http://e.org/1.mp3'/>"
		      "<source><link rel='via ' href='http://e.org/2'/></source>"));
	const struct feed_item *item = feed_doc_item(doc, 0);

	(void)state;
	assert_string_equal(ITEM_TEXT(doc, url), "http://e.org/1");
	assert_int_equal(item->attachments.count, 1);
	assert_int_equal(item->links.count, 1);
	assert_string_equal(feed_doc_text(doc, feed_doc_link(doc, 0)->rel), "alternate");
	assert_string_equal(
		feed_doc_text(doc, feed_doc_extension(doc, 0)->name), "source/link@via");
	free(doc);
	assert_doc(ATOM("<link rel='&#10;self ' href='http://e.org/feed'/>"), feed_url,
		"http://e.org/feed");
	assert_item(ENTRY("<link rel=' ' href='http://e.org/1'/>"), url, "http://e.org/1");
	assert_item(ENTRY("<link rel='alternates' href='http://e.org/1'/>"), url, "");
}

static void a_long_relation_is_cut_at_a_character(void **state)
{
	static const char name[] =
		"source/link@xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	char body[1024];
	struct feed_doc *doc;

	(void)state;
	snprintf(body, sizeof(body),
		ATOM("<entry><source><link rel='%sé' href='http://e.org/'/>"
		     "</source></entry>"),
		name + strlen("source/link@"));
	doc = parsed(body);
	assert_string_equal(feed_doc_text(doc, feed_doc_extension(doc, 0)->name), name);
	free(doc);
}

static void an_id_of_a_source_is_no_relative_link(void **state)
{
	(void)state;
	assert_item(ENTRY("<source><id>sid</id></source>"), source_url, "");
	assert_item(ENTRY("<source><id>http://e.org/</id></source>"), source_url, "http://e.org/");
}

static void a_thumbnail_needs_no_prefix(void **state)
{
	(void)state;
	assert_item(ITEM("<thumbnail url='/t.png'/>"), image, "https://example.org/t.png");
	assert_item(ITEM("<thumbnail>/t.png</thumbnail>"), image, "https://example.org/t.png");
	assert_item(ITEM("<thumbnail url='/t.png'/><media:thumbnail url='/m.png'/>"), image,
		"https://example.org/m.png");
}

static void a_scheme_is_shown_in_lower_case(void **state)
{
	(void)state;
	assert_item(ITEM("<link>HTTPS://E.example/A</link>"), url, "https://E.example/A");
	assert_item(ITEM("<link>HtTp://e.org/a b</link>"), url, "http://e.org/a%20b");
}

static void a_locale_is_a_language_and_a_word_with_a_line_is_not(void **state)
{
	(void)state;
	assert_doc(RSS("<language>en_US</language>"), language, "en-US");
	assert_doc(RSS("<language>sgn_US</language>"), language, "sgn-US");
	assert_doc(RSS("<language>x.y_z</language>"), language, "x.y_z");
}

static void a_category_stands_there_again_if_its_label_is_new(void **state)
{
	struct feed_doc *doc = parsed(ENTRY("<category term='ci' label='Author'/>"
					    "<category term='ci' label='Contributor'/>"
					    "<category term='ci'/><category term='b'/>"
					    "<category term='b' label='B'/>"
					    "<category term='ci' label='Author'/>"));

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->categories.count, 4);
	free(doc);
}

static void a_size_has_no_unit_but_bytes(void **state)
{
	static const struct {
		const char *text;
		int64_t size;
	} examples[] = { { "12", 12 }, { " 1,234 ", 1234 }, { "12.5", 12 }, { "7 bytes", 7 },
		{ "12.5 bytes", 12 }, { "5 MB", -1 }, { "2.5 MB", -1 }, { "2.5MB", -1 },
		{ "1 234", -1 }, { "0x10", -1 }, { "1e6", -1 }, { "-1", -1 } };
	char body[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(examples); i++) {
		struct feed_doc *doc;

		snprintf(body, sizeof(body),
			"<rss><channel><item><enclosure url='http://e/' length='%s'/></item>"
			"</channel></rss>",
			examples[i].text);
		doc = parsed(body);
		assert_int_equal(feed_doc_attachment(doc, 0)->size, examples[i].size);
		free(doc);
	}
}

/* ---- bytes ---- */

static void what_is_read_twice_is_told_once(void **state)
{
	struct feed_doc *doc = parsed("{" VERSION ",\"title\":{},\"items\":[{\"id\":\"1\"},]}");

	(void)state;
	assert_int_equal(doc->items.count, 1);
	assert_int_equal(doc->problems.count, 2);
	free(doc);
}

static void what_is_compressed_is_named_as_such(void **state)
{
	(void)state;
	assert_int_equal(error_of("\x1f\x8b\x08..."), ERR_BAD_ENCODING);
	assert_int_equal(error_of("\x28\xb5\x2f\xfd..."), ERR_BAD_ENCODING);
	assert_int_equal(error_of("\x1f\x8b"), ERR_NOT_FEED);
}

static void bytes_that_are_no_characters_are_a_repair(void **state)
{
	struct feed_doc *doc = parsed(RSS("<description>caf\xE9, \u00E9t\u00E9</description>"));

	(void)state;
	assert_int_equal(doc->flags & FEED_RECOVERED, FEED_RECOVERED);
	free(doc);
}

static void a_few_bad_bytes_leave_what_is_declared(void **state)
{
	(void)state;
	assert_doc("<?xml version='1.0' encoding='utf-8'?>" RSS(
			   "<description>it\u2019s</description><ttl>\xFF\xC3</ttl>"),
		description, "it\u2019s");
	/* No UTF-8 at all is another encoding. */
	assert_doc(
		"<?xml version='1.0' encoding='utf-8'?>" RSS("<description>caf\xE9</description>"),
		description, "caf\u00E9");
}

/* "Café résumé naïve" in UTF-8, taken for windows-1252 and sent as UTF-8. */
#define TWICE "Caf\u00C3\u00A9 r\u00C3\u00A9sum\u00C3\u00A9 na\u00C3\u00AFve"

static void utf8_twice_is_undone_around_a_byte_that_was_lost(void **state)
{
	(void)state;
	assert_doc(RSS("<description>" TWICE "</description><ttl>\xE9</ttl>"), description,
		"Caf\u00E9 r\u00E9sum\u00E9 na\u00EFve");
	assert_doc(RSS("<description>" TWICE " \u00C3\xC2, \xA9</description>"), description,
		"Caf\u00E9 r\u00E9sum\u00E9 na\u00EFve \uFFFD, \uFFFD");
	/* A few letters among many are what was cut or put in since. */
	assert_doc(RSS("<description>" TWICE TWICE TWICE TWICE "\u00E2</description>"), description,
		"Caf\u00E9 r\u00E9sum\u00E9 na\u00EFveCaf\u00E9 r\u00E9sum\u00E9 na\u00EFve"
		"Caf\u00E9 r\u00E9sum\u00E9 na\u00EFveCaf\u00E9 r\u00E9sum\u00E9 na\u00EFve"
		"\u00E2");
	assert_doc(RSS("<description>" TWICE "\u00E2</description>"), description, TWICE "\u00E2");
	/* What was sent once has no such letters. */
	assert_doc(RSS("<description>\u00E9t\u00E9 \xE9</description>"), description,
		"\u00E9t\u00E9 \u00E9");
}

#define MANY "\u00E9t\u00E9 \u00E9t\u00E9 \u00E9t\u00E9 \u00E9t\u00E9"

static void a_character_in_halves_is_put_together(void **state)
{
	(void)state;
	assert_doc(RSS("<description>\xED\xA0\xBD\xED\xB8\x80 caf\u00E9</description>"),
		description, "\U0001F600 caf\u00E9");
	/* Alone, too, it says what the bytes are. */
	assert_doc(RSS("<description>\xED\xAF\xBF\xED\xBF\xBF</description>"), description,
		"\U0010FFFF");
	/* A half is none, nor are two in the other order. */
	assert_doc(RSS("<description>" MANY " \xED\xA0\xBD\u00E9</description>"), description,
		MANY " \uFFFD\u00E9");
	assert_doc(RSS("<description>" MANY " \xED\xB8\x80\xED\xA0\xBD</description>"), description,
		MANY " \uFFFD\uFFFD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_before_the_feed_is_told),
		cmocka_unit_test(an_answer_in_json_may_stand_before_a_feed_in_xml),
		cmocka_unit_test(a_string_of_json_is_the_document_in_it),
		cmocka_unit_test(a_type_of_atoms_texts_is_told_as_a_files),
		cmocka_unit_test(an_item_or_a_channel_may_be_all_there_is),
		cmocka_unit_test(a_channel_may_have_been_forgotten),
		cmocka_unit_test(a_channel_of_cdf_has_a_base_of_its_own),
		cmocka_unit_test(the_first_item_may_have_lost_its_start),
		cmocka_unit_test(rss_is_rss_in_whatever_namespace),
		cmocka_unit_test(rdf_is_about_something_without_a_prefix),
		cmocka_unit_test(an_empty_address_is_the_base_that_the_feed_names),
		cmocka_unit_test(blanks_around_a_relation_are_none_of_it),
		cmocka_unit_test(a_long_relation_is_cut_at_a_character),
		cmocka_unit_test(an_id_of_a_source_is_no_relative_link),
		cmocka_unit_test(a_thumbnail_needs_no_prefix),
		cmocka_unit_test(a_scheme_is_shown_in_lower_case),
		cmocka_unit_test(a_locale_is_a_language_and_a_word_with_a_line_is_not),
		cmocka_unit_test(a_category_stands_there_again_if_its_label_is_new),
		cmocka_unit_test(a_size_has_no_unit_but_bytes),
		cmocka_unit_test(what_is_read_twice_is_told_once),
		cmocka_unit_test(what_is_compressed_is_named_as_such),
		cmocka_unit_test(bytes_that_are_no_characters_are_a_repair),
		cmocka_unit_test(a_few_bad_bytes_leave_what_is_declared),
		cmocka_unit_test(utf8_twice_is_undone_around_a_byte_that_was_lost),
		cmocka_unit_test(a_character_in_halves_is_put_together),
	};

	return RUN(tests);
}
