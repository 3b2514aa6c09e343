#include "daemon/store/item_texts.h"

#include <string.h>

#include "common/json.h"
#include "common/strip.h"
#include "common/utf8.h"

#define JSON_COLUMN_MAX (1u << 20)
#define FALLBACK_MAX 120   /* bytes of an untitled item's first words */
#define FALLBACK_FROM 4096 /* bytes that are searched for them */

static void json_feed_text(struct json_writer *json, const char *key, const struct feed_doc *doc,
	struct feed_text text)
{
	json_put_key(json, key);
	if (text.length == 0)
		json_put_null(json);
	else
		json_put_text(json, feed_doc_text(doc, text), text.length);
}

static void make_authors(const struct feed_doc *doc, struct feed_range authors, struct buf *out)
{
	struct json_writer json;
	uint32_t i;

	json_begin(&json, out);
	json_put_array(&json);
	for (i = 0; i < authors.count; i++) {
		const struct feed_person *person = feed_doc_person(doc, authors.first + i);

		if (!feed_person_is_author(doc, person))
			continue;
		json_put_object(&json);
		json_feed_text(&json, "name", doc,
			person->name.length != 0 ? person->name : person->email);
		json_feed_text(&json, "url", doc, person->url);
		json_feed_text(&json, "avatar", doc, person->avatar);
		json_put_object_end(&json);
	}
	json_put_array_end(&json);
}

static void make_categories(
	const struct feed_doc *doc, const struct feed_item *item, struct buf *out)
{
	struct json_writer json;
	struct feed_text text;
	uint32_t i;

	json_begin(&json, out);
	json_put_array(&json);
	for (i = 0; i < item->categories.count; i++)
		if (feed_doc_is_tag(doc, item->categories, i, &text))
			json_put_text(&json, feed_doc_text(doc, text), text.length);
	json_put_array_end(&json);
}

static void json_size(struct json_writer *json, const char *key, int64_t value)
{
	json_put_key(json, key);
	if (value < 0)
		json_put_null(json);
	else
		json_put_int(json, value);
}

static void make_attachments(
	const struct feed_doc *doc, const struct feed_item *item, struct buf *out)
{
	struct json_writer json;
	uint32_t i;

	json_begin(&json, out);
	json_put_array(&json);
	for (i = 0; i < item->attachments.count; i++) {
		const struct feed_attachment *row = feed_doc_attachment(
			doc, item->attachments.first + i);

		json_put_object(&json);
		json_feed_text(&json, "url", doc, row->url);
		json_feed_text(&json, "mime_type", doc, row->mime_type);
		json_feed_text(&json, "title", doc, row->title);
		json_size(&json, "size_in_bytes", row->size);
		json_size(&json, "duration_in_seconds", row->duration_s);
		json_put_object_end(&json);
	}
	json_put_array_end(&json);
}

static bool shows(const struct feed_doc *doc, struct feed_text text)
{
	return utf8_shows(feed_doc_text(doc, text), text.length);
}

/* First words of an item without a title; a full buffer has enough of them. */
static void make_fallback(const struct feed_doc *doc, const struct feed_item *item, struct buf *out)
{
	struct feed_text text = shows(doc, item->summary) ? item->summary : item->content_text;
	bool html, full;
	const char *start;
	size_t length;

	if (shows(doc, item->title))
		return;
	html = !shows(doc, text);
	if (html)
		text = item->content_html;
	start = feed_doc_text(doc, text);
	length = text.length < FALLBACK_FROM ? text.length : utf8_cut(start, FALLBACK_FROM);
	if (!html && length > FALLBACK_MAX)
		length = utf8_cut(start, FALLBACK_MAX);
	full = (html ? strip_title(start, length, FALLBACK_MAX, out)
		     : utf8_add_line(out, start, length)) < 0;
	if (!full && !utf8_shows(out->data, out->length))
		buf_clear(out);
}

void item_texts_init(struct item_texts *texts)
{
	buf_init(&texts->authors, JSON_COLUMN_MAX);
	buf_init(&texts->categories, JSON_COLUMN_MAX);
	buf_init(&texts->attachments, JSON_COLUMN_MAX);
	buf_init(&texts->fallback, FALLBACK_MAX);
}

void item_texts_release(struct item_texts *texts)
{
	buf_release(&texts->authors);
	buf_release(&texts->categories);
	buf_release(&texts->attachments);
	buf_release(&texts->fallback);
}

void item_texts_make(
	struct item_texts *texts, const struct feed_doc *doc, const struct feed_item *item)
{
	struct feed_range authors = feed_doc_item_authors(doc, item);

	buf_clear(&texts->authors);
	buf_clear(&texts->categories);
	buf_clear(&texts->attachments);
	buf_clear(&texts->fallback);
	if (authors.count != 0)
		make_authors(doc, authors, &texts->authors);
	if (item->categories.count != 0)
		make_categories(doc, item, &texts->categories);
	if (item->attachments.count != 0)
		make_attachments(doc, item, &texts->attachments);
	make_fallback(doc, item, &texts->fallback);
}

/* --------------------------------------------------------- columns ---- */

static const char *of_feed(const struct feed_doc *doc, struct feed_text text, size_t *out_length)
{
	*out_length = text.length;
	return text.length != 0 ? feed_doc_text(doc, text) : NULL;
}

static const char *of_buf(const struct buf *buf, size_t *out_length)
{
	*out_length = buf->length;
	return buf->length != 0 ? buf->data : NULL;
}

static const char *of_list(const struct buf *json, size_t *out_length)
{
	*out_length = json->length;
	return json->length > 2 ? json->data : NULL; /* "[]" is none */
}

bool item_guid_is_url(const struct feed_doc *doc, const struct feed_item *item)
{
	return item->guid.length == item->url.length &&
	       memcmp(feed_doc_text(doc, item->guid), feed_doc_text(doc, item->url),
		       item->guid.length) == 0;
}

static const char *of_guid(
	const struct feed_doc *doc, const struct feed_item *item, size_t *out_length)
{
	const char *guid = of_feed(doc, item->guid, out_length);

	if (guid == NULL || !item_guid_is_url(doc, item))
		return guid;
	*out_length = 0;
	return "";
}

const char *item_text(const struct item_texts *texts, const struct feed_doc *doc,
	const struct feed_item *item, enum item_text which, size_t *out_length)
{
	switch (which) {
	case ITEM_TITLE:
		return of_feed(doc, item->title, out_length);
	case ITEM_URL:
		return of_feed(doc, item->url, out_length);
	case ITEM_GUID:
		return of_guid(doc, item, out_length);
	case ITEM_FALLBACK:
		return of_buf(&texts->fallback, out_length);
	case ITEM_EXTERNAL_URL:
		return of_feed(doc, item->external_url, out_length);
	case ITEM_LANGUAGE: /* few items say it; what the feed says holds for them, as in XML */
		return of_feed(doc, item->language.length != 0 ? item->language : doc->language,
			out_length);
	case ITEM_IMAGE:
		return of_feed(doc, item->image, out_length);
	case ITEM_AUTHORS:
		return of_list(&texts->authors, out_length);
	case ITEM_CATEGORIES:
		return of_list(&texts->categories, out_length);
	case ITEM_ATTACHMENTS:
		return of_list(&texts->attachments, out_length);
	case ITEM_SUMMARY:
		return of_feed(doc, item->summary, out_length);
	default:
		return NULL;
	}
}
