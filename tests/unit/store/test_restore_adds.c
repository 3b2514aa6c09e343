#include "cache.h"

/* What a restore does to marks that are there already: it adds to them. */

#define FEED "https://e.org/feed"
#define LINE(at, state) "feedd-dump 1\nitem\t" FEED "\ta\t" at "\t" state "\n"
#define EARLY "2026-01-01T00:00:00Z"
#define LATE "2026-12-01T00:00:00Z"

/* It is marked between early and late. */
static void add_marked(struct world *w)
{
	world_ingest(w, world_add(w, FEED), items, 1);
	world_mark(w, STORE_STAR, "a", NULL);
	world_mark(w, STORE_TAG, "a", "mine");
}

static const char *state_of(struct world *w)
{
	return world_sql(w,
		"SELECT read || starred || ' ' || coalesce(group_concat(tag), ''),"
		" strftime('%Y-%m-%dT%H:%M:%SZ', state_s, 'unixepoch')"
		" FROM item LEFT JOIN (SELECT * FROM item_tag ORDER BY tag) ON item_id = id");
}

static const char *waiting_of(struct world *w)
{
	return world_sql(
		w, "SELECT state, strftime('%Y-%m-%dT%H:%M:%SZ', at_s, 'unixepoch') FROM waiting");
}

static void what_a_line_does_not_name_stays(void **state)
{
	struct world *w = *state;
	int newer;

	add_marked(w);
	for (newer = 1; newer >= 0; newer--) {
		world_mark(w, STORE_MARK_UNREAD, "a", NULL);
		restore(w, LINE(LATE, "read,tag:other"), newer);
		assert_int_equal(restored.states, 1);
		assert_string_equal(state_of(w), "11 mine,other|" LATE);
	}
	restore(w, LINE(LATE, "read,tag:other"), false);
	assert_int_equal(restored.states, 0);
}

static void an_unread_line_takes_nothing_off(void **state)
{
	struct world *w = *state;

	add_marked(w);
	world_mark(w, STORE_MARK_READ, "a", NULL);
	restore(w, LINE(LATE, ""), true);
	restore(w, LINE(LATE, ""), false);
	assert_int_equal(restored.states, 0);
	assert_string_equal(state_of(w), "11 mine|" LATE);
}

static void an_earlier_line_adds_and_leaves_the_time(void **state)
{
	struct world *w = *state;
	char *before;

	add_marked(w);
	before = mem_strdup(state_of(w));
	restore(w, LINE(EARLY, "read"), true);
	assert_string_equal(state_of(w), before);
	restore(w, LINE(EARLY, "read"), false);
	before[0] = '1';
	assert_string_equal(state_of(w), before);
	free(before);
}

/* Else a dump of what was put back would say another time than the one that was. */
static void a_line_of_what_is_so_already_tells_when_that_was(void **state)
{
	struct world *w = *state;

	add_marked(w);
	restore(w, LINE(LATE, "starred"), true);
	assert_int_equal(restored.states, 0);
	assert_string_equal(state_of(w), "01 mine|" LATE);
}

static void an_unread_line_is_kept_of_an_item_without_marks(void **state)
{
	struct world *w = *state;

	world_ingest(w, world_add(w, FEED), items, 1);
	restore(w, LINE(EARLY, ""), true);
	assert_string_equal(state_of(w), "00 |" EARLY);
}

static void what_waits_is_added_to(void **state)
{
	struct world *w = *state;

	restore(w, LINE(LATE, "starred,tag:mine"), false);
	restore(w, LINE(EARLY, "read"), true);
	assert_string_equal(waiting_of(w), "starred,tag:mine|" LATE);
	restore(w, LINE(EARLY, "read"), false);
	assert_string_equal(waiting_of(w), "read,starred,tag:mine|" LATE);
	restore(w, LINE(LATE, ""), false);
	assert_string_equal(waiting_of(w), "read,starred,tag:mine|" LATE);
	world_ingest(w, world_add(w, FEED), items, 1);
	assert_string_equal(state_of(w), "11 mine|" LATE);
}

static void what_waits_and_is_told_later_is_added_to(void **state)
{
	struct world *w = *state;

	restore(w, LINE(EARLY, "starred,tag:mine"), true);
	restore(w, LINE(LATE, "read"), true);
	assert_string_equal(waiting_of(w), "read,starred,tag:mine|" LATE);
}

#define TAGS 12000

/* As a line with so many tags that it just fits. */
static void restore_tags(struct world *w, char first)
{
	struct buf text;
	int i;

	buf_init(&text, 4 << 20);
	assert_int_equal(buf_add_text(&text, "feedd-dump 1\nitem\t" FEED "\ta\t" LATE "\tread"), 0);
	for (i = 0; i < TAGS; i++)
		assert_int_equal(buf_printf(&text, ",tag:%c%0239d", first, i), 0);
	assert_int_equal(buf_add_byte(&text, '\n'), 0);
	store_restore(w->store, &text, false, w->now_s, on_restored, w);
	world_wait(w);
	buf_release(&text);
}

/* Else two lines that each could be put back would be the end of all dumps. */
static void what_waits_grows_no_longer_than_a_line_of_a_dump(void **state)
{
	struct world *w = *state;

	restore_tags(w, 'a');
	assert_int_equal(restored.waiting, 1);
	restore_tags(w, 'a');
	assert_int_equal(restored.waiting, 1);
	restore_tags(w, 'b');
	assert_int_equal(restored.waiting, 0);
	assert_int_equal(restored.refused, 1);
	assert_string_equal(w->text, FEED ": an item has too many tags for a dump\n");
	assert_string_equal(world_sql(w, "SELECT length(state) FROM waiting"), "2940004");
}

/* It may wait for an item that is here under another id. */
static void what_waited_takes_nothing_off_an_item_that_is_known(void **state)
{
	static const struct words first[] = { { .guid = "http://e.org/1", .title = "A" } },
				  then[] = { { .guid = "https://e.org/1", .title = "A" } };
	struct world *w = *state;

	INGEST(w, world_add(w, FEED), first);
	world_mark(w, STORE_STAR, "http://e.org/1", NULL);
	world_mark(w, STORE_TAG, "http://e.org/1", "mine");
	restore(w, "feedd-dump 1\nitem\t" FEED "\thttps://e.org/1\t" LATE "\tread\n", false);
	assert_int_equal(restored.waiting, 1);
	INGEST(w, 1, then);
	assert_string_equal(state_of(w), "11 mine|" LATE);
}

/* Its marks have no time of their own: now is not when they were made. */
static void a_cache_that_adds_nothing_leaves_the_time(void **state)
{
	static const char cache[] = CACHE_TABLES
		"INSERT INTO rss_item (guid, feedurl, unread, flags) VALUES"
		" ('a', 'https://e.org/feed', 0, 'b');";
	struct world *w = *state;
	char *before;

	add_marked(w);
	import_cache(w, cache);
	assert_int_equal(restored.states, 1);
	before = mem_strdup(state_of(w));
	w->now_s += HOUR;
	import_cache(w, cache);
	assert_int_equal(restored.states, 0);
	assert_string_equal(state_of(w), before);
	free(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(what_a_line_does_not_name_stays),
		TEST(an_unread_line_takes_nothing_off),
		TEST(an_earlier_line_adds_and_leaves_the_time),
		TEST(a_line_of_what_is_so_already_tells_when_that_was),
		TEST(an_unread_line_is_kept_of_an_item_without_marks),
		TEST(what_waits_is_added_to),
		TEST(what_waits_and_is_told_later_is_added_to),
		TEST(what_waits_grows_no_longer_than_a_line_of_a_dump),
		TEST(what_waited_takes_nothing_off_an_item_that_is_known),
		TEST(a_cache_that_adds_nothing_leaves_the_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
