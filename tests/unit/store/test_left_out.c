#include "articles.h"

/* What becomes of a text that the feed leaves out later. */

#define SUMMARY "<description>Of &lt;b&gt;it&lt;/b&gt;.</description>"
#define FULL "<c:encoded>&lt;p&gt;All of it, and more.&lt;/p&gt;</c:encoded>"
#define OTHER "<description>Of &lt;i&gt;it&lt;/i&gt;.</description>"
#define TITLE "<title>A</title>"
#define ALL "A:<p>All of it, and more.</p>\n"

static void say(struct world *w, int64_t feed, const char *inside)
{
	char *body = mem_printf("<rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/"
				"content/'><channel><title>F</title><item><guid>1</guid>"
				"<link>https://e.org/1</link>%s</item></channel></rss>",
		inside);

	w->now_s += 7 * HOUR;
	world_say(w, feed, body, true);
	free(body);
}

static void nothing_is_told(struct world *w)
{
	assert_int_equal(w->delta.fresh + w->delta.changed + w->delta.untold, 0);
}

static void a_text_that_is_left_out_stays(void **state)
{
	static const char *const later[] = { TITLE, TITLE "<description/>",
		TITLE "<description> </description><c:encoded/>", TITLE SUMMARY, SUMMARY, "" };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	size_t i;

	say(w, feed, TITLE SUMMARY FULL);
	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		say(w, feed, later[i]);
		nothing_is_told(w);
		assert_string_equal(world_articles(w), ALL);
		assert_string_equal(world_sql(w, "SELECT summary FROM item"), "Of it.");
		assert_int_equal(world_found(w, "more"), 1);
		if (i % 2 == 0) {
			say(w, feed, TITLE SUMMARY FULL);
			nothing_is_told(w);
		}
	}
	assert_string_equal(world_sql(w, "SELECT count(*) FROM previous"), "0");
}

/* It was all the text there was. */
static void so_does_a_summary(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	say(w, feed, SUMMARY);
	say(w, feed, "");
	nothing_is_told(w);
	assert_string_equal(world_sql(w, "SELECT summary, fallback FROM item"), "Of it.|Of it.");
	say(w, feed, SUMMARY FULL);
	assert_int_equal(w->delta.changed, 1);
	say(w, feed, SUMMARY);
	nothing_is_told(w);
	say(w, feed, SUMMARY FULL);
	nothing_is_told(w);
}

static void an_edit_of_the_title_takes_no_text_away(void **state)
{
	static const char *const later[] = { "<title>B</title>", "<title>C</title>" SUMMARY };
	static const char *const wanted[] = { "B:<p>All of it, and more.</p>\n",
		"C:<p>All of it, and more.</p>\n" };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	size_t i;

	say(w, feed, TITLE SUMMARY FULL);
	for (i = 0; i < 2; i++) {
		say(w, feed, later[i]);
		assert_int_equal(w->delta.changed, 1);
		assert_string_equal(world_articles(w), wanted[i]);
		assert_string_equal(world_sql(w, "SELECT summary FROM item"), "Of it.");
		assert_int_equal(world_found(w, "more"), 1);
	}
}

static void what_is_replaced_is_an_edit(void **state)
{
	static const struct {
		const char *inside;
		unsigned changed;
	} later[] = { { TITLE "<description>Something else.</description>", 1 },
		{ TITLE SUMMARY, 1 }, { TITLE OTHER, 1 }, { TITLE OTHER FULL, 1 },
		{ TITLE FULL, 0 } };
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	size_t i;

	say(w, feed, TITLE SUMMARY FULL);
	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		say(w, feed, later[i].inside);
		assert_int_equal(w->delta.changed, later[i].changed);
	}
	assert_string_equal(world_articles(w), ALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_text_that_is_left_out_stays, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(so_does_a_summary, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_edit_of_the_title_takes_no_text_away, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_replaced_is_an_edit, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
