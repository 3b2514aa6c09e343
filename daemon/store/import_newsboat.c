#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/store/internal.h"
#include "daemon/store/newsboat_item.h"
#include "daemon/store/restore_address.h"
#include "daemon/store/restore_job.h"

/*
 * newsboat's cache.db: subscriptions, what was read, flags.  The file is a
 * stranger's: a copy of it is read by a connection of its own that can't write
 * and runs nothing that the file brings along.
 */

#define HEADER_SIZE 100
#define HEADER_VERSIONS 18 /* two bytes: 2 is a journal we have not got */
#define STEPS_MAX 20000    /* calls of the progress handler: no endless query */
#define STEPS_APART 1000000
#define FORGET_ROWS 4096
#define ROW_LEAST 4           /* bytes, and more */
#define TEXT_LONG (16u << 10) /* bytes; a document's ids, links and titles are shorter */

struct cache {
	sqlite3 *db;
	unsigned char *bytes; /* of the whole file, mapped, or MAP_FAILED */
	size_t length;
	uint64_t rows; /* read so far */
	int steps;
	struct restore_address address; /* that was read last */
	struct newsboat_crowd *crowd;
};

static int on_progress(void *ctx)
{
	return ++*(int *)ctx > STEPS_MAX;
}

/* SQLite opens no descriptor: it reads the file as it lies mapped.  An error is none of
 * the store's disk, which would be given up by that. */
static int map_file(struct cache *cache, int file, struct err *err)
{
	static const unsigned char no_journal[2] = { 1, 1 };
	struct stat status;

	if (fstat(file, &status) < 0)
		return err_set_errno(err, ERR_FAILED, errno, "the cache of newsboat can't be read");
	if (status.st_size < HEADER_SIZE)
		return err_set(err, ERR_SYNTAX, "this is no cache of newsboat");
	cache->length = (size_t)status.st_size;
	if (pwrite(file, no_journal, sizeof(no_journal), HEADER_VERSIONS) == sizeof(no_journal))
		cache->bytes = mmap(NULL, cache->length, PROT_READ, MAP_SHARED, file, 0);
	if (cache->bytes == MAP_FAILED)
		return err_set_errno(err, ERR_FAILED, errno, "the cache of newsboat can't be read");
	return 0;
}

static int open_mapped(struct cache *cache, struct err *err)
{
	sqlite3_int64 length = (sqlite3_int64)cache->length;

	if (sqlite3_open_v2(":memory:", &cache->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK ||
		sqlite3_deserialize(cache->db, "main", cache->bytes, length, length,
			SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
		return err_set(err, ERR_SYNTAX, "this cache of newsboat can't be opened");
	sqlite3_db_config(cache->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(cache->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(cache->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(cache->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_limit(cache->db, SQLITE_LIMIT_LENGTH, 64 << 20);
	sqlite3_exec(
		cache->db, "PRAGMA cell_size_check = ON; PRAGMA query_only = ON", NULL, NULL, NULL);
	sqlite3_progress_handler(cache->db, STEPS_APART, on_progress, &cache->steps);
	return 0;
}

static void cache_close(struct cache *cache)
{
	sqlite3_close(cache->db);
	newsboat_crowd_free(cache->crowd);
	if (cache->bytes != MAP_FAILED)
		munmap(cache->bytes, cache->length);
	restore_address_release(&cache->address);
}

static const char *column(sqlite3_stmt *row, int at)
{
	const char *text = (const char *)sqlite3_column_text(row, at);

	return text != NULL ? text : "";
}

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct err *err)
{
	if (sqlite3_prepare_v2(db, sql, -1, out, NULL) == SQLITE_OK)
		return 0;
	return err_set(err, ERR_SYNTAX, "this is no cache of newsboat: %s", sqlite3_errmsg(db));
}

/*
 * The next row: 1; 0: there is none.  Pages that lead to each other have rows without
 * end, which nobody else's change would wait for; a file has no more than room for.
 * What was read once is not wanted again: memory does not grow with the file.
 */
static int next_row(struct cache *cache, sqlite3_stmt *rows, struct err *err)
{
	int result = sqlite3_step(rows);

	if (result == SQLITE_DONE)
		return 0;
	if (result != SQLITE_ROW)
		return err_set(err, ERR_SYNTAX, "this cache of newsboat is damaged: %s",
			sqlite3_errmsg(cache->db));
	if (++cache->rows > cache->length / ROW_LEAST)
		return err_set(err, ERR_SYNTAX,
			"this cache of newsboat is damaged: it has more rows than room for them");
	if (cache->rows % FORGET_ROWS == 0)
		madvise(cache->bytes, cache->length, MADV_DONTNEED);
	return 1;
}

/* Whether all that a statement tells has this word, or number, in that place. */
static int check_all(sqlite3 *db, const char *sql, int at, const char *wanted, struct err *err)
{
	sqlite3_stmt *rows;
	bool all = true;

	if (prepare(db, sql, &rows, err) < 0)
		return -1;
	while (all && sqlite3_step(rows) == SQLITE_ROW)
		all = strcmp(column(rows, at), wanted) == 0;
	sqlite3_finalize(rows);
	return all ? 0
		   : err_set(err, ERR_SYNTAX,
			     "this is no cache of newsboat: its tables are made of something else");
}

/* Rows that lie there as they are: of a virtual table, or with a column that is worked
 * out for each row, one may take as long as it likes. */
static int check_plain(sqlite3 *db, struct err *err)
{
	static const struct {
		const char *sql, *wanted;
		int at;
	} checks[] = { { "PRAGMA table_list(rss_feed)", "table", 2 },
		{ "PRAGMA table_list(rss_item)", "table", 2 },
		{ "PRAGMA table_xinfo(rss_feed)", "0", 6 },
		{ "PRAGMA table_xinfo(rss_item)", "0", 6 } };
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (check_all(db, checks[i].sql, checks[i].at, checks[i].wanted, err) < 0)
			return -1;
	return 0;
}

/* Whether a document may say it, and a dump may have it. */
static bool is_text(const char *text)
{
	size_t length = strlen(text);

	return length <= TEXT_LONG && utf8_valid(text, length);
}

/* As newsboat's list of the same feeds would be taken, where a password is no part of the
 * address; NULL: it can't be one. */
static const char *take_address(struct cache *cache, const char *typed)
{
	if (!restore_address_is(&cache->address, typed))
		restore_address_take(&cache->address, typed);
	return cache->address.url;
}

static int add_feed(struct restore *restore, struct cache *cache, const char *typed,
	const char *title, struct err *err)
{
	struct restore_subscription feed = { .url = take_address(cache, typed) };
	int64_t id;
	bool fresh;

	if (feed.url == NULL)
		return restore_refuse(restore, typed, cache->address.why.text);
	feed.title = title[0] != '\0' && is_text(title) ? title : NULL;
	feed.auth = cache->address.auth;
	return restore_feed(restore, &feed, &id, &fresh, err);
}

static int add_feeds(struct restore *restore, struct cache *cache, struct err *err)
{
	sqlite3_stmt *rows;
	int result;

	if (prepare(cache->db, "SELECT rssurl, title FROM rss_feed", &rows, err) < 0)
		return -1;
	while ((result = next_row(cache, rows, err)) > 0)
		if (add_feed(restore, cache, column(rows, 0), column(rows, 1), err) < 0) {
			result = -1;
			break;
		}
	sqlite3_finalize(rows);
	return result;
}

/* What newsboat keeps of an item.  Older versions, and other programs that
 * write such a file, have not got all of it. */
enum { FEED_URL, GUID, LINK, TITLE, UNREAD, FLAGS };
static const char *const item_columns[] = {
	"feedurl, guid, url, title, unread AND NOT deleted, flags",
	"feedurl, guid, url, title, unread, flags", "feedurl, guid, '', '', unread, flags"
};

static int prepare_items(sqlite3 *db, sqlite3_stmt **out, struct err *err)
{
	size_t kinds = sizeof(item_columns) / sizeof(item_columns[0]), i;
	char sql[256];
	int result = -1;

	for (i = 0; i < kinds && result < 0; i++) {
		snprintf(sql, sizeof(sql), "SELECT %s FROM rss_item", item_columns[i]);
		result = prepare(db, sql, out, err);
	}
	return result;
}

/* Each flag is a letter, and becomes a tag of one letter. */
static int make_state(sqlite3_stmt *row, struct buf *state)
{
	const char *flag;

	buf_clear(state);
	if (sqlite3_column_int(row, UNREAD) == 0 && buf_add_text(state, "read") < 0)
		return -1;
	for (flag = column(row, FLAGS); *flag != '\0'; flag++)
		if (((*flag | 32) >= 'a' && (*flag | 32) <= 'z') &&
			buf_printf(state, "%stag:%c", state->length > 0 ? "," : "", *flag) < 0)
			return -1;
	return 0;
}

static int put_item(struct restore *restore, const struct newsboat_item *item, const char *feed_url,
	const char *called, const char *state, struct err *err)
{
	if (item->guid[0] == '\0')
		return 0;
	if (!is_text(called))
		return restore_refuse(restore, feed_url,
			"one of its items has an id that is too long, or not UTF-8");
	if (item->is_title)
		return restore_titled(restore, feed_url, item->guid, state, restore->now_s, err);
	return restore_item(restore, feed_url, called, state, restore->now_s, err);
}

/* The item of a row, and the address of its feed; NULL, and no item: that can't be a feed
 * here, and for its items nothing waits. */
static const char *read_item(struct cache *cache, sqlite3_stmt *row, struct newsboat_item *out)
{
	const char *feed_url = take_address(cache, column(row, FEED_URL));

	if (feed_url != NULL)
		newsboat_item_init(out, column(row, GUID), column(row, LINK), column(row, TITLE));
	return feed_url;
}

static int take_item(struct restore *restore, struct cache *cache, sqlite3_stmt *row,
	const char *state, struct err *err)
{
	struct newsboat_item item;
	const char *feed_url = read_item(cache, row, &item);
	char *called;
	int result;

	if (feed_url == NULL)
		return 0;
	called = newsboat_item_call(&item, feed_url, cache->crowd);
	result = put_item(restore, &item, feed_url, called, state, err);
	free(called);
	newsboat_item_release(&item);
	return result;
}

static int count_items(struct cache *cache, struct err *err)
{
	struct newsboat_item item;
	const char *feed_url;
	sqlite3_stmt *rows;
	int result;

	if (prepare_items(cache->db, &rows, err) < 0)
		return -1;
	while ((result = next_row(cache, rows, err)) > 0) {
		feed_url = read_item(cache, rows, &item);
		if (feed_url == NULL)
			continue;
		newsboat_crowd_add(cache->crowd, feed_url, &item);
		newsboat_item_release(&item);
	}
	sqlite3_finalize(rows);
	return result;
}

static int put_states(struct restore *restore, struct cache *cache, struct err *err)
{
	sqlite3_stmt *rows;
	struct buf state;
	int result;

	if (prepare_items(cache->db, &rows, err) < 0)
		return -1;
	buf_init(&state, 1024);
	while ((result = next_row(cache, rows, err)) > 0)
		if (make_state(rows, &state) == 0 && state.length > 0 &&
			take_item(restore, cache, rows, state.data, err) < 0) {
			result = -1;
			break;
		}
	buf_release(&state);
	sqlite3_finalize(rows);
	return result;
}

static int put_back(struct restore *restore, struct restore_job *job, struct err *err)
{
	struct cache cache = { .bytes = MAP_FAILED, .crowd = newsboat_crowd_new() };
	int result;

	restore->undated = true;
	result = map_file(&cache, job->file, err);
	if (result == 0)
		result = open_mapped(&cache, err);
	if (result == 0)
		result = check_plain(cache.db, err);
	if (result == 0)
		result = add_feeds(restore, &cache, err);
	if (result == 0)
		result = count_items(&cache, err);
	if (result == 0)
		result = put_states(restore, &cache, err);
	cache_close(&cache);
	return result;
}

void store_import_newsboat(struct store *store, int file, int64_t now_s, int64_t next_poll_s,
	int64_t base_s, store_restore_done *done, void *ctx)
{
	struct restore_job init = { .file = file,
		.now_s = now_s,
		.next_poll_s = next_poll_s,
		.base_s = base_s,
		.put_back = put_back,
		.done = done,
		.ctx = ctx };

	restore_job_start(store->queue, &init, NULL);
}
