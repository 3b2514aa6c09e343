/*
 * What handlers offer to the feed or item that is open; declared in
 * feed/reader.h, apart from the reader's own walk.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "common/strip.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/date.h"
#include "daemon/feed/link.h"
#include "daemon/feed/reader.h"
#include "daemon/feed/text.h"

#define SPARES_MAX 32u
#define SPARE_MAX 16384u /* bytes of a text with its markup */

/* A date that nobody can read is kept as text, behind any other. */
static int offer_date(
	struct reader *reader, enum slot slot, uint8_t priority, const char *text, size_t length)
{
	struct draft *draft = reader->now;
	int64_t s;

	if (!draft_wants(draft, slot, priority))
		return 0;
	s = date_parse(text, length);
	if (draft_offer(draft, slot, s != DATE_NONE ? priority : 1, TEXT_PLAIN, reader_base(reader),
		    text, length) == 0)
		return 0;
	*(slot == SLOT_PUBLISHED ? &draft->published_s : &draft->modified_s) = s;
	return 1;
}

/* A text that was wrapped in CDATA twice, or escaped together with its CDATA. */
static void unwrap(const char **text, size_t *length)
{
	static const char open[] = "<![CDATA[", close[] = "]]>";
	size_t opens = sizeof(open) - 1, closes = sizeof(close) - 1;

	blank_trim(text, length);
	while (*length >= opens + closes && memcmp(*text, open, opens) == 0 &&
		memcmp(*text + *length - closes, close, closes) == 0) {
		*text += opens;
		*length -= opens + closes;
		blank_trim(text, length);
	}
}

/* Slots of what becomes a link or nothing. */
static bool is_address(enum slot slot)
{
	switch (slot) {
	case SLOT_LINK:
	case SLOT_PERMALINK:
	case SLOT_EXTERNAL:
	case SLOT_SOURCE_URL:
	case SLOT_IMAGE:
	case SLOT_ICON:
	case SLOT_SELF:
	case SLOT_NEW_URL:
	case SLOT_HUB:
	case SLOT_NEXT:
	case SLOT_PREV_ARCHIVE:
		return true;
	default:
		return false;
	}
}

/* Whether it is one of the web against the base that there is or may come yet. */
static bool may_be_link(struct reader *reader, const char *text, size_t length)
{
	const char *base = reader_base_url(reader, reader_base(reader));

	return link_resolve(base[0] != '\0' ? base : "https://invalid/", text, length,
		       &reader->finish) > 0 &&
	       reader->finish.length <= reader->limits->link_max;
}

/* 1 if it is the best so far. */
static int offer(struct reader *reader, enum slot slot, uint8_t priority, enum text_type type,
	const char *text, size_t length)
{
	bool is_cut;
	int taken;

	unwrap(&text, &length);
	is_cut = length > reader->limits->content_max;
	if (is_cut)
		length = utf8_cut(text, reader->limits->content_max);
	if (slot == SLOT_PUBLISHED || slot == SLOT_MODIFIED)
		return offer_date(reader, slot, priority, text, length);
	/* What can be no link is kept as text, behind any that can. */
	if (is_address(slot) && draft_wants(reader->now, slot, priority) &&
		!may_be_link(reader, text, length))
		priority = 1;
	taken = draft_offer(reader->now, slot, priority, type, reader_base(reader), text, length);
	if (taken > 0 && is_cut)
		build_cut(reader->build);
	return taken;
}

/* Whether an outer element's name belongs to the name: <image>, Atom's <source>. */
static bool is_part(const struct frame *outer)
{
	return outer->name != NULL && (outer->inside & (IN_IMAGE | IN_SOURCE | IN_PART)) != 0;
}

/* The outermost of them, or the element itself. */
static uint32_t first_part(const struct reader *reader)
{
	uint32_t at = reader->depth - 1;

	while (at > 0 && is_part(&reader->frames[at - 1]))
		at--;
	return at;
}

/* Behind what is there; as much as fits. */
static size_t add_part(char out[READER_NAME_MAX], size_t at, const char *part, char separator)
{
	size_t length = strlen(part);

	if (length == 0)
		return at;
	if (length > READER_NAME_MAX - 2 - at)
		length = utf8_cut(part, READER_NAME_MAX - 2 - at);
	memcpy(out + at, part, length);
	at += length;
	out[at] = separator;
	return at < READER_NAME_MAX - 2 && separator != '\0' ? at + 1 : at;
}

/* The feed's own format needs none. */
static const char *prefix_of(const struct reader *reader, const struct xml_name *name)
{
	switch (name->ns) {
	case NS_RSS090:
	case NS_RSS10:
	case NS_RSS11:
		return "";
	case NS_ATOM:
	case NS_ATOM03:
		return reader->is_atom ? "" : "atom";
	default:
		return name->prefix;
	}
}

bool reader_keeps(const struct reader *reader)
{
	return reader->limits->extensions_max != 0;
}

size_t reader_name(const struct reader *reader, char out[READER_NAME_MAX])
{
	const struct xml_name *name = reader->frames[reader->depth - 1].name;
	uint32_t at = first_part(reader);
	size_t length = 0;

	for (; at < reader->depth - 1; at++)
		length = add_part(out, length, reader->frames[at].name->as_is, '/');
	length = add_part(out, length, prefix_of(reader, name), ':');
	length = add_part(out, length, name->as_is, '\0');
	out[length] = '\0';
	return length;
}

struct value reader_name_text(struct reader *reader)
{
	char name[READER_NAME_MAX];
	size_t length;

	if (!reader_keeps(reader))
		return (struct value){ 0 };
	length = reader_name(reader, name);
	return draft_text(reader->now, name, length);
}

/* A text that did not become its slot's. */
static void lose(
	struct reader *reader, enum slot slot, const struct value *value, const struct value *name)
{
	struct draft_spare *spare = draft_spare(reader->now, SPARES_MAX);

	if (spare == NULL)
		return;
	spare->slot = slot;
	spare->value = *value;
	spare->name = *name;
}

static void lose_text(
	struct reader *reader, enum slot slot, enum text_type type, const char *text, size_t length)
{
	struct value value, name;

	blank_trim(&text, &length);
	if (length == 0 || reader->now->spare_count >= SPARES_MAX)
		return;
	if (length > SPARE_MAX)
		length = utf8_cut(text, SPARE_MAX);
	value = draft_text(reader->now, text, length);
	value.type = (uint8_t)type;
	value.base = reader_base(reader);
	name = reader_name_text(reader);
	lose(reader, slot, &value, &name);
}

/* 1 if it was taken; what stood there before has lost then. */
static int replace(struct reader *reader, enum slot slot, uint8_t priority, enum text_type type,
	const char *text, size_t length)
{
	struct draft *draft = reader->now;
	const struct value before = draft->slots[slot], name = draft->named[slot];

	if (offer(reader, slot, priority, type, text, length) == 0)
		return 0;
	if (before.length != 0 && name.length != 0)
		lose(reader, slot, &before, &name);
	return 1;
}

void reader_offer(struct reader *reader, enum slot slot, uint8_t priority, enum text_type type,
	const char *text, size_t length)
{
	if (!reader_keeps(reader))
		offer(reader, slot, priority, type, text, length);
	else if (replace(reader, slot, priority, type, text, length) != 0)
		reader->now->named[slot] = reader_name_text(reader);
	else
		lose_text(reader, slot, type, text, length);
}

void reader_suggest(struct reader *reader, enum slot slot, uint8_t priority, enum text_type type,
	const char *text, size_t length)
{
	if (!reader_keeps(reader))
		offer(reader, slot, priority, type, text, length);
	else if (replace(reader, slot, priority, type, text, length) != 0)
		reader->now->named[slot].length = 0;
}

void reader_offer_attribute(
	struct reader *reader, enum slot slot, uint8_t priority, const char *value)
{
	if (value != NULL)
		reader_suggest(reader, slot, priority, TEXT_PLAIN, value, strlen(value));
}

static struct feed_text text_of(struct reader *reader, const char *text, size_t length)
{
	blank_trim(&text, &length);
	return build_text(reader->build, text, length, reader->limits->title_max);
}

static struct feed_text optional(struct reader *reader, const char *text)
{
	struct feed_text none = { 0, 0 };

	return text != NULL ? text_of(reader, text, strlen(text)) : none;
}

static uint64_t hash_of(const char *text, uint64_t seed)
{
	return text != NULL ? XXH3_64bits_withSeed(text, strlen(text), seed) : seed;
}

/* Whether it is new; one that was there without its label, or with another, is. */
static bool is_new(struct reader *reader, const char *term, size_t term_length, const char *scheme,
	const char *label)
{
	uint32_t max = reader->limits->categories_max * 2;
	uint64_t hash = hash_of(scheme, XXH3_64bits(term, term_length));
	bool is_first = draft_first_seen(reader->now, hash, max);

	if (label == NULL || label[0] == '\0')
		return is_first;
	return draft_first_seen(reader->now, hash_of(label, hash + 1), max) || is_first;
}

static void add_category(struct reader *reader, const char *term, size_t term_length,
	const char *scheme, const char *label)
{
	struct feed_category row = { { 0, 0 }, { 0, 0 }, { 0, 0 } };
	uint32_t max = reader->limits->title_max;

	blank_trim(&term, &term_length);
	if (term_length == 0 && (label == NULL || label[0] == '\0'))
		return;
	if (!is_new(reader, term, term_length, scheme, label))
		return;
	row.term = text_name(reader->build, term, term_length, max);
	row.scheme = optional(reader, scheme);
	if (label != NULL)
		row.label = text_name(reader->build, label, strlen(label), max);
	if (feed_text_present(row.term) || feed_text_present(row.label))
		build_category(reader->build, &row);
}

void reader_category(struct reader *reader, const char *term, const char *scheme, const char *label)
{
	add_category(
		reader, term != NULL ? term : "", term != NULL ? strlen(term) : 0, scheme, label);
}

/* Some publishers escape theirs as HTML, and some mark them up: Dublin Core's may be
 * RDF, <rdf:Description> with an <rdf:value> in it. */
void reader_category_text(struct reader *reader, const char *text, size_t length,
	const char *scheme, const char *label)
{
	struct buf *plain = &reader->finish;

	if (reader->frames[reader->depth - 1].has_markup ||
		text_is_html(TEXT_GUESS, text, length)) {
		buf_clear(plain);
		if (strip_title(text, length, reader->limits->title_max, plain) < 0)
			return;
		text = plain->data;
		length = plain->length;
	}
	add_category(reader, text, length, scheme, label);
}

void reader_keywords(struct reader *reader, const char *text, size_t length)
{
	const char *end = text + length, *comma;

	for (; text < end; text = comma + 1) {
		comma = memchr(text, ',', (size_t)(end - text));
		if (comma == NULL)
			comma = end;
		reader_category_text(reader, text, (size_t)(comma - text), NULL, NULL);
	}
}

static bool resolve(struct reader *reader, uint32_t base, const char *url, struct feed_link *row)
{
	memset(row, 0, sizeof(*row));
	row->url = link_text(reader->build, reader_base_url(reader, base), url, strlen(url),
		reader->limits->link_max, &reader->finish);
	return row->url.length != 0;
}

int reader_link_from(struct reader *reader, uint32_t base, const char *rel, const char *url)
{
	struct feed_link row;

	if (!resolve(reader, base, url, &row))
		return 0;
	row.rel = optional(reader, rel);
	build_link(reader->build, &row);
	return 1;
}

void reader_link(struct reader *reader, const char *rel, const char *url, const char *mime_type,
	const char *title, const char *language)
{
	struct feed_link row;

	if (url == NULL || reader->limits->links_max == 0 ||
		!resolve(reader, reader_base(reader), url, &row))
		return;
	row.rel = optional(reader, rel);
	row.mime_type = optional(reader, mime_type);
	row.title = optional(reader, title);
	row.language = optional(reader, language);
	build_link(reader->build, &row);
}

void reader_extension(struct reader *reader, const char *name, const char *value, size_t length)
{
	struct feed_extension row;

	blank_trim(&value, &length);
	if (length == 0 || !reader_keeps(reader))
		return;
	row.name = build_text(reader->build, name, strlen(name), reader->limits->title_max);
	row.value = build_text(reader->build, value, length, reader->limits->title_max);
	build_extension(reader->build, &row);
}

void reader_extension_attribute(struct reader *reader, const char *name, const char *value)
{
	if (value != NULL)
		reader_extension(reader, name, value, strlen(value));
}

void reader_extension_address(struct reader *reader, const char *name, const char *url)
{
	if (url == NULL || !reader_keeps(reader))
		return;
	link_resolve(
		reader_base_url(reader, reader_base(reader)), url, strlen(url), &reader->finish);
	reader_extension(reader, name, reader->finish.data, reader->finish.length);
}

bool reader_expects_address(struct reader *reader, const char *text, size_t length)
{
	char name[READER_NAME_MAX];

	unwrap(&text, &length);
	if (link_resolve("", text, length, &reader->finish) > 0)
		return true;
	reader_name(reader, name);
	reader_extension(reader, name, text, length);
	return false;
}

static struct value attribute_value(struct reader *reader, const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;
	struct value value;

	if (text != NULL)
		unwrap(&text, &length);
	value = draft_text(reader->now, text, length);
	value.base = reader_base(reader);
	return value;
}

/* A number of bytes; "5 MB", "2.5 MB", "1 234" and "0x10" are none of that many, and 0 is
 * what RSS has to be told where nobody knows. */
static int64_t size_of(const char *text)
{
	int64_t size = reader_number(text);

	if (size <= 0 || size == INT64_MAX) /* no file is that long */
		return -1;
	text += strspn(text, " \t\r\n");
	text += strspn(text, ",0123456789");
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	text += strspn(text, " \t\r\n");
	return *text == '\0' || strncasecmp(text, "byte", 4) == 0 ? size : -1;
}

struct draft_attachment *reader_attachment(struct reader *reader, uint8_t priority, const char *url,
	const char *mime_type, const char *title, const char *size)
{
	struct draft_attachment *attachment;

	if (!reader->in_item || url == NULL || url[strspn(url, " \t\r\n")] == '\0')
		return NULL;
	attachment = draft_attachment(reader->now, reader->limits->attachments_max);
	if (attachment == NULL) {
		build_cut(reader->build);
		return NULL;
	}
	attachment->priority = priority;
	attachment->element = reader_name_text(reader);
	attachment->url = attribute_value(reader, url);
	attachment->mime_type = attribute_value(reader, mime_type);
	attachment->title = attribute_value(reader, title);
	attachment->size = size_of(size);
	return attachment;
}

int64_t reader_number(const char *text)
{
	int64_t number = 0;
	bool any = false;

	if (text == NULL)
		return -1;
	for (text += strspn(text, " \t\r\n"); *text != '\0'; text++) {
		if (*text == ',' && any)
			continue;
		if (*text < '0' || *text > '9')
			break;
		if (number > (INT64_MAX - 9) / 10)
			return INT64_MAX;
		number = number * 10 + (*text - '0');
		any = true;
	}
	return any ? number : -1;
}
