#include "articles.h"
#include "feeds.h"

/*
 * One item that a document has more than once: it is the newest copy, with what that lacks
 * from the others.
 */

#define LINK "<link>https://e.org/film</link>"
#define EMPTY                                                                                      \
	"<item><title>Film</title>" LINK "<description><![CDATA[]]></description>"                 \
	"<pubDate>Thu, 21 Dec 2023 22:12:49 +0200</pubDate></item>"
#define FULL_OF(text)                                                                              \
	"<item><title>Film</title>" LINK "<description>Of it.</description>"                       \
	"<c:encoded>&lt;p&gt;" text "&lt;/p&gt;</c:encoded><author>a@e.org (Ann)</author>"         \
	"<category>Arts</category><enclosure url='https://e.org/f.jpg' type='image/jpeg'/>"        \
	"<pubDate>Thu, 21 Dec 2023 21:47:16 +0200</pubDate></item>"
#define FULL FULL_OF("All of it.")
#define OTHER                                                                                      \
	"<item><title>Other</title><link>https://e.org/other</link>"                               \
	"<description>Else</description><pubDate>Thu, 21 Dec 2023 20:00:00 +0200</pubDate></item>"
#define DETAILS                                                                                    \
	"SELECT published_s, summary, json_extract(authors, '$[0].name'), categories,"             \
	" json_extract(attachments, '$[0].url') FROM item WHERE title = 'Film'"

static void say(struct world *w, int64_t feed, const char *items)
{
	char *body = mem_printf("<rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/"
				"content/'><channel><title>F</title>%s</channel></rss>",
		items);

	w->now_s += 7 * HOUR;
	world_say(w, feed, body, true);
	free(body);
}

static void nothing_came(struct world *w)
{
	assert_int_equal(w->delta.fresh + w->delta.changed + w->delta.untold, 0);
}

static void an_empty_copy_takes_no_text_away(void **state)
{
	static const char *const orders[] = { EMPTY OTHER FULL, FULL OTHER EMPTY };
	struct world *w = *state;
	size_t i;

	for (i = 0; i < 4; i++) {
		int64_t feed = world_add(w, "https://e.org/feed");

		w->now_s += (int64_t)(i / 2); /* as a first document and as none */
		say(w, feed, orders[i % 2]);
		assert_int_equal(w->delta.fresh, 2);
		assert_string_equal(world_articles(w), "Other:Else\nFilm:<p>All of it.</p>\n");
		assert_string_equal(world_sql(w, DETAILS),
			"1703189569|Of it.|Ann|[\"Arts\"]|https://e.org/f.jpg");
		say(w, feed, orders[1 - i % 2]);
		nothing_came(w);
		(void)world_sql(w, "DELETE FROM shown"); /* compared anew */
		say(w, feed, orders[i % 2]);
		nothing_came(w);
		remove_feed(w, feed, true);
	}
}

static void either_copy_may_go(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	say(w, feed, EMPTY FULL);
	say(w, feed, FULL);
	nothing_came(w);
	say(w, feed, EMPTY FULL);
	nothing_came(w);
	assert_string_equal(world_articles(w), "Film:<p>All of it.</p>\n");
}

static void an_edit_of_the_full_copy_is_one(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	say(w, feed, EMPTY FULL);
	say(w, feed, EMPTY FULL_OF("Much more of it."));
	assert_int_equal(w->delta.fresh, 0);
	assert_int_equal(w->delta.changed, 1);
	assert_string_equal(world_articles(w), "Film:<p>Much more of it.</p>\n");
}

/* The newest keeps what it says itself. */
static void the_newest_copy_counts(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	say(w, feed,
		FULL "<item><title>Film</title>" LINK "<description>Corrected.</description>"
		     "<category>Cinema</category>"
		     "<pubDate>Fri, 22 Dec 2023 00:00:00 +0200</pubDate></item>");
	assert_string_equal(world_articles(w), "Film:Corrected.\n");
	assert_string_equal(world_sql(w, DETAILS),
		"1703196000|Corrected.|Ann|[\"Cinema\"]|https://e.org/f.jpg");
}

/* One id that two items have, of too many others to be called bad: they share nothing. */
static void different_items_share_nothing(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct words items[60];
	char memory[60][8];
	size_t i;

	memset(items, 0, sizeof(items));
	for (i = 0; i < 60; i++) {
		snprintf(memory[i], sizeof(memory[i]), "%zu", i);
		items[i] = (struct words){ .guid = memory[i],
			.title = memory[i],
			.text = "Text",
			.published_s = NOW - DAY - (int64_t)i };
	}
	items[0].guid = items[1].guid;
	items[0].text = NULL;
	items[0].url = "https://e.org/0";
	items[1].url = "https://e.org/1";
	INGEST(w, feed, items);
	assert_string_equal(world_sql(w, "SELECT id_policy FROM feed"), "0");
	assert_int_equal(w->delta.fresh, 59);
	assert_non_null(strstr(world_articles(w), "\n0:-\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_empty_copy_takes_no_text_away, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(either_copy_may_go, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			an_edit_of_the_full_copy_is_one, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_newest_copy_counts, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			different_items_share_nothing, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
