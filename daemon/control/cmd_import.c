/*
 * Import: a list of subscriptions, whatever program wrote it.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/order.h"
#include "daemon/control/call.h"
#include "daemon/control/fetched.h"
#include "daemon/control/list_feeds.h"
#include "daemon/control/list_queries.h"
#include "daemon/control/list_reading.h"
#include "daemon/control/list_text.h"
#include "daemon/control/own.h"
#include "daemon/control/turn.h"
#include "daemon/control/upload.h"
#include "daemon/store/store_copies.h"
#include "daemon/url.h"

/* Feeds of a list that are read at once; the reply has a page of them. */
#define ROWS_PAGE 500u

/* While first looks are waited for. */
#define TICK_MS 1000

struct importing {
	struct call *call;
	struct list_feeds list;
	struct list_queries queries;
	struct list_reading reading;
	struct turn turn; /* to be read and stored */
	bool no_fetch;
	void *plan;           /* refresh.h */
	int64_t *ids, *fresh; /* of those whose rows are to be told, of those new to us */
	size_t id_count, fresh_count, told;
	struct waiting {
		struct store_feed_filter filter;
		int64_t *left, *ended; /* of the new ones, as the last read found them */
		size_t left_count, ended_count;
		uint64_t total, failed;
		int64_t now_s;
		uv_timer_t *timer;
	} wait;
};

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

static void importing_release(void *what)
{
	struct importing *importing = what;

	turn_end(&importing->turn);
	free(importing->plan);
	list_feeds_release(&importing->list);
	list_queries_release(&importing->queries);
	buf_release(&importing->reading.text); /* a foreign one */
	if (importing->wait.timer != NULL)
		uv_close((uv_handle_t *)importing->wait.timer, on_timer_closed);
	mem_give_back(); /* a hundred thousand feeds were in it, perhaps */
}

/* ---------------------------------------------------------- the reply ---- */

static void ask_rows(struct call *call);
static void wait_on(struct call *call);

/* With what is to be said of them; in the last reply, of the queries, too. */
static void put_rows(struct importing *importing, const struct fetched_rows *rows, size_t end)
{
	bool parts = end < importing->id_count && importing->call->more;
	struct json_writer *w = call_reply(importing->call);
	size_t i;

	json_put_key(w, "feeds");
	json_put_array(w);
	for (i = importing->told; i < end; i++)
		fetched_put(rows, w, importing->ids[i]);
	json_put_array_end(w);
	json_put_key(w, "notes");
	json_put_array(w);
	for (i = importing->told; i < end; i++)
		fetched_put_note(rows, w, importing->ids[i]);
	importing->told = end;
	if (!parts && importing->wait.left_count == 0)
		list_queries_put_notes(&importing->queries, w);
	json_put_array_end(w);
}

static void put_progress(const struct waiting *wait, struct json_writer *w)
{
	json_put_key(w, "progress");
	json_put_object(w);
	json_put_key(w, "done");
	json_put_uint(w, wait->total - wait->left_count);
	json_put_key(w, "total");
	json_put_uint(w, wait->total);
	json_put_key(w, "failed");
	json_put_uint(w, wait->failed);
	json_put_key(w, "eta");
	json_put_uint(w, wait->left_count); /* one a second */
	json_put_object_end(w);
}

/* Rows of what is known by now; while first looks are waited for, more follow. */
static void answer_rows(struct call *call, const struct fetched_rows *rows)
{
	struct importing *importing = call->state;
	struct waiting *wait = &importing->wait;
	size_t end = importing->told + ROWS_PAGE;

	if (end > importing->id_count)
		end = importing->id_count;
	put_rows(importing, rows, end);
	if (end < importing->id_count && call->more) {
		call_continue(call);
		call_when_drained(call, ask_rows);
		return;
	}
	if (wait->left_count > 0) {
		put_progress(wait, &call->w);
		call_continue(call);
		call_when_drained(call, wait_on);
		return;
	}
	if (end < importing->id_count) {
		json_put_key(&call->w, "partial");
		json_put_bool(&call->w, true);
	}
	list_feeds_put_refused(&importing->list, &call->w);
	call_end(call);
}

static void ask_rows(struct call *call)
{
	struct importing *importing = call->state;
	size_t left = importing->id_count - importing->told;

	fetched_start(call, importing->ids + importing->told, left < ROWS_PAGE ? left : ROWS_PAGE,
		answer_rows);
}

/* ------------------------------------------------------ first looks ---- */

/* Of one that is paused, or whose site wants no requests now, nobody can say when
 * that will be. */
static bool has_had_its_turn(const struct store_feed_row *feed, int64_t now_s)
{
	const struct store_state *poll = feed->poll;

	return url_is_push(feed->url) || feed->paused || poll->gone || poll->not_before_s > now_s ||
	       (poll->last_attempt_s > 0 && (poll->last_ok_s > 0 || poll->error_class[0] != '\0' ||
						    poll->last_status != 0));
}

static int on_waited_feed(void *ctx, const struct store_feed_row *feed)
{
	struct waiting *wait = &((struct importing *)ctx)->wait;

	if (has_had_its_turn(feed, wait->now_s)) {
		wait->ended[wait->ended_count++] = feed->id;
		wait->failed += feed->poll->failures > 0;
	} else {
		wait->left[wait->left_count++] = feed->id;
	}
	return 0;
}

/* Who takes one reply only is told of all at once, at the end. */
static void on_waited(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct importing *importing = ctx;
	struct waiting *wait = &importing->wait;
	struct call *call = importing->call;

	(void)rows;
	(void)more;
	if (call_read_failed(call, err))
		return;
	memcpy(importing->fresh, wait->left, wait->left_count * sizeof(*wait->left));
	importing->fresh_count = wait->left_count;
	if (call->more) {
		importing->ids = wait->ended;
		importing->id_count = wait->ended_count;
		importing->told = 0;
	}
	if (wait->left_count == 0 || (call->more && wait->ended_count > 0))
		ask_rows(call);
	else
		wait_on(call);
}

static void on_tick(uv_timer_t *timer)
{
	struct importing *importing = timer->data;
	struct waiting *wait = &importing->wait;

	wait->left_count = wait->ended_count = 0;
	wait->now_s = clock_now_s();
	wait->filter.ids = importing->fresh;
	wait->filter.count = importing->fresh_count;
	wait->filter.brief = true;
	importing->call->read = store_feeds(importing->call->parts->store, &wait->filter, NULL,
		importing->fresh_count, on_waited_feed, on_waited, importing);
}

/* For nobody it is not waited: the feeds are there, and looked at all the same. */
static void wait_on(struct call *call)
{
	struct importing *importing = call->state;

	if (call->session == NULL || session_gone(call->session)) {
		call_end_empty(call);
		return;
	}
	uv_timer_start(importing->wait.timer, on_tick, TICK_MS, 0);
}

/* Those that were there are told at once.  New ids rise, but who was removed once has
 * his old one again. */
static void keep_existing(struct importing *importing)
{
	size_t i, kept = 0;

	qsort(importing->fresh, importing->fresh_count, sizeof(*importing->fresh), order_int64);
	for (i = 0; i < importing->id_count; i++)
		if (bsearch(&importing->ids[i], importing->fresh, importing->fresh_count,
			    sizeof(*importing->fresh), order_int64) == NULL)
			importing->ids[kept++] = importing->ids[i];
	importing->id_count = kept;
}

static void begin_waiting(struct importing *importing)
{
	struct call *call = importing->call;
	struct waiting *wait = &importing->wait;

	wait->left = call_keep(call, importing->fresh_count, sizeof(*wait->left));
	wait->ended = call_keep(call, importing->fresh_count, sizeof(*wait->ended));
	wait->left_count = wait->total = importing->fresh_count;
	wait->timer = MEM_NEW(uv_timer_t);
	wait->timer->data = importing;
	uv_timer_init(call->parts->loop, wait->timer);
	if (!call->more) {
		wait_on(call);
		return;
	}
	keep_existing(importing);
	ask_rows(call);
}

/* At the daemon's end nobody hears, and refresh, which is asked of feeds, may be gone. */
static bool has_ended(struct call *call)
{
	if (!control_is_closing(call->control))
		return false;
	call_end_empty(call);
	return true;
}

static void look(struct importing *importing)
{
	struct call *call = importing->call;
	bool fetch = !importing->no_fetch && importing->fresh_count > 0;

	if (has_ended(call))
		return;
	list_feeds_spent(&importing->list);
	turn_end(&importing->turn);
	importing->id_count = fetched_once(importing->ids, importing->id_count);
	if (fetch)
		refresh_first_looks(call->parts->refresh, importing->fresh, importing->fresh_count);
	if (fetch && call_flag(call, "wait"))
		begin_waiting(importing);
	else
		ask_rows(call);
}

/* ----------------------------------------------------------- the store ---- */

/* When its first look is to be: the store puts those of a list one after the other. */
static void plan(void *ctx, struct store_new_feed *feed)
{
	struct importing *importing = ctx;

	if (importing->no_fetch || url_is_push(feed->url))
		refresh_plan_new(importing->plan, feed);
	else /* the second that began is partly gone */
		feed->next_poll_s = importing->list.now_s + 1;
}

static void on_feeds_added(
	void *ctx, const struct store_added *results, size_t count, const struct err *err)
{
	struct importing *importing = ctx;
	struct call *call = importing->call;
	size_t i, joined_count = 0;
	int64_t *joined;

	if (call_commit_failed(call, err))
		return;
	joined = call_keep(call, count, sizeof(*joined));
	for (i = 0; i < count; i++) {
		if (results[i].refused != NULL) {
			list_feeds_refuse(
				&importing->list, importing->list.urls[i], results[i].refused);
			continue;
		}
		importing->ids[importing->id_count++] = results[i].feed_id;
		if (!results[i].existed)
			importing->fresh[importing->fresh_count++] = results[i].feed_id;
		if (results[i].joined)
			joined[joined_count++] = results[i].feed_id;
	}
	call_changes(call, joined, joined_count);
	call_told_feeds(call);
	look(importing);
}

static void add_all(struct importing *importing)
{
	struct call *call = importing->call;
	struct store_new_feed *feeds = importing->list.feeds;

	if (has_ended(call))
		return;
	importing->ids = call_keep(call, importing->list.count, sizeof(*importing->ids));
	importing->fresh = call_keep(call, importing->list.count, sizeof(*importing->fresh));
	if (importing->list.count == 0) {
		turn_end(&importing->turn);
		ask_rows(call);
		return;
	}
	call->committed = true;
	importing->list.feeds = NULL;
	store_feeds_add(
		call->parts->store, feeds, importing->list.count, on_feeds_added, importing);
	free(feeds);
}

static void on_queries_saved(void *ctx)
{
	struct importing *importing = ctx;
	struct list_queries *queries = &importing->queries;
	size_t i;

	importing->call->committed = false;
	for (i = 0; i < queries->count; i++)
		if (queries->rows[i].refused)
			list_feeds_refuse(
				&importing->list, queries->rows[i].word, &queries->rows[i].err);
	add_all(importing);
}

static void on_cache_read(void *ctx, const struct store_restored *result, const struct err *err)
{
	struct importing *importing = ctx;
	struct call *call = importing->call;
	const char *line;
	size_t i, length;

	if (call_commit_failed(call, err))
		return;
	importing->ids = call_keep(call, result->list_count, sizeof(*importing->ids));
	importing->fresh = call_keep(call, result->list_count, sizeof(*importing->fresh));
	for (i = 0; i < result->list_count; i++) {
		importing->ids[importing->id_count++] = result->list[i].id;
		if (result->list[i].fresh)
			importing->fresh[importing->fresh_count++] = result->list[i].id;
	}
	for (line = result->words; line != NULL && *line != '\0'; line += length + 1) {
		length = strcspn(line, "\n");
		list_feeds_refuse_line(&importing->list, line, length);
	}
	call_told_feeds(call);
	look(importing);
}

static void import_database(struct importing *importing)
{
	char url[] = ""; /* of any of its feeds: they are not known yet */
	struct store_new_feed any = {
		.url = url, .settings.every_s = -1, .added_at_s = importing->list.now_s
	};
	struct call *call = importing->call;

	plan(importing, &any);
	call->committed = true;
	store_import_newsboat(call->parts->store, call->database, importing->list.now_s,
		any.next_poll_s, any.base_s, on_cache_read, importing);
	call->database = -1;
}

static refresh_listed on_parsed;

static void on_list_read(void *ctx)
{
	struct importing *importing = ctx;
	struct call *call = importing->call;

	call->committed = false;
	if (has_ended(call))
		return;
	if (importing->reading.foreign) {
		call->committed = true;
		call->task = refresh_list_start(call->parts->refresh, FEED_KIND_TEXT,
			&importing->reading.text, on_parsed, importing);
		return;
	}
	upload_spent(call);
	call->committed = true;
	list_queries_save(&importing->queries, call->parts->store, on_queries_saved, importing);
}

static void read_list(struct importing *importing)
{
	struct call *call = importing->call;

	/* The settings may be read again meanwhile. */
	free(importing->list.proxy);
	importing->list.proxy = mem_strdup(control_conf(call->control)->fetch_proxy);
	importing->reading.feeds = &importing->list;
	importing->reading.queries = &importing->queries;
	importing->reading.plan = plan;
	importing->reading.done = on_list_read;
	importing->reading.ctx = importing;
	call->committed = true;
	list_reading_start(&importing->reading, call->parts->loop);
}

static void on_parsed(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct importing *importing = ctx;

	importing->call->committed = false;
	if (call_task_failed(importing->call, err))
		return;
	importing->reading.doc = doc;
	read_list(importing);
}

static void begin(void *ctx)
{
	struct importing *importing = ctx;
	struct call *call = importing->call;

	/* At the daemon's end it is left with its session, as those before it were. */
	if (control_is_closing(call->control))
		return;
	importing->plan = refresh_plan(call->parts->refresh);
	switch (list_kind_of(call->document.data, call->document.length)) {
	case LIST_SFEED_ITEMS:
		call_refuse(call, ERR_SYNTAX,
			"these are items of sfeed, which do not name their feed; import the "
			"sfeedrc");
		return;
	case LIST_OPML:
		call->task = refresh_list_start(call->parts->refresh, FEED_KIND_OPML,
			&call->document, on_parsed, importing);
		return;
	case LIST_WIDE_LINES:
		call->task = refresh_list_start(call->parts->refresh, FEED_KIND_TEXT,
			&call->document, on_parsed, importing);
		return;
	default:
		break;
	}
	if (call->database >= 0) {
		import_database(importing);
	} else if (memchr(call->document.data, '\0', call->document.length) != NULL) {
		call_refuse(call, ERR_SYNTAX, "it is neither OPML nor lines of text");
	} else {
		buf_move(&importing->reading.text, &call->document);
		read_list(importing);
	}
}

void cmd_IMPORT(struct call *call)
{
	struct importing *importing = call_keep(call, 1, sizeof(*importing));

	importing->call = call;
	importing->list.now_s = clock_now_s();
	importing->list.proxies = call_flag(call, "proxies");
	importing->no_fetch = call_flag(call, "no_fetch");
	call->state = importing;
	call_at_end(call, importing_release, importing);
	turn_take(&importing->turn, begin, importing);
}
