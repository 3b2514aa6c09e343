#include "daemon/feed/finish.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/strip.h"
#include "daemon/feed/digest.h"
#include "daemon/feed/finish_rows.h"
#include "daemon/feed/finish_spare.h"
#include "daemon/feed/link.h"
#include "daemon/feed/reader.h"
#include "daemon/feed/text.h"
#include "daemon/url.h"

/* A summary that was made from the content, so that lists have something to
 * show, need not hold all of it. */
#define EXCERPT_MAX 1024u
#define SUMMARY_MAX 16384u
#define DATE_RAW_MAX 128u

static const char *peek(struct reader *reader, enum slot slot)
{
	return draft_peek(reader->now, &reader->now->slots[slot]);
}

static struct feed_text line(struct reader *reader, enum slot slot)
{
	const struct value *value = &reader->now->slots[slot];

	return text_title(reader->build, value->type, peek(reader, slot), value->length,
		reader->limits->title_max, &reader->finish);
}

/* A language tag (BCP 47) has hyphens; some write the name of a locale. */
static struct feed_text language(struct reader *reader)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	const struct value *value = &reader->now->slots[SLOT_LANGUAGE];
	char *at = reader->now->text.data + value->offset, *end = at + value->length;

	if (value->length != 0 && strspn(at, letters) >= value->length)
		for (; at < end; at++)
			if (*at == '_')
				*at = '-';
	return line(reader, SLOT_LANGUAGE);
}

static struct feed_text lines(struct reader *reader, enum slot slot, size_t max)
{
	const struct value *value = &reader->now->slots[slot];

	return text_plain(reader->build, value->type, peek(reader, slot), value->length, max,
		&reader->finish);
}

static struct feed_text url(struct reader *reader, enum slot slot)
{
	const struct value *value = &reader->now->slots[slot];

	return link_text(reader->build, reader_base_url(reader, value->base), peek(reader, slot),
		value->length, reader->limits->link_max, &reader->finish);
}

static int64_t published(const struct draft *draft)
{
	return draft->slots[SLOT_PUBLISHED].length != 0 ? draft->published_s : DATE_NONE;
}

static int64_t modified(const struct draft *draft)
{
	return draft->slots[SLOT_MODIFIED].length != 0 ? draft->modified_s : DATE_NONE;
}

/* ---- items ---- */

/* An id is bytes; one that is too long is known by its digest. */
static struct feed_text guid(struct reader *reader)
{
	const struct value *id = &reader->now->slots[SLOT_ID];
	struct feed_digest digest;
	char hex[33];

	if (id->length <= reader->limits->link_max)
		return build_text(
			reader->build, peek(reader, SLOT_ID), id->length, reader->limits->link_max);
	digest = digest_bytes(peek(reader, SLOT_ID), id->length);
	digest_hex(&digest, hex);
	return build_text(reader->build, hex, 32, 32);
}

static void finish_link(struct reader *reader, struct feed_item *item)
{
	const struct value *link = &reader->now->slots[SLOT_LINK];

	item->url = url(reader, SLOT_LINK);
	if (item->url.length == 0)
		item->url = url(reader, SLOT_PERMALINK);
	if (item->url.length == 0 && link->length != 0)
		item->unsafe_link = line(reader, SLOT_LINK);
}

/* Content of the slot; HTML gets its links made absolute. */
static void finish_content(struct reader *reader, struct feed_item *item, enum slot slot)
{
	const struct value *value = &reader->now->slots[slot];
	const char *text = peek(reader, slot);
	size_t length = value->length;

	if (!text_is_html(value->type, text, length)) {
		text_clean(&text, &length, &reader->finish);
		item->content_text = build_text(
			reader->build, text, length, reader->limits->content_max);
		return;
	}
	if (link_rewrite(reader_base_url(reader, value->base), build_peek(reader->build, item->url),
		    text, length, &reader->finish) > 0) {
		text = reader->finish.data;
		length = reader->finish.length;
	}
	item->content_html = build_text(reader->build, text, length, reader->limits->content_max);
}

/* An empty frame ("<!-- wp -->", a drawing that nobody will be shown) is no content
 * where there is a summary. */
static bool has_content(struct reader *reader)
{
	const struct value *content = &reader->now->slots[SLOT_CONTENT];
	const char *text = peek(reader, SLOT_CONTENT);

	return content->length != 0 &&
	       (reader->now->slots[SLOT_SUMMARY].length == 0 ||
		       !text_is_html(content->type, text, content->length) ||
		       strip_shows(text, content->length));
}

static void finish_body(struct reader *reader, struct feed_item *item)
{
	const struct value *slots = reader->now->slots;

	if (has_content(reader)) {
		finish_content(reader, item, SLOT_CONTENT);
		item->summary = lines(reader, SLOT_SUMMARY, SUMMARY_MAX);
	} else if (slots[SLOT_SUMMARY].length != 0) {
		finish_content(reader, item, SLOT_SUMMARY);
		item->summary = lines(reader, SLOT_SUMMARY, EXCERPT_MAX);
	}
}

/* "No comments yet" is no address, although it could be one. */
static struct feed_text comments(struct reader *reader)
{
	static const struct feed_text none;
	const struct value *value = &reader->now->slots[SLOT_COMMENTS];
	const char *text = peek(reader, SLOT_COMMENTS);

	if (url_is_web(text, value->length) || memchr(text, ' ', value->length) == NULL)
		return url(reader, SLOT_COMMENTS);
	reader_extension(reader, "comments", text, value->length);
	return none;
}

static void finish_dates(struct reader *reader, struct feed_item *item)
{
	enum slot counts = reader->now->slots[SLOT_PUBLISHED].priority > 1 ||
					   reader->now->slots[SLOT_MODIFIED].priority <= 1
				   ? SLOT_PUBLISHED
				   : SLOT_MODIFIED;

	item->published_s = published(reader->now);
	item->modified_s = modified(reader->now);
	if (reader->now->slots[counts].length == 0)
		counts = SLOT_MODIFIED;
	item->date_raw = build_text(reader->build, peek(reader, counts),
		reader->now->slots[counts].length, DATE_RAW_MAX);
}

void finish_item(struct reader *reader)
{
	struct feed_item *item = build_item_open(reader->build);

	item->guid = guid(reader);
	finish_link(reader, item);
	item->title = line(reader, SLOT_TITLE);
	finish_body(reader, item);
	finish_dates(reader, item);
	item->external_url = url(reader, SLOT_EXTERNAL);
	item->language = language(reader);
	item->rights = lines(reader, SLOT_RIGHTS, reader->limits->title_max);
	item->comments_url = comments(reader);
	item->source_title = line(reader, SLOT_SOURCE_TITLE);
	item->source_url = url(reader, SLOT_SOURCE_URL);
	finish_persons(reader);
	finish_attachments(reader);
	item->image = url(reader, SLOT_IMAGE);
	finish_spares(reader);
	build_item_end(reader->build);
}

/* ---- feeds ---- */

static int64_t number(struct reader *reader, enum slot slot)
{
	return reader_number(peek(reader, slot));
}

/* How long a period of sy:updatePeriod is; the default is a day. */
static int64_t period_s(const char *word)
{
	static const struct {
		const char *word;
		int64_t s;
	} periods[] = { { "hourly", 3600 }, { "daily", 86400 }, { "weekly", 604800 },
		{ "monthly", 2592000 }, { "yearly", 31536000 } };
	size_t i;

	for (i = 0; i < sizeof(periods) / sizeof(periods[0]); i++)
		if (strncasecmp(word, periods[i].word, strlen(periods[i].word)) == 0)
			return periods[i].s;
	return word[0] == '\0' ? 86400 : -1;
}

static void finish_schedule(struct reader *reader, struct feed_doc *doc)
{
	const struct value *slots = reader->now->slots;
	int64_t ttl = number(reader, SLOT_TTL), times = number(reader, SLOT_SY_FREQUENCY), period;

	/* Beyond that one is as long as the other to whoever asks. */
	if (ttl >= 0)
		doc->ttl_s = (ttl < INT32_MAX ? ttl : INT32_MAX) * 60;
	if (slots[SLOT_SY_PERIOD].length != 0 || slots[SLOT_SY_FREQUENCY].length != 0) {
		period = period_s(peek(reader, SLOT_SY_PERIOD));
		if (period > 0)
			doc->sy_period_s = times > 0 ? period / times : period;
	}
	doc->skip_hours = reader->skip_hours;
	doc->skip_days = reader->skip_days;
}

/* Other documents have a <channel> or <feed>, too, or RDF about something else. */
static bool is_feed(const struct reader *reader, const struct feed_doc *doc)
{
	return reader->is_declared || reader->has_item || feed_text_present(doc->title) ||
	       feed_text_present(doc->site_url) || feed_text_present(doc->feed_url) ||
	       feed_text_present(doc->id);
}

void finish_feed(struct reader *reader)
{
	struct feed_doc *doc = build_doc(reader->build);

	doc->title = line(reader, SLOT_TITLE);
	doc->site_url = url(reader, SLOT_LINK);
	doc->feed_url = url(reader, SLOT_SELF);
	doc->new_feed_url = url(reader, SLOT_NEW_URL);
	doc->description = lines(reader, SLOT_SUMMARY, SUMMARY_MAX);
	doc->language = language(reader);
	doc->icon = url(reader, SLOT_ICON);
	doc->image = url(reader, SLOT_IMAGE);
	doc->rights = lines(reader, SLOT_RIGHTS, reader->limits->title_max);
	doc->generator = line(reader, SLOT_GENERATOR);
	doc->id = guid(reader);
	doc->format = is_feed(reader, doc) ? reader->format : FEED_UNKNOWN;
	doc->hub = url(reader, SLOT_HUB);
	doc->next_url = url(reader, SLOT_NEXT);
	doc->prev_archive = url(reader, SLOT_PREV_ARCHIVE);
	doc->published_s = published(reader->now);
	doc->modified_s = modified(reader->now);
	finish_schedule(reader, doc);
	finish_persons(reader);
	finish_spares(reader);
}
