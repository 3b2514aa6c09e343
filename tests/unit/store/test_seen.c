#include "articles.h"

/*
 * What does not count as an edit: other white space, another query of the link or of an
 * address in title or text, what no reader sees, and all of them at once.
 */

#define WORDS(title_, url_, text_)                                                                 \
	{                                                                                          \
		.guid = "1", .title = title_, .url = url_, .text = text_                           \
	}
#define PLAIN(title_, url_, text_)                                                                 \
	{                                                                                          \
		.guid = "1", .title = title_, .url = url_, .plain = text_                          \
	}

static const struct change {
	struct words before, after;
	bool counts;
} changes[] = {
	{ WORDS("A", "http://e.org/1?a=1", "<p>a</p>"),
		WORDS("A", "http://e.org/1?a=2", "<p class=x>a</p>"), false },
	{ WORDS("A", "http://e.org/1?a=1", "<p>a</p>"),
		WORDS("A", "https://www.e.org/1/?b", "<p>a</p><!-- b -->"), false },
	{ WORDS("A", "http://e.org/1?a=1", "<p>a</p>"),
		WORDS("A", "http://e.org/2?a=1", "<p class=x>a</p>"), true },
	{ WORDS("A", "http://e.org/1", "<p>a</p>"), WORDS("A", NULL, "<p class=x>a</p>"), true },
	{ WORDS("See http://h/?a", "http://e.org/1", "<p>a</p>"),
		WORDS("See http://h/?b", "http://e.org/1", "<p class=x>a</p>"), false },
	{ WORDS("See http://h/?a", "http://e.org/1", "<p>a</p>"),
		WORDS("See http://i/?a", "http://e.org/1", "<p class=x>a</p>"), true },
	{ WORDS("A", NULL, "at http://h/?a <b>a</b>"),
		WORDS("A", NULL, "at http://h/?b <b id=x>a</b>"), false },
	{ WORDS("A", NULL, "at http://h/?a <b>a</b>"),
		WORDS("A", NULL, "at http://h/a <b id=x>a</b>"), true },
	{ PLAIN("A", "http://e.org/1", "a b"), PLAIN("A", "https://e.org/1", "a  b"), false },
	{ PLAIN("A", "http://e.org/1?a", "a b"), PLAIN("A", "https://e.org/1?b", "a\nb"), false },
	{ PLAIN("A", "http://e.org/1?a", "a b"), PLAIN("A", "https://e.org/1?b", "ab"), true },
	{ PLAIN("A", NULL, "a b"), WORDS("A", NULL, "a <!-- x -->b"), false },
	{ WORDS("A", NULL, "<p class=x>a b</p>"), PLAIN("A", NULL, "a b"), false },
	{ WORDS("A", NULL, "<b>a</b>!"), PLAIN("A", NULL, "<b>a</b> !"), true },
	{ WORDS("A", NULL, "<div>a</div><div>b</div>"), WORDS("A", NULL, "<div>a b</div>"), true },
	{ WORDS("A", NULL, "<ul><li>a</ul>b"), WORDS("A", NULL, "<ul><li>a b</ul>"), true },
	{ WORDS("A", NULL, "<div>a</div>\n<div>b</div>"),
		WORDS("A", NULL, "<div>a</div><div id=x>b</div>"), false },
	{ WORDS("A", NULL, "<!-- x -->"), WORDS("A", NULL, "<!-- y -->"), false },
	{ WORDS("A", NULL, "<p>a</p>"),
		WORDS("A", NULL, "<p>a</p><iframe src='http://h/'></iframe>"), true },
};

static void what_is_left_out_may_change_at_once(void **state)
{
	struct world *w = *state;
	char url[64];
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct change *change = &changes[i];
		int64_t feed;

		snprintf(url, sizeof(url), "https://e.org/feed%zu", i);
		feed = world_add(w, url);
		world_ingest(w, feed, &change->before, 1);
		world_ingest(w, feed, &change->after, 1);
		if (w->delta.fresh != 0 || w->delta.changed != change->counts)
			fail_msg("%zu: %u changed", i, w->delta.changed);
	}
}

#define ENTRY(query, space)                                                                        \
	"<feed xmlns='http://www.w3.org/2005/Atom'><title>A feed</title><entry><id>1</id>"         \
	"<title>A</title><link href='http://e.org/1?" query "'/><summary>a" space                  \
	"b</summary></entry></feed>"

static void a_summary_may_be_all_the_text(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, ENTRY("a", " "), true);
	world_say(w, feed, ENTRY("b", "  "), true);
	world_say(w, feed, ENTRY("c", "  "), true);
	assert_int_equal(w->delta.changed, 0);
	world_say(w, feed, ENTRY("d", ""), true);
	assert_int_equal(w->delta.changed, 1);
}

/* Under another id, too. */
static void another_id_makes_no_difference(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words item = { .guid = "1",
		.title = "A",
		.url = "http://e.org/1?a",
		.text = "<p>a</p>",
		.published_s = NOW - DAY };

	world_ingest(w, feed, &item, 1);
	item.guid = "2";
	item.url = "http://e.org/1?b";
	item.text = "<p class=x>a</p>";
	world_ingest(w, feed, &item, 1);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(w->delta.changed, 0);
	assert_string_equal(world_sql(w, "SELECT guid, url FROM item"), "2|http://e.org/1?b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_left_out_may_change_at_once, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_summary_may_be_all_the_text, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			another_id_makes_no_difference, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
