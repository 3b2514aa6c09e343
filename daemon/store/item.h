#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/feed/document.h"
#include "daemon/store/bundle.h"
#include "daemon/store/identity.h"
#include "daemon/store/item_texts.h"
#include "daemon/store/story.h"
#include "daemon/store/writer.h"

/*
 * Items of a document become rows.  Knows the columns, not why a row is
 * written.
 */

/* The rows of one document's items. */
struct item_rows {
	struct writer *writer;
	const struct feed_doc *doc;
	int64_t feed_id;
	int64_t now_s;
	struct bundles *bundles; /* of the document's articles, or NULL */
	struct item_texts texts; /* made anew for each item */
};
/* All but `texts` is set by the caller. */
void item_rows_init(struct item_rows *rows);
void item_rows_release(struct item_rows *rows);

/* The date that lists show: the feed's, but never later than the arrival. */
int64_t item_date(const struct feed_item *item, int64_t received_s);

/* The times of a row.  DATE_NONE where there is none. */
struct item_times {
	int64_t received_s;
	int64_t changed_s; /* when it was last told as changed */
	int64_t date_s;    /* what lists show */
	int64_t published_s, modified_s;
};

/* 1; 0 if the item is gone, whose key is as good as a tombstone; -1. */
int item_times_get(
	struct writer *writer, int64_t id, struct item_times *out_times, struct err *err) MUST_USE;

/* The document's dates for those that we know.  One that it does not give any
 * more stays, for its item is no younger than it was. */
void item_times_renew(struct item_times *times, const struct feed_item *item);

/* What it is the same story as others by, as of its document; how many. */
size_t item_stories(const struct feed_doc *doc, const struct feed_item *item, int64_t id,
	struct story out[STORIES_MAX]);

/* The row, its content and its stories as the document has them now, but a text that it
 * leaves out stays; the previous text is kept.  tell_s: from when on it counts as changed
 * for who follows; INT64_MAX: it does not. */
int item_change(struct item_rows *rows, const struct incoming *in, const struct item_times *times,
	int64_t tell_s, struct err *err) MUST_USE;

/*
 * The same title and text, but for white space and the queries of addresses in them:
 * nothing is told, no mark changes, no text is kept as the previous one.  But they and
 * date, link, authors, categories, attachments and the like are from now on what the
 * document says.  What it does not say any more stays: an element that is missing
 * is more often lost than taken back.  A row that has it all is read and not
 * written.  times: those that the row has.
 */
int item_correct(struct item_rows *rows, const struct incoming *in, const struct item_times *times,
	struct err *err) MUST_USE;

/* Another link or id and nothing else: what the feed calls the item now. */
int item_readdress(
	const struct item_rows *rows, const struct incoming *in, struct err *err) MUST_USE;

/* Out of what the item is found by besides its row: search, links, copies; and
 * into it again, once the row is there. */
int item_hide(struct writer *writer, int64_t id, struct err *err) MUST_USE;
int item_unhide(struct writer *writer, int64_t id, struct err *err) MUST_USE;

/* The row with all that hangs on it but its keys. */
int item_delete(struct writer *writer, int64_t id, struct err *err) MUST_USE;

#endif
