#include <string.h>

#include "daemon/feed/build_rows.h"

static void move_text(struct feed_text *text, uint32_t by)
{
	if (text->length != 0 && (text->offset & ITEM_AREA) != 0)
		text->offset -= by;
}

/* After rows and strings before them were taken out. */
static void move_row(enum layout_table table, void *row, uint32_t text_by, const uint32_t *rows_by)
{
	const struct layout *layout = &layouts[table];
	size_t i;

	for (i = 0; i < layout->text_count; i++)
		move_text(layout_text(layout, row, i), text_by);
	for (i = 0; i < layout->range_count; i++) {
		struct feed_range *range = layout_range(layout, row, i);

		if (range->count != 0)
			range->first -= rows_by[layout->ranges[i].table];
	}
}

static void move_mark(struct mark *mark, uint32_t text_by, const uint32_t *rows_by)
{
	int t;

	mark->text -= text_by;
	for (t = 0; t < LAYOUT_TABLES; t++)
		mark->rows[t] -= rows_by[t];
}

/* Take the items from..until-1 out of the middle. */
static void forget_items(struct build *build, uint32_t from, uint32_t until)
{
	const struct mark *first = &build->marks[from], *last = &build->marks[until];
	uint32_t text_by = last->text - first->text, rows_by[LAYOUT_TABLES], i;
	int t;

	memmove(build->item_area.data + first->text, build->item_area.data + last->text,
		build->item_area.length - last->text);
	buf_cut(&build->item_area, build->item_area.length - text_by);
	for (t = 0; t < LAYOUT_TABLES; t++) {
		struct rows *rows = &build->item_rows[t];
		size_t size = layouts[t].row_size;
		uint32_t start = t == LAYOUT_ITEMS ? from : first->rows[t];
		uint32_t end = t == LAYOUT_ITEMS ? until : last->rows[t];

		rows_by[t] = end - start;
		if (rows->count > end)
			memmove(rows->data + start * size, rows->data + end * size,
				(rows->count - end) * size);
		rows->count -= rows_by[t];
	}
	for (t = 0; t < LAYOUT_TABLES; t++)
		for (i = t == LAYOUT_ITEMS ? from : build->marks[from].rows[t];
			i < build->item_rows[t].count; i++)
			move_row((enum layout_table)t,
				build->item_rows[t].data + i * layouts[t].row_size, text_by,
				rows_by);
	memmove(build->marks + from, build->marks + until,
		(build->item_rows[LAYOUT_ITEMS].count - from) * sizeof(*build->marks));
	for (i = from; i < build->item_rows[LAYOUT_ITEMS].count; i++)
		move_mark(&build->marks[i], text_by, rows_by);
	build->doc.flags |= FEED_TRUNCATED;
}

void build_keep_halves(struct build *build)
{
	uint32_t count = build->item_rows[LAYOUT_ITEMS].count;
	uint32_t first = build->limits.items_max - build->limits.items_max / 2;

	if (count > build->limits.items_max)
		forget_items(build, first, first + (count - build->limits.items_max));
}
