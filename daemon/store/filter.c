#include "daemon/store/filter.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "daemon/store/db.h"
#include "daemon/store/filter_few.h"
#include "daemon/store/search_query.h"
#include "daemon/store/tag.h"
#include "daemon/store/where_sql.h"

/* ------------------------------------------------------------ copies ---- */

static const char *const *copy_words(const char *const *words, size_t count)
{
	char **copy = count != 0 ? MEM_ARRAY(count, char *) : NULL;
	size_t i;

	for (i = 0; i < count; i++)
		copy[i] = mem_strdup(words[i]);
	return (const char *const *)copy;
}

static void free_words(const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free((void *)(uintptr_t)words[i]);
	free((void *)(uintptr_t)words);
}

void filter_copy(struct store_filter *to, const struct store_filter *from)
{
	*to = *from;
	to->feed_ids = from->feed_count != 0
			       ? mem_dup(from->feed_ids, from->feed_count * sizeof(*from->feed_ids))
			       : NULL;
	to->queries = copy_words(from->queries, from->query_count);
	to->tags = copy_words(from->tags, from->tag_count);
	to->match = mem_strdup(from->match);
	to->where = mem_strdup(from->where);
}

void filter_release(struct store_filter *filter)
{
	free((void *)(uintptr_t)filter->feed_ids);
	free_words(filter->queries, filter->query_count);
	free_words(filter->tags, filter->tag_count);
	free((void *)(uintptr_t)filter->match);
	free((void *)(uintptr_t)filter->where);
	memset(filter, 0, sizeof(*filter));
}

/* ---------------------------------------------------------- clauses ---- */

#define RARE_MAX 20000 /* items */
#define RARE_AMONG 50  /* one in so many */

int64_t filter_known_items(struct db *db, int64_t *out_unread)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_STORE_GET);
	struct err ignored;
	int64_t items;

	*out_unread = 0;
	if (db_step(db, get, &ignored) <= 0)
		return 0;
	items = db_int(get, 4);
	*out_unread = db_int(get, 5);
	sqlite3_reset(get);
	return items;
}

/* Then they are gathered and sorted, instead of looking for them by date among
 * all the read ones. */
static bool unread_are_rare(struct db *db)
{
	int64_t unread, items = filter_known_items(db, &unread);

	return unread < RARE_MAX && unread < items / RARE_AMONG;
}

static bool has_times(const struct store_filter *filter)
{
	return filter->since_s != INT64_MIN || filter->until_s != INT64_MAX;
}

/* The planner has no statistics; the narrowest index is known here.  NULL: that
 * is the table of dates. */
static const char *choose_index(
	const struct store_filter *filter, enum filter_order order, struct db *db)
{
	bool unread = filter->read == STORE_UNREAD;

	if (order == FILTER_BY_ID)
		return unread ? "INDEXED BY item_unread" : "NOT INDEXED";
	if (filter->feed_count == 1 && filter->query_count == 0)
		return "INDEXED BY item_feed";
	if (filter->starred == 1)
		return "INDEXED BY item_starred";
	/* By id the items of a document, whose texts are packed together, are neighbours. */
	if (order == FILTER_UNORDERED && !has_times(filter))
		return unread ? "INDEXED BY item_unread" : "NOT INDEXED";
	return unread && unread_are_rare(db) ? "INDEXED BY item_unread" : NULL;
}

bool filter_is_led_by_dates(
	const struct store_filter *filter, enum filter_order order, struct db *db)
{
	return choose_index(filter, order, db) == NULL;
}

/* As one value, for a statement has only so many. */
static void add_list(struct query *query, const int64_t *ids, size_t count)
{
	struct json_writer json;
	struct buf list;
	size_t i;

	buf_init(&list, count * 21 + 2); /* the longest number and its comma */
	json_begin(&json, &list);
	json_put_array(&json);
	for (i = 0; i < count; i++)
		json_put_int(&json, ids[i]);
	json_put_array_end(&json);
	query_add(query, " IN (SELECT value FROM json_each(?))");
	query_text(query, list.data);
	buf_release(&list);
}

void filter_add_ids(struct query *query, const char *column, const struct store_filter *filter)
{
	query_add(query, column);
	if (filter->feed_count != 1) {
		add_list(query, filter->feed_ids, filter->feed_count);
		return;
	}
	query_add(query, " = ?");
	query_int(query, filter->feed_ids[0]);
}

static int add_expression(struct query *query, const char *expr, const struct store_filter *filter,
	enum where_words words, struct err *err)
{
	struct where_node *node;
	int result;

	if (where_parse(expr, &node, err) < 0)
		return -1;
	result = where_sql_in(node, filter->now_s, words, query, err);
	where_free(node);
	return result;
}

/* The expression of a saved query, the caller's to free(). */
static char *read_query(struct db *db, const char *name, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_QUERY_GET);
	char *expr = NULL;
	int found;

	db_bind_text(get, 1, name);
	found = db_step(db, get, err);
	if (found > 0) {
		expr = db_text_copy(get, 0);
		sqlite3_reset(get);
	} else if (found == 0) {
		err_set(err, ERR_NOT_FOUND, "there is no saved query \"%.100s\"", name);
	}
	return expr;
}

/* Saved queries are feeds among feeds: any of them. */
static int add_feeds(struct query *query, const struct store_filter *filter, enum where_words words,
	struct db *db, struct err *err)
{
	int result = 0;
	size_t i;

	if (filter->feed_count + filter->query_count == 0)
		return 0;
	query_add(query, " AND (");
	if (filter->feed_count != 0)
		filter_add_ids(query, "i.feed_id", filter);
	for (i = 0; i < filter->query_count && result == 0; i++) {
		char *expr = read_query(db, filter->queries[i], err);

		if (expr == NULL)
			return -1;
		if (i != 0 || filter->feed_count != 0)
			query_add(query, " OR ");
		result = add_expression(query, expr, filter, words, err);
		if (result < 0)
			err_prefix(err, "query:%.100s", filter->queries[i]);
		free(expr);
	}
	query_add(query, ")");
	return result;
}

static void add_tags(struct query *query, const struct store_filter *filter)
{
	if (filter->tag_count == 0)
		return;
	query_add(query, " AND ");
	tag_query_item(query, filter->tags, filter->tag_count);
}

static void add_number(struct query *query, const char *condition, int64_t value)
{
	query_add(query, condition);
	query_int(query, value);
}

void filter_dates(struct query *query, const struct store_filter *filter)
{
	if (filter->read != STORE_ANY)
		query_add(query,
			filter->read == STORE_UNREAD ? " AND d.read = 0" : " AND d.read = 1");
	if (filter->since_s != INT64_MIN)
		add_number(query, " AND d.date_s >= ?", filter->since_s);
	if (filter->until_s != INT64_MAX)
		add_number(query, " AND d.date_s < ?", filter->until_s);
}

static void from_table(struct query *query, const struct store_filter *filter, const char *table)
{
	query_add(query, " FROM ");
	query_add(query, table);
	query_add(query, " d CROSS JOIN item i NOT INDEXED ON i.id = d.id");
	filter_dates(query, filter);
}

void filter_from_dated(struct query *query, const struct store_filter *filter)
{
	from_table(query, filter, "dated");
}

void filter_from(struct query *query, const struct store_filter *filter, enum filter_order order,
	struct db *db)
{
	const char *index = choose_index(filter, order, db);

	if (order == FILTER_UNORDERED && filter_from_few(query, filter, db))
		return;
	if (index == NULL) {
		from_table(query, filter, "dates");
	} else {
		query_add(query, " FROM item i ");
		query_add(query, index);
	}
}

static void add_times(struct query *query, const struct store_filter *filter)
{
	if (filter->since_s != INT64_MIN)
		add_number(query, " AND i.date_s >= ?", filter->since_s);
	if (filter->until_s != INT64_MAX)
		add_number(query, " AND i.date_s < ?", filter->until_s);
	if (filter->added_since_s != INT64_MIN)
		add_number(query, " AND i.received_s >= ?", filter->added_since_s);
	if (filter->since_seq != 0)
		add_number(query, " AND i.added_seq > ?", (int64_t)filter->since_seq);
	if (filter->until_seq != 0)
		add_number(query, " AND i.added_seq <= ?", (int64_t)filter->until_seq);
}

static int add_match(struct query *query, const char *condition, const char *match, struct err *err)
{
	struct buf words;
	int result;

	buf_init(&words, SEARCH_QUERY_MAX);
	result = search_query(match, &words, err);
	if (result == 0) {
		query_add(query, condition);
		query_text(query, words.data);
	}
	buf_release(&words);
	return result;
}

/* All but the words to look for. */
static int add_conditions(struct query *query, const struct store_filter *filter,
	enum where_words words, struct db *db, struct err *err)
{
	if (add_feeds(query, filter, words, db, err) < 0)
		return -1;
	add_tags(query, filter);
	if (filter->read != STORE_ANY)
		query_add(query,
			filter->read == STORE_UNREAD ? " AND i.read = 0" : " AND i.read = 1");
	if (filter->starred >= 0)
		query_add(
			query, filter->starred == 1 ? " AND i.starred = 1" : " AND i.starred = 0");
	if (filter->changed)
		query_add(query, " AND i.changed_seq IS NOT NULL");
	add_times(query, filter);
	if (filter->where == NULL)
		return 0;
	query_add(query, " AND ");
	return add_expression(query, filter->where, filter, words, err);
}

int filter_where(
	struct query *query, const struct store_filter *filter, struct db *db, struct err *err)
{
	query_add(query, " WHERE 1");
	if (filter->match != NULL &&
		add_match(query,
			" AND EXISTS (SELECT 1 FROM search WHERE search MATCH ?"
			" AND search.rowid = i.id)",
			filter->match, err) < 0)
		return -1;
	return add_conditions(query, filter, WHERE_WORDS_INDEXED, db, err);
}

int filter_where_fresh(
	struct query *query, const struct store_filter *filter, struct db *db, struct err *err)
{
	query_add(query, " WHERE 1");
	if (filter->match != NULL) {
		query_add(query, " AND ");
		if (where_sql_words(filter->match, WHERE_WORDS_FRESH, query, err) < 0)
			return -1;
	}
	return add_conditions(query, filter, WHERE_WORDS_FRESH, db, err);
}

int filter_from_search(
	struct query *query, const struct store_filter *filter, struct db *db, struct err *err)
{
	query_add(query, " FROM search CROSS JOIN item i NOT INDEXED");
	if (add_match(query, " WHERE i.id = search.rowid AND search MATCH ?", filter->match, err) <
		0)
		return -1;
	return add_conditions(query, filter, WHERE_WORDS_INDEXED, db, err);
}

int filter_from_found(struct query *query, const struct store_filter *filter, const char *ids,
	struct db *db, struct err *err)
{
	query_add(query, " FROM json_each(?) found CROSS JOIN item i NOT INDEXED"
			 " WHERE i.id = found.value");
	query_text(query, ids);
	return add_conditions(query, filter, WHERE_WORDS_INDEXED, db, err);
}

/* Whether there is nothing to it but words, dates and being read. */
static bool asks_no_columns(const struct store_filter *filter)
{
	return filter->feed_count + filter->query_count == 0 && filter->tag_count == 0 &&
	       filter->starred < 0 && !filter->changed && filter->added_since_s == INT64_MIN &&
	       filter->since_seq == 0 && filter->until_seq == 0 && filter->where == NULL;
}

static bool is_simple(const struct store_filter *filter)
{
	return asks_no_columns(filter) && !has_times(filter);
}

bool filter_is_dates(const struct store_filter *filter)
{
	return filter->match == NULL && has_times(filter) && asks_no_columns(filter);
}

bool filter_is_words(const struct store_filter *filter)
{
	return filter->match != NULL && filter->read == STORE_ANY && is_simple(filter);
}

bool filter_is_read(const struct store_filter *filter)
{
	return filter->match == NULL && is_simple(filter);
}

int filter_from_words(struct query *query, const struct store_filter *filter, struct err *err)
{
	return add_match(query, " FROM search WHERE search MATCH ?", filter->match, err);
}

/* What only seems to, because a text in quotes has that word, waits for no reason. */
bool filter_is_costly(const struct store_filter *filter)
{
	return filter->query_count != 0 ||
	       (filter->where != NULL && (strchr(filter->where, '~') != NULL ||
						 strcasestr(filter->where, "content") != NULL));
}

static int expression_searches(const char *expr, bool *out_searches, struct err *err)
{
	struct where_node *node;

	if (where_parse(expr, &node, err) < 0)
		return -1;
	*out_searches = *out_searches || where_matches(node);
	where_free(node);
	return 0;
}

int filter_searches(
	const struct store_filter *filter, struct db *db, bool *out_searches, struct err *err)
{
	int result = 0;
	size_t i;

	*out_searches = filter->match != NULL;
	if (filter->where != NULL && expression_searches(filter->where, out_searches, err) < 0)
		return -1;
	for (i = 0; i < filter->query_count && result == 0; i++) {
		char *expr = read_query(db, filter->queries[i], err);

		result = expr != NULL ? expression_searches(expr, out_searches, err) : -1;
		free(expr);
	}
	return result;
}
