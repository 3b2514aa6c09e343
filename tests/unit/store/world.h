#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "common/mem.h"
#include "daemon/feed/build.h"
#include "daemon/store/db.h"
#include "daemon/store/internal.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"
#include "daemon/store/store_items.h"

/*
 * A store in a directory of its own, driven step by step: each call here runs
 * the loop until its answer is there.
 */
#define NOW 1780000000 /* 2026-05-28 */
#define HOUR 3600
#define DAY 86400

struct world {
	char dir[64];
	uv_loop_t loop;
	struct store *store;
	int64_t now_s;
	bool done;
	bool failed;
	struct err err;
	struct store_delta delta;
	uint64_t number;
	uint64_t rows;
	bool more;
	struct store_position position;
	char text[1 << 16]; /* what rows said, a line each */
	int64_t id;
	struct db look; /* world_look() */
};

/* A connection of the test's own: the store's belong to its threads. */
static inline struct db *world_look(struct world *w)
{
	struct err err;

	if (w->look.handle == NULL && db_open(&w->look, w->store->path, DB_READ, &err) < 0)
		fail_msg("%s", err.text);
	return &w->look;
}

static inline void world_open(struct world *w)
{
	struct store_options options = { w->dir, 90 * DAY, INT64_MAX, DAY, 3, NULL, NULL };
	struct err err;

	if (store_open(&w->loop, &options, &w->store, &err) < 0)
		fail_msg("%s", err.text);
}

static inline void world_close(struct world *w)
{
	db_close(&w->look);
	store_close(w->store);
	w->store = NULL;
	uv_run(&w->loop, UV_RUN_DEFAULT);
}

static inline int world_setup(void **state)
{
	struct world *w = MEM_NEW(struct world);

	strcpy(w->dir, "/tmp/feedd-store-XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		return -1;
	uv_loop_init(&w->loop);
	w->now_s = NOW;
	world_open(w);
	*state = w;
	return 0;
}

/* Whatever a test did, what the store and its feeds count is what there is, and
 * each item is found by its date; a file that a test broke has no say. */
static inline int world_counts(const struct world *w)
{
	static const char *const sql =
		"SELECT count(*) FROM store s WHERE items <> (SELECT count(*) FROM item)"
		" OR unread <> (SELECT count(*) FROM item WHERE read = 0)"
		" OR starred <> (SELECT count(*) FROM item WHERE starred = 1)"
		" OR EXISTS (SELECT 1 FROM feed f WHERE total <>"
		" (SELECT count(*) FROM item WHERE feed_id = f.id) OR unread <>"
		" (SELECT count(*) FROM item WHERE feed_id = f.id AND read = 0))"
		" OR (SELECT count(*) FROM dates) <> (SELECT count(*) FROM item)"
		" OR EXISTS (SELECT date_s, id, read FROM item"
		" EXCEPT SELECT date_s, id, read FROM dates)";
	char *command = mem_printf("sqlite3 %s/feedd.db \"%s\" 2>&1", w->dir, sql);
	FILE *pipe = popen(command, "r");
	char answer[8] = "";

	if (fgets(answer, sizeof(answer), pipe) != NULL && answer[0] == '1')
		print_error("the counters are wrong\n");
	pclose(pipe);
	free(command);
	return answer[0] == '1' ? -1 : 0;
}

static inline int world_teardown(void **state)
{
	struct world *w = *state;
	int result = world_counts(w);
	char command[128];

	store_position_release(&w->position);
	world_close(w);
	uv_loop_close(&w->loop);
	snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	if (system(command) != 0)
		return -1;
	free(w);
	return result;
}

static inline void world_wait(struct world *w)
{
	while (!w->done)
		uv_run(&w->loop, UV_RUN_ONCE);
	w->done = false;
}

static inline void world_answer(struct world *w, const struct err *err)
{
	w->done = true;
	w->failed = err != NULL;
	if (err != NULL)
		w->err = *err;
}

static inline void on_done(void *ctx, const struct err *err)
{
	world_answer(ctx, err);
}

static inline void no_plan(void *ctx, const struct store_claim *feed, struct store_state *state)
{
	(void)ctx;
	(void)feed;
	(void)state;
}

static inline void on_noted(void *ctx, enum store_moved moved, const struct err *err)
{
	(void)moved;
	on_done(ctx, err);
}

static inline void on_changed(void *ctx, uint64_t changed, const struct err *err)
{
	((struct world *)ctx)->number = changed;
	world_answer(ctx, err);
}

/* ------------------------------------------------------------- feeds ---- */

static inline void on_added(
	void *ctx, const struct store_added *results, size_t count, const struct err *err)
{
	struct world *w = ctx;

	if (err == NULL && count > 0)
		w->id = results[0].feed_id;
	w->number = err == NULL && count > 0 && results[0].existed;
	world_answer(w, err);
}

static inline int64_t world_add(struct world *w, const char *url)
{
	struct store_new_feed feed;

	memset(&feed, 0, sizeof(feed));
	feed.url = mem_strdup(url);
	feed.settings.every_s = feed.settings.keep_s = -1;
	feed.next_poll_s = feed.added_at_s = w->now_s;
	store_feeds_add(w->store, &feed, 1, on_added, w);
	world_wait(w);
	assert_false(w->failed);
	return w->id;
}

static inline bool world_set_all(struct world *w, const int64_t *feed_ids, size_t count,
	const struct store_setting *settings, size_t setting_count)
{
	struct store_set what = { feed_ids, count, settings, setting_count, no_plan, NULL };

	store_feeds_set(w->store, &what, w->now_s, on_changed, w);
	world_wait(w);
	return !w->failed;
}

/* False where it is refused. */
static inline bool world_set(struct world *w, int64_t feed_id, const char *key, const char *value)
{
	struct store_setting setting = { key, value };

	return world_set_all(w, &feed_id, 1, &setting, 1);
}

/* --------------------------------------------------------- documents ---- */

/* An item in few words; NULL where there is none. */
struct words {
	const char *guid, *url, *title, *text, *plain, *date, *enclosure;
	int64_t published_s; /* 0: none */
};

static inline struct feed_text words_text(struct build *build, const char *text)
{
	struct feed_text none = { 0, 0 };

	return text != NULL ? build_text(build, text, strlen(text), 1 << 20) : none;
}

static inline void words_add(struct build *build, const struct words *words)
{
	struct feed_item *item = build_item_begin(build);
	char date[32];

	assert_non_null(item);
	item->guid = words_text(build, words->guid);
	item->url = words_text(build, words->url);
	item->title = words_text(build, words->title);
	item->content_html = words_text(build, words->text);
	item->content_text = words_text(build, words->plain);
	item->published_s = words->published_s != 0 ? words->published_s : DATE_NONE;
	item->modified_s = DATE_NONE;
	snprintf(date, sizeof(date), "%lld", (long long)words->published_s);
	item->date_raw = words_text(build, words->date != NULL       ? words->date
					   : words->published_s != 0 ? date
								     : NULL);
	if (words->enclosure != NULL) {
		struct feed_attachment row;

		memset(&row, 0, sizeof(row));
		row.url = words_text(build, words->enclosure);
		row.size = row.duration_s = -1;
		build_attachment(build, &row);
	}
	build_item_end(build);
}

/* Of a feed that has `title` and `site`. */
static inline struct feed_doc *titled_doc(
	const char *title, const char *site, const struct words *items, size_t count)
{
	struct feed_limits limits;
	struct feed_doc *doc;
	struct build *build;
	struct err err;
	size_t i;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_FEED, &limits);
	build_doc(build)->title = words_text(build, title);
	build_doc(build)->site_url = words_text(build, site);
	build_doc(build)->flags = FEED_COMPLETE;
	build_doc(build)->format = FEED_RSS_20;
	for (i = 0; i < count; i++)
		words_add(build, &items[i]);
	if (build_finish(build, &doc, &err) < 0)
		fail_msg("%s", err.text);
	build_free(build);
	return doc;
}

static inline struct feed_doc *words_doc(const struct words *items, size_t count)
{
	return titled_doc("A feed", NULL, items, count);
}

static inline void on_ingested(void *ctx, const struct store_delta *delta, const struct err *err)
{
	struct world *w = ctx;

	if (delta != NULL)
		w->delta = *delta;
	world_answer(w, err);
}

static inline void world_ingest_doc(
	struct world *w, int64_t feed_id, struct feed_doc *doc, bool complete)
{
	struct store_ingest in;

	memset(&in, 0, sizeof(in));
	in.feed_id = feed_id;
	in.now_s = w->now_s;
	in.doc = doc;
	in.absence = complete;
	in.first = w->now_s % 2 == 0; /* a hint, which may be wrong either way */
	in.state.next_poll_s = w->now_s + HOUR;
	in.state.last_ok_s = in.state.last_attempt_s = w->now_s;
	in.status = 200;
	store_ingest(w->store, &in, on_ingested, w);
	world_wait(w);
	if (w->failed)
		fail_msg("%s", w->err.text);
}

static inline void world_ingest(
	struct world *w, int64_t feed_id, const struct words *items, size_t count)
{
	world_ingest_doc(w, feed_id, words_doc(items, count), true);
}

#define INGEST(w, feed_id, items) world_ingest(w, feed_id, items, sizeof(items) / sizeof(items[0]))

/* -------------------------------------------------------------- rows ---- */

static inline void filter_any(struct store_filter *filter)
{
	memset(filter, 0, sizeof(*filter));
	filter->read = STORE_ANY;
	filter->starred = -1;
	filter->since_s = filter->added_since_s = INT64_MIN;
	filter->until_s = INT64_MAX;
}

/* "id flags title\n" */
static inline int on_row(void *ctx, const struct store_item *item)
{
	struct world *w = ctx;
	size_t used = strlen(w->text);

	snprintf(w->text + used, sizeof(w->text) - used, "%lld %s%s%s %s\n", (long long)item->id,
		item->read ? "R" : "N", item->starred ? "*" : "", item->changed ? "+" : "",
		item->title != NULL            ? item->title
		: item->fallback_title != NULL ? item->fallback_title
					       : "-");
	return 0;
}

static inline void on_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct world *w = ctx;

	w->rows = rows;
	w->more = more;
	world_answer(w, err);
}

/* All pages, newest first. */
static inline const char *world_list(struct world *w, const struct store_filter *filter)
{
	struct store_filter any;
	struct store_page page = {
		.filter = filter,
		.sort = STORE_BY_DATE,
		.reverse = true,
		.limit = 7,
		.position = &w->position,
	};

	filter_any(&any);
	if (filter == NULL)
		page.filter = &any;
	store_position_release(&w->position);
	w->text[0] = '\0';
	do {
		store_items(w->store, &page, on_row, on_page, w);
		world_wait(w);
		if (w->failed)
			fail_msg("%s", w->err.text);
	} while (w->more);
	return w->text;
}

static inline void on_counted(void *ctx, uint64_t count, const struct err *err)
{
	((struct world *)ctx)->number = count;
	world_answer(ctx, err);
}

static inline uint64_t world_count(struct world *w, const struct store_filter *filter)
{
	struct store_filter any;

	filter_any(&any);
	store_count(w->store, filter != NULL ? filter : &any, on_counted, w);
	world_wait(w);
	assert_false(w->failed);
	return w->number;
}

/* ------------------------------------------------------------- marks ---- */

static inline void world_on_marked(
	void *ctx, const struct store_marked *marked, const struct err *err)
{
	struct world *w = ctx;

	if (marked != NULL) {
		w->number = marked->changed;
		w->rows = marked->matched;
	}
	world_answer(w, err);
}

static inline void world_mark(
	struct world *w, enum store_mark what, const char *word, const char *tag)
{
	struct store_selection selection = { .words = &word, .count = 1 };

	store_mark(w->store, &selection, what, tag, w->now_s, world_on_marked, w);
	world_wait(w);
}

static inline void world_mark_all(struct world *w, enum store_mark what,
	const struct store_filter *filter, uint64_t bound_seq)
{
	struct store_filter any;
	struct store_selection selection = {
		.filter = filter, .bound_seq = bound_seq, .bulk = true
	};

	filter_any(&any);
	if (filter == NULL)
		selection.filter = &any;
	store_mark(w->store, &selection, what, NULL, w->now_s, world_on_marked, w);
	world_wait(w);
	assert_false(w->failed);
}

static inline void world_on_numbers(
	void *ctx, const struct store_numbers *numbers, const struct err *err)
{
	((struct world *)ctx)->number = numbers != NULL ? numbers->index_lag : 0;
	world_answer(ctx, err);
}

/* Until the search has all items that there are. */
static inline void world_wait_for_index(struct world *w)
{
	do {
		store_status(w->store, w->now_s, NULL, world_on_numbers, w);
		world_wait(w);
		assert_false(w->failed);
	} while (w->number != 0);
}

/* How many items have the words. */
static inline uint64_t world_found(struct world *w, const char *words)
{
	struct store_filter filter;

	world_wait_for_index(w);
	filter_any(&filter);
	filter.match = words;
	return world_count(w, &filter);
}

static inline void world_on_maintained(void *ctx, int64_t next_s, const struct err *err)
{
	((struct world *)ctx)->id = next_s;
	world_answer(ctx, err);
}

/* All of what upkeep has to do now. */
static inline void world_maintain(struct world *w)
{
	do {
		store_maintain(w->store, w->now_s, world_on_maintained, w);
		world_wait(w);
		assert_false(w->failed);
	} while (w->id <= w->now_s);
}

/* The SQL shell's view of the file.  What it writes waits for the index, which goes
 * on behind the store's answers. */
static inline char *world_sql(struct world *w, const char *sql)
{
	char *command = mem_printf("sqlite3 -cmd '.timeout 10000' %s/feedd.db \"%s\"", w->dir, sql);
	FILE *pipe = popen(command, "r");
	size_t got = fread(w->text, 1, sizeof(w->text) - 1, pipe);

	free(command);
	w->text[got] = '\0';
	if (got > 0 && w->text[got - 1] == '\n')
		w->text[got - 1] = '\0';
	assert_int_equal(pclose(pipe), 0);
	return w->text;
}

#endif
