#include "daemon/feed/document.h"

#include <string.h>

#include "common/utf8.h"
#include "daemon/feed/layout.h"

/* Texts may share bytes, but not so often that checking stops being linear. */
#define SHARED_MAX 8u

#define FLAGS_ALL (FEED_COMPLETE | FEED_RECOVERED | FEED_PARTIAL | FEED_TRUNCATED)

/* What one check has spent so far. */
struct check {
	const char *block;
	uint32_t size;
	uint64_t text_budget;
	uint64_t rows_left[LAYOUT_TABLES];
};

static int damaged(struct err *err, const char *what)
{
	return err_set(err, ERR_DAMAGED, "the document's %s is not sound", what);
}

static bool text_is_sound(struct check *check, struct feed_text text)
{
	if (text.length == 0)
		return true;
	if (text.offset < sizeof(struct feed_doc) || text.offset >= check->size ||
		text.length >= check->size - text.offset || text.length > check->text_budget)
		return false;
	check->text_budget -= text.length;
	return check->block[text.offset + text.length] == '\0' &&
	       memchr(check->block + text.offset, '\0', text.length) == NULL &&
	       utf8_valid(check->block + text.offset, text.length);
}

/* Ranges of one table may not sum up to more than it has, so that whoever
 * walks them all is linear, too. */
static bool range_is_sound(struct check *check, struct feed_range range, enum layout_table table)
{
	const struct feed_table *rows = (const void *)(check->block + layouts[table].in_doc);

	if (range.count == 0)
		return true;
	if (range.first >= rows->count || range.count > rows->count - range.first ||
		range.count > check->rows_left[table])
		return false;
	check->rows_left[table] -= range.count;
	return true;
}

static bool row_is_sound(struct check *check, const struct layout *layout, const char *row)
{
	struct feed_text text;
	struct feed_range range;
	size_t i;

	for (i = 0; i < layout->text_count; i++) {
		memcpy(&text, row + layout->texts[i], sizeof(text));
		if (!text_is_sound(check, text))
			return false;
	}
	for (i = 0; i < layout->range_count; i++) {
		memcpy(&range, row + layout->ranges[i].field, sizeof(range));
		if (!range_is_sound(check, range, layout->ranges[i].table))
			return false;
	}
	return true;
}

static bool table_fits(
	const struct check *check, const struct layout *layout, const struct feed_table *table)
{
	if (table->count == 0)
		return true;
	return table->offset % 8 == 0 && table->offset >= sizeof(struct feed_doc) &&
	       table->offset <= check->size &&
	       table->count <= (check->size - table->offset) / layout->row_size;
}

static bool header_is_sound(const struct feed_doc *doc)
{
	return doc->kind <= FEED_KIND_TEXT && doc->format < FEED_FORMATS &&
	       (doc->flags & ~FLAGS_ALL) == 0 && doc->skip_hours < 1u << 24 &&
	       doc->skip_days < 1u << 7;
}

static bool items_are_sound(const struct feed_doc *doc)
{
	uint32_t i;

	for (i = 0; i < doc->items.count; i++)
		if (feed_doc_item(doc, i)->key_kind > FEED_KEY_FINGERPRINT)
			return false;
	return true;
}

int feed_doc_check(const void *block, size_t size, struct err *err)
{
	const struct feed_doc *doc = block;
	struct check check = { .block = block };
	uint32_t i;
	int t;

	if (size < sizeof(*doc) || size > UINT32_MAX || (uintptr_t)block % 8 != 0)
		return damaged(err, "size");
	if (doc->magic != FEED_DOC_MAGIC || doc->version != FEED_DOC_VERSION || doc->size != size)
		return damaged(err, "head");
	if (!header_is_sound(doc))
		return damaged(err, "head");
	check.size = (uint32_t)size;
	check.text_budget = (uint64_t)size * SHARED_MAX;
	for (t = 0; t < LAYOUT_TABLES; t++) {
		const struct feed_table *table = (const void *)(check.block + layouts[t].in_doc);

		if (!table_fits(&check, &layouts[t], table))
			return damaged(err, "table");
		check.rows_left[t] = table->count;
	}
	if (!row_is_sound(&check, &layout_of_doc, check.block))
		return damaged(err, "head");
	for (t = 0; t < LAYOUT_TABLES; t++) {
		const struct feed_table *table = (const void *)(check.block + layouts[t].in_doc);

		for (i = 0; i < table->count; i++)
			if (!row_is_sound(&check, &layouts[t],
				    check.block + table->offset + i * layouts[t].row_size))
				return damaged(err, "row");
	}
	if (!items_are_sound(doc))
		return damaged(err, "row");
	return 0;
}

const char *feed_doc_text(const struct feed_doc *doc, struct feed_text text)
{
	return text.length == 0 ? "" : (const char *)doc + text.offset;
}

bool feed_doc_is_text(const struct feed_doc *doc, struct feed_text text, const char *other)
{
	return strcmp(feed_doc_text(doc, text), other != NULL ? other : "") == 0;
}

bool feed_digest_present(const struct feed_digest *digest)
{
	return digest->low != 0 || digest->high != 0;
}

bool feed_digest_equal(const struct feed_digest *a, const struct feed_digest *b)
{
	return a->low == b->low && a->high == b->high;
}

static const void *row_at(
	const struct feed_doc *doc, const struct feed_table *table, size_t row_size, uint32_t i)
{
	return (const char *)doc + table->offset + i * row_size;
}

#define ACCESSOR(name, table)                                                                      \
	const struct feed_##name *feed_doc_##name(const struct feed_doc *doc, uint32_t i)          \
	{                                                                                          \
		return row_at(doc, &doc->table, sizeof(struct feed_##name), i);                    \
	}

ACCESSOR(item, items)
ACCESSOR(person, persons)
ACCESSOR(category, category_rows)
ACCESSOR(attachment, attachments)
ACCESSOR(link, link_rows)
ACCESSOR(extension, extension_rows)
ACCESSOR(problem, problems)
ACCESSOR(outline, outlines)

bool feed_person_is_author(const struct feed_doc *doc, const struct feed_person *person)
{
	return person->role.length == 0 || strcmp(feed_doc_text(doc, person->role), "author") == 0;
}

struct feed_range feed_doc_item_authors(const struct feed_doc *doc, const struct feed_item *item)
{
	uint32_t i;

	for (i = 0; i < item->authors.count; i++)
		if (feed_person_is_author(doc, feed_doc_person(doc, item->authors.first + i)))
			return item->authors;
	return doc->authors;
}

static struct feed_text word_of(const struct feed_doc *doc, struct feed_range range, uint32_t i)
{
	const struct feed_category *row = feed_doc_category(doc, range.first + i);

	return feed_text_present(row->label) ? row->label : row->term;
}

bool feed_doc_is_tag(
	const struct feed_doc *doc, struct feed_range range, uint32_t i, struct feed_text *out_word)
{
	struct feed_text word = word_of(doc, range, i);
	const char *text = feed_doc_text(doc, word);
	uint32_t before;

	if (!feed_text_present(word))
		return false;
	for (before = 0; before < i; before++)
		if (strcmp(feed_doc_text(doc, word_of(doc, range, before)), text) == 0)
			return false;
	*out_word = word;
	return true;
}

const char *feed_format_name(enum feed_format format)
{
	static const char *const names[FEED_FORMATS] = {
		[FEED_UNKNOWN] = "unknown",
		[FEED_RSS_090] = "rss090",
		[FEED_RSS_091N] = "rss091n",
		[FEED_RSS_091U] = "rss091u",
		[FEED_RSS_092] = "rss092",
		[FEED_RSS_093] = "rss093",
		[FEED_RSS_094] = "rss094",
		[FEED_RSS_10] = "rss10",
		[FEED_RSS_11] = "rss11",
		[FEED_RSS_20] = "rss20",
		[FEED_ATOM_03] = "atom03",
		[FEED_ATOM_10] = "atom10",
		[FEED_CDF] = "cdf",
		[FEED_JSON_10] = "jsonfeed10",
		[FEED_JSON_11] = "jsonfeed11",
		[FEED_HTML] = "html",
		[FEED_OPML] = "opml",
	};

	return (unsigned)format < FEED_FORMATS ? names[format] : names[FEED_UNKNOWN];
}
