#include <string.h>

#include "common/mem.h"
#include "daemon/feed/build_rows.h"

/* Where each part of the block begins. */
struct plan {
	uint64_t tables[LAYOUT_TABLES];
	uint64_t doc_area;
	uint64_t item_area;
	uint64_t size;
};

static void make_plan(const struct build *build, struct plan *plan)
{
	uint64_t at = (sizeof(struct feed_doc) + 7) & ~(uint64_t)7;
	int t;

	for (t = 0; t < LAYOUT_TABLES; t++) {
		uint64_t count = build->doc_rows[t].count + (uint64_t)build->item_rows[t].count;

		plan->tables[t] = at;
		at = (at + count * layouts[t].row_size + 7) & ~(uint64_t)7;
	}
	plan->doc_area = at;
	plan->item_area = at + build->doc_area.length;
	plan->size = plan->item_area + build->item_area.length;
}

static void place_texts(const struct plan *plan, const struct layout *layout, void *row)
{
	size_t i;

	for (i = 0; i < layout->text_count; i++) {
		struct feed_text *text = layout_text(layout, row, i);

		if (text->length == 0)
			text->offset = 0;
		else if ((text->offset & ITEM_AREA) != 0)
			text->offset = (text->offset & ~ITEM_AREA) + (uint32_t)plan->item_area;
		else
			text->offset += (uint32_t)plan->doc_area;
	}
}

/* The document's own rows go first, so those of items shift behind them. */
static void place_ranges(const struct build *build, void *item)
{
	const struct layout *layout = &layouts[LAYOUT_ITEMS];
	size_t i;

	for (i = 0; i < layout->range_count; i++) {
		struct feed_range *range = layout_range(layout, item, i);

		range->first = range->count == 0
				       ? 0
				       : range->first +
						 build->doc_rows[layout->ranges[i].table].count;
	}
}

static void place_table(
	const struct build *build, const struct plan *plan, enum layout_table t, char *block)
{
	const struct rows *own = &build->doc_rows[t], *of_items = &build->item_rows[t];
	size_t size = layouts[t].row_size;
	struct feed_table *table = layout_table((void *)block, t);
	char *at = block + plan->tables[t];
	uint32_t i;

	table->count = own->count + of_items->count;
	table->offset = table->count != 0 ? (uint32_t)plan->tables[t] : 0;
	if (own->count != 0)
		memcpy(at, own->data, own->count * size);
	if (of_items->count != 0)
		memcpy(at + own->count * size, of_items->data, of_items->count * size);
	for (i = 0; i < table->count; i++) {
		place_texts(plan, &layouts[t], at + i * size);
		if (t == LAYOUT_ITEMS)
			place_ranges(build, at + i * size);
	}
}

static struct feed_range whole(const struct rows *rows)
{
	struct feed_range range = { 0, rows->count };

	return range;
}

/*
 * The block is made of the memory that the items' strings are in already, which
 * are most of it: they move to its end, and all else is put before them.
 */
static char *make_block(struct build *build, const struct plan *plan)
{
	size_t length;
	char *block = buf_take(&build->item_area, &length);

	block = mem_realloc_array(block, plan->size, 1);
	memmove(block + plan->item_area, block, length);
	memset(block, 0, plan->doc_area);
	if (build->doc_area.length != 0)
		memcpy(block + plan->doc_area, build->doc_area.data, build->doc_area.length);
	return block;
}

static void own_rows(struct build *build)
{
	if (build->doc.kind == FEED_KIND_OPML)
		return; /* they are the outlines' */
	build->doc.authors = whole(&build->doc_rows[LAYOUT_PERSONS]);
	build->doc.categories = whole(&build->doc_rows[LAYOUT_CATEGORIES]);
	build->doc.links = whole(&build->doc_rows[LAYOUT_LINKS]);
	build->doc.extensions = whole(&build->doc_rows[LAYOUT_EXTENSIONS]);
}

static void tell_truncation(struct build *build)
{
	uint32_t max = build->limits.items_max;

	if (build->position > max)
		build_problem(build, 0, 0, "of %u items only the first %u and the last %u are kept",
			build->position, max - max / 2, max / 2);
}

/* It is no FEED_TRUNCATED: every item of the feed's is there, and absence is proof. */
static void tell_cuts(struct build *build)
{
	if (build->doc.kind != FEED_KIND_FEED)
		return;
	if (build->is_cut)
		build_problem(build, 0, 0, "a text or a list of the feed's is cut at its limit");
	if (build->cut_items == 1)
		build_problem(build, 0, 0, "a text or a list of an item's is cut at its limit");
	else if (build->cut_items > 1)
		build_problem(build, 0, 0, "texts or lists of %u items are cut at their limits",
			build->cut_items);
}

int build_finish(struct build *build, struct feed_doc **out_doc, struct err *err)
{
	struct plan plan;
	char *block;
	int t;

	if (build->is_open)
		build_item_drop(build);
	build_keep_halves(build);
	tell_truncation(build);
	tell_cuts(build);
	own_rows(build);
	make_plan(build, &plan);
	if (build->is_full || plan.size > build->limits.doc_max)
		return err_set(err, ERR_TOO_BIG, "the document would take more than %u bytes",
			build->limits.doc_max);
	block = make_block(build, &plan);
	build->doc.size = (uint32_t)plan.size;
	memcpy(block, &build->doc, sizeof(build->doc));
	place_texts(&plan, &layout_of_doc, block);
	for (t = 0; t < LAYOUT_TABLES; t++)
		place_table(build, &plan, (enum layout_table)t, block);
	build_empty(build);
	*out_doc = (void *)block;
	return 0;
}
