#include "dumped.h"

/* What a person did can be written down, read by eye, and put back. */

static void fill(struct world *w)
{
	static const struct store_setting settings[] = { { "every", "2h" },
		{ "title", "A\ttab and \\ back" }, { "auth", "me:secret" }, { "tags", "News,Tech" },
		{ "header", "X-A: 1" } };
	const char *const actions[] = { "mark-read", "tag T", NULL };
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, items);
	assert_true(world_set_all(w, &feed, 1, settings, 5));
	world_mark(w, STORE_MARK_READ, "a", NULL);
	world_mark(w, STORE_STAR, "https://e.org/2", NULL);
	world_mark(w, STORE_TAG, "https://e.org/3", "later");
	world_mark(w, STORE_MARK_READ, "https://e.org/3", NULL);
	world_mark(w, STORE_MARK_READ, "1", NULL);
	store_query_put(w->store, "q", "title =~ \"x\"\n\tor age < 2", on_done, w);
	world_wait(w);
	store_rule_add(w->store, "unread = \"yes\"", actions, w->now_s, on_rule, w);
	world_wait(w);
}

static void dump_restore_dump_is_the_same(void **state)
{
	struct world *w = *state;
	char *first, *second;

	fill(w);
	first = dump(w, true);
	renew(w);
	w->now_s += DAY;
	restore(w, first, false);
	assert_false(w->failed);
	assert_string_equal(w->text, "");
	assert_int_equal(restored.feeds, 1);
	assert_int_equal(restored.waiting, 4);
	second = dump(w, true);
	assert_string_equal(first, second);
	free(second);

	/* The states that waited are the items' once these come. */
	store_rule_remove(w->store, 1, on_changed, w);
	world_wait(w);
	INGEST(w, 1, items);
	assert_string_equal(world_list(w, NULL), "4 R A\n3 N* B\n2 R C\n1 R no key at all\n");
	assert_string_equal(world_sql(w, "SELECT count(*) FROM waiting"), "0");
	second = dump(w, true);
	*strstr(first, "rule\t") = '\0';
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void secrets_stay_unless_asked_for(void **state)
{
	struct world *w = *state;
	char *text;

	fill(w);
	text = dump(w, false);
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "X-A"));
	assert_non_null(strstr(text, "feed\thttps://e.org/feed\ttag\tNews\n"));
	assert_non_null(strstr(text, "feed\thttps://e.org/feed\ttitle\tA tab and \\\\ back\n"));
	free(text);
}

static void lines_are_sorted(void **state)
{
	struct world *w = *state;
	char *text, *rest, *line, *before = NULL;

	fill(w);
	rest = text = dump(w, true);
	(void)strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		if (before != NULL && strcmp(before, line) >= 0)
			fail_msg("%s\nbefore %s", before, line);
		before = line;
	}
	free(text);
}

static void newer_takes_only_what_is_later(void **state)
{
	struct world *w = *state;
	char *text;

	fill(w);
	text = dump(w, false);
	w->now_s += HOUR;
	world_mark(w, STORE_MARK_UNREAD, "a", NULL);
	restore(w, text, true);
	assert_non_null(strstr(world_list(w, NULL), "N A\n"));
	restore(w, text, false);
	assert_non_null(strstr(world_list(w, NULL), "R A\n"));
	free(text);
}

/* Which is no earlier than the dump, for all that anybody knows. */
static void a_query_that_is_there_stays_for_newer(void **state)
{
	static const char text[] =
		"feedd-dump 1\nquery\tgone\ttitle = \"g\"\nquery\tq\ttitle = \"old\"\n";
	struct world *w = *state;

	store_query_put(w->store, "q", "title = \"new\"", on_done, w);
	world_wait(w);
	restore(w, text, true);
	assert_string_equal(
		world_sql(w, "SELECT group_concat(expr) FROM (SELECT * FROM query ORDER BY name)"),
		"title = \"g\",title = \"new\"");
	restore(w, text, false);
	assert_string_equal(
		world_sql(w, "SELECT expr FROM query WHERE name = 'q'"), "title = \"old\"");
}

static const struct words at_http[] = { { .guid = "http://e.org/1", .title = "A" } };
static const struct words at_https[] = { { .guid = "https://e.org/1", .title = "A" } };

static void an_item_under_another_id_is_dumped_as_its_feed_calls_it_now(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *text;

	INGEST(w, feed, at_http);
	world_mark(w, STORE_MARK_READ, "http://e.org/1", NULL);
	INGEST(w, feed, at_https);
	text = dump(w, false);
	assert_non_null(strstr(text, "\thttps://e.org/1\t"));
	assert_null(strstr(text, "\thttp://e.org/1\t"));
	free(text);
}

static void a_mark_finds_what_got_another_id_since(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, at_http);
	INGEST(w, feed, at_https);
	restore(w,
		"feedd-dump 1\nfeed\thttps://e.org/feed\n"
		"item\thttps://e.org/feed\thttp://e.org/1\t2026-01-01T00:00:00Z\tread\n",
		false);
	assert_false(w->failed);
	assert_int_equal(restored.waiting, 0);
	assert_string_equal(world_list(w, NULL), "1 R A\n");
}

static void a_mark_waits_for_an_id_that_a_known_item_gets(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");

	INGEST(w, feed, at_http);
	restore(w,
		"feedd-dump 1\nfeed\thttps://e.org/feed\n"
		"item\thttps://e.org/feed\thttps://e.org/1\t2026-01-01T00:00:00Z\tread\n",
		false);
	assert_int_equal(restored.waiting, 1);
	INGEST(w, feed, at_https);
	assert_string_equal(world_list(w, NULL), "1 R A\n");
}

/* The feed went to https between the dump and the first document here. */
static void a_mark_waits_for_the_same_id_of_another_scheme(void **state)
{
	static const struct words come[] = {
		{ .guid = "https://e.org/1", .url = "https://e.org/1", .title = "A" },
		{ .guid = "https://e.org/2", .title = "B" },
		{ .guid = "https://e.org/3", .title = "C" },
		{ .guid = "https://www.e.org/3", .title = "D" }
	};
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\thttps://e.org/feed\n"
		"item\thttps://e.org/feed\thttp://www.e.org/1\t2026-01-01T00:00:00Z\tstarred\n"
		"item\thttps://e.org/feed\thttp://e.org/2\t2026-01-01T00:00:00Z\tstarred\n"
		"item\thttps://e.org/feed\thttps://e.org/2\t2026-01-01T00:00:00Z\tread\n"
		"item\thttps://e.org/feed\thttp://e.org/3\t2026-01-01T00:00:00Z\tread\n",
		false);
	INGEST(w, 1, come);
	assert_string_equal(world_sql(w, "SELECT group_concat(title || read || starred, ' ')"
					 " FROM (SELECT * FROM item ORDER BY title)"),
		"A01 B10 C00 D00");
	assert_string_equal(world_sql(w, "SELECT group_concat(guid, ' ') FROM waiting"),
		"http://e.org/2 http://e.org/3");
}

static void forget_store(struct world *w)
{
	char *command = mem_printf("rm -f %s/feedd.db*", w->dir);

	world_close(w);
	assert_int_equal(system(command), 0);
	free(command);
	world_open(w);
}

/* Another machine may never see the document that proved the ids bad. */
static void a_dump_tells_how_ids_are_made(void **state)
{
	static const struct words all[] = {
		{ .guid = "same", .url = "https://e.org/1", .title = "One" },
		{ .guid = "same", .url = "https://e.org/2", .title = "Two" },
		{ .guid = "same", .url = "https://e.org/3", .title = "Three" },
	};
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *text;

	INGEST(w, feed, all);
	world_mark(w, STORE_MARK_READ, "https://e.org/2", NULL);
	text = dump(w, false);
	assert_non_null(strstr(text, "feed\thttps://e.org/feed\tids\tid+link\n"));
	forget_store(w);
	restore(w, text, false);
	assert_int_equal(restored.refused, 0);
	world_ingest(w, 1, &all[1], 1);
	assert_string_equal(world_list(w, NULL), "1 R Two\n");
	free(text);
}

static void what_is_wrong_is_named_and_the_rest_is_done(void **state)
{
	struct world *w = *state;

	restore(w, "hello\n", false);
	assert_true(w->failed);
	restore(w,
		"feedd-dump 1\nfeed\tjavascript:1\nfeed\thttps://e.org/x\n"
		"feed\thttps://e.org/x\tcolour\tred\nitem\tx\nquery\tq\ttitle ==\nrule\tx\n"
		"planet\tMars\n",
		false);
	assert_false(w->failed);
	assert_int_equal(restored.feeds, 1);
	assert_int_equal(restored.refused, 6);
	assert_non_null(strstr(w->text, "planet: "));
}

/* "5400s" may have become "540", and half a letter is no reason to refuse the rest. */
static void a_line_without_its_end_is_named_and_the_others_are_done(void **state)
{
	static const char *const ends[] = { "every\t540", "title\tcaf\xC3", "" };
	struct world *w = *state;
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(text, sizeof(text),
			"feedd-dump 1\nfeed\thttps://e.org/f\nfeed\thttps://e.org/f\tkeep\t%zus\n"
			"feed\thttps://e.org/f\t%s",
			i + 1, ends[i]);
		restore(w, text, false);
		assert_int_equal(restored.refused, 1);
		assert_non_null(strstr(w->text, "the dump's end: it is cut off"));
		snprintf(text, sizeof(text), "%zu", i + 1);
		assert_string_equal(world_sql(w, "SELECT keep_s FROM feed"), text);
	}
	assert_string_equal(world_sql(w, "SELECT every_s IS NULL, title IS NULL FROM feed"), "1|1");
	restore(w, "feedd-dump 1", false);
	assert_int_equal(restored.refused, 1);
}

static void all_tags_that_are_not_named_stay(void **state)
{
	struct world *w = *state;

	world_ingest(w, world_add(w, "https://e.org/f"), items, 1);
	world_sql(w, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		     " WHERE i < 6000) INSERT INTO item_tag SELECT 1, printf('%0240d', i) FROM n;"
		     " UPDATE item SET tagged = 1");
	restore(w, "feedd-dump 1\nitem\thttps://e.org/f\ta\t2026-01-01T00:00:00Z\ttag:T\n", false);
	assert_string_equal(world_sql(w, "SELECT count(*), max(tag) FROM item_tag"), "6001|T");
}

/* By none of these could it be asked for, or fed. */
static void what_nobody_could_be_called_is_refused(void **state)
{
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\tpush:\nfeed\tpush:a b\nfeed\tpush:a\nquery\t\ttitle = \"x\"\n"
		"query\ta:b\ttitle = \"x\"\nquery\ta\\nb\ttitle = \"x\"\nquery\tab\ttitle = "
		"\"x\"\n",
		false);
	assert_int_equal(restored.refused, 5);
	assert_int_equal(restored.feeds, 1);
	assert_string_equal(world_sql(w, "SELECT url, name FROM feed, query"), "push:a|ab");
}

/* Else one line that could be put back would be the end of all dumps. */
static void what_no_dump_could_have_is_refused(void **state)
{
	struct world *w = *state;
	char *long_id = mem_printf("%*s", 5 << 20, "x"), *text;
	char *line = mem_printf("feedd-dump 1\nitem\thttps://e.org/f\t%s\t2026-01-01T00:00:00Z\t"
				"read\nitem\thttps://e.org/f\ta\t2026-01-01T00:00:00Z\tread\n",
		long_id);
	struct buf buf;

	buf_init(&buf, SIZE_MAX);
	assert_int_equal(buf_add_text(&buf, line), 0);
	store_restore(w->store, &buf, false, w->now_s, on_restored, w);
	world_wait(w);
	assert_int_equal(restored.refused, 1);
	assert_int_equal(restored.waiting, 1);
	text = dump(w, false);
	assert_false(w->failed);
	assert_non_null(strstr(text, "\ta\t2026"));
	buf_release(&buf);
	free(text);
	free(line);
	free(long_id);
}

/* It would be looked at without a pause, where no floor holds. */
static void an_interval_of_nothing_is_refused_as_it_is_by_set(void **state)
{
	struct world *w = *state;

	restore(w,
		"feedd-dump 1\nfeed\thttps://e.org/x\nfeed\thttps://e.org/x\tevery\t0s\n"
		"feed\thttps://e.org/x\tkeep\t0.5s\nfeed\thttps://e.org/y\n"
		"feed\thttps://e.org/y\tevery\t0.5s\n",
		false);
	assert_int_equal(restored.refused, 1);
	assert_non_null(strstr(w->text, "https://e.org/x: every: 0 is no interval"));
	assert_string_equal(world_sql(w, "SELECT coalesce(every_s, ''), keep_s FROM feed"
					 " ORDER BY url"),
		"|1\n1|");
}

static void words_for_an_item_that_are_none_are_named_and_the_others_stand(void **state)
{
	struct world *w = *state;
	char *text;

	world_ingest(w, world_add(w, "https://e.org/f"), items, 1);
	restore(w,
		"feedd-dump 1\nitem\thttps://e.org/f\ta\t2026-01-01T00:00:00Z\tread,pin,tag:T\n"
		"item\thttps://e.org/f\tb\t2026-01-01T00:00:00Z\ttag:,read\n",
		false);
	assert_string_equal(
		w->text, "pin: this feedd does not know such states\ntag:: a tag can't be empty\n");
	text = dump(w, false);
	assert_non_null(strstr(text, "\tread,tag:T\nitem\thttps://e.org/f\tb\t2026-01-01T"));
	restore(w, text, false);
	assert_int_equal(restored.refused, 0);
	free(text);
}

static int on_stat(void *ctx, const char *json)
{
	return on_piece(ctx, json, strlen(json));
}

static void stats_tell_numbers(void **state)
{
	const char *const tags[] = { "feed_tags", "tags", NULL };
	struct world *w = *state;

	fill(w);
	w->text[0] = '\0';
	store_stats(w->store, w->now_s, NULL, on_stat, on_page, w);
	world_wait(w);
	assert_false(w->failed);
	assert_non_null(strstr(w->text, "{\"key\":\"items\",\"value\":4}"));
	assert_non_null(strstr(w->text, "\"key\":\"items_per_day\",\"value\":[0,"));
	assert_non_null(strstr(w->text, "{\"feed_title\":\"A tab and \\\\ back\",\"items\":4}"));

	w->text[0] = '\0';
	store_stats(w->store, w->now_s, tags, on_stat, on_page, w);
	world_wait(w);
	assert_string_equal(w->text,
		"{\"key\":\"tags\",\"value\":[{\"tag\":\"later\",\"items\":1}]}"
		"{\"key\":\"feed_tags\",\"value\":[{\"tag\":\"News\",\"feeds\":1},"
		"{\"tag\":\"Tech\",\"feeds\":1}]}");
	assert_true(store_stats_knows("tags"));
	assert_false(store_stats_knows("tag"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dump_restore_dump_is_the_same),
		TEST(secrets_stay_unless_asked_for),
		TEST(lines_are_sorted),
		TEST(newer_takes_only_what_is_later),
		TEST(a_query_that_is_there_stays_for_newer),
		TEST(an_item_under_another_id_is_dumped_as_its_feed_calls_it_now),
		TEST(a_mark_finds_what_got_another_id_since),
		TEST(a_mark_waits_for_an_id_that_a_known_item_gets),
		TEST(a_mark_waits_for_the_same_id_of_another_scheme),
		TEST(a_dump_tells_how_ids_are_made),
		TEST(what_is_wrong_is_named_and_the_rest_is_done),
		TEST(a_line_without_its_end_is_named_and_the_others_are_done),
		TEST(all_tags_that_are_not_named_stay),
		TEST(what_nobody_could_be_called_is_refused),
		TEST(what_no_dump_could_have_is_refused),
		TEST(an_interval_of_nothing_is_refused_as_it_is_by_set),
		TEST(words_for_an_item_that_are_none_are_named_and_the_others_stand),
		TEST(stats_tell_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
