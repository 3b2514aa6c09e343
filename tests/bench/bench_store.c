/*
 * How fast documents become items: first ingest, the same again, and what
 * listing and counting cost then.  Through the store's own queue, commits to
 * disk included.
 *
 * usage: bench_store [FEEDS [DIR]]	(1000, about 30 items each)
 *
 * With DIR, an empty directory, the store stays there for a daemon to open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "common/mem.h"
#include "daemon/feed/feed.h"
#include "daemon/store/db.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"
#include "daemon/store/store_items.h"
#include "tests/bench/bench.h"
#include "tests/bench/generate.h"

#define IN_FLIGHT 128
#define NOW_S 1750000000

struct bench {
	uv_loop_t loop;
	struct store *store;
	struct feed_charsets *charsets;
	size_t feeds, next, done;
	bool first;   /* documents of feeds that have none yet */
	bool refused; /* the last page */
	uint64_t items, fresh, rows;
	double parse_s; /* of CPU, for documents */
	struct store_position position;
	struct store_filter filter;
};

static _Noreturn void give_up(const struct err *err)
{
	fprintf(stderr, "bench_store: %s\n", err->text);
	exit(1);
}

static struct feed_doc *make_doc(struct bench *b, size_t number)
{
	struct feed_source source = { NULL, 0, false, "https://example.org/feed", "", "", NULL };
	struct feed_limits limits;
	struct feed_doc *doc;
	struct buf body;
	struct err err;

	buf_init(&body, 64u << 20);
	generate_feed(number, 0, &body);
	source.body = body.data;
	source.length = body.length;
	feed_limits_default(&limits);
	if (feed_parse(b->charsets, FEED_KIND_FEED, &source, &limits, &doc, &err) < 0)
		give_up(&err);
	buf_release(&body);
	return doc;
}

static void on_added(
	void *ctx, const struct store_added *results, size_t count, const struct err *err)
{
	struct bench *b = ctx;

	(void)results;
	if (err != NULL)
		give_up(err);
	b->done += count;
}

static void add_feeds(struct bench *b)
{
	struct store_new_feed *feeds = MEM_ARRAY(b->feeds, struct store_new_feed);
	size_t i;

	for (i = 0; i < b->feeds; i++) {
		feeds[i].url = mem_printf("https://host%zu.example/feed", i);
		feeds[i].settings.every_s = -1;
		feeds[i].settings.keep_s = -1;
		feeds[i].next_poll_s = NOW_S;
		feeds[i].base_s = 3600;
		feeds[i].added_at_s = NOW_S;
	}
	b->done = 0;
	store_feeds_add(b->store, feeds, b->feeds, on_added, b);
	while (b->done < b->feeds && uv_run(&b->loop, UV_RUN_ONCE) != 0)
		;
	free(feeds);
}

static void ingest_next(struct bench *b);

static void on_ingested(void *ctx, const struct store_delta *delta, const struct err *err)
{
	struct bench *b = ctx;

	if (err != NULL)
		give_up(err);
	b->done++;
	b->items += delta->items;
	b->fresh += delta->fresh;
	if (b->next < b->feeds)
		ingest_next(b);
}

static void schedule(
	void *ctx, const struct store_delta *delta, int64_t every_s, struct store_state *state)
{
	(void)ctx, (void)delta, (void)every_s;
	state->next_poll_s = NOW_S + 3600;
}

static void ingest_next(struct bench *b)
{
	struct store_ingest ingest = { .feed_id = (int64_t)b->next + 1,
		.now_s = NOW_S,
		.first = b->first,
		.absence = true,
		.replace_validators = true,
		.schedule = schedule,
		.schedule_ctx = b,
		.status = 200 };

	b->parse_s -= bench_thread_cpu_s();
	ingest.doc = make_doc(b, b->next++);
	b->parse_s += bench_thread_cpu_s();
	store_ingest(b->store, &ingest, on_ingested, b);
}

/* Parsing is not what is measured: its time is taken off. */
static void ingest_all(struct bench *b, const char *name)
{
	double from = bench_wall_s(), cpu = bench_cpu_s();
	char label[64];
	size_t i;

	b->first = b->fresh == 0;
	b->next = b->done = 0;
	b->items = b->fresh = 0;
	b->parse_s = 0;
	for (i = 0; i < IN_FLIGHT && b->next < b->feeds; i++)
		ingest_next(b);
	while (b->done < b->feeds && uv_run(&b->loop, UV_RUN_ONCE) != 0)
		;
	from = bench_wall_s() - from;
	cpu = bench_cpu_s() - cpu - b->parse_s;
	snprintf(label, sizeof(label), "store.%s.cpu", name);
	bench_say(label, cpu, "s");
	snprintf(label, sizeof(label), "store.%s.wall", name);
	bench_say(label, from, "s, parsing beside it");
	snprintf(label, sizeof(label), "store.%s.rate", name);
	bench_say(label, (double)b->items / cpu, "items/s of CPU");
	snprintf(label, sizeof(label), "store.%s.new", name);
	bench_say(label, (double)b->fresh, "items");
}

static int on_row(void *ctx, const struct store_item *item)
{
	struct bench *b = ctx;

	(void)item;
	b->rows++;
	return 0;
}

static void on_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct bench *b = ctx;

	(void)rows;
	/* As it is for anybody: too many for an order that no index has. */
	b->refused = err != NULL && err->code == ERR_REFUSED;
	if (err != NULL && !b->refused)
		give_up(err);
	b->done = more ? 0 : 1;
	b->next = 1;
}

/* Pages of a thousand rows until `limit` (0: all). */
static void list(struct bench *b, uint64_t limit, const char *name)
{
	double from = bench_wall_s();

	memset(&b->filter, 0, sizeof(b->filter));
	memset(&b->position, 0, sizeof(b->position));
	b->filter.read = STORE_ANY;
	b->filter.starred = -1;
	b->filter.since_s = b->filter.added_since_s = INT64_MIN;
	b->filter.until_s = INT64_MAX;
	b->rows = 0;
	b->done = 0;
	while (b->done == 0 && (limit == 0 || b->rows < limit)) {
		struct store_page page = { .filter = &b->filter,
			.sort = STORE_BY_DATE,
			.reverse = true,
			.limit = limit != 0 ? limit : 1000,
			.position = &b->position };

		b->next = 0;
		store_items(b->store, &page, on_row, on_page, b);
		while (b->next == 0)
			uv_run(&b->loop, UV_RUN_ONCE);
	}
	store_position_release(&b->position);
	bench_say(name, (bench_wall_s() - from) * 1000, "ms");
}

/* ------------------------------------------------------------ search ---- */

static void on_numbers(void *ctx, const struct store_numbers *numbers, const struct err *err)
{
	struct bench *b = ctx;

	if (err != NULL)
		give_up(err);
	b->rows = numbers->index_lag;
	b->done = 1;
}

/* Until the index has caught up with what the ingest brought. */
static void wait_for_index(struct bench *b)
{
	double from = bench_wall_s();

	do {
		b->done = 0;
		store_status(b->store, NOW_S, NULL, on_numbers, b);
		while (b->done == 0)
			uv_run(&b->loop, UV_RUN_ONCE);
		if (b->rows != 0)
			uv_sleep(20);
	} while (b->rows != 0);
	bench_say("store.index.wait", bench_wall_s() - from, "s behind the ingest");
}

static void on_counted(void *ctx, uint64_t count, const struct err *err)
{
	struct bench *b = ctx;

	if (err != NULL)
		give_up(err);
	b->rows = count;
	b->done = 1;
}

static void search_count(struct bench *b, const char *match)
{
	double from = bench_wall_s();

	memset(&b->filter, 0, sizeof(b->filter));
	b->filter.read = STORE_ANY;
	b->filter.starred = -1;
	b->filter.since_s = b->filter.added_since_s = INT64_MIN;
	b->filter.until_s = INT64_MAX;
	b->filter.match = match;
	b->done = 0;
	store_count(b->store, &b->filter, on_counted, b);
	while (b->done == 0)
		uv_run(&b->loop, UV_RUN_ONCE);
	bench_say("store.search.count", (bench_wall_s() - from) * 1000, "ms");
	bench_say("store.search.found", (double)b->rows, "items");
}

static void search_list(struct bench *b, const char *match, enum store_sort sort, const char *name)
{
	struct store_page page = { .filter = &b->filter,
		.sort = sort,
		.reverse = sort == STORE_BY_DATE,
		.limit = 50,
		.position = &b->position };
	double from = bench_wall_s();

	b->filter.match = match;
	b->filter.now_s = NOW_S;
	memset(&b->position, 0, sizeof(b->position));
	b->next = 0;
	store_items(b->store, &page, on_row, on_page, b);
	while (b->next == 0)
		uv_run(&b->loop, UV_RUN_ONCE);
	store_position_release(&b->position);
	if (b->refused)
		bench_say(name, 0, "ms: refused, for more than it gathers were found");
	else
		bench_say(name, (bench_wall_s() - from) * 1000, "ms");
}

/* FTS5 alone, asked on a connection of its own. */
static void search_floor(const char *path, const char *sql, const char *name)
{
	struct err err;
	struct db db;
	double from;
	int i;

	if (db_open(&db, path, DB_READ, &err) < 0)
		give_up(&err);
	for (i = 0; i < 2; i++) { /* the first one warms the map */
		from = bench_wall_s();
		if (db_script(&db, sql, &err) < 0)
			give_up(&err);
	}
	bench_say(name, (bench_wall_s() - from) * 1000, "ms");
	db_close(&db);
}

static void search(struct bench *b, const char *path)
{
	search_floor(path, "SELECT count(*) FROM search WHERE search MATCH 'елка сервер'",
		"store.search.fts5.count");
	search_floor(path,
		"SELECT rowid FROM search WHERE search MATCH '\"елка сервер\"'"
		" ORDER BY rank LIMIT 50",
		"store.search.fts5.rank");
	search_count(b, "ёлка сервер");
	search_list(b, "ёлка сервер", STORE_BY_DATE, "store.search.fifty.date");
	search_list(b, "\"ёлка сервер\"", STORE_BY_RANK, "store.search.fifty.rank");
	search_list(b, "\"новости и читатель\"", STORE_BY_DATE, "store.search.phrase");
}

static void remove_tree(const char *dir)
{
	char *command = mem_printf("rm -rf '%s'", dir);

	if (system(command) != 0)
		perror(command);
	free(command);
}

int main(int argc, char **argv)
{
	struct store_options options = { NULL, INT64_MAX, INT64_MAX, 86400, 0, NULL, NULL };
	struct bench b = { .feeds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000 };
	char own[] = "/tmp/bench-store.XXXXXX", *path;
	const char *dir = argc > 2 ? argv[2] : mkdtemp(own);
	struct err err;

	if (dir == NULL) {
		perror(own);
		return 1;
	}
	options.data_dir = dir;
	uv_loop_init(&b.loop);
	b.charsets = feed_charsets_open();
	if (store_open(&b.loop, &options, &b.store, &err) < 0)
		give_up(&err);
	add_feeds(&b);
	ingest_all(&b, "insert");
	ingest_all(&b, "again");
	list(&b, 50, "store.list.fifty");
	list(&b, 0, "store.list.all");
	bench_say("store.list.rows", (double)b.rows, "items");
	wait_for_index(&b);
	path = mem_printf("%s/feedd.db", dir);
	search(&b, path);
	free(path);
	store_close(b.store);
	feed_charsets_free(b.charsets);
	if (dir == own)
		remove_tree(own);
	return b.rows == 0;
}
