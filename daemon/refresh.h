#ifndef DAEMON_REFRESH_H
#define DAEMON_REFRESH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/conf.h"
#include "daemon/feed/document.h"
#include "daemon/fetch/fetch.h"
#include "daemon/hub.h"
#include "daemon/store/store.h"
#include "daemon/store/store_backfill.h"
#include "daemon/store/store_feeds.h"

/*
 * The conductor: due -> fetch -> parse -> store -> tell.  The only place that
 * knows the whole road; each step's work is done elsewhere.  Knows nothing of
 * the control socket.
 */
struct refresh;

/* Workers, fetcher and store are made by main and outlive the conductor. */
struct worker_pool;
struct refresh_parts {
	uv_loop_t *loop;
	struct store *store;
	struct fetcher *fetcher;
	struct worker_pool *workers;
	struct hub *hub;
	const struct conf *conf; /* stays readable; refresh_reconfigure() when it changes */
	/* The wall clock was set, or the machine has slept: for what else goes by it. */
	void (*clock_jumped)(void *ctx);
	void *ctx;
};

/* ERR_FAILED where there is no timer to wake for a feed that is due. */
int refresh_new(
	const struct refresh_parts *parts, struct refresh **out_refresh, struct err *err) MUST_USE;
/* What the store kept of holds; before refresh_start(). */
void refresh_restore_hold(struct refresh *refresh, const struct store_hold *row);
/* Begin to work: start delay, spread of what is overdue, then the schedule. */
void refresh_start(struct refresh *refresh);
void refresh_reconfigure(struct refresh *refresh);
/* Stop all work under way; `closed` on the loop, then it is freed. */
void refresh_close(struct refresh *refresh, void (*closed)(void *ctx), void *ctx);

/* The schedule has changed from outside (set, pause, resume, import). */
void refresh_rearm(struct refresh *refresh);
/* These feeds were changed or removed: one that still waits for its turn is not asked by
 * its earlier settings, but claimed once more. */
void refresh_recall(struct refresh *refresh, const int64_t *feed_ids, size_t count);
/* These were removed: their older pages are asked for no more, though they be subscribed
 * again under the same ids. */
void refresh_forget(struct refresh *refresh, const int64_t *feed_ids, size_t count);

/*
 * What keeps a feed from being asked, whoever was told so: its own site, or the
 * one that it leads to, because one look needs both; or what its own last look
 * left (a parser's quarantine, too).  One truth for the schedule, for `refresh`
 * and for all that is shown.
 */
struct refresh_held {
	int64_t until_s;               /* 0: nothing does */
	const struct fetch_hold *hold; /* in `holds`; NULL: no site's */
};
/* By the holds of that moment, from any thread; own_way: it has a proxy of its own, or none. */
struct refresh_held refresh_held(const struct fetch_holds *holds, const char *url,
	const struct store_state *state, bool own_way, int64_t now_s);
/* The same for one of which only that is known. */
struct refresh_held refresh_held_until(const struct fetch_holds *holds, const char *url,
	const char *effective_url, bool own_way, int64_t not_before_s, int64_t now_s);

/* All holds of the moment for those who show them: of sites, and of all while the
 * network is away, a portal answers or the disk is full, until the next probe. */
struct fetch_holds *refresh_holds(const struct refresh *refresh, int64_t now_s);
/* What makes a feed rest where no site's hold does, in the form of a hold, to be shown like
 * one; it is written to *room, which is the result. */
const struct fetch_hold *refresh_rest(
	const char *url, const struct store_state *state, struct fetch_hold *room);

/* next_poll_s and base_s of a feed that is subscribed without a look, by what else
 * is said there. */
void refresh_plan_unseen(const struct refresh *refresh, struct store_new_feed *feed);
/* The same of many feeds, by a plan: on any thread, by one at a time. */
void refresh_plan_new(void *plan, struct store_new_feed *feed);
/* A plan, the caller's to free().  For store_feeds_set() it is plan_ctx, with what plans
 * by it. */
void *refresh_plan(const struct refresh *refresh);
store_plan refresh_planned;

/* Whether no look at that feed would be let go, for a private address that its URL names
 * itself. */
bool refresh_is_blocked(
	const struct refresh *refresh, const char *url, const struct store_settings *settings);

/*
 * `add`: one GET; subscribes if it is a feed, takes the one feed of a page.
 * `done` once: added (existed tells whether it was there), or err; with
 * several candidates err is ERR_AMBIGUOUS and `page` holds the document whose
 * links they are.  On a refusal by content err's words end with the status and
 * what came, made safe.
 */
struct refresh_add {
	const char *url; /* as typed */
	const char *title;
	const char *const *tags; /* NULL-ended, or NULL */
	int64_t every_s;         /* -1 */
	const char *proxy;
	const char *headers; /* "Name: value\n"… or NULL */
	const char *auth;
	bool private_ok, insecure, no_fetch, no_discover;
};
struct refresh_added {
	int64_t feed_id;
	bool existed;
	const char *discovered; /* the feed's URL where a page was given, or NULL */
	bool partial;           /* its document ends early; what was whole is kept */
};
struct refresh_task;
typedef void refresh_added_done(void *ctx, const struct refresh_added *added,
	const struct feed_doc *page, const struct err *err);
struct refresh_task *refresh_add_start(struct refresh *refresh, const struct refresh_add *add,
	refresh_added_done *done, void *ctx);

/* `discover`: the feeds that a page names; a feed names itself. */
typedef void refresh_discovered(void *ctx, const struct feed_doc *page, const struct err *err);
struct refresh_task *refresh_discover_start(struct refresh *refresh, const char *url,
	bool private_ok, refresh_discovered *done, void *ctx);

/* `push`: a document for a push: feed.  wrong: why it is in only in part, or NULL; the
 * feed's state and log tell it, too. */
typedef void refresh_pushed(
	void *ctx, const struct store_delta *delta, const struct err *wrong, const struct err *err);
struct refresh_task *refresh_push_start(struct refresh *refresh, int64_t feed_id,
	struct buf *document, const char *content_type, refresh_pushed *done, void *ctx);

/* A list (FEED_KIND_OPML, or TEXT: in whatever encoding it is) to a document, through a
 * worker; the caller's to free().  The text is taken. */
typedef void refresh_listed(void *ctx, struct feed_doc *list, const struct err *err);
struct refresh_task *refresh_list_start(struct refresh *refresh, enum feed_kind kind,
	struct buf *text, refresh_listed *done, void *ctx);

/* The feeds of an import: where the schedule has not begun yet (start-delay), their first
 * looks do not wait for that. */
void refresh_first_looks(struct refresh *refresh, const int64_t *feed_ids, size_t count);

/* Forget a task of the above: its `done` never comes. */
void refresh_task_cancel(struct refresh_task *task);

/*
 * `refresh`: look at these feeds (count 0: all) as soon as manners allow.
 * `row` for each feed as it ends: result is new changed unchanged failed held
 * gone too-soon paused; `done` with the sums after the last.  Cancelling ends the
 * telling, never the looking.
 */
struct refresh_row {
	int64_t feed_id;
	const char *title;
	const char *result;
	unsigned fresh, changed;
	const char *text; /* words for a person */
};
struct refresh_sums {
	uint64_t done, total, fresh, changed, unchanged, failed, held, gone, refused;
	uint64_t new_items;
	int64_t eta_s; /* -1 unknown */
};
struct refresh_ask {
	const int64_t *feed_ids;
	size_t count;
	bool named; /* the feeds were named: what is too soon is told */
	bool force, unconditional;
};
typedef void refresh_told(void *ctx, const struct refresh_row *row);
typedef void refresh_all_done(void *ctx, const struct refresh_sums *sums, const struct err *err);
struct refresh_task *refresh_ask_start(struct refresh *refresh, const struct refresh_ask *ask,
	refresh_told *row, refresh_all_done *done, void *ctx);
/* Sums so far of a task of refresh_ask_start(). */
void refresh_ask_sums(const struct refresh_task *task, struct refresh_sums *out_sums);

/*
 * `backfill`: follow prev-archive/next pages, one an hour.  Its first look needs the
 * whole document, so it stands under the limits of a `refresh` without validators.
 * `done` once: it is under way, or err tells why nobody is asked.
 */
typedef void refresh_backfilling(void *ctx, const struct err *err);
struct refresh_task *refresh_backfill_start(
	struct refresh *refresh, int64_t feed_id, refresh_backfilling *done, void *ctx);
/* Go on with one that the store remembers; before refresh_start(). */
void refresh_backfill_resume(struct refresh *refresh, const struct store_backfill *place);

struct refresh_numbers {
	uint64_t in_flight; /* feeds on the road */
	bool offline, captive, storage_hold;
	uint64_t polls, not_modified, failed, new_items; /* since the start */
};
void refresh_numbers(const struct refresh *refresh, struct refresh_numbers *out_numbers);

#endif
