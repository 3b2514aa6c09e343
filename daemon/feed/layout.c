#include "daemon/feed/layout.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DOC(field) offsetof(struct feed_doc, field)
#define ITEM(field) offsetof(struct feed_item, field)
#define PERSON(field) offsetof(struct feed_person, field)
#define CATEGORY(field) offsetof(struct feed_category, field)
#define ATTACHMENT(field) offsetof(struct feed_attachment, field)
#define LINK(field) offsetof(struct feed_link, field)
#define EXTENSION(field) offsetof(struct feed_extension, field)
#define PROBLEM(field) offsetof(struct feed_problem, field)
#define OUTLINE(field) offsetof(struct feed_outline, field)

static const uint16_t doc_texts[] = {
	DOC(title),
	DOC(site_url),
	DOC(feed_url),
	DOC(new_feed_url),
	DOC(description),
	DOC(language),
	DOC(icon),
	DOC(image),
	DOC(rights),
	DOC(generator),
	DOC(id),
	DOC(hub),
	DOC(next_url),
	DOC(prev_archive),
	DOC(encoding),
};

static const struct layout_range doc_ranges[] = {
	{ DOC(authors), LAYOUT_PERSONS },
	{ DOC(categories), LAYOUT_CATEGORIES },
	{ DOC(links), LAYOUT_LINKS },
	{ DOC(extensions), LAYOUT_EXTENSIONS },
};

static const uint16_t item_texts[] = {
	ITEM(guid),
	ITEM(url),
	ITEM(external_url),
	ITEM(unsafe_link),
	ITEM(title),
	ITEM(summary),
	ITEM(content_html),
	ITEM(content_text),
	ITEM(image),
	ITEM(language),
	ITEM(rights),
	ITEM(comments_url),
	ITEM(date_raw),
	ITEM(source_title),
	ITEM(source_url),
};

static const struct layout_range item_ranges[] = {
	{ ITEM(authors), LAYOUT_PERSONS },
	{ ITEM(categories), LAYOUT_CATEGORIES },
	{ ITEM(attachments), LAYOUT_ATTACHMENTS },
	{ ITEM(links), LAYOUT_LINKS },
	{ ITEM(extensions), LAYOUT_EXTENSIONS },
};

static const uint16_t person_texts[] = {
	PERSON(name),
	PERSON(email),
	PERSON(url),
	PERSON(avatar),
	PERSON(role),
};

static const uint16_t category_texts[] = { CATEGORY(term), CATEGORY(scheme), CATEGORY(label) };

static const uint16_t attachment_texts[] = {
	ATTACHMENT(url),
	ATTACHMENT(mime_type),
	ATTACHMENT(title),
};

static const uint16_t link_texts[] = {
	LINK(rel),
	LINK(url),
	LINK(mime_type),
	LINK(title),
	LINK(language),
	LINK(userinfo),
};

static const uint16_t extension_texts[] = { EXTENSION(name), EXTENSION(value) };

static const uint16_t problem_texts[] = { PROBLEM(words) };

static const uint16_t outline_texts[] = {
	OUTLINE(title),
	OUTLINE(url),
	OUTLINE(site_url),
	OUTLINE(description),
};

static const struct layout_range outline_ranges[] = {
	{ OUTLINE(tags), LAYOUT_CATEGORIES },
	{ OUTLINE(settings), LAYOUT_EXTENSIONS },
};

const struct layout layout_of_doc = {
	sizeof(struct feed_doc),
	0,
	doc_texts,
	COUNT(doc_texts),
	doc_ranges,
	COUNT(doc_ranges),
};

#define PLAIN(type, table, texts)                                                                  \
	{                                                                                          \
		sizeof(struct type), DOC(table), texts, COUNT(texts), NULL, 0                      \
	}
#define RANGED(type, table, texts, ranges)                                                         \
	{                                                                                          \
		sizeof(struct type), DOC(table), texts, COUNT(texts), ranges, COUNT(ranges)        \
	}

const struct layout layouts[LAYOUT_TABLES] = {
	[LAYOUT_ITEMS] = RANGED(feed_item, items, item_texts, item_ranges),
	[LAYOUT_PERSONS] = PLAIN(feed_person, persons, person_texts),
	[LAYOUT_CATEGORIES] = PLAIN(feed_category, category_rows, category_texts),
	[LAYOUT_ATTACHMENTS] = PLAIN(feed_attachment, attachments, attachment_texts),
	[LAYOUT_LINKS] = PLAIN(feed_link, link_rows, link_texts),
	[LAYOUT_EXTENSIONS] = PLAIN(feed_extension, extension_rows, extension_texts),
	[LAYOUT_PROBLEMS] = PLAIN(feed_problem, problems, problem_texts),
	[LAYOUT_OUTLINES] = RANGED(feed_outline, outlines, outline_texts, outline_ranges),
};
