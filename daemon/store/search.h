#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/writer.h"

/*
 * The full-text index: which items are in it, and how it follows what changes.
 * Items are indexed in order of their ids, in transactions of their own behind
 * the commits that brought them; counters.indexed_id tells how far that is.
 * The index keeps words and no text, so the old text of an item must be given
 * back while its rows still have it.  Knows nothing of queries
 * (search_query.h).
 */

/* Of what stands in the index: tokens and the text they are made of.  Another
 * one makes it anew. */
#define SEARCH_VERSION 5

/* At the store's opening: an index of another version is emptied. */
int search_open(struct writer *writer, struct err *err) MUST_USE;

/* Index the next few items: 1, 0 if there are no more, -1. */
int search_step(struct writer *writer, struct err *err) MUST_USE;

/* Around a change of an item's title, authors or text, and before its end.
 * Both do nothing for one that is not indexed yet. */
int search_forget(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;
int search_renew(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

/* Bring pieces of the index together, a few pages of it: 1, 0 when there is
 * nothing worth it, -1. */
int search_merge(struct writer *writer, struct err *err) MUST_USE;

#endif
