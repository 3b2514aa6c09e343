/* JSON that is broken: mended, and what was whole of it is kept. */
#include "tests/unit/feed/json_parsed.h"

static void broken_json_is_mended(void **state)
{
	static const char *const rows[] = {
		"{" VERSION ",\"items\":[{\"id\":1,},{\"id\":2,,\"title\":\"a\nb\\x\t\"},],}",
		"// made by hand\n{" VERSION ", /* two */ \"items\":[{\"id\":1},{\"id\":2}]}",
		"{" VERSION ",\"items\":[{\"id\":1},{\"id\":2}]} {\"more\":1}",
		"{" VERSION ",\"items\":[{\"id\":1},{\"id\":2}]}]",
		"{" VERSION ",'items':[{'id':'1','title':'it\\'s \"q\"'},{id:2}]}",
		"{" VERSION ",items:[{\"id\":1e0,\"image\":None},{\"id\":2,\"title\":NaN,$x:1}]}",
		"{" VERSION ",\"items\":[{\"id\":-1,\"x\":[-5,-0.5]},{\"id\":2},]}",
		"{" VERSION ",items:[{\"id\":+1,\"x\":-Infinity},{\"id\":2,\"x\":-NaN}]}",
		"{" VERSION ",\"expired\":False,\"items\":[{\"id\":1,\"x\":undefined},{\"id\":2}]}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_doc *doc = parsed(rows[i]);

		assert_int_equal(doc->items.count, 2);
		assert_int_equal(doc->flags, FEED_RECOVERED);
		assert_int_equal(doc->problems.count, 1);
		free(doc);
	}
}

static void signs_of_json_may_be_missing(void **state)
{
	static const char *const rows[] = {
		"{" VERSION " \"items\":[{\"id\":1 \"title\":\"t\"} {\"id\" \"2\"}]}",
		"{" VERSION ",\"items\":[{\"id\":1,\"title\":\"t\", {\"id\":2}]}",
		"{" VERSION
		",\"items\":[{\"title\":\"t\",\"id\":1,\"tags\":[\"a\",\"b\"},{\"id\":2}]}",
		"{" VERSION ",\"items\":[{\"tags\":[\"a\",\"title\":\"t\",\"id\":1},{\"id\":2}]}",
		"{" VERSION ",\"items\":[\"id\":1,\"title\":\"t\"},\"id\":2}]}",
		"{" VERSION ",\"items\":[{\"id\":1,title\":\"t\"},junk {\"id\":2}]}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_doc *doc = parsed(rows[i]);
		const struct feed_item *item = feed_doc_item(doc, 0);

		assert_int_equal(doc->items.count, 2);
		assert_string_equal(text(doc, item->title), "t");
		assert_string_equal(text(doc, item->guid), "1");
		free(doc);
	}
}

static void quotes_in_a_string_may_be_bare(void **state)
{
	struct feed_doc *doc = parsed(
		"{" VERSION ",\"title\":\"a \"b\", c \"d\" e\", \"items\":[{\"id\":1}]}");

	(void)state;
	assert_int_equal(doc->items.count, 1);
	assert_string_equal(text(doc, doc->title), "a \"b\", c \"d\" e");
	free(doc);
}

static void what_was_whole_before_the_damage_is_kept(void **state)
{
	static const char *const rows[] = {
		"{" VERSION ",\"title\":\"t\",\"items\":[{\"id\":1},{\"id\":2,\"title\":\"x",
		"{" VERSION
		",\"title\":\"t\",\"items\":[{\"id\":1},{\"id\":2,\"title\":nonsense}]}",
		"{" VERSION ",\"title\":\"t\",\"items\":[{\"id\":1},",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_doc *doc = parsed(rows[i]);

		assert_int_equal(doc->items.count, 1);
		assert_int_equal(doc->flags, FEED_PARTIAL);
		assert_string_equal(text(doc, doc->title), "t");
		free(doc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_json_is_mended),
		cmocka_unit_test(signs_of_json_may_be_missing),
		cmocka_unit_test(quotes_in_a_string_may_be_bare),
		cmocka_unit_test(what_was_whole_before_the_damage_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
