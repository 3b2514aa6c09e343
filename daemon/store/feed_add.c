#include "daemon/store/feed_add.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/edit.h"
#include "daemon/store/ingest.h"
#include "daemon/store/internal.h"
#include "daemon/store/log_row.h"
#include "daemon/store/poll.h"
#include "daemon/store/tag.h"

/* Subscribing, one or a thousand at once. */

struct add_job {
	struct job job;
	struct store *store;
	struct store_new_feed *feeds;
	struct store_added *results;
	size_t count;
	bool revived; /* one that was removed was subscribed again */
	store_feeds_added *done;
	void *ctx;
};

/* What was dropped by name is subscribed again under its old id. */
static int find_url(
	struct writer *writer, const char *url, int64_t *out_id, bool *out_removed, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_BY_URL);
	int found;

	db_bind_text(get, 1, url);
	found = db_step(&writer->db, get, err);
	if (found > 0) {
		*out_id = db_int(get, 0);
		*out_removed = sqlite3_column_type(get, 1) != SQLITE_NULL;
		sqlite3_reset(get);
	}
	return found;
}

/* Where no feed has the address: the one that had it until it moved. */
static int find_moved(
	struct writer *writer, const struct store_new_feed *feed, int64_t *out_id, struct err *err)
{
	sqlite3_stmt *get;
	int found;

	if (!feed->listed && feed->leads_to == NULL)
		return 0;
	get = db_use(&writer->db, STATEMENT_RESTORE_MOVED);
	db_bind_text(get, 1, feed->url);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	if (!feed->listed && strcmp(db_text(get, 2), feed->leads_to) != 0)
		found = 0;
	*out_id = db_int(get, 0);
	sqlite3_reset(get);
	return found;
}

/* Else the one that was removed, and gave it up to one that is not there any more. */
static int find_yielded(
	struct writer *writer, const char *url, int64_t *out_id, bool *out_removed, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_BY_YIELDED_URL);
	int found;

	db_bind_text(get, 1, url);
	found = db_get(&writer->db, get, out_id, err);
	if (found > 0)
		*out_removed = true;
	return found;
}

/* Whether it is there by the address that it has, had, or was looked for by. */
static int find_feed(struct writer *writer, const struct store_new_feed *feed, int64_t *out_id,
	bool *out_removed, struct err *err)
{
	int found = find_url(writer, feed->url, out_id, out_removed, err);

	if (found == 0 && feed->moved_from != NULL)
		found = find_url(writer, feed->moved_from, out_id, out_removed, err);
	if (found == 0)
		found = find_moved(writer, feed, out_id, err);
	if (found == 0)
		found = find_yielded(writer, feed->url, out_id, out_removed, err);
	if (found == 0 && feed->moved_from != NULL)
		found = find_yielded(writer, feed->moved_from, out_id, out_removed, err);
	return found;
}

static int put_feed(struct writer *writer, const struct store_new_feed *feed, bool revive,
	int64_t *id, struct err *err)
{
	sqlite3_stmt *put = db_use(
		&writer->db, revive ? STATEMENT_FEED_REVIVE : STATEMENT_FEED_ADD);

	if (revive)
		db_bind_int(put, 1, *id);
	else
		db_bind_text(put, 1, feed->moved_from != NULL ? feed->moved_from : feed->url);
	db_bind_text(put, 2, feed->feed_title);
	db_bind_text(put, 3, feed->site_url);
	db_bind_int(put, 4, feed->added_at_s);
	poll_bind_settings(put, 5, &feed->settings);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	if (!revive)
		*id = sqlite3_last_insert_rowid(writer->db.handle);
	else if (tag_feed_clear(&writer->db, *id, err) < 0) /* as its other settings */
		return -1;
	put = db_use(&writer->db, STATEMENT_POLL_ADD);
	db_bind_int(put, 1, *id);
	db_bind_int(put, 2, feed->next_poll_s);
	db_bind_int(put, 3, feed->base_s);
	return db_run(&writer->db, put, err);
}

static int put_tags(struct writer *writer, int64_t id, char **tags, struct err *err)
{
	size_t i;

	for (i = 0; tags != NULL && tags[i] != NULL; i++)
		if (tag_feed_add(&writer->db, id, tags[i], err) < 0)
			return -1;
	return 0;
}

/* 1: the last move in its history is that one, which led it to where it is. */
static int knows_move(
	struct writer *writer, int64_t id, const struct store_new_feed *feed, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_MOVE_LAST);
	int found;

	db_bind_int(get, 1, id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	found = strcmp(db_text(get, 1), feed->moved_from) == 0 &&
		strcmp(db_text(get, 2), feed->url) == 0;
	sqlite3_reset(get);
	return found;
}

/* Where it was looked for first is in its history, once; one that was removed may have
 * given the address up. */
static int put_place(struct writer *writer, int64_t id, const struct store_new_feed *feed,
	bool revived, struct err *err)
{
	int known = feed->moved_from == NULL ? 1 : knows_move(writer, id, feed, err);

	if (known < 0)
		return -1;
	if (known == 0)
		return feed_put_moved(
			writer, id, feed->moved_from, feed->url, feed->added_at_s, err);
	return revived ? feed_put_url(writer, id, feed->url, err) : 0;
}

/* What was there is added to, and nothing of it replaced: its reader may have set it. */
static int join_feed(struct writer *writer, const struct store_new_feed *feed,
	struct store_added *result, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_FEED_JOIN_TITLE);
	size_t i;

	db_bind_int(put, 1, result->feed_id);
	db_bind_text(put, 2, feed->settings.title);
	db_bind_text(put, 3, feed->feed_title);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	result->joined = db_changes(&writer->db) > 0;
	for (i = 0; feed->tags != NULL && feed->tags[i] != NULL; i++) {
		if (tag_feed_add(&writer->db, result->feed_id, feed->tags[i], err) < 0)
			return -1;
		result->joined |= db_changes(&writer->db) > 0;
	}
	writer->feeds_touched |= result->joined;
	return 0;
}

static int check(const struct store_new_feed *feed, struct err *err)
{
	size_t i;

	if (feed->url == NULL || feed->url[0] == '\0')
		return err_set(err, ERR_BAD_URL, "a feed has no address");
	for (i = 0; feed->tags != NULL && feed->tags[i] != NULL; i++)
		if (tag_check(feed->tags[i], err) < 0)
			return -1;
	return 0;
}

int feed_add_one(struct writer *writer, struct store_new_feed *feed, struct store_added *result,
	struct err *err)
{
	struct store_delta delta;
	bool removed = false;
	struct err why;
	int found;

	if (check(feed, &why) < 0) {
		result->refused = mem_dup(&why, sizeof(why));
		return 0;
	}
	found = find_feed(writer, feed, &result->feed_id, &removed, err);
	if (found < 0)
		return -1;
	if (found > 0 && !removed) {
		result->existed = true;
		return feed->listed ? join_feed(writer, feed, result, err) : 0;
	}
	if (put_feed(writer, feed, removed, &result->feed_id, err) < 0 ||
		put_tags(writer, result->feed_id, feed->tags, err) < 0 ||
		put_place(writer, result->feed_id, feed, removed, err) < 0)
		return -1;
	result->revived = removed;
	writer->counters.feeds++;
	writer->feeds_touched = true;
	if (feed->first == NULL)
		return 0;
	feed->first->feed_id = result->feed_id;
	if (ingest_document(writer, feed->first, NULL, &delta, err) < 0)
		return -1;
	result->fresh = delta.fresh;
	return 0;
}

int feed_add_turn(struct writer *writer, int64_t *out_turn, struct err *err)
{
	int result = db_get(
		&writer->db, db_use(&writer->db, STATEMENT_POLL_WAITING), out_turn, err);

	return result < 0 ? -1 : 0;
}

int feed_free_url(struct writer *writer, const char *url, int64_t *out_id, bool *out_looked_at,
	struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_BY_URL);
	bool removed;
	int found;

	db_bind_text(get, 1, url);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	*out_id = db_int(get, 0);
	removed = sqlite3_column_type(get, 1) != SQLITE_NULL;
	*out_looked_at = db_int(get, 2) == 0;
	sqlite3_reset(get);
	return removed ? db_run_with(&writer->db, STATEMENT_FEED_YIELD_URL, *out_id, err) : 1;
}

int feed_put_url(struct writer *writer, int64_t feed_id, const char *url, struct err *err)
{
	static const enum statement puts[] = { STATEMENT_WAITING_MOVE, STATEMENT_FEED_SET_URL };
	size_t i;

	for (i = 0; i < sizeof(puts) / sizeof(puts[0]); i++) {
		sqlite3_stmt *put = db_use(&writer->db, puts[i]);

		db_bind_int(put, 1, feed_id);
		db_bind_text(put, 2, url);
		if (db_run(&writer->db, put, err) < 0)
			return -1;
	}
	return 0;
}

int feed_put_moved(struct writer *writer, int64_t feed_id, const char *from, const char *to,
	int64_t now_s, struct err *err)
{
	sqlite3_stmt *add = db_use(&writer->db, STATEMENT_MOVE_ADD);

	db_bind_int(add, 1, feed_id);
	db_bind_int(add, 2, now_s);
	db_bind_text(add, 3, from);
	db_bind_text(add, 4, to);
	if (db_run(&writer->db, add, err) < 0 ||
		poll_part_merged(&writer->db, feed_id, to, err) < 0 ||
		feed_put_url(writer, feed_id, to, err) < 0)
		return -1;
	writer->feeds_touched = true;
	return log_row_add(writer, feed_id, now_s, "feed.moved", to, NULL, err);
}

static bool has_turn(const struct store_new_feed *feed)
{
	return feed->base_s == 0 && feed->next_poll_s != INT64_MAX && feed->first == NULL;
}

static int add_run(struct job *job, struct writer *writer, struct err *err)
{
	struct add_job *add = (struct add_job *)job;
	int64_t turn = -1;
	size_t i;

	for (i = 0; i < add->count; i++) {
		struct store_added *result = &add->results[i];
		bool in_turn = has_turn(&add->feeds[i]);

		if (in_turn && turn < 0 && feed_add_turn(writer, &turn, err) < 0)
			return -1;
		if (in_turn)
			add->feeds[i].next_poll_s += turn;
		if (feed_add_one(writer, &add->feeds[i], result, err) < 0)
			return -1;
		turn += in_turn && !result->existed && result->refused == NULL;
		add->revived |= result->revived;
	}
	return 0;
}

static void add_done(struct job *job, const struct err *err)
{
	struct add_job *add = (struct add_job *)job;

	if (add->revived)
		edit_waits(add->store, 0); /* of what it had left, maybe */
	add->done(add->ctx, err == NULL ? add->results : NULL, err == NULL ? add->count : 0, err);
}

/* On the thread: the feeds of a long list are much to free, and the loop has others. */
static void add_spent(struct job *job)
{
	struct add_job *add = (struct add_job *)job;
	size_t i;

	for (i = 0; add->feeds != NULL && i < add->count; i++)
		store_new_feed_release(&add->feeds[i]);
	free(add->feeds);
	add->feeds = NULL;
}

static void add_release(struct job *job)
{
	struct add_job *add = (struct add_job *)job;
	size_t i;

	add_spent(job); /* where it was not run, or failed */
	for (i = 0; i < add->count; i++)
		free(add->results[i].refused);
	free(add->results);
	free(add);
}

void store_feeds_add(struct store *store, struct store_new_feed *feeds, size_t count,
	store_feeds_added *done, void *ctx)
{
	struct add_job *add = MEM_NEW(struct add_job);
	size_t i;

	add->job.run = add_run;
	add->job.asked = true;
	add->job.large = count > JOB_FEW;
	add->job.spent = add_spent;
	add->job.done = add_done;
	add->job.release = add_release;
	add->feeds = mem_dup(feeds, count * sizeof(*feeds));
	for (i = 0; i < count; i++) {
		if (feeds[i].first != NULL)
			add->job.bytes += feeds[i].first->doc->size;
		memset(&feeds[i], 0, sizeof(feeds[i])); /* taken */
	}
	add->results = MEM_ARRAY(count, struct store_added);
	add->count = count;
	add->store = store;
	add->done = done;
	add->ctx = ctx;
	queue_push(store->queue, &add->job);
}
