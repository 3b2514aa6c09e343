#include "daemon/store/list_gather.h"

#include <stdlib.h>

#include "common/json.h"
#include "common/mem.h"
#include "daemon/store/filter.h"
#include "daemon/store/filter_few.h"
#include "daemon/store/find.h"
#include "daemon/store/found.h"

#define SET_MAX INT32_MAX /* an id; feedd gives them one by one */

static int run(
	struct reader *reader, const struct query *query, struct gathered **out, struct err *err)
{
	struct ids ids = { NULL, 0, 0 };
	struct gathered *gathered;
	sqlite3_stmt *rows;
	int found;
	size_t i;

	if (query_prepare(query, &reader->db, &rows, err) < 0)
		return -1;
	while ((found = db_step(&reader->db, rows, err)) > 0)
		ids_add(&ids, db_int(rows, 0));
	query_done(&reader->db, rows);
	if (found == 0) {
		gathered = mem_alloc(sizeof(*gathered) + ids.count * sizeof(gathered->ids[0]));
		gathered->count = ids.count;
		for (i = 0; i < ids.count; i++)
			gathered->ids[i] = ids.values[i];
		*out = gathered;
	}
	ids_release(&ids);
	return found;
}

/*
 * bm25() is the better the smaller; a title counts more than a name, a name
 * more than the text.  What is new counts up to twice, half of that after a
 * month.
 */
static void add_order(struct query *query, const struct gather *what)
{
	bool reverse = what->reverse;

	switch (what->sort) {
	case STORE_BY_TITLE:
		query_add(query, " ORDER BY title_key(coalesce(i.title, i.fallback, i.url, ''))");
		query_add(query, reverse ? " DESC" : "");
		query_add(query, ", i.date_s DESC, i.id DESC");
		break;
	case STORE_BY_RANK:
		query_add(query, " ORDER BY bm25(search, 8.0, 4.0, 1.0) * (1.0 + 1.0 /"
				 " (1.0 + max(0, ? - i.date_s) / 2592000.0))");
		query_int(query, what->filter->now_s);
		query_add(query, reverse ? " DESC" : "");
		query_add(query, ", i.id DESC");
		break;
	case STORE_BY_ADDED:
		query_add(query, reverse ? " ORDER BY i.id DESC" : " ORDER BY i.id");
		break;
	default:
		query_add(query, reverse ? " ORDER BY i.date_s DESC, i.id DESC"
					 : " ORDER BY i.date_s, i.id");
	}
	query_add(query, " LIMIT ?");
	query_int(query, GATHER_MAX + 1);
}

/* ids: the items that have the words, where that is known already. */
static int compose(struct query *query, struct reader *reader, const struct store_filter *filter,
	const char *ids, struct err *err)
{
	query_add(query, "SELECT i.id");
	if (ids != NULL)
		return filter_from_found(query, filter, ids, &reader->db, err);
	if (filter->match != NULL)
		return filter_from_search(query, filter, &reader->db, err);
	filter_from(query, filter, FILTER_UNORDERED, &reader->db);
	return filter_where(query, filter, &reader->db, err);
}

/*
 * The items that have the words: `ids` is a JSON array of them, where they are no
 * more than are gathered, `found` has all of them; either may be NULL.  1: they are
 * more, which is found out soonest from the index alone; 0; -1.
 */
static int find_words(struct reader *reader, const struct store_filter *filter, struct buf *ids,
	struct found *found, struct err *err)
{
	struct json_writer array;
	struct query query;
	sqlite3_stmt *rows = NULL;
	int64_t count = 0;
	int result;

	if (ids != NULL) {
		json_begin(&array, ids);
		json_put_array(&array);
	}
	query_init(&query);
	query_add(&query, "SELECT rowid");
	result = filter_from_words(&query, filter, err);
	query_add(&query, " LIMIT ?");
	query_int(&query, found != NULL ? INT64_MAX : GATHER_MAX + 1);
	if (result == 0)
		result = query_prepare(&query, &reader->db, &rows, err);
	while (result == 0 && (result = db_step(&reader->db, rows, err)) > 0) {
		if (ids != NULL && count <= GATHER_MAX)
			json_put_int(&array, db_int(rows, 0));
		if (found != NULL)
			found_add(found, db_int(rows, 0));
		count++;
		result = 0;
	}
	query_done(&reader->db, rows);
	query_release(&query);
	if (ids != NULL)
		json_put_array_end(&array);
	return result < 0 ? -1 : count > GATHER_MAX;
}

/* A set for all items; NULL where their ids are too far apart. */
static int set_new(struct reader *reader, struct found **out, struct err *err)
{
	int64_t last_id = 0;

	*out = NULL;
	if (db_get(&reader->db, db_use(&reader->db, STATEMENT_ITEM_LAST), &last_id, err) < 0)
		return -1;
	if (last_id <= SET_MAX)
		*out = found_new(last_id);
	return 0;
}

/* 1: more than are gathered.  To find that out while they are sorted would be
 * to make a key of every title. */
static int are_many(struct reader *reader, const struct store_filter *filter, struct err *err)
{
	struct query query;
	sqlite3_stmt *count;
	int64_t found = 0;
	int result;

	query_init(&query);
	query_add(&query, "SELECT count(*) FROM (");
	result = compose(&query, reader, filter, NULL, err);
	query_add(&query, " LIMIT ?)");
	query_int(&query, GATHER_MAX + 1);
	if (result == 0)
		result = query_prepare(&query, &reader->db, &count, err);
	if (result == 0) {
		result = db_get(&reader->db, count, &found, err);
		query_done(&reader->db, count);
	}
	query_release(&query);
	return result < 0 ? -1 : found > GATHER_MAX;
}

/* Among too many the next ones of a date are near; an order that is none of
 * items' own has to have them all, and other filters may leave few enough. */
static bool asks_words_first(const struct gather *what)
{
	return what->filter->match != NULL &&
	       ((what->sort != STORE_BY_TITLE && what->sort != STORE_BY_RANK) ||
		       filter_is_words(what->filter));
}

/* As find_words(); with more than are gathered, *out_found (unless out_found is NULL) has
 * all of them. */
static int find_first(struct reader *reader, const struct store_filter *filter, struct buf *ids,
	struct found **out_found, struct err *err)
{
	struct found *found = NULL;
	int result = 0;

	if (out_found != NULL)
		result = set_new(reader, &found, err);
	if (result == 0)
		result = find_words(reader, filter, ids, found, err);
	if (result > 0 && found != NULL)
		*out_found = found;
	else
		free(found);
	return result;
}

/* ids: as in compose(). */
static int run_ordered(struct reader *reader, const struct gather *what, const char *ids,
	struct gathered **out, struct err *err)
{
	struct query query;
	int result;

	query_init(&query);
	result = compose(&query, reader, what->filter, ids, err);
	query_add(&query, " AND i.added_seq <= ?");
	query_int(&query, (int64_t)what->bound_seq);
	add_order(&query, what);
	if (result == 0)
		result = run(reader, &query, out, err);
	query_release(&query);
	return result;
}

int gather_items(struct reader *reader, const struct gather *what, struct gathered **out,
	struct found **out_found, struct err *err)
{
	bool first = asks_words_first(what);
	struct gathered *gathered = NULL;
	struct buf ids;
	int result = 0;

	buf_init(&ids, (GATHER_MAX + 2) * (size_t)21);
	if (first)
		result = find_first(reader, what->filter, &ids, out_found, err);
	else if (what->filter->match == NULL)
		result = are_many(reader, what->filter, err);
	/* A phrase is not looked for twice, unless its rank is asked for. */
	if (result == 0)
		result = run_ordered(reader, what,
			first && what->sort != STORE_BY_RANK ? ids.data : NULL, &gathered, err);
	buf_release(&ids);
	if (result != 0)
		return result < 0 ? -1 : 0;
	if (gathered->count > GATHER_MAX) {
		free(gathered);
		return 0;
	}
	*out = gathered;
	return 1;
}

int gather_found(struct reader *reader, const struct store_filter *filter, struct found **out,
	struct err *err)
{
	struct found *found;

	*out = NULL;
	if (set_new(reader, &found, err) < 0)
		return -1;
	if (found != NULL && find_words(reader, filter, NULL, found, err) < 0) {
		free(found);
		return -1;
	}
	*out = found;
	return 0;
}

int gather_feeds(struct reader *reader, const struct store_filter *filter, bool reverse,
	struct gathered **out, struct err *err)
{
	struct query query;
	int result;

	query_init(&query);
	query_add(&query, "SELECT f.id FROM feed f WHERE ");
	query_add(&query, filter->read == STORE_UNREAD ? "f.unread > 0" : "f.total > 0");
	if (filter->feed_count != 0 && filter->query_count == 0) {
		query_add(&query, " AND ");
		filter_add_ids(&query, "f.id", filter);
	}
	query_add(&query, " ORDER BY title_key(coalesce(nullif(f.title, ''),"
			  " nullif(f.own_title, ''), f.url))");
	query_add(&query, reverse ? " DESC, f.id" : ", f.id");
	result = run(reader, &query, out, err);
	query_release(&query);
	return result;
}
