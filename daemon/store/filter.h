#ifndef STORE_FILTER_H
#define STORE_FILTER_H

#include <stdbool.h>

#include "daemon/store/query.h"
#include "daemon/store/store.h"
#include "daemon/store/store_items.h"

/*
 * The filters of `list` as conditions on `item i`, and what serves them: the one
 * place that knows what a filter means in SQL, but for `where` (where_sql.h).
 */

/* A copy of its own, for the thread that reads. */
void filter_copy(struct store_filter *to, const struct store_filter *from);
void filter_release(struct store_filter *filter);

/* Whether it may try a pattern on each item, or look into each article: saved queries
 * aren't known before they are read. */
bool filter_is_costly(const struct store_filter *filter);

/* Whether the full-text index has a part in it, saved queries included. */
int filter_searches(const struct store_filter *filter, struct db *db, bool *out_searches,
	struct err *err) MUST_USE;

/* " FROM … item i …" for rows in order of date, or of id, or in none.  db: where
 * it is looked up whether unread items are rare, and how many items feeds have. */
enum filter_order { FILTER_BY_DATE, FILTER_BY_ID, FILTER_UNORDERED };
void filter_from(struct query *query, const struct store_filter *filter, enum filter_order order,
	struct db *db);

/* Whether it leaves so few items, as far as can be told before, that these are found,
 * and sorted, sooner than `rows` of them by date (filter_few.h). */
bool filter_is_few(const struct store_filter *filter, uint64_t rows, struct db *db);

/* Whether no index of item leads but dates do (dated.h); then rows in order of
 * date are " FROM dated d … item i …", ordered by d.date_s and d.id, and the rest. */
bool filter_is_led_by_dates(
	const struct store_filter *filter, enum filter_order order, struct db *db);
void filter_from_dated(struct query *query, const struct store_filter *filter);

/* " WHERE …": always at least one condition, so that more may follow.  db: where
 * saved queries are read.  ERR_USAGE, ERR_NOT_FOUND. */
int filter_where(struct query *query, const struct store_filter *filter, struct db *db,
	struct err *err) MUST_USE;

/* Likewise, but words are also looked for in items that the index has not got
 * yet: for `watch`, which passes each item once. */
int filter_where_fresh(struct query *query, const struct store_filter *filter, struct db *db,
	struct err *err) MUST_USE;

/* The same rows, led by the full-text index: " FROM search JOIN item i …" and
 * its condition.  Only with filter->match.  They come in no order, and
 * `search` can be ranked. */
int filter_from_search(struct query *query, const struct store_filter *filter, struct db *db,
	struct err *err) MUST_USE;

/* Likewise, led by the items that are known to have the words: `ids`, a JSON array. */
int filter_from_found(struct query *query, const struct store_filter *filter, const char *ids,
	struct db *db, struct err *err) MUST_USE;

/* Whether it asks for nothing but what is read, or not, or for everything: the
 * store knows how many those are. */
bool filter_is_read(const struct store_filter *filter);

/* Whether dates, or dates and what is read, are all there is to it.  They as
 * conditions on `d`, which is any table that has them: " AND d.date_s >= ? …". */
bool filter_is_dates(const struct store_filter *filter);
void filter_dates(struct query *query, const struct store_filter *filter);

/* Whether the words are all there is to it; then their rows need no items:
 * " FROM search WHERE …". */
bool filter_is_words(const struct store_filter *filter);
int filter_from_words(
	struct query *query, const struct store_filter *filter, struct err *err) MUST_USE;

#endif
