#include "daemon/store/ingest_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/arrive.h"
#include "daemon/store/article.h"
#include "daemon/store/edit.h"
#include "daemon/store/keys.h"
#include "daemon/store/log_row.h"
#include "daemon/store/newcomers.h"
#include "daemon/store/restore.h"

#define LATE_S 86400                  /* what came out may be shown so much later */
#define BACKFILL_BEHIND_S (7 * 86400) /* items older than that are no news */

static void scene_release(struct scene *scene)
{
	free(scene->feed.url);
	free(scene->feed.own_title);
	free(scene->feed.site_url);
	free(scene->incoming);
	free(scene->stored);
	shown_release(&scene->shown);
	item_rows_release(&scene->rows);
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
		row = shown_find(&scene->shown, shown_key(in->key));
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

/* A first document may also be that of a feed which was removed, and left what is starred. */
static bool is_empty(const struct scene *scene)
{
	return scene->initial && scene->feed.total == 0;
}

static int find_keys(struct scene *scene, struct err *err)
{
	bool nothing_stored = is_empty(scene);
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

/* What is missing in a part of a document may be what came under another id; but not in
 * the last document once more, whatever is missing there. */
static int find_aliases(struct scene *scene, struct err *err)
{
	const struct store_ingest *in = scene->in;

	if (is_empty(scene) || !(in->absence || in->older || in->unedited) ||
		count_verdict(scene, VERDICT_NEW) == 0)
		return 0;
	return ingest_stored_alias(scene, err);
}

/* Behind the live ones, one of which it may be.  In a part of a document as well, for
 * what is not there says nothing of a tombstone. */
static int find_buried_aliases(struct scene *scene, struct err *err)
{
	int64_t last_s = scene->feed.last_ok_s != 0 ? scene->feed.last_ok_s : scene->in->now_s;

	if (scene->initial || scene->feed.policy != POLICY_ID ||
		count_verdict(scene, VERDICT_NEW) == 0)
		return 0;
	return keys_find_buried_alias(scene->writer, scene->in->feed_id, last_s - LATE_S,
		scene->incoming, scene->count, err);
}

/* A flood of items that are all older than our last look is an archive that
 * was opened, and no news. */
static bool is_backfill(const struct scene *scene)
{
	size_t fresh = count_verdict(scene, VERDICT_NEW), i;

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

static int write_arrivals(struct scene *scene, struct arrivals *arrivals, struct err *err)
{
	enum item_origin origin = scene->backfill  ? ITEM_BACKFILL
				  : scene->initial ? ITEM_INITIAL
						   : ITEM_NEW;
	unsigned *came = scene->backfill ? &scene->delta->backfill : &scene->delta->fresh;

	*came += (unsigned)arrivals->count;
	scene->unread += (unsigned)arrivals->count;
	return arrivals_write(arrivals, origin, err);
}

/* Only what the feed shows today can leave it later. */
static int leave_older(struct scene *scene, struct err *err)
{
	for (size_t i = 0; i < scene->count && scene->in->older; i++)
		if (scene->incoming[i].verdict == VERDICT_NEW &&
			keys_left(scene->writer, scene->incoming[i].item_id, scene->in->now_s,
				err) < 0)
			return -1;
	return 0;
}

/* 1: what differs is nothing that a reader sees, nor a link that leads elsewhere; or that
 * its feed is elsewhere now. */
static int seems_same(
	struct scene *scene, const struct incoming *in, const struct ident *old, struct err *err)
{
	int same;

	if (scene->in->unedited || old->slots[IDENT_CONTENT] == in->ident.slots[IDENT_CONTENT])
		return 1;
	same = ingest_stored_is_named(scene, in, old, err);
	if (same <= 0)
		return same;
	return article_seems_same(scene->writer, in->item_id, scene->in->doc, in->item, err);
}

static int change(struct scene *scene, struct incoming *in, const struct ident *old,
	struct item_times *times, bool silent, struct err *err)
{
	struct store_delta *delta = scene->delta;
	int64_t tell_s = INT64_MAX, now_s = scene->in->now_s;
	int same = seems_same(scene, in, old, err);

	if (same != 0)
		return same < 0 ? -1 : item_correct(&scene->rows, in, times, err);
	item_times_renew(times, in->item);
	if (!silent)
		tell_s = edit_tell_at(times->changed_s, now_s);
	delta->changed += tell_s <= now_s;
	if (!silent && tell_s > now_s && (delta->untold++ == 0 || tell_s < delta->tell_s))
		delta->tell_s = tell_s;
	return item_change(&scene->rows, in, times, tell_s, err);
}

/* 1, 0, -1.  Where its link is another one, too, the digest of the text says nothing, for
 * it holds the link, and so may the text; the words tell. */
static int is_edited(
	struct scene *scene, const struct incoming *in, const struct ident *old, struct err *err)
{
	bool words;
	int differs;

	if (identity_is_edited(in, old))
		return 1;
	if (old->slots[IDENT_CONTENT] == in->ident.slots[IDENT_CONTENT])
		return 0;
	differs = article_differs(
		scene->writer, in->item_id, scene->in->doc, in->item, &words, err);
	return differs < 0 ? -1 : words;
}

/* The same item under another id than the last time: its ident goes along, and it is
 * called by the new one, under which a restored mark may wait for it. */
static int rekey(
	struct scene *scene, struct incoming *in, struct item_times *times, struct err *err)
{
	static const struct ident none;
	struct stored *stored;
	struct ident old;
	int edited;

	if (ingest_stored_find(scene, in->item_id, &stored, err) < 0)
		return -1;
	old = stored != NULL ? stored->ident : none;
	edited = is_edited(scene, in, &old, err);
	if (edited < 0 || keys_returned(scene->writer, in->item_id, err) < 0 ||
		(stored != NULL && keys_set_ident(scene->writer, scene->in->feed_id, stored->key,
					   NULL, err) < 0) ||
		keys_put(scene->writer, scene->in->feed_id, in->key, in->item_id, &in->ident, err) <
			0 ||
		change(scene, in, &old, times, edited == 0, err) < 0 ||
		item_readdress(&scene->rows, in, err) < 0)
		return -1;
	ingest_stored_renew(scene, in);
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
	ingest_stored_renew(scene, in);
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
	scene->shown_otherwise |= in->shown_before;
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

static int take_each(struct scene *scene, struct arrivals *arrivals, struct err *err)
{
	size_t i;

	for (i = 0; i < scene->count; i++) {
		struct incoming *in = &scene->incoming[i];
		int result = 0;

		if (in->verdict == VERDICT_NEW)
			result = arrivals_add(arrivals, in, err);
		else if (in->verdict != VERDICT_BURIED)
			result = follow(scene, in, err);
		scene->delta->rekeyed += in->verdict == VERDICT_REKEYED;
		if (result < 0)
			return -1;
	}
	return 0;
}

static int write_items(struct scene *scene, struct err *err)
{
	int64_t first_id = scene->writer->counters.next_item_id;
	struct arrivals arrivals;
	int result;

	arrivals_init(&arrivals, &scene->rows, scene->count);
	result = take_each(scene, &arrivals, err);
	if (result == 0)
		result = write_arrivals(scene, &arrivals, err);
	arrivals_release(&arrivals);
	if (result < 0 || leave_older(scene, err) < 0)
		return -1;
	if (scene->rows.bundles != NULL &&
		article_put_bundles(scene->writer, scene->rows.bundles, err) < 0)
		return -1;
	if (writer_count(scene->writer, scene->in->feed_id, scene->unread, scene->unread, 0, err) <
		0)
		return -1;
	return settle(scene, first_id, err);
}

/* ------------------------------------------------------------ shown ---- */

static int write_shown(struct scene *scene, struct err *err)
{
	struct shown_list now = { MEM_ARRAY(scene->count + scene->shown.count, struct shown), 0 };
	size_t i;
	int result;

	for (i = 0; i < scene->count; i++) {
		const struct incoming *in = &scene->incoming[i];

		now.rows[now.count++] = (struct shown){ .key = shown_key(in->key),
			.state = in->state,
			.item_id = in->verdict == VERDICT_BURIED ? 0 : in->item_id };
	}
	shown_sort(&now);
	result = shown_write(scene->writer, scene->in->feed_id, &scene->shown, &now,
		scene->in->absence, scene->in->now_s, err);
	shown_release(&now);
	return result;
}

/* ------------------------------------------------------------ whole ---- */

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

/* Drop what is known from `incoming`.  What is known by an alias is known by this key,
 * too, from now on. */
static int pass_known_over(struct scene *scene, struct err *err)
{
	size_t kept = 0, i;

	for (i = 0; i < scene->count; i++) {
		struct incoming *in = &scene->incoming[i];

		if (in->verdict == VERDICT_REKEYED && pass_over(scene, in, err) < 0)
			return -1;
		if (in->verdict == VERDICT_NEW)
			scene->incoming[kept++] = *in;
	}
	scene->count = kept;
	return 0;
}

/*
 * A page of the past says of what is known, and of the feed, what they were once: they
 * stay as they are, and what the feed shows today with them.  The page adds what is not
 * known, and is no news, because somebody went back for it.
 */
static int bring_in_older(struct scene *scene, struct err *err)
{
	scene->backfill = true;
	scene->delta->feed_id = scene->in->feed_id;
	scene->delta->items = (unsigned)scene->count;
	if (pass_known_over(scene, err) < 0 || write_items(scene, err) < 0)
		return -1;
	return ingest_write_log(scene, err);
}

static int bring_in_current(struct scene *scene, struct err *err)
{
	scene->backfill = is_backfill(scene);
	sum_up(scene); /* before verdicts become ids: the gap */
	/* The feed first: rules ask of new items what their feed is called. */
	if (ingest_write_feed(scene, err) < 0 || write_items(scene, err) < 0 ||
		write_shown(scene, err) < 0)
		return -1;
	if (scene->delta->fresh > 0)
		scene->delta->last_new_s = scene->in->now_s;
	if (ingest_write_poll(scene, err) < 0)
		return -1;
	return ingest_write_log(scene, err);
}

static int bring_in(struct scene *scene, struct err *err)
{
	bool older = scene->in->older;

	if (ingest_read_feed(scene, err) < 0 ||
		shown_read(scene->writer, scene->in->feed_id, &scene->shown, err) < 0 ||
		(!older && weaken_policy(scene, err) < 0))
		return -1;
	scene->incoming = identity_incoming(scene->in->doc, scene->feed.policy, &scene->count);
	if (find_keys(scene, err) < 0 || find_aliases(scene, err) < 0 ||
		find_buried_aliases(scene, err) < 0 ||
		(older ? bring_in_older(scene, err) : bring_in_current(scene, err)) < 0)
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
	scene.rows.writer = writer;
	scene.rows.doc = ingest->doc;
	scene.rows.feed_id = ingest->feed_id;
	scene.rows.now_s = ingest->now_s;
	scene.rows.bundles = bundles;
	item_rows_init(&scene.rows);
	result = bring_in(&scene, err);
	scene_release(&scene);
	return result;
}
