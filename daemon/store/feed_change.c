#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/dropped.h"
#include "daemon/store/feed_add.h"
#include "daemon/store/internal.h"
#include "daemon/store/log_row.h"
#include "daemon/store/poll.h"
#include "daemon/store/purge.h"

/* Removing, pausing, resuming, taking a move back. */

enum action { ACTION_REMOVE, ACTION_PURGE, ACTION_PAUSE, ACTION_RESUME, ACTION_REVERT };

struct change_job {
	struct job job;
	enum action action;
	int64_t *ids;
	size_t count;
	int64_t now_s;
	uint64_t changed;
	store_changed *done;
	void *ctx;
};

static int run_on_feed(struct writer *writer, enum statement which, int64_t feed_id,
	uint64_t *out_rows, struct err *err)
{
	sqlite3_stmt *statement = db_use(&writer->db, which);

	db_bind_int(statement, 1, feed_id);
	if (db_run(&writer->db, statement, err) < 0)
		return -1;
	if (out_rows != NULL)
		*out_rows = db_changes(&writer->db);
	return 0;
}

static int exists(struct writer *writer, int64_t feed_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_EXISTS);
	int64_t ignored;

	db_bind_int(get, 1, feed_id);
	return db_get(&writer->db, get, &ignored, err);
}

/* ----------------------------------------------------------- remove ---- */

/* Starred items keep their feed's row, which is no subscription any more. */
static int keep_row(struct writer *writer, int64_t feed_id, int64_t now_s, struct err *err)
{
	static const enum statement drops[] = { STATEMENT_POLL_DROP, STATEMENT_VALIDATOR_DROP,
		STATEMENT_SHOWN_DROP, STATEMENT_BACKFILL_DROP };
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_FEED_REMOVE);
	size_t i;

	db_bind_int(put, 1, feed_id);
	db_bind_int(put, 2, now_s);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	for (i = 0; i < sizeof(drops) / sizeof(drops[0]); i++)
		if (run_on_feed(writer, drops[i], feed_id, NULL, err) < 0)
			return -1;
	return 0;
}

static int starred_left(struct writer *writer, int64_t feed_id, int64_t *out, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_TOTAL);

	db_bind_int(get, 1, feed_id);
	return db_get(&writer->db, get, out, err);
}

static int remove_feed(
	struct change_job *change, struct writer *writer, int64_t id, struct err *err)
{
	sqlite3_stmt *doom = db_use(&writer->db, STATEMENT_DOOM_FEED);
	int64_t left = 0;
	int found = exists(writer, id, err);

	if (found <= 0)
		return found;
	db_bind_int(doom, 1, id);
	db_bind_int(doom, 2, change->action == ACTION_PURGE);
	if (dropped_forget_feed(writer, id, err) < 0 || db_run(&writer->db, doom, err) < 0 ||
		purge_doomed(writer, id, false, err) < 0 ||
		poll_part_merged(&writer->db, id, NULL, err) < 0 ||
		run_on_feed(writer, STATEMENT_LOG_FEED_DELETE, id, NULL, err) < 0 ||
		starred_left(writer, id, &left, err) < 0)
		return -1;
	writer->counters.feeds--;
	writer->feeds_touched = true;
	change->changed++;
	if (left > 0)
		return keep_row(writer, id, change->now_s, err);
	return run_on_feed(writer, STATEMENT_FEED_DELETE, id, NULL, err);
}

/* --------------------------------------------------- pause, resume ---- */

static int pause_feed(struct change_job *change, struct writer *writer, int64_t id, struct err *err)
{
	uint64_t rows;

	if (run_on_feed(writer, STATEMENT_POLL_PAUSE, id, &rows, err) < 0)
		return -1;
	change->changed += rows;
	return 0;
}

static int resume_feed(
	struct change_job *change, struct writer *writer, int64_t id, struct err *err)
{
	sqlite3_stmt *resume = db_use(&writer->db, STATEMENT_POLL_RESUME);
	uint64_t resumed;

	db_bind_int(resume, 1, id);
	db_bind_int(resume, 2, STORE_MOVE_REFUSED);
	if (db_run(&writer->db, resume, err) < 0)
		return -1;
	resumed = db_changes(&writer->db);
	if (poll_revive(&writer->db, id, false, change->now_s, err) < 0)
		return -1;
	if (resumed > 0 || db_changes(&writer->db) > 0)
		change->changed++;
	return 0;
}

/* ----------------------------------------------------------- revert ---- */

/* The last one. */
struct move {
	int64_t id;
	char *from, *to;
};

static int take_back(struct change_job *change, struct writer *writer, int64_t feed_id,
	const struct move *move, struct err *err)
{
	sqlite3_stmt *refuse;
	bool looked_at;
	int64_t other;
	int found = feed_free_url(writer, move->from, &other, &looked_at, err);

	if (found < 0)
		return -1;
	/* Where it was set back already it is to stay there. */
	if (found > 0 && other != feed_id)
		return err_set(err, ERR_EXISTS, "another feed has the address %s", move->from);
	if (poll_part_merged(&writer->db, feed_id, NULL, err) < 0 ||
		poll_forget_url(&writer->db, feed_id, change->now_s, err) < 0)
		return -1;
	refuse = db_use(&writer->db, STATEMENT_POLL_REFUSE_MOVE);
	db_bind_int(refuse, 1, feed_id);
	db_bind_int(refuse, 2, STORE_MOVE_REFUSED);
	db_bind_text(refuse, 3, move->to);
	if (db_run(&writer->db, refuse, err) < 0)
		return -1;
	if (feed_put_url(writer, feed_id, move->from, err) < 0 ||
		run_on_feed(writer, STATEMENT_MOVE_DELETE, move->id, NULL, err) < 0 ||
		poll_revive(&writer->db, feed_id, false, change->now_s, err) < 0)
		return -1;
	writer->feeds_touched = true;
	change->changed++;
	return log_row_add(writer, feed_id, change->now_s, "feed.reverted", move->from, NULL, err);
}

static int revert_feed(
	struct change_job *change, struct writer *writer, int64_t id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_MOVE_LAST);
	struct move move;
	int found, result;

	db_bind_int(get, 1, id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	move = (struct move){ db_int(get, 0), db_text_copy(get, 1), db_text_copy(get, 2) };
	sqlite3_reset(get);
	result = take_back(change, writer, id, &move, err);
	free(move.from);
	free(move.to);
	return result;
}

/* -------------------------------------------------------------- job ---- */

static int change_run(struct job *job, struct writer *writer, struct err *err)
{
	static int (*const actions[])(
		struct change_job *, struct writer *, int64_t, struct err *) = {
		[ACTION_REMOVE] = remove_feed,
		[ACTION_PURGE] = remove_feed,
		[ACTION_PAUSE] = pause_feed,
		[ACTION_RESUME] = resume_feed,
		[ACTION_REVERT] = revert_feed,
	};
	struct change_job *change = (struct change_job *)job;
	size_t i;

	for (i = 0; i < change->count; i++)
		if (actions[change->action](change, writer, change->ids[i], err) < 0)
			return -1;
	return 0;
}

static void change_done(struct job *job, const struct err *err)
{
	struct change_job *change = (struct change_job *)job;

	change->done(change->ctx, err == NULL ? change->changed : 0, err);
}

static void change_release(struct job *job)
{
	struct change_job *change = (struct change_job *)job;

	free(change->ids);
	free(change);
}

static void push(struct store *store, const int64_t *ids, size_t count, enum action action,
	int64_t now_s, store_changed *done, void *ctx)
{
	struct change_job *change = MEM_NEW(struct change_job);

	change->job.run = change_run;
	change->job.asked = change->job.large = true;
	change->job.done = change_done;
	change->job.release = change_release;
	change->action = action;
	change->ids = mem_dup(ids, count * sizeof(*ids));
	change->count = count;
	change->now_s = now_s;
	change->done = done;
	change->ctx = ctx;
	queue_push(store->queue, &change->job);
}

void store_feeds_remove(struct store *store, const int64_t *ids, size_t count, bool purge,
	int64_t now_s, store_changed *done, void *ctx)
{
	push(store, ids, count, purge ? ACTION_PURGE : ACTION_REMOVE, now_s, done, ctx);
}

void store_feeds_change(struct store *store, const int64_t *ids, size_t count,
	enum store_feed_change change, int64_t now_s, store_changed *done, void *ctx)
{
	static const enum action actions[] = { [STORE_PAUSE] = ACTION_PAUSE,
		[STORE_RESUME] = ACTION_RESUME,
		[STORE_REVERT] = ACTION_REVERT };

	push(store, ids, count, actions[change], now_s, done, ctx);
}
