#include "articles.h"

/*
 * What becomes of an item that comes again with the same title and text, and
 * with another author, category, attachment or query of its link.
 */

#define HEAD "<rss version='2.0'><channel><title>A feed</title>"
#define END "</channel></rss>"
#define ITEM(more)                                                                                 \
	"<item><guid isPermaLink='false'>1</guid><title>Show 1</title>"                            \
	"<description>Words</description>" more "</item>"
#define OTHER                                                                                      \
	"<item><guid isPermaLink='false'>2</guid><title>Show 2</title>"                            \
	"<description>Other words</description><author>Ann</author></item>"
#define FIRST                                                                                      \
	ITEM("<link>https://e.org/?p=1</link><author>Jon Smiht</author>"                           \
	     "<category>Musik</category>"                                                          \
	     "<enclosure url='https://e.org/wrong.mp3' length='5' type='audio/mpeg'/>")
#define CORRECTED                                                                                  \
	ITEM("<link>https://e.org/?p=2</link><author>John Smith</author>"                          \
	     "<category>Music</category><category domain='x'>Music</category>"                     \
	     "<enclosure url='https://e.org/right.mp3' length='6' type='audio/mpeg'/>")
#define NEXT_FILE                                                                                  \
	ITEM("<link>https://e.org/?p=1</link><author>Jon Smiht</author>"                           \
	     "<category>Musik</category>"                                                          \
	     "<enclosure url='https://e.org/right.mp3' length='5' type='audio/mpeg'/>")

static void assert_sql(struct world *w, const char *sql, const char *wanted)
{
	assert_string_equal(world_sql(w, sql), wanted);
}

/* From now on each write of an item's row is counted. */
static void count_writes(struct world *w)
{
	(void)world_sql(w, "CREATE TABLE writes (id);"
			   " CREATE TRIGGER writing AFTER UPDATE ON item BEGIN"
			   " INSERT INTO writes VALUES (old.id); END");
}

static const char *writes(struct world *w)
{
	return world_sql(w, "SELECT count(*) FROM writes");
}

static void a_correction_is_stored_and_not_told(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *seq;

	world_say(w, feed, HEAD FIRST END, true);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	seq = mem_strdup(world_sql(w, "SELECT seq FROM store"));
	w->now_s += DAY;
	world_say(w, feed, HEAD CORRECTED END, true);
	assert_int_equal(w->delta.fresh + w->delta.changed + w->delta.untold, 0);
	assert_sql(w, "SELECT url, authors -> 0 ->> 'name', categories FROM item",
		"https://e.org/?p=2|John Smith|[\"Music\"]");
	assert_sql(w,
		"SELECT attachments -> 0 ->> 'url', attachments -> 0 ->> 'size_in_bytes' FROM item",
		"https://e.org/right.mp3|6");
	assert_sql(w, "SELECT revision, changed_seq IS NULL, changed_s IS NULL FROM item", "1|1|1");
	assert_sql(w, "SELECT count(*) FROM previous", "0");
	assert_sql(w, "SELECT seq FROM store", seq);
	free(seq);
	assert_string_equal(world_list(w, NULL), "1 R Show 1\n");
}

static void what_is_missing_stays(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, HEAD FIRST OTHER END, true);
	count_writes(w);
	world_say(w, feed, HEAD ITEM("<link>https://e.org/?p=1</link>") OTHER END, true);
	world_say(w, feed, HEAD ITEM("<link>https://e.org/?p=1</link>"), false);
	assert_string_equal(writes(w), "0");
	/* And of several things one may be missing. */
	world_say(w, feed,
		HEAD ITEM("<link>https://e.org/?p=1</link><author>John Smith</author>") END, false);
	assert_sql(w, "SELECT authors -> 0 ->> 'name', categories FROM item WHERE title = 'Show 1'",
		"John Smith|[\"Musik\"]");
	assert_sql(w, "SELECT attachments -> 0 ->> 'url' FROM item WHERE title = 'Show 1'",
		"https://e.org/wrong.mp3");
}

/* The first of a document has the higher id. */
static void only_what_differs_is_written(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, HEAD FIRST OTHER END, true);
	count_writes(w);
	world_say(w, feed, HEAD FIRST OTHER END, true);
	world_say(w, feed, HEAD OTHER FIRST END, true);
	assert_string_equal(writes(w), "0");
	world_say(w, feed, HEAD NEXT_FILE OTHER END, true);
	world_say(w, feed, HEAD NEXT_FILE OTHER END, true);
	assert_sql(w, "SELECT group_concat(id) FROM writes", "2");
}

/* It was away, so that nothing tells at once whether it is as it was. */
static void an_item_that_returns_is_compared(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, HEAD FIRST OTHER END, true);
	world_say(w, feed, HEAD OTHER END, true);
	world_say(w, feed, HEAD NEXT_FILE OTHER END, true);
	assert_int_equal(w->delta.fresh + w->delta.changed, 0);
	assert_sql(w, "SELECT attachments -> 0 ->> 'url' FROM item WHERE title = 'Show 1'",
		"https://e.org/right.mp3");
}

/* The ids of a program that wrote other states are seen as changed once. */
static void states_of_another_form_cost_one_comparison(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, HEAD FIRST END, true);
	(void)world_sql(w,
		"UPDATE shown SET keys ="
		" CAST(substr(keys, 1, 8) || x'010203040506' || substr(keys, 15) AS BLOB)");
	count_writes(w);
	world_say(w, feed, HEAD FIRST END, true);
	assert_string_equal(writes(w), "0");
	assert_sql(w, "SELECT hex(substr(keys, 9, 6)) = '010203040506' FROM shown", "0");
}

static void an_author_is_found_by_the_corrected_name(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, HEAD FIRST END, true);
	assert_int_equal(world_found(w, "smiht"), 1);
	world_say(w, feed, HEAD CORRECTED END, true);
	assert_int_equal(world_found(w, "smiht"), 0);
	assert_int_equal(world_found(w, "smith"), 1);
	assert_int_equal(world_found(w, "words"), 1);
}

static void the_index_rests_where_its_text_does(void **state)
{
	static const char index[] =
		"SELECT sum(id), count(*), hex(group_concat(hex(block))) FROM search_data";
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *before;

	world_say(w, feed, HEAD FIRST END, true);
	assert_int_equal(world_found(w, "words"), 1);
	before = mem_strdup(world_sql(w, index));
	world_say(w, feed, HEAD NEXT_FILE END, true);
	assert_int_equal(world_found(w, "words"), 1);
	assert_string_equal(world_sql(w, index), before);
	free(before);
}

static void an_item_is_found_by_its_corrected_link(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, HEAD FIRST END, true);
	world_say(w, feed, HEAD CORRECTED END, true);
	world_mark(w, STORE_STAR, "https://e.org/?p=1", NULL);
	assert_sql(w, "SELECT starred FROM item", "0");
	world_mark(w, STORE_STAR, "https://e.org/?p=2", NULL);
	assert_sql(w, "SELECT starred FROM item", "1");
}

/* RFC 4287, 4.2.1 and JSON Feed 1.1: they are those of who names none. */
static void the_feeds_authors_are_corrected_too(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	world_say(w, feed, HEAD "<managingEditor>Jon Smiht</managingEditor>" ITEM("") OTHER END,
		true);
	count_writes(w);
	world_say(w, feed, HEAD "<managingEditor>John Smith</managingEditor>" ITEM("") OTHER END,
		true);
	assert_sql(w,
		"SELECT group_concat(authors -> 0 ->> 'name') FROM (SELECT * FROM item ORDER BY "
		"title)",
		"John Smith,Ann");
	assert_sql(w, "SELECT count(*) FROM writes", "1");
	assert_int_equal(w->delta.changed, 0);
	world_say(w, feed, HEAD ITEM("") OTHER END, true);
	assert_sql(w, "SELECT count(*) FROM item WHERE authors IS NULL", "0");
}

/* Of itself, or along with a correction. */
static void a_time_of_change_is_the_feeds(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	static const char *const docs[] = {
#define ENTRY(updated, term)                                                                       \
	"<feed xmlns='http://www.w3.org/2005/Atom'><title>A feed</title><entry><id>1</id>"         \
	"<title>T</title><content>x</content><published>2026-05-01T00:00:00Z</published>"          \
	"<updated>" updated "</updated><category term='" term "'/></entry></feed>"
		ENTRY("2026-05-02T00:00:00Z", "a"),
		ENTRY("2026-05-03T00:00:00Z", "a"),
		ENTRY("2026-05-04T00:00:00Z", "b"),
	};

	world_say(w, feed, docs[0], true);
	count_writes(w);
	world_say(w, feed, docs[1], true);
	world_say(w, feed, docs[1], true);
	assert_string_equal(writes(w), "1");
	assert_sql(w, "SELECT date(modified_s, 'unixepoch'), date(date_s, 'unixepoch') FROM item",
		"2026-05-03|2026-05-01");
	assert_int_equal(w->delta.changed + w->delta.untold, 0);
	world_say(w, feed, docs[2], true);
	assert_sql(w, "SELECT date(modified_s, 'unixepoch'), date(date_s, 'unixepoch') FROM item",
		"2026-05-04|2026-05-01");
}

/* Where the id changed along with an attachment, it is one item all the same. */
static void a_correction_comes_with_another_id(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	static const char *const docs[] = {
#define UNDER(id, file)                                                                            \
	HEAD "<item><guid isPermaLink='false'>" id "</guid><title>T</title>"                       \
	     "<link>https://e.org/a</link><description>Words</description>"                        \
	     "<enclosure url='https://e.org/" file "' type='audio/mpeg'/></item>" END
		UNDER("old", "wrong.mp3"),
		UNDER("new", "right.mp3"),
	};

	world_say(w, feed, docs[0], true);
	world_say(w, feed, docs[1], true);
	assert_int_equal(w->delta.rekeyed, 1);
	assert_int_equal(w->delta.changed, 0);
	assert_sql(w, "SELECT guid, attachments -> 0 ->> 'url' FROM item",
		"new|https://e.org/right.mp3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_correction_is_stored_and_not_told),
		TEST(what_is_missing_stays),
		TEST(only_what_differs_is_written),
		TEST(an_item_that_returns_is_compared),
		TEST(states_of_another_form_cost_one_comparison),
		TEST(an_author_is_found_by_the_corrected_name),
		TEST(the_index_rests_where_its_text_does),
		TEST(an_item_is_found_by_its_corrected_link),
		TEST(the_feeds_authors_are_corrected_too),
		TEST(a_time_of_change_is_the_feeds),
		TEST(a_correction_comes_with_another_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
