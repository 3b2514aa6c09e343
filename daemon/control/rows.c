#include "daemon/control/rows.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "daemon/control/item_page.h"

static const struct object *object_of(enum object_id id)
{
	return &object_table[id];
}

rows_mask rows_mask_bit(enum field_id field)
{
	size_t count;
	const struct field *first = object_fields(object_of(field_table[field].object), &count);

	return (rows_mask)1 << (&field_table[field] - first);
}

rows_mask rows_mask_always(enum object_id object)
{
	size_t count, i;
	const struct field *fields = object_fields(object_of(object), &count);
	rows_mask mask = 0;

	for (i = 0; i < count; i++) {
		if (fields[i].when == FIELD_ALWAYS)
			mask |= (rows_mask)1 << i;
	}
	return mask;
}

int rows_field_of(enum object_id object, const char *name, enum field_id *out_id, struct err *err)
{
	const struct field *field = object_field(object_of(object), name);

	if (field == NULL)
		return err_set(err, ERR_USAGE, "fields: there is no \"%.60s\" in %s", name,
			object_of(object)->name);
	*out_id = (enum field_id)(field - field_table);
	return 0;
}

int rows_mask_of(enum object_id object, const char *const *names, size_t count, rows_mask *out_mask,
	struct err *err)
{
	rows_mask mask = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		enum field_id field;

		if (rows_field_of(object, names[i], &field, err) < 0)
			return -1;
		mask |= rows_mask_bit(field);
	}
	*out_mask = mask;
	return 0;
}

static bool is_text(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* A title of blanks tells nobody anything. */
static bool shows(const char *text)
{
	return text != NULL && utf8_shows(text, strlen(text));
}

static void put_text_or_null(struct json_writer *w, const char *text)
{
	json_put_string(w, is_text(text) ? text : NULL);
}

static void put_cursor(struct json_writer *w, const struct store *store, uint64_t seq)
{
	char cursor[STORE_CURSOR_MAX];

	store_cursor_format(store, seq, cursor);
	json_put_string(w, cursor);
}

/* What a line calls an item, so that a client of many lines need not be sent
 * all that could stand there.  Never null: something is to be called by it. */
static void put_label(struct json_writer *w, const struct store_item *item)
{
	struct buf words;

	if (shows(item->title)) {
		json_put_string(w, item->title);
		return;
	}
	if (!shows(item->fallback_title)) {
		json_put_string(w, is_text(item->url)  ? item->url
				   : shows(item->guid) ? item->guid
						       : "(untitled)");
		return;
	}
	buf_init(&words, UTF8_WORDS_MAX + 8);
	json_put_string(
		w, utf8_add_words(&words, item->fallback_title, strlen(item->fallback_title)) == 0
			   ? words.data
			   : item->fallback_title);
	buf_release(&words);
}

/* Likewise, for three marks. */
static void put_flags(struct json_writer *w, const struct store_item *item)
{
	char flags[4];
	size_t n = 0;

	flags[n++] = item->read ? 'R' : 'N';
	if (item->starred)
		flags[n++] = '*';
	if (item->changed)
		flags[n++] = '+';
	json_put_text(w, flags, n);
}

static void put_item_content(
	struct json_writer *w, const struct store_item *item, enum field_id field)
{
	switch (field) {
	case FIELD_ITEM_EVENT:
		json_put_string(w, item->event);
		break;
	case FIELD_ITEM_CONTENT_HTML:
		json_put_string(w, item->content_html);
		break;
	case FIELD_ITEM_CONTENT_TEXT:
		json_put_string(w, item->content_text);
		break;
	case FIELD_ITEM_PREVIOUS:
		rows_put_array(w, item->previous_json);
		break;
	case FIELD_ITEM_SNIPPET:
		put_text_or_null(w, item->snippet);
		break;
	case FIELD_ITEM_FLAGS:
		put_flags(w, item);
		break;
	case FIELD_ITEM_LABEL:
		put_label(w, item);
		break;
	case FIELD_ITEM_UID:
		put_text_or_null(w, item->uid);
		break;
	case FIELD_ITEM_FEED_LABEL:
	default:
		put_text_or_null(w, shows(item->feed_title) ? item->feed_title : item->feed_url);
	}
}

static void put_item_state(struct json_writer *w, const struct store *store,
	const struct store_item *item, enum field_id field)
{
	switch (field) {
	case FIELD_ITEM_DATE:
		json_put_time(w, item->date_s);
		break;
	case FIELD_ITEM_DATE_PUBLISHED:
		json_put_time(w, item->published_s);
		break;
	case FIELD_ITEM_DATE_MODIFIED:
		json_put_time(w, item->modified_s);
		break;
	case FIELD_ITEM_RECEIVED_AT:
		json_put_time(w, item->received_s);
		break;
	case FIELD_ITEM_CHANGED_AT:
		json_put_time(w, item->changed_s);
		break;
	case FIELD_ITEM_READ:
		json_put_bool(w, item->read);
		break;
	case FIELD_ITEM_STARRED:
		json_put_bool(w, item->starred);
		break;
	case FIELD_ITEM_CHANGED:
		json_put_bool(w, item->changed);
		break;
	case FIELD_ITEM_TAGS:
		rows_put_array(w, item->tags_json);
		break;
	case FIELD_ITEM_FEED_TAGS:
		rows_put_array(w, item->feed_tags_json);
		break;
	case FIELD_ITEM_ALSO_IN:
		rows_put_array(w, item->also_in_json);
		break;
	case FIELD_ITEM_CURSOR:
		put_cursor(w, store, item->seq);
		break;
	default:
		put_item_content(w, item, field);
	}
}

static void put_item_value(struct json_writer *w, const struct store *store,
	const struct store_item *item, enum field_id field)
{
	switch (field) {
	case FIELD_ITEM_ID:
		json_put_int(w, item->id);
		break;
	case FIELD_ITEM_GUID:
		put_text_or_null(w, item->guid);
		break;
	case FIELD_ITEM_FEED_ID:
		json_put_int(w, item->feed_id);
		break;
	case FIELD_ITEM_FEED_TITLE:
		put_text_or_null(w, item->feed_title);
		break;
	case FIELD_ITEM_FEED_URL:
		put_text_or_null(w, item->feed_url);
		break;
	case FIELD_ITEM_URL:
		put_text_or_null(w, item->url);
		break;
	case FIELD_ITEM_EXTERNAL_URL:
		put_text_or_null(w, item->external_url);
		break;
	case FIELD_ITEM_TITLE:
		put_text_or_null(w, item->title);
		break;
	case FIELD_ITEM_SUMMARY:
		put_text_or_null(w, item->summary);
		break;
	case FIELD_ITEM_LANGUAGE:
		put_text_or_null(w, item->language);
		break;
	case FIELD_ITEM_IMAGE:
		put_text_or_null(w, item->image);
		break;
	case FIELD_ITEM_AUTHORS:
		rows_put_array(w, item->authors_json);
		break;
	case FIELD_ITEM_CATEGORIES:
		rows_put_array(w, item->categories_json);
		break;
	case FIELD_ITEM_ATTACHMENTS:
		rows_put_array(w, item->attachments_json);
		break;
	default:
		put_item_state(w, store, item, field);
	}
}

void rows_put_item(struct json_writer *w, const struct store *store, const struct store_item *item,
	rows_mask mask)
{
	json_put_object(w);
	for (; mask != 0; mask &= mask - 1) {
		enum field_id field = FIELD_ITEM_ID + (enum field_id)__builtin_ctzll(mask);

		json_put_member(w, field_table[field].member, field_table[field].member_length);
		put_item_value(w, store, item, field);
	}
	json_put_object_end(w);
}

void rows_put_item_values(struct json_writer *w, const struct store *store,
	const struct store_item *item, const struct rows_fields *fields)
{
	json_put_array(w);
	for (size_t i = 0; i < fields->count; i++)
		put_item_value(w, store, item, fields->ids[i]);
	json_put_array_end(w);
}

void rows_put_names(struct json_writer *w, const struct rows_fields *fields)
{
	json_put_key(w, "fields");
	json_put_array(w);
	for (size_t i = 0; i < fields->count; i++)
		json_put_string(w, field_table[fields->ids[i]].name);
	json_put_array_end(w);
}

/* The texts that a field is written from. */
static uint32_t texts_of(enum field_id field)
{
	static const struct {
		enum field_id field;
		uint32_t texts;
	} fields[] = { { FIELD_ITEM_GUID, ITEM_TEXT(guid) },
		{ FIELD_ITEM_FEED_TITLE, ITEM_TEXT(feed_title) },
		{ FIELD_ITEM_FEED_LABEL, ITEM_TEXT(feed_title) },
		{ FIELD_ITEM_FEED_URL, ITEM_TEXT(feed_url) }, { FIELD_ITEM_URL, ITEM_TEXT(url) },
		{ FIELD_ITEM_EXTERNAL_URL, ITEM_TEXT(external_url) },
		{ FIELD_ITEM_TITLE, ITEM_TEXT(title) }, { FIELD_ITEM_LABEL, ITEM_TEXT(title) },
		{ FIELD_ITEM_SUMMARY, ITEM_TEXT(summary) },
		{ FIELD_ITEM_LANGUAGE, ITEM_TEXT(language) },
		{ FIELD_ITEM_IMAGE, ITEM_TEXT(image) },
		{ FIELD_ITEM_AUTHORS, ITEM_TEXT(authors_json) },
		{ FIELD_ITEM_CATEGORIES, ITEM_TEXT(categories_json) },
		{ FIELD_ITEM_ATTACHMENTS, ITEM_TEXT(attachments_json) },
		{ FIELD_ITEM_TAGS, ITEM_TEXT(tags_json) },
		{ FIELD_ITEM_FEED_TAGS, ITEM_TEXT(feed_tags_json) },
		{ FIELD_ITEM_ALSO_IN, ITEM_TEXT(also_in_json) },
		{ FIELD_ITEM_EVENT, ITEM_TEXT(event) },
		{ FIELD_ITEM_CONTENT_HTML, ITEM_TEXT(content_html) },
		{ FIELD_ITEM_CONTENT_TEXT, ITEM_TEXT(content_text) },
		{ FIELD_ITEM_PREVIOUS, ITEM_TEXT(previous_json) },
		{ FIELD_ITEM_UID, ITEM_TEXT(uid) }, { FIELD_ITEM_SNIPPET, ITEM_TEXT(snippet) } };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].field == field)
			return fields[i].texts;
	return 0; /* numbers */
}

struct rows_texts rows_texts_of(rows_mask mask)
{
	struct rows_texts texts = { 0, 0, 0 };

	if ((mask & rows_mask_bit(FIELD_ITEM_LABEL)) != 0)
		texts.for_title = ITEM_TEXT(fallback_title) | ITEM_TEXT(url) | ITEM_TEXT(guid);
	if ((mask & rows_mask_bit(FIELD_ITEM_FEED_LABEL)) != 0)
		texts.for_feed = ITEM_TEXT(feed_url);
	for (; mask != 0; mask &= mask - 1)
		texts.asked |= texts_of(FIELD_ITEM_ID + (enum field_id)__builtin_ctzll(mask));
	return texts;
}

uint32_t rows_texts_kept(const struct rows_texts *texts, const struct store_item *item)
{
	uint32_t kept = texts->asked;

	if (texts->for_title != 0 && !shows(item->title))
		kept |= texts->for_title;
	if (texts->for_feed != 0 && !shows(item->feed_title))
		kept |= texts->for_feed;
	return kept;
}

void rows_put_status(struct json_writer *w, unsigned status)
{
	if (status == 0)
		json_put_null(w);
	else
		json_put_uint(w, status);
}

void rows_put_array(struct json_writer *w, const char *json)
{
	json_put_raw(w, json != NULL && json[0] != '\0' ? json : "[]");
}

void rows_put_log(struct json_writer *w, const struct store *store, const struct store_log_row *row)
{
	json_put_object(w);
	json_put_key(w, "at");
	json_put_time(w, row->at_s);
	json_put_key(w, "feed_id");
	if (row->feed_id == 0)
		json_put_null(w);
	else
		json_put_int(w, row->feed_id);
	json_put_key(w, "feed_title");
	put_text_or_null(w, row->feed_title);
	json_put_key(w, "event");
	json_put_string(w, row->event);
	json_put_key(w, "status");
	rows_put_status(w, row->status);
	json_put_key(w, "ms");
	json_put_int(w, row->ms);
	json_put_key(w, "bytes");
	json_put_uint(w, row->bytes);
	json_put_key(w, "new");
	json_put_uint(w, row->fresh);
	json_put_key(w, "changed");
	json_put_uint(w, row->changed);
	json_put_key(w, "text");
	put_text_or_null(w, row->text);
	json_put_key(w, "feed_url");
	put_text_or_null(w, row->feed_url);
	json_put_key(w, "cursor");
	put_cursor(w, store, row->seq);
	json_put_object_end(w);
}

void rows_put_refresh(struct json_writer *w, const struct refresh_row *row)
{
	json_put_object(w);
	json_put_key(w, "feed_id");
	json_put_int(w, row->feed_id);
	json_put_key(w, "result");
	json_put_string(w, row->result);
	json_put_key(w, "new");
	json_put_uint(w, row->fresh);
	json_put_key(w, "changed");
	json_put_uint(w, row->changed);
	json_put_key(w, "title");
	put_text_or_null(w, row->title);
	json_put_key(w, "text");
	put_text_or_null(w, row->text);
	json_put_object_end(w);
}

void rows_put_hold(struct json_writer *w, const struct fetch_hold *hold)
{
	json_put_object(w);
	json_put_key(w, "site");
	json_put_string(w, hold->site);
	json_put_key(w, "until");
	json_put_time(w, hold->until_s);
	json_put_key(w, "reason");
	json_put_string(w, hold->reason);
	json_put_object_end(w);
}
