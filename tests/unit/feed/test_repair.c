/* Repairing what stands in a document: texts, tags, attributes, prefixes. */
#include "tests/unit/feed/repaired.h"

static void text_is_escaped(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<title>AT&T & co &amp; &lt;</title>"),
			ITEM("<title>AT&amp;T &amp; co &amp; &lt;</title>") },
		{ ITEM("<title>1 < 2 <3</title>"), ITEM("<title>1 &lt; 2 &lt;3</title>") },
		{ ITEM("<title>a&nbsp;b&hellip;&eacute;&mdash; &copy=1 &copy2 &copyx</title>"),
			ITEM("<title>a\u00A0b…é— &amp;copy=1 &amp;copy2 &amp;copyx</title>") },
		{ ITEM("<title>&#55357;&#56832;</title>"), ITEM("<title>\U0001F600</title>") },
		{ ITEM("<title>&bogus; &#146;&#0;&#x41;&#xD800;</title>"),
			ITEM("<title>&amp;bogus; ’\uFFFDA\uFFFD</title>") },
		{ ITEM("<title>a\x01"
		       "b\x1B[2J\uFFFE\uFFFDz]]>y</title>"),
			ITEM("<title>ab[2J\uFFFDz]]&gt;y</title>") },
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

static void cdata_may_stand_in_cdata(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<title>a <![CDATA[b <![CDATA[c]]> d]]>e</title>"),
			ITEM("<title>a <![CDATA[b c d]]>e</title>") },
		{ ITEM("<title><![CDATA[<![CDATA[a]]> b <![CDATA[c]]>]]></title>"),
			ITEM("<title><![CDATA[a b c]]></title>") },
		{ ITEM("<title><![CDATA[]<![CDATA[]]]>>]]></title>"),
			ITEM("<title><![CDATA[]]]]><![CDATA[>]]></title>") },
		{ ITEM("<title><![CDATA[a <![CDATA[b]]></title><guid><![CDATA[c]]></guid>&"),
			ITEM("<title><![CDATA[a <![CDATA[b]]></title><guid><![CDATA[c]]></guid>"
			     "&amp;") },
	};

	(void)state;
	CHECK(samples);
}

static void marks_of_cdata_may_be_slips(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<title>![CDATA[a & b]]></title>"), ITEM("<title>a &amp; b</title>") },
		{ ITEM("<title>[CDATA[a]]> </title>"), ITEM("<title>a</title>") },
		{ ITEM("<title>a]]>\n</title>"), ITEM("<title>a</title>") },
		{ ITEM("<title>a]]>b</title>"), ITEM("<title>a]]&gt;b</title>") },
		{ ITEM("<title><![CDATA[a]] ></title>"), ITEM("<title><![CDATA[a]]></title>") },
		{ ITEM("<title><![CDATA[a]]&gt;</title>"), ITEM("<title><![CDATA[a]]></title>") },
	};

	(void)state;
	CHECK(samples);
}

static void a_start_may_be_written_as_an_end(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("</title>a</title></link>b</link>"),
			ITEM("<title>a</title><link>b</link>") },
		{ ITEM("<title>a</title></title> </title>b</guid>"), ITEM("<title>a</title> b") },
	};

	(void)state;
	CHECK(samples);
}

/* Or it would not be taken for HTML. */
static void html_in_a_title_has_an_end(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<title>a<br>b</title>"), ITEM("<title>a&lt;br>b&lt;/br></title>") },
		{ ITEM("<title><b>a & b</title>"), ITEM("<title>&lt;b>a &amp; b&lt;/b></title>") },
		{ ITEM("<title>a<b && c>d</title>"), ITEM("<title>a&lt;b &amp;&amp; c>d</title>") },
		{ ITEM("<title>a <new> b</title>"), ITEM("<title>a &lt;new> b</title>") },
	};

	(void)state;
	CHECK(samples);
}

static void a_tag_may_lack_its_last_sign(void **state)
{
	static const struct sample samples[] = {
		{ ITEM("<title a b</title><link http://a/?b=c</link>"),
			ITEM("<title>a b</title><link>http://a/?b=c</link>") },
		{ "<feed><link rel=self</link><title>t</title></feed>",
			"<feed><link rel=\"self\"></link><title>t</title></feed>" },
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
		{ "<rss><channel><item><title>a</title></item>\n<item> </channel></rss>",
			"<rss><channel><item><title>a</title></item>\n</channel></rss>" },
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
		{ ITEM("<x a='b\">c</x>"), ITEM("<x a=\"b\">c</x>") },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(html_in_texts_is_escaped),
		cmocka_unit_test(xhtml_that_is_whole_stays_as_it_is),
		cmocka_unit_test(elements_are_closed_where_they_must_end),
		cmocka_unit_test(cdata_may_stand_in_cdata),
		cmocka_unit_test(marks_of_cdata_may_be_slips),
		cmocka_unit_test(a_start_may_be_written_as_an_end),
		cmocka_unit_test(html_in_a_title_has_an_end),
		cmocka_unit_test(a_tag_may_lack_its_last_sign),
		cmocka_unit_test(items_begin_where_they_must),
		cmocka_unit_test(what_is_left_open_swallows_no_item),
		cmocka_unit_test(attributes_become_well_formed),
		cmocka_unit_test(prefixes_are_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
