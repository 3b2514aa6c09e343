#include "daemon/store/feed_order.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/mem.h"
#include "daemon/store/find.h"
#include "daemon/store/fold.h"

#define RANK_FINE 4u /* of all that need no attention */
#define DEAD_AFTER_S (14 * 86400)
#define TITLE_MAX 512 /* bytes that feeds are sorted by */

/* ------------------------------------------------------------ states ---- */

static const char *state_of(const struct store_state *poll, bool paused, bool initial)
{
	if (poll->gone)
		return "gone";
	/* Paused not by a person but because another feed has the address it leads to. */
	if (paused)
		return poll->move_to != NULL && poll->move_seen == 0 ? "moved" : "paused";
	if (poll->not_feed_since_s != 0 &&
		poll->last_attempt_s - poll->not_feed_since_s > DEAD_AFTER_S)
		return "dead";
	if (poll->failures > 0)
		return "failing";
	if (poll->move_to != NULL && poll->move_seen != STORE_MOVE_REFUSED)
		return "moved";
	return initial ? "new" : "ok";
}

static unsigned rank_of(const char *state)
{
	static const char *const first[RANK_FINE] = { "gone", "dead", "failing", "moved" };
	unsigned i;

	for (i = 0; i < RANK_FINE; i++)
		if (strcmp(state, first[i]) == 0)
			return i;
	return RANK_FINE;
}

static const char *key_state(sqlite3_stmt *row)
{
	struct store_state poll;
	char has_move[1] = "";

	memset(&poll, 0, sizeof(poll));
	poll.gone = db_bool(row, 6);
	poll.failures = (unsigned)db_int(row, 7);
	poll.move_to = db_text(row, 8) != NULL ? has_move : NULL;
	poll.move_seen = (unsigned)db_int(row, 13);
	poll.not_feed_since_s = db_int(row, 9);
	poll.last_attempt_s = db_int(row, 11);
	return state_of(&poll, db_bool(row, 5), sqlite3_column_type(row, 12) == SQLITE_NULL);
}

/* ---------------------------------------------------------- choosing ---- */

static int has_tag(
	const struct store_feed_filter *filter, struct db *db, int64_t id, struct err *err)
{
	int found = filter->tag_count == 0;
	size_t i;

	for (i = 0; i < filter->tag_count && found == 0; i++) {
		sqlite3_stmt *get = db_use(db, STATEMENT_FEED_HAS_TAG);
		int64_t ignored;

		db_bind_int(get, 1, id);
		db_bind_text(get, 2, filter->tags[i]);
		found = db_get(db, get, &ignored, err);
	}
	return found;
}

static bool needs_attention(int64_t only_304_before_s, sqlite3_stmt *row)
{
	int64_t only_304_since_s = db_int(row, 14);

	return rank_of(key_state(row)) < RANK_FINE ||
	       (only_304_since_s != 0 && only_304_since_s < only_304_before_s);
}

static bool is_named(const struct store_feed_filter *filter, sqlite3_stmt *row)
{
	bool found = filter->match_count == 0;
	size_t i;

	for (i = 0; i < filter->match_count && !found; i++)
		found = find_part(db_text(row, 1), db_text(row, 2), filter->matches[i]);
	return found;
}

static int is_wanted(
	const struct store_feed_filter *filter, struct db *db, sqlite3_stmt *row, struct err *err)
{
	if (filter->unread && db_int(row, 3) == 0)
		return 0;
	if (filter->only_304_before_s != 0 && !needs_attention(filter->only_304_before_s, row))
		return 0;
	if (filter->state != NULL && strcmp(filter->state, key_state(row)) != 0)
		return 0;
	if (!is_named(filter, row))
		return 0;
	return has_tag(filter, db, db_int(row, 0), err);
}

static int by_id(const void *a, const void *b)
{
	const struct feed_key *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int by_attention(const void *a, const void *b)
{
	const struct feed_key *x = a, *y = b;
	int order;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	order = strcmp(x->title, y->title);
	return order != 0 ? order : by_id(x, y);
}

/* As titles of items are sorted. */
static char *sorted_by(const char *title)
{
	struct buf key;

	buf_init(&key, TITLE_MAX);
	(void)!fold_title(title, &key); /* the beginning is enough */
	return buf_take(&key, NULL);
}

static void add_key(struct feed_order *order, sqlite3_stmt *row)
{
	struct feed_key *key;

	if (order->count == order->capacity) {
		order->capacity = order->capacity != 0 ? order->capacity * 2 : 256;
		order->keys = mem_realloc_array(order->keys, order->capacity, sizeof(*order->keys));
	}
	key = &order->keys[order->count++];
	key->id = db_int(row, 0);
	key->state = key_state(row);
	key->rank = rank_of(key->state);
	key->title = sorted_by(db_text(row, 1));
}

/* Rows of the statement that are wanted. */
static int add_rows(struct feed_order *order, const struct store_feed_filter *filter, struct db *db,
	sqlite3_stmt *rows, struct err *err)
{
	int found;

	while ((found = db_step(db, rows, err)) > 0) {
		int wanted = is_wanted(filter, db, rows, err);

		if (wanted > 0)
			add_key(order, rows);
		if (wanted < 0) {
			sqlite3_reset(rows);
			return -1;
		}
	}
	return found;
}

static int add_named(struct feed_order *order, const struct store_feed_filter *filter,
	struct db *db, struct err *err)
{
	size_t i;

	for (i = 0; i < filter->count; i++) {
		sqlite3_stmt *one = db_use(db, STATEMENT_FEED_KEY);

		db_bind_int(one, 1, filter->ids[i]);
		if (add_rows(order, filter, db, one, err) < 0)
			return -1;
	}
	return 0;
}

/* Sorted, each once; titles have served then. */
static void settle(struct feed_order *order)
{
	size_t kept = 0, i;

	if (order->count > 1)
		qsort(order->keys, order->count, sizeof(*order->keys), by_attention);
	for (i = 0; i < order->count; i++) {
		free(order->keys[i].title);
		order->keys[i].title = NULL;
		if (kept == 0 || order->keys[kept - 1].id != order->keys[i].id)
			order->keys[kept++] = order->keys[i];
	}
	order->count = kept;
}

static uint64_t hash_text(const char *text, uint64_t seed)
{
	return text != NULL ? XXH3_64bits_withSeed(text, strlen(text) + 1, seed) : ~seed;
}

/* Two listings of one filter show the same feeds. */
static uint64_t hash_filter(const struct store_feed_filter *filter)
{
	uint64_t hash = hash_text(
		filter->state, (uint64_t)filter->only_304_before_s << 1 | filter->unread);
	size_t i;

	hash = hash_text(filter->url, hash);
	for (i = 0; i < filter->match_count; i++)
		hash = hash_text(filter->matches[i], hash);
	hash = ~hash; /* a tag is no part of a title */
	for (i = 0; i < filter->tag_count; i++)
		hash = hash_text(filter->tags[i], hash);
	if (filter->ids != NULL)
		hash = XXH3_64bits_withSeed(
			filter->ids, filter->count * sizeof(*filter->ids), ~hash);
	return hash;
}

static int add_of_url(struct feed_order *order, const struct store_feed_filter *filter,
	struct db *db, struct err *err)
{
	sqlite3_stmt *one = db_use(db, STATEMENT_FEED_KEY_OF_URL);

	db_bind_text(one, 1, filter->url);
	return add_rows(order, filter, db, one, err);
}

int feed_order_gather(struct feed_order *order, const struct store_feed_filter *filter,
	struct db *db, struct err *err)
{
	int result;

	if (filter->ids != NULL)
		result = add_named(order, filter, db, err);
	else if (filter->url != NULL)
		result = add_of_url(order, filter, db, err);
	else
		result = add_rows(order, filter, db, db_use(db, STATEMENT_FEED_KEYS), err);
	settle(order);
	order->filter = hash_filter(filter);
	return result;
}

void feed_order_release(struct feed_order *order)
{
	free(order->keys);
	memset(order, 0, sizeof(*order));
}

/* ------------------------------------------------------------- kept ---- */

void feed_order_kept_init(struct feed_order_kept *kept)
{
	pthread_mutex_init(&kept->mutex, NULL);
	memset(&kept->order, 0, sizeof(kept->order));
}

void feed_order_kept_release(struct feed_order_kept *kept)
{
	feed_order_release(&kept->order);
	pthread_mutex_destroy(&kept->mutex);
}

bool feed_order_take(struct feed_order_kept *kept, const struct store_feed_filter *filter,
	struct feed_order *out_order)
{
	bool taken;

	pthread_mutex_lock(&kept->mutex);
	taken = kept->order.keys != NULL && kept->order.filter == hash_filter(filter);
	if (taken) {
		*out_order = kept->order;
		memset(&kept->order, 0, sizeof(kept->order));
	}
	pthread_mutex_unlock(&kept->mutex);
	return taken;
}

void feed_order_keep(struct feed_order_kept *kept, struct feed_order *order)
{
	pthread_mutex_lock(&kept->mutex);
	feed_order_release(&kept->order);
	kept->order = *order;
	pthread_mutex_unlock(&kept->mutex);
	memset(order, 0, sizeof(*order));
}
