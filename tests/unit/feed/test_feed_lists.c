/*
 * What elements mean that come in numbers: persons, categories, attachments,
 * extensions; a claim and the shortest feed that proves it.
 */
#include "tests/unit/feed/parsed.h"

static const struct feed_person *person(const struct feed_doc *doc, uint32_t i)
{
	return feed_doc_person(doc, feed_doc_item(doc, 0)->authors.first + i);
}

static void an_author_is_named_once(void **state)
{
	struct feed_doc *doc = parsed(
		ITEM("<author>jane@example.org (Jane)</author>"
		     "<dc:creator>Jane</dc:creator><itunes:author>Show</itunes:author>"));

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->authors.count, 1);
	assert_string_equal(feed_doc_text(doc, person(doc, 0)->name), "Jane");
	assert_string_equal(feed_doc_text(doc, person(doc, 0)->email), "jane@example.org");
	free(doc);
}

static const char *author_of(const struct feed_doc *doc, uint32_t item)
{
	struct feed_range authors = feed_doc_item_authors(doc, feed_doc_item(doc, item));
	uint32_t i;

	for (i = authors.first; i < authors.first + authors.count; i++)
		if (feed_person_is_author(doc, feed_doc_person(doc, i)))
			return feed_doc_text(doc, feed_doc_person(doc, i)->name);
	return "";
}

static void an_item_without_an_author_has_its_source_s_else_the_feed_s(void **state)
{
	struct feed_doc *doc = parsed(
		ATOM("<author><name>Feed</name></author>"
		     "<entry><author><name>Own</name></author></entry>"
		     "<entry><source><author><name>Source</name></author></source></entry>"
		     "<entry><contributor><name>Helper</name></contributor></entry>"));

	(void)state;
	assert_string_equal(author_of(doc, 0), "Own");
	assert_string_equal(author_of(doc, 1), "Source");
	assert_string_equal(author_of(doc, 2), "Feed");
	free(doc);
	doc = parsed(RSS("<managingEditor>jo@example.org (Jo)</managingEditor>"
			 "<item><title>x</title></item>"));
	assert_string_equal(author_of(doc, 0), "Jo");
	free(doc);
	doc = parsed(RSS("<webMaster>feeds@house.example (House)</webMaster>"
			 "<itunes:owner><itunes:name>Jo</itunes:name></itunes:owner>"
			 "<item><title>x</title></item>"));
	assert_string_equal(author_of(doc, 0), "Jo");
	free(doc);
	doc = parsed(ITEM("<title>x</title>"));
	assert_string_equal(author_of(doc, 0), "");
	free(doc);
}

static void an_address_alone_adds_no_second_author(void **state)
{
	struct feed_doc *doc = parsed(
		ENTRY("<source><author><name>Jo</name><uri>http://example.org/jo</uri></author>"
		      "<author><uri>http://example.org/jo</uri></author>"
		      "<author><email>jo@example.org</email></author></source>"));

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->authors.count, 1);
	free(doc);
}

static void an_empty_item_is_an_item(void **state)
{
	struct feed_doc *doc = parsed(RSS("<item/><item>\n</item>"));

	(void)state;
	assert_int_equal(doc->items.count, 2);
	free(doc);
}

static void a_language_is_looked_for_from_outside_to_inside(void **state)
{
	struct feed_doc *doc = parsed("<rss version='2.0' xml:lang='en_US'><channel/></rss>");

	(void)state;
	assert_string_equal(feed_doc_text(doc, doc->language), "en-US");
	free(doc);
	assert_item(ENTRY("<content xml:lang='de'>x</content>"), language, "de");
	doc = parsed("<rss version='2.0' xml:lang='en'><channel><language>fr</language>"
		     "</channel></rss>");
	assert_string_equal(feed_doc_text(doc, doc->language), "fr");
	free(doc);
}

static void atom_links_need_no_namespace(void **state)
{
	struct feed_doc *doc = parsed(
		"<feed><entry><link rel='enclosure' href='/a.mp3' type='audio/mpeg'/>"
		"<link href='/1'/></entry></feed>");

	(void)state;
	assert_string_equal(
		feed_doc_text(doc, feed_doc_item(doc, 0)->url), "https://example.org/1");
	assert_int_equal(feed_doc_item(doc, 0)->attachments.count, 1);
	free(doc);
	doc = parsed("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://b.example/'>"
		     "<link href=''/></feed>");
	assert_string_equal(feed_doc_text(doc, doc->site_url), "http://b.example/");
	free(doc);
}

static void feedburner_s_copy_of_a_file_gives_way_to_the_file(void **state)
{
	struct feed_doc *doc = parsed(
		ITEM("<enclosure url='http://proxy.example/1.mp3' type='audio/mpeg'/>"
		     "<feedburner:origEnclosureLink>http://own.example/1.mp3"
		     "</feedburner:origEnclosureLink>"));

	(void)state;
	assert_string_equal(
		feed_doc_text(doc, feed_doc_attachment(doc, 0)->url), "http://own.example/1.mp3");
	free(doc);
	doc = parsed(ITEM("<enclosure url='http://proxy.example/1.mp3'/>"
			  "<feedburner:origEnclosureLink>b67e7afb</feedburner:origEnclosureLink>"));
	assert_string_equal(
		feed_doc_text(doc, feed_doc_attachment(doc, 0)->url), "http://proxy.example/1.mp3");
	assert_string_equal(feed_doc_text(doc, feed_doc_extension(doc, 0)->value), "b67e7afb");
	free(doc);
}

static void a_file_is_attached_once(void **state)
{
	struct feed_doc *doc = parsed(
		ITEM("<media:content url='/a.mp3' type='audio/mpeg' duration='60'/>"
		     "<enclosure url='/a.mp3' length='5' type=''/>"
		     "<enclosure url='ftp://example.org/b.mp3' length='5' type='x'/>"));
	const struct feed_item *item = feed_doc_item(doc, 0);
	const struct feed_attachment *file = feed_doc_attachment(doc, item->attachments.first);

	(void)state;
	assert_int_equal(item->attachments.count, 1);
	assert_string_equal(feed_doc_text(doc, file->url), "https://example.org/a.mp3");
	assert_string_equal(feed_doc_text(doc, file->mime_type), "audio/mpeg");
	assert_int_equal(file->size, 5);
	assert_int_equal(file->duration_s, 60);
	free(doc);
}

/* RSS wants a length, and who does not know it writes 0. */
static void no_file_is_empty(void **state)
{
	static const char *const feeds[] = {
		ITEM("<enclosure url='/a.mp3' length='0' type='audio/mpeg'/>"),
		ITEM("<media:content url='/a.mp3' type='audio/mpeg' fileSize='0'/>"),
		ENTRY("<link rel='enclosure' href='/a.mp3' length='0'/>"),
	};
	struct feed_doc *doc;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++) {
		doc = parsed(feeds[i]);
		assert_int_equal(doc->attachments.count, 1);
		assert_int_equal(feed_doc_attachment(doc, 0)->size, -1);
		free(doc);
	}
	doc = parsed(ITEM("<enclosure url='/a.mp3' length='0'/>"
			  "<media:content url='/a.mp3' fileSize='7'/>"));
	assert_int_equal(feed_doc_attachment(doc, 0)->size, 7);
	free(doc);
}

/* And of no other file, whatever stands around or before it. */
static void what_an_alternate_enclosure_says_is_of_its_sources(void **state)
{
	struct feed_doc *doc = parsed(
		"<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'"
		" xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel><item>"
		"<category domain='a scheme of 63 bytes: all that the memory for it takes at "
		"first'>"
		"c</category>"
		"<media:group><podcast:source uri='https://e.org/a'/></media:group>"
		"<podcast:alternateEnclosure type='audio/opus' title='Low' length='32'>"
		"<media:category scheme='s' label='l'>d</media:category>"
		"<podcast:source uri='https://e.org/b'/></podcast:alternateEnclosure>"
		"<media:group><podcast:source uri='https://e.org/c'/></media:group>"
		"</item></channel></rss>");
	const struct feed_attachment *file;
	uint32_t i;

	(void)state;
	assert_int_equal(doc->attachments.count, 3);
	for (i = 0; i < 3; i += 2) {
		file = feed_doc_attachment(doc, i);
		assert_false(feed_text_present(file->mime_type));
		assert_false(feed_text_present(file->title));
		assert_int_equal(file->size, -1);
	}
	file = feed_doc_attachment(doc, 1);
	assert_string_equal(feed_doc_text(doc, file->mime_type), "audio/opus");
	assert_string_equal(feed_doc_text(doc, file->title), "Low");
	assert_int_equal(file->size, 32);
	free(doc);
}

/* "a type|another|" of all files. */
static void assert_types(const char *body, const char *expected)
{
	struct feed_doc *doc = parsed(body);
	char got[256] = "";
	uint32_t i;

	for (i = 0; i < doc->attachments.count; i++) {
		strcat(got, feed_doc_text(doc, feed_doc_attachment(doc, i)->mime_type));
		strcat(got, "|");
	}
	assert_string_equal(got, expected);
	free(doc);
}

static void a_file_s_ending_names_its_type_where_nobody_does(void **state)
{
	(void)state;
	assert_types(ITEM("<media:content url='/140.jpg?width=140#x'/>"
			  "<media:content url='a.b/2.PNG' medium='image'/>"
			  "<media:content url='3.mp4' medium='image'/>"
			  "<media:content url='4.mp3' type='audio/x-own'/>"),
		"image/jpeg|image/png|image/*|audio/x-own|");
	assert_types(ITEM("<enclosure url='http://mp3'/><enclosure url='http://e.mp3?a=/b.mp3'/>"
			  "<enclosure url='http://e.org/a.mp3/'/>"
			  "<enclosure url='http://e.org/.mp3x'/>"),
		"||||");
	assert_types("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":1,"
		     "\"attachments\":[{\"url\":\"http://e.org/1.ogg\"}]}]}",
		"audio/ogg|");
	assert_item(ITEM("<media:content url='/1.jpg'/>"), image, "https://example.org/1.jpg");
	assert_types(
		ITEM("<enclosure url='/1.png' type='image'/><enclosure url='/2' type='Image'/>"
		     "<enclosure url='/3.mp3' type='audio'/><enclosure url='/4.mp4' type='audio'/>"
		     "<enclosure url='/5.jpg' type='imag'/>"),
		"image/png|Image|audio/mpeg|audio|imag|");
	assert_item(ITEM("<enclosure url='/1' type='image'/>"), image, "https://example.org/1");
}

/* The publisher's small ones come first; who tells no width means his order. */
static void of_pictures_the_widest_is_the_item_s(void **state)
{
	static const char *const feeds[] = {
		ITEM("<media:content url='/1' width='140' type='image/*'/>"
		     "<media:content url='/w' width='460' type='image/*'/>"
		     "<media:content url='/3' width='300' type='image/*'/>"),
		ITEM("<media:content url='/1' width='140' medium='image'/>"
		     "<media:content url='/w' width='460' medium='image'/>"
		     "<media:content url='ftp://e.org/3' width='900' medium='image'/>"
		     "<media:content url='/4' medium='image'/>"),
		ITEM("<media:thumbnail url='/1' width='140'/><media:thumbnail url='/w' "
		     "width='460'/>"
		     "<media:content url='/3' width='900' medium='image'/>"),
		/* The one that the publisher would show, as among files of no type. */
		ITEM("<media:content url='/1' width='900' medium='image'/>"
		     "<media:content url='/w' width='460' medium='image' isDefault='true'/>"
		     "<media:content url='/3' width='940' medium='image'/>"),
		ITEM("<media:thumbnail url='/w'/><media:thumbnail url='/2' width='460'/>"),
		ITEM("<media:thumbnail url='/w' width='0'/><media:thumbnail url='/2' "
		     "width='460'/>"),
		ITEM("<media:content url='/w' medium='image'/>"
		     "<media:content url='/2' width='460' medium='image'/>"),
		ITEM("<media:content url='/3' width='900' medium='image'/>"
		     "<media:thumbnail url='/w' width='20'/>"),
		ITEM("<enclosure url='/w' type='image/png'/><media:content url='/2.png' "
		     "width='9'/>"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(feeds) / sizeof(feeds[0]); i++)
		assert_item(feeds[i], image, "https://example.org/w");
	/* Nothing says that they are pictures, but their names. */
	assert_item(ITEM("<media:content url='/1.jpg' width='140'/>"
			 "<media:content url='/2.jpg' width='460'/>"
			 "<media:content url='/3.jpg' width='300'/>"),
		image, "https://example.org/2.jpg");
	assert_item(ITEM("<media:content url='/1.jpg'/><media:content url='/2.jpg' width='460'/>"),
		image, "https://example.org/1.jpg");
}

static void rss_10_has_enclosures_too(void **state)
{
	struct feed_doc *doc = parsed(
		ITEM("<enc:enclosure xmlns:enc='http://purl.oclc.org/net/rss_2.0/enc#'"
		     " xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
		     " rdf:resource='/1' enc:type='audio/mpeg' enc:length='5'/>"
		     "<enc:enclosure xmlns:enc='http://purl.oclc.org/net/rss_2.0/enc#'"
		     " resource='/2' type='image/jpeg'/>"));
	const struct feed_attachment *file = feed_doc_attachment(doc, 0);

	(void)state;
	assert_int_equal(doc->attachments.count, 2);
	assert_string_equal(feed_doc_text(doc, file->url), "https://example.org/1");
	assert_string_equal(feed_doc_text(doc, file->mime_type), "audio/mpeg");
	assert_int_equal(file->size, 5);
	file = feed_doc_attachment(doc, 1);
	assert_string_equal(feed_doc_text(doc, file->url), "https://example.org/2");
	assert_string_equal(feed_doc_text(doc, file->mime_type), "image/jpeg");
	free(doc);
}

/* That the first item has no attachment, and this extension alone. */
static void assert_kept_as_text(const char *body, const char *name, const char *value)
{
	struct feed_doc *doc = parsed(body);
	const struct feed_item *item = feed_doc_item(doc, 0);
	const struct feed_extension *row = feed_doc_extension(doc, item->extensions.first);

	assert_int_equal(item->attachments.count, 0);
	assert_int_equal(item->extensions.count, 1);
	assert_string_equal(feed_doc_text(doc, row->name), name);
	assert_string_equal(feed_doc_text(doc, row->value), value);
	free(doc);
}

static void a_file_that_is_not_of_the_web_is_kept_as_text(void **state)
{
	(void)state;
	assert_kept_as_text(ITEM("<link>http://e.org/1</link>"
				 "<enclosure url='magnet:?xt=urn:btih:aaa' length='1'/>"),
		"enclosure", "magnet:?xt=urn:btih:aaa");
	assert_kept_as_text(
		ITEM("<enclosure> magnet:?xt=a </enclosure>"), "enclosure", "magnet:?xt=a");
	assert_kept_as_text(
		ITEM("<media:content url='rtmp://e.org/1'/>"), "media:content", "rtmp://e.org/1");
	assert_kept_as_text(
		ENTRY("<link rel='enclosure' href='magnet:?xt=a'/>"), "link", "magnet:?xt=a");
	assert_kept_as_text(ITEM("<atom:link rel='enclosure' href='magnet:?xt=a'/>"), "atom:link",
		"magnet:?xt=a");
	assert_kept_as_text(
		"{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":1,"
		"\"attachments\":[{\"url\":\"magnet:?xt=a\"}]}]}",
		"jsonfeed:attachments", "magnet:?xt=a");
}

static void the_duration_is_of_the_first_file_that_is_of_the_web(void **state)
{
	struct feed_doc *doc = parsed(
		ITEM("<itunes:duration>1:00</itunes:duration><enclosure url='magnet:?xt=a'/>"
		     "<enclosure url='http://e.org/1.mp3'/>"));

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->attachments.count, 1);
	assert_int_equal(feed_doc_attachment(doc, 0)->duration_s, 60);
	free(doc);
	doc = parsed(ITEM("<itunes:duration>quite long</itunes:duration>"
			  "<enclosure url='http://e.org/1.mp3'/>"));
	assert_int_equal(feed_doc_attachment(doc, 0)->duration_s, -1);
	assert_string_equal(feed_doc_text(doc, feed_doc_extension(doc, 0)->value), "quite long");
	free(doc);
}

static void cdata_around_cdata_is_no_part_of_a_text(void **state)
{
	(void)state;
	assert_item(
		ITEM("<title><![CDATA[<![CDATA[Fish & chips]]>]]></title>"), title, "Fish & chips");
	assert_item(ITEM("<description>&lt;![CDATA[ &lt;p>x&lt;/p> ]]&gt;</description>"),
		content_html, "<p>x</p>");
	assert_item(ITEM("<title><![CDATA[<![CDATA[ is a word]]></title>"), title,
		"<![CDATA[ is a word");
}

static void categories_are_told_once_with_their_scheme(void **state)
{
	struct feed_doc *doc = parsed(
		ITEM("<category>a</category><category>a</category>"
		     "<category domain='d'>a</category><dc:subject>b</dc:subject>"
		     "<categories><category>a</category></categories>"
		     "<itunes:keywords>c, d</itunes:keywords>"));
	struct feed_range range = feed_doc_item(doc, 0)->categories;
	struct feed_text word;
	uint32_t words = 0, i;

	(void)state;
	assert_int_equal(range.count, 5);
	for (i = 0; i < range.count; i++)
		words += feed_doc_is_tag(doc, range, i, &word) ? 1 : 0;
	assert_int_equal(words, 4);
	free(doc);
}

/* All of the first item, each followed by a bar. */
static void assert_categories(const char *body, const char *expected)
{
	struct feed_doc *doc = parsed(body);
	const struct feed_range range = feed_doc_item(doc, 0)->categories;
	char got[256] = "";
	uint32_t i;

	for (i = 0; i < range.count; i++) {
		strcat(got, feed_doc_text(doc, feed_doc_category(doc, range.first + i)->term));
		strcat(got, "|");
	}
	assert_string_equal(got, expected);
	free(doc);
}

static void categories_that_are_escaped_as_html_are_read_as_it(void **state)
{
	(void)state;
	assert_categories(ITEM("<category><![CDATA[R&amp;D]]></category>"
			       "<category>R&amp;D</category><category>AT&amp;amp;T</category>"
			       "<category>&lt;b>bold&lt;/b></category>"),
		"R&D|AT&T|bold|");
	assert_categories(ITEM("<itunes:keywords>a &amp;amp; b, c&amp;#8217;s</itunes:keywords>"
			       "<itunes:category text='Society &amp;amp; Culture'/>"),
		"a & b|c\xe2\x80\x99s|Society & Culture|");
	/* What is no HTML stays, and so does what Atom says is none. */
	assert_categories(ITEM("<category>vector&lt;int></category><category>a &lt; b &amp; c"
			       "</category>"),
		"vector<int>|a < b & c|");
	assert_categories(ENTRY("<category term='AT&amp;amp;T'/>"), "AT&amp;T|");
}

static void what_nobody_knows_becomes_an_extension(void **state)
{
	struct feed_doc *doc = parsed("<rss version='2.0' xmlns:q='urn:q'><channel><item>"
				      "<q:mood kind='x'> fine </q:mood></item></channel></rss>");
	const struct feed_extension *row = feed_doc_extension(
		doc, feed_doc_item(doc, 0)->extensions.first + 1);

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->extensions.count, 2);
	assert_string_equal(feed_doc_text(doc, row->name), "q:mood");
	assert_string_equal(feed_doc_text(doc, row->value), "fine");
	free(doc);
}

static void a_date_that_counts_for_nothing_is_told_once(void **state)
{
	struct feed_doc *doc = parsed(
		ITEM("<pubDate>Sat, 07 Sep 2002 09:42:31 GMT</pubDate><dc:date>2001-01-01</dc:date>"
		     "<atom:updated>2003-01-01</atom:updated>"));

	(void)state;
	assert_int_equal(feed_doc_item(doc, 0)->extensions.count, 1);
	free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_author_is_named_once),
		cmocka_unit_test(an_item_without_an_author_has_its_source_s_else_the_feed_s),
		cmocka_unit_test(an_address_alone_adds_no_second_author),
		cmocka_unit_test(an_empty_item_is_an_item),
		cmocka_unit_test(a_language_is_looked_for_from_outside_to_inside),
		cmocka_unit_test(atom_links_need_no_namespace),
		cmocka_unit_test(feedburner_s_copy_of_a_file_gives_way_to_the_file),
		cmocka_unit_test(a_file_is_attached_once),
		cmocka_unit_test(no_file_is_empty),
		cmocka_unit_test(what_an_alternate_enclosure_says_is_of_its_sources),
		cmocka_unit_test(a_file_s_ending_names_its_type_where_nobody_does),
		cmocka_unit_test(of_pictures_the_widest_is_the_item_s),
		cmocka_unit_test(rss_10_has_enclosures_too),
		cmocka_unit_test(a_file_that_is_not_of_the_web_is_kept_as_text),
		cmocka_unit_test(the_duration_is_of_the_first_file_that_is_of_the_web),
		cmocka_unit_test(cdata_around_cdata_is_no_part_of_a_text),
		cmocka_unit_test(categories_are_told_once_with_their_scheme),
		cmocka_unit_test(categories_that_are_escaped_as_html_are_read_as_it),
		cmocka_unit_test(what_nobody_knows_becomes_an_extension),
		cmocka_unit_test(a_date_that_counts_for_nothing_is_told_once),
	};

	return RUN(tests);
}
