#ifndef FEED_LAYOUT_H
#define FEED_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/feed/document.h"

/*
 * Which fields of a document's rows are texts and which are ranges, as tables:
 * for the two that must visit every one of them, the builder that moves them
 * to their place and the check that believes nothing.  Knows no values.
 */

enum layout_table {
	LAYOUT_ITEMS,
	LAYOUT_PERSONS,
	LAYOUT_CATEGORIES,
	LAYOUT_ATTACHMENTS,
	LAYOUT_LINKS,
	LAYOUT_EXTENSIONS,
	LAYOUT_PROBLEMS,
	LAYOUT_OUTLINES,
	LAYOUT_TABLES
};

/* A range field, and the table its rows are in. */
struct layout_range {
	uint16_t field; /* offset in the row */
	uint16_t table; /* enum layout_table */
};

struct layout {
	size_t row_size;
	size_t in_doc; /* offset of its feed_table in struct feed_doc; 0 for the doc itself */
	const uint16_t *texts;
	size_t text_count;
	const struct layout_range *ranges;
	size_t range_count;
};

extern const struct layout layout_of_doc;
extern const struct layout layouts[LAYOUT_TABLES];

static inline struct feed_text *layout_text(const struct layout *layout, void *row, size_t i)
{
	return (struct feed_text *)(void *)((char *)row + layout->texts[i]);
}

static inline struct feed_range *layout_range(const struct layout *layout, void *row, size_t i)
{
	return (struct feed_range *)(void *)((char *)row + layout->ranges[i].field);
}

static inline struct feed_table *layout_table(struct feed_doc *doc, enum layout_table table)
{
	return (struct feed_table *)(void *)((char *)doc + layouts[table].in_doc);
}

#endif
