#include "daemon/store/dropped.h"

#include "daemon/feed/document.h"
#include "daemon/store/by_feed.h"
#include "daemon/store/dated.h"
#include "daemon/store/item.h"
#include "daemon/store/mark.h"
#include "daemon/store/purge.h"
#include "daemon/store/shown.h"

int dropped_put(struct writer *writer, int64_t item_id, struct err *err)
{
	struct mark_state state;
	int found = mark_get(writer, item_id, &state, err);

	if (found <= 0 || state.starred)
		return found < 0 ? -1 : 0;
	if (item_hide(writer, item_id, err) < 0 ||
		db_run_with(&writer->db, STATEMENT_DROPPED_PUT, item_id, err) < 0 ||
		db_run_with(&writer->db, STATEMENT_ITEM_DELETE, item_id, err) < 0 ||
		writer_count(writer, state.feed_id, -1, state.read ? 0 : -1, 0, err) < 0)
		return -1;
	return 1;
}

/* ---------------------------------------------------------- restore ---- */

/* How the last document of its feed showed an item. */
struct last_seen {
	bool shown;
	bool passed_over; /* it said something else than the row */
};

static int read_last_seen(struct writer *writer, int64_t feed_id, int64_t item_id,
	struct last_seen *out_seen, struct err *err)
{
	struct shown_list shown;
	size_t i;

	if (shown_read(writer, feed_id, &shown, err) < 0)
		return -1;
	*out_seen = (struct last_seen){ false, false };
	for (i = 0; i < shown.count; i++) {
		if (shown.rows[i].item_id != item_id)
			continue;
		out_seen->shown = true;
		out_seen->passed_over |= shown.rows[i].state == 0;
	}
	shown_release(&shown);
	return 0;
}

/* Followers of states are told; retention counts from now where it has to.  What the
 * feed's validators name holds an edit that went by: it has to be sent again. */
static int put_back(struct writer *writer, int64_t item_id, const struct mark_state *state,
	int64_t now_s, struct err *err)
{
	sqlite3_stmt *put;
	struct last_seen seen;

	if (read_last_seen(writer, state->feed_id, item_id, &seen, err) < 0 ||
		(seen.passed_over && db_run_with(&writer->db, STATEMENT_VALIDATOR_DROP,
					     state->feed_id, err) < 0))
		return -1;
	put = db_use(&writer->db, STATEMENT_DROPPED_RETURNED);
	db_bind_int(put, 1, item_id);
	db_bind_int(put, 2, (int64_t)writer_next_seq(writer));
	db_bind_int(put, 3, now_s);
	db_bind_int_or(put, 4, seen.shown ? DATE_NONE : now_s, DATE_NONE);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	return writer_count(writer, state->feed_id, 1, state->read ? 0 : 1, 0, err);
}

int dropped_restore(struct writer *writer, int64_t item_id, int64_t now_s, struct err *err)
{
	struct mark_state state = { 0 };

	if (db_run_with(&writer->db, STATEMENT_DROPPED_RESTORE, item_id, err) < 0)
		return -1;
	if (db_changes(&writer->db) == 0)
		return 0;
	if (db_run_with(&writer->db, STATEMENT_DROPPED_DELETE, item_id, err) < 0 ||
		dated_return(writer, item_id, err) < 0 ||
		mark_get(writer, item_id, &state, err) < 0 ||
		put_back(writer, item_id, &state, now_s, err) < 0 ||
		item_unhide(writer, item_id, err) < 0)
		return -1;
	return 1;
}

/* ----------------------------------------------------------- forget ---- */

/* Those of the feed that items->at is in. */
static int forget_some(struct writer *writer, struct by_feed *items, struct err *err)
{
	int64_t feed_id = items->rows[items->at].feed_id;
	size_t end = by_feed_end(items), i;

	for (i = items->at; i < end; i++)
		if (db_run_with(&writer->db, STATEMENT_DOOM_ITEM, items->rows[i].item_id, err) < 0)
			return -1;
	if (purge_doomed(writer, feed_id, true, err) < 0)
		return -1;
	for (; items->at < end; items->at++)
		if (db_run_with(&writer->db, STATEMENT_DROPPED_DELETE,
			    items->rows[items->at].item_id, err) < 0)
			return -1;
	return 0;
}

/* Feed by feed, for each time all keys of the feed are gone through. */
static int forget_all(struct writer *writer, sqlite3_stmt *list, struct err *err)
{
	struct by_feed items = { 0 };
	int result;

	while ((result = db_step(&writer->db, list, err)) > 0)
		by_feed_add(&items, db_int(list, 1), db_int(list, 0));
	by_feed_sort(&items);
	while (result == 0 && items.at < items.count)
		result = forget_some(writer, &items, err);
	by_feed_release(&items);
	return result;
}

int dropped_forget_old(struct writer *writer, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_DROPPED_FORGOTTEN);

	db_bind_int(list, 1, STORE_DROP);
	return forget_all(writer, list, err);
}

int dropped_forget_feed(struct writer *writer, int64_t feed_id, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_DROPPED_OF_FEED);

	db_bind_int(list, 1, feed_id);
	return forget_all(writer, list, err);
}
