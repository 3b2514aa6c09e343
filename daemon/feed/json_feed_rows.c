#include "daemon/feed/json_feed_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/strip.h"
#include "daemon/feed/date.h"
#include "daemon/feed/digest.h"
#include "daemon/feed/link.h"
#include "daemon/feed/media_type.h"
#include "daemon/feed/text.h"
#include "daemon/url.h"

#define SUMMARY_MAX 16384u
#define DATE_RAW_MAX 128u
#define TYPE_MAX 128u
#define DIGITS_MAX 24
#define WHOLE_MAX 9007199254740992.0 /* behind it a double lacks whole numbers */

static const struct json_value *value_of(
	const struct json_feed *feed, enum json_place place, enum json_member member)
{
	return &feed->objects[place].values[member];
}

const char *json_feed_text(
	const struct json_feed *feed, enum json_place place, enum json_member member)
{
	const struct json_value *value = value_of(feed, place, member);

	return value->length > 0 ? feed->objects[place].text.data + value->offset : "";
}

/*
 * JSON Feed's texts are plain, but some generators leave WordPress's references
 * in them (&#8211;).  With a '<' in it a text is believed to be what it says.
 */
static enum text_type type_of(const char *text, size_t length)
{
	return memchr(text, '<', length) == NULL ? TEXT_GUESS : TEXT_PLAIN;
}

static struct feed_text line(struct json_feed *feed, enum json_place place, enum json_member member)
{
	const char *text = json_feed_text(feed, place, member);
	size_t length = value_of(feed, place, member)->length;

	return text_title(feed->build, type_of(text, length), text, length, feed->limits->title_max,
		&feed->scratch);
}

static struct feed_text lines(
	struct json_feed *feed, enum json_place place, enum json_member member, size_t max)
{
	const char *text = json_feed_text(feed, place, member);
	size_t length = value_of(feed, place, member)->length;

	return text_plain(feed->build, type_of(text, length), text, length, max, &feed->scratch);
}

static struct feed_text url(struct json_feed *feed, enum json_place place, enum json_member member)
{
	return link_text(feed->build, feed->base, json_feed_text(feed, place, member),
		value_of(feed, place, member)->length, feed->limits->link_max, &feed->scratch);
}

static struct feed_text literal(struct json_feed *feed, const char *text)
{
	return build_text(feed->build, text, strlen(text), TYPE_MAX);
}

/* ---- persons ------------------------------------------------------------- */

static bool says_person(const struct feed_person *row)
{
	return feed_text_present(row->name) || feed_text_present(row->email) ||
	       feed_text_present(row->url);
}

/* "mailto:joe@example.org" in place of an address of the web. */
static struct feed_text mail_of(struct json_feed *feed)
{
	static const char scheme[] = "mailto:";
	const char *address = json_feed_text(feed, JSON_PERSON, MEMBER_URL);

	if (strncmp(address, scheme, strlen(scheme)) != 0)
		return line(feed, JSON_PERSON, MEMBER_EMAIL);
	address += strlen(scheme);
	return text_title(feed->build, TEXT_PLAIN, address, strlen(address),
		feed->limits->title_max, &feed->scratch);
}

/*
 * Kept until their owner closes: 1.1's "authors" count more than "author",
 * whichever comes first, so those of "author" stand at the front meanwhile.
 */
static void end_person(struct json_feed *feed, enum json_member from)
{
	struct json_authors *authors = &feed->authors[feed->in_item];
	struct feed_person row = { .name = line(feed, JSON_PERSON, MEMBER_NAME) };
	uint32_t at = authors->count;

	row.email = mail_of(feed);
	row.url = url(feed, JSON_PERSON, MEMBER_URL);
	row.avatar = url(feed, JSON_PERSON, MEMBER_AVATAR);
	row.role = literal(feed, "author");
	if (!says_person(&row))
		return;
	if (authors->count == feed->limits->authors_max) {
		build_cut(feed->build);
		return;
	}
	if (from == MEMBER_AUTHOR) {
		at = authors->legacy_count++;
		memmove(&authors->rows[at + 1], &authors->rows[at],
			(authors->count - at) * sizeof(row));
	}
	authors->rows[at] = row;
	authors->count++;
}

static void flush_authors(struct json_feed *feed, struct json_authors *authors)
{
	uint32_t i = authors->count > authors->legacy_count ? authors->legacy_count : 0;

	for (; i < authors->count; i++)
		build_person(feed->build, &authors->rows[i]);
	authors->count = authors->legacy_count = 0;
}

/* ---- what an item has ---------------------------------------------------- */

/* "1.5e+07", as R writes what ends in zeros, as "15000000"; any other text is itself. */
static const char *in_digits(const char *text, char out[DIGITS_MAX])
{
	double number;
	char *end;

	if (strpbrk(text, "eE") == NULL || text[strspn(text, "0123456789.eE+-")] != '\0')
		return text;
	number = strtod(text, &end);
	if (*end != '\0' || number < 0 || number > WHOLE_MAX)
		return text;
	snprintf(out, DIGITS_MAX, "%.0f", number);
	return out;
}

/* Digits, with a fraction or without; -1 if it is no such number, or 0, which programs
 * write that do not know it. */
static int64_t size_of(const char *text)
{
	char digits[DIGITS_MAX], *end;
	long long number;

	text = in_digits(text, digits);
	errno = 0;
	number = strtoll(text, &end, 10);
	if (end == text || errno != 0 || number <= 0)
		return -1;
	if (*end == '.')
		end += 1 + strspn(end + 1, "0123456789");
	return *end == '\0' ? number : -1;
}

static void end_attachment(struct json_feed *feed)
{
	const char *duration = json_feed_text(feed, JSON_ATTACHMENT, MEMBER_DURATION), *type;
	char digits[DIGITS_MAX];
	struct feed_attachment row = { .url = url(feed, JSON_ATTACHMENT, MEMBER_URL) };

	if (!feed_text_present(row.url)) {
		json_feed_extension(feed, "jsonfeed:attachments",
			json_feed_text(feed, JSON_ATTACHMENT, MEMBER_URL));
		return;
	}
	row.mime_type = line(feed, JSON_ATTACHMENT, MEMBER_MIME_TYPE);
	type = media_type_guess(
		build_peek(feed->build, row.mime_type), build_peek(feed->build, row.url));
	if (type != NULL)
		row.mime_type = build_text(feed->build, type, strlen(type), TYPE_MAX);
	row.title = line(feed, JSON_ATTACHMENT, MEMBER_TITLE);
	row.size = size_of(json_feed_text(feed, JSON_ATTACHMENT, MEMBER_SIZE));
	duration = in_digits(duration, digits);
	row.duration_s = duration_parse(duration, strlen(duration));
	build_attachment(feed->build, &row);
}

static void end_tag(struct json_feed *feed)
{
	const char *text = json_feed_text(feed, JSON_TAG, MEMBER_NAME);
	size_t length = value_of(feed, JSON_TAG, MEMBER_NAME)->length;
	struct feed_category row = { { 0, 0 }, { 0, 0 }, { 0, 0 } };

	/* In a reference may be anything. */
	if (memchr(text, '&', length) != NULL)
		row.term = line(feed, JSON_TAG, MEMBER_NAME);
	else
		row.term = text_name(feed->build, text, length, feed->limits->title_max);
	if (feed_text_present(row.term))
		build_category(feed->build, &row);
}

static void end_hub(struct json_feed *feed)
{
	struct feed_doc *doc = build_doc(feed->build);
	struct feed_link row = { .url = url(feed, JSON_HUB, MEMBER_URL) };

	if (!feed_text_present(row.url))
		return;
	if (!feed_text_present(doc->hub))
		doc->hub = row.url;
	row.rel = literal(feed, "hub");
	row.title = line(feed, JSON_HUB, MEMBER_TYPE);
	build_link(feed->build, &row);
}

void json_feed_extension(struct json_feed *feed, const char *name, const char *value)
{
	struct feed_extension row = { { 0, 0 }, { 0, 0 } };

	if (value[0] == '\0')
		return;
	row.name = build_text(feed->build, name, strlen(name), TYPE_MAX);
	row.value = build_text(feed->build, value, strlen(value), feed->limits->content_max);
	build_extension(feed->build, &row);
}

/* ---- items --------------------------------------------------------------- */

static void set_guid(struct json_feed *feed, struct feed_item *item)
{
	const char *id = json_feed_text(feed, JSON_ITEM, MEMBER_ID);
	size_t length = strlen(id);
	struct feed_digest digest;
	char hex[33];

	while (length > 0 && strchr(" \t\r\n", id[length - 1]) != NULL)
		length--;
	while (length > 0 && strchr(" \t\r\n", id[0]) != NULL) {
		id++;
		length--;
	}
	if (length > feed->limits->link_max) {
		digest = digest_bytes(id, length);
		digest_hex(&digest, hex);
		id = hex;
		length = 32;
	}
	item->guid = build_text(feed->build, id, length, feed->limits->link_max);
	/* The standard wants an id to be the item's address where it has one. */
	if (!feed_text_present(item->url) && url_is_web(id, length))
		item->url = item->guid;
}

/* An empty frame is no content where the item has words elsewhere, as in feed/finish.c. */
static bool has_html(struct json_feed *feed, size_t text_length)
{
	const struct json_value *html = value_of(feed, JSON_ITEM, MEMBER_CONTENT_HTML);

	return html->length > 0 &&
	       ((text_length == 0 && value_of(feed, JSON_ITEM, MEMBER_SUMMARY)->length == 0) ||
		       strip_shows(
			       json_feed_text(feed, JSON_ITEM, MEMBER_CONTENT_HTML), html->length));
}

static void set_content(struct json_feed *feed, struct feed_item *item)
{
	const char *html = json_feed_text(feed, JSON_ITEM, MEMBER_CONTENT_HTML);
	size_t length = value_of(feed, JSON_ITEM, MEMBER_CONTENT_HTML)->length;
	const char *text = json_feed_text(feed, JSON_ITEM, MEMBER_CONTENT_TEXT);
	size_t text_length = value_of(feed, JSON_ITEM, MEMBER_CONTENT_TEXT)->length;

	if (!has_html(feed, text_length)) {
		length = 0;
	} else if (link_rewrite(feed->base, build_peek(feed->build, item->url), html, length,
			   &feed->scratch) > 0) {
		html = feed->scratch.data;
		length = feed->scratch.length;
	}
	item->content_html = build_text(feed->build, html, length, feed->limits->content_max);
	text_clean(&text, &text_length, &feed->scratch);
	item->content_text = build_text(feed->build, text, text_length, feed->limits->content_max);
}

static int64_t date_of(const char *text)
{
	char digits[DIGITS_MAX];

	text = in_digits(text, digits);
	return date_parse(text, strlen(text));
}

static void set_dates(struct json_feed *feed, struct feed_item *item)
{
	const char *published = json_feed_text(feed, JSON_ITEM, MEMBER_PUBLISHED);
	const char *modified = json_feed_text(feed, JSON_ITEM, MEMBER_MODIFIED);
	const char *raw = published[0] != '\0' ? published : modified;

	item->published_s = date_of(published);
	item->modified_s = date_of(modified);
	item->date_raw = build_text(feed->build, raw, strlen(raw), DATE_RAW_MAX);
}

/* Whether any member was there that is shown. */
static bool says_nothing(const struct json_feed *feed)
{
	int member;

	for (member = 0; member < MEMBERS; member++)
		if (member != MEMBER_LANGUAGE && feed->objects[JSON_ITEM].values[member].length > 0)
			return false;
	return true;
}

/* One that is no link stays as text, called so where there is no other. */
static void keep_url(struct json_feed *feed, struct feed_item *item)
{
	if (feed_text_present(item->url))
		json_feed_extension(
			feed, "jsonfeed:url", json_feed_text(feed, JSON_ITEM, MEMBER_URL));
	else
		item->unsafe_link = line(feed, JSON_ITEM, MEMBER_URL);
}

static void end_item(struct json_feed *feed)
{
	struct feed_item *item = build_item_open(feed->build);
	struct feed_text page = url(feed, JSON_ITEM, MEMBER_URL);

	feed->in_item = false;
	if (says_nothing(feed)) {
		build_item_drop(feed->build);
		return;
	}
	item->external_url = url(feed, JSON_ITEM, MEMBER_EXTERNAL);
	/* Where an item has no page of its own, what it points at is to be opened. */
	item->url = feed_text_present(page) ? page : item->external_url;
	set_guid(feed, item);
	if (!feed_text_present(page))
		keep_url(feed, item);
	item->title = line(feed, JSON_ITEM, MEMBER_TITLE);
	set_content(feed, item);
	item->summary = lines(feed, JSON_ITEM, MEMBER_SUMMARY, SUMMARY_MAX);
	item->image = url(feed, JSON_ITEM, MEMBER_IMAGE);
	if (!feed_text_present(item->image))
		item->image = url(feed, JSON_ITEM, MEMBER_BANNER);
	set_dates(feed, item);
	item->language = line(feed, JSON_ITEM, MEMBER_LANGUAGE);
	if (value_of(feed, JSON_ITEM, MEMBER_IMAGE)->length > 0)
		json_feed_extension(feed, "jsonfeed:banner_image",
			json_feed_text(feed, JSON_ITEM, MEMBER_BANNER));
	flush_authors(feed, &feed->authors[1]);
	feed->has_item = true;
	build_item_end(feed->build);
}

/* ---- the feed ------------------------------------------------------------ */

/* ".../version/1" is 1.0; what is newer than we are is read as the newest. */
static enum feed_format format_of(const char *version)
{
	const char *number = strstr(version, "version/");

	if (number == NULL)
		return FEED_JSON_11;
	number += strlen("version/");
	return strcmp(number, "1") == 0 || strcmp(number, "1.0") == 0 ? FEED_JSON_10 : FEED_JSON_11;
}

static void end_feed(struct json_feed *feed)
{
	struct feed_doc *doc = build_doc(feed->build);

	doc->format = format_of(json_feed_text(feed, JSON_FEED, MEMBER_VERSION));
	doc->title = line(feed, JSON_FEED, MEMBER_TITLE);
	doc->site_url = url(feed, JSON_FEED, MEMBER_HOME_PAGE);
	doc->feed_url = url(feed, JSON_FEED, MEMBER_FEED_URL);
	doc->description = lines(feed, JSON_FEED, MEMBER_DESCRIPTION, SUMMARY_MAX);
	doc->next_url = url(feed, JSON_FEED, MEMBER_NEXT);
	doc->image = url(feed, JSON_FEED, MEMBER_ICON);
	doc->icon = url(feed, JSON_FEED, MEMBER_FAVICON);
	doc->language = line(feed, JSON_FEED, MEMBER_LANGUAGE);
	if (strcmp(json_feed_text(feed, JSON_FEED, MEMBER_EXPIRED), "true") == 0)
		json_feed_extension(feed, "jsonfeed:expired", "true");
	json_feed_extension(feed, "jsonfeed:user_comment",
		json_feed_text(feed, JSON_FEED, MEMBER_USER_COMMENT));
	flush_authors(feed, &feed->authors[0]);
}

/* ---- objects ------------------------------------------------------------- */

void json_feed_begin(struct json_feed *feed, enum json_place place)
{
	struct json_object *object = &feed->objects[place];

	buf_clear(&object->text);
	memset(object->values, 0, sizeof(object->values));
	if (place != JSON_ITEM)
		return;
	feed->item_number++;
	feed->in_item = true;
	feed->authors[1].count = feed->authors[1].legacy_count = 0;
	build_item_begin(feed->build);
}

void json_feed_end(struct json_feed *feed, enum json_place place, enum json_member from)
{
	switch (place) {
	case JSON_FEED:
		end_feed(feed);
		break;
	case JSON_ITEM:
		end_item(feed);
		break;
	case JSON_PERSON:
		end_person(feed, from);
		break;
	case JSON_ATTACHMENT:
		end_attachment(feed);
		break;
	case JSON_HUB:
		end_hub(feed);
		break;
	case JSON_TAG:
		end_tag(feed);
		break;
	case JSON_SKIP:
	case JSON_EXTENSION:
	case JSON_PLACES:
		break;
	}
}
