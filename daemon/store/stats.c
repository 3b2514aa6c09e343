#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "daemon/store/internal.h"

/* Reading and fetching in numbers. */

#define DAY_S 86400
#define DAYS 30
#define HOURS 24
#define STAT_MAX ((size_t)64 << 10)

struct stats_job {
	struct store_read_job job;
	int64_t now_s;
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

static int tell_counters(struct stats_job *stats, struct db *db, struct err *err)
{
	static const struct {
		const char *key;
		int column;
	} counters[] = { { "feeds", 3 }, { "items", 4 }, { "unread", 5 }, { "starred", 6 } };
	sqlite3_stmt *get = db_use(db, STATEMENT_STORE_GET);
	int found = db_step(db, get, err);
	size_t i;

	for (i = 0; found > 0 && i < sizeof(counters) / sizeof(counters[0]); i++)
		tell_number(stats, counters[i].key, db_int(get, counters[i].column));
	sqlite3_reset(get);
	return found < 0 ? -1 : 0;
}

/* How many items of each place in [0, count); what is bound at 1 and 2 is a
 * range of time. */
static int tell_points(struct stats_job *stats, struct db *db, const char *key,
	enum statement which, int64_t from_s, int count, struct err *err)
{
	sqlite3_stmt *rows = db_use(db, which);
	int64_t points[DAYS] = { 0 };
	int found, i;

	db_bind_int(rows, 1, from_s);
	db_bind_int(rows, 2, stats->now_s + 1);
	while ((found = db_step(db, rows, err)) > 0) {
		int64_t at = db_int(rows, 0);

		if (at >= 0 && at < count)
			points[at] = db_int(rows, 1);
	}
	if (found < 0)
		return -1;
	begin(stats, key);
	json_put_array(&stats->json);
	for (i = 0; i < count; i++)
		json_put_int(&stats->json, points[i]);
	json_put_array_end(&stats->json);
	tell(stats);
	return 0;
}

static int tell_bars(struct stats_job *stats, struct db *db, const char *key, const char *name,
	const char *number, enum statement which, int64_t moment_s, struct err *err)
{
	sqlite3_stmt *rows = db_use(db, which);
	struct json_writer *json = &stats->json;
	int found;

	db_bind_int(rows, 1, moment_s);
	begin(stats, key);
	json_put_array(json);
	while ((found = db_step(db, rows, err)) > 0) {
		json_put_object(json);
		json_put_key(json, name);
		json_put_string(json, db_text(rows, 0));
		json_put_key(json, number);
		json_put_int(json, db_int(rows, 1));
		json_put_object_end(json);
	}
	json_put_array_end(json);
	if (found == 0)
		tell(stats);
	return found;
}

static int tell_bytes(struct stats_job *stats, struct db *db, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_STATS_BYTES);
	int64_t bytes, fresh;
	int found;

	db_bind_int(get, 1, stats->now_s - DAY_S);
	found = db_step(db, get, err);
	if (found <= 0)
		return found;
	bytes = db_int(get, 0);
	fresh = db_int(get, 1);
	sqlite3_reset(get);
	tell_number(stats, "new_last_day", fresh);
	tell_number(stats, "bytes_last_day", bytes);
	return 0;
}

static int stats_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct stats_job *stats = (struct stats_job *)job;
	struct db *db = &reader->db;
	int64_t now_s = stats->now_s;
	int64_t today_s = now_s - now_s % DAY_S, from_s = today_s - (DAYS - 1) * DAY_S;

	if (tell_counters(stats, db, err) < 0 || tell_bytes(stats, db, err) < 0 ||
		tell_points(stats, db, "items_per_day", STATEMENT_STATS_DAYS, from_s, DAYS, err) <
			0 ||
		tell_points(stats, db, "items_per_hour_utc", STATEMENT_STATS_HOURS, from_s, HOURS,
			err) < 0 ||
		tell_bars(stats, db, "busiest_feeds", "feed_title", "items", STATEMENT_STATS_BUSY,
			from_s, err) < 0 ||
		tell_bars(stats, db, "silent_feeds", "feed_title", "days", STATEMENT_STATS_SILENT,
			now_s, err) < 0)
		return -1;
	return tell_bars(stats, db, "last_answers", "status", "feeds", STATEMENT_STATS_ANSWERS,
		       now_s, err) < 0
		       ? -1
		       : 0;
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

struct store_read_job *store_stats(
	struct store *store, int64_t now_s, store_text_each *row, store_page_done *done, void *ctx)
{
	struct stats_job *stats = MEM_NEW(struct stats_job);

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
