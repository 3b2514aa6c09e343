/* What tells items and their versions apart. */
#include "tests/unit/feed/parsed.h"

#include <stdio.h>

static struct feed_digest digest_of(const char *item, enum feed_digest_kind kind)
{
	char *body = malloc(strlen(item) + 256);
	struct feed_digest digest;
	struct feed_doc *doc;

	assert_non_null(body);
	strcpy(body, "<rss version='2.0'><channel><item>");
	strcat(body, item);
	strcat(body, "</item></channel></rss>");
	doc = parsed(body);
	digest = feed_doc_item(doc, 0)->digests[kind];
	free(doc);
	free(body);
	return digest;
}

static void assert_same(const char *a, const char *b, enum feed_digest_kind kind, bool same)
{
	struct feed_digest one = digest_of(a, kind), two = digest_of(b, kind);

	if (feed_digest_equal(&one, &two) != same)
		fail_msg("%s\n%s\nare %s", a, b, same ? "not the same" : "the same");
}

static void a_key_is_the_id_whatever_else_changes(void **state)
{
	(void)state;
	assert_same("<guid>x</guid><title>a</title>", "<guid> x\n</guid><title>b</title>",
		FEED_DIGEST_KEY, true);
	assert_same("<guid>x</guid>", "<guid>X</guid>", FEED_DIGEST_KEY, false);
	assert_same("<link>https://e.org/1</link><title>a</title>",
		"<link>https://e.org/1</link><title>b</title>", FEED_DIGEST_KEY, true);
	assert_same("<guid isPermaLink='false'>https://e.org/1</guid>",
		"<link>https://e.org/1</link>", FEED_DIGEST_KEY, false);
	assert_same("<title>a</title><description>t</description>",
		"<title>a</title><description>u</description>", FEED_DIGEST_KEY, false);
}

static void tokens_in_addresses_do_not_change_content(void **state)
{
	(void)state;
	assert_same("<description>&lt;img src=\"https://e.org/i.png?t=1\"&gt; x</description>",
		"<description>&lt;img src=\"https://e.org/i.png?t=2\"&gt; x</description>",
		FEED_DIGEST_CONTENT, true);
	assert_same("<description>see https://e.org/?a=1 now</description>",
		"<description>see https://e.org/?a=2 now</description>", FEED_DIGEST_CONTENT, true);
	assert_same("<description>really? yes</description>",
		"<description>really? no</description>", FEED_DIGEST_CONTENT, false);
}

static void white_space_does_not_change_content(void **state)
{
	(void)state;
	assert_same("<description>a b  c\n\td eight or more letters here</description>",
		"<description>a  b c d eight or\nmore  letters here </description>",
		FEED_DIGEST_CONTENT, true);
	assert_same("<description>a b</description>", "<description>ab</description>",
		FEED_DIGEST_CONTENT, false);
	assert_same("<title>a</title><description>b</description>",
		"<title>ab</title><description></description>", FEED_DIGEST_CONTENT, false);
}

static void a_date_alone_is_no_change(void **state)
{
	(void)state;
	assert_same("<title>a</title><pubDate>1 Jan 2004</pubDate>",
		"<title>a</title><pubDate>2 Jan 2004</pubDate>", FEED_DIGEST_CONTENT, true);
	assert_same("<title>a</title><pubDate>1 Jan 2004</pubDate>",
		"<title>a</title><pubDate>2 Jan 2004</pubDate>", FEED_DIGEST_ALIAS_DATE, false);
}

static void aliases_look_through_scheme_and_host(void **state)
{
	(void)state;
	assert_same("<guid>http://www.e.org/1/</guid>", "<guid>https://e.org/1</guid>",
		FEED_DIGEST_ALIAS_ID, true);
	/* Without an id the link is it, with its place on the page. */
	assert_same("<link>http://www.e.org/1/</link>", "<link>https://e.org/1</link>",
		FEED_DIGEST_ALIAS_ID, true);
	assert_same("<link>http://e.org/log#1</link>", "<link>https://e.org/log#2</link>",
		FEED_DIGEST_ALIAS_ID, false);
	assert_same("<link>http://www.e.org/1/?utm_source=x</link>", "<link>https://e.org/1</link>",
		FEED_DIGEST_ALIAS_LINK, true);
	assert_same("<link>https://e.org/1?p=1</link>", "<link>https://e.org/1?p=2</link>",
		FEED_DIGEST_ALIAS_LINK, false);
}

static void details_are_all_that_is_no_content(void **state)
{
	static const char *const details[] = {
		"<link>https://e.org/1</link>",
		"<link>https://e.org/1?a=1</link>",
		"<author>Ann</author>",
		"<author>Anne</author>",
		"<category>a</category><category>b</category>",
		"<category>ab</category>",
		"<enclosure url='https://e.org/1.mp3' length='1' type='audio/mpeg'/>",
		"<enclosure url='https://e.org/1.mp3' length='2' type='audio/mpeg'/>",
		"<enclosure url='https://e.org/2.mp3' length='1' type='audio/mpeg'/>",
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(details) / sizeof(details[0]); i++)
		for (k = 0; k < sizeof(details) / sizeof(details[0]); k++)
			assert_same(details[i], details[k], FEED_DIGEST_DETAILS, i == k);
	assert_same("<guid>1</guid><title>a</title><pubDate>1 Jan 2004</pubDate>",
		"<guid>2</guid><title>b</title><pubDate>2 Jan 2004</pubDate>", FEED_DIGEST_DETAILS,
		true);
}

static void details_are_what_is_left_out_of_content(void **state)
{
	static const char *const texts[] = {
		"see https://e.org/?a=1 now https://e.org/ it is",
		"see https://e.org/?a=2 now https://e.org/ it is",
		"see https://e.org/?a=1#t now https://e.org/ it is",
		"see https://e.org/ now https://e.org/?a=1 it is",
		"see https://e.org/?a=1  now https://e.org/ it is",
		"see https://e.org/?a=1&#9;now https://e.org/ it is",
		"see https://e.org/?a=1 now  https://e.org/ it is",
	};
	static const char encoded[] =
		"<encoded xmlns='http://purl.org/rss/1.0/modules/content/'>%s</encoded>";
	char a[256], b[256];
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
			snprintf(a, sizeof(a), encoded, texts[i]);
			snprintf(b, sizeof(b), encoded, texts[k]);
			assert_same(a, b, FEED_DIGEST_CONTENT, true);
			assert_same(a, b, FEED_DIGEST_DETAILS, i == k);
		}
	assert_same("<pubDate>1 Jan 2004</pubDate>",
		"<pubDate>1 Jan 2004</pubDate><updated xmlns='http://www.w3.org/2005/Atom'>"
		"2004-01-02T00:00:00Z</updated>",
		FEED_DIGEST_DETAILS, false);
	assert_same("<title>see https://e.org/?a=1</title>",
		"<title>see https://e.org/?a=2</title>", FEED_DIGEST_DETAILS, false);
}

static void what_is_absent_has_no_digest(void **state)
{
	struct feed_digest digest;

	(void)state;
	digest = digest_of("<title>a</title>", FEED_DIGEST_ALIAS_ID);
	assert_false(feed_digest_present(&digest));
	digest = digest_of("<title>a</title>", FEED_DIGEST_ALIAS_DATE);
	assert_false(feed_digest_present(&digest));
	digest = digest_of("<title>a</title>", FEED_DIGEST_KEY);
	assert_true(feed_digest_present(&digest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_the_id_whatever_else_changes),
		cmocka_unit_test(tokens_in_addresses_do_not_change_content),
		cmocka_unit_test(white_space_does_not_change_content),
		cmocka_unit_test(a_date_alone_is_no_change),
		cmocka_unit_test(aliases_look_through_scheme_and_host),
		cmocka_unit_test(details_are_all_that_is_no_content),
		cmocka_unit_test(details_are_what_is_left_out_of_content),
		cmocka_unit_test(what_is_absent_has_no_digest),
	};

	return RUN(tests);
}
