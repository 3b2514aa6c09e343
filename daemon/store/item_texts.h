#ifndef STORE_ITEM_TEXTS_H
#define STORE_ITEM_TEXTS_H

#include <stdbool.h>
#include <stddef.h>

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

/* The feed calls the item by its link. */
bool item_guid_is_url(const struct feed_doc *doc, const struct feed_item *item);

/* The texts of a row, in the order of its columns. */
enum item_text {
	ITEM_TITLE,
	ITEM_URL,
	ITEM_GUID, /* "": it is the link */
	ITEM_FALLBACK,
	ITEM_EXTERNAL_URL,
	ITEM_LANGUAGE,
	ITEM_IMAGE,
	ITEM_AUTHORS,
	ITEM_CATEGORIES,
	ITEM_ATTACHMENTS,
	ITEM_SUMMARY,
	ITEM_TEXTS
};
/* One of them, of the item that `texts` was made of; NULL: it has none. */
const char *item_text(const struct item_texts *texts, const struct feed_doc *doc,
	const struct feed_item *item, enum item_text which, size_t *out_length);

#endif
