#include "daemon/store/feed_order.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/find.h"
#include "daemon/store/fold.h"

#define RANK_FINE 4u /* of all that need no attention */
#define DEAD_AFTER_S (14 * 86400)
#define TITLE_MAX 512 /* bytes that feeds are sorted by */

/* While they are sorted. */
struct feed_key {
	struct feed_place place;
	unsigned rank; /* 0: needs attention most */
	char *title;
};

struct feed_keys {
	struct feed_key *all;
	size_t count, capacity;
};

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

static int by_attention(const void *a, const void *b)
{
	const struct feed_key *x = a, *y = b;
	int order;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	order = strcmp(x->title, y->title);
	return order != 0 ? order : (x->place.id > y->place.id) - (x->place.id < y->place.id);
}

/* As titles of items are sorted. */
static char *sorted_by(const char *title)
{
	struct buf key;

	buf_init(&key, TITLE_MAX);
	(void)!fold_title(title, &key); /* the beginning is enough */
	return buf_take(&key, NULL);
}

static void add_key(struct feed_keys *keys, sqlite3_stmt *row)
{
	struct feed_key *key;

	if (keys->count == keys->capacity) {
		keys->capacity = keys->capacity != 0 ? keys->capacity * 2 : 256;
		keys->all = mem_realloc_array(keys->all, keys->capacity, sizeof(*keys->all));
	}
	key = &keys->all[keys->count++];
	key->place.id = db_int(row, 0);
	key->place.state = key_state(row);
	key->rank = rank_of(key->place.state);
	key->title = sorted_by(db_text(row, 1));
}

/* Rows of the statement that are wanted. */
static int add_rows(struct feed_keys *keys, const struct store_feed_filter *filter, struct db *db,
	sqlite3_stmt *rows, struct err *err)
{
	int found;

	while ((found = db_step(db, rows, err)) > 0) {
		int wanted = is_wanted(filter, db, rows, err);

		if (wanted > 0)
			add_key(keys, rows);
		if (wanted < 0) {
			sqlite3_reset(rows);
			return -1;
		}
	}
	return found;
}

static int add_named(struct feed_keys *keys, const struct store_feed_filter *filter, struct db *db,
	struct err *err)
{
	size_t i;

	for (i = 0; i < filter->count; i++) {
		sqlite3_stmt *one = db_use(db, STATEMENT_FEED_KEY);

		db_bind_int(one, 1, filter->ids[i]);
		if (add_rows(keys, filter, db, one, err) < 0)
			return -1;
	}
	return 0;
}

/* Sorted, each once; titles have served then. */
static void settle(struct store_feed_order *order, struct feed_keys *keys)
{
	size_t i;

	if (keys->count > 1)
		qsort(keys->all, keys->count, sizeof(*keys->all), by_attention);
	order->feeds = MEM_ARRAY(keys->count, struct feed_place);
	for (i = 0; i < keys->count; i++) {
		const struct feed_place *place = &keys->all[i].place;

		free(keys->all[i].title);
		if (order->count == 0 || order->feeds[order->count - 1].id != place->id)
			order->feeds[order->count++] = *place;
	}
	free(keys->all);
}

static int add_of_url(struct feed_keys *keys, const struct store_feed_filter *filter, struct db *db,
	struct err *err)
{
	sqlite3_stmt *one = db_use(db, STATEMENT_FEED_KEY_OF_URL);

	db_bind_text(one, 1, filter->url);
	return add_rows(keys, filter, db, one, err);
}

int feed_order_gather(struct store_feed_order *order, const struct store_feed_filter *filter,
	struct db *db, struct err *err)
{
	struct feed_keys keys = { NULL, 0, 0 };
	int result;

	if (filter->ids != NULL)
		result = add_named(&keys, filter, db, err);
	else if (filter->url != NULL)
		result = add_of_url(&keys, filter, db, err);
	else
		result = add_rows(&keys, filter, db, db_use(db, STATEMENT_FEED_KEYS), err);
	settle(order, &keys);
	return result;
}

struct store_feed_order *feed_order_new(void)
{
	return MEM_NEW(struct store_feed_order);
}

void store_feed_order_free(struct store_feed_order *order)
{
	if (order == NULL)
		return;
	free(order->feeds);
	free(order);
}
