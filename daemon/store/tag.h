#ifndef STORE_TAG_H
#define STORE_TAG_H

#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/store/db.h"
#include "daemon/store/query.h"

/*
 * Tags: a word of the user on a feed or an item.  `News/Linux` lies inside of
 * `News`.
 */

#define TAGS_JSON_MAX (1u << 20)

/* Text without comma and control characters, not empty, nor of joiners only: 0, or
 * ERR_USAGE. */
int tag_check(const char *tag, struct err *err) MUST_USE;

/* Append a sorted JSON array. */
int tag_feed_json(struct db *db, int64_t feed_id, struct buf *out, struct err *err) MUST_USE;
int tag_item_json(struct db *db, int64_t item_id, struct buf *out, struct err *err) MUST_USE;

int tag_feed_add(struct db *db, int64_t feed_id, const char *tag, struct err *err) MUST_USE;
int tag_feed_remove(struct db *db, int64_t feed_id, const char *tag, struct err *err) MUST_USE;
int tag_feed_clear(struct db *db, int64_t feed_id, struct err *err) MUST_USE;

/* A condition on a column `tag`: it is one of these, one at least, or lies inside of one. */
void tag_query_any(struct query *query, const char *const *tags, size_t count);

/* A condition on `item i`: a tag of its own or of its feed is such a one.  What `--tag`
 * and `tags #` ask alike. */
void tag_query_item(struct query *query, const char *const *tags, size_t count);

#endif
