#include "daemon/control/item_page.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/* An item is its head, the lengths of the texts it has, and these, each with its
 * NUL: no pointers, for the bytes move when they grow. */
#define HEAD ITEM_TEXTS
#define TEXTS ((sizeof(struct store_item) - HEAD) / sizeof(const char *))

_Static_assert(TEXTS <= 32 && offsetof(struct store_item, snippet) + sizeof(const char *) ==
				      sizeof(struct store_item),
	"behind its head an item has texts only, the last of them the snippet");

/* A page and a row; what a document may bring is far less. */
#define PAGE_MAX ((size_t)1 << 30)
#define NOWHERE SIZE_MAX

#define AHEAD_ROWS ((size_t)4)
#define AHEAD_BYTES ((size_t)384) /* of a row: its head and the texts of a line */
#define CACHE_LINE ((size_t)64)

struct kept {
	unsigned char head[HEAD];
	uint32_t present;        /* bit n: the n-th text is not NULL */
	uint32_t lengths[TEXTS]; /* of those that are present, one behind the other */
};

void item_page_init(struct item_page *page)
{
	buf_init(&page->bytes, PAGE_MAX);
	page->starts = NULL;
	page->places = page->room = 0;
}

void item_page_release(struct item_page *page)
{
	buf_release(&page->bytes);
	free(page->starts);
}

void item_page_clear(struct item_page *page)
{
	buf_clear(&page->bytes);
	page->places = 0;
}

static const char *text_of(const struct store_item *item, unsigned n)
{
	const char *text;

	memcpy(&text, (const char *)item + HEAD + n * sizeof(text), sizeof(text));
	return text;
}

static void put_start(struct item_page *page, size_t place)
{
	if (place >= page->room) {
		page->room = place < 64 ? 128 : place * 2;
		page->starts = mem_realloc_array(page->starts, page->room, sizeof(*page->starts));
	}
	while (page->places <= place)
		page->starts[page->places++] = NOWHERE;
	page->starts[place] = page->bytes.length;
}

void item_page_add(struct item_page *page, const struct store_item *item, uint32_t wanted)
{
	const char *texts[TEXTS];
	struct kept kept;
	size_t i, count = 0, size = 0, fixed;
	char *at;

	memcpy(kept.head, item, HEAD);
	kept.present = 0;
	for (; wanted != 0; wanted &= wanted - 1) {
		texts[count] = text_of(item, (unsigned)__builtin_ctz(wanted));
		if (texts[count] == NULL)
			continue;
		kept.present |= wanted & -wanted;
		kept.lengths[count] = (uint32_t)strlen(texts[count]);
		size += kept.lengths[count++] + 1;
	}
	fixed = offsetof(struct kept, lengths) + count * sizeof(kept.lengths[0]);
	size = (fixed + size + 7) & ~(size_t)7;
	if (buf_reserve(&page->bytes, size) < 0)
		mem_is_gone();
	put_start(page, item->place);
	at = page->bytes.data + page->bytes.length;
	memcpy(at, &kept, fixed);
	at += fixed;
	for (i = 0; i < count; i++) {
		memcpy(at, texts[i], kept.lengths[i] + 1);
		at += kept.lengths[i] + 1;
	}
	buf_grown(&page->bytes, size);
}

void item_page_cut(struct item_page *page, size_t places)
{
	if (places < page->places)
		page->places = places;
}

size_t item_page_size(const struct item_page *page)
{
	return page->bytes.length;
}

/* A row that is wanted soon.  Rows lie in the order they were read in, so that the next
 * one is somewhere else, and each would be waited for. */
static void fetch_ahead(const struct item_page *page, size_t place)
{
	const char *at;

	if (place >= page->places || page->starts[place] == NOWHERE)
		return;
	at = page->bytes.data + page->starts[place];
	for (size_t line = 0; line < AHEAD_BYTES; line += CACHE_LINE)
		__builtin_prefetch(at + line);
}

bool item_page_next(const struct item_page *page, size_t *place, struct store_item *out_item)
{
	const char *at, *texts[TEXTS] = { NULL };
	const struct kept *kept;
	uint32_t left;
	size_t n = 0;

	while (*place < page->places && page->starts[*place] == NOWHERE)
		++*place;
	if (*place >= page->places)
		return false;
	fetch_ahead(page, *place + AHEAD_ROWS);
	at = page->bytes.data + page->starts[(*place)++];
	kept = (const struct kept *)(const void *)at;
	memcpy(out_item, kept->head, HEAD);
	at += offsetof(struct kept, lengths) +
	      (size_t)__builtin_popcount(kept->present) * sizeof(kept->lengths[0]);
	for (left = kept->present; left != 0; left &= left - 1) {
		texts[__builtin_ctz(left)] = at;
		at += kept->lengths[n++] + 1;
	}
	memcpy((char *)out_item + HEAD, texts, sizeof(texts));
	return true;
}
