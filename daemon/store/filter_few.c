#include "daemon/store/filter_few.h"

#include "daemon/store/find.h"
#include "daemon/store/list_gather.h"
#include "daemon/store/tag.h"

#define FEW_AMONG 8    /* one in so many */
#define FEEDS_MAX 1000 /* that are named; more of them have seldom few items */

enum few { FEW_PLACES, FEW_CHANGED, FEW_RECENT, FEW_KINDS };

/* ------------------------------------------- by feeds, by tags ---- */

/* The feeds that are named; where none is, those with one of the tags. */
static void add_places(struct query *query, const char *column, const struct store_filter *filter)
{
	if (filter->feed_count != 0) {
		filter_add_ids(query, column, filter);
		return;
	}
	query_add(query, column);
	query_add(query, " IN (SELECT feed_id FROM feed_tag WHERE ");
	tag_query_any(query, filter->tags, filter->tag_count);
	query_add(query, ")");
}

/* The count that a query tells, if that can be read; else more than there are. */
static int64_t ask(struct query *query, struct db *db)
{
	int64_t count = INT64_MAX;
	sqlite3_stmt *sum = NULL;
	struct err ignored;

	if (query_prepare(query, db, &sum, &ignored) == 0)
		(void)!db_get(db, sum, &count, &ignored);
	query_done(db, sum);
	query_release(query);
	return count;
}

/* How many items these have, and are tagged by themselves. */
static int64_t count_places(const struct store_filter *filter, struct db *db)
{
	struct query query;

	query_init(&query);
	query_add(&query, "SELECT (SELECT coalesce(sum(total), 0) FROM feed WHERE ");
	add_places(&query, "id", filter);
	query_add(&query, ")");
	if (filter->feed_count == 0) {
		query_add(&query, " + (SELECT count(*) FROM item_tag WHERE ");
		tag_query_any(&query, filter->tags, filter->tag_count);
		query_add(&query, ")");
	}
	return ask(&query, db);
}

static void from_places(struct query *query, const struct store_filter *filter)
{
	query_add(query, " FROM (SELECT id FROM item INDEXED BY item_feed WHERE ");
	add_places(query, "feed_id", filter);
	if (filter->feed_count == 0) {
		query_add(query, " UNION SELECT item_id FROM item_tag WHERE ");
		tag_query_any(query, filter->tags, filter->tag_count);
	}
	query_add(query, ") c CROSS JOIN item i NOT INDEXED ON i.id = c.id");
}

/* --------------------------------------------- edited, recent ---- */

static int64_t count_changed(struct db *db)
{
	struct query query;

	query_init(&query);
	query_add(&query, "SELECT count(*) FROM (SELECT 1 FROM item INDEXED BY item_changed"
			  " WHERE changed_seq IS NOT NULL LIMIT ?)");
	query_int(&query, GATHER_MAX + 1);
	return ask(&query, db);
}

/* The first id behind the cursor, or 0. */
static int64_t first_recent(const struct store_filter *filter, struct db *db)
{
	struct err ignored;
	int64_t first;

	return find_first_behind(db, filter->since_seq, &first, &ignored) == 0 ? first : 0;
}

static int64_t count_recent(const struct store_filter *filter, struct db *db)
{
	int64_t first = first_recent(filter, db), last = 0;
	struct err ignored;

	if (first == 0 || db_get(db, db_use(db, STATEMENT_ITEM_LAST), &last, &ignored) < 0)
		return INT64_MAX;
	return last < first ? 0 : last - first + 1;
}

/* ---------------------------------------------------------------- */

static int64_t count_of(enum few few, const struct store_filter *filter, struct db *db)
{
	bool places = filter->feed_count > 1 ? filter->feed_count <= FEEDS_MAX
					     : filter->feed_count == 0 && filter->tag_count != 0;

	switch (few) {
	case FEW_PLACES:
		return places && filter->query_count == 0 ? count_places(filter, db) : INT64_MAX;
	case FEW_CHANGED:
		return filter->changed ? count_changed(db) : INT64_MAX;
	case FEW_RECENT:
		return filter->since_seq != 0 ? count_recent(filter, db) : INT64_MAX;
	case FEW_KINDS:
	default:
		return INT64_MAX;
	}
}

/* What leaves the fewest, and at the most how many. */
static enum few fewest(const struct store_filter *filter, struct db *db, int64_t *out_count)
{
	enum few few, found = FEW_KINDS;

	*out_count = INT64_MAX;
	for (few = FEW_PLACES; few < FEW_KINDS; few++) {
		int64_t count = count_of(few, filter, db);

		if (count < *out_count) {
			*out_count = count;
			found = few;
		}
	}
	return found;
}

/* What finds them, or FEW_KINDS where that takes longer than `rows` by date. */
static enum few choose(const struct store_filter *filter, uint64_t rows, struct db *db)
{
	int64_t items, unread, count;
	enum few few;
	double among;

	if (filter->starred == 1)
		return FEW_KINDS;
	few = fewest(filter, db, &count);
	if (few == FEW_KINDS || count > GATHER_MAX)
		return FEW_KINDS;
	items = filter_known_items(db, &unread);
	/* By date as many are passed for each that is wanted. */
	among = (double)items / (count > 0 ? (double)count : 1);
	return among > FEW_AMONG && (double)count < (double)rows * among ? few : FEW_KINDS;
}

bool filter_is_few(const struct store_filter *filter, uint64_t rows, struct db *db)
{
	return choose(filter, rows, db) != FEW_KINDS;
}

bool filter_from_few(struct query *query, const struct store_filter *filter, struct db *db)
{
	switch (choose(filter, UINT64_MAX, db)) {
	case FEW_PLACES:
		from_places(query, filter);
		return true;
	case FEW_CHANGED:
		query_add(query, " FROM item i INDEXED BY item_changed");
		return true;
	case FEW_RECENT:
		query_add(query, " FROM (SELECT ? AS first) c CROSS JOIN item i NOT INDEXED"
				 " ON i.id >= c.first");
		query_int(query, first_recent(filter, db));
		return true;
	case FEW_KINDS:
	default:
		return false;
	}
}
