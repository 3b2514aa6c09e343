#ifndef STORE_ITEM_TEXTS_H
#define STORE_ITEM_TEXTS_H

#include "common/buf.h"
#include "daemon/feed/document.h"

/*
 * Texts that are made of a document's item for the columns of its row.  Knows
 * no SQL.
 */

/* Reused from item to item; a list that the item has not is "" or "[]". */
struct item_texts {
	struct buf authors, categories, attachments; /* JSON arrays */
	struct buf fallback;                         /* first words, where there is no title */
};
void item_texts_init(struct item_texts *texts);
void item_texts_release(struct item_texts *texts);

/* In place of what was made before. */
void item_texts_make(
	struct item_texts *texts, const struct feed_doc *doc, const struct feed_item *item);

#endif
