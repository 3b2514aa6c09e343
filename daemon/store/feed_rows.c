#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "daemon/store/feed_order.h"
#include "daemon/store/ident.h"
#include "daemon/store/internal.h"
#include "daemon/store/poll.h"
#include "daemon/store/tag.h"

/* `feeds` and `explain`: those that need attention first, then by title. */

#define WEEKS 12
#define WEEK_S (7 * 86400)
#define MOVES_JSON_MAX (1u << 20)

/* Columns of FEED_ROW in statement_feed.def. */
enum {
	COLUMN_SETTINGS = 14,
	COLUMN_POLL = COLUMN_SETTINGS + SETTING_COLUMNS_COUNT,
	COLUMN_VALIDATORS = COLUMN_POLL + POLL_COLUMNS_COUNT
};

struct feeds_job {
	struct store_read_job job;
	struct store_feed_filter filter; /* of the copies below */
	int64_t *ids;
	char **tags, **matches;
	char *state, *url;
	struct store_feed_order *order,
		**kept; /* kept: where it waits for the next page, or NULL */
	uint64_t limit;
	store_feed_each *row;
	store_page_done *done;
	void *ctx;
	uint64_t rows;
	bool more;
};

/* ------------------------------------------------------------- rows ---- */

/* What a row is made of while it is told. */
struct parts {
	struct store_settings settings;
	struct store_state poll;
	struct store_validators validators;
	struct buf tags, moves, recent, weeks;
};

static void parts_release(struct parts *parts)
{
	store_settings_release(&parts->settings);
	store_state_release(&parts->poll);
	store_validators_release(&parts->validators);
	buf_release(&parts->tags);
	buf_release(&parts->moves);
	buf_release(&parts->recent);
	buf_release(&parts->weeks);
}

static int add_moves(struct db *db, int64_t id, struct buf *out, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_MOVE_LIST);
	struct json_writer json;
	int found;

	json_begin(&json, out);
	json_put_array(&json);
	db_bind_int(list, 1, id);
	while ((found = db_step(db, list, err)) > 0) {
		json_put_object(&json);
		json_put_key(&json, "at");
		json_put_time(&json, db_int(list, 0));
		json_put_key(&json, "from");
		json_put_string(&json, db_text(list, 1));
		json_put_key(&json, "to");
		json_put_string(&json, db_text(list, 2));
		json_put_object_end(&json);
	}
	json_put_array_end(&json);
	return found;
}

/* Items of each of the last weeks, oldest first, and their mean; counted back
 * from the last look, because a store has no clock. */
static int add_weeks(
	struct db *db, struct store_feed_row *row, int64_t now_s, struct buf *out, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_FEED_WEEKS);
	int64_t counts[WEEKS] = { 0 }, sum = 0, week, hundredths;
	struct json_writer json;
	int found, i;

	db_bind_int(list, 1, row->id);
	db_bind_int(list, 2, now_s - WEEKS * WEEK_S);
	db_bind_int(list, 3, now_s);
	while ((found = db_step(db, list, err)) > 0) {
		week = db_int(list, 0);
		if (week >= 0 && week < WEEKS)
			counts[week] = db_int(list, 1);
	}
	json_begin(&json, out);
	json_put_array(&json);
	for (i = 0; i < WEEKS; i++) {
		json_put_int(&json, counts[i]);
		sum += counts[i];
	}
	json_put_array_end(&json);
	/* To the hundredth: more digits would say more than a dozen weeks know. */
	hundredths = (sum * 100 + WEEKS / 2) / WEEKS;
	row->items_per_week = (double)hundredths / 100;
	return found;
}

static int read_parts(struct feeds_job *feeds, struct db *db, sqlite3_stmt *get,
	struct store_feed_row *row, struct parts *parts, struct err *err)
{
	const void *recent;
	size_t length;

	buf_init(&parts->tags, TAGS_JSON_MAX);
	buf_init(&parts->moves, MOVES_JSON_MAX);
	buf_init(&parts->recent, MOVES_JSON_MAX);
	buf_init(&parts->weeks, MOVES_JSON_MAX);
	poll_read_settings(get, COLUMN_SETTINGS, &parts->settings);
	poll_read(get, COLUMN_POLL, &parts->poll);
	poll_read_validators(get, COLUMN_VALIDATORS, &parts->validators);
	row->settings = &parts->settings;
	row->poll = &parts->poll;
	row->validators = &parts->validators;
	if (feeds->filter.brief)
		return 0;
	if (tag_feed_json(db, row->id, &parts->tags, err) < 0)
		return -1;
	row->tags_json = parts->tags.data;
	if (add_weeks(db, row,
		    parts->poll.last_attempt_s != 0 ? parts->poll.last_attempt_s : row->added_at_s,
		    &parts->weeks, err) < 0)
		return -1;
	if (!feeds->filter.detail)
		return 0;
	recent = db_bytes(get, 13, &length);
	poll_recent_json(recent, length, &parts->recent);
	row->recent_json = parts->recent.data;
	row->weeks_json = parts->weeks.data;
	if (add_moves(db, row->id, &parts->moves, err) < 0)
		return -1;
	row->moves_json = parts->moves.data;
	return 0;
}

static void read_row(sqlite3_stmt *get, const struct feed_place *place, struct store_feed_row *row)
{
	memset(row, 0, sizeof(*row));
	row->id = place->id;
	row->state = place->state;
	row->url = db_text(get, 1);
	row->title = db_text(get, 2);
	row->own_title = db_text(get, 3);
	row->site_url = db_text(get, 4);
	row->unread = (uint64_t)db_int(get, 5);
	row->starred = (uint64_t)db_int(get, 6);
	row->total = (uint64_t)db_int(get, 7);
	row->added_at_s = db_int(get, 8);
	row->last_item_at_s = db_int_or(get, 9, DATE_NONE);
	row->paused = db_bool(get, 10);
	row->id_policy = ident_policy_name((enum ident_policy)db_int(get, 11));
	row->id_policy_why = db_text(get, 12);
}

/* 1: the caller has enough. */
static int tell_feed(
	struct feeds_job *feeds, struct db *db, const struct feed_place *place, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_FEED_ROW_ONE);
	struct store_feed_row row;
	struct parts parts;
	int result;

	db_bind_int(get, 1, place->id);
	result = db_step(db, get, err);
	if (result <= 0)
		return result;
	memset(&parts, 0, sizeof(parts));
	read_row(get, place, &row);
	result = read_parts(feeds, db, get, &row, &parts, err);
	if (result == 0 && read_telling(&feeds->job)) {
		result = feeds->row(feeds->ctx, &row) != 0;
		read_told(&feeds->job);
		feeds->rows++;
	}
	parts_release(&parts);
	sqlite3_reset(get);
	return result;
}

static int feeds_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct feeds_job *feeds = (struct feeds_job *)job;
	struct store_feed_order *order = feeds->order;
	int result = 0;

	if (order == NULL) {
		order = feeds->order = feed_order_new();
		result = feed_order_gather(order, &feeds->filter, &reader->db, err);
	}
	while (result == 0 && order->told < order->count && feeds->rows < feeds->limit)
		result = tell_feed(feeds, &reader->db, &order->feeds[order->told++], err);
	feeds->more = order->told < order->count;
	return result < 0 ? -1 : 0;
}

/* -------------------------------------------------------------- job ---- */

static void feeds_done(struct store_read_job *job, const struct err *err)
{
	struct feeds_job *feeds = (struct feeds_job *)job;

	if (feeds->kept != NULL && feeds->more && err == NULL) {
		*feeds->kept = feeds->order;
		feeds->order = NULL;
	}
	feeds->done(feeds->ctx, feeds->rows, feeds->more, err);
}

static char **copy_words(const char *const *words, size_t count)
{
	char **copies = MEM_ARRAY(count, char *);
	size_t i;

	for (i = 0; i < count; i++)
		copies[i] = mem_strdup(words[i]);
	return copies;
}

static void free_words(char **words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static void feeds_release(struct store_read_job *job)
{
	struct feeds_job *feeds = (struct feeds_job *)job;

	free_words(feeds->tags, feeds->filter.tag_count);
	free_words(feeds->matches, feeds->filter.match_count);
	free(feeds->ids);
	free(feeds->state);
	free(feeds->url);
	store_feed_order_free(feeds->order);
	free(feeds);
}

struct store_read_job *store_feeds(struct store *store, const struct store_feed_filter *filter,
	struct store_feed_order **order, uint64_t limit, store_feed_each *row,
	store_page_done *done, void *ctx)
{
	struct feeds_job *feeds = MEM_NEW(struct feeds_job);

	feeds->job.run = feeds_run;
	feeds->job.scattered = true;
	feeds->job.done = feeds_done;
	feeds->job.release = feeds_release;
	feeds->filter = *filter;
	if (filter->ids != NULL)
		feeds->ids = mem_dup(filter->ids, filter->count * sizeof(*filter->ids));
	feeds->tags = copy_words(filter->tags, filter->tag_count);
	feeds->matches = copy_words(filter->matches, filter->match_count);
	feeds->state = mem_strdup(filter->state);
	feeds->url = mem_strdup(filter->url);
	feeds->filter.ids = feeds->ids;
	feeds->filter.tags = (const char *const *)feeds->tags;
	feeds->filter.matches = (const char *const *)feeds->matches;
	feeds->filter.state = feeds->state;
	feeds->filter.url = feeds->url;
	feeds->kept = order;
	if (order != NULL) {
		feeds->order = *order;
		*order = NULL;
	}
	feeds->limit = limit;
	feeds->row = row;
	feeds->done = done;
	feeds->ctx = ctx;
	return pool_start(store->pool, &feeds->job);
}
