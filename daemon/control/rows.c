#include "daemon/control/rows.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"

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

int rows_mask_of(enum object_id object, const char *const *names, size_t count, rows_mask *out_mask,
	struct err *err)
{
	size_t i, field_count;
	const struct field *fields = object_fields(object_of(object), &field_count);
	rows_mask mask = 0;

	for (i = 0; i < count; i++) {
		const struct field *field = object_field(object_of(object), names[i]);

		if (field == NULL)
			return err_set(err, ERR_USAGE, "fields: there is no \"%.60s\" in %s",
				names[i], object_of(object)->name);
		mask |= (rows_mask)1 << (field - fields);
	}
	*out_mask = mask;
	return 0;
}

/* One key of the object that FIRST begins, if it is wanted. */
#define WANTED(first, field) ((mask >> (field - first) & 1) != 0)
#define ITEM_KEY(id) WANTED(FIELD_ITEM_ID, FIELD_ITEM_##id) && key(w, FIELD_ITEM_##id)

/* Always true, so that it can stand in the conditions above. */
static bool key(struct json_writer *w, enum field_id field)
{
	json_put_member(w, field_table[field].member, field_table[field].member_length);
	return true;
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

static void put_array(struct json_writer *w, const char *json)
{
	json_put_raw(w, json != NULL && json[0] != '\0' ? json : "[]");
}

static void put_cursor(struct json_writer *w, const struct store *store, uint64_t seq)
{
	char cursor[STORE_CURSOR_MAX];

	store_cursor_format(store, seq, cursor);
	json_put_string(w, cursor);
}

/* What a line calls an item, so that a client of many lines need not be sent
 * all that could stand there. */
static void put_label(struct json_writer *w, const struct store_item *item)
{
	struct buf words;

	if (shows(item->title) || !shows(item->fallback_title)) {
		put_text_or_null(w, shows(item->title)   ? item->title
				    : is_text(item->url) ? item->url
							 : item->guid);
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

static void put_item_content(struct json_writer *w, const struct store_item *item, rows_mask mask)
{
	if (ITEM_KEY(EVENT))
		json_put_string(w, item->event);
	if (ITEM_KEY(CONTENT_HTML))
		json_put_string(w, item->content_html);
	if (ITEM_KEY(CONTENT_TEXT))
		json_put_string(w, item->content_text);
	if (ITEM_KEY(PREVIOUS))
		put_array(w, item->previous_json);
	if (ITEM_KEY(SNIPPET))
		put_text_or_null(w, item->snippet);
	if (ITEM_KEY(FLAGS))
		put_flags(w, item);
	if (ITEM_KEY(LABEL))
		put_label(w, item);
	if (ITEM_KEY(FEED_LABEL))
		put_text_or_null(w, shows(item->feed_title) ? item->feed_title : item->feed_url);
}

static void put_item_dates(struct json_writer *w, const struct store_item *item, rows_mask mask)
{
	if (ITEM_KEY(DATE))
		json_put_time(w, item->date_s);
	if (ITEM_KEY(DATE_PUBLISHED))
		json_put_time(w, item->published_s);
	if (ITEM_KEY(DATE_MODIFIED))
		json_put_time(w, item->modified_s);
	if (ITEM_KEY(RECEIVED_AT))
		json_put_time(w, item->received_s);
	if (ITEM_KEY(CHANGED_AT))
		json_put_time(w, item->changed_s);
}

static void put_item_state(struct json_writer *w, const struct store *store,
	const struct store_item *item, rows_mask mask)
{
	if (ITEM_KEY(READ))
		json_put_bool(w, item->read);
	if (ITEM_KEY(STARRED))
		json_put_bool(w, item->starred);
	if (ITEM_KEY(CHANGED))
		json_put_bool(w, item->changed);
	if (ITEM_KEY(TAGS))
		put_array(w, item->tags_json);
	if (ITEM_KEY(FEED_TAGS))
		put_array(w, item->feed_tags_json);
	if (ITEM_KEY(ALSO_IN))
		put_array(w, item->also_in_json);
	if (ITEM_KEY(CURSOR))
		put_cursor(w, store, item->seq);
}

void rows_put_item(struct json_writer *w, const struct store *store, const struct store_item *item,
	rows_mask mask)
{
	json_put_object(w);
	if (ITEM_KEY(ID))
		json_put_int(w, item->id);
	if (ITEM_KEY(GUID))
		put_text_or_null(w, item->guid);
	if (ITEM_KEY(FEED_ID))
		json_put_int(w, item->feed_id);
	if (ITEM_KEY(FEED_TITLE))
		put_text_or_null(w, item->feed_title);
	if (ITEM_KEY(FEED_URL))
		put_text_or_null(w, item->feed_url);
	if (ITEM_KEY(URL))
		put_text_or_null(w, item->url);
	if (ITEM_KEY(EXTERNAL_URL))
		put_text_or_null(w, item->external_url);
	if (ITEM_KEY(TITLE))
		put_text_or_null(w, item->title);
	if (ITEM_KEY(SUMMARY))
		put_text_or_null(w, item->summary);
	if (ITEM_KEY(LANGUAGE))
		put_text_or_null(w, item->language);
	if (ITEM_KEY(IMAGE))
		put_text_or_null(w, item->image);
	if (ITEM_KEY(AUTHORS))
		put_array(w, item->authors_json);
	if (ITEM_KEY(CATEGORIES))
		put_array(w, item->categories_json);
	if (ITEM_KEY(ATTACHMENTS))
		put_array(w, item->attachments_json);
	put_item_dates(w, item, mask);
	put_item_state(w, store, item, mask);
	put_item_content(w, item, mask);
	json_put_object_end(w);
}

#define UNWANTED(id) (!WANTED(FIELD_ITEM_ID, FIELD_ITEM_##id))

/* Those that stand in for others and are not asked for themselves. */
static void forget_names(struct store_item *item, rows_mask mask)
{
	if (UNWANTED(GUID) && (shows(item->title) || is_text(item->url)))
		item->guid = NULL;
	if (UNWANTED(FEED_URL) && shows(item->feed_title))
		item->feed_url = NULL;
	if (shows(item->title) || UNWANTED(LABEL))
		item->fallback_title = NULL;
}

void rows_forget(struct store_item *item, rows_mask mask)
{
	forget_names(item, mask);
	if (UNWANTED(EXTERNAL_URL))
		item->external_url = NULL;
	if (UNWANTED(SUMMARY))
		item->summary = NULL;
	if (UNWANTED(AUTHORS))
		item->authors_json = NULL;
	if (UNWANTED(CATEGORIES))
		item->categories_json = NULL;
	if (UNWANTED(ATTACHMENTS))
		item->attachments_json = NULL;
	if (UNWANTED(FEED_TAGS))
		item->feed_tags_json = NULL;
}

void rows_put_status(struct json_writer *w, unsigned status)
{
	if (status == 0)
		json_put_null(w);
	else
		json_put_uint(w, status);
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
