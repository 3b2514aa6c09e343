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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_before_the_feed_is_told),
		cmocka_unit_test(an_answer_in_json_may_stand_before_a_feed_in_xml),
	};

	return RUN(tests);
}
