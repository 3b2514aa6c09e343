#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <expat.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/feed/build.h"
#include "daemon/feed/repair.h"

#define TEXT_MAX (64u << 20)

static bool is_well_formed(const char *xml, size_t length)
{
	XML_Parser parser = XML_ParserCreateNS("UTF-8", '\x1F');
	bool is = XML_Parse(parser, xml, (int)length, 1) == XML_STATUS_OK;

	if (!is)
		print_message("%s at line %lu column %lu\n",
			XML_ErrorString(XML_GetErrorCode(parser)), XML_GetCurrentLineNumber(parser),
			XML_GetCurrentColumnNumber(parser));
	XML_ParserFree(parser);
	return is;
}

/* The repaired text, the caller's to free(); *out_build too, if it is asked for. */
static char *repaired(const char *xml, struct build **out_build)
{
	struct feed_limits limits;
	struct build *build;
	struct buf out;
	struct err err;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_FEED, &limits);
	buf_init(&out, TEXT_MAX);
	if (repair_xml(xml, strlen(xml), &out, build, &err) < 0)
		fail_msg("%s", err.text);
	if (!is_well_formed(out.data, out.length))
		fail_msg("not well-formed: %s", out.data);
	if (out_build != NULL)
		*out_build = build;
	else
		build_free(build);
	return buf_take(&out, NULL);
}

struct sample {
	const char *broken;
	const char *mended;
};

static void check(const struct sample *samples, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		char *got = repaired(samples[i].broken, NULL);

		if (strcmp(got, samples[i].mended) != 0)
			fail_msg("sample %zu: %s\ngives %s\nnot   %s", i, samples[i].broken, got,
				samples[i].mended);
		free(got);
	}
}

#define CHECK(samples) check((samples), sizeof(samples) / sizeof((samples)[0]))

/* What stands in one item. */
#define ITEM(inside) "<rss><channel><item>" inside "</item></channel></rss>"

static void text_is_escaped(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<title>AT&T & co &amp; &lt;</title>"),
			ITEM("<title>AT&amp;T &amp; co &amp; &lt;</title>") },
		{ ITEM("<title>1 < 2 <3</title>"), ITEM("<title>1 &lt; 2 &lt;3</title>") },
		{ ITEM("<title>a&nbsp;b&hellip;&eacute;&mdash; &copy=1 &copy2 &copyx</title>"),
			ITEM("<title>a\u00A0b…é— &amp;copy=1 &amp;copy2 &amp;copyx</title>") },
		{ ITEM("<title>&bogus; &#146;&#0;&#x41;&#xD800;</title>"),
			ITEM("<title>&amp;bogus; ’\uFFFDA\uFFFD</title>") },
		{ ITEM("<title>a\x01"
		       "b\x1B[2J\uFFFE\uFFFDz]]></title>"),
			ITEM("<title>ab[2J\uFFFDz]]&gt;</title>") },
		{ ITEM("<link>http://x/?a=1&b=2&copy=3&lt=4</link>"),
			ITEM("<link>http://x/?a=1&amp;b=2&amp;copy=3&amp;lt=4</link>") },
		{ ITEM("<author>Joe <joe@example.org></author>"),
			ITEM("<author>Joe &lt;joe@example.org></author>") },
		{ ITEM("<title><![CDATA[a & <b>\x02]]\x03>]]></title>"),
			ITEM("<title><![CDATA[a & <b>]]]]><![CDATA[>]]></title>") },
	};

	(void)state;
	CHECK(samples);
}

static void html_in_texts_is_escaped(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<description><p>a<br>b &amp; c</p></description>"),
			ITEM("<description>&lt;p>a&lt;br>b &amp;amp; c&lt;/p></description>") },
		{ ITEM("<description>&lt;p&gt;a<br>b</description>"),
			ITEM("<description>&lt;p&gt;a&lt;br>b</description>") },
		{ ITEM("<description><![CDATA[<p>]]><br>x</description>"),
			ITEM("<description><![CDATA[<p>]]>&lt;br>x</description>") },
		{ ITEM("<title>a</wrong></title>"), ITEM("<title>a</title>") },
		{ ITEM("<title>a <right>b</right></title>"),
			ITEM("<title>a &lt;right>b&lt;/right></title>") },
		{ ITEM("<title>a <b>b</i></title><link>x</link>"),
			ITEM("<title>a &lt;b>b&lt;/i></title><link>x</link>") },
		{ "<feed><entry><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
		  "<p>a<br>&eacute;</p></div></content></entry></feed>",
			"<feed><entry><content type=\"html\" mode=\"escaped\">&lt;p>a&lt;br>"
			"&amp;eacute;&lt;/p></content></entry></feed>" },
		{ "<feed><entry><content type='xhtml'> "
		  "<h:div><h:p>a</h:p><br><![CDATA[<&]]></h:div>"
		  "</content></entry></feed>",
			"<feed><entry><content type=\"html\" mode=\"escaped\">&lt;p>a&lt;/p>&lt;br>"
			"&amp;lt;&amp;amp;</content></entry></feed>" },
		{ "<feed><entry><title>a <b>b</title></entry></feed>",
			"<feed><entry><title type=\"html\" mode=\"escaped\">a &lt;b>b</title>"
			"</entry></feed>" },
		{ ITEM("<title>vector<Int> &amp; map</title>"),
			ITEM("<title>vector&lt;Int> &amp; map</title>") },
		{ ITEM("<link><b>http://x/</b></link>"), ITEM("<link>http://x/</link>") },
		{ ITEM("<title>a<!-- -- b -->c</title>"), ITEM("<title>ac</title>") },
	};

	(void)state;
	CHECK(samples);
}

static void xhtml_that_is_whole_stays_as_it_is(void **state)
{
	static const struct sample samples[] = {
		{ "<feed><entry><title>a & b</title><content type='xhtml'><div xmlns='u'><p>1 < 2"
		  "<!-- c --><img src=x /></p><br/><![CDATA[<]]></div></content></entry></feed>",
			"<feed><entry><title>a &amp; b</title><content type=\"xhtml\">"
			"<div xmlns=\"u\"><p>1 &lt; 2<img src=\"x\"/></p><br/><![CDATA[<]]></div>"
			"</content></entry></feed>" },
		{ "<feed><entry><summary type='xhtml'><div><title>a</title><link/></div>"
		  "</summary></entry><entry><summary type='xhtml'><div><p>b</div></p></summary>"
		  "</entry></feed>",
			"<feed><entry><summary type=\"xhtml\"><div><title>a</title><link/></div>"
			"</summary></entry><entry><summary type=\"html\" mode=\"escaped\">"
			"&lt;div>&lt;p>b&lt;/div>&lt;/p></summary></entry></feed>" },
	};

	(void)state;
	CHECK(samples);
}

static void elements_are_closed_where_they_must_end(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<title>a<link>b</link>"), ITEM("<title>a</title><link>b</link>") },
		{ ITEM("<title>a<link href='b'>"),
			ITEM("<title>a</title><link href=\"b\"></link>") },
		{ ITEM("<title>a<guid>b</guid>"), ITEM("<title>a</title><guid>b</guid>") },
		{ ITEM("<link>a<guid>b</guid>"), ITEM("<link>a</link><guid>b</guid>") },
		{ "<rss><channel><item><title>a</title><item><title>b</title></channel></rss>",
			"<rss><channel><item><title>a</title></item><item><title>b</title></item>"
			"</channel></rss>" },
		{ "<rss><channel><image><url>u<item><title>a</title></item></channel></rss>",
			"<rss><channel><image><url>u</url></image><item><title>a</title></item>"
			"</channel></rss>" },
		{ ITEM("<enclosure><title>x</title></enclosure><author><name>n</name><title>t</"
		       "title>"
		       "</author>&"),
			ITEM("<enclosure><title>x</title></enclosure><author><name>n</name>"
			     "<title>t</title></author>&amp;") },
		{ ITEM("<title>1</title><item /><guid>2</guid>"),
			ITEM("<title>1</title><guid>2</guid>") },
		{ ITEM("<a><b>x</a></b>"), ITEM("<a><b>x</b></a>") },
		{ ITEM("<pubDate>x</pubdate></foo>"), ITEM("<pubDate>x</pubDate>") },
		{ ITEM("<content:encoded>x</encoded>"),
			"<rss xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>"
			"<item><content:encoded>x</content:encoded></item></channel></rss>" },
		{ "<feed><entry><author><name>n<title>t</title></entry></feed>",
			"<feed><entry><author><name>n</name></author><title>t</title></entry>"
			"</feed>" },
		{ "<feed><link href=a><title>t</title></feed>",
			"<feed><link href=\"a\"></link><title>t</title></feed>" },
		{ ITEM("<title>a</title<guid>b</guid>"), ITEM("<title>a</title><guid>b</guid>") },
		{ "<opml><body><outline text=a><outline text=b xmlUrl=u><outline text=c xmlUrl=v>"
		  "</outline></outline></body></opml>",
			"<opml><body><outline text=\"a\"><outline text=\"b\" "
			"xmlUrl=\"u\"></outline>"
			"<outline text=\"c\" xmlUrl=\"v\"></outline></outline></body></opml>" },
	};

	(void)state;
	CHECK(samples);
}

static void items_begin_where_they_must(void **state)
{
	static const struct sample samples[] = {
		{ "<rss><channel><item>\n<item><title>a</title></item></channel></rss>",
			"<rss><channel><item><title>a</title></item></channel></rss>" },
		{ "<rss><channel><item><title>a</title></item>\n<title>b</title></item>"
		  "<item><title>c</title></item></channel></rss>",
			"<rss><channel><item><title>a</title></item>\n"
			"<item><title>b</title></item><item><title>c</title></item></channel></"
			"rss>" },
		{ "<rss><channel><item><title>a</title></item><title>b</title>"
		  "<item><title>c</title></item></channel></rss>",
			"<rss><channel><item><title>a</title></item><title>b</title>"
			"<item><title>c</title></item></channel></rss>" },
		{ "<feed><entry><id>1</id></entry><id>2</id></entry></feed>",
			"<feed><entry><id>1</id></entry><entry><id>2</id></entry></feed>" },
	};

	(void)state;
	CHECK(samples);
}

static void what_is_left_open_swallows_no_item(void **state)
{
	static const struct sample samples[] = {
		{ "<rss><channel><!-- a\n<item><title>b</title></item></channel></rss>",
			"<rss><channel><item><title>b</title></item></channel></rss>" },
		{ ITEM("<title>a<!-- b</title><guid>c</guid>"),
			ITEM("<title>a</title><guid>c</guid>") },
		{ "<rss><channel><!-- a <item><title>b</title></item><!-- c --></channel></rss>",
			"<rss><channel><item><title>b</title></item></channel></rss>" },
		{ "<rss><channel><!-- <item>old</item> --><item><guid>a</guid></item>&"
		  "</channel></rss>",
			"<rss><channel><item><guid>a</guid></item>&amp;</channel></rss>" },
		{ "<?php if ($a)\n<rss><channel></channel></rss>",
			"<rss><channel></channel></rss>" },
		{ "<rss><channel><?php x <item><guid>a</guid></item></channel></rss>",
			"<rss><channel><item><guid>a</guid></item></channel></rss>" },
	};

	(void)state;
	CHECK(samples);
}

static void attributes_become_well_formed(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<x a=1 b c='d\"' e=\"<&\"/>"),
			ITEM("<x a=\"1\" b=\"\" c=\"d&quot;\" e=\"&lt;&amp;\"/>") },
		{ ITEM("<x a='1' a='2' A='3'/>"), ITEM("<x a=\"1\" A=\"3\"/>") },
		{ ITEM("<enclosure url=http://x/?a=1&b=2 length=3 />"),
			ITEM("<enclosure url=\"http://x/?a=1&amp;b=2\" length=\"3\"/>") },
		{ ITEM("<enclosure url=\"http://x/><guid a='b'>y</guid>"),
			ITEM("<enclosure url=\"http://x\"/><guid a=\"b\">y</guid>") },
		{ ITEM("<enclosure url=\"http://x/><guid a=\"b\">y</guid>"),
			ITEM("<enclosure url=\"http://x\"/><guid a=\"b\">y</guid>") },
		{ ITEM("<enclosure url=\"http://x/ length=\"3\" type=\"a/b\"/>"),
			ITEM("<enclosure url=\"http://x/\" length=\"3\" type=\"a/b\"/>") },
		{ ITEM("<x a=\"the \"best\" of it\" b='it's' c d=\"1\" />"),
			ITEM("<x a=\"the &quot;best&quot; of it\" b=\"it's\" c=\"\" d=\"1\"/>") },
		{ ITEM("<x a=\"<p>1</p><a href=\"u\">2</a>\" b=\"3\"/>"),
			ITEM("<x a=\"&lt;p>1&lt;/p>&lt;a href=&quot;u&quot;>2&lt;/a>\" "
			     "b=\"3\"/>") },
		{ ITEM("<a b=\"c></a></item><item><title>the \"best\" of it</title>"),
			ITEM("<a b=\"c\"></a></item><item><title>the \"best\" of it</title>") },
		{ ITEM("<x a=\"1\"b=\"2\",c=\"3\"/>"), ITEM("<x a=\"1\" b=\"2\" c=\"3\"/>") },
		{ ITEM("<x é='1' aé='2' aè='3'/>"), ITEM("<x a__=\"2\"/>") },
	};

	(void)state;
	CHECK(samples);
}

static void prefixes_are_declared(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<dc:date>x</dc:date><zz:y/>"),
			"<rss xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
			"xmlns:zz=\"urn:undeclared:zz\"><channel><item><dc:date>x</dc:date><zz:y/>"
			"</item></channel></rss>" },
		{ ITEM("<a:b xmlns:a='u'/>&"), ITEM("<a:b xmlns:a=\"u\"/>&amp;") },
		{ ITEM("<a:b xmlns:a=''/>&"),
			"<rss xmlns:a=\"urn:undeclared:a\"><channel><item><a:b/>&amp;</item>"
			"</channel></rss>" },
		{ ITEM("<x xmlns:xml='u' xmlns:xmlns='v' xmlns:q='http://www.w3.org/2000/xmlns/' "
		       "xmlns='http://www.w3.org/XML/1998/namespac&#101;'/>"),
			ITEM("<x/>") },
		{ ITEM("<x xmlns:p='u' xmlns:q='u' p:a='1' q:a='2'/>"),
			ITEM("<x xmlns:p=\"u\" xmlns:q=\"u\" p:a=\"1\"/>") },
		{ ITEM("<a:b:c/><:d/><e:/>"),
			"<rss xmlns:a=\"urn:undeclared:a\"><channel><item><a:b_c/>&lt;:d/><e_/>"
			"</item></channel></rss>" },
		{ ITEM("<xmlns:a/><xml:b xml:lang=de />"), ITEM("<a/><xml:b xml:lang=\"de\"/>") },
	};

	(void)state;
	CHECK(samples);
}

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
		{ "<rss><channel><item><guid>1</guid></item><item><guid>2</guid>",
			"<rss><channel><item><guid>1</guid></item><item><guid>2</guid></item>"
			"</channel></rss>" },
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
			char *text = many(befores[before], units[unit], 25000);

			free(repaired(text, NULL));
			free(text);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(html_in_texts_is_escaped),
		cmocka_unit_test(xhtml_that_is_whole_stays_as_it_is),
		cmocka_unit_test(elements_are_closed_where_they_must_end),
		cmocka_unit_test(items_begin_where_they_must),
		cmocka_unit_test(what_is_left_open_swallows_no_item),
		cmocka_unit_test(attributes_become_well_formed),
		cmocka_unit_test(prefixes_are_declared),
		cmocka_unit_test(what_stands_around_the_document_is_left_out),
		cmocka_unit_test(half_an_item_is_none),
		cmocka_unit_test(cdata_ends_where_its_element_does),
		cmocka_unit_test(slips_between_items_cost_none),
		cmocka_unit_test(entities_are_refused),
		cmocka_unit_test(what_is_no_feed_stays_none),
		cmocka_unit_test(problems_have_words_and_a_place),
		cmocka_unit_test(time_is_linear_in_hostile_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
