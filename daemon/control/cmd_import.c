/*
 * Import: a list of subscriptions, whatever program wrote it.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/fetched.h"
#include "daemon/control/links.h"
#include "daemon/control/list_text.h"
#include "daemon/control/own.h"
#include "daemon/store/store_copies.h"
#include "daemon/url.h"

#define LIST_MAX 200000u

/* Feeds of a list that are read at once; the reply has a page of them. */
#define ROWS_PAGE 500u

/* While first looks are waited for. */
#define TICK_MS 1000

struct refused {
	char *url;
	struct err err;
};

struct importing {
	struct call *call;
	struct store_new_feed *feeds; /* until the store takes them */
	char **urls;                  /* of the same feeds */
	size_t count, room;
	struct refused *refused;
	size_t refused_count;
	int64_t *ids, *fresh; /* of all, of those that are new to us */
	size_t id_count, fresh_count, told;
	struct store_feed_filter filter; /* of the wait */
	uint64_t looked, seen;
	uv_timer_t *timer;
	int64_t now_s;
};

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer);
}

static void importing_release(void *what)
{
	struct importing *importing = what;
	size_t i;

	for (i = 0; i < importing->count; i++) {
		if (importing->feeds != NULL)
			store_new_feed_release(&importing->feeds[i]);
		free(importing->urls[i]);
	}
	for (i = 0; i < importing->refused_count; i++)
		free(importing->refused[i].url);
	free(importing->feeds);
	free(importing->urls);
	free(importing->refused);
	if (importing->timer != NULL)
		uv_close((uv_handle_t *)importing->timer, on_timer_closed);
}

static void refuse(struct importing *importing, const char *url, const struct err *err)
{
	struct refused *refused;

	importing->refused = mem_realloc_array(
		importing->refused, importing->refused_count + 1, sizeof(*importing->refused));
	refused = &importing->refused[importing->refused_count++];
	refused->url = mem_strdup(url);
	refused->err = *err;
}

static struct store_new_feed *new_feed(struct importing *importing, char *url)
{
	struct store_new_feed *feed;

	if (importing->count == importing->room) {
		importing->room = importing->room != 0 ? importing->room * 2 : 64;
		importing->feeds = mem_realloc_array(
			importing->feeds, importing->room, sizeof(*importing->feeds));
		importing->urls = mem_realloc_array(
			importing->urls, importing->room, sizeof(*importing->urls));
	}
	feed = &importing->feeds[importing->count];
	memset(feed, 0, sizeof(*feed));
	feed->settings.every_s = feed->settings.keep_s = -1;
	feed->url = url;
	feed->added_at_s = importing->now_s;
	feed->next_poll_s = refresh_first_look_s(
		importing->call->parts->refresh, url, -1, importing->now_s);
	importing->urls[importing->count++] = mem_strdup(url);
	return feed;
}

/* A subscription by its address as it stands in the list; NULL if it is
 * refused. */
static struct store_new_feed *subscribe(struct importing *importing, const char *typed)
{
	struct store_new_feed *feed;
	char *url, *userinfo;
	struct err err;

	if (importing->count == LIST_MAX) {
		err_set(&err, ERR_TOO_BIG, "a list has at most %u feeds", LIST_MAX);
		refuse(importing, typed, &err);
		return NULL;
	}
	if (url_subscribe(typed, &url, &userinfo, &err) < 0) {
		refuse(importing, typed, &err);
		return NULL;
	}
	feed = new_feed(importing, url);
	feed->settings.auth = userinfo;
	return feed;
}

static void put_tag(struct store_new_feed *feed, size_t *count, const char *tag)
{
	if (!choose_is_tag(tag) || !utf8_valid(tag, strlen(tag)))
		return;
	feed->tags = mem_realloc_array(feed->tags, *count + 2, sizeof(*feed->tags));
	feed->tags[(*count)++] = mem_strdup(tag);
	feed->tags[*count] = NULL;
}

/* ------------------------------------------------------------- lines ---- */

static int on_line(void *ctx, const struct list_entry *entry, const char *why)
{
	struct importing *importing = ctx;
	struct store_new_feed *feed;
	struct err err;
	size_t i, tags = 0;

	if (why == NULL && !utf8_valid(entry->url, strlen(entry->url)))
		why = "it is not UTF-8";
	if (why != NULL) {
		err_set(&err, ERR_REFUSED, "%s", why);
		refuse(importing, entry->url, &err);
		return 0;
	}
	feed = subscribe(importing, entry->url);
	if (feed == NULL)
		return 0;
	if (entry->title != NULL && utf8_valid(entry->title, strlen(entry->title)))
		feed->settings.title = mem_strdup(entry->title);
	for (i = 0; entry->tags[i] != NULL; i++)
		put_tag(feed, &tags, entry->tags[i]);
	return 0;
}

/* -------------------------------------------------------------- OPML ---- */

static int64_t seconds_of(const char *text)
{
	struct err err;
	int64_t ms;

	if (strcmp(text, "forever") == 0)
		return INT64_MAX;
	return time_parse_duration(text, &ms, &err) < 0 ? -1 : (ms + 999) / 1000;
}

/* What feedd itself has written; anything else is passed over.  `private` is
 * not among them: a list from elsewhere can't open the network here. */
static void put_setting(struct store_settings *settings, const char *name, const char *value)
{
	if (strcmp(name, "every") == 0)
		settings->every_s = seconds_of(value);
	else if (strcmp(name, "keep") == 0)
		settings->keep_s = seconds_of(value);
	else if (strcmp(name, "proxy") == 0 && settings->proxy == NULL)
		settings->proxy = mem_strdup(strcmp(value, "none") == 0 ? "" : value);
	else if (strcmp(name, "downgrade") == 0)
		settings->downgrade = strcmp(value, "yes") == 0;
	else if (strcmp(name, "insecure") == 0)
		settings->insecure = strcmp(value, "yes") == 0;
	else if (strcmp(name, "delta") == 0)
		settings->delta = strcmp(value, "yes") == 0;
}

static void put_outline(
	struct importing *importing, const struct feed_doc *doc, const struct feed_outline *outline)
{
	struct store_new_feed *feed = subscribe(importing, feed_doc_text(doc, outline->url));
	size_t tags = 0;
	uint32_t i;

	if (feed == NULL)
		return;
	if (feed_text_present(outline->title))
		feed->feed_title = mem_strdup(feed_doc_text(doc, outline->title));
	if (feed_text_present(outline->site_url))
		feed->site_url = mem_strdup(feed_doc_text(doc, outline->site_url));
	for (i = 0; i < outline->tags.count; i++)
		put_tag(feed, &tags,
			feed_doc_text(doc, feed_doc_category(doc, outline->tags.first + i)->term));
	for (i = 0; i < outline->settings.count; i++) {
		const struct feed_extension *setting = feed_doc_extension(
			doc, outline->settings.first + i);

		put_setting(&feed->settings, feed_doc_text(doc, setting->name),
			feed_doc_text(doc, setting->value));
	}
}

/* ---------------------------------------------------------- the reply ---- */

static void ask_rows(struct call *call);

static void put_refused(struct importing *importing, struct json_writer *w)
{
	size_t i;

	json_put_key(w, "refused");
	json_put_array(w);
	for (i = 0; i < importing->refused_count; i++)
		links_put_refusal(w, importing->refused[i].url, &importing->refused[i].err, NULL);
	json_put_array_end(w);
}

static void answer_rows(struct call *call, const struct fetched_rows *rows)
{
	struct importing *importing = call->state;
	size_t i, end = importing->told + ROWS_PAGE;

	if (end > importing->id_count)
		end = importing->id_count;
	json_put_key(call_reply(call), "feeds");
	json_put_array(&call->w);
	for (i = importing->told; i < end; i++)
		fetched_put(rows, &call->w, importing->ids[i]);
	json_put_array_end(&call->w);
	importing->told = end;
	if (end < importing->id_count && call->more) {
		call_continue(call);
		call_when_drained(call, ask_rows);
		return;
	}
	if (end < importing->id_count) {
		json_put_key(&call->w, "partial");
		json_put_bool(&call->w, true);
	}
	put_refused(importing, &call->w);
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

static int on_waited_feed(void *ctx, const struct store_feed_row *feed)
{
	struct importing *importing = ctx;

	importing->seen++;
	if (feed->poll->last_attempt_s > 0 &&
		(feed->poll->last_ok_s > 0 || feed->poll->error_class[0] != '\0' ||
			feed->poll->last_status != 0))
		importing->looked++;
	return 0;
}

static void put_progress(struct importing *importing, struct json_writer *w)
{
	json_put_key(w, "feeds");
	json_put_array(w);
	json_put_array_end(w);
	json_put_key(w, "progress");
	json_put_object(w);
	json_put_key(w, "done");
	json_put_uint(w, importing->looked);
	json_put_key(w, "total");
	json_put_uint(w, importing->seen);
	json_put_key(w, "failed");
	json_put_uint(w, 0);
	json_put_key(w, "eta");
	json_put_uint(w, importing->seen - importing->looked);
	json_put_object_end(w);
}

static void on_tick(uv_timer_t *timer);

static void on_waited(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct importing *importing = ctx;
	struct call *call = importing->call;

	(void)rows;
	(void)more;
	call->read = NULL;
	if (err != NULL) {
		call_fail(call, err);
		return;
	}
	if (importing->looked >= importing->seen) {
		ask_rows(call);
		return;
	}
	if (call->more) {
		put_progress(importing, call_reply(call));
		call_continue(call);
	}
	uv_timer_start(importing->timer, on_tick, TICK_MS, 0);
}

static void on_tick(uv_timer_t *timer)
{
	struct importing *importing = timer->data;

	importing->looked = importing->seen = 0;
	importing->filter.ids = importing->fresh;
	importing->filter.count = importing->fresh_count;
	importing->call->read = store_feeds(importing->call->parts->store, &importing->filter, 0,
		importing->fresh_count, on_waited_feed, on_waited, importing);
}

static void look(struct importing *importing)
{
	struct call *call = importing->call;

	if (!call_flag(call, "no_fetch") && importing->fresh_count > 0 &&
		!control_is_closing(call->control))
		refresh_first_looks(call->parts->refresh, importing->fresh, importing->fresh_count);
	if (!call_flag(call, "wait") || call_flag(call, "no_fetch") ||
		importing->fresh_count == 0) {
		ask_rows(call);
		return;
	}
	importing->timer = MEM_NEW(uv_timer_t);
	importing->timer->data = importing;
	uv_timer_init(call->parts->loop, importing->timer);
	uv_timer_start(importing->timer, on_tick, TICK_MS, 0);
}

/* ----------------------------------------------------------- the store ---- */

static void on_feeds_added(
	void *ctx, const struct store_added *results, size_t count, const struct err *err)
{
	struct importing *importing = ctx;
	struct call *call = importing->call;
	size_t i;

	call->committed = false;
	if (err != NULL) {
		call_fail(call, err);
		return;
	}
	for (i = 0; i < count; i++) {
		if (results[i].refused) {
			refuse(importing, importing->urls[i], &results[i].err);
			continue;
		}
		importing->ids[importing->id_count++] = results[i].feed_id;
		if (!results[i].existed)
			importing->fresh[importing->fresh_count++] = results[i].feed_id;
	}
	call_told_feeds(call);
	look(importing);
}

static void add_all(struct importing *importing)
{
	struct call *call = importing->call;
	struct store_new_feed *feeds = importing->feeds;

	importing->ids = call_keep(call, importing->count, sizeof(*importing->ids));
	importing->fresh = call_keep(call, importing->count, sizeof(*importing->fresh));
	if (importing->count == 0) {
		ask_rows(call);
		return;
	}
	call->committed = true;
	importing->feeds = NULL;
	store_feeds_add(call->parts->store, feeds, importing->count, importing->now_s,
		on_feeds_added, importing);
	free(feeds);
}

static void on_opml(void *ctx, const struct feed_doc *doc, const struct err *err)
{
	struct importing *importing = ctx;
	uint32_t i;

	importing->call->task = NULL;
	if (err != NULL) {
		call_fail(importing->call, err);
		return;
	}
	for (i = 0; i < doc->outlines.count; i++)
		put_outline(importing, doc, feed_doc_outline(doc, i));
	add_all(importing);
}

/* "URL: why" is how the store tells what it refused. */
static void refuse_line(struct importing *importing, const char *line, size_t length)
{
	char *text = mem_strndup(line, length), *why = strstr(text, ": ");
	struct err err;

	err_set(&err, ERR_REFUSED, "%s", why != NULL ? why + 2 : "it is no address");
	if (why != NULL)
		*why = '\0';
	refuse(importing, text, &err);
	free(text);
}

static void on_cache_read(void *ctx, const struct store_restored *result, const struct err *err)
{
	struct importing *importing = ctx;
	struct call *call = importing->call;
	const char *line;
	size_t i, length;

	call->committed = false;
	if (err != NULL) {
		call_fail(call, err);
		return;
	}
	importing->ids = call_keep(call, result->list_count, sizeof(*importing->ids));
	importing->fresh = call_keep(call, result->list_count, sizeof(*importing->fresh));
	for (i = 0; i < result->list_count; i++) {
		importing->ids[importing->id_count++] = result->list[i].id;
		if (result->list[i].fresh)
			importing->fresh[importing->fresh_count++] = result->list[i].id;
	}
	for (line = result->words; line != NULL && *line != '\0'; line += length + 1) {
		length = strcspn(line, "\n");
		refuse_line(importing, line, length);
	}
	call_told_feeds(call);
	look(importing);
}

void cmd_IMPORT(struct call *call)
{
	struct importing *importing = call_keep(call, 1, sizeof(*importing));

	importing->call = call;
	importing->now_s = clock_now_s();
	call->state = importing;
	call_at_end(call, importing_release, importing);
	if (call->database >= 0) {
		call->committed = true;
		store_import_newsboat(call->parts->store, call->database, importing->now_s,
			refresh_first_look_s(call->parts->refresh, "", -1, importing->now_s),
			on_cache_read, importing);
		call->database = -1;
		return;
	}
	if (call->document.length == 0) {
		call_refuse(call, ERR_EMPTY, "the list is empty");
		return;
	}
	if (list_kind_of(call->document.data, call->document.length) == LIST_OPML) {
		call->task = refresh_opml_start(
			call->parts->refresh, &call->document, on_opml, importing);
		return;
	}
	list_lines(call->document.data, call->document.length, on_line, importing);
	add_all(importing);
}
