#ifndef CONTROL_ITEM_PAGE_H
#define CONTROL_ITEM_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "daemon/store/store_items.h"

/*
 * Items of a page, kept beyond the callback that told them in one run of bytes; they
 * may come in any order, and are given back in that of their places.  Knows nothing of
 * calls.
 */
struct item_page {
	struct buf bytes;
	size_t *starts; /* by place, in the bytes; SIZE_MAX: there is no item */
	size_t places, room;
};

/* The bit of a text. */
#define ITEM_TEXTS offsetof(struct store_item, guid) /* the first of them */
#define ITEM_TEXT(member)                                                                          \
	((uint32_t)1 << (offsetof(struct store_item, member) - ITEM_TEXTS) / sizeof(const char *))

void item_page_init(struct item_page *page);
void item_page_release(struct item_page *page);
/* No items, the memory stays. */
void item_page_clear(struct item_page *page);
/* Of its texts those that `texts` has the bits of; the others come back as NULL. */
void item_page_add(struct item_page *page, const struct store_item *item, uint32_t texts);
/* Without those at so many places and beyond. */
void item_page_cut(struct item_page *page, size_t places);
size_t item_page_size(const struct item_page *page); /* in bytes */
/* The item at *place, which begins with 0 and goes on behind it; false at the
 * end.  Its texts are the page's. */
bool item_page_next(const struct item_page *page, size_t *place, struct store_item *out_item);

#endif
