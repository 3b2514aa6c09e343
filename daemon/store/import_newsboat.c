#include <string.h>

#include "daemon/store/internal.h"
#include "daemon/store/restore_job.h"
#include "daemon/url.h"

/*
 * newsboat's cache.db: subscriptions, what was read, flags.  The file is a
 * stranger's: it is read from memory, by a connection of its own that can't
 * write and runs nothing that the file brings along.
 */

#define HEADER_VERSIONS 18 /* two bytes: 2 is a journal we have not got */
#define STEPS_MAX 2000     /* calls of the progress handler: no endless query */
#define STEPS_APART 1000000

static int on_progress(void *ctx)
{
	return ++*(int *)ctx > STEPS_MAX;
}

static int open_bytes(struct buf *file, sqlite3 **out, int *steps, struct err *err)
{
	unsigned char *bytes = (unsigned char *)file->data;
	sqlite3 *db = NULL;

	if (file->length < 100)
		return err_set(err, ERR_SYNTAX, "this is no cache of newsboat");
	bytes[HEADER_VERSIONS] = bytes[HEADER_VERSIONS + 1] = 1;
	if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
			SQLITE_OK ||
		sqlite3_deserialize(db, "main", bytes, (sqlite3_int64)file->length,
			(sqlite3_int64)file->length, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
		sqlite3_close(db);
		return err_set(err, ERR_SYNTAX, "this cache of newsboat can't be opened");
	}
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 64 << 20);
	sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA query_only = ON", NULL, NULL, NULL);
	sqlite3_progress_handler(db, STEPS_APART, on_progress, steps);
	*out = db;
	return 0;
}

static int prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, struct err *err)
{
	if (sqlite3_prepare_v2(db, sql, -1, out, NULL) == SQLITE_OK)
		return 0;
	return err_set(err, ERR_SYNTAX, "this is no cache of newsboat: %s", sqlite3_errmsg(db));
}

static int end(sqlite3 *db, int result, struct err *err)
{
	if (result == SQLITE_DONE)
		return 0;
	return err_set(
		err, ERR_SYNTAX, "this cache of newsboat is damaged: %s", sqlite3_errmsg(db));
}

static const char *column(sqlite3_stmt *row, int at)
{
	const char *text = (const char *)sqlite3_column_text(row, at);

	return text != NULL ? text : "";
}

static int add_feeds(struct restore *restore, sqlite3 *db, struct err *err)
{
	sqlite3_stmt *rows;
	int result, failed = 0;

	if (prepare(db, "SELECT rssurl, title FROM rss_feed ORDER BY rssurl", &rows, err) < 0)
		return -1;
	while (!failed && (result = sqlite3_step(rows)) == SQLITE_ROW) {
		const char *url = column(rows, 0), *title = column(rows, 1);
		int64_t id;
		bool fresh;

		if (!url_is_web(url, strlen(url)))
			failed = restore_refuse(restore, url,
				"feedd takes web addresses; a program's output goes to a push: "
				"feed");
		else
			failed = restore_feed(
				restore, url, title[0] != '\0' ? title : NULL, &id, &fresh, err);
	}
	if (!failed)
		failed = end(db, result, err);
	sqlite3_finalize(rows);
	return failed;
}

/* Each flag is a letter, and becomes a tag of one letter. */
static int make_state(sqlite3_stmt *row, struct buf *state)
{
	const char *flag;

	buf_clear(state);
	if (sqlite3_column_int(row, 2) == 0 && buf_add_text(state, "read") < 0)
		return -1;
	for (flag = column(row, 3); *flag != '\0'; flag++)
		if (((*flag | 32) >= 'a' && (*flag | 32) <= 'z') &&
			buf_printf(state, "%stag:%c", state->length > 0 ? "," : "", *flag) < 0)
			return -1;
	return 0;
}

static int put_states(struct restore *restore, sqlite3 *db, struct err *err)
{
	sqlite3_stmt *rows;
	struct buf state;
	int result, failed = 0;

	if (prepare(db,
		    "SELECT feedurl, guid, unread, flags FROM rss_item"
		    " WHERE unread = 0 OR coalesce(flags, '') <> ''",
		    &rows, err) < 0)
		return -1;
	buf_init(&state, 1024);
	while (!failed && (result = sqlite3_step(rows)) == SQLITE_ROW)
		if (column(rows, 1)[0] != '\0' && make_state(rows, &state) == 0)
			failed = restore_item(restore, column(rows, 0), column(rows, 1), state.data,
				restore->now_s, err);
	if (!failed)
		failed = end(db, result, err);
	buf_release(&state);
	sqlite3_finalize(rows);
	return failed;
}

static int put_back(struct restore *restore, struct buf *file, struct err *err)
{
	sqlite3 *db = NULL;
	int steps = 0, result;

	if (open_bytes(file, &db, &steps, err) < 0)
		return -1;
	result = add_feeds(restore, db, err);
	if (result == 0)
		result = put_states(restore, db, err);
	sqlite3_close(db);
	return result;
}

void store_import_newsboat(struct store *store, struct buf *file, int64_t now_s,
	int64_t next_poll_s, store_restore_done *done, void *ctx)
{
	struct restore_job init = { .now_s = now_s,
		.next_poll_s = next_poll_s,
		.put_back = put_back,
		.done = done,
		.ctx = ctx };

	restore_job_start(store->queue, &init, file);
}
