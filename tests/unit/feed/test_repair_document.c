/* Repairing a document as a whole: what stands around it, between its items, and
 * what is told of it. */
#include "tests/unit/feed/repaired.h"

#include <time.h>

static void what_stands_around_the_document_is_left_out(void **state)
{
	static const struct sample samples[] = {
		{ "\n <?xml version='1.0'?><?xml version='1.0'?><rss/>", "<rss></rss>" },
		{ "<br />\n<b>Warning</b>: x() in /srv/a.php <?xml version='1.0'?><rss/>",
			"<rss></rss>" },
		{ "<rss/><!-- x --><script>y</script>", "<rss></rss>" },
		{ "<!DOCTYPE rss [<!-- ]> -->]><rss/>", "<rss></rss>" },
		{ "<!DOCTYPE rss PUBLIC 'x' 'http://x/rss-0.91.dtd'><rss/>",
			"<!DOCTYPE rss PUBLIC \"-//Netscape Communications//DTD RSS 0.91//EN\" "
			"\"http://my.netscape.com/publish/formats/rss-0.91.dtd\">\n<rss></rss>" },
		{ "<item><title>a</title></item>",
			"<rss><channel><item><title>a</title></item></channel></rss>" },
		{ "<channel><title>a</title></channel>",
			"<rss><channel><title>a</title></channel></rss>" },
		{ ITEM("<title>1</title>") "<?xml version='1.0'?>" ITEM("<title>2</title>"),
			"<rss><channel><item><title>1</title></item></channel>"
			"<channel><item><title>2</title></item></channel></rss>" },
		{ "<feed><entry>1</entry></feed><feed xmlns:dc='x'><entry><dc:a/></entry></feed>",
			"<feed xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><entry>1</entry>"
			"<entry><dc:a/></entry></feed>" },
		{ "<rss><item>1</item></rss><rss/><rss><item>2</item></rss>",
			"<rss><item>1</item><item>2</item></rss>" },
		{ "<rss><item>1</item></rss>Oh <b>no</b><rss><item>2</item></rss>",
			"<rss><item>1</item><item>2</item></rss>" },
		{ "<feed><entry>1</entry></feed><feed xmlns:a:='x'><entry/></feed>",
			"<feed><entry>1</entry><entry/></feed>" },
		{ "<feed/><feed><entry/></feed>", "<feed><entry/></feed>" },
		{ "<feed>x<feed/><feed><entry/></feed>", "<feed><entry/></feed>" },
		{ "<rss><channel><title>a" ITEM("<title>2</title>"), ITEM("<title>2</title>") },
	};

	(void)state;
	CHECK(samples);
}

static void half_an_item_is_none(void **state)
{
	static const struct sample samples[] = {
		{ "<rss><channel><item><guid>1</guid></item><item><guid>2</guid><title>tw",
			"<rss><channel><item><guid>1</guid></item></channel></rss>" },
		{ "<rss><channel><item><guid>1</guid></item><item><guid>2</guid><ti",
			"<rss><channel><item><guid>1</guid></item></channel></rss>" },
		{ "<rss><channel><item><guid>1</guid></item><item><guid>2</guid></item>",
			"<rss><channel><item><guid>1</guid></item><item><guid>2</guid></item>"
			"</channel></rss>" },
		/* What is still to come of it would make it another item. */
		{ "<rss><channel><item><guid>1</guid></item><item><guid>2</guid>",
			"<rss><channel><item><guid>1</guid></item></channel></rss>" },
		{ "<rss><channel><item><guid>1</guid></item><item>",
			"<rss><channel><item><guid>1</guid></item></channel></rss>" },
		{ "<feed><entry><id>1</id></entry><entry><title>t</title>\n",
			"<feed><entry><id>1</id></entry></feed>" },
		{ "<rss><channel><title>t</title><description>d",
			"<rss><channel><title>t</title></channel></rss>" },
		{ "<entry><title>t</title><summary>s", "<entry><title>t</title></entry>" },
	};
	size_t i;

	(void)state;
	CHECK(samples);
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct build *build;

		free(repaired(samples[i].broken, &build));
		assert_int_equal(build_doc(build)->flags, FEED_PARTIAL);
		build_free(build);
	}
}

static void cdata_ends_where_its_element_does(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<description><![CDATA[<p>x</description><guid>y</guid>"),
			ITEM("<description><![CDATA[<p>x]]></description><guid>y</guid>") },
		{ ITEM("<description><![CDATA[x]]</description><guid>y</guid>"),
			ITEM("<description><![CDATA[x]]></description><guid>y</guid>") },
		{ "<rss><channel><item><description><![CDATA[1</description></item>"
		  "<item><description><![CDATA[2]]></description></item>&</channel></rss>",
			"<rss><channel><item><description><![CDATA[1]]></description></item>"
			"<item><description><![CDATA[2]]></description></item>&amp;</channel></"
			"rss>" },
	};

	(void)state;
	CHECK(samples);
}

#define OPEN(begin)                                                                                \
	"<rss><channel><item><guid>1</guid></item><item><guid>2</guid><description>" begin         \
	"<pre></description></item></channel></rss>"

/* Closing tags that stand in what never ends may be quoted there. */
static void only_the_roots_end_is_the_end_of_what_holds_open_cdata(void **state)
{
	static const struct {
		const char *text;
		uint32_t flags;
	} samples[] = {
		{ OPEN("<![CDATA["), FEED_RECOVERED },
		{ OPEN("<![CDATA[") "</pre>\n<!-- a > b -->\n", FEED_RECOVERED },
		{ OPEN("<![CDATA[") "</pre> more text which is cut he", FEED_PARTIAL },
		{ OPEN("<![CDATA[") "</pre", FEED_PARTIAL },
		{ OPEN("<![CDATA[") "</pre>]]>", FEED_PARTIAL },
		{ OPEN("<![CDATA[") "</pre>]]></description></item><item>", FEED_PARTIAL },
		{ OPEN("<![CDATA[") "</pre>]]></description></item></channel></rss>",
			FEED_RECOVERED },
		{ OPEN("<![CDATA[a]]> &") " more", FEED_RECOVERED },
		{ OPEN("<!-- "), FEED_RECOVERED },
		{ OPEN("<!-- ") "</pre> more", FEED_PARTIAL },
		{ OPEN("<!-- a --> &") " <!-- more", FEED_RECOVERED },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct build *build;

		free(repaired(samples[i].text, &build));
		if (build_doc(build)->flags != samples[i].flags)
			fail_msg("%s: %x", samples[i].text, build_doc(build)->flags);
		build_free(build);
	}
}

/* What ends the feed too early, and what opens CDATA where no text is. */
static void slips_between_items_cost_none(void **state)
{
	static const struct sample samples[] = {
		{ "<rss><channel><item><title>a</title></rss></item></rss><item><title>b</title>"
		  "</item></channel></rss>",
			"<rss><channel><item><title>a</title></item><item><title>b</title></item>"
			"</channel></rss>" },
		{ "<rss><channel><item><title>a</title></channel><guid>1</guid></item></channel>"
		  "</rss>",
			"<rss><channel><item><title>a</title><guid>1</guid></item></channel>"
			"</rss>" },
		{ "<feed a='b'/><id>0</id><entry><id>1</id></entry></feed>",
			"<feed a=\"b\"><id>0</id><entry><id>1</id></entry></feed>" },
		{ "<rss><channel><item><title>a</title></item><![CDATA[<item><title>b</title>"
		  "</item><item><title><![CDATA[c]]></title></item></channel></rss>",
			"<rss><channel><item><title>a</title></item><![CDATA[]]><item><title>b"
			"</title></item><item><title><![CDATA[c]]></title></item></channel></"
			"rss>" },
		{ "<feed><entry><link href=\"a\"/\n<title>t</title></entry></feed>",
			"<feed><entry><link href=\"a\"/><title>t</title></entry></feed>" },
	};
	size_t i;

	(void)state;
	CHECK(samples);
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct build *build;

		free(repaired(samples[i].broken, &build));
		assert_int_equal(build_doc(build)->flags, FEED_RECOVERED);
		build_free(build);
	}
}

static void entities_are_refused(void **state)
{
	static const char *const rows[] = {
		"<!DOCTYPE x [<!ENTITY a 'b'>]><rss>&a;</rss>",
		"junk <!DOCTYPE x [ <!-- ]> --> <!ENTITY % a SYSTEM 'http://x/'> ]><rss/>",
		"<!DOCTYPE x [<!ENTITY a 'b'><rss>&a;</rss>",
	};
	struct buf out;
	struct err err;
	size_t i;

	(void)state;
	buf_init(&out, TEXT_MAX);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(repair_xml(rows[i], strlen(rows[i]), &out, NULL, &err), -1);
		assert_int_equal(err.code, ERR_ENTITY);
		assert_int_equal(out.length, 0);
	}
	buf_release(&out);
}

static void what_is_no_feed_stays_none(void **state)
{
	static const char *const rows[] = { "", "hello", "<html><body>x</body></html>", "{}", "<",
		"<!--" };
	struct buf out;
	struct err err;
	size_t i;

	(void)state;
	buf_init(&out, TEXT_MAX);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(repair_xml(rows[i], strlen(rows[i]), &out, NULL, &err), -1);
		assert_int_equal(err.code, ERR_NOT_FEED);
	}
	buf_release(&out);
}

static void problems_have_words_and_a_place(void **state)
{
	struct build *build;
	struct feed_doc *doc;
	struct err err;

	(void)state;
	free(repaired(
		"<rss><channel>\n<item><title>ä & b</title>\n</itm></channel></rss>", &build));
	assert_int_equal(build_doc(build)->flags, FEED_RECOVERED);
	assert_int_equal(build_finish(build, &doc, &err), 0);
	assert_int_equal(doc->problems.count, 3);
	assert_int_equal(feed_doc_problem(doc, 0)->line, 2);
	assert_int_equal(feed_doc_problem(doc, 0)->column, 16);
	assert_string_equal(feed_doc_text(doc, feed_doc_problem(doc, 0)->words),
		"an & that stands for itself must be written &amp;");
	assert_string_equal(
		feed_doc_text(doc, feed_doc_problem(doc, 1)->words), "</itm> closes nothing");
	assert_string_equal(feed_doc_text(doc, feed_doc_problem(doc, 2)->words),
		"<item> is not closed before this");
	free(doc);
	build_free(build);
}

/* n times `unit` behind `before`. */
static char *many(const char *before, const char *unit, size_t n)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	assert_int_equal(buf_add_text(&text, before), 0);
	while (n-- > 0)
		assert_int_equal(buf_add_text(&text, unit), 0);
	return buf_take(&text, NULL);
}

#ifdef FEEDD_SANITIZED
#define MANY 8000
#else
#define MANY 25000
#endif

static void time_is_linear_in_hostile_input(void **state)
{
	static const char *const units[] = { "<a>", "<a b=\"", "<a b=\">", "<a b='>\"", "<title>",
		"<title><![CDATA[", "<![CDATA[", "<!--", "<description><b>", "</a>", "<a:b ", "&",
		"<!DOCTYPE [", "a='b'>", " b=\">\"", "<x y='", "<item><title>", "&lt;<b>", "<rss>",
		"]]>", "<", "<?", "<!", "\x01", "<xhtml:div><guid>", "<?<item", "< item",
		"<!-- <item>", "<!-- <title", "< / title", "<item>\n", "</item><title>", "</rss>",
		"</rss><item>", "</channel></item>", "<![CDATA[<item>", "a=\"b\"/",
		"<title type='xhtml'><b></b></title>", "<title type='xhtml'><b x='</title>",
		"<title type='xhtml'><b><![CDATA[</title>" };
	static const char *const befores[] = { "<rss><channel>", "<rss><channel><item><a ",
		"<feed><entry><title>", "<rss><channel><guid><![CDATA[" };
	size_t before, unit;

	(void)state;
	/* Quadratic ones would take minutes, which ctest does not give. */
	for (before = 0; before < sizeof(befores) / sizeof(befores[0]); before++)
		for (unit = 0; unit < sizeof(units) / sizeof(units[0]); unit++) {
			char *text = many(befores[before], units[unit], MANY);

			free(repaired(text, NULL));
			free(text);
		}
}

/* Where 128 elements are open no other one begins, whatever it is that would. */
static void nothing_is_opened_where_all_may_be_open(void **state)
{
	char *channels = many("", "<channel href='x'>", 128), *text, *got;
	size_t depth;

	(void)state;
	text = mem_printf("%s<title>a</title><title>b</title></item>", channels);
	free(repaired(text, NULL));
	free(text);
	free(channels);
	/* Of what is whole, feed, entry and content are open, too. */
	for (depth = 124; depth < 128; depth++) {
		char *begins = many("", "<div>", depth), *ends = many("", "</div>", depth);

		text = mem_printf("<feed><title>&</title><entry><content type='xhtml'>%s%s"
				  "</content></entry></feed>",
			begins, ends);
		got = repaired(text, NULL);
		assert_int_equal(strstr(got, "<div><div>") != NULL, depth <= 125);
		free(got);
		free(text);
		free(begins);
		free(ends);
	}
}

static void a_doctype_is_looked_at_up_to_its_end(void **state)
{
	char *text = many("<rss><channel>", "<!DOCTYPE a>", 200000);
	clock_t begin = clock();

	(void)state;
	free(repaired(text, NULL));
	assert_true(clock() - begin < 3 * CLOCKS_PER_SEC);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_around_the_document_is_left_out),
		cmocka_unit_test(half_an_item_is_none),
		cmocka_unit_test(cdata_ends_where_its_element_does),
		cmocka_unit_test(only_the_roots_end_is_the_end_of_what_holds_open_cdata),
		cmocka_unit_test(slips_between_items_cost_none),
		cmocka_unit_test(entities_are_refused),
		cmocka_unit_test(what_is_no_feed_stays_none),
		cmocka_unit_test(problems_have_words_and_a_place),
		cmocka_unit_test(nothing_is_opened_where_all_may_be_open),
		cmocka_unit_test(time_is_linear_in_hostile_input),
		cmocka_unit_test(a_doctype_is_looked_at_up_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
