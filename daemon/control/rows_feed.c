#include "daemon/control/rows_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/time.h"
#include "daemon/url.h"

#define FEED_KEY(id) ((mask & rows_mask_bit(FIELD_FEED_##id)) != 0) && key(w, FIELD_FEED_##id)

/* Always true, so that it can stand in the conditions above. */
static bool key(struct json_writer *w, enum field_id field)
{
	json_put_key(w, field_table[field].name);
	return true;
}

static void put_text_or_null(struct json_writer *w, const char *text)
{
	json_put_string(w, text != NULL && text[0] != '\0' ? text : NULL);
}

static struct refresh_held held_of(
	const struct store_feed_row *feed, const struct rows_moment *moment)
{
	return refresh_held(
		moment->holds, feed->url, feed->poll, feed->settings->proxy != NULL, moment->now_s);
}

static const char *state_of(const struct store_feed_row *feed, int64_t held_until_s, int64_t now_s)
{
	bool held = held_until_s > now_s ||
		    (strcmp(feed->poll->reason, "hold") == 0 && feed->poll->next_poll_s > now_s);

	if (held && (strcmp(feed->state, "ok") == 0 || strcmp(feed->state, "new") == 0))
		return "held";
	return feed->state;
}

const char *rows_feed_state(const struct store_feed_row *feed, const struct rows_moment *moment)
{
	return state_of(feed, held_of(feed, moment).until_s, moment->now_s);
}

/* Of a feed that is asked for at all. */
static int64_t next_s(const struct store_feed_row *feed, int64_t held_until_s)
{
	int64_t planned_s = feed->poll->next_poll_s;

	if (planned_s == INT64_MAX || feed->paused)
		return TIME_NONE;
	return held_until_s > planned_s ? held_until_s : planned_s;
}

static const char *reason_of(const struct store_feed_row *feed, int64_t held_until_s)
{
	if (feed->paused)
		return "paused";
	return held_until_s > feed->poll->next_poll_s ? "hold" : feed->poll->reason;
}

/* "…, 8 times in 4 d" */
static void tell_failure(const struct store_state *poll, int64_t now_s, char *room, size_t size)
{
	const char *words = poll->error_text[0] != '\0' ? poll->error_text : "it fails";
	char span[TIME_SPAN_MAX];

	time_format_span(now_s - poll->error_since_s, span);
	if (poll->failures > 1 && poll->error_since_s > 0 && now_s - poll->error_since_s >= 60)
		snprintf(room, size, "%s (%u times in %s)", words, poll->failures, span);
	else if (poll->failures > 1)
		snprintf(room, size, "%s (%u times)", words, poll->failures);
	else
		snprintf(room, size, "%s", words);
}

const char *rows_feed_attention(const struct store_feed_row *feed, const struct rows_moment *moment,
	char room[ROWS_ATTENTION_MAX])
{
	const struct store_state *poll = feed->poll;

	if (strcmp(feed->state, "gone") == 0)
		return "its server says that it is gone for good (410)";
	if (strcmp(feed->state, "failing") == 0 || strcmp(feed->state, "dead") == 0) {
		tell_failure(poll, moment->now_s, room, ROWS_ATTENTION_MAX);
		return room;
	}
	if (strcmp(feed->state, "moved") == 0) {
		snprintf(room, ROWS_ATTENTION_MAX,
			feed->paused ? "it leads to another feed: remove one of them, or resume "
				       "this one (%s)"
				     : "its server says that it has moved to %s",
			poll->move_to);
		return room;
	}
	if (poll->only_304 > 0 && poll->only_304_since_s > 0 &&
		moment->now_s - poll->only_304_since_s > ROWS_ONLY_304_S) {
		snprintf(room, ROWS_ATTENTION_MAX, "304-only for %lld days",
			(long long)((moment->now_s - poll->only_304_since_s) / 86400));
		return room;
	}
	return NULL;
}

static void put_attention(
	struct json_writer *w, const struct store_feed_row *feed, const struct rows_moment *moment)
{
	char room[ROWS_ATTENTION_MAX];

	json_put_string(w, rows_feed_attention(feed, moment, room));
}

static void put_past(struct json_writer *w, int64_t unix_s)
{
	json_put_time(w, unix_s > 0 ? unix_s : TIME_NONE);
}

static void put_proxy(struct json_writer *w, const char *proxy)
{
	char *shown = proxy != NULL ? url_proxy_shown(proxy) : NULL;

	if (shown != NULL)
		json_put_string(w, shown);
	else
		json_put_null(w);
	free(shown);
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

static void put_feed_poll(struct json_writer *w, const struct store_feed_row *feed,
	int64_t held_until_s, rows_mask mask)
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
		json_put_time(w, next_s(feed, held_until_s));
	if (FEED_KEY(EVERY)) {
		if (feed->settings->every_s < 0)
			json_put_null(w);
		else
			json_put_int(w, feed->settings->every_s);
	}
	if (FEED_KEY(LAST_STATUS))
		rows_put_status(w, poll->last_status);
	if (FEED_KEY(LAST_ERROR))
		put_last_error(w, poll);
	if (FEED_KEY(FAILURES))
		json_put_uint(w, poll->failures);
}

void rows_put_feed_members(struct json_writer *w, const struct store_feed_row *feed,
	const struct rows_moment *moment, rows_mask mask)
{
	int64_t held_until_s = held_of(feed, moment).until_s;

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
		rows_put_array(w, feed->tags_json);
	if (FEED_KEY(STATE))
		json_put_string(w, state_of(feed, held_until_s, moment->now_s));
	if (FEED_KEY(REASON))
		put_text_or_null(w, reason_of(feed, held_until_s));
	if (FEED_KEY(UNREAD))
		json_put_uint(w, feed->unread);
	if (FEED_KEY(STARRED))
		json_put_uint(w, feed->starred);
	if (FEED_KEY(TOTAL))
		json_put_uint(w, feed->total);
	put_feed_poll(w, feed, held_until_s, mask);
	if (FEED_KEY(ITEMS_PER_WEEK))
		json_put_double(w, feed->items_per_week);
	if (FEED_KEY(PROXY))
		put_proxy(w, feed->settings->proxy);
	if (FEED_KEY(PRIVATE))
		json_put_bool(w, url_is_at(feed->url, feed->settings->private_at));
	if (FEED_KEY(INSECURE))
		json_put_bool(w, feed->settings->insecure);
	if (FEED_KEY(PAUSED))
		json_put_bool(w, feed->paused);
	if (FEED_KEY(WEEKS))
		rows_put_array(w, feed->weeks_json);
	if (FEED_KEY(ATTENTION))
		put_attention(w, feed, moment);
}

void rows_put_feed(struct json_writer *w, const struct store_feed_row *feed,
	const struct rows_moment *moment, rows_mask mask)
{
	json_put_object(w);
	rows_put_feed_members(w, feed, moment, mask);
	json_put_object_end(w);
}

/* As they were at the last look, but for what the site has asked since. */
static void put_terms(
	struct json_writer *w, const struct store_feed_row *feed, int64_t held_until_s)
{
	const struct store_state *poll = feed->poll;
	int64_t from_s = poll->last_attempt_s > 0 ? poll->last_attempt_s : feed->added_at_s;
	size_t i;

	json_put_object(w);
	for (i = 0; i < 7; i++) {
		int64_t term = poll->terms[i];

		if (i == FIELD_TERMS_HOLD - FIELD_TERMS_BASE && held_until_s - from_s > term)
			term = held_until_s - from_s;
		json_put_key(w, field_table[FIELD_TERMS_BASE + i].name);
		json_put_int(w, term);
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

static void put_hold(struct json_writer *w, const struct fetch_hold *hold)
{
	json_put_key(w, "hold");
	if (hold != NULL)
		rows_put_hold(w, hold);
	else
		json_put_null(w);
}

void rows_put_explanation(
	struct json_writer *w, const struct store_feed_row *feed, const struct rows_moment *moment)
{
	const struct store_state *poll = feed->poll;
	struct refresh_held held = held_of(feed, moment);
	struct fetch_hold room;

	if (held.until_s > 0 && held.hold == NULL)
		held.hold = refresh_rest(feed->url, poll, &room);
	json_put_key(w, "effective_url");
	put_text_or_null(w, poll->effective_url);
	put_validators(w, feed->validators);
	json_put_key(w, "conditional");
	json_put_string(w, poll->conditional[0] != '\0' ? poll->conditional : "both");
	json_put_key(w, "terms");
	put_terms(w, feed, held.until_s);
	put_hold(w, held.hold);
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
	rows_put_array(w, feed->moves_json);
	json_put_key(w, "recent");
	rows_put_array(w, feed->recent_json);
}
