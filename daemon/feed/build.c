#include "daemon/feed/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/digest.h"
#include "daemon/feed/layout.h"

/*
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
#define PROBLEM_MAX 1024u

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
	bool is_full; /* a text or row did not fit: the document is too big */
	uint32_t position;
	uint32_t outline_tags;
	uint32_t outline_settings;
};

struct build *build_new(enum feed_kind kind, const struct feed_limits *limits)
{
	struct build *build = MEM_NEW(struct build);

	build->limits = *limits;
	build->doc.magic = FEED_DOC_MAGIC;
	build->doc.version = FEED_DOC_VERSION;
	build->doc.kind = kind;
	build->doc.published_s = build->doc.modified_s = DATE_NONE;
	build->doc.ttl_s = build->doc.sy_period_s = -1;
	buf_init(&build->doc_area, limits->doc_max);
	buf_init(&build->item_area, limits->doc_max);
	return build;
}

static void release_rows(struct rows *rows)
{
	free(rows->data);
	memset(rows, 0, sizeof(*rows));
}

static void empty(struct build *build)
{
	int t;

	for (t = 0; t < LAYOUT_TABLES; t++) {
		release_rows(&build->doc_rows[t]);
		release_rows(&build->item_rows[t]);
	}
	buf_release(&build->doc_area);
	buf_release(&build->item_area);
	free(build->marks);
	build->marks = NULL;
	build->marks_capacity = 0;
}

void build_free(struct build *build)
{
	if (build == NULL)
		return;
	empty(build);
	free(build);
}

struct feed_doc *build_doc(struct build *build)
{
	return &build->doc;
}

/* Append, leaving out NULs. */
static int add_without_nul(struct buf *area, const char *text, size_t length)
{
	const char *nul;

	while ((nul = memchr(text, '\0', length)) != NULL) {
		if (buf_add(area, text, (size_t)(nul - text)) < 0)
			return -1;
		length -= (size_t)(nul - text) + 1;
		text = nul + 1;
	}
	return buf_add(area, text, length);
}

static struct feed_text area_text(struct build *build, struct buf *area, uint32_t flag,
	const char *text, size_t length, size_t max)
{
	struct feed_text none = { 0, 0 }, made;
	size_t start = area->length;

	if (length > max)
		length = utf8_cut(text, max);
	if (length == 0)
		return none;
	if (add_without_nul(area, text, length) < 0 || buf_add_byte(area, '\0') < 0) {
		buf_cut(area, start);
		build->is_full = true;
		return none;
	}
	made.offset = (uint32_t)start | flag;
	made.length = (uint32_t)(area->length - start - 1);
	return made;
}

struct feed_text build_text(struct build *build, const char *text, size_t length, size_t max)
{
	if (build->is_open)
		return area_text(build, &build->item_area, ITEM_AREA, text, length, max);
	return area_text(build, &build->doc_area, 0, text, length, max);
}

const char *build_peek(const struct build *build, struct feed_text text)
{
	if (text.length == 0)
		return "";
	if ((text.offset & ITEM_AREA) != 0)
		return build->item_area.data + (text.offset & ~ITEM_AREA);
	return build->doc_area.data + text.offset;
}

static void take_mark(const struct build *build, struct mark *mark)
{
	int t;

	for (t = 0; t < LAYOUT_TABLES; t++)
		mark->rows[t] = build->item_rows[t].count;
	mark->text = (uint32_t)build->item_area.length;
}

static void add_row(struct build *build, struct rows *rows, enum layout_table table,
	const void *row)
{
	size_t size = layouts[table].row_size;

	if ((rows->count + 1) * size > build->limits.doc_max) {
		build->is_full = true;
		return;
	}
	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity != 0 ? rows->capacity * 2 : 16;
		rows->data = mem_realloc_array(rows->data, rows->capacity, size);
	}
	memcpy(rows->data + rows->count++ * size, row, size);
}

struct feed_item *build_item_begin(struct build *build)
{
	memset(&build->open, 0, sizeof(build->open));
	build->open.published_s = build->open.modified_s = DATE_NONE;
	build->open.position = build->position;
	take_mark(build, &build->open_mark);
	build->is_open = true;
	return &build->open;
}

void build_item_drop(struct build *build)
{
	int t;

	if (!build->is_open)
		return;
	for (t = 0; t < LAYOUT_TABLES; t++)
		build->item_rows[t].count = build->open_mark.rows[t];
	buf_cut(&build->item_area, build->open_mark.text);
	build->is_open = false;
}

static void move_text(struct feed_text *text, uint32_t by)
{
	if (text->length != 0 && (text->offset & ITEM_AREA) != 0)
		text->offset -= by;
}

/* After rows and strings before them were taken out. */
static void move_row(enum layout_table table, void *row, uint32_t text_by,
	const uint32_t *rows_by)
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
				build->item_rows[t].data + i * layouts[t].row_size, text_by, rows_by);
	memmove(build->marks + from, build->marks + until,
		(build->item_rows[LAYOUT_ITEMS].count - from) * sizeof(*build->marks));
	for (i = from; i < build->item_rows[LAYOUT_ITEMS].count; i++)
		move_mark(&build->marks[i], text_by, rows_by);
	build->doc.flags |= FEED_TRUNCATED;
}

static void keep_halves(struct build *build)
{
	uint32_t count = build->item_rows[LAYOUT_ITEMS].count;
	uint32_t first = build->limits.items_max - build->limits.items_max / 2;

	if (count > build->limits.items_max)
		forget_items(build, first, first + (count - build->limits.items_max));
}

static void add_mark(struct build *build, const struct mark *mark)
{
	uint32_t count = build->item_rows[LAYOUT_ITEMS].count;

	if (count >= build->marks_capacity) {
		build->marks_capacity = count < 16 ? 16 : count * 2;
		build->marks = mem_realloc_array(build->marks, build->marks_capacity,
			sizeof(*build->marks));
	}
	build->marks[count] = *mark;
}

static struct feed_range range_since(const struct build *build, const struct mark *mark,
	enum layout_table table)
{
	struct feed_range range = { mark->rows[table], 0 };

	range.count = build->item_rows[table].count - range.first;
	return range;
}

void build_item_end(struct build *build)
{
	struct feed_item *item = &build->open;
	const struct mark *mark = &build->open_mark;
	uint32_t items_max = build->limits.items_max;

	item->authors = range_since(build, mark, LAYOUT_PERSONS);
	item->categories = range_since(build, mark, LAYOUT_CATEGORIES);
	item->attachments = range_since(build, mark, LAYOUT_ATTACHMENTS);
	item->links = range_since(build, mark, LAYOUT_LINKS);
	item->extensions = range_since(build, mark, LAYOUT_EXTENSIONS);
	digest_item(build, item);
	add_mark(build, mark);
	add_row(build, &build->item_rows[LAYOUT_ITEMS], LAYOUT_ITEMS, item);
	build->is_open = false;
	build->position++;
	if (build->item_rows[LAYOUT_ITEMS].count > items_max + items_max / 2 + 1)
		keep_halves(build);
}

/* A row of the open item, or the document's; `max` is that owner's limit. */
static void add_owned(struct build *build, enum layout_table table, uint32_t max, const void *row)
{
	struct rows *rows = build->is_open ? &build->item_rows[table] : &build->doc_rows[table];
	uint32_t since = build->is_open ? build->open_mark.rows[table] : 0;

	if (rows->count - since < max)
		add_row(build, rows, table, row);
}

void build_person(struct build *build, const struct feed_person *row)
{
	add_owned(build, LAYOUT_PERSONS, build->limits.authors_max, row);
}

void build_category(struct build *build, const struct feed_category *row)
{
	uint32_t max = build->limits.categories_max;

	/* An OPML list has its tags in the same table, some for each outline. */
	if (build->doc.kind == FEED_KIND_OPML)
		max += build->outline_tags;
	add_owned(build, LAYOUT_CATEGORIES, max, row);
}

void build_attachment(struct build *build, const struct feed_attachment *row)
{
	add_owned(build, LAYOUT_ATTACHMENTS, build->limits.attachments_max, row);
}

void build_link(struct build *build, const struct feed_link *row)
{
	add_owned(build, LAYOUT_LINKS, build->limits.links_max, row);
}

void build_extension(struct build *build, const struct feed_extension *row)
{
	uint32_t max = build->limits.extensions_max;

	if (build->doc.kind == FEED_KIND_OPML)
		max += build->outline_settings;
	add_owned(build, LAYOUT_EXTENSIONS, max, row);
}

void build_problem(struct build *build, uint32_t line, uint32_t column, const char *format, ...)
{
	struct rows *rows = &build->doc_rows[LAYOUT_PROBLEMS];
	struct feed_problem row = { .line = line, .column = column };
	char words[PROBLEM_MAX];
	va_list args;
	int n;

	if (rows->count >= build->limits.problems_max)
		return;
	va_start(args, format);
	n = vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	if (n < 0)
		return;
	row.words = area_text(build, &build->doc_area, 0, words, strlen(words),
		utf8_cut(words, strlen(words)));
	add_row(build, rows, LAYOUT_PROBLEMS, &row);
}

void build_outline(struct build *build, const struct feed_outline *row)
{
	struct rows *rows = &build->doc_rows[LAYOUT_OUTLINES];
	uint32_t tags = build->doc_rows[LAYOUT_CATEGORIES].count;
	uint32_t settings = build->doc_rows[LAYOUT_EXTENSIONS].count;
	struct feed_outline outline = *row;

	if (rows->count >= build->limits.outlines_max) {
		build->doc.flags |= FEED_TRUNCATED;
		build->doc_rows[LAYOUT_CATEGORIES].count = build->outline_tags;
		build->doc_rows[LAYOUT_EXTENSIONS].count = build->outline_settings;
		return;
	}
	outline.tags.first = build->outline_tags;
	outline.tags.count = tags - build->outline_tags;
	outline.settings.first = build->outline_settings;
	outline.settings.count = settings - build->outline_settings;
	build->outline_tags = tags;
	build->outline_settings = settings;
	add_row(build, rows, LAYOUT_OUTLINES, &outline);
}

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

		range->first = range->count == 0 ? 0 :
			range->first + build->doc_rows[layout->ranges[i].table].count;
	}
}

static void place_table(const struct build *build, const struct plan *plan, enum layout_table t,
	char *block)
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

static void own_rows(struct build *build)
{
	if (build->doc.kind == FEED_KIND_OPML)
		return; /* they are the outlines' */
	build->doc.authors = whole(&build->doc_rows[LAYOUT_PERSONS]);
	build->doc.categories = whole(&build->doc_rows[LAYOUT_CATEGORIES]);
	build->doc.links = whole(&build->doc_rows[LAYOUT_LINKS]);
	build->doc.extensions = whole(&build->doc_rows[LAYOUT_EXTENSIONS]);
}

int build_finish(struct build *build, struct feed_doc **out_doc, struct err *err)
{
	struct plan plan;
	char *block;
	int t;

	if (build->is_open)
		build_item_drop(build);
	keep_halves(build);
	own_rows(build);
	make_plan(build, &plan);
	if (build->is_full || plan.size > build->limits.doc_max)
		return err_set(err, ERR_TOO_BIG, "the document would take more than %u bytes",
			build->limits.doc_max);
	block = mem_alloc_array(1, plan.size);
	build->doc.size = (uint32_t)plan.size;
	memcpy(block, &build->doc, sizeof(build->doc));
	place_texts(&plan, &layout_of_doc, block);
	for (t = 0; t < LAYOUT_TABLES; t++)
		place_table(build, &plan, (enum layout_table)t, block);
	if (build->doc_area.length != 0)
		memcpy(block + plan.doc_area, build->doc_area.data, build->doc_area.length);
	if (build->item_area.length != 0)
		memcpy(block + plan.item_area, build->item_area.data, build->item_area.length);
	empty(build);
	*out_doc = (void *)block;
	return 0;
}
