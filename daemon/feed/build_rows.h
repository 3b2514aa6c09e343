#ifndef FEED_BUILD_ROWS_H
#define FEED_BUILD_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "daemon/feed/build.h"
#include "daemon/feed/document.h"
#include "daemon/feed/layout.h"

/*
 * The builder's inside, shared by its three files and nobody else: build.c
 * grows it, build_forget.c takes items out of the middle, build_finish.c makes
 * the block.
 *
 * What is the document's own and what is its items' grows apart, because an
 * item may be forgotten: strings in two areas, rows in two runs a table.  A
 * text of the items' area carries ITEM_AREA in its offset until it is placed.
 *
 * Of too many items the first and the last half stay.  The last half is not
 * known before the end, so items are let grow to one and a half times the
 * limit, and then those between are taken out, rows, strings and all: each
 * byte is moved a bounded number of times.
 */

#define ITEM_AREA 0x80000000u

struct rows {
	char *data;
	uint32_t count;
	uint32_t capacity;
};

/* Where an item's rows and strings begin; they end where the next one's do. */
struct mark {
	uint32_t rows[LAYOUT_TABLES];
	uint32_t text;
};

struct build {
	struct feed_limits limits;
	struct feed_doc doc;
	struct buf doc_area;
	struct buf item_area;
	struct rows doc_rows[LAYOUT_TABLES];
	struct rows item_rows[LAYOUT_TABLES]; /* of LAYOUT_ITEMS: the items */
	struct mark *marks;                   /* an item's, count as the items */
	uint32_t marks_capacity;
	struct feed_item open;
	struct mark open_mark;
	bool is_open;
	bool is_full;             /* a text or row did not fit: the document is too big */
	bool is_cut, open_is_cut; /* the feed's own texts or rows, the open item's */
	uint32_t cut_items;
	uint32_t position;
	uint32_t outline_tags;
	uint32_t outline_settings;
};

/* Forget the middle until no more than limits.items_max items are left. */
void build_keep_halves(struct build *build);

/* The open item's i-th row of a table, before the item ends. */
const void *build_open_row(const struct build *build, enum layout_table table, uint32_t i);

/* Free rows and strings. */
void build_empty(struct build *build);

#endif
