#include "daemon/store/edit.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/feed/document.h"
#include "daemon/store/internal.h"

#define TELL_AT_ONCE 200 /* each in a page of its own */

struct edit_job {
	struct job job;
	int64_t now_s, next_s;
	uint64_t seq;
	store_edits_told *done;
	void *ctx;
};

int64_t edit_tell_at(int64_t changed_s, int64_t now_s)
{
	if (changed_s == DATE_NONE)
		return now_s;
	/* By a clock that was ahead: it was now, at the latest. */
	return (changed_s < now_s ? changed_s : now_s) + EDITS_APART_S;
}

/* --------------------------------------------------------- waiting ---- */

void store_on_edit(struct store *store, void (*waits)(void *ctx, int64_t tell_s), void *ctx)
{
	store->edit = waits;
	store->edit_ctx = ctx;
}

void edit_waits(struct store *store, int64_t tell_s)
{
	if (store->edit != NULL)
		store->edit(store->edit_ctx, tell_s);
}

/* --------------------------------------------------------- telling ---- */

/* 1: an item whose edit is due; 0: none is, and edit->next_s says when. */
static int find_due(
	struct edit_job *edit, struct writer *writer, int64_t *out_item_id, struct err *err)
{
	sqlite3_stmt *next = db_use(&writer->db, STATEMENT_EDIT_NEXT);
	int found = db_step(&writer->db, next, err);

	edit->next_s = INT64_MAX;
	if (found <= 0)
		return found;
	*out_item_id = db_int(next, 0);
	edit->next_s = db_int(next, 1);
	sqlite3_reset(next);
	return edit->next_s <= edit->now_s;
}

static int tell(struct edit_job *edit, struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_EDIT_TOLD);

	edit->seq = writer_next_seq(writer);
	db_bind_int(put, 1, item_id);
	db_bind_int(put, 2, (int64_t)edit->seq);
	db_bind_int(put, 3, edit->now_s);
	return db_run(&writer->db, put, err);
}

static int edit_run(struct job *job, struct writer *writer, struct err *err)
{
	struct edit_job *edit = (struct edit_job *)job;
	int64_t item_id;
	unsigned told;
	int found;

	edit->seq = 0;
	for (told = 0; (found = find_due(edit, writer, &item_id, err)) > 0; told++) {
		if (told == TELL_AT_ONCE)
			return 0;
		if (tell(edit, writer, item_id, err) < 0)
			return -1;
	}
	return found;
}

static void edit_done(struct job *job, const struct err *err)
{
	struct edit_job *edit = (struct edit_job *)job;

	edit->done(edit->ctx, err == NULL ? edit->seq : 0, edit->next_s, err);
}

static void edit_release(struct job *job)
{
	free(job);
}

void store_tell_edits(struct store *store, int64_t now_s, store_edits_told *done, void *ctx)
{
	struct edit_job *edit = MEM_NEW(struct edit_job);

	edit->job.run = edit_run;
	edit->job.done = edit_done;
	edit->job.release = edit_release;
	edit->now_s = now_s;
	edit->done = done;
	edit->ctx = ctx;
	queue_push(store->queue, &edit->job);
}
