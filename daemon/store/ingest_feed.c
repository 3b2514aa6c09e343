#include "daemon/store/ingest_internal.h"

#include <stdio.h>
#include <string.h>

#include "daemon/store/log_row.h"
#include "daemon/store/poll.h"

int ingest_read_feed(struct scene *scene, struct err *err)
{
	struct feed_row *feed = &scene->feed;
	struct db *db = &scene->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_FEED_INGEST_GET);
	int found;

	db_bind_int(get, 1, scene->in->feed_id);
	found = db_step(db, get, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "the feed was removed meanwhile");
	if (found < 0)
		return -1;
	feed->url = db_text_copy(get, 0);
	feed->own_title = db_text_copy(get, 1);
	feed->site_url = db_text_copy(get, 2);
	feed->initial_s = db_int_or(get, 4, DATE_NONE);
	feed->policy = (enum ident_policy)db_int(get, 5);
	feed->last_item_s = db_int_or(get, 6, DATE_NONE);
	feed->total = db_int(get, 7);
	feed->every_s = db_int_or(get, 8, -1);
	sqlite3_reset(get);
	if (scene->in->asked_url != NULL && strcmp(scene->in->asked_url, feed->url) != 0)
		return err_set(err, ERR_CANCELLED, "the feed has another address by now");
	scene->initial = feed->initial_s == DATE_NONE;
	get = db_use(db, STATEMENT_POLL_LAST_OK);
	db_bind_int(get, 1, scene->in->feed_id);
	if (db_get(db, get, &feed->last_ok_s, err) < 0)
		return -1;
	/* By a clock that was ahead: then all that comes would be old. */
	if (feed->last_ok_s > scene->in->now_s)
		feed->last_ok_s = scene->in->now_s;
	return 0;
}

int ingest_write_feed(struct scene *scene, struct err *err)
{
	const struct feed_doc *doc = scene->in->doc;
	const char *title = feed_doc_text(doc, doc->title);
	const char *site = feed_doc_text(doc, doc->site_url);
	sqlite3_stmt *put = db_use(&scene->writer->db, STATEMENT_FEED_INGESTED);

	/* A document that lost its title takes nothing away. */
	if (title[0] != '\0' &&
		(scene->feed.own_title == NULL || strcmp(scene->feed.own_title, title) != 0))
		scene->writer->feeds_touched = true;
	db_bind_int(put, 1, scene->in->feed_id);
	db_bind_text(put, 2, title[0] != '\0' ? title : scene->feed.own_title);
	db_bind_text(put, 3, site[0] != '\0' ? site : scene->feed.site_url);
	db_bind_int(put, 4, scene->initial ? scene->in->now_s : scene->feed.initial_s);
	db_bind_int_or(put, 5, scene->feed.last_item_s, DATE_NONE);
	return db_run(&scene->writer->db, put, err);
}

/* What is no whole document vouches for nothing, and behind it the last body has to be read
 * again, though not a byte of it differs.  Where it said something else than that one, a
 * 304 would leave us with its words: the server is not shown what it said before. */
static int write_validators(struct scene *scene, struct err *err)
{
	struct store_ingest *in = scene->in;
	struct db *db = &scene->writer->db;

	if (in->replace_validators)
		return poll_replace_validators(db, in->feed_id, &in->validators, err);
	return db_run_with(db,
		scene->shown_otherwise ? STATEMENT_VALIDATOR_DROP : STATEMENT_VALIDATOR_FORGET_BODY,
		in->feed_id, err);
}

int ingest_write_poll(struct scene *scene, struct err *err)
{
	struct store_ingest *in = scene->in;
	const struct store_delta *delta = scene->delta;
	struct poll_answer answer = { in->now_s, in->status, delta->fresh, delta->changed,
		in->wire_bytes, in->elapsed_ms };

	if (write_validators(scene, err) < 0)
		return -1;
	if (in->aside)
		return 0;
	in->state.newest_item_s = delta->newest_item_s;
	in->state.last_new_s = delta->last_new_s;
	if (in->schedule != NULL)
		in->schedule(in->schedule_ctx, delta, scene->feed.every_s, &in->state);
	return poll_put(&scene->writer->db, in->feed_id, &in->state, &answer, err);
}

int ingest_write_log(struct scene *scene, struct err *err)
{
	struct store_ingest *in = scene->in;
	const struct store_delta *delta = scene->delta;
	struct poll_answer answer = { in->now_s, in->status, delta->fresh, delta->changed,
		in->wire_bytes, in->elapsed_ms };
	char words[160];

	if (delta->gap && log_row_add(scene->writer, in->feed_id, in->now_s, "feed.gap",
				  "nothing that we knew was in it any more; items may be missing",
				  NULL, err) < 0)
		return -1;
	if (delta->rekeyed > 0) {
		snprintf(words, sizeof(words), "%u known items came under new ids", delta->rekeyed);
		if (log_row_add(scene->writer, in->feed_id, in->now_s, "feed.rekeyed", words, NULL,
			    err) < 0)
			return -1;
	}
	if (delta->backfill > 0) {
		snprintf(words, sizeof(words), "%u old items were added without telling",
			delta->backfill);
		if (log_row_add(scene->writer, in->feed_id, in->now_s, "feed.backfill", words, NULL,
			    err) < 0)
			return -1;
	}
	if (delta->fresh == 0 && delta->changed == 0)
		return 0;
	snprintf(words, sizeof(words), "%u new, %u changed of %u", delta->fresh, delta->changed,
		delta->items);
	return log_row_add(scene->writer, in->feed_id, in->now_s,
		delta->initial ? "feed.initial" : "feed.updated", words, &answer, err);
}
