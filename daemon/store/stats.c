#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "daemon/store/internal.h"

/* Reading and fetching in numbers. */

#define DAY_S 86400
#define DAYS 30
#define HOURS 24
#define STAT_MAX ((size_t)512 << 10)
#define STATS_MAX 16

struct stats_job {
	struct store_read_job job;
	int64_t now_s;
	bool wanted[STATS_MAX]; /* of stat_table */
	struct buf text;
	struct json_writer json;
	store_text_each *row;
	store_page_done *done;
	void *ctx;
	uint64_t rows;
	bool stopped;
};

static void begin(struct stats_job *stats, const char *key)
{
	buf_clear(&stats->text);
	json_begin(&stats->json, &stats->text);
	json_put_object(&stats->json);
	json_put_key(&stats->json, "key");
	json_put_string(&stats->json, key);
	json_put_key(&stats->json, "value");
}

static void tell(struct stats_job *stats)
{
	json_put_object_end(&stats->json);
	if (stats->stopped || !json_ok(&stats->json))
		return;
	if (!read_telling(&stats->job)) {
		stats->stopped = true;
		return;
	}
	stats->stopped = stats->row(stats->ctx, stats->text.data) != 0;
	read_told(&stats->job);
	stats->rows++;
}

static void tell_number(struct stats_job *stats, const char *key, int64_t number)
{
	begin(stats, key);
	json_put_int(&stats->json, number);
	tell(stats);
}

/* A row of `stats`: how it is told, and from what. */
enum since { SINCE_EVER, SINCE_NOW, SINCE_LAST_DAY, SINCE_FIRST_DAY };
struct stat_row {
	const char *key;
	int (*tell)(struct stats_job *stats, const struct stat_row *stat, struct db *db,
		struct err *err);
	enum statement which;
	int number;               /* its column, or how many points */
	const char *name, *count; /* keys of a bar */
	enum since since;         /* what is bound */
};

static void bind_since(
	const struct stats_job *stats, const struct stat_row *stat, sqlite3_stmt *rows)
{
	int64_t today_s = stats->now_s - stats->now_s % DAY_S;

	if (stat->since == SINCE_NOW)
		db_bind_int(rows, 1, stats->now_s);
	else if (stat->since == SINCE_LAST_DAY)
		db_bind_int(rows, 1, stats->now_s - DAY_S);
	else if (stat->since == SINCE_FIRST_DAY)
		db_bind_int(rows, 1, today_s - (DAYS - 1) * DAY_S);
}

static int tell_counter(
	struct stats_job *stats, const struct stat_row *stat, struct db *db, struct err *err)
{
	sqlite3_stmt *get = db_use(db, stat->which);
	int found;

	bind_since(stats, stat, get);
	found = db_step(db, get, err);
	if (found > 0)
		tell_number(stats, stat->key, db_int(get, stat->number));
	sqlite3_reset(get);
	return found < 0 ? -1 : 0;
}

/* How many items of each place in [0, count); what is bound at 1 and 2 is a
 * range of time. */
static int tell_points(
	struct stats_job *stats, const struct stat_row *stat, struct db *db, struct err *err)
{
	sqlite3_stmt *rows = db_use(db, stat->which);
	int64_t points[DAYS] = { 0 };
	int found, i;

	bind_since(stats, stat, rows);
	db_bind_int(rows, 2, stats->now_s + 1);
	while ((found = db_step(db, rows, err)) > 0) {
		int64_t at = db_int(rows, 0);

		if (at >= 0 && at < stat->number)
			points[at] = db_int(rows, 1);
	}
	if (found < 0)
		return -1;
	begin(stats, stat->key);
	json_put_array(&stats->json);
	for (i = 0; i < stat->number; i++)
		json_put_int(&stats->json, points[i]);
	json_put_array_end(&stats->json);
	tell(stats);
	return 0;
}

static int tell_bars(
	struct stats_job *stats, const struct stat_row *stat, struct db *db, struct err *err)
{
	sqlite3_stmt *rows = db_use(db, stat->which);
	struct json_writer *json = &stats->json;
	int found;

	bind_since(stats, stat, rows);
	begin(stats, stat->key);
	json_put_array(json);
	while ((found = db_step(db, rows, err)) > 0) {
		json_put_object(json);
		json_put_key(json, stat->name);
		json_put_string(json, db_text(rows, 0));
		json_put_key(json, stat->count);
		json_put_int(json, db_int(rows, 1));
		json_put_object_end(json);
	}
	json_put_array_end(json);
	if (found == 0)
		tell(stats);
	return found;
}

static const struct stat_row stat_table[] = {
	{ "feeds", tell_counter, STATEMENT_STORE_GET, 3, NULL, NULL, SINCE_EVER },
	{ "items", tell_counter, STATEMENT_STORE_GET, 4, NULL, NULL, SINCE_EVER },
	{ "unread", tell_counter, STATEMENT_STORE_GET, 5, NULL, NULL, SINCE_EVER },
	{ "starred", tell_counter, STATEMENT_STORE_GET, 6, NULL, NULL, SINCE_EVER },
	{ "new_last_day", tell_counter, STATEMENT_STATS_BYTES, 1, NULL, NULL, SINCE_LAST_DAY },
	{ "bytes_last_day", tell_counter, STATEMENT_STATS_BYTES, 0, NULL, NULL, SINCE_LAST_DAY },
	{ "items_per_day", tell_points, STATEMENT_STATS_DAYS, DAYS, NULL, NULL, SINCE_FIRST_DAY },
	{ "items_per_hour_utc", tell_points, STATEMENT_STATS_HOURS, HOURS, NULL, NULL,
		SINCE_FIRST_DAY },
	{ "busiest_feeds", tell_bars, STATEMENT_STATS_BUSY, 0, "feed_title", "items",
		SINCE_FIRST_DAY },
	{ "silent_feeds", tell_bars, STATEMENT_STATS_SILENT, 0, "feed_title", "days", SINCE_NOW },
	{ "last_answers", tell_bars, STATEMENT_STATS_ANSWERS, 0, "status", "feeds", SINCE_NOW },
	{ "tags", tell_bars, STATEMENT_STATS_TAGS, 0, "tag", "items", SINCE_EVER },
	{ "feed_tags", tell_bars, STATEMENT_STATS_FEED_TAGS, 0, "tag", "feeds", SINCE_EVER },
};

#define STATS (sizeof(stat_table) / sizeof(stat_table[0]))

static bool names(const char *const *keys, const char *key)
{
	for (; *keys != NULL; keys++) {
		if (strcmp(*keys, key) == 0)
			return true;
	}
	return false;
}

bool store_stats_knows(const char *key)
{
	for (size_t i = 0; i < STATS; i++) {
		if (strcmp(stat_table[i].key, key) == 0)
			return true;
	}
	return false;
}

static int stats_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct stats_job *stats = (struct stats_job *)job;

	for (size_t i = 0; i < STATS; i++) {
		if (stats->wanted[i] &&
			stat_table[i].tell(stats, &stat_table[i], &reader->db, err) < 0)
			return -1;
	}
	return 0;
}

static void stats_done(struct store_read_job *job, const struct err *err)
{
	struct stats_job *stats = (struct stats_job *)job;

	stats->done(stats->ctx, stats->rows, false, err);
}

static void stats_release(struct store_read_job *job)
{
	struct stats_job *stats = (struct stats_job *)job;

	buf_release(&stats->text);
	free(stats);
}

struct store_read_job *store_stats(struct store *store, int64_t now_s, const char *const *keys,
	store_text_each *row, store_page_done *done, void *ctx)
{
	struct stats_job *stats = MEM_NEW(struct stats_job);

	static_assert(STATS <= STATS_MAX, "a place for each");
	for (size_t i = 0; i < STATS; i++)
		stats->wanted[i] = keys == NULL || names(keys, stat_table[i].key);

	stats->job.run = stats_run;
	stats->job.done = stats_done;
	stats->job.release = stats_release;
	buf_init(&stats->text, STAT_MAX);
	stats->now_s = now_s;
	stats->row = row;
	stats->done = done;
	stats->ctx = ctx;
	return pool_start(store->pool, &stats->job);
}
