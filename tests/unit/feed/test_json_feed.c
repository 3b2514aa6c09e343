/* JSON Feed: what its members mean, and what is no feed. */
#include "tests/unit/feed/json_parsed.h"

static void the_feed_says_who_it_is(void **state)
{
	struct feed_doc *doc = parsed(
		"{" VERSION ",\"title\":\"T &amp; <b>\\u001b[2J\",\"home_page_url\":\"/home\","
		"\"feed_url\":\"https://example.org/x/feed.json\",\"description\":\"D\","
		"\"user_comment\":\"c\",\"next_url\":\"next.json\",\"icon\":\"icon.png\","
		"\"favicon\":\"//cdn.example/f.ico\",\"language\":\"de\",\"expired\":true,"
		"\"hubs\":[{\"type\":\"WebSub\",\"url\":\"https://hub.example/\"},"
		"{\"type\":\"rssCloud\",\"url\":\"https://cloud.example/\"}],"
		"\"_x\":{\"a\":[1,2.50,null,true,\"\\u00e9\\\"\"],\"\\n\":{}},\"_y\":\"plain\","
		"\"other\":{\"z\":[{}]},"
		"\"items\":[]}");
	const struct feed_extension *e;

	(void)state;
	assert_int_equal(doc->format, FEED_JSON_11);
	assert_string_equal(text(doc, doc->title), "T &amp; <b> [2J");
	assert_string_equal(text(doc, doc->site_url), "https://example.org/home");
	assert_string_equal(text(doc, doc->feed_url), "https://example.org/x/feed.json");
	assert_string_equal(text(doc, doc->description), "D");
	assert_string_equal(text(doc, doc->next_url), "https://example.org/x/next.json");
	assert_string_equal(text(doc, doc->image), "https://example.org/x/icon.png");
	assert_string_equal(text(doc, doc->icon), "https://cdn.example/f.ico");
	assert_string_equal(text(doc, doc->language), "de");
	assert_string_equal(text(doc, doc->hub), "https://hub.example/");
	assert_int_equal(doc->links.count, 2);
	assert_int_equal(doc->extensions.count, 4);
	e = feed_doc_extension(doc, doc->extensions.first);
	assert_string_equal(text(doc, e->name), "_x");
	assert_string_equal(
		text(doc, e->value), "{\"a\":[1,2.50,null,true,\"\u00e9\\\"\"],\"\\n\":{}}");
	assert_string_equal(text(doc, e[1].name), "_y");
	assert_string_equal(text(doc, e[1].value), "plain");
	assert_string_equal(text(doc, e[2].name), "jsonfeed:expired");
	assert_string_equal(text(doc, e[3].value), "c");
	assert_int_equal(doc->flags, 0);
	assert_int_equal(doc->problems.count, 0);
	free(doc);
}

static void no_text_acts_on_a_terminal(void **state)
{
	struct feed_doc *doc = parsed(
		"{" VERSION ",\"items\":[{\"id\":\"1\",\"title\":\"a\\u001b[2J\","
		"\"summary\":\"\\u001b]0;x\\u0007b\\u009b1m \\u202ec\\u2067\\td\","
		"\"content_text\":\"\\u001b["
		"2Je\\r\\nf\\rg\\n\\th\\u007f\\u0085i\\u200d\\u200fj\\u202a\"},"
		"{\"id\":\"2\",\"content_text\":\"one\\r\\ntwo\"},"
		"{\"id\":\"3\",\"content_text\":\"one\\ntwo\"}]}");
	const struct feed_item *item = feed_doc_item(doc, 0);

	(void)state;
	assert_string_equal(text(doc, item->title), "a [2J");
	assert_string_equal(text(doc, item->summary), "]0;x b 1m c\td");
	assert_string_equal(text(doc, item->content_text), "[2Je\nf\ng\n\th  i\u200d\u200fj");
	/* Line ends are no change. */
	item = feed_doc_item(doc, 1);
	assert_memory_equal(&item->digests[FEED_DIGEST_CONTENT],
		&feed_doc_item(doc, 2)->digests[FEED_DIGEST_CONTENT], sizeof(struct feed_digest));
	free(doc);
}

/* An edit is told by the HTML, where there is any. */
static void plain_text_beside_html_is_a_detail(void **state)
{
#define BOTH(id, text) "{\"id\":\"" id "\",\"content_html\":\"<p>x\",\"content_text\":\"" text "\"}"
	struct feed_doc *doc = parsed(
		"{" VERSION ",\"items\":[" BOTH("1", "one") "," BOTH("2", "two") "]}");
	const struct feed_item *one = feed_doc_item(doc, 0), *two = feed_doc_item(doc, 1);

	(void)state;
	assert_string_equal(text(doc, two->content_html), "<p>x");
	assert_string_equal(text(doc, two->content_text), "two");
	assert_true(feed_digest_equal(
		&one->digests[FEED_DIGEST_CONTENT], &two->digests[FEED_DIGEST_CONTENT]));
	assert_false(feed_digest_equal(
		&one->digests[FEED_DIGEST_DETAILS], &two->digests[FEED_DIGEST_DETAILS]));
	free(doc);
}

static void words_count_where_the_html_shows_nothing(void **state)
{
	static const char *const nothing[] = { " ", "<script>x</script>", "<div></div>", "&nbsp;",
		"<img src='https://x.example/' width='1' height='1'>" };

	(void)state;
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		char *json = mem_printf("{" VERSION ",\"items\":[{\"id\":1,\"content_html\":"
					"\"%s\",\"content_text\":\"words\"},{\"id\":2,"
					"\"content_html\":\"%s\",\"summary\":\"words\"},"
					"{\"id\":3,\"content_html\":\"%s\"}]}",
			nothing[i], nothing[i], nothing[i]);
		struct feed_doc *doc = parsed(json);

		assert_int_equal(feed_doc_item(doc, 0)->content_html.length, 0);
		assert_string_equal(text(doc, feed_doc_item(doc, 0)->content_text), "words");
		assert_int_equal(feed_doc_item(doc, 1)->content_html.length, 0);
		assert_string_equal(text(doc, feed_doc_item(doc, 1)->summary), "words");
		assert_string_equal(text(doc, feed_doc_item(doc, 2)->content_html), nothing[i]);
		free(doc);
		free(json);
	}
}

static void an_item_has_all_its_members(void **state)
{
	struct feed_doc *doc = parsed(
		"{\"items\":[{\"id\":\" 7 "
		"\",\"url\":\"post\",\"external_url\":\"http://e.example/\","
		"\"title\":\"one\\ntwo &#8211; three\",\"content_html\":\"<a "
		"href='x'>y</a>\",\"content_text\":\"y\","
		"\"summary\":\"s\",\"image\":\"i.png\",\"banner_image\":\"b.png\","
		"\"date_published\":\"2020-01-02T14:00:00-07:00\",\"date_modified\":\"2020-01-03\","
		"\"language\":\"en\",\"tags\":[\"a\",\"b,c\"],\"attachments\":["
		"{\"url\":\"m.mp3\",\"mime_type\":\"audio/mpeg\",\"title\":\"t\","
		"\"size_in_bytes\":123.9,\"duration_in_seconds\":61},{\"url\":\"\"},"
		"{\"url\":\"n.mp3\",\"size_in_bytes\":\"x\"}]}],"
		"\"feed_url\":\"https://example.org/a/f\"," VERSION "}");
	const struct feed_item *item;
	const struct feed_attachment *a;

	(void)state;
	assert_int_equal(doc->items.count, 1);
	item = feed_doc_item(doc, 0);
	assert_string_equal(text(doc, item->guid), "7");
	assert_string_equal(text(doc, item->url), "https://example.org/a/post");
	assert_string_equal(text(doc, item->external_url), "http://e.example/");
	assert_string_equal(text(doc, item->title), "one two \u2013 three");
	assert_non_null(strstr(text(doc, item->content_html), "https://example.org/a/x"));
	assert_string_equal(text(doc, item->content_text), "y");
	assert_string_equal(text(doc, item->summary), "s");
	assert_string_equal(text(doc, item->image), "https://example.org/a/i.png");
	assert_int_equal(item->published_s, 1577998800);
	assert_int_equal(item->modified_s, 1578009600);
	assert_string_equal(text(doc, item->date_raw), "2020-01-02T14:00:00-07:00");
	assert_int_equal(item->categories.count, 2);
	assert_string_equal(
		text(doc, feed_doc_category(doc, item->categories.first + 1)->term), "b,c");
	assert_int_equal(item->attachments.count, 2);
	a = feed_doc_attachment(doc, item->attachments.first);
	assert_string_equal(text(doc, a->url), "https://example.org/a/m.mp3");
	assert_int_equal(a->size, 123);
	assert_int_equal(a->duration_s, 61);
	assert_int_equal(a[1].size, -1);
	assert_int_equal(a[1].duration_s, -1);
	free(doc);
}

static void ids_are_exact(void **state)
{
	static const char *const rows[][2] = {
		{ "\"id\":10000000000000000001", "10000000000000000001" },
		{ "\"id\":1.50e3", "1.50e3" },
		{ "\"id\":-0", "-0" },
		{ "\"id\":\"a\\u0000b\\ud83d\\ude00\\ud83d\"", "ab\U0001F600\uFFFD" },
		{ "\"id\":\"first\",\"id\":\"second\"", "first" },
		{ "\"id\":true,\"title\":\"x\"", "" },
		{ "\"id\":null,\"title\":\"x\"", "" },
		{ "\"id\":[1],\"title\":\"x\"", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *json = mem_printf("{" VERSION ",\"items\":[{%s}]}", rows[i][0]);
		struct feed_doc *doc = parsed(json);

		assert_int_equal(doc->items.count, 1);
		assert_string_equal(text(doc, feed_doc_item(doc, 0)->guid), rows[i][1]);
		free(doc);
		free(json);
	}
}

static void authors_count_more_than_author(void **state)
{
	static const struct {
		const char *json;
		const char *names;
	} rows[] = {
		{ "\"author\":{\"name\":\"A\"}", "A" },
		{ "\"authors\":[{\"name\":\"A\"},{\"name\":\"B\"}],\"author\":{\"name\":\"C\"}",
			"A,B" },
		{ "\"author\":{\"name\":\"C\"},\"authors\":[{\"name\":\"A\"}]", "A" },
		{ "\"author\":{\"name\":\"C\"},\"authors\":[{}]", "C" },
		{ "\"author\":{\"name\":\"C\"},\"authors\":[{\"name\":\"\\u00a0\"}]", "C" },
		{ "\"author\":\"C\"", "C" },
		{ "\"authors\":{\"name\":\"A\"}", "A" },
		{ "\"authors\":[\"A\",{\"name\":\"B\"},[],3]", "A,B" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *json = mem_printf(
			"{" VERSION ",%s,\"items\":[{\"id\":1,%s}]}", rows[i].json, rows[i].json);
		struct feed_doc *doc = parsed(json);
		struct feed_range range = feed_doc_item(doc, 0)->authors;
		struct buf names;
		uint32_t k;

		buf_init(&names, 4096);
		for (k = 0; k < range.count; k++)
			assert_int_equal(
				buf_printf(&names, "%s%s", k > 0 ? "," : "",
					text(doc, feed_doc_person(doc, range.first + k)->name)),
				0);
		assert_string_equal(names.data, rows[i].names);
		assert_int_equal(doc->authors.count, range.count);
		buf_release(&names);
		free(doc);
		free(json);
	}
}

/* As PHP writes one from which something was taken. */
static void a_list_may_be_an_object_with_numbers_for_names(void **state)
{
	struct feed_doc *doc = parsed(
		"{\"title\":\"T\",\"items\":{\"0\":{\"id\":1,\"tags\":{\"0\":\"a\",\"2\":\"b\"},"
		"\"authors\":{\"3\":{\"name\":\"A\"}},\"attachments\":{\"1\":{\"url\":\"/"
		"a.mp3\"}}},"
		"\"2\":{\"id\":2,\"title\":\"two\"}},\"authors\":{\"1\":\"B\"}}");
	const struct feed_item *item = feed_doc_item(doc, 0);

	(void)state;
	assert_int_equal(doc->items.count, 2);
	assert_string_equal(text(doc, item->guid), "1");
	assert_int_equal(item->categories.count, 2);
	assert_int_equal(item->authors.count, 1);
	assert_string_equal(text(doc, feed_doc_person(doc, item->authors.first)->name), "A");
	assert_int_equal(item->attachments.count, 1);
	assert_string_equal(text(doc, item[1].title), "two");
	assert_int_equal(doc->authors.count, 1);
	free(doc);

	/* One that stands there alone is itself, whatever else is in it. */
	doc = parsed("{" VERSION ",\"items\":{\"id\":1,\"7\":{\"id\":2}}}");
	assert_int_equal(doc->items.count, 1);
	assert_string_equal(text(doc, feed_doc_item(doc, 0)->guid), "1");
	free(doc);
}

static void a_tag_keeps_what_joins_its_letters(void **state)
{
	struct feed_doc *doc = parsed("{" VERSION ",\"items\":[{\"id\":1,\"tags\":["
				      "\"می\\u200cروم\",\" a\\n  b \",\"\\u200d\",\"&amp;\"]}]}");
	struct feed_range tags = feed_doc_item(doc, 0)->categories;

	(void)state;
	assert_int_equal(tags.count, 3);
	assert_string_equal(text(doc, feed_doc_category(doc, tags.first)->term), "می\u200cروم");
	assert_string_equal(text(doc, feed_doc_category(doc, tags.first + 1)->term), "a b");
	assert_string_equal(text(doc, feed_doc_category(doc, tags.first + 2)->term), "&");
	free(doc);
}

static void mail_addresses_are_no_links(void **state)
{
	struct feed_doc *doc = parsed("{" VERSION ",\"items\":[{\"id\":1,\"authors\":[{\"url\":"
				      "\"mailto:joe@example.com\"}],\"url\":\"javascript:x()\"},"
				      "{\"id\":\"https://example.org/2\"}]}");
	const struct feed_item *item = feed_doc_item(doc, 0);
	const struct feed_person *joe = feed_doc_person(doc, item->authors.first);

	(void)state;
	assert_string_equal(text(doc, joe->email), "joe@example.com");
	assert_string_equal(text(doc, joe->url), "");
	assert_string_equal(text(doc, item->url), "");
	assert_string_equal(text(doc, item->unsafe_link), "javascript:x()");
	assert_string_equal(text(doc, item[1].url), "https://example.org/2");
	free(doc);
}

static void a_url_of_another_scheme_hides_no_address_of_the_web(void **state)
{
	struct feed_doc *doc = parsed("{" VERSION ",\"items\":[{\"id\":1,\"url\":\"javascript:x\","
				      "\"external_url\":\"http://e.org/3\"},"
				      "{\"id\":\"http://e.org/4\",\"url\":\"javascript:x\"}]}");
	const struct feed_item *item = feed_doc_item(doc, 0);

	(void)state;
	assert_string_equal(text(doc, item[0].url), "http://e.org/3");
	assert_string_equal(text(doc, item[0].unsafe_link), "");
	assert_int_equal(item[0].extensions.count, 1);
	assert_string_equal(text(doc, feed_doc_extension(doc, 0)->value), "javascript:x");
	assert_string_equal(text(doc, item[1].url), "http://e.org/4");
	assert_string_equal(text(doc, item[1].unsafe_link), "");
	free(doc);
}

static void the_first_feed_of_a_list_is_read(void **state)
{
	static const char *const rows[] = {
		"[{" VERSION ",\"home_page_url\":\"https://e.org/\",\"items\":[{\"id\":1,"
		"\"url\":\"a\"}]}]",
		"[1,\"x\",{" VERSION ",\"home_page_url\":\"https://e.org/\",\"items\":[{\"id\":1,"
		"\"url\":\"a\"}]},{" VERSION ",\"title\":\"2\",\"items\":[{\"id\":2},{\"id\":3}]}]",
		"[{" VERSION ",\"items\":[{\"id\":1,\"url\":\"a\",}],"
		"\"home_page_url\":\"https://e.org/\"}]",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_doc *doc = parsed(rows[i]);

		assert_int_equal(doc->items.count, 1);
		assert_string_equal(text(doc, doc->title), "");
		assert_string_equal(text(doc, feed_doc_item(doc, 0)->url), "https://e.org/a");
		assert_int_equal(doc->flags, FEED_RECOVERED);
		free(doc);
	}
}

static void numbers_are_taken_for_texts(void **state)
{
	struct feed_doc *doc = parsed("{" VERSION ",\"title\":12,\"items\":[{\"id\":1,"
				      "\"content_text\":2.50,\"tags\":[2024,\"b\"]}]}");
	const struct feed_item *item = feed_doc_item(doc, 0);

	(void)state;
	assert_string_equal(text(doc, doc->title), "12");
	assert_string_equal(text(doc, item->content_text), "2.50");
	assert_int_equal(item->categories.count, 2);
	assert_string_equal(
		text(doc, feed_doc_category(doc, item->categories.first)->term), "2024");
	free(doc);
}

static void numbers_may_have_an_exponent(void **state)
{
	static const struct {
		const char *number;
		int64_t size;
	} rows[] = { { "1.5e+07", 15000000 }, { "12E2", 1200 }, { "1.9e3", 1900 },
		{ "1234.5", 1234 }, { "9007199254740993", 9007199254740993 }, { "1.9e300", -1 },
		{ "-1e3", -1 }, { "0", -1 }, { "0.0", -1 }, { "\"2.5 MB\"", -1 },
		{ "\"1.5e\"", -1 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char json[512];
		struct feed_doc *doc;

		snprintf(json, sizeof(json),
			"{" VERSION ",\"items\":[{\"id\":1.5e1,\"date_published\":1.7E+09,"
			"\"attachments\":[{\"url\":\"a\",\"size_in_bytes\":%s,"
			"\"duration_in_seconds\":1.8e3}]}]}",
			rows[i].number);
		doc = parsed(json);
		assert_string_equal(text(doc, feed_doc_item(doc, 0)->guid), "1.5e1");
		assert_int_equal(feed_doc_item(doc, 0)->published_s, 1700000000);
		assert_int_equal(feed_doc_attachment(doc, 0)->size, rows[i].size);
		assert_int_equal(feed_doc_attachment(doc, 0)->duration_s, 1800);
		free(doc);
	}
}

static void other_json_is_no_feed(void **state)
{
	static const struct {
		const char *json;
		enum err_code code;
	} rows[] = {
		{ "{}", ERR_NOT_FEED },
		{ "[]", ERR_NOT_FEED },
		{ "{\"items\":[{\"id\":1}]}", ERR_NOT_FEED },
		{ "{\"error\":\"not found\",\"title\":\"x\"}", ERR_NOT_FEED },
		{ "{\"title\":\"Not Found\",\"items\":[]}", ERR_NOT_FEED },
		{ "{\"title\":\"Array\",\"items\":{\"title\":\"x\"}}", ERR_NOT_FEED },
		{ "{\"title\":\"x\",\"items\":[{\"type\":\"string\"}]}", ERR_NOT_FEED },
		{ "[[{" VERSION "}]]", ERR_NOT_FEED },
		{ "{nonsense}", ERR_SYNTAX },
		{ "{\"a\":", ERR_SYNTAX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_doc *doc;
		struct err err;

		assert_int_equal(parse(rows[i].json, &doc, &err), -1);
		assert_int_equal(err.code, rows[i].code);
	}
}

static void depth_has_a_limit(void **state)
{
	struct feed_doc *doc;
	struct buf json;
	struct err err;
	int i;

	(void)state;
	buf_init(&json, 1 << 20);
	assert_int_equal(buf_add_text(&json, "{" VERSION ",\"_x\":"), 0);
	for (i = 0; i < 100000; i++)
		assert_int_equal(buf_add_byte(&json, '['), 0);
	assert_int_equal(parse(json.data, &doc, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	buf_release(&json);
}

static void a_number_of_a_million_digits_is_only_text(void **state)
{
	struct feed_doc *doc;
	struct buf json;
	int i;

	(void)state;
	buf_init(&json, 1 << 22);
	assert_int_equal(buf_add_text(&json, "{" VERSION ",\"items\":[{\"id\":1"), 0);
	for (i = 0; i < 1000000; i++)
		assert_int_equal(buf_add_byte(&json, '0'), 0);
	assert_int_equal(buf_add_text(&json, "}]}"), 0);
	doc = parsed(json.data);
	/* Longer than an id may be: its digest stands in. */
	assert_int_equal(feed_doc_item(doc, 0)->guid.length, 32);
	free(doc);
	buf_release(&json);
}

static void a_string_full_of_escapes_takes_no_time(void **state)
{
	struct feed_doc *doc;
	struct buf json;
	int i;

	(void)state;
	buf_init(&json, 1 << 23);
	assert_int_equal(
		buf_add_text(&json, "{" VERSION ",\"items\":[{\"id\":1,\"content_html\":\""), 0);
	for (i = 0; i < 1000000; i++)
		assert_int_equal(buf_add_text(&json, "\\\"x"), 0);
	assert_int_equal(buf_add_text(&json, "\"}]}"), 0);
	doc = parsed(json.data);
	assert_int_equal(feed_doc_item(doc, 0)->content_html.length, 1 << 20);
	free(doc);
	buf_release(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_feed_says_who_it_is),
		cmocka_unit_test(no_text_acts_on_a_terminal),
		cmocka_unit_test(plain_text_beside_html_is_a_detail),
		cmocka_unit_test(words_count_where_the_html_shows_nothing),
		cmocka_unit_test(an_item_has_all_its_members),
		cmocka_unit_test(ids_are_exact),
		cmocka_unit_test(authors_count_more_than_author),
		cmocka_unit_test(a_list_may_be_an_object_with_numbers_for_names),
		cmocka_unit_test(a_tag_keeps_what_joins_its_letters),
		cmocka_unit_test(mail_addresses_are_no_links),
		cmocka_unit_test(a_url_of_another_scheme_hides_no_address_of_the_web),
		cmocka_unit_test(the_first_feed_of_a_list_is_read),
		cmocka_unit_test(numbers_are_taken_for_texts),
		cmocka_unit_test(numbers_may_have_an_exponent),
		cmocka_unit_test(other_json_is_no_feed),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(a_number_of_a_million_digits_is_only_text),
		cmocka_unit_test(a_string_full_of_escapes_takes_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
