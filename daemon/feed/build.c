#include "daemon/feed/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/build_rows.h"
#include "daemon/feed/digest.h"
#include "daemon/feed/layout.h"

#define PROBLEM_MAX 1024u

static void begin_doc(struct build *build, uint32_t kind)
{
	memset(&build->doc, 0, sizeof(build->doc));
	build->doc.magic = FEED_DOC_MAGIC;
	build->doc.version = FEED_DOC_VERSION;
	build->doc.kind = kind;
	build->doc.published_s = build->doc.modified_s = DATE_NONE;
	build->doc.ttl_s = build->doc.sy_period_s = -1;
}

struct build *build_new(enum feed_kind kind, const struct feed_limits *limits)
{
	struct build *build = MEM_NEW(struct build);

	build->limits = *limits;
	begin_doc(build, kind);
	buf_init(&build->doc_area, limits->doc_max);
	buf_init(&build->item_area, limits->doc_max);
	return build;
}

void build_expect(struct build *build, size_t length)
{
	if (buf_reserve(&build->item_area, length) < 0)
		return; /* more than it may have: it grows as it comes */
}

void build_restart(struct build *build)
{
	int t;

	build_item_drop(build);
	for (t = 0; t < LAYOUT_TABLES; t++) {
		build->item_rows[t].count = 0;
		if (t != LAYOUT_PROBLEMS) /* whose strings stay in the document's area */
			build->doc_rows[t].count = 0;
	}
	buf_release(&build->item_area); /* there will be two copies of the text beside it */
	build->is_full = build->is_cut = false;
	build->position = build->cut_items = 0;
	build->outline_tags = build->outline_settings = 0;
	begin_doc(build, build->doc.kind);
}

static void release_rows(struct rows *rows)
{
	free(rows->data);
	memset(rows, 0, sizeof(*rows));
}

void build_empty(struct build *build)
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
	build_empty(build);
	free(build);
}

struct feed_doc *build_doc(struct build *build)
{
	return &build->doc;
}

/* Append, leaving out NULs, for which and for the one behind it there is room. */
static void add_without_nul(struct buf *area, const char *text, size_t length)
{
	char *to = area->data + area->length;
	const char *nul;

	while ((nul = memchr(text, '\0', length)) != NULL) {
		size_t n = (size_t)(nul - text);

		memcpy(to, text, n);
		to += n;
		text += n + 1;
		length -= n + 1;
	}
	memcpy(to, text, length);
	to[length] = '\0';
	buf_grown(area, (size_t)(to + length + 1 - (area->data + area->length)));
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
	if (buf_reserve(area, length + 1) < 0) {
		build->is_full = true;
		return none;
	}
	add_without_nul(area, text, length);
	made.offset = (uint32_t)start | flag;
	made.length = (uint32_t)(area->length - start - 1);
	return made;
}

struct feed_text build_text(struct build *build, const char *text, size_t length, size_t max)
{
	/* Those with less room are excerpts, names and the like. */
	if (length > max && max >= build->limits.title_max)
		build_cut(build);
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

static void add_row(
	struct build *build, struct rows *rows, enum layout_table table, const void *row)
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

const void *build_open_row(const struct build *build, enum layout_table table, uint32_t i)
{
	size_t at = (size_t)build->open_mark.rows[table] + i;

	return build->item_rows[table].data + at * layouts[table].row_size;
}

struct feed_item *build_item_begin(struct build *build)
{
	memset(&build->open, 0, sizeof(build->open));
	build->open.published_s = build->open.modified_s = DATE_NONE;
	build->open.position = build->position;
	take_mark(build, &build->open_mark);
	build->is_open = true;
	build->open_is_cut = false;
	return &build->open;
}

struct feed_item *build_item_open(struct build *build)
{
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

static void add_mark(struct build *build, const struct mark *mark)
{
	uint32_t count = build->item_rows[LAYOUT_ITEMS].count;

	if (count >= build->marks_capacity) {
		build->marks_capacity = count < 16 ? 16 : count * 2;
		build->marks = mem_realloc_array(
			build->marks, build->marks_capacity, sizeof(*build->marks));
	}
	build->marks[count] = *mark;
}

static struct feed_range range_since(
	const struct build *build, const struct mark *mark, enum layout_table table)
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
	build->cut_items += build->open_is_cut;
	if (build->item_rows[LAYOUT_ITEMS].count > items_max + items_max / 2 + 1)
		build_keep_halves(build);
}

/* A row of the open item, or the document's; `max` is that owner's limit. */
static void add_owned(struct build *build, enum layout_table table, uint32_t max, const void *row)
{
	struct rows *rows = build->is_open ? &build->item_rows[table] : &build->doc_rows[table];
	uint32_t since = build->is_open ? build->open_mark.rows[table] : 0;

	if (rows->count - since < max)
		add_row(build, rows, table, row);
	else
		build_cut(build);
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

void build_cut(struct build *build)
{
	*(build->is_open ? &build->open_is_cut : &build->is_cut) = true;
}

static bool is_told(const struct build *build, uint32_t line, uint32_t column, const char *words)
{
	const struct rows *rows = &build->doc_rows[LAYOUT_PROBLEMS];
	const struct feed_problem *problems = (const void *)rows->data;
	uint32_t i;

	for (i = 0; i < rows->count; i++)
		if (problems[i].line == line && problems[i].column == column &&
			strcmp(build_peek(build, problems[i].words), words) == 0)
			return true;
	return false;
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
	/* What was read again has the same damage. */
	if (n < 0 || is_told(build, line, column, words))
		return;
	row.words = area_text(
		build, &build->doc_area, 0, words, strlen(words), utf8_cut(words, strlen(words)));
	add_row(build, rows, LAYOUT_PROBLEMS, &row);
}

static uint32_t problems_at(const struct build *build, uint32_t line)
{
	const struct rows *rows = &build->doc_rows[LAYOUT_PROBLEMS];
	const struct feed_problem *problems = (const void *)rows->data;
	uint32_t count = 0, i;

	for (i = 0; i < rows->count; i++)
		count += problems[i].line == line;
	return count;
}

uint32_t build_problems_placed(const struct build *build)
{
	return build->doc_rows[LAYOUT_PROBLEMS].count - problems_at(build, 0);
}

bool build_has_problem_at(const struct build *build, uint32_t line)
{
	return problems_at(build, line) != 0;
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
