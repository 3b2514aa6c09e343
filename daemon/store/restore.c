#include "daemon/store/restore.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/feed/feed.h"
#include "daemon/store/dump_text.h"
#include "daemon/store/feed_add.h"
#include "daemon/store/ident.h"
#include "daemon/store/item_state.h"
#include "daemon/store/restore_name.h"
#include "daemon/store/story.h"
#include "daemon/url.h"

#define WORDS_MAX (1u << 20)

void restore_init(struct restore *restore, struct writer *writer, int64_t now_s, bool newer)
{
	memset(restore, 0, sizeof(*restore));
	restore->writer = writer;
	restore->now_s = restore->next_poll_s = now_s;
	restore->newer = newer;
	buf_init(&restore->words, WORDS_MAX);
}

void restore_release(struct restore *restore)
{
	free(restore->list);
	free(restore->feed_url);
	free(restore->feed_now_url);
	buf_release(&restore->words);
}

int restore_refuse(struct restore *restore, const char *what, const char *why)
{
	char *shown = url_hide_userinfo(what);

	restore->result.refused++;
	/* Full: the number still tells. */
	(void)!buf_printf(&restore->words, "%.500s: %.500s\n", shown, why);
	free(shown);
	return 0;
}

/* ------------------------------------------------------------ feeds ---- */

/* The feed of an address: 1; 0: not subscribed.  States come feed by feed. */
static int find_feed(struct restore *restore, const char *url, struct err *err)
{
	static const enum statement ways[] = { STATEMENT_RESTORE_FEED, STATEMENT_RESTORE_MOVED,
		STATEMENT_RESTORE_YIELDED };
	struct db *db = &restore->writer->db;
	sqlite3_stmt *get = NULL;
	int found = 0;
	size_t i;

	if (restore->feed_url != NULL && strcmp(restore->feed_url, url) == 0)
		return 1;
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]) && found == 0; i++) {
		get = db_use(db, ways[i]);
		db_bind_text(get, 1, url);
		found = db_step(db, get, err);
	}
	if (found <= 0)
		return found;
	free(restore->feed_url);
	free(restore->feed_now_url);
	restore->feed_url = mem_strdup(url);
	restore->feed_id = db_int(get, 0);
	restore->feed_has_items = db_bool(get, 1);
	restore->feed_now_url = db_text_copy(get, 2);
	sqlite3_reset(get);
	return 1;
}

int restore_knows(struct restore *restore, const char *url, struct err *err)
{
	return find_feed(restore, url, err);
}

static bool has_moved(const struct restore *restore, const char *url)
{
	return restore->feed_url != NULL && strcmp(restore->feed_url, url) == 0 &&
	       strcmp(restore->feed_now_url, url) != 0;
}

bool restore_is_elsewhere(const struct restore *restore, const char *url)
{
	return has_moved(restore, url) && !url_same_origin(restore->feed_now_url, url);
}

static void list_feed(struct restore *restore, int64_t id, bool fresh)
{
	size_t count = restore->result.list_count++;

	if ((count & (count - 1)) == 0)
		restore->list = mem_realloc_array(
			restore->list, count != 0 ? count * 2 : 1, sizeof(*restore->list));
	restore->list[count] = (struct store_restored_feed){ .id = id, .fresh = fresh };
	restore->result.list = restore->list;
}

int restore_feed(struct restore *restore, const struct restore_subscription *subscription,
	int64_t *out_id, bool *out_fresh, struct err *err)
{
	const char *url = subscription->url;
	struct store_new_feed feed;
	struct store_added added;

	if (find_feed(restore, url, err) < 0)
		return -1;
	if (has_moved(restore, url)) {
		*out_id = restore->feed_id;
		*out_fresh = false;
		list_feed(restore, *out_id, false);
		return 0;
	}
	memset(&feed, 0, sizeof(feed));
	memset(&added, 0, sizeof(added));
	feed.url = mem_strdup(url);
	feed.feed_title = mem_strdup(subscription->title);
	feed.settings.auth = mem_strdup(subscription->auth);
	feed.settings.every_s = feed.settings.keep_s = -1;
	feed.added_at_s = restore->now_s;
	feed.next_poll_s = restore->next_poll_s + (int64_t)restore->result.feeds;
	feed.base_s = restore->base_s;
	if (feed_add_one(restore->writer, &feed, &added, err) < 0) {
		store_new_feed_release(&feed);
		return -1;
	}
	store_new_feed_release(&feed);
	free(added.refused);
	*out_id = added.feed_id;
	*out_fresh = !added.existed;
	restore->result.feeds += *out_fresh;
	list_feed(restore, added.feed_id, *out_fresh);
	return 0;
}

/* ------------------------------------------------------------- items ---- */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "\k" and the key in hexadecimal digits. */
static bool read_key(const char *guid, unsigned char out_key[KEY_SIZE])
{
	size_t i;

	if (guid[0] != '\\' || guid[1] != 'k' || strlen(guid + 2) != 2 * KEY_SIZE)
		return false;
	for (i = 0; i < KEY_SIZE; i++) {
		int high = hex_digit(guid[2 + 2 * i]), low = hex_digit(guid[3 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		out_key[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* An item, and when its marks were set last; INT64_MIN: never. */
struct marked {
	int64_t item_id, state_s;
};

static int take_item(struct db *db, sqlite3_stmt *get, struct marked *out, struct err *err)
{
	int found = db_step(db, get, err);

	if (found > 0) {
		out->item_id = db_int(get, 0);
		out->state_s = db_int_or(get, 1, INT64_MIN);
		sqlite3_reset(get);
	}
	return found;
}

static int find_by_key(struct db *db, int64_t feed_id, const unsigned char key[KEY_SIZE],
	struct marked *out, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_RESTORE_KEY);

	db_bind_int(get, 1, feed_id);
	db_bind_bytes(get, 2, key, KEY_SIZE);
	return take_item(db, get, out, err);
}

/* By what the feed calls it now. */
static int find_by_name(
	struct db *db, int64_t feed_id, const char *guid, struct marked *out, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_RESTORE_ITEM);

	db_bind_int(get, 1, feed_id);
	db_bind_int(get, 2, story_link_hash(guid));
	db_bind_int(get, 3, story_guid_hash(guid));
	db_bind_text(get, 4, guid);
	return take_item(db, get, out, err);
}

/* Else by what the feed called it before it gave it another id. */
static int find_called(struct restore *restore, int64_t feed_id, const char *guid,
	struct marked *out, struct err *err)
{
	struct db *db = &restore->writer->db;
	const struct feed_digest once[] = { feed_key_of_id(guid, strlen(guid)),
		feed_key_of_link(guid, strlen(guid)) };
	unsigned char key[KEY_SIZE];
	int found;
	size_t i;

	if (read_key(guid, key))
		return find_by_key(db, feed_id, key, out, err);
	found = find_by_name(db, feed_id, guid, out, err);
	for (i = 0; i < 2 && found == 0; i++) {
		ident_native_key(&once[i], key);
		found = find_by_key(db, feed_id, key, out, err);
	}
	return found;
}

/* The one item without guid of that date and title; with the link, too, if that is not
 * NULL. */
static int find_by_date(struct restore *restore, int64_t feed_id, const struct restore_name *name,
	const char *link, struct marked *out, struct err *err)
{
	struct db *db = &restore->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_RESTORE_DATED);

	db_bind_int(get, 1, feed_id);
	db_bind_int(get, 2, name->published_s);
	db_bind_text(get, 3, name->title);
	db_bind_text(get, 4, link);
	return take_item(db, get, out, err);
}

static int find_dated(struct restore *restore, int64_t feed_id, const struct restore_name *name,
	struct marked *out, struct err *err)
{
	int found = 0;

	if (name->link[0] != '\0') {
		found = find_by_date(restore, feed_id, name, name->link, out, err);
		if (found == 0)
			found = find_called(restore, feed_id, name->link, out, err);
	}
	if (found == 0)
		found = find_by_date(restore, feed_id, name, NULL, out, err);
	return found;
}

static int find_item(struct restore *restore, int64_t feed_id, const char *guid, struct marked *out,
	struct err *err)
{
	struct restore_name name;
	int found;

	if (!restore_name_read(guid, &name))
		return find_called(restore, feed_id, guid, out, err);
	found = find_dated(restore, feed_id, &name, out, err);
	restore_name_release(&name);
	return found;
}

static int find_titled(struct restore *restore, int64_t feed_id, const char *title,
	struct marked *out, struct err *err)
{
	struct db *db = &restore->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_RESTORE_TITLED);

	db_bind_int(get, 1, feed_id);
	db_bind_text(get, 2, title);
	return take_item(db, get, out, err);
}

static int put_waiting(struct restore *restore, const char *feed_url, const char *guid,
	const char *state, int64_t at_s, struct err *err)
{
	sqlite3_stmt *put = db_use(&restore->writer->db, STATEMENT_WAITING_PUT);

	db_bind_text(put, 1, feed_url);
	db_bind_text(put, 2, guid);
	db_bind_text(put, 3, state);
	db_bind_int(put, 4, at_s);
	db_bind_int(put, 5, !restore->newer);
	return db_run(&restore->writer->db, put, err);
}

/* Whether a dump has room for it, whatever of it is to be escaped. */
static bool fits_dump(const char *feed_url, const char *guid, const char *state)
{
	return strlen(feed_url) + strlen(guid) + strlen(state) < DUMP_LINE_MAX / 2 - TIME_TEXT_MAX;
}

/* What waits already is not forgotten for what is added. */
static int wait_for(struct restore *restore, const char *feed_url, const char *guid,
	const char *state, int64_t at_s, struct err *err)
{
	sqlite3_stmt *get = db_use(&restore->writer->db, STATEMENT_WAITING_GET);
	char *both = NULL;
	bool fits = true;
	int result;

	db_bind_text(get, 1, feed_url);
	db_bind_text(get, 2, guid);
	result = db_step(&restore->writer->db, get, err);
	if (result < 0)
		return -1;
	if (result > 0) {
		both = item_state_join(db_text(get, 0), state);
		fits = strlen(both) <= strlen(db_text(get, 0)) || fits_dump(feed_url, guid, both);
	}
	sqlite3_reset(get);
	restore->result.waiting += fits;
	result = fits ? put_waiting(restore, feed_url, guid, both != NULL ? both : state, at_s, err)
		      : restore_refuse(restore, feed_url, "an item has too many tags for a dump");
	free(both);
	return result;
}

/* Which item of a feed a name means. */
typedef int find_fn(struct restore *restore, int64_t feed_id, const char *name, struct marked *out,
	struct err *err);

static int find_in_feed(struct restore *restore, find_fn *find, const char *name,
	struct marked *out, struct err *err)
{
	return restore->feed_has_items ? find(restore, restore->feed_id, name, out, err) : 0;
}

/* In the feeds that were removed and gave the address up. */
static int find_in_yielded(struct restore *restore, find_fn *find, const char *feed_url,
	const char *name, struct marked *out, struct err *err)
{
	struct db *db = &restore->writer->db;
	sqlite3_stmt *feeds = db_use(db, STATEMENT_RESTORE_YIELDED);
	int more = 0, found = 0;

	db_bind_text(feeds, 1, feed_url);
	while (found == 0 && (more = db_step(db, feeds, err)) > 0)
		found = find(restore, db_int(feeds, 0), name, out, err);
	sqlite3_reset(feeds);
	return more < 0 ? -1 : found;
}

/* As the dump tells them: what those know that gave the address up is behind what its feed
 * knows of the item.  But who has moved on has its own lines elsewhere, and is meant where
 * nobody else is. */
static int find_marked(struct restore *restore, find_fn *find, const char *feed_url,
	const char *name, struct marked *out, struct err *err)
{
	int known = find_feed(restore, feed_url, err), found = 0;
	bool moved = known > 0 && has_moved(restore, feed_url);

	if (known > 0 && !moved)
		found = find_in_feed(restore, find, name, out, err);
	if (known >= 0 && found == 0)
		found = find_in_yielded(restore, find, feed_url, name, out, err);
	if (moved && found == 0)
		found = find_in_feed(restore, find, name, out, err);
	return known < 0 ? -1 : found;
}

/* A dump that says just what is so still says when that was. */
static int put_dated(
	struct writer *writer, int64_t item_id, const char *state, int64_t at_s, struct err *err)
{
	int changed = item_state_add(writer, item_id, state, at_s, err);

	return changed < 0 || item_state_date(writer, item_id, at_s, err) < 0 ? -1 : changed;
}

static int put_state(struct restore *restore, find_fn *find, const char *feed_url, const char *name,
	const char *state, int64_t at_s, struct err *err)
{
	struct marked marked;
	int found = find_marked(restore, find, feed_url, name, &marked, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return wait_for(restore,
			has_moved(restore, feed_url) ? restore->feed_now_url : feed_url, name,
			state, at_s, err);
	if (restore->newer && marked.state_s >= at_s)
		return 0;
	found = restore->undated ? item_state_add(restore->writer, marked.item_id, state, at_s, err)
				 : put_dated(restore->writer, marked.item_id, state, at_s, err);
	restore->result.states += found > 0;
	return found < 0 ? -1 : 0;
}

int restore_item(struct restore *restore, const char *feed_url, const char *guid, const char *state,
	int64_t at_s, struct err *err)
{
	return put_state(restore, find_item, feed_url, guid, state, at_s, err);
}

int restore_titled(struct restore *restore, const char *feed_url, const char *title,
	const char *state, int64_t at_s, struct err *err)
{
	return put_state(restore, find_titled, feed_url, title, state, at_s, err);
}

/* ----------------------------------------------------------- waiting ---- */

struct arrival {
	int64_t item_id, at_s;
	bool overtaken; /* the item was known, and a person marked it later */
	char *guid, *state;
};

static int take(
	struct writer *writer, const char *feed_url, struct arrival *arrival, struct err *err)
{
	sqlite3_stmt *drop = db_use(&writer->db, STATEMENT_WAITING_DELETE);

	db_bind_text(drop, 1, feed_url);
	db_bind_text(drop, 2, arrival->guid);
	if (db_run(&writer->db, drop, err) < 0)
		return -1;
	if (arrival->overtaken)
		return 0;
	return put_dated(writer, arrival->item_id, arrival->state, arrival->at_s, err) < 0 ? -1 : 0;
}

struct arrivals {
	struct arrival *rows;
	size_t count;
};

static int read_arrivals(struct writer *writer, enum statement which, const char *feed_url,
	int64_t first, int64_t last, struct arrivals *arrivals, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, which);
	int result;

	db_bind_text(list, 1, feed_url);
	db_bind_int(list, 2, first);
	db_bind_int(list, 3, last);
	while ((result = db_step(&writer->db, list, err)) > 0) {
		arrivals->rows = mem_realloc_array(
			arrivals->rows, arrivals->count + 1, sizeof(*arrivals->rows));
		arrivals->rows[arrivals->count++] = (struct arrival){ db_int(list, 0),
			db_int(list, 3), db_bool(list, 4), db_text_copy(list, 1),
			db_text_copy(list, 2) };
	}
	return result;
}

int restore_waiting(struct writer *writer, const char *feed_url, int64_t first, int64_t last,
	struct ids *out_settled, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_WAITING_ANY);
	struct arrivals arrivals = { NULL, 0 };
	int64_t any;
	int result;
	size_t i;

	db_bind_text(list, 1, feed_url);
	result = last < first ? 0 : db_get(&writer->db, list, &any, err);
	if (result <= 0)
		return result;
	if (out_settled != NULL)
		result = read_arrivals(
			writer, STATEMENT_WAITING_ALIKE, feed_url, first, last, &arrivals, err);
	if (result >= 0)
		result = read_arrivals(writer,
			out_settled != NULL ? STATEMENT_WAITING_DATED : STATEMENT_WAITING_LINKED,
			feed_url, first, last, &arrivals, err);
	if (result >= 0)
		result = read_arrivals(
			writer, STATEMENT_WAITING_FOR, feed_url, first, last, &arrivals, err);
	for (i = 0; i < arrivals.count; i++) {
		struct arrival *arrival = &arrivals.rows[i];

		if (result == 0)
			result = take(writer, feed_url, arrival, err);
		if (out_settled != NULL)
			ids_add(out_settled, arrival->item_id);
		free(arrival->guid);
		free(arrival->state);
	}
	free(arrivals.rows);
	return result;
}
