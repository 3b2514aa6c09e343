#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/internal.h"
#include "daemon/store/lent_table.h"
#include "daemon/store/poll.h"

/* What is due goes out, and is put ahead in the same transaction. */

struct claim_job {
	struct job job;
	int64_t now_s, lead_s;
	size_t max;
	enum store_due due;
	int64_t *ids; /* or NULL: what is due */
	size_t id_count;
	struct store_claim *claims;
	size_t count;
	store_claimed *done;
	void *ctx;
};

/* Columns of CLAIM in statement_poll.def. */
enum {
	COLUMN_SETTINGS = 7,
	COLUMN_POLL = COLUMN_SETTINGS + SETTING_COLUMNS_COUNT,
	COLUMN_VALIDATORS = COLUMN_POLL + POLL_COLUMNS_COUNT
};

void poll_read_claim(sqlite3_stmt *row, struct store_claim *claim)
{
	int64_t total = db_int(row, 4);

	memset(claim, 0, sizeof(*claim));
	claim->feed_id = db_int(row, 0);
	claim->url = db_text_copy(row, 1);
	claim->title = db_text_copy(row, 2);
	claim->added_at_s = db_int(row, 3);
	/* An empty first document was one, too. */
	if (sqlite3_column_type(row, 5) != SQLITE_NULL)
		claim->items = total > 0 ? (unsigned)total : 1;
	claim->paused = db_bool(row, 6);
	poll_read_settings(row, COLUMN_SETTINGS, &claim->settings);
	poll_read(row, COLUMN_POLL, &claim->state);
	poll_read_validators(row, COLUMN_VALIDATORS, &claim->validators);
}

static int put_ahead(
	struct claim_job *claim, struct writer *writer, enum statement which, struct err *err)
{
	int64_t *ids = MEM_ARRAY(claim->count, int64_t);
	struct lent list = { claim->count, ids };
	sqlite3_stmt *put = db_use(&writer->db, which);
	int result;

	for (size_t i = 0; i < claim->count; i++)
		ids[i] = claim->claims[i].feed_id;
	db_bind_pointer(put, 1, &list, lent_ids.name);
	db_bind_int(put, 2, claim->now_s + claim->lead_s);
	result = db_run(&writer->db, put, err);
	free(ids);
	return result;
}

static int take_rows(
	struct claim_job *claim, struct writer *writer, sqlite3_stmt *rows, struct err *err)
{
	int found;

	while ((found = db_step(&writer->db, rows, err)) > 0)
		poll_read_claim(rows, &claim->claims[claim->count++]);
	return found;
}

static int claim_due(struct claim_job *claim, struct writer *writer, struct err *err)
{
	static const enum statement lists[] = { [STORE_DUE_ALL] = STATEMENT_CLAIM_DUE,
		[STORE_DUE_PROBE] = STATEMENT_CLAIM_PROBE,
		[STORE_DUE_PROBE_PROXY] = STATEMENT_CLAIM_PROBE_PROXY,
		[STORE_DUE_AROUND] = STATEMENT_CLAIM_AROUND };
	sqlite3_stmt *list = db_use(&writer->db, lists[claim->due]);

	claim->claims = MEM_ARRAY(claim->max, struct store_claim);
	db_bind_int(list, 1, claim->now_s);
	db_bind_int(list, 2, (int64_t)claim->max);
	if (take_rows(claim, writer, list, err) < 0)
		return -1;
	return put_ahead(claim, writer, STATEMENT_CLAIM_LEAD, err);
}

static int claim_named(struct claim_job *claim, struct writer *writer, struct err *err)
{
	struct lent list = { claim->id_count, claim->ids };
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_CLAIM_IDS);

	claim->claims = MEM_ARRAY(claim->id_count, struct store_claim);
	db_bind_pointer(get, 1, &list, lent_ids.name);
	if (take_rows(claim, writer, get, err) < 0)
		return -1;
	return put_ahead(claim, writer, STATEMENT_CLAIM_LEAD_AT_MOST, err);
}

static int claim_run(struct job *job, struct writer *writer, struct err *err)
{
	struct claim_job *claim = (struct claim_job *)job;

	return claim->ids != NULL ? claim_named(claim, writer, err) : claim_due(claim, writer, err);
}

static void claim_done(struct job *job, const struct err *err)
{
	struct claim_job *claim = (struct claim_job *)job;
	struct store_claim *claims = claim->claims;
	size_t count = claim->count;

	if (err != NULL || count == 0) {
		claim->done(claim->ctx, NULL, 0, err);
		return;
	}
	claim->claims = NULL; /* the callee's now */
	claim->count = 0;
	claim->done(claim->ctx, claims, count, NULL);
}

static void claim_release(struct job *job)
{
	struct claim_job *claim = (struct claim_job *)job;

	store_claims_free(claim->claims, claim->count);
	free(claim->ids);
	free(claim);
}

static struct claim_job *claim_new(int64_t now_s, int64_t lead_s, store_claimed *done, void *ctx)
{
	struct claim_job *claim = MEM_NEW(struct claim_job);

	claim->job.run = claim_run;
	claim->job.done = claim_done;
	claim->job.release = claim_release;
	claim->job.claim = claim->job.own = true;
	claim->now_s = now_s;
	claim->lead_s = lead_s;
	claim->done = done;
	claim->ctx = ctx;
	return claim;
}

void store_claim(struct store *store, int64_t now_s, int64_t lead_s, size_t max, enum store_due due,
	store_claimed *done, void *ctx)
{
	struct claim_job *claim = claim_new(now_s, lead_s, done, ctx);

	claim->max = max;
	claim->due = due;
	queue_push(store->queue, &claim->job);
}

void store_claim_ids(struct store *store, const int64_t *ids, size_t count, int64_t now_s,
	int64_t lead_s, store_claimed *done, void *ctx)
{
	struct claim_job *claim = claim_new(now_s, lead_s, done, ctx);

	claim->ids = mem_dup(ids, count * sizeof(*ids));
	claim->id_count = count;
	queue_push(store->queue, &claim->job);
}

/* -------------------------------------------------------------- due ---- */

struct due_job {
	struct job job;
	int64_t now_s;
	enum statement next;
	int64_t next_poll_s, due;
	store_due_done *done;
	void *ctx;
};

static int due_run(struct job *job, struct writer *writer, struct err *err)
{
	struct due_job *due = (struct due_job *)job;
	sqlite3_stmt *count = db_use(&writer->db, STATEMENT_POLL_DUE);

	if (db_get(&writer->db, db_use(&writer->db, due->next), &due->next_poll_s, err) < 0)
		return -1;
	db_bind_int(count, 1, due->now_s);
	return db_get(&writer->db, count, &due->due, err) < 0 ? -1 : 0;
}

static void due_done(struct job *job, const struct err *err)
{
	struct due_job *due = (struct due_job *)job;

	due->done(due->ctx, due->next_poll_s, (uint64_t)due->due, err);
}

static void due_release(struct job *job)
{
	free(job);
}

/* In the writer's queue, so that it sees every claim and note before it. */
void store_due(
	struct store *store, int64_t now_s, enum store_due which, store_due_done *done, void *ctx)
{
	struct due_job *due = MEM_NEW(struct due_job);

	due->job.run = due_run;
	due->job.done = due_done;
	due->job.release = due_release;
	due->now_s = now_s;
	due->next = which == STORE_DUE_AROUND ? STATEMENT_POLL_NEXT_AROUND : STATEMENT_POLL_NEXT;
	due->next_poll_s = INT64_MAX;
	due->done = done;
	due->ctx = ctx;
	queue_push(store->queue, &due->job);
}

/* ----------------------------------------------------------- spread ---- */

struct spread_job {
	struct job job;
	int64_t now_s;
	int64_t *moments_s;
	size_t count;
	store_done *done;
	void *ctx;
};

static int64_t *overdue(struct writer *writer, int64_t now_s, size_t *out_count, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_POLL_OVERDUE);
	int64_t *ids = NULL;
	size_t count = 0, capacity = 0;
	int found;

	db_bind_int(list, 1, now_s);
	while ((found = db_step(&writer->db, list, err)) > 0) {
		if (count == capacity) {
			capacity = capacity != 0 ? capacity * 2 : 256;
			ids = mem_realloc_array(ids, capacity, sizeof(*ids));
		}
		ids[count++] = db_int(list, 0);
	}
	if (found < 0) {
		free(ids);
		return NULL;
	}
	*out_count = count;
	return ids != NULL ? ids : mem_alloc(1);
}

static int spread_run(struct job *job, struct writer *writer, struct err *err)
{
	struct spread_job *spread = (struct spread_job *)job;
	int64_t *ids;
	size_t count, i;
	int result = 0;

	ids = overdue(writer, spread->now_s, &count, err);
	if (ids == NULL)
		return -1;
	for (i = 0; i < count && result == 0; i++) {
		sqlite3_stmt *put = db_use(&writer->db, STATEMENT_POLL_PUT_OFF);

		db_bind_int(put, 1, ids[i]);
		db_bind_int(put, 2, spread->moments_s[i * spread->count / count]);
		result = db_run(&writer->db, put, err);
	}
	free(ids);
	return result;
}

static void spread_done(struct job *job, const struct err *err)
{
	struct spread_job *spread = (struct spread_job *)job;

	spread->done(spread->ctx, err);
}

static void spread_release(struct job *job)
{
	free(((struct spread_job *)job)->moments_s);
	free(job);
}

void store_spread(struct store *store, int64_t now_s, int64_t *moments_s, size_t count,
	store_done *done, void *ctx)
{
	struct spread_job *spread = MEM_NEW(struct spread_job);

	spread->job.run = spread_run;
	spread->job.done = spread_done;
	spread->job.release = spread_release;
	spread->now_s = now_s;
	spread->moments_s = moments_s;
	spread->count = count;
	spread->done = done;
	spread->ctx = ctx;
	queue_push(store->queue, &spread->job);
}
