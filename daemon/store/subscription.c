#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/store/internal.h"
#include "daemon/store/poll.h"
#include "daemon/store/store_feeds.h"

/*
 * All feeds for a list of them, as they lie in the file: whoever sorts them by what
 * is in the list need not have them looked up one by one in another order.
 */

/* Those of the feeds in the same order, read beside them. */
struct tags {
	sqlite3_stmt *rows;
	int found;        /* whether `rows` stands on one */
	struct buf texts; /* of one feed, each with its NUL */
	const char **words;
	size_t count, room;
};

struct list_job {
	struct store_read_job job;
	store_subscription_each *row;
	store_page_done *done;
	void *ctx;
	uint64_t count;
};

static int tags_next(struct tags *tags, struct db *db, struct err *err)
{
	tags->found = db_step(db, tags->rows, err);
	return tags->found < 0 ? -1 : 0;
}

static int tags_begin(struct tags *tags, struct db *db, struct err *err)
{
	memset(tags, 0, sizeof(*tags));
	buf_init(&tags->texts, SIZE_MAX);
	tags->rows = db_use(db, STATEMENT_SUBSCRIPTION_TAGS);
	return tags_next(tags, db, err);
}

static void tags_end(struct tags *tags)
{
	sqlite3_reset(tags->rows);
	buf_release(&tags->texts);
	free(tags->words);
}

static void point_to_words(struct tags *tags)
{
	const char *at = tags->texts.data;
	size_t i;

	if (tags->count > tags->room) {
		tags->room = tags->count * 2;
		tags->words = mem_realloc_array(tags->words, tags->room, sizeof(*tags->words));
	}
	for (i = 0; i < tags->count; i++, at += strlen(at) + 1)
		tags->words[i] = at;
}

/* A feed that was removed may have left some, which are passed over. */
static int tags_of(struct tags *tags, struct db *db, int64_t feed_id, struct err *err)
{
	buf_clear(&tags->texts);
	tags->count = 0;
	while (tags->found > 0 && db_int(tags->rows, 0) <= feed_id) {
		const char *tag = db_text(tags->rows, 1);

		if (db_int(tags->rows, 0) == feed_id) {
			if (buf_add(&tags->texts, tag, strlen(tag) + 1) < 0)
				return err_set(err, ERR_TOO_BIG, "a feed has too many tags");
			tags->count++;
		}
		if (tags_next(tags, db, err) < 0)
			return -1;
	}
	point_to_words(tags);
	return 0;
}

/* 1: the caller has enough. */
static int tell(struct list_job *list, sqlite3_stmt *get, const struct tags *tags)
{
	struct store_settings settings;
	struct store_subscription row = { .url = db_text(get, 1),
		.title = db_text(get, 2),
		.site_url = db_text(get, 3),
		.settings = &settings,
		.tags = tags->words,
		.tag_count = tags->count };
	int result = 0;

	memset(&settings, 0, sizeof(settings));
	poll_read_settings(get, 4, &settings);
	if (read_telling(&list->job)) {
		result = list->row(list->ctx, &row) != 0;
		read_told(&list->job);
		list->count++;
	}
	store_settings_release(&settings);
	return result;
}

static int list_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct list_job *list = (struct list_job *)job;
	struct db *db = &reader->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_SUBSCRIPTIONS);
	struct tags tags;
	int result = tags_begin(&tags, db, err), found;

	while (result == 0 && (found = db_step(db, get, err)) != 0)
		result = found < 0 || tags_of(&tags, db, db_int(get, 0), err) < 0
				 ? -1
				 : tell(list, get, &tags);
	sqlite3_reset(get);
	tags_end(&tags);
	return result < 0 ? -1 : 0;
}

static void list_done(struct store_read_job *job, const struct err *err)
{
	struct list_job *list = (struct list_job *)job;

	list->done(list->ctx, list->count, false, err);
}

static void list_release(struct store_read_job *job)
{
	free(job);
}

struct store_read_job *store_subscriptions(
	struct store *store, store_subscription_each *row, store_page_done *done, void *ctx)
{
	struct list_job *list = MEM_NEW(struct list_job);

	list->job.run = list_run;
	list->job.done = list_done;
	list->job.release = list_release;
	list->row = row;
	list->done = done;
	list->ctx = ctx;
	return pool_start(store->pool, &list->job);
}
