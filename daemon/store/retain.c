#include "daemon/store/retain.h"

#include "daemon/store/purge.h"
#include "daemon/store/writer.h"

#define LOOK_AT_ONCE 500      /* rows, each in a page of its own */
#define ROWS_MAX 100000       /* that are known at a time */
#define PURGE_AT_ONCE 200     /* each gives its words back to the index */
#define FEEDS_AT_ONCE 20      /* of each all keys are gone through */
#define UNDONE_WITHIN_S 86400 /* what somebody marked stays so long, for undo to find it */

/*
 * Items are looked for in the order of an index, and go feed by feed: where ten
 * thousand feeds have a few each, to look for those of every feed would be to go
 * through all of them ten thousand times.
 *
 *	READ -> UNREAD -> OWN, of feeds with a keep of their own -> REMOVED
 */
enum stage { READ, UNREAD, OWN, REMOVED };

static int64_t limit_of(int64_t now_s, int64_t keep_s)
{
	return keep_s < now_s ? now_s - keep_s : INT64_MIN;
}

/* The same of when an item was last marked. */
static int64_t marked_limit_of(int64_t now_s, int64_t keep_s)
{
	return limit_of(now_s, keep_s < UNDONE_WITHIN_S ? keep_s : UNDONE_WITHIN_S);
}

/* ---------------------------------------------------------- looking ---- */

/* What left first comes first; feeds with a keep of their own are passed by. */
static int look_at_left(struct writer *writer, int64_t limit_s, unsigned *out_rows, struct err *err)
{
	struct retain *retain = &writer->retain;
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_RETAIN_LEFT);
	int found;

	db_bind_int(list, 1, retain->stage == READ);
	db_bind_int(list, 2, retain->at_s);
	db_bind_int(list, 3, retain->item_id);
	db_bind_int(list, 4, limit_s);
	db_bind_int(list, 5, LOOK_AT_ONCE);
	while ((found = db_step(&writer->db, list, err)) > 0) {
		retain->item_id = db_int(list, 0);
		retain->at_s = db_int(list, 1);
		if (db_bool(list, 3))
			by_feed_add(&retain->over, db_int(list, 2), retain->item_id);
		(*out_rows)++;
	}
	return found;
}

/* 1: retain->feed_id is one with a keep of its own; 0: there is none any more. */
static int next_own(struct writer *writer, int64_t now_s, struct err *err)
{
	struct retain *retain = &writer->retain;
	sqlite3_stmt *next = db_use(&writer->db, STATEMENT_RETAIN_OWN_NEXT);

	retain->at_s = retain->item_id = 0;
	db_bind_int(next, 1, retain->feed_id);
	db_bind_int(next, 2, now_s);
	return db_get(&writer->db, next, &retain->feed_id, err);
}

static int look_at_own(struct writer *writer, int64_t now_s, unsigned *out_rows, struct err *err)
{
	struct retain *retain = &writer->retain;
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_RETAIN_OWN);
	int found;

	db_bind_int(list, 1, retain->feed_id);
	db_bind_int(list, 2, retain->at_s);
	db_bind_int(list, 3, retain->item_id);
	db_bind_int(list, 4, now_s);
	db_bind_int(list, 5, LOOK_AT_ONCE);
	while ((found = db_step(&writer->db, list, err)) > 0) {
		retain->item_id = db_int(list, 0);
		retain->at_s = db_int(list, 1);
		if (db_bool(list, 2))
			by_feed_add(&retain->over, retain->feed_id, retain->item_id);
		(*out_rows)++;
	}
	if (found < 0 || *out_rows == LOOK_AT_ONCE)
		return found;
	found = next_own(writer, now_s, err);
	retain->at_end = found == 0;
	return found < 0 ? -1 : 0;
}

static int look_on(struct writer *writer, const struct retain_limits *limits, struct err *err)
{
	struct retain *retain = &writer->retain;
	unsigned rows = 0;

	if (retain->stage == OWN) {
		if (look_at_own(writer, limits->now_s, &rows, err) < 0)
			return -1;
	} else {
		int64_t keep_s = retain->stage == READ ? limits->keep_read_s
						       : limits->keep_unread_s;

		if (look_at_left(writer, limit_of(limits->now_s, keep_s), &rows, err) < 0)
			return -1;
		retain->at_end = rows < LOOK_AT_ONCE;
	}
	retain->found = retain->at_end || retain->over.count >= ROWS_MAX;
	if (retain->found)
		by_feed_sort(&retain->over);
	return 0;
}

/* ---------------------------------------------------------- purging ---- */

/* How long the feed's items are kept now; 0: that is none of this stage's business. */
static int keep_of(struct writer *writer, int64_t feed_id, const struct retain_limits *limits,
	int64_t *out_keep_s, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_RETAIN_KEEP);
	enum stage stage = writer->retain.stage;
	int64_t own_s = -1;
	int found;

	db_bind_int(get, 1, feed_id);
	found = db_get(&writer->db, get, &own_s, err);
	if (found <= 0)
		return found;
	*out_keep_s = stage == OWN    ? own_s
		      : stage == READ ? limits->keep_read_s
				      : limits->keep_unread_s;
	return (own_s >= 0) == (stage == OWN);
}

static int doom(struct writer *writer, int64_t item_id, int64_t now_s, int64_t keep_s,
	uint64_t *out_rows, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_RETAIN_DOOM);

	db_bind_int(put, 1, item_id);
	db_bind_int(put, 2, limit_of(now_s, keep_s));
	db_bind_int(put, 3, marked_limit_of(now_s, keep_s));
	if (writer->retain.stage != OWN)
		db_bind_int(put, 4, writer->retain.stage == READ);
	db_bind_int(put, 5, now_s + UNDONE_WITHIN_S);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	*out_rows += db_changes(&writer->db);
	return 0;
}

/* Of the feed that the next row is of, as many rows as may be. */
static int purge_feed(
	struct writer *writer, const struct retain_limits *limits, size_t *left, struct err *err)
{
	struct by_feed *over = &writer->retain.over;
	int64_t feed_id = over->rows[over->at].feed_id, keep_s;
	size_t end = by_feed_end(over);
	uint64_t rows = 0;
	int judged = keep_of(writer, feed_id, limits, &keep_s, err);

	if (judged <= 0) {
		over->at = end;
		return judged;
	}
	if (end - over->at > *left)
		end = over->at + *left;
	*left -= end - over->at;
	for (; over->at < end; over->at++)
		if (doom(writer, over->rows[over->at].item_id, limits->now_s, keep_s, &rows, err) <
			0)
			return -1;
	return rows != 0 ? purge_doomed(writer, feed_id, true, err) : 0;
}

static int purge_on(struct writer *writer, const struct retain_limits *limits, struct err *err)
{
	struct by_feed *over = &writer->retain.over;
	size_t left = PURGE_AT_ONCE;
	unsigned i;

	for (i = 0; i < FEEDS_AT_ONCE && left > 0 && over->at < over->count; i++)
		if (purge_feed(writer, limits, &left, err) < 0)
			return -1;
	return 0;
}

/* Some of a removed feed's, of which the stars alone stayed, that have none any more. */
static int purge_removed(struct writer *writer, int64_t now_s, struct err *err)
{
	int64_t limit_s = limit_of(now_s, UNDONE_WITHIN_S), ahead_s = now_s + UNDONE_WITHIN_S;
	int64_t feed_id;
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_PURGE_REMOVED_FEED);
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_PURGE_REMOVED_DOOM);
	int found;

	db_bind_int(get, 1, limit_s);
	db_bind_int(get, 2, ahead_s);
	found = db_get(&writer->db, get, &feed_id, err);
	if (found <= 0)
		return found;
	db_bind_int(put, 1, feed_id);
	db_bind_int(put, 2, limit_s);
	db_bind_int(put, 3, ahead_s);
	db_bind_int(put, 4, PURGE_AT_ONCE);
	if (db_run(&writer->db, put, err) < 0 || purge_doomed(writer, feed_id, false, err) < 0)
		return -1;
	return 1;
}

/* ------------------------------------------------------------ round ---- */

/* To what it looks for next, from the beginning. */
static void enter(struct retain *retain, enum stage stage)
{
	retain->stage = stage;
	retain->feed_id = retain->at_s = retain->item_id = 0;
	retain->at_end = retain->found = false;
	by_feed_clear(&retain->over);
}

void retain_release(struct retain *retain)
{
	by_feed_release(&retain->over);
	enter(retain, READ);
}

/* Other limits make it begin anew. */
static void mind(struct retain *retain, const struct retain_limits *limits)
{
	if (retain->keep_read_s == limits->keep_read_s &&
		retain->keep_unread_s == limits->keep_unread_s)
		return;
	retain->keep_read_s = limits->keep_read_s;
	retain->keep_unread_s = limits->keep_unread_s;
	enter(retain, READ);
}

int retain_step(struct writer *writer, const struct retain_limits *limits, struct err *err)
{
	struct retain *retain = &writer->retain;
	int more;

	mind(retain, limits);
	while (retain->stage != REMOVED) {
		if (!retain->found && look_on(writer, limits, err) < 0)
			return -1;
		if (!retain->found)
			return 1;
		if (retain->over.at < retain->over.count)
			return purge_on(writer, limits, err) < 0 ? -1 : 1;
		retain->found = false;
		by_feed_clear(&retain->over);
		if (retain->at_end)
			enter(retain, retain->stage + 1);
	}
	more = purge_removed(writer, limits->now_s, err);
	if (more == 0)
		retain_release(retain);
	return more;
}
