/*
 * Feeds, Remove, Set, Pause, Resume, Revert, Explain, Discover and Backfill.
 */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/links.h"
#include "daemon/control/own.h"
#include "daemon/control/pager.h"
#include "daemon/control/rows_feed.h"
#include "daemon/url.h"

/* ------------------------------------------------------------- Feeds ---- */

struct feeds {
	struct pager *pager;
	struct store_feed_filter filter;
	rows_mask mask;
	const char *const *states; /* any of these */
	size_t state_count;
	struct store_feed_order *order; /* between pages */
	uint64_t shown;                 /* of this page */
	const struct rows_moment *moment;
};

static bool is_asked_for(const struct feeds *feeds, const char *state)
{
	bool found = feeds->state_count == 0;
	size_t i;

	for (i = 0; i < feeds->state_count && !found; i++)
		found = strcmp(state, feeds->states[i]) == 0;
	return found;
}

static int on_feed(void *ctx, const struct store_feed_row *feed)
{
	struct feeds *feeds = ctx;

	if (!is_asked_for(feeds, rows_feed_state(feed, feeds->moment)))
		return 0;
	feeds->shown++;
	rows_put_feed(pager_writer(feeds->pager), feed, feeds->moment, feeds->mask);
	return pager_row(feeds->pager) || feeds->shown == pager_room(feeds->pager);
}

static void on_feeds_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct feeds *feeds = ctx;

	(void)rows;
	pager_done(feeds->pager, feeds->shown, more, err);
}

static void ask_feeds(struct call *call, struct pager *pager)
{
	struct feeds *feeds = pager_state(pager);

	feeds->pager = pager;
	feeds->shown = 0;
	call->read = store_feeds(call->parts->store, &feeds->filter, &feeds->order,
		feeds->state_count > 0 ? 4096 : pager_room(pager), on_feed, on_feeds_page, feeds);
}

static void feeds_release(void *what)
{
	store_feed_order_free(((struct feeds *)what)->order);
}

static const struct pager_list list_of_feeds = { .name = "feeds", .ask = ask_feeds };

static void list_feeds(struct call *call, const int64_t *ids, size_t count)
{
	static const int64_t nobody = 0;
	struct feeds *feeds = call->state;

	/* Where none of the words is known, not all feeds are meant. */
	if (count == 0 && call_has(call, "feeds")) {
		ids = &nobody;
		count = 1;
	}
	feeds->filter.ids = count > 0 ? ids : NULL;
	feeds->filter.count = count;
	pager_start(call, &list_of_feeds, false, call_count(call, "limit", UINT64_MAX), feeds);
}

static int check_state(const char *state, struct err *err)
{
	static const char *const states[] = { "ok", "new", "failing", "held", "paused", "moved",
		"dead", "gone" };
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strcmp(state, states[i]) == 0)
			return 0;
	}
	return err_set(err, ERR_USAGE,
		"state: \"%.40s\" is none of ok new failing held paused moved dead gone", state);
}

static int check_states(const struct feeds *feeds, struct err *err)
{
	int result = 0;
	size_t i;

	for (i = 0; i < feeds->state_count && result == 0; i++)
		result = check_state(feeds->states[i], err);
	return result;
}

/* All feeds have it, and who says it has most often lost the word. */
static int check_matches(const struct feeds *feeds, struct err *err)
{
	size_t i;

	for (i = 0; i < feeds->filter.match_count; i++)
		if (feeds->filter.matches[i][0] == '\0')
			return err_set(err, ERR_USAGE, "match: no words to look for");
	return 0;
}

void cmd_FEEDS(struct call *call)
{
	struct feeds *feeds = call_keep(call, 1, sizeof(*feeds));
	struct err err;
	size_t count;
	const char *const *names = call_words(call, "fields", &count);

	feeds->states = call_words(call, "state", &feeds->state_count);
	feeds->filter.matches = call_words(call, "match", &feeds->filter.match_count);
	feeds->mask = rows_mask_always(OBJECT_FEED);
	if (choose_check_lists(call, &err) < 0 || check_states(feeds, &err) < 0 ||
		check_matches(feeds, &err) < 0 ||
		(count > 0 && rows_mask_of(OBJECT_FEED, names, count, &feeds->mask, &err) < 0)) {
		call_fail(call, &err);
		return;
	}
	feeds->filter.tags = call_words(call, "tag", &feeds->filter.tag_count);
	feeds->filter.unread = call_flag(call, "unread");
	feeds->filter.detail = (feeds->mask & rows_mask_bit(FIELD_FEED_WEEKS)) != 0;
	/* Whether a feed is held is not the store's to say: that is sifted here. */
	if (feeds->state_count == 1 && strcmp(feeds->states[0], "held") != 0)
		feeds->filter.state = feeds->states[0];
	feeds->moment = call_moment(call);
	call->state = feeds;
	call_at_end(call, feeds_release, feeds);
	choose_feeds(call, "feeds", list_feeds);
}

/* ----------------------------------------------------------- changes ---- */

static void on_removed(void *ctx, uint64_t changed, const struct err *err)
{
	struct call *call = ctx;

	if (err == NULL && !control_is_closing(call->control))
		refresh_forget(call->parts->refresh, call->changing, call->changing_count);
	call_changed_feeds(call, changed, err);
}

static void remove_feeds(struct call *call, const int64_t *ids, size_t count)
{
	call->committed = true;
	call_changes(call, ids, count);
	store_feeds_remove(call->parts->store, ids, count, call_flag(call, "purge"), clock_now_s(),
		on_removed, call);
}

void cmd_REMOVE(struct call *call)
{
	choose_feeds(call, "feeds", remove_feeds);
}

static void change_feeds(struct call *call, const int64_t *ids, size_t count)
{
	enum command_id id = (enum command_id)(call->command - command_table);
	enum store_feed_change change = id == CMD_PAUSE    ? STORE_PAUSE
					: id == CMD_RESUME ? STORE_RESUME
							   : STORE_REVERT;

	call->committed = true;
	call_changes(call, ids, count);
	store_feeds_change(
		call->parts->store, ids, count, change, clock_now_s(), call_changed_feeds, call);
}

void cmd_PAUSE(struct call *call)
{
	choose_feeds(call, "feeds", change_feeds);
}

void cmd_RESUME(struct call *call)
{
	choose_feeds(call, "feeds", change_feeds);
}

void cmd_REVERT(struct call *call)
{
	choose_feeds(call, "feeds", change_feeds);
}

/* ----------------------------------------------------------- Explain ---- */

struct explained {
	struct call *call;
	struct store_feed_filter filter;
	int64_t id;
	bool told;
	const struct rows_moment *moment;
};

static int on_explained_feed(void *ctx, const struct store_feed_row *feed)
{
	struct explained *explained = ctx;
	struct json_writer *w = &explained->call->w;

	if (explained->told)
		return 1;
	explained->told = true;
	rows_put_feed_members(w, feed, explained->moment,
		rows_mask_always(OBJECT_FEED) | rows_mask_bit(FIELD_FEED_ATTENTION));
	rows_put_explanation(w, feed, explained->moment);
	return 0;
}

static void on_explained(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct explained *explained = ctx;
	struct call *call = explained->call;

	(void)rows;
	(void)more;
	if (call_read_failed(call, err))
		return;
	if (!explained->told)
		call_refuse(call, ERR_NOT_FOUND, "the feed was removed just now");
	else
		call_end(call);
}

static void explain(struct call *call, const int64_t *ids, size_t count)
{
	struct explained *explained = call_keep(call, 1, sizeof(*explained));

	(void)count;
	explained->call = call;
	explained->id = ids[0];
	explained->filter.ids = &explained->id;
	explained->filter.count = 1;
	explained->filter.detail = true;
	explained->moment = call_moment(call);
	call_reply(call);
	call->read = store_feeds(call->parts->store, &explained->filter, NULL, 1, on_explained_feed,
		on_explained, explained);
}

void cmd_EXPLAIN(struct call *call)
{
	choose_feeds(call, "feed", explain);
}

/* ----------------------------------------------- Discover, Backfill ---- */

static void on_discovered(void *ctx, const struct feed_doc *page, const struct err *err)
{
	struct call *call = ctx;
	char *url, *userinfo;
	struct err why;

	call->task = NULL;
	if (err == NULL && url_subscribe(call_text(call, "url"), &url, &userinfo, &why) < 0)
		err = &why;
	if (err != NULL) {
		call_fail(call, err);
		return;
	}
	call_begin_rows(call);
	links_put(&call->w, page, url);
	json_put_array_end(&call->w);
	free(url);
	free(userinfo);
	call_end(call);
}

void cmd_DISCOVER(struct call *call)
{
	call->task = refresh_discover_start(call->parts->refresh, call_text(call, "url"),
		call_flag(call, "private"), on_discovered, call);
}

static void on_backfilling(void *ctx, const struct err *err)
{
	struct call *call = ctx;
	const int64_t *id = call->state;

	if (call_task_failed(call, err))
		return;
	json_put_key(call_reply(call), "feed_id");
	json_put_int(&call->w, *id);
	call_end(call);
}

static void backfill(struct call *call, const int64_t *ids, size_t count)
{
	int64_t *id = call_keep(call, 1, sizeof(*id));

	(void)count;
	*id = ids[0];
	call->state = id;
	call->task = refresh_backfill_start(call->parts->refresh, ids[0], on_backfilling, call);
}

void cmd_BACKFILL(struct call *call)
{
	choose_feeds(call, "feed", backfill);
}
