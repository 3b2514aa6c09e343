/*
 * Status, Stats and Log.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/metrics.h"
#include "daemon/control/own.h"
#include "daemon/control/pager.h"
#include "daemon/control/rows_feed.h"
#include "daemon/control/version.h"

/* ------------------------------------------------------------ Status ---- */

#define ATTENTION_MAX 100u

struct status {
	struct call *call;
	struct store_numbers numbers;
	struct store_feed_filter filter;
	size_t attention;
	const struct rows_moment *moment;
};

static void put_number(struct json_writer *w, const char *name, uint64_t value)
{
	json_put_key(w, name);
	json_put_uint(w, value);
}

static void put_each_hold(void *ctx, const struct fetch_hold *hold)
{
	rows_put_hold(ctx, hold);
}

static void put_daemon(struct status *status, struct json_writer *w)
{
	const struct control_parts *parts = status->call->parts;

	json_put_key(w, "version");
	json_put_string(w, FEEDD_VERSION);
	put_number(w, "pid", (uint64_t)getpid());
	json_put_key(w, "started_at");
	json_put_time(w, parts->started_at_s);
}

static void put_numbers(struct status *status, struct json_writer *w)
{
	const struct control_parts *parts = status->call->parts;
	const struct store_numbers *n = &status->numbers;
	struct refresh_numbers running;

	refresh_numbers(parts->refresh, &running);
	put_number(w, "feeds", n->feeds);
	put_number(w, "failing", n->failing);
	put_number(w, "unread", n->unread);
	put_number(w, "starred", n->starred);
	put_number(w, "items", n->items);
	put_number(w, "in_flight", running.in_flight);
	put_number(w, "due", n->due);
	json_put_key(w, "next_at");
	json_put_time(w, n->next_poll_s == INT64_MAX ? INT64_MIN : n->next_poll_s);
	json_put_key(w, "offline");
	json_put_bool(w, running.offline || running.captive);
	json_put_key(w, "storage_hold");
	json_put_bool(w, running.storage_hold);
}

static void put_place(struct status *status, struct json_writer *w)
{
	const struct control_parts *parts = status->call->parts;
	const struct store_numbers *n = &status->numbers;
	char cursor[STORE_CURSOR_MAX];

	store_cursor_format(parts->store, n->seq, cursor);
	json_put_key(w, "cursor");
	json_put_string(w, cursor);
	json_put_key(w, "data_dir");
	json_put_string(w, parts->data_dir);
	put_number(w, "store_bytes", n->store_bytes);
	put_number(w, "index_lag", n->index_lag);
	json_put_key(w, "sandbox");
	json_put_string(w, parts->sandbox != NULL ? parts->sandbox : "none");
	put_number(w, "message_max", parts->conf->control_message_max);
}

static int on_status_feed(void *ctx, const struct store_feed_row *feed)
{
	struct status *status = ctx;
	struct json_writer *w = &status->call->w;
	char room[ROWS_ATTENTION_MAX];
	const char *text = rows_feed_attention(feed, status->moment, room);

	if (text == NULL)
		return 0;
	json_put_object(w);
	json_put_key(w, "feed_id");
	json_put_int(w, feed->id);
	json_put_key(w, "title");
	json_put_string(w, feed->title);
	json_put_key(w, "state");
	json_put_string(w, feed->state);
	json_put_key(w, "text");
	json_put_string(w, text);
	json_put_object_end(w);
	return ++status->attention == ATTENTION_MAX;
}

static void put_metrics(struct status *status, struct json_writer *w)
{
	const struct call *call = status->call;
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	metrics_write(call->parts, control_clients(call->control), &status->numbers, &text);
	json_put_key(w, "text");
	json_put_text(w, text.data, text.length);
	buf_release(&text);
}

static void on_status_feeds(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct status *status = ctx;
	struct call *call = status->call;

	(void)rows;
	(void)more;
	if (call_read_failed(call, err))
		return;
	json_put_array_end(&call->w);
	put_place(status, &call->w);
	if (call_flag(call, "metrics"))
		put_metrics(status, &call->w);
	call_end(call);
}

static void on_numbers(void *ctx, const struct store_numbers *numbers, const struct err *err)
{
	struct status *status = ctx;
	struct call *call = status->call;
	struct json_writer *w;

	if (call_read_failed(call, err))
		return;
	status->numbers = *numbers;
	w = call_reply(call);
	put_daemon(status, w);
	put_numbers(status, w);
	json_put_key(w, "holds");
	json_put_array(w);
	fetch_holds_each(status->moment->holds, put_each_hold, w);
	json_put_array_end(w);
	json_put_key(w, "attention");
	json_put_array(w);
	status->filter.brief = true;
	status->filter.only_304_before_s = status->moment->now_s - ROWS_ONLY_304_S;
	call->read = store_feeds(call->parts->store, &status->filter, NULL, UINT64_MAX,
		on_status_feed, on_status_feeds, status);
}

/* On the pool's thread. */
static int64_t held_until(void *ctx, const char *url, bool own_way, const struct store_state *state)
{
	const struct rows_moment *moment = ((struct status *)ctx)->moment;

	return refresh_held(moment->holds, url, state, own_way, moment->now_s).until_s;
}

void cmd_STATUS(struct call *call)
{
	struct status *status = call_keep(call, 1, sizeof(*status));

	status->call = call;
	status->moment = call_moment(call);
	call->read = store_status(
		call->parts->store, status->moment->now_s, held_until, on_numbers, status);
}

/* ------------------------------------------------------------- Stats ---- */

static int on_stat(void *ctx, const char *json_object)
{
	struct call *call = ctx;

	json_put_raw(&call->w, json_object);
	return 0;
}

/* What the daemon itself counts, since its start. */
static const char *const since_start[] = { "requests", "answers_304", "received_bytes" };

#define SINCE_START (sizeof(since_start) / sizeof(since_start[0]))

static bool is_since_start(const char *key)
{
	for (size_t i = 0; i < SINCE_START; i++) {
		if (strcmp(since_start[i], key) == 0)
			return true;
	}
	return false;
}

static bool has_word(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], word) == 0)
			return true;
	}
	return count == 0;
}

static void put_since_start(struct call *call, const char *const *keys, size_t count)
{
	const struct fetch_numbers *n = fetcher_numbers(call->parts->fetcher);
	const uint64_t values[SINCE_START] = { n->requests, n->not_modified, n->wire_bytes };

	for (size_t i = 0; i < SINCE_START; i++) {
		if (!has_word(keys, count, since_start[i]))
			continue;
		json_put_object(&call->w);
		json_put_key(&call->w, "key");
		json_put_string(&call->w, since_start[i]);
		put_number(&call->w, "value", values[i]);
		json_put_object_end(&call->w);
	}
}

void cmd_STATS(struct call *call)
{
	size_t count;
	const char *const *keys = call_words(call, "keys", &count);

	for (size_t i = 0; i < count; i++) {
		if (!store_stats_knows(keys[i]) && !is_since_start(keys[i])) {
			call_refuse(call, ERR_USAGE, "stats has no row %s", keys[i]);
			return;
		}
	}
	call_begin_rows(call);
	put_since_start(call, keys, count);
	call->read = store_stats(call->parts->store, clock_now_s(), count > 0 ? keys : NULL,
		on_stat, call_end_rows, call);
}

/* --------------------------------------------------------------- Log ---- */

struct log_listing {
	struct pager *pager;
	int64_t feed_id; /* 0: all */
	uint64_t last;   /* told; 0: none yet */
};

static int on_log_row(void *ctx, const struct store_log_row *row)
{
	struct log_listing *listing = ctx;
	struct call *call = pager_call(listing->pager);

	rows_put_log(pager_writer(listing->pager), call->parts->store, row);
	listing->last = row->seq;
	return pager_row(listing->pager);
}

static void on_log_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct log_listing *listing = ctx;

	pager_done(listing->pager, rows, more, err);
}

/* A page: what is older than the one before. */
static void ask_log(struct call *call, struct pager *pager)
{
	struct log_listing *listing = pager_state(pager);
	struct store_log_page page = {
		.feed_id = listing->feed_id, .from_seq = listing->last, .limit = pager_room(pager)
	};

	listing->pager = pager;
	call->read = store_log(call->parts->store, &page, on_log_row, on_log_page, listing);
}

static const struct pager_list list_of_log = { .name = "rows", .ask = ask_log };

static void list_log(struct call *call, const int64_t *ids, size_t count)
{
	struct log_listing *listing = call_keep(call, 1, sizeof(*listing));

	listing->feed_id = count > 0 ? ids[0] : 0;
	pager_start(call, &list_of_log, false, call_count(call, "limit", UINT64_MAX), listing);
}

void cmd_LOG(struct call *call)
{
	choose_feeds(call, "feed", list_log);
}
