#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/edit.h"
#include "daemon/store/feed_add.h"
#include "daemon/store/ingest.h"
#include "daemon/store/internal.h"
#include "daemon/store/log_row.h"
#include "daemon/store/bundle.h"
#include "daemon/store/poll.h"
#include "daemon/url.h"

/* What came of a request: a document, or an answer without one. */

/* ----------------------------------------------------------- ingest ---- */

struct ingest_job {
	struct job job;
	struct store *store;
	struct store_ingest in;
	struct store_delta delta;
	struct bundles *bundles; /* or NULL */
	store_ingested *done;
	void *ctx;
};

static void ingest_prepare(struct job *job, struct content_packer *packer)
{
	struct ingest_job *ingest = (struct ingest_job *)job;

	ingest->bundles = bundles_new(packer, ingest->in.doc);
}

static int ingest_run(struct job *job, struct writer *writer, struct err *err)
{
	struct ingest_job *ingest = (struct ingest_job *)job;

	return ingest_document(writer, &ingest->in, ingest->bundles, &ingest->delta, err);
}

static void ingest_spent(struct job *job)
{
	struct ingest_job *ingest = (struct ingest_job *)job;

	free((void *)(uintptr_t)ingest->in.doc);
	ingest->in.doc = NULL;
	bundles_free(ingest->bundles);
	ingest->bundles = NULL;
}

static void ingest_done(struct job *job, const struct err *err)
{
	struct ingest_job *ingest = (struct ingest_job *)job;

	if (err == NULL && ingest->delta.untold > 0)
		edit_waits(ingest->store, ingest->delta.tell_s);
	ingest->done(ingest->ctx, err == NULL ? &ingest->delta : NULL, err);
}

static void ingest_release(struct job *job)
{
	struct ingest_job *ingest = (struct ingest_job *)job;

	ingest_spent(job);
	store_validators_release(&ingest->in.validators);
	store_state_release(&ingest->in.state);
	free(ingest);
}

void store_ingest(struct store *store, struct store_ingest *ingest, store_ingested *done, void *ctx)
{
	struct ingest_job *job = MEM_NEW(struct ingest_job);

	/* Packing is a third of the work, where all that comes is new. */
	if (ingest->first)
		job->job.prepare = ingest_prepare;
	job->job.run = ingest_run;
	job->job.spent = ingest_spent;
	job->job.done = ingest_done;
	job->job.release = ingest_release;
	job->job.document = job->job.own = true;
	job->job.bytes = ingest->doc->size;
	job->store = store;
	job->in = *ingest;
	job->done = done;
	job->ctx = ctx;
	memset(ingest, 0, sizeof(*ingest)); /* taken */
	queue_push(store->queue, &job->job);
}

/* ------------------------------------------------------------- note ---- */

struct note_job {
	struct job job;
	struct store_note note;
	enum store_moved moved;
	store_noted *done;
	void *ctx;
};

/* What the feed is at this moment; a removed one has no url. */
struct current {
	char *url;
	int64_t every_s;
};

static int read_current(
	struct writer *writer, int64_t feed_id, struct current *out_current, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_URL);
	int found;

	db_bind_int(get, 1, feed_id);
	found = db_step(&writer->db, get, err);
	if (found > 0) {
		out_current->url = db_text_copy(get, 0);
		out_current->every_s = db_int_or(get, 1, -1);
		sqlite3_reset(get);
	}
	return found;
}

/* They stay with the origin that they were given for; the new one has answered
 * without them each time that it was asked. */
static int drop_secrets(
	struct writer *writer, const struct store_note *note, const char *from, struct err *err)
{
	sqlite3_stmt *drop;

	if (url_same_origin(from, note->adopt_url))
		return 0;
	drop = db_use(&writer->db, STATEMENT_FEED_DROP_SECRETS);
	db_bind_int(drop, 1, note->feed_id);
	return db_run(&writer->db, drop, err);
}

static int move_feed(
	struct writer *writer, const struct store_note *note, const char *from, struct err *err)
{
	if (feed_put_moved(writer, note->feed_id, from, note->adopt_url, note->now_s, err) < 0)
		return -1;
	return drop_secrets(writer, note, from, err);
}

/* One document is asked for once: this feed rests until a person has chosen. */
static int propose_merge(struct writer *writer, const struct store_note *note, struct err *err)
{
	sqlite3_stmt *merged = db_use(&writer->db, STATEMENT_POLL_MERGED);

	db_bind_int(merged, 1, note->feed_id);
	db_bind_text(merged, 2, note->adopt_url);
	db_bind_int(merged, 3, note->now_s);
	if (db_run(&writer->db, merged, err) < 0)
		return -1;
	return log_row_add(
		writer, note->feed_id, note->now_s, "feed.merge", note->adopt_url, NULL, err);
}

/* The feed's address from now on, unless another feed has it.  Where nobody looks at that
 * one, this one must not rest because of it. */
static int adopt(struct writer *writer, const struct store_note *note, const char *url,
	enum store_moved *out_moved, struct err *err)
{
	bool looked_at;
	int64_t other;
	int found;

	if (strcmp(url, note->adopt_url) == 0)
		return 0;
	found = feed_free_url(writer, note->adopt_url, &other, &looked_at, err);
	if (found == 0) {
		*out_moved = STORE_MOVED;
		return move_feed(writer, note, url, err);
	}
	if (found < 0 || !looked_at)
		return found < 0 ? -1 : 0;
	*out_moved = STORE_MERGED;
	return propose_merge(writer, note, err);
}

static int renew_validators(struct db *db, const struct store_note *note, struct err *err)
{
	switch (note->renewal) {
	case STORE_KEEP_VALIDATORS:
		break;
	case STORE_MERGE_VALIDATORS:
		return poll_merge_validators(db, note->feed_id, &note->validators, err);
	case STORE_RENEW_VALIDATORS:
		return poll_renew_validators(db, note->feed_id, &note->validators, err);
	}
	return 0;
}

/* Validators, the schedule, the answer. */
static int keep_state(
	struct writer *writer, struct store_note *note, int64_t every_s, struct err *err)
{
	struct poll_answer answer = { note->now_s, note->status, 0, 0, note->wire_bytes,
		note->elapsed_ms };
	struct db *db = &writer->db;

	if (renew_validators(db, note, err) < 0)
		return -1;
	if (note->schedule != NULL)
		note->schedule(note->schedule_ctx, NULL, every_s, &note->state);
	return poll_put(db, note->feed_id, &note->state, note->unasked ? NULL : &answer, err);
}

static int keep_events(struct writer *writer, const struct store_note *note, struct err *err)
{
	struct poll_answer answer = { note->now_s, note->status, 0, 0, note->wire_bytes,
		note->elapsed_ms };
	size_t i;

	for (i = 0; i < STORE_NOTE_EVENTS && note->events[i].word != NULL; i++)
		if (log_row_add(writer, note->feed_id, note->now_s, note->events[i].word,
			    note->events[i].text, &answer, err) < 0)
			return -1;
	return 0;
}

static int note_run(struct job *job, struct writer *writer, struct err *err)
{
	enum store_moved *moved = &((struct note_job *)job)->moved;
	struct store_note *note = &((struct note_job *)job)->note;
	struct current current = { NULL, -1 };
	int result = read_current(writer, note->feed_id, &current, err);

	*moved = STORE_STAYED;
	if (result > 0 && note->asked_url != NULL && strcmp(note->asked_url, current.url) != 0)
		result = err_set(err, ERR_CANCELLED, "the feed has another address by now");
	if (result > 0 && !note->behind)
		result = keep_state(writer, note, current.every_s, err) < 0 ? -1 : 1;
	if (result > 0 && note->adopt_url != NULL)
		result = adopt(writer, note, current.url, moved, err) < 0 ? -1 : 1;
	if (result > 0)
		result = keep_events(writer, note, err);
	free(current.url);
	return result < 0 ? -1 : 0;
}

static void note_done(struct job *job, const struct err *err)
{
	struct note_job *note = (struct note_job *)job;

	note->done(note->ctx, err == NULL ? note->moved : STORE_STAYED, err);
}

static void note_release(struct job *job)
{
	struct note_job *note = (struct note_job *)job;
	size_t i;

	store_validators_release(&note->note.validators);
	store_state_release(&note->note.state);
	free(note->note.adopt_url);
	for (i = 0; i < STORE_NOTE_EVENTS; i++)
		free(note->note.events[i].text);
	free(note);
}

void store_note(struct store *store, struct store_note *note, store_noted *done, void *ctx)
{
	struct note_job *job = MEM_NEW(struct note_job);

	job->job.own = true;
	job->job.run = note_run;
	job->job.done = note_done;
	job->job.release = note_release;
	job->note = *note;
	job->done = done;
	job->ctx = ctx;
	memset(note, 0, sizeof(*note)); /* taken */
	queue_push(store->queue, &job->job);
}
