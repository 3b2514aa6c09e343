#include "world.h"

#include "daemon/store/db.h"
#include "daemon/store/filter.h"
#include "daemon/store/internal.h"
#include "daemon/store/row.h"
#include "daemon/store/visit.h"

/* Every question is answered from an index; which one stands here. */

struct plan {
	struct job job;
	struct query query;
	const char *sql; /* or NULL: the query */
	char *out;
	size_t size;
};

static int plan_run(struct job *job, struct writer *writer, struct err *err)
{
	struct plan *plan = (struct plan *)job;
	char *sql = mem_printf(
		"EXPLAIN QUERY PLAN %s", plan->sql != NULL ? plan->sql : plan->query.sql.data);
	sqlite3_stmt *rows = NULL;
	size_t used = 0;

	plan->out[0] = '\0';
	if (sqlite3_prepare_v2(writer->db.handle, sql, -1, &rows, NULL) != SQLITE_OK) {
		free(sql);
		return db_error(&writer->db, err);
	}
	while (sqlite3_step(rows) == SQLITE_ROW && used < plan->size)
		used += (size_t)snprintf(plan->out + used, plan->size - used, "%s\n",
			(const char *)sqlite3_column_text(rows, 3));
	sqlite3_finalize(rows);
	free(sql);
	return 0;
}

static void plan_done(struct job *job, const struct err *err)
{
	(void)job;
	(void)err;
}

static void plan_release(struct job *job)
{
	query_release(&((struct plan *)job)->query);
	free(job);
}

static struct plan *plan_new(struct world *w)
{
	struct plan *plan = MEM_NEW(struct plan);

	query_init(&plan->query);
	plan->job.run = plan_run;
	plan->job.done = plan_done;
	plan->job.release = plan_release;
	plan->out = w->text;
	plan->size = sizeof(w->text);
	return plan;
}

/* Also waits for it: a flush of the queue. */
static const char *plan_of(struct world *w, struct plan *plan)
{
	queue_push(w->store->queue, &plan->job);
	store_log_add(w->store, 0, "test", NULL, w->now_s, on_done, w);
	world_wait(w);
	assert_false(w->failed);
	return w->text;
}

static const char *plan_of_filter(struct world *w, const struct store_filter *filter)
{
	struct plan *plan = plan_new(w);

	query_add(&plan->query, "SELECT ");
	query_add(&plan->query, row_columns(ROW_BRIEF));
	filter_from(&plan->query, filter, FILTER_BY_DATE, world_look(w));
	assert_int_equal(filter_where(&plan->query, filter, NULL, NULL), 0);
	query_add(&plan->query,
		" AND (i.date_s, i.id) < (1, 1) ORDER BY i.date_s DESC, i.id DESC LIMIT 1");
	return plan_of(w, plan);
}

/* Of one of the tables of dates, as a listing reads it. */
static const char *plan_of_dates(
	struct world *w, const struct store_filter *filter, const char *position)
{
	struct plan *plan = plan_new(w);

	assert_true(filter_is_led_by_dates(filter, FILTER_BY_DATE, world_look(w)));
	query_add(&plan->query, "SELECT ");
	query_add(&plan->query, row_columns(ROW_BRIEF));
	filter_from_dated(&plan->query, filter);
	assert_int_equal(filter_where(&plan->query, filter, NULL, NULL), 0);
	query_add(&plan->query, position);
	query_add(&plan->query, " ORDER BY d.date_s DESC, d.id DESC LIMIT 1");
	return plan_of(w, plan);
}

static void assert_plan(const char *plan, const char *index)
{
	char wanted[80];

	snprintf(wanted, sizeof(wanted), "SEARCH i USING INDEX %s (", index);
	if (strstr(plan, wanted) == NULL)
		fail_msg("%s is not used:\n%s", index, plan);
	if (strstr(plan, "TEMP B-TREE") != NULL)
		fail_msg("rows are sorted:\n%s", plan);
}

static void assert_led_by_dates(struct world *w, const struct store_filter *filter)
{
	static const char *const positions[] = { "", " AND d.date_s = 7 AND d.id < 9",
		" AND d.date_s < 7" };
	size_t i;

	for (i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
		const char *plan = plan_of_dates(w, filter, positions[i]);
		bool bounded = positions[i][0] != '\0' || filter->since_s != INT64_MIN;

		if (strstr(plan, bounded ? "SEARCH d USING PRIMARY KEY (date_s" : "SCAN d\n") ==
				NULL ||
			strstr(plan, "SEARCH i USING INTEGER PRIMARY KEY (rowid=?)") == NULL ||
			strstr(plan, "TEMP B-TREE") != NULL)
			fail_msg("\"%s\":\n%s", positions[i], plan);
	}
}

static void lists_page_by_index(void **state)
{
	struct world *w = *state;
	const char *tag = "News";
	int64_t ids[2] = { 1, 2 };
	struct store_filter filter;

	filter_any(&filter);
	assert_led_by_dates(w, &filter);
	filter.feed_ids = ids;
	filter.feed_count = 2;
	assert_led_by_dates(w, &filter);
	filter.feed_count = 1;
	assert_plan(plan_of_filter(w, &filter), "item_feed");
	filter_any(&filter);
	filter.tags = &tag;
	filter.tag_count = 1;
	assert_led_by_dates(w, &filter);
	filter.read = STORE_UNREAD;
	assert_led_by_dates(w, &filter);
	filter.starred = 1;
	assert_plan(plan_of_filter(w, &filter), "item_starred");
	filter_any(&filter);
	filter.since_s = 5;
	filter.until_s = 10;
	assert_led_by_dates(w, &filter);
}

/* As list_ahead.c reads a page. */
static void ids_lead_to_their_items(void **state)
{
	struct world *w = *state;
	struct plan *plan = plan_new(w);
	struct store_filter filter;

	filter_any(&filter);
	filter.read = STORE_UNREAD;
	query_add(&plan->query, "SELECT d.id, d.date_s FROM dated d WHERE 1");
	filter_dates(&plan->query, &filter);
	query_add(&plan->query, " AND d.date_s < 7 ORDER BY d.date_s DESC, d.id DESC LIMIT 1");
	plan_of(w, plan);
	if (strstr(w->text, "SEARCH d USING PRIMARY KEY (date_s<?)") == NULL ||
		strstr(w->text, "TEMP B-TREE") != NULL)
		fail_msg("%s", w->text);
	plan = plan_new(w);
	query_add(&plan->query, "SELECT visit(?, ");
	query_pointer(&plan->query, NULL, VISITOR);
	query_add(&plan->query, row_columns(ROW_LINE));
	query_add(&plan->query, ") FROM ids(?) CROSS JOIN item i NOT INDEXED ON i.id = value"
				" WHERE i.added_seq <= 7");
	query_pointer(&plan->query, NULL, "ids");
	plan_of(w, plan);
	if (strstr(w->text, "SCAN ids VIRTUAL TABLE") == NULL ||
		strstr(w->text, "SEARCH i USING INTEGER PRIMARY KEY (rowid=?)") == NULL)
		fail_msg("%s", w->text);
}

static void words_lead_to_their_items(void **state)
{
	struct world *w = *state;
	struct plan *plan = plan_new(w);
	struct store_filter filter;
	struct err err;

	filter_any(&filter);
	filter.match = "word";
	query_add(&plan->query, "SELECT i.id");
	assert_int_equal(filter_from_search(&plan->query, &filter, NULL, &err), 0);
	plan_of(w, plan);
	if (strstr(w->text, "SCAN search VIRTUAL TABLE") == NULL ||
		strstr(w->text, "SEARCH i USING INTEGER PRIMARY KEY") == NULL)
		fail_msg("%s", w->text);
	plan = plan_new(w);
	query_add(&plan->query, "SELECT i.id");
	assert_int_equal(filter_from_found(&plan->query, &filter, "[1,2]", NULL, &err), 0);
	plan_of(w, plan);
	if (strstr(w->text, "SCAN found VIRTUAL TABLE") == NULL ||
		strstr(w->text, "SEARCH i USING INTEGER PRIMARY KEY") == NULL)
		fail_msg("%s", w->text);
}

/* Tables that grow with feeds or items; each scan of one must be meant. */
static bool is_scan(const char *line)
{
	static const char *const tables[] = { "item", "i", "dated", "key", "story", "content",
		"previous", "shown", "log", "item_tag", "t", "poll", "p", "feed", "f", "validator",
		"v" };
	char scan[32];
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(scan, sizeof(scan), "SCAN %s", tables[i]);
		if (strncmp(line, scan, strlen(scan)) == 0 &&
			(line[strlen(scan)] == '\0' || line[strlen(scan)] == '\n'))
			return true;
	}
	return false;
}

/* As they are counted, marked or gathered. */
static const char *plan_without_order(struct world *w, const struct store_filter *filter)
{
	struct plan *plan = plan_new(w);

	query_add(&plan->query, "SELECT i.id");
	filter_from(&plan->query, filter, FILTER_UNORDERED, world_look(w));
	assert_int_equal(filter_where(&plan->query, filter, NULL, NULL), 0);
	return plan_of(w, plan);
}

static void assert_none_scanned(const char *plan)
{
	const char *line;

	for (line = plan; *line != '\0'; line = strchr(line, '\n') + 1)
		if (is_scan(line))
			fail_msg("%s", plan);
	assert_non_null(strstr(plan, "SEARCH i USING INTEGER PRIMARY KEY (rowid=?)"));
	assert_non_null(strstr(plan, "SEARCH item USING COVERING INDEX item_feed (feed_id=?)"));
}

static void few_lead_to_their_items(void **state)
{
	struct world *w = *state;
	struct words items[20];
	char guids[20][4];
	const char *tag = "News", *plan;
	int64_t ids[2] = { 8, 9 }; /* which have none */
	struct store_filter filter;

	for (int i = 0; i < 20; i++) {
		snprintf(guids[i], sizeof(guids[i]), "%d", i);
		items[i] = (struct words){ .guid = guids[i], .title = guids[i] };
	}
	INGEST(w, world_add(w, "https://e.org/feed"), items);
	filter_any(&filter);
	filter.feed_ids = ids;
	filter.feed_count = 2;
	assert_none_scanned(plan_without_order(w, &filter));
	filter_any(&filter);
	filter.tags = &tag;
	filter.tag_count = 1;
	plan = plan_without_order(w, &filter);
	assert_none_scanned(plan);
	assert_non_null(strstr(plan, "INDEX feed_tag_tag (tag=?)"));
	assert_non_null(strstr(plan, "INDEX item_tag_tag (tag=?)"));
	filter_any(&filter);
	filter.changed = true;
	plan = plan_without_order(w, &filter);
	assert_non_null(strstr(plan, "INDEX item_changed (changed_seq>?)"));
	assert_null(strstr(plan, "SCAN i"));
	filter_any(&filter);
	filter.since_seq = store_seq(w->store);
	plan = plan_without_order(w, &filter);
	assert_non_null(strstr(plan, "SEARCH i USING INTEGER PRIMARY KEY (rowid>?)"));
	assert_null(strstr(plan, "SCAN i"));
}

/* Where there is no way about all items, from neighbour to neighbour. */
static void without_an_order_items_come_by_id(void **state)
{
	struct world *w = *state;
	struct store_filter filter;

	filter_any(&filter);
	filter.changed = true;
	assert_string_equal(plan_without_order(w, &filter), "SCAN i\n");
	filter.read = STORE_UNREAD;
	assert_string_equal(plan_without_order(w, &filter), "SCAN i USING INDEX item_unread\n");
	filter.since_s = 5;
	assert_non_null(strstr(plan_without_order(w, &filter), "(date_s>?)"));
}

static void a_set_of_words_is_looked_up_by_date(void **state)
{
	struct world *w = *state;
	struct store_filter filter;
	const char *plan;

	filter_any(&filter);
	plan = plan_of_dates(w, &filter, " AND is_found(NULL, d.id) AND d.date_s < 7");
	assert_non_null(strstr(plan, "SEARCH d USING PRIMARY KEY (date_s<?)"));
	assert_non_null(strstr(plan, "SEARCH i USING INTEGER PRIMARY KEY (rowid=?)"));
	assert_null(strstr(plan, "TEMP B-TREE"));
}

static const char *const names[] = {
#define STATEMENT(name, ...) #name,
#include "daemon/store/statement.def"
#undef STATEMENT
};

/* What looks at every feed by its nature, or at an end of a table. */
static bool is_meant(const char *name)
{
	static const char *const meant[] = { "FEED_ALL_NAMES", "FEED_KEYS", "FEED_FIND_TITLE",
		"FEEDS_ASKABLE", "SUBSCRIPTIONS", "SUBSCRIPTION_TAGS", "FEED_FORGET_REMOVED",
		"PURGE_REMOVED_FEED", "RETAIN_LEAST_KEEP", "LAST_RECEIVED", "POLL_CLAMP",
		"POLL_CLAMP_NEAR", "POLL_CLAMP_PAST", "POLL_STEP" };
	size_t i;

	for (i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		if (strcmp(name, meant[i]) == 0)
			return true;
	return strncmp(name, "STATS_", 6) == 0 || strncmp(name, "DUMP_", 5) == 0;
}

static void statements_scan_no_table_that_grows(void **state)
{
	struct world *w = *state;
	size_t i;

	for (i = 0; i < STATEMENTS; i++) {
		struct plan *plan;
		const char *line;

		if (is_meant(names[i]) ||
			strncmp(db_statement_text((enum statement)i), "PRAGMA", 6) == 0)
			continue;
		plan = plan_new(w);
		plan->sql = db_statement_text((enum statement)i);
		for (line = plan_of(w, plan); line != NULL && *line != '\0';
			line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL)
			if (is_scan(line))
				fail_msg("%s\n%s", db_statement_text((enum statement)i), w->text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(lists_page_by_index),
		TEST(ids_lead_to_their_items),
		TEST(words_lead_to_their_items),
		TEST(few_lead_to_their_items),
		TEST(without_an_order_items_come_by_id),
		TEST(a_set_of_words_is_looked_up_by_date),
		TEST(statements_scan_no_table_that_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
