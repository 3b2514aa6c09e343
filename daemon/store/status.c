#include <stdlib.h>
#include <sys/stat.h>

#include "common/mem.h"
#include "daemon/store/internal.h"
#include "daemon/store/store_feeds.h"

/* Numbers of the whole, each from a counter or a short index. */

struct status_job {
	struct store_read_job job;
	char *path;
	int64_t now_s;
	store_held_until *held; /* or NULL */
	struct store_numbers numbers;
	store_numbers_done *done;
	void *ctx;
};

static uint64_t file_bytes(const char *path, const char *suffix)
{
	char *name = mem_printf("%s%s", path, suffix);
	struct stat status;
	uint64_t bytes = 0;

	if (stat(name, &status) == 0)
		bytes = (uint64_t)status.st_size;
	free(name);
	return bytes;
}

static int read_counters(struct status_job *status, struct db *db, struct err *err)
{
	struct store_numbers *numbers = &status->numbers;
	sqlite3_stmt *get = db_use(db, STATEMENT_STORE_GET);
	int found = db_step(db, get, err);

	if (found <= 0)
		return found;
	numbers->store_id = (uint64_t)db_int(get, 0);
	numbers->seq = (uint64_t)db_int(get, 1);
	numbers->feeds = (uint64_t)db_int(get, 3);
	numbers->items = (uint64_t)db_int(get, 4);
	numbers->unread = (uint64_t)db_int(get, 5);
	numbers->starred = (uint64_t)db_int(get, 6);
	/* Ids that went meanwhile count, too: it is how far there is to go. */
	numbers->index_lag = (uint64_t)(db_int(get, 2) - 1 - db_int(get, 10));
	sqlite3_reset(get);
	return 0;
}

/* The first one that will be asked: in the order of their plans, until no later
 * one can be earlier. */
static int read_next(struct status_job *status, struct db *db, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_POLL_PLANS);
	int64_t *next_s = &status->numbers.next_poll_s;
	struct store_state state = { 0 };
	int found;

	*next_s = INT64_MAX;
	while ((found = db_step(db, list, err)) > 0 && db_int(list, 0) < *next_s) {
		int64_t at_s = db_int(list, 0), until_s = 0;

		state.effective_url = (char *)(uintptr_t)db_text(list, 2);
		state.not_before_s = db_int(list, 3);
		if (status->held != NULL && read_telling(&status->job)) {
			until_s = status->held(
				status->ctx, db_text(list, 1), db_bool(list, 4), &state);
			read_told(&status->job);
		}
		at_s = until_s > at_s ? until_s : at_s;
		*next_s = at_s < *next_s ? at_s : *next_s;
	}
	sqlite3_reset(list);
	return found < 0 ? -1 : 0;
}

static int read_schedule(struct status_job *status, struct db *db, struct err *err)
{
	struct store_numbers *numbers = &status->numbers;
	sqlite3_stmt *count = db_use(db, STATEMENT_POLL_DUE);
	int64_t due = 0, failing = 0;

	if (read_next(status, db, err) < 0)
		return -1;
	db_bind_int(count, 1, status->now_s);
	if (db_get(db, count, &due, err) < 0 ||
		db_get(db, db_use(db, STATEMENT_POLL_FAILING), &failing, err) < 0)
		return -1;
	numbers->due = (uint64_t)due;
	numbers->failing = (uint64_t)failing;
	return 0;
}

static int status_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct status_job *status = (struct status_job *)job;

	status->numbers.store_bytes = file_bytes(status->path, "") +
				      file_bytes(status->path, "-wal");
	if (read_counters(status, &reader->db, err) < 0)
		return -1;
	return read_schedule(status, &reader->db, err);
}

static void status_done(struct store_read_job *job, const struct err *err)
{
	struct status_job *status = (struct status_job *)job;

	status->done(status->ctx, err == NULL ? &status->numbers : NULL, err);
}

static void status_release(struct store_read_job *job)
{
	struct status_job *status = (struct status_job *)job;

	free(status->path);
	free(status);
}

struct store_read_job *store_status(struct store *store, int64_t now_s, store_held_until *held,
	store_numbers_done *done, void *ctx)
{
	struct status_job *status = MEM_NEW(struct status_job);

	status->job.run = status_run;
	status->job.done = status_done;
	status->job.release = status_release;
	status->path = mem_strdup(store->path);
	status->now_s = now_s;
	status->held = held;
	status->done = done;
	status->ctx = ctx;
	return pool_start(store->pool, &status->job);
}
