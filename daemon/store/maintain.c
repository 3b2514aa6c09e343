#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/backup.h"
#include "daemon/store/internal.h"
#include "daemon/store/log_row.h"
#include "daemon/store/search.h"

/*
 * What is due of housekeeping: retention, the log's length, room.
 *
 * When it is over the store remembers the moment, for the next start to judge its clock
 * by.  While that is in doubt no moment is remembered, and by one that is ahead nothing
 * is old.
 */

#define MAINTAIN_EVERY_S 86400
#define MAINTAIN_LEAST_S 60
#define HOLD_KEPT_S (30 * 86400)

/* Pages that nothing needs go back to the file system, 16 MB at a time. */
static const char give_back[] = "PRAGMA incremental_vacuum(4096)";

struct maintain_job {
	struct job job;
	struct store *store;
	int64_t now_s, next_s;
	enum doubt_about doubt;
	int64_t doubt_left_s;
	bool more; /* the same call goes on where this one stopped */
	int64_t keep_read_s, keep_unread_s;
	store_maintained *done;
	void *ctx;
};

/* What a site asked for so long ago counts no more. */
static int forget_holds(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	if (maintain->doubt == DOUBT_AHEAD)
		return 0;
	return db_run_with(&writer->db, STATEMENT_HOLD_FORGET, maintain->now_s - HOLD_KEPT_S, err);
}

/* ---------------------------------------------------------- pieces ---- */

/*
 * Each is a little of something that takes long.  1: it is to be called again, and
 * others get their turn in between; 0: it is done; -1.
 */
typedef int piece_fn(struct maintain_job *maintain, struct writer *writer, struct err *err);

static int retain_some(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	struct retain_limits limits = { maintain->now_s, maintain->keep_read_s,
		maintain->keep_unread_s };

	if (maintain->doubt == DOUBT_AHEAD)
		return 0;
	return retain_step(writer, &limits, err);
}

static int trim_some(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	(void)maintain;
	return log_row_trim(writer, err);
}

static int repack_some(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	return repack_step(writer, maintain->now_s, err);
}

static int merge_some(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	(void)maintain;
	return search_merge(writer, err);
}

/* What reads much is done once a day, however often feedd starts. */
static const struct piece {
	piece_fn *run;
	bool daily;
} pieces[] = { { retain_some, false }, { trim_some, true }, { repack_some, true },
	{ merge_some, true } };
#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static int is_done_today(
	struct maintain_job *maintain, struct writer *writer, bool *out, struct err *err)
{
	int64_t last_s = 0;
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_STORE_WAS_MAINTAINED);

	if (db_get(&writer->db, get, &last_s, err) < 0)
		return -1;
	*out = last_s / MAINTAIN_EVERY_S == maintain->now_s / MAINTAIN_EVERY_S;
	return 0;
}

/* On from where the last call stopped: 1 if there is more. */
static int work(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	bool done;
	int more;

	if (is_done_today(maintain, writer, &done, err) < 0)
		return -1;
	for (; writer->upkeep < PIECES; writer->upkeep++) {
		if (done && pieces[writer->upkeep].daily)
			continue;
		more = pieces[writer->upkeep].run(maintain, writer, err);
		if (more < 0)
			writer->upkeep = 0;
		if (more != 0)
			return more;
	}
	writer->upkeep = 0;
	return 0;
}

/* Once a day, but what is kept for less than that is not kept for a day. */
static int next_time(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	sqlite3_stmt *least = db_use(&writer->db, STATEMENT_RETAIN_LEAST_KEEP);
	int64_t every_s = MAINTAIN_EVERY_S;

	db_bind_int(least, 1, every_s);
	if (db_get(&writer->db, least, &every_s, err) < 0)
		return -1;
	if (maintain->keep_read_s < every_s)
		every_s = maintain->keep_read_s;
	if (maintain->keep_unread_s < every_s)
		every_s = maintain->keep_unread_s;
	if (maintain->doubt != DOUBT_NONE && maintain->doubt_left_s < every_s)
		every_s = maintain->doubt_left_s;
	maintain->next_s = maintain->now_s +
			   (every_s > MAINTAIN_LEAST_S ? every_s : MAINTAIN_LEAST_S);
	return 0;
}

static int remember(struct maintain_job *maintain, struct writer *writer, struct err *err)
{
	if (maintain->doubt != DOUBT_NONE)
		return 0;
	return db_run_with(&writer->db, STATEMENT_STORE_MAINTAINED, maintain->now_s, err);
}

static int maintain_run(struct job *job, struct writer *writer, struct err *err)
{
	struct maintain_job *maintain = (struct maintain_job *)job;
	int more = work(maintain, writer, err);

	if (more < 0)
		return -1;
	maintain->more = more > 0;
	if (maintain->more) {
		/* A commit every moment would take its mapping from a long listing. */
		maintain->next_s = maintain->now_s + store_is_read(maintain->store);
		return 0;
	}
	if (next_time(maintain, writer, err) < 0 || forget_holds(maintain, writer, err) < 0 ||
		db_run(&writer->db, db_use(&writer->db, STATEMENT_FEED_FORGET_REMOVED), err) < 0 ||
		db_script(&writer->db, give_back, err) < 0)
		return -1;
	return remember(maintain, writer, err);
}

static void maintain_done(struct job *job, const struct err *err)
{
	struct maintain_job *maintain = (struct maintain_job *)job;
	struct store *store = maintain->store;

	if (err == NULL && !maintain->more && maintain->doubt == DOUBT_NONE)
		store->seen_s = maintain->now_s;
	if (err != NULL || maintain->more || store->options.backup_keep == 0 ||
		store->options.backup_every_s <= 0) {
		maintain->done(maintain->ctx, maintain->next_s, err);
		return;
	}
	backup_if_due(store, maintain->now_s, maintain->next_s, maintain->done, maintain->ctx);
}

static void maintain_release(struct job *job)
{
	free(job);
}

void store_maintain(struct store *store, int64_t now_s, store_maintained *done, void *ctx)
{
	struct maintain_job *maintain = MEM_NEW(struct maintain_job);
	int64_t steady_ms = (int64_t)(uv_hrtime() / 1000000);

	maintain->job.run = maintain_run;
	maintain->job.done = maintain_done;
	maintain->job.release = maintain_release;
	maintain->store = store;
	maintain->now_s = now_s;
	maintain->next_s = now_s + MAINTAIN_EVERY_S;
	maintain->doubt = doubt_judge(&store->doubt, store->seen_s, now_s, steady_ms);
	maintain->doubt_left_s = doubt_left_s(&store->doubt, steady_ms);
	maintain->keep_read_s = store->options.keep_read_s;
	maintain->keep_unread_s = store->options.keep_unread_s;
	maintain->done = done;
	maintain->ctx = ctx;
	queue_push(store->queue, &maintain->job);
}

bool store_doubts_clock(const struct store *store, int64_t *out_seen_s)
{
	*out_seen_s = store->seen_s;
	return store->doubt.about == DOUBT_AHEAD;
}
