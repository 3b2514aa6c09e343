#ifndef STORE_ARTICLE_H
#define STORE_ARTICLE_H

#include "common/err.h"
#include "daemon/feed/document.h"
#include "daemon/store/bundle.h"
#include "daemon/store/writer.h"

/*
 * Where an item's article lies: in a row of its own, or in a bundle with those
 * that came with it.  Knows the tables content, bundle and previous, not the
 * item's other columns.
 */

/* A row of its own; none if there is no article. */
int article_put(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err) MUST_USE;

/* The bundles of which items came, once all of a document's items are there. */
int article_put_bundles(
	struct writer *writer, const struct bundles *bundles, struct err *err) MUST_USE;

/*
 * Whether the document has nothing that could stand in the place of the item's article:
 * no text, or only the summary that the item has beside a longer one.  1, 0, -1.
 */
int article_is_left_out(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err) MUST_USE;

/*
 * Whether the document has another article than the item: 1, 0, -1; one that it leaves
 * out is no other, and one that can't be read any more is.  *out_words: the index would
 * have other words.
 */
int article_differs(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, bool *out_words, struct err *err) MUST_USE;

/* Whether a reader sees no difference between the item's article and the document's
 * (strip_seen()), or the document leaves it out: 1, 0, -1. */
int article_seems_same(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err) MUST_USE;

/* The document's article, which there is, in the other's place.  The item's row is
 * written only where that was in a bundle, for it is in none now. */
int article_replace(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err) MUST_USE;

/* The item's article goes; before its row changes or goes.  An emptied bundle
 * goes, too. */
int article_drop(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

/* Keep a copy of title and article, while there are not too many and it is not
 * too large. */
int article_keep_previous(
	struct writer *writer, int64_t item_id, int64_t now_s, struct err *err) MUST_USE;

#endif
