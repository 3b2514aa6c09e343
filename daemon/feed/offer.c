/*
 * What handlers offer to the feed or item that is open; declared in
 * feed/reader.h, apart from the reader's own walk.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/date.h"
#include "daemon/feed/link.h"
#include "daemon/feed/reader.h"

/* A date that nobody can read is kept as text, behind any other. */
static void offer_date(
	struct reader *reader, enum slot slot, uint8_t priority, const char *text, size_t length)
{
	struct draft *draft = reader->now;
	int64_t s;

	if (!draft_wants(draft, slot, priority))
		return;
	s = date_parse(text, length);
	if (draft_offer(draft, slot, s != DATE_NONE ? priority : 1, TEXT_PLAIN, reader_base(reader),
		    text, length) == 0)
		return;
	*(slot == SLOT_PUBLISHED ? &draft->published_s : &draft->modified_s) = s;
}

void reader_offer(struct reader *reader, enum slot slot, uint8_t priority, enum text_type type,
	const char *text, size_t length)
{
	if (length > reader->limits->content_max)
		length = utf8_cut(text, reader->limits->content_max);
	if (slot == SLOT_PUBLISHED || slot == SLOT_MODIFIED)
		offer_date(reader, slot, priority, text, length);
	else
		draft_offer(reader->now, slot, priority, type, reader_base(reader), text, length);
}

void reader_offer_attribute(
	struct reader *reader, enum slot slot, uint8_t priority, const char *value)
{
	if (value != NULL)
		reader_offer(reader, slot, priority, TEXT_PLAIN, value, strlen(value));
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

static uint64_t hash_of(const char *a, size_t a_length, const char *b)
{
	return XXH3_64bits(a, a_length) * 31 + (b != NULL ? XXH3_64bits(b, strlen(b)) : 0);
}

static void add_category(struct reader *reader, const char *term, size_t term_length,
	const char *scheme, const char *label)
{
	struct feed_category row = { { 0, 0 }, { 0, 0 }, { 0, 0 } };

	blank_trim(&term, &term_length);
	if (term_length == 0 && (label == NULL || label[0] == '\0'))
		return;
	if (!draft_first_seen(reader->now,
		    hash_of(term_length != 0 ? term : label,
			    term_length != 0 ? term_length : strlen(label), scheme),
		    reader->limits->categories_max))
		return;
	row.term = text_of(reader, term, term_length);
	row.scheme = optional(reader, scheme);
	row.label = optional(reader, label);
	build_category(reader->build, &row);
}

void reader_category(struct reader *reader, const char *term, const char *scheme, const char *label)
{
	add_category(
		reader, term != NULL ? term : "", term != NULL ? strlen(term) : 0, scheme, label);
}

void reader_category_text(struct reader *reader, const char *text, size_t length,
	const char *scheme, const char *label)
{
	add_category(reader, text, length, scheme, label);
}

void reader_keywords(struct reader *reader, const char *text, size_t length)
{
	const char *end = text + length, *comma;

	for (; text < end; text = comma + 1) {
		comma = memchr(text, ',', (size_t)(end - text));
		if (comma == NULL)
			comma = end;
		add_category(reader, text, (size_t)(comma - text), NULL, NULL);
	}
}

void reader_link(struct reader *reader, const char *rel, const char *url, const char *mime_type,
	const char *title, const char *language)
{
	struct feed_link row;

	if (url == NULL)
		return;
	row.url = link_text(reader->build, reader_base_url(reader, reader_base(reader)), url,
		strlen(url), reader->limits->link_max, &reader->finish);
	if (row.url.length == 0)
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
	if (length == 0)
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

static struct value attribute_value(struct reader *reader, const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;
	struct value value;

	if (text != NULL)
		blank_trim(&text, &length);
	value = draft_text(reader->now, text, length);
	value.base = reader_base(reader);
	return value;
}

struct draft_attachment *reader_attachment(struct reader *reader, uint8_t priority, const char *url,
	const char *mime_type, const char *title, const char *size)
{
	struct draft_attachment *attachment;

	if (!reader->in_item || url == NULL || url[strspn(url, " \t\r\n")] == '\0')
		return NULL;
	attachment = draft_attachment(reader->now, reader->limits->attachments_max);
	if (attachment == NULL)
		return NULL;
	attachment->priority = priority;
	attachment->url = attribute_value(reader, url);
	attachment->mime_type = attribute_value(reader, mime_type);
	attachment->title = attribute_value(reader, title);
	attachment->size = reader_number(size);
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
			return -1;
		number = number * 10 + (*text - '0');
		any = true;
	}
	return any ? number : -1;
}
