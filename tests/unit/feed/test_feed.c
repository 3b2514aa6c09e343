/*
 * What elements mean: texts, links, dates, priorities; a claim and the shortest
 * feed that proves it.
 */
#include "tests/unit/feed/parsed.h"

static void a_title_without_markup_stays_as_it_is(void **state)
{
	(void)state;
	assert_item(ITEM("<title>a &lt; b &amp; c</title>"), title, "a < b & c");
	assert_item(ITEM("<title>#include &lt;stdio.h&gt;</title>"), title, "#include <stdio.h>");
	assert_item(ITEM("<title>Use of &lt;br&gt; in mail</title>"), title, "Use of <br> in mail");
	assert_item(
		ITEM("<title><![CDATA[C++ <vector> of T]]></title>"), title, "C++ <vector> of T");
}

static void a_title_with_markup_becomes_plain(void **state)
{
	(void)state;
	assert_item(ITEM("<title>&lt;b&gt;new&lt;/b&gt; thing</title>"), title, "new thing");
	assert_item(ITEM("<title>a&lt;br/&gt;b</title>"), title, "a b");
	assert_item(ITEM("<title>AT&amp;amp;T</title>"), title, "AT&T");
	assert_item(ITEM("<title>Caf&amp;eacute; &amp;#8211; open</title>"), title, "Café – open");
	assert_item(ITEM("<title>one\n  line\tonly</title>"), title, "one line only");
}

/* Which ones they are is nothing that would have to be guessed. */
static void a_titles_elements_are_no_part_of_it(void **state)
{
	(void)state;
	assert_item(ITEM("<title><b>a</b> b</title>"), title, "a b");
	assert_item(ITEM("<title>a<br/>b</title>"), title, "a b");
	assert_item(ITEM("<title><img src='a.png'/> 1 &lt; 2</title>"), title, "1 < 2");
	assert_item(ITEM("<title>a&lt;b c&gt;d</title>"), title, "a<b c>d");
	assert_item(ITEM("<title>if a&lt;b then c&gt;d</title>"), title, "if a<b then c>d");
	assert_item(ITEM("<title>&lt;em>Nature&lt;/em> p&lt;0.05</title>"), title, "Nature p<0.05");
	assert_item(ITEM("<title>Caf&amp;eacute; &lt;3</title>"), title, "Caf\xC3\xA9 <3");
	assert_item(ITEM("<title>&lt;br>One</title>"), title, "One");
}

static void atom_is_believed_what_its_titles_are(void **state)
{
	(void)state;
	assert_item(ENTRY("<title>AT&amp;amp;T</title>"), title, "AT&amp;T");
	assert_item(ENTRY("<title type='text'>&lt;b&gt;x&lt;/b&gt;</title>"), title, "<b>x</b>");
	assert_item(ENTRY("<title>a&lt;br/&gt;b</title>"), title, "a<br/>b");
	assert_item(ENTRY("<title type='html'>&lt;b&gt;x&lt;/b&gt; &amp;amp; y</title>"), title,
		"x & y");
	assert_item(ENTRY("<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
			  "a <b>x</b> &lt; y</div></title>"),
		title, "a x < y");
}

static void controls_never_reach_a_title(void **state)
{
	(void)state;
	assert_item(ITEM("<title>a&#x9b;31mb</title>"), title, "a 31mb");
	assert_item(ITEM("<title>x&#x202e;y&#x200b;z</title>"), title, "xyz");
	assert_item(ENTRY("<title type='html'>a&amp;#27;[2Jb</title>"), title, "a [2Jb");
}

static void xhtml_content_is_written_back_as_html(void **state)
{
	(void)state;
	assert_item(ENTRY("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
			  "<p class='q'>1 &lt; 2<br/></p></div></content>"),
		content_html, "<p class=\"q\">1 &lt; 2<br></p>");
}

static void base64_content_is_decoded(void **state)
{
	(void)state;
	assert_item(ENTRY("<content "
			  "type='application/octet-stream'>RXhhbXBsZSA8Yj5BdG9tPC9iPg==</content>"),
		content_html, "Example <b>Atom</b>");
	assert_item("<feed xmlns='http://purl.org/atom/ns#' version='0.3'><entry>"
		    "<content type='text/html' "
		    "mode='base64'>RXhhbXBsZSA8Yj5BdG9tPC9iPg==</content></entry></feed>",
		content_html, "Example <b>Atom</b>");
}

static void unescaped_markup_in_a_description_is_kept(void **state)
{
	(void)state;
	assert_item(ITEM("<description>a <b>bold</b> word</description>"), content_html,
		"a <b>bold</b> word");
}

static void content_beats_description_wherever_it_stands(void **state)
{
	(void)state;
	assert_item(ITEM("<content:encoded>&lt;p&gt;all&lt;/p&gt;</content:encoded>"
			 "<description>some</description>"),
		content_html, "<p>all</p>");
	assert_item(ITEM("<description>some</description>"
			 "<content:encoded>&lt;p&gt;all&lt;/p&gt;</content:encoded>"),
		summary, "some");
	assert_item(
		ITEM("<itunes:summary>spoken</itunes:summary><description>written</description>"),
		content_text, "written");
}

static void a_description_alone_is_content_and_summary(void **state)
{
	(void)state;
	assert_item(
		ITEM("<description>&lt;p&gt;one &lt;i&gt;two&lt;/i&gt;&lt;/p&gt;</description>"),
		content_html, "<p>one <i>two</i></p>");
	assert_item(
		ITEM("<description>&lt;p&gt;one &lt;i&gt;two&lt;/i&gt;&lt;/p&gt;</description>"),
		summary, "one two");
}

static void other_titles_do_not_push_the_own_one_out(void **state)
{
	(void)state;
	assert_item(ITEM("<media:title>m</media:title><title>own</title><itunes:title>i</"
			 "itunes:title>"),
		title, "own");
	assert_item(ITEM("<media:group><media:title>m</media:title></media:group>"), title, "m");
	assert_doc(RSS("<image><title>logo</title><url>/l.png</url><link>/x</link></image>"), title,
		"t");
	assert_doc(RSS("<textInput><title>find</title></textInput>"), title, "t");
}

static void an_empty_element_does_not_hide_a_full_one(void **state)
{
	(void)state;
	assert_item(ITEM("<title/><dc:title>from dc</dc:title>"), title, "from dc");
	assert_item(ITEM("<link> </link><guid>https://example.org/1</guid>"), url,
		"https://example.org/1");
}

/* ---- links ---- */

static void relative_links_resolve_against_the_feed(void **state)
{
	(void)state;
	assert_item(ITEM("<link>post/1</link>"), url, "https://example.org/blog/post/1");
	assert_item(ITEM("<link>\n  /post/1\n</link>"), url, "https://example.org/post/1");
	assert_item(ITEM("<description>&lt;a href=\"x\"&gt;y&lt;/a&gt;</description>"),
		content_html, "<a href=\"https://example.org/blog/x\">y</a>");
	/* Each of these names says so alone. */
	assert_item(ITEM("<description>&lt;img data-orig-file='/i.jpg'&gt;</description>"),
		content_html, "<img data-orig-file=\"https://example.org/i.jpg\">");
	assert_item(ITEM("<description>&lt;img data-original='/i.jpg'&gt;</description>"),
		content_html, "<img data-original=\"https://example.org/i.jpg\">");
	assert_item(ITEM("<description>&lt;a rel='tag'&gt;y&lt;/a&gt;</description>"), content_html,
		"<a rel='tag'>y</a>");
}

static void content_location_leads_to_no_other_server(void **state)
{
	static const struct {
		const char *location, *link;
	} samples[] = {
		{ "/a/", "https://example.org/a/p" },
		{ "https://Example.org:443/a/", "https://Example.org:443/a/p" },
		{ "https://other.example/a/", "https://example.org/blog/p" },
		{ "http://example.org/a/", "https://example.org/blog/p" },
		{ "https://example.org:8443/a/", "https://example.org/blog/p" },
		{ "https://u:p@example.org/a/", "https://example.org/blog/p" },
		{ "https://@example.org/a/", "https://example.org/blog/p" },
	};
	static const char body[] = ITEM("<link>p</link>");
	struct feed_source source = { body, strlen(body), false, BASE, "", "", NULL };
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;
	size_t i;

	(void)state;
	feed_limits_default(&limits);
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		source.content_location = samples[i].location;
		assert_int_equal(
			feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &doc, &err), 0);
		assert_string_equal(ITEM_TEXT(doc, url), samples[i].link);
		free(doc);
	}
}

static void xml_base_counts_from_the_innermost(void **state)
{
	(void)state;
	assert_item("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a.example/x/'>"
		    "<entry xml:base='y/'><link href='z'/></entry></feed>",
		url, "http://a.example/x/y/z");
	assert_item(ENTRY("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml' "
			  "xml:base='http://b.example/'><a href='q'>q</a></div></content>"),
		content_html, "<a href=\"http://b.example/q\">q</a>");
	assert_item("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a.example/x/'>"
		    "<entry xml:base='mailto:jo@example.org'><link href='z'/></entry></feed>",
		url, "http://a.example/x/z");
}

static void of_many_items_each_has_its_own_base(void **state)
{
	struct feed_doc *doc;
	struct buf text;
	int i;

	(void)state;
	buf_init(&text, 1 << 20);
	assert_int_equal(buf_add_text(&text, "<feed xmlns='http://www.w3.org/2005/Atom'>"), 0);
	for (i = 0; i < 1100; i++)
		assert_int_equal(
			buf_add_text(&text, "<entry xml:base='y/'><link href='z'/></entry>"), 0);
	assert_int_equal(buf_add_text(&text, "</feed>"), 0);
	doc = parsed(text.data);
	for (i = 0; i < 1100; i++)
		assert_string_equal(feed_doc_text(doc, feed_doc_item(doc, (uint32_t)i)->url),
			"https://example.org/blog/y/z");
	free(doc);
	buf_release(&text);
}

static void only_web_addresses_are_links(void **state)
{
	(void)state;
	assert_item(ITEM("<link>javascript:alert(1)</link>"), url, "");
	assert_item(ITEM("<link>javascript:alert(1)</link>"), unsafe_link, "javascript:alert(1)");
	assert_item(ITEM("<link>file:///etc/passwd</link>"), url, "");
	assert_item(ITEM("<link>-oProxyCommand=x</link>"), url, "");
	assert_item(ITEM("<link>-oProxyCommand=x:y</link>"), unsafe_link, "-oProxyCommand=x:y");
}

static void no_link_holds_an_escaped_ampersand(void **state)
{
	(void)state;
	assert_item(ITEM("<link><![CDATA[http://e.org/?a=1&amp;b=2&ampc]]></link>"), url,
		"http://e.org/?a=1&b=2&ampc");
	assert_item(ITEM("<link>/?a=1&amp;amp;b=2</link>"), url, "https://example.org/?a=1&b=2");
}

static void a_link_that_begins_with_www_lacks_its_scheme_only(void **state)
{
	(void)state;
	assert_item(ITEM("<link>www.e.org/a b?c</link>"), url, "https://www.e.org/a%20b?c");
	assert_doc(RSS("<link> WWW.e.org </link>"), site_url, "https://WWW.e.org");
	assert_item(ITEM("<link>www.html</link>"), url, "https://example.org/blog/www.html");
	assert_item(ITEM("<link>www./e.org</link>"), url, "https://example.org/blog/www./e.org");
}

static void a_link_of_another_scheme_hides_no_address_of_the_web(void **state)
{
	static const char body[] = ITEM("<link>tel:1</link><link>http://e.org/2</link>");
	struct feed_limits limits;
	struct feed_doc *doc;

	(void)state;
	assert_item(ITEM("<link>javascript:x</link><link>http://e.org/2</link>"), url,
		"http://e.org/2");
	assert_item(ITEM("<link>tel:1</link><atom:link href='http://e.org/3'/>"), url,
		"http://e.org/3");
	assert_item(
		ITEM("<link>tel:1</link><atom:link href='4'/>"), url, "https://example.org/blog/4");
	assert_item(
		ENTRY("<link href='urn:x'/><link href='http://e.org/1'/>"), url, "http://e.org/1");
	assert_doc(RSS("<link>mailto:x</link><atom:link href='http://e.org/home'/>"), site_url,
		"http://e.org/home");
	assert_doc(ATOM("<link href='file:///x'/><link href='http://e.org/'/>"), site_url,
		"http://e.org/");
	assert_doc(ATOM("<link rel='hub' href='urn:x'/><link rel='hub' href='http://e.org/hub'/>"),
		hub, "http://e.org/hub");
	assert_item(ITEM("<media:thumbnail url='data:image/gif;base64,R0lGODlhAQABAA'/>"
			 "<media:content url='http://e.org/1.png' medium='image'/>"),
		image, "http://e.org/1.png");

	/* It is called unsafe where there is no other, and of two it is the first. */
	doc = parsed(body);
	assert_string_equal(ITEM_TEXT(doc, unsafe_link), "");
	assert_int_equal(feed_doc_item(doc, 0)->extensions.count, 1);
	assert_string_equal(feed_doc_text(doc, feed_doc_extension(doc, 0)->name), "link");
	assert_string_equal(feed_doc_text(doc, feed_doc_extension(doc, 0)->value), "tel:1");
	free(doc);
	assert_item(ITEM("<link>tel:1</link><link>tel:2</link>"), unsafe_link, "tel:1");

	/* Whether it can be kept is no matter. */
	feed_limits_default(&limits);
	limits.extensions_max = limits.links_max = 0;
	assert_int_equal(try_parse_bytes(body, strlen(body), &limits, &doc, NULL), 0);
	assert_string_equal(ITEM_TEXT(doc, url), "http://e.org/2");
	free(doc);
}

static void a_guid_is_a_link_unless_it_says_no(void **state)
{
	(void)state;
	assert_item(ITEM("<guid>https://example.org/1</guid>"), url, "https://example.org/1");
	assert_item(ITEM("<guid isPermaLink='false'>https://example.org/1</guid>"), url, "");
	assert_item(ITEM("<guid>https://example.org/1</guid><link>https://example.org/2</link>"),
		url, "https://example.org/2");
	assert_item(ITEM("<guid>urn:x:1</guid>"), guid, "urn:x:1");
}

static void an_atom_id_is_the_link_where_there_is_no_other(void **state)
{
	(void)state;
	assert_item(ENTRY("<id>https://example.org/1</id>"), url, "https://example.org/1");
	assert_item(ENTRY("<id>tag:example.org,2026:1</id>"), url, "");
	assert_item(ENTRY("<id>https://example.org/1</id><link href='https://example.org/2'/>"),
		url, "https://example.org/2");
}

static void the_publishers_own_link_beats_the_counting_one(void **state)
{
	(void)state;
	assert_item(ITEM("<link>https://feeds.example/~r/1</link>"
			 "<feedburner:origLink>https://example.org/1</feedburner:origLink>"),
		url, "https://example.org/1");
	/* It may be no address, or a word of theirs. */
	assert_item(ITEM("<link>http://e.org/real</link>"
			 "<feedburner:origLink>b67e7afb</feedburner:origLink>"),
		url, "http://e.org/real");
	assert_item(ITEM("<link>http://e.org/real</link>"
			 "<feedburner:origLink>javascript:x</feedburner:origLink>"),
		url, "http://e.org/real");
}

static void an_html_alternate_beats_other_types(void **state)
{
	(void)state;
	assert_item(ENTRY("<link rel='alternate' type='application/pdf' href='/a.pdf'/>"
			  "<link rel='self' href='/self'/><link type='text/html' href='/a'/>"),
		url, "https://example.org/a");
}

static void what_the_feed_says_of_its_address_is_shown(void **state)
{
	(void)state;
	assert_doc(RSS("<atom:link rel='self' href='https://example.org/f'/>"), feed_url,
		"https://example.org/f");
	assert_doc(RSS("<atom:link rel='hub' href='https://hub.example/'/>"), hub,
		"https://hub.example/");
	assert_doc(RSS("<itunes:new-feed-url>https://new.example/f</itunes:new-feed-url>"),
		new_feed_url, "https://new.example/f");
	assert_doc(ATOM("<link rel='next' href='?p=2'/>"), next_url,
		"https://example.org/blog/feed.xml?p=2");
}

/* ---- dates ---- */

static void the_date_that_counts_is_the_one_of_publication(void **state)
{
	struct feed_doc *doc = parsed(ENTRY("<updated>2004-02-01T00:00:00Z</updated>"
					    "<published>2004-01-01T00:00:00Z</published>"));

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->published_s, 1072915200);
	assert_int_equal(feed_doc_item(doc, 0)->modified_s, 1075593600);
	assert_string_equal(ITEM_TEXT(doc, date_raw), "2004-01-01T00:00:00Z");
	free(doc);
}

static void an_unreadable_date_is_absent_and_kept_as_text(void **state)
{
	struct feed_doc *doc = parsed(ITEM("<title>x</title><pubDate>soon</pubDate>"));

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->published_s, DATE_NONE);
	assert_string_equal(ITEM_TEXT(doc, date_raw), "soon");
	free(doc);
	doc = parsed(ITEM("<pubDate>soon</pubDate><dc:date>2004-01-01</dc:date>"));
	assert_int_equal(feed_doc_item(doc, 0)->published_s, 1072915200);
	free(doc);
	doc = parsed(ITEM("<pubDate>soon</pubDate><date>2004-01-01</date>"));
	assert_int_equal(feed_doc_item(doc, 0)->published_s, 1072915200);
	free(doc);
}

static void the_feeds_rhythm_is_read(void **state)
{
	struct feed_doc *doc = parsed(
		RSS("<ttl>60</ttl><skipHours><hour>0</hour><hour>24</hour>"
		    "<hour>23</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
		    "<sy:updatePeriod>daily</sy:updatePeriod>"
		    "<sy:updateFrequency>4</sy:updateFrequency>"));

	(void)state;
	assert_int_equal(doc->ttl_s, 3600);
	assert_int_equal(doc->skip_hours, 1u << 23 | 1u);
	assert_int_equal(doc->skip_days, 1);
	assert_int_equal(doc->sy_period_s, 21600);
	free(doc);
	doc = parsed(RSS("<ttl>99999999999</ttl>")); /* as long as any */
	assert_true(doc->ttl_s > INT32_MAX);
	free(doc);
	doc = parsed(RSS("<ttl>9223372036854775807</ttl>"));
	assert_true(doc->ttl_s > INT32_MAX);
	free(doc);
	doc = parsed(RSS("<ttl>99999999999999999999999</ttl>"));
	assert_true(doc->ttl_s > INT32_MAX);
	free(doc);
}

static void skipping_all_hours_is_skipping_none(void **state)
{
	struct feed_doc *doc = parsed(RSS("<skipDays><day>Monday</day><day>Tuesday</day>"
					  "<day>Wednesday</day><day>Thursday</day><day>Friday</day>"
					  "<day>Saturday</day><day>Sunday</day></skipDays>"));

	(void)state;
	assert_int_equal(doc->skip_days, 0);
	free(doc);
}

static void a_namespace_is_known_by_wrong_uris_and_by_prefix(void **state)
{
	(void)state;
	assert_item("<rss version='2.0' xmlns:content='http://wrong.example/'><channel><item>"
		    "<content:encoded>x</content:encoded></item></channel></rss>",
		content_text, "x");
	assert_item(
		"<rss version='2.0'><channel><item><dc:title>x</dc:title></item></channel></rss>",
		title, "x");
	assert_item("<rss version='2.0' xmlns:qq='HTTP://purl.org/dc/elements/1.1/'><channel><item>"
		    "<qq:title>x</qq:title></item></channel></rss>",
		title, "x");
}

static void every_format_is_told_apart(void **state)
{
	static const struct {
		const char *body;
		enum feed_format format;
	} examples[] = {
		{ "<rss version='0.91'><channel/></rss>", FEED_RSS_091U },
		{ "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
		  "'http://my.netscape.com/publish/formats/rss-0.91.dtd'><rss "
		  "version='0.91'><channel/></rss>",
			FEED_RSS_091N },
		{ "<rss version='0.92'><channel/></rss>", FEED_RSS_092 },
		{ "<rss version='0.93'><channel/></rss>", FEED_RSS_093 },
		{ "<rss version='0.94'><channel/></rss>", FEED_RSS_094 },
		{ "<rss version='2.0'><channel/></rss>", FEED_RSS_20 },
		{ "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
		  "xmlns='http://purl.org/rss/1.0/'><channel/></rdf:RDF>",
			FEED_RSS_10 },
		{ "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
		  "xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/></rdf:RDF>",
			FEED_RSS_090 },
		{ "<Channel xmlns='http://purl.org/net/rss1.1#'><items/></Channel>", FEED_RSS_11 },
		{ "<feed version='0.3' xmlns='http://purl.org/atom/ns#'/>", FEED_ATOM_03 },
		{ "<feed xmlns='http://www.w3.org/2005/Atom'/>", FEED_ATOM_10 },
		{ "<entry xmlns='http://www.w3.org/2005/Atom'><id>x</id></entry>", FEED_ATOM_10 },
		{ "<CHANNEL HREF='http://example.org/'><ITEM "
		  "HREF='http://example.org/1'/></CHANNEL>",
			FEED_CDF },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct feed_doc *doc = parsed(examples[i].body);

		assert_string_equal(feed_format_name((enum feed_format)doc->format),
			feed_format_name(examples[i].format));
		free(doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_title_without_markup_stays_as_it_is),
		cmocka_unit_test(a_title_with_markup_becomes_plain),
		cmocka_unit_test(a_titles_elements_are_no_part_of_it),
		cmocka_unit_test(atom_is_believed_what_its_titles_are),
		cmocka_unit_test(controls_never_reach_a_title),
		cmocka_unit_test(xhtml_content_is_written_back_as_html),
		cmocka_unit_test(base64_content_is_decoded),
		cmocka_unit_test(unescaped_markup_in_a_description_is_kept),
		cmocka_unit_test(content_beats_description_wherever_it_stands),
		cmocka_unit_test(a_description_alone_is_content_and_summary),
		cmocka_unit_test(other_titles_do_not_push_the_own_one_out),
		cmocka_unit_test(an_empty_element_does_not_hide_a_full_one),
		cmocka_unit_test(relative_links_resolve_against_the_feed),
		cmocka_unit_test(content_location_leads_to_no_other_server),
		cmocka_unit_test(xml_base_counts_from_the_innermost),
		cmocka_unit_test(of_many_items_each_has_its_own_base),
		cmocka_unit_test(only_web_addresses_are_links),
		cmocka_unit_test(no_link_holds_an_escaped_ampersand),
		cmocka_unit_test(a_link_that_begins_with_www_lacks_its_scheme_only),
		cmocka_unit_test(a_link_of_another_scheme_hides_no_address_of_the_web),
		cmocka_unit_test(a_guid_is_a_link_unless_it_says_no),
		cmocka_unit_test(an_atom_id_is_the_link_where_there_is_no_other),
		cmocka_unit_test(the_publishers_own_link_beats_the_counting_one),
		cmocka_unit_test(an_html_alternate_beats_other_types),
		cmocka_unit_test(what_the_feed_says_of_its_address_is_shown),
		cmocka_unit_test(the_date_that_counts_is_the_one_of_publication),
		cmocka_unit_test(an_unreadable_date_is_absent_and_kept_as_text),
		cmocka_unit_test(the_feeds_rhythm_is_read),
		cmocka_unit_test(skipping_all_hours_is_skipping_none),
		cmocka_unit_test(a_namespace_is_known_by_wrong_uris_and_by_prefix),
		cmocka_unit_test(every_format_is_told_apart),
	};

	return RUN(tests);
}
