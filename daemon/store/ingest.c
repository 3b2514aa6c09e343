#include "daemon/store/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/article.h"
#include "daemon/store/identity.h"
#include "daemon/store/item.h"
#include "daemon/store/keys.h"
#include "daemon/store/log_row.h"
#include "daemon/store/newcomers.h"
#include "daemon/store/poll.h"
#include "daemon/store/restore.h"

#define TOLD_APART_S (6 * 3600)       /* an item is told as changed that often */
#define BACKFILL_BEHIND_S (7 * 86400) /* items older than that are no news */

/* The feed's row, as it was. */
struct feed_row {
	char *url, *own_title, *site_url;
	int64_t initial_s; /* DATE_NONE: this is the first document */
	enum ident_policy policy;
	int64_t last_item_s;
	int64_t total;
	int64_t last_ok_s;
	int64_t every_s; /* -1: as the setting says */
};

/*
 * One document on its way in.
 *
 *	feed row, shown  ->  policy  ->  incoming  ->  keys  ->  aliases
 *	   ->  items written  ->  shown, feed, poll, validators, log
 */
struct scene {
	struct writer *writer;
	struct store_ingest *in;
	struct store_delta *delta;
	struct feed_row feed;
	struct incoming *incoming;
	size_t count;
	struct shown *shown; /* sorted */
	size_t shown_count;
	bool shown_renamed; /* its keys are those of another policy */
	struct item_scratch scratch;
	bool initial;
	bool backfill;
	unsigned unread; /* of those that were inserted */
};

static int read_feed(struct scene *scene, struct err *err)
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
	return db_get(db, get, &feed->last_ok_s, err) < 0 ? -1 : 0;
}

static void scene_release(struct scene *scene)
{
	free(scene->feed.url);
	free(scene->feed.own_title);
	free(scene->feed.site_url);
	free(scene->incoming);
	free(scene->shown);
	item_scratch_release(&scene->scratch);
}

/* ------------------------------------------------------- who is who ---- */

/* Ids that lie: from now on keys are made of more, those we have first.  A
 * part of a document is no proof; one that was too long is whole enough. */
static int weaken_policy(struct scene *scene, struct err *err)
{
	bool proof = scene->in->absence || (scene->in->doc->flags & FEED_TRUNCATED) != 0;
	enum ident_policy now = scene->feed.policy;
	char why[160];

	if (proof)
		now = identity_policy(scene->in->doc, now);
	if (now == scene->feed.policy)
		return 0;
	if (keys_recompute(scene->writer, scene->in->feed_id, scene->feed.policy, now, err) < 0)
		return -1;
	scene->shown_renamed = true;
	snprintf(why, sizeof(why), "different items of one document shared an id under \"%s\"",
		ident_policy_name(scene->feed.policy));
	if (keys_set_policy(scene->writer, scene->in->feed_id, now, why, err) < 0 ||
		log_row_add(scene->writer, scene->in->feed_id, scene->in->now_s, "feed.id-policy",
			why, NULL, err) < 0)
		return -1;
	scene->feed.policy = now;
	return 0;
}

/* By what the last document showed: most items of most documents. */
static bool find_shown(struct scene *scene, struct incoming *in)
{
	const struct shown *row = NULL;

	if (!scene->shown_renamed)
		row = shown_find(scene->shown, scene->shown_count, shown_key(in->key));
	if (row == NULL)
		return false;
	in->shown_before = true;
	in->old_state = row->state;
	in->item_id = row->item_id;
	in->verdict = row->item_id != 0 ? VERDICT_KNOWN : VERDICT_BURIED;
	return true;
}

static size_t count_verdict(const struct scene *scene, enum verdict verdict)
{
	size_t n = 0, i;

	for (i = 0; i < scene->count; i++)
		n += scene->incoming[i].verdict == verdict;
	return n;
}

static int find_keys(struct scene *scene, struct err *err)
{
	bool nothing_stored = scene->initial && scene->feed.total == 0;
	size_t i;

	for (i = 0; i < scene->count; i++) {
		struct incoming *in = &scene->incoming[i];
		int found;

		if (find_shown(scene, in) || nothing_stored)
			continue;
		found = keys_find(scene->writer, scene->in->feed_id, in->key, &in->item_id, err);
		if (found < 0)
			return -1;
		if (found > 0)
			in->verdict = in->item_id != 0 ? VERDICT_KNOWN : VERDICT_BURIED;
	}
	return scene->feed.policy != POLICY_ID && count_verdict(scene, VERDICT_NEW) != 0
		       ? keys_find_buried(scene->writer, scene->in->feed_id, scene->feed.policy,
				 scene->incoming, scene->count, err)
		       : 0;
}

struct dating {
	struct writer *writer;
	struct err *err;
	bool failed;
};

static int64_t published(void *ctx, int64_t item_id)
{
	struct dating *dating = ctx;
	struct item_times times = { .published_s = DATE_NONE };

	dating->failed |= item_times_get(dating->writer, item_id, &times, dating->err) < 0;
	return times.published_s;
}

static int find_aliases(struct scene *scene, struct err *err)
{
	struct dating dating = { .writer = scene->writer, .err = err };
	struct stored *stored = NULL;
	size_t count = 0;

	if (scene->initial || !scene->in->absence || count_verdict(scene, VERDICT_NEW) == 0)
		return 0;
	if (keys_live(scene->writer, scene->in->feed_id, &stored, &count, err) < 0)
		return -1;
	identity_alias(scene->incoming, scene->count, stored, count, published, &dating);
	free(stored);
	return dating.failed ? -1 : 0;
}

/* A flood of items that are all older than our last look is an archive that
 * was opened, and no news; nor is what somebody goes back for. */
static bool is_backfill(const struct scene *scene)
{
	size_t fresh = count_verdict(scene, VERDICT_NEW), i;

	if (scene->in->older)
		return !scene->initial;
	if (scene->initial || !identity_is_flood(fresh, scene->count) || scene->feed.last_ok_s == 0)
		return false;
	for (i = 0; i < scene->count; i++) {
		const struct incoming *in = &scene->incoming[i];

		if (in->verdict == VERDICT_NEW &&
			(in->item->published_s == DATE_NONE ||
				in->item->published_s >= scene->feed.last_ok_s - BACKFILL_BEHIND_S))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------- writing ---- */

static int add(struct scene *scene, struct incoming *in, struct err *err)
{
	enum item_origin origin = scene->initial    ? ITEM_INITIAL
				  : scene->backfill ? ITEM_BACKFILL
						    : ITEM_NEW;

	if (item_insert(scene->writer, &scene->scratch, scene->in->doc, in, scene->in->feed_id,
		    scene->in->now_s, origin, &in->item_id, err) < 0 ||
		keys_put(scene->writer, scene->in->feed_id, in->key, in->item_id, &in->ident, err) <
			0)
		return -1;
	scene->unread++;
	if (origin == ITEM_BACKFILL)
		scene->delta->backfill++;
	else
		scene->delta->fresh++;
	return 0;
}

static int change(struct scene *scene, struct incoming *in, const struct ident *old,
	struct item_times *times, bool silent, struct err *err)
{
	bool told;

	if (old->slots[IDENT_CONTENT] == in->ident.slots[IDENT_CONTENT])
		return item_correct(scene->writer, &scene->scratch, scene->in->doc, in, times, err);
	item_times_renew(times, in->item);
	told = !silent && (times->changed_s == DATE_NONE ||
				  scene->in->now_s - times->changed_s >= TOLD_APART_S);
	scene->delta->changed += told;
	scene->delta->untold += !silent && !told;
	return item_change(scene->writer, &scene->scratch, scene->in->doc, in, times,
		scene->in->now_s, told, err);
}

/* The same item under another id than the last time: its ident goes along, and it is
 * called by the new one, under which a restored mark may wait for it. */
static int rekey(
	struct scene *scene, struct incoming *in, struct item_times *times, struct err *err)
{
	struct ident old;

	if (keys_ident_of_item(scene->writer, scene->in->feed_id, in->item_id, &old, err) < 0 ||
		keys_returned(scene->writer, in->item_id, err) < 0 ||
		keys_move_ident(scene->writer, scene->in->feed_id, in->item_id, err) < 0 ||
		keys_put(scene->writer, scene->in->feed_id, in->key, in->item_id, &in->ident, err) <
			0 ||
		change(scene, in, &old, times, !identity_is_edited(in, &old), err) < 0 ||
		item_readdress(scene->writer, scene->in->doc, in, err) < 0)
		return -1;
	return restore_waiting(scene->writer, scene->feed.url, in->item_id, in->item_id, NULL, err);
}

/* Known by its key: did anything of it change, was it away? */
static int update(
	struct scene *scene, struct incoming *in, struct item_times *times, struct err *err)
{
	static const struct ident none;
	struct ident old;

	if ((!in->shown_before && keys_returned(scene->writer, in->item_id, err) < 0) ||
		keys_ident(scene->writer, scene->in->feed_id, in->key, &old, err) < 0)
		return -1;
	if (memcmp(&old, &none, sizeof(old)) == 0)
		return rekey(scene, in, times, err);
	if (change(scene, in, &old, times, false, err) < 0)
		return -1;
	if (memcmp(&old, &in->ident, sizeof(old)) == 0)
		return 0;
	return keys_set_ident(scene->writer, scene->in->feed_id, in->key, &in->ident, err);
}

/* A rule dropped it.  Its ident stays as it is, for if undo brings it back it is to be
 * compared with the next document. */
static int pass_over(struct scene *scene, struct incoming *in, struct err *err)
{
	in->state = 0;
	if (in->verdict != VERDICT_REKEYED)
		return 0;
	return keys_put(scene->writer, scene->in->feed_id, in->key, in->item_id, NULL, err);
}

static int follow(struct scene *scene, struct incoming *in, struct err *err)
{
	struct item_times times;
	int found;

	if (in->shown_before && in->old_state == in->state)
		return 0;
	found = item_times_get(scene->writer, in->item_id, &times, err);
	if (found <= 0)
		return found < 0 ? -1 : pass_over(scene, in, err);
	return in->verdict == VERDICT_REKEYED ? rekey(scene, in, &times, err)
					      : update(scene, in, &times, err);
}

/* What a rule drops keeps its keys, so that it never comes again. */
static int settle(struct scene *scene, int64_t first_id, struct err *err)
{
	unsigned *came = scene->backfill ? &scene->delta->backfill : &scene->delta->fresh;
	uint64_t dropped;

	if (newcomers_settle(scene->writer, scene->feed.url, first_id,
		    scene->writer->counters.next_item_id - 1, scene->in->now_s, &dropped, err) < 0)
		return -1;
	*came -= dropped < *came ? (unsigned)dropped : *came;
	return 0;
}

static int write_items(struct scene *scene, struct err *err)
{
	int64_t first_id = scene->writer->counters.next_item_id;
	size_t i;

	for (i = 0; i < scene->count; i++) {
		struct incoming *in = &scene->incoming[i];
		int result = 0;

		if (in->verdict == VERDICT_NEW)
			result = add(scene, in, err);
		else if (in->verdict != VERDICT_BURIED)
			result = follow(scene, in, err);
		scene->delta->rekeyed += in->verdict == VERDICT_REKEYED;
		if (result < 0)
			return -1;
	}
	if (scene->scratch.bundles != NULL &&
		article_put_bundles(scene->writer, scene->scratch.bundles, err) < 0)
		return -1;
	if (writer_count(scene->writer, scene->in->feed_id, scene->unread, scene->unread, 0, err) <
		0)
		return -1;
	return settle(scene, first_id, err);
}

/* ------------------------------------------------------------ shown ---- */

static int write_shown(struct scene *scene, struct err *err)
{
	struct shown *now = MEM_ARRAY(scene->count + scene->shown_count, struct shown);
	size_t count = 0, i;
	int result;

	for (i = 0; i < scene->count; i++) {
		const struct incoming *in = &scene->incoming[i];

		now[count].key = shown_key(in->key);
		now[count].state = in->state;
		now[count++].item_id = in->verdict == VERDICT_BURIED ? 0 : in->item_id;
	}
	shown_sort(now, count);
	result = keys_write_shown(scene->writer, scene->in->feed_id, scene->shown,
		scene->shown_count, now, count, scene->in->absence, scene->in->now_s, err);
	free(now);
	return result;
}

/* ------------------------------------------------- the feed itself ---- */

static void sum_up(struct scene *scene)
{
	struct store_delta *delta = scene->delta;
	size_t i;

	delta->feed_id = scene->in->feed_id;
	delta->initial = scene->initial;
	delta->items = (unsigned)scene->count;
	delta->newest_item_s = scene->in->state.newest_item_s;
	delta->last_new_s = scene->in->state.last_new_s;
	for (i = 0; i < scene->count; i++) {
		int64_t date_s = item_date(scene->incoming[i].item, scene->in->now_s);

		/* What we know had its moment; this one is not its date. */
		if (scene->incoming[i].verdict != VERDICT_NEW && date_s == scene->in->now_s)
			continue;
		if (scene->incoming[i].item->published_s != DATE_NONE &&
			date_s > delta->newest_item_s)
			delta->newest_item_s = date_s;
		if (scene->feed.last_item_s == DATE_NONE || date_s > scene->feed.last_item_s)
			scene->feed.last_item_s = date_s;
	}
	delta->gap = !scene->initial && scene->in->absence && scene->count > 0 &&
		     scene->feed.total > 0 && count_verdict(scene, VERDICT_NEW) == scene->count;
}

static int write_feed(struct scene *scene, struct err *err)
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

static int write_poll(struct scene *scene, struct err *err)
{
	struct store_ingest *in = scene->in;
	const struct store_delta *delta = scene->delta;
	struct poll_answer answer = { in->now_s, in->status, delta->fresh, delta->changed,
		in->wire_bytes, in->elapsed_ms };

	if (in->aside)
		return 0;
	in->state.newest_item_s = delta->newest_item_s;
	in->state.last_new_s = delta->last_new_s;
	if (in->schedule != NULL)
		in->schedule(in->schedule_ctx, delta, scene->feed.every_s, &in->state);
	if (in->replace_validators &&
		poll_replace_validators(&scene->writer->db, in->feed_id, &in->validators, err) < 0)
		return -1;
	return poll_put(&scene->writer->db, in->feed_id, &in->state, &answer, err);
}

static int write_log(struct scene *scene, struct err *err)
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

static int bring_in(struct scene *scene, struct err *err)
{
	if (read_feed(scene, err) < 0 ||
		keys_read_shown(scene->writer, scene->in->feed_id, &scene->shown,
			&scene->shown_count, err) < 0 ||
		weaken_policy(scene, err) < 0)
		return -1;
	scene->incoming = identity_incoming(scene->in->doc, scene->feed.policy, &scene->count);
	if (find_keys(scene, err) < 0 || find_aliases(scene, err) < 0)
		return -1;
	scene->backfill = is_backfill(scene);
	sum_up(scene); /* before verdicts become ids: the gap */
	if (write_items(scene, err) < 0 || write_shown(scene, err) < 0)
		return -1;
	if (scene->delta->fresh > 0)
		scene->delta->last_new_s = scene->in->now_s;
	if (write_feed(scene, err) < 0 || write_poll(scene, err) < 0 || write_log(scene, err) < 0)
		return -1;
	scene->delta->seq = scene->writer->counters.seq;
	return 0;
}

int ingest_document(struct writer *writer, struct store_ingest *ingest, struct bundles *bundles,
	struct store_delta *out_delta, struct err *err)
{
	struct scene scene;
	int result;

	memset(&scene, 0, sizeof(scene));
	memset(out_delta, 0, sizeof(*out_delta));
	scene.writer = writer;
	scene.in = ingest;
	scene.delta = out_delta;
	item_scratch_init(&scene.scratch);
	scene.scratch.bundles = bundles;
	result = bring_in(&scene, err);
	scene_release(&scene);
	return result;
}
