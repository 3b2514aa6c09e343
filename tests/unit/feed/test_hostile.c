/*
 * Hostile documents by name.  Each ends in a document, a clear error or a
 * limit, and soon.
 */
#include "common/buf.h"
#include "common/utf8.h"
#include "tests/unit/feed/hostile.h"

static void ends_with(enum err_code code)
{
	struct feed_doc *doc;

	assert_string_equal(err_word(outcome(&doc)), err_word(code));
	free(doc);
}

/* ---- entities ---- */

static void a_billion_laughs_are_an_error(void **state)
{
	(void)state;
	begin("<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
	      "<rss version='2.0'><channel><title>&b;</title></channel></rss>");
	ends_with(ERR_ENTITY);
}

static void quadratic_entities_are_an_error(void **state)
{
	(void)state;
	begin("<!DOCTYPE rss [<!ENTITY a '");
	repeat("x", 100000);
	repeat("'>]><rss version='2.0'><channel><title>", 1);
	repeat("&a;", 100000);
	repeat("</title></channel></rss>", 1);
	ends_with(ERR_ENTITY);
}

static void external_entities_are_never_read(void **state)
{
	(void)state;
	begin("<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"
	      "<rss version='2.0'><channel><title>&x;</title></channel></rss>");
	ends_with(ERR_ENTITY);
	begin("<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://127.0.0.1/x.dtd'> %p;]>"
	      "<rss version='2.0'><channel/></rss>");
	ends_with(ERR_ENTITY);
}

static void a_doctype_alone_is_harmless(void **state)
{
	(void)state;
	begin("<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/rss.dtd'>"
	      "<rss version='0.91'><channel><title>t</title></channel></rss>");
	ends_with(ERR_NONE);
}

/* ---- size and depth ---- */

static void a_million_nested_elements_are_an_error(void **state)
{
	struct feed_doc *doc;

	(void)state;
	begin("<rss version='2.0'><channel><item><description>");
	repeat("<a>", 1000000);
	assert_true(outcome(&doc) != ERR_NONE || doc != NULL);
	free(doc);
	begin("");
	repeat("<a>", 1000000);
	assert_true(outcome(&doc) != ERR_NONE);
	free(doc);
}

static void a_hundred_thousand_attributes_are_survived(void **state)
{
	struct feed_doc *doc;
	int i;

	(void)state;
	begin("<rss version='2.0'");
	for (i = 0; i < 100000; i++)
		assert_int_equal(buf_printf(&text, " a%d='x'", i), 0);
	repeat("><channel><title>t</title></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	free(doc);
}

static void an_endless_comment_is_read_once(void **state)
{
	struct feed_doc *doc;

	(void)state;
	begin("<rss version='2.0'><channel><title>t</title><!--");
	repeat("0123456789abcdef", 8 * MEGABYTE / 16);
	repeat("--></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	assert_string_equal(DOC_TEXT(doc, title), "t");
	free(doc);
}

static void add_items(int from, int to)
{
	int i;

	for (i = from; i < to; i++)
		assert_int_equal(buf_printf(&text,
					 "<item><title>%d</title><category>c</category></item>", i),
			0);
}

static void of_too_many_items_both_ends_are_kept(void **state)
{
	struct feed_doc *doc;
	uint32_t half;

	(void)state;
	begin("<rss version='2.0'><channel><title>t</title>");
	add_items(0, 60000);
	repeat("</channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	assert_int_equal(doc->items.count, 5000);
	half = doc->items.count / 2;
	assert_true((doc->flags & FEED_TRUNCATED) != 0);
	assert_string_equal(feed_doc_text(doc, feed_doc_item(doc, 0)->title), "0");
	assert_string_equal(feed_doc_text(doc, feed_doc_item(doc, half - 1)->title), "2499");
	assert_string_equal(feed_doc_text(doc, feed_doc_item(doc, half)->title), "57500");
	assert_string_equal(feed_doc_text(doc, feed_doc_item(doc, 4999)->title), "59999");
	assert_int_equal(feed_doc_item(doc, 4999)->position, 59999);
	assert_string_equal(feed_doc_text(doc, feed_doc_problem(doc, 0)->words),
		"of 60000 items only the first 2500 and the last 2500 are kept");
	free(doc);
}

/* That the only problem is what was cut, and the document is all there for all that. */
static void check_cut(const struct feed_doc *doc, const char *words)
{
	assert_int_equal(doc->flags & (FEED_COMPLETE | FEED_TRUNCATED), FEED_COMPLETE);
	assert_int_equal(doc->problems.count, 1);
	assert_string_equal(feed_doc_text(doc, feed_doc_problem(doc, 0)->words), words);
}

static void lists_end_at_their_limits(void **state)
{
	struct feed_doc *doc;
	const struct feed_item *item;
	int i;

	(void)state;
	begin("<rss version='2.0'><channel><item>");
	for (i = 0; i < 20000; i++)
		assert_int_equal(buf_printf(&text,
					 "<category>%d</category><author>%d</author>"
					 "<enclosure url='http://e.org/%d'/><x%d>y</x%d>",
					 i, i, i, i, i),
			0);
	repeat("</item></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	item = feed_doc_item(doc, 0);
	assert_int_equal(item->categories.count, 64);
	assert_int_equal(item->authors.count, 16);
	assert_int_equal(item->attachments.count, 32);
	assert_int_equal(item->extensions.count, 256);
	check_cut(doc, "a text or a list of an item's is cut at its limit");
	free(doc);
}

static void long_texts_are_cut_at_a_character(void **state)
{
	struct feed_doc *doc;
	const struct feed_item *item;

	(void)state;
	begin("<rss version='2.0'><channel><item><title>");
	repeat("ö", 10000);
	repeat("</title><guid>", 1);
	repeat("g", 100000);
	repeat("</guid><description>&lt;b>", 1);
	repeat("ö", MEGABYTE);
	repeat("</description></item></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	item = feed_doc_item(doc, 0);
	assert_int_equal(item->title.length, 4096);
	assert_int_equal(item->guid.length, 32);
	assert_true(item->content_html.length <= MEGABYTE);
	assert_true(item->content_html.length > MEGABYTE - 8);
	check_cut(doc, "a text or a list of an item's is cut at its limit");
	free(doc);
}

static void what_is_cut_is_named(void **state)
{
	struct feed_doc *doc;

	(void)state;
	begin("<rss version='2.0'><channel><item><title>");
	repeat("t", 5000);
	repeat("</title></item><item><description>", 1);
	repeat("d", MEGABYTE + 1);
	repeat("</description></item><item><title>whole</title></item></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	check_cut(doc, "texts or lists of 2 items are cut at their limits");
	free(doc);
	begin("<rss version='2.0'><channel><title>");
	repeat("t", 5000);
	repeat("</title></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	check_cut(doc, "a text or a list of the feed's is cut at its limit");
	free(doc);
	/* What has room is not. */
	begin("<rss version='2.0'><channel><item><title>");
	repeat("t", 4096);
	repeat("</title><description>", 1);
	repeat("d", 20000);
	repeat("</description></item></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	assert_int_equal(doc->problems.count, 0);
	free(doc);
}

static void nested_bases_do_not_add_up(void **state)
{
	struct feed_doc *doc;

	(void)state;
	begin("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://e.org/");
	repeat("x", 3000);
	repeat("/'>", 1);
	repeat("<category xml:base='y/' term='a'/>", 50000);
	repeat("</feed>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	free(doc);
}

/* ---- bytes ---- */

static void bytes_that_are_no_utf8_do_not_get_through(void **state)
{
	static const char *const bad[] = { "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xff",
		"\xc3", "\xe2\x82" };
	struct feed_doc *doc;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin("<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>a");
		repeat(bad[i], 1);
		repeat("b</title></channel></rss>", 1);
		if (outcome(&doc) == ERR_NONE)
			assert_true(utf8_valid(DOC_TEXT(doc, title), doc->title.length));
		free(doc);
	}
}

static void a_nul_does_not_end_the_text(void **state)
{
	struct feed_doc *doc;

	(void)state;
	begin("<rss version='2.0'><channel><title>a");
	assert_int_equal(buf_add_byte(&text, '\0'), 0);
	repeat("b</title></channel></rss>", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	assert_non_null(strchr(DOC_TEXT(doc, title), 'b'));
	free(doc);
}

static void a_separator_in_a_namespace_makes_no_atom(void **state)
{
	static const char *const addresses[] = { "Atom&#x1f;feed", "Atom&#x1f;", "Atom\x1f" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		begin("<x:feed xmlns:x='http://www.w3.org/2005/");
		repeat(addresses[i], 1);
		repeat("'><x:title>t</x:title><x:entry><x:id>1</x:id></x:entry></x:feed>", 1);
		ends_with(ERR_NOT_FEED);
	}
}

static void nothing_is_no_feed(void **state)
{
	(void)state;
	begin("");
	ends_with(ERR_EMPTY);
	begin(" \n\t ");
	ends_with(ERR_EMPTY);
	begin("just words");
	ends_with(ERR_NOT_FEED);
	begin("<note><to>you</to></note>");
	ends_with(ERR_NOT_FEED);
	begin("<!doctype html><html><head><title>x</title></head></html>");
	ends_with(ERR_NOT_FEED);
	begin("<opml version='2.0'><body/></opml>");
	ends_with(ERR_NOT_FEED);
}

/* Their names alone make none. */
static void a_feed_s_names_for_other_things_are_no_feed(void **state)
{
	(void)state;
	begin("<tv><channel id='1'><display-name>x</display-name></channel>"
	      "<programme channel='1'><title>t</title></programme></tv>");
	ends_with(ERR_NOT_FEED);
	begin("<feed xmlns='http://example.org/ns'><x/></feed>");
	ends_with(ERR_NOT_FEED);
	begin("<svg><metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
	      "xmlns:dc='http://purl.org/dc/elements/1.1/'><Work><dc:title>x</dc:title></Work>"
	      "</rdf:RDF></metadata></svg>");
	ends_with(ERR_NOT_FEED);
}

/* ---- damage ---- */

static void what_closed_before_the_damage_is_kept(void **state)
{
	struct feed_doc *doc;

	(void)state;
	begin("<rss version='2.0'><channel><title>t</title>");
	add_items(0, 6);
	repeat("<item><title>half of", 1);
	assert_int_equal(outcome(&doc), ERR_NONE);
	assert_int_equal(doc->items.count, 6);
	assert_true((doc->flags & FEED_PARTIAL) != 0);
	assert_true((doc->flags & FEED_COMPLETE) == 0);
	assert_true(doc->problems.count > 0);
	free(doc);
}

static void html_entities_are_understood(void **state)
{
	struct feed_doc *doc;

	(void)state;
	begin("<rss "
	      "version='2.0'><channel><item><title>a&nbsp;b&hellip;</title></item></channel></"
	      "rss>");
	assert_int_equal(outcome(&doc), ERR_NONE);
	assert_string_equal(ITEM_TEXT(doc, title), "a\u00a0b…");
	assert_true((doc->flags & FEED_RECOVERED) != 0);
	assert_true((doc->flags & FEED_COMPLETE) != 0);
	free(doc);
}

static void the_same_bytes_give_the_same_block(void **state)
{
	struct feed_doc *one, *two;

	(void)state;
	begin("<rss version='2.0'><channel><title>t</title>");
	add_items(0, 100);
	repeat("</channel></rss>", 1);
	assert_int_equal(outcome(&one), ERR_NONE);
	assert_int_equal(outcome(&two), ERR_NONE);
	assert_int_equal(one->size, two->size);
	assert_memory_equal(one, two, one->size);
	free(one);
	free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_billion_laughs_are_an_error),
		cmocka_unit_test(quadratic_entities_are_an_error),
		cmocka_unit_test(external_entities_are_never_read),
		cmocka_unit_test(a_doctype_alone_is_harmless),
		cmocka_unit_test(a_million_nested_elements_are_an_error),
		cmocka_unit_test(a_hundred_thousand_attributes_are_survived),
		cmocka_unit_test(an_endless_comment_is_read_once),
		cmocka_unit_test(of_too_many_items_both_ends_are_kept),
		cmocka_unit_test(lists_end_at_their_limits),
		cmocka_unit_test(long_texts_are_cut_at_a_character),
		cmocka_unit_test(what_is_cut_is_named),
		cmocka_unit_test(nested_bases_do_not_add_up),
		cmocka_unit_test(bytes_that_are_no_utf8_do_not_get_through),
		cmocka_unit_test(a_nul_does_not_end_the_text),
		cmocka_unit_test(a_separator_in_a_namespace_makes_no_atom),
		cmocka_unit_test(nothing_is_no_feed),
		cmocka_unit_test(a_feed_s_names_for_other_things_are_no_feed),
		cmocka_unit_test(what_closed_before_the_damage_is_kept),
		cmocka_unit_test(html_entities_are_understood),
		cmocka_unit_test(the_same_bytes_give_the_same_block),
	};

	buf_init(&text, 64 * MEGABYTE);
	return cmocka_run_group_tests(tests, open_charsets, release);
}
