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
#define FEED_KEY(id) WANTED(FIELD_FEED_ID, FIELD_FEED_##id) && key(w, FIELD_FEED_##id)

/* Always true, so that it can stand in the conditions above. */
static bool key(struct json_writer *w, enum field_id field)
{
	json_put_key(w, field_table[field].name);
	return true;
}

static bool is_text(const char *text)
{
	return text != NULL && text[0] != '\0';
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

	if (is_text(item->title) || !is_text(item->fallback_title)) {
		put_text_or_null(w, is_text(item->title) ? item->title
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
	if (ITEM_KEY(LABEL))
		put_label(w, item);
	if (ITEM_KEY(FEED_LABEL))
		put_text_or_null(w, is_text(item->feed_title) ? item->feed_title : item->feed_url);
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

const char *rows_feed_state(const struct store_feed_row *feed, int64_t now_s)
{
	const struct store_state *poll = feed->poll;
	bool held = poll != NULL &&
		    (poll->not_before_s > now_s ||
			    (strcmp(poll->reason, "hold") == 0 && poll->next_poll_s > now_s));

	if (held && (strcmp(feed->state, "ok") == 0 || strcmp(feed->state, "new") == 0))
		return "held";
	return feed->state;
}

static void put_status(struct json_writer *w, unsigned status)
{
	if (status == 0)
		json_put_null(w);
	else
		json_put_uint(w, status);
}

static void put_past(struct json_writer *w, int64_t unix_s)
{
	json_put_time(w, unix_s > 0 ? unix_s : TIME_NONE);
}

/* "http://user:password@host:1" without what stands before the host. */
static void put_proxy(struct json_writer *w, const char *proxy)
{
	const char *rest = proxy != NULL ? strstr(proxy, "://") : NULL;
	const char *at;
	char *bare;

	if (proxy == NULL) {
		json_put_null(w);
		return;
	}
	rest = rest != NULL ? rest + 3 : proxy;
	at = strrchr(rest, '@');
	if (at == NULL) {
		json_put_string(w, proxy);
		return;
	}
	bare = mem_printf("%.*s%s", (int)(rest - proxy), proxy, at + 1);
	json_put_string(w, bare);
	free(bare);
}

static void put_last_error(struct json_writer *w, const struct store_state *poll)
{
	if (poll->error_class[0] == '\0') {
		json_put_null(w);
		return;
	}
	json_put_object(w);
	json_put_key(w, "class");
	json_put_string(w, poll->error_class);
	json_put_key(w, "text");
	json_put_string(w, poll->error_text);
	json_put_object_end(w);
}

static void put_feed_poll(struct json_writer *w, const struct store_feed_row *feed, rows_mask mask)
{
	const struct store_state *poll = feed->poll;

	if (FEED_KEY(ADDED_AT))
		json_put_time(w, feed->added_at_s);
	if (FEED_KEY(CHECKED_AT))
		put_past(w, poll->last_attempt_s);
	if (FEED_KEY(SUCCEEDED_AT))
		put_past(w, poll->last_ok_s);
	if (FEED_KEY(LAST_ITEM_AT))
		json_put_time(w, feed->last_item_at_s);
	if (FEED_KEY(NEXT_AT))
		json_put_time(w, poll->next_poll_s == INT64_MAX || feed->paused
					 ? TIME_NONE
					 : poll->next_poll_s);
	if (FEED_KEY(EVERY)) {
		if (feed->settings->every_s < 0)
			json_put_null(w);
		else
			json_put_int(w, feed->settings->every_s);
	}
	if (FEED_KEY(LAST_STATUS))
		put_status(w, poll->last_status);
	if (FEED_KEY(LAST_ERROR))
		put_last_error(w, poll);
	if (FEED_KEY(FAILURES))
		json_put_uint(w, poll->failures);
}

void rows_put_feed_members(
	struct json_writer *w, const struct store_feed_row *feed, int64_t now_s, rows_mask mask)
{
	if (FEED_KEY(ID))
		json_put_int(w, feed->id);
	if (FEED_KEY(URL))
		json_put_string(w, feed->url);
	if (FEED_KEY(TITLE))
		put_text_or_null(
			w, feed->settings->title != NULL ? feed->settings->title : feed->own_title);
	if (FEED_KEY(SITE_URL))
		put_text_or_null(w, feed->site_url);
	if (FEED_KEY(TAGS))
		put_array(w, feed->tags_json);
	if (FEED_KEY(STATE))
		json_put_string(w, rows_feed_state(feed, now_s));
	if (FEED_KEY(REASON))
		put_text_or_null(w, feed->paused ? "paused" : feed->poll->reason);
	if (FEED_KEY(UNREAD))
		json_put_uint(w, feed->unread);
	if (FEED_KEY(STARRED))
		json_put_uint(w, feed->starred);
	if (FEED_KEY(TOTAL))
		json_put_uint(w, feed->total);
	put_feed_poll(w, feed, mask);
	if (FEED_KEY(ITEMS_PER_WEEK))
		json_put_double(w, feed->items_per_week);
	if (FEED_KEY(PROXY))
		put_proxy(w, feed->settings->proxy);
	if (FEED_KEY(PRIVATE))
		json_put_bool(w, feed->settings->private_at != NULL);
	if (FEED_KEY(INSECURE))
		json_put_bool(w, feed->settings->insecure);
	if (FEED_KEY(PAUSED))
		json_put_bool(w, feed->paused);
	if (FEED_KEY(WEEKS))
		put_array(w, feed->weeks_json);
}

void rows_put_feed(
	struct json_writer *w, const struct store_feed_row *feed, int64_t now_s, rows_mask mask)
{
	json_put_object(w);
	rows_put_feed_members(w, feed, now_s, mask);
	json_put_object_end(w);
}

static void put_terms(struct json_writer *w, const int64_t terms[7])
{
	size_t i;

	json_put_object(w);
	for (i = 0; i < 7; i++) {
		json_put_key(w, field_table[FIELD_TERMS_BASE + i].name);
		json_put_int(w, terms[i]);
	}
	json_put_object_end(w);
}

static void put_seconds(struct json_writer *w, int64_t seconds)
{
	if (seconds < 0)
		json_put_null(w);
	else
		json_put_int(w, seconds);
}

static void put_skips(struct json_writer *w, const struct store_state *poll)
{
	static const char *const days[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday",
		"Friday", "Saturday" };
	unsigned i;

	json_put_key(w, "skip_hours");
	json_put_array(w);
	for (i = 0; i < 24; i++) {
		if ((poll->skip_hours >> i & 1) != 0)
			json_put_uint(w, i);
	}
	json_put_array_end(w);
	json_put_key(w, "skip_days");
	json_put_array(w);
	for (i = 0; i < 7; i++) {
		if ((poll->skip_days >> i & 1) != 0)
			json_put_string(w, days[i]);
	}
	json_put_array_end(w);
}

static void put_bytes(struct json_writer *w, const char *name, const void *bytes, size_t length)
{
	json_put_key(w, name);
	if (length == 0)
		json_put_null(w);
	else
		json_put_text(w, bytes, length);
}

static void put_validators(struct json_writer *w, const struct store_validators *validators)
{
	bool any = validators != NULL;

	put_bytes(w, "etag", any ? validators->etag : NULL, any ? validators->etag_length : 0);
	put_bytes(w, "last_modified", any ? validators->last_modified : NULL,
		any ? validators->last_modified_length : 0);
	json_put_key(w, "validator_url");
	put_text_or_null(w, any ? validators->url : NULL);
}

void rows_put_explanation(struct json_writer *w, const struct store_feed_row *feed)
{
	const struct store_state *poll = feed->poll;

	json_put_key(w, "effective_url");
	put_text_or_null(w, poll->effective_url);
	put_validators(w, feed->validators);
	json_put_key(w, "conditional");
	json_put_string(w, poll->conditional[0] != '\0' ? poll->conditional : "both");
	json_put_key(w, "terms");
	put_terms(w, poll->terms);
	json_put_key(w, "lifetime");
	put_seconds(w, poll->lifetime_s);
	json_put_key(w, "ttl");
	put_seconds(w, poll->ttl_s);
	put_skips(w, poll);
	json_put_key(w, "id_policy");
	json_put_string(w, feed->id_policy != NULL ? feed->id_policy : "id");
	json_put_key(w, "id_policy_why");
	put_text_or_null(w, feed->id_policy_why);
	json_put_key(w, "moves");
	put_array(w, feed->moves_json);
	json_put_key(w, "recent");
	put_array(w, feed->recent_json);
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
	put_status(w, row->status);
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
