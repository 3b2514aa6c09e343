#ifndef STORE_STORE_FEEDS_H
#define STORE_STORE_FEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/feed/document.h"
#include "daemon/store/store.h"

/*
 * Feeds: their settings, their schedule, what an answer brings, how they are
 * found and shown, and their log.
 */

/* Settings of one feed (`feedctl set`).  NULL or -1: the default. */
struct store_settings {
	char *title;      /* the user's, over the feed's own; one that shows nothing is none */
	int64_t every_s;  /* -1 */
	int64_t keep_s;   /* -1; INT64_MAX: for ever */
	char *proxy;      /* "" is "no proxy here" */
	char *headers;    /* "Name: value\n"… */
	char *auth;       /* user:password */
	char *private_at; /* "host:port" that may be private */
	bool insecure;
	bool downgrade;
	bool delta;
	char *ca, *cert, *key; /* PEM text */
};
void store_settings_release(struct store_settings *settings);

/* What a person calls a feed, in one line that shows as it reads, so that a list that is
 * written of it says the same: the caller's to free(), NULL if nothing is left. */
char *store_title_read(const char *text);

/* How often a feed is looked at, "30m", to seconds, rounded up.  ERR_USAGE for no
 * duration, for 0, which would be no wait at all, and for more than the setting
 * poll.interval may be, a year. */
int store_every_read(const char *text, int64_t *out_s, struct err *err) MUST_USE;

/* Whether the setting of that name is on: "yes", "no" and words like them; "" is no.
 * ERR_USAGE for any other. */
int store_flag_read(const char *key, const char *text, bool *out, struct err *err) MUST_USE;

/*
 * What the conductor's policy remembers of a feed between polls.  The store
 * keeps it and understands only next_poll_s, gone and paused.
 */
struct store_state {
	int64_t next_poll_s;    /* INT64_MAX: never (gone) */
	char reason[12];        /* base adaptive hint waste backoff hold skip paused gone */
	int64_t terms[7];       /* base adaptive hint waste backoff hold skip, seconds */
	int64_t last_attempt_s; /* 0: never */
	int64_t last_ok_s;
	unsigned last_status; /* HTTP, 0 where there was none */
	char error_class[20]; /* "" while all is well */
	char error_text[480];
	int64_t error_since_s;
	unsigned failures; /* in a row */
	unsigned crashes;  /* of them: parsers that it ended */
	unsigned waste;    /* 200s in a row that brought nothing */
	unsigned only_304; /* in a row */
	int64_t only_304_since_s;
	int64_t last_unconditional_s;
	int64_t not_feed_since_s;   /* 404 or no feed, continuously */
	char conditional[12];       /* both lm_only useless */
	int64_t lifetime_s;         /* -1 unknown */
	int64_t ttl_s, sy_period_s; /* -1 unknown */
	uint32_t skip_hours, skip_days;
	int64_t newest_item_s; /* newest sane item date, 0 unknown */
	int64_t last_new_s;    /* when an item last came, 0 never */
	int64_t not_before_s;  /* nothing may be asked before it (hold, Retry-After) */
	bool gone;
	char *effective_url; /* where the last answer came from, or is waited for; or NULL */
	char *move_to;       /* candidate of a permanent redirect, or NULL */
	int64_t move_first_s;
	unsigned move_seen;         /* 0: another feed has that address; or: */
#define STORE_MOVE_REFUSED 1000000u /* the user does not want it */
};
void store_state_copy(struct store_state *to, const struct store_state *from);
void store_state_release(struct store_state *state);

/* What goes out with the next request. */
struct store_validators {
	char *url; /* that gave them; NULL: there are none */
	void *etag;
	size_t etag_length;
	void *last_modified;
	size_t last_modified_length;
	uint64_t body_digest[2]; /* XXH3-128 of the last complete parsed body; 0,0: none */
};
void store_validators_release(struct store_validators *validators);

struct store_claim {
	int64_t feed_id;
	char *url;
	char *title; /* as lists show it */
	int64_t added_at_s;
	unsigned items; /* 0: the next document is the initial one */
	bool paused;
	struct store_settings settings;
	struct store_validators validators;
	struct store_state state; /* as it was before the claim */
};
void store_claim_release(struct store_claim *claim); /* its contents */
void store_claims_free(struct store_claim *claims, size_t count);

/*
 * Take up to `max` feeds whose next poll is due at now_s, oldest first, and put
 * their next_poll_s at now_s + lead_s (STORE_DUE_PROBE: those that were well at
 * their last look before the others; STORE_DUE_PROBE_PROXY: the same without those of
 * STORE_DUE_AROUND; STORE_DUE_AROUND: those that have a proxy of
 * their own, or none where there is one for all), committed before `done`: a crash
 * delays those, repeats none.  Or, with ids, those feeds whatever their schedule
 * (paused and gone ones, too: the conductor decides).  The claims are the
 * callee's to store_claims_free().
 */
enum store_due { STORE_DUE_ALL, STORE_DUE_PROBE, STORE_DUE_PROBE_PROXY, STORE_DUE_AROUND };
typedef void store_claimed(
	void *ctx, struct store_claim *claims, size_t count, const struct err *err);
void store_claim(struct store *store, int64_t now_s, int64_t lead_s, size_t max, enum store_due due,
	store_claimed *done, void *ctx);
void store_claim_ids(struct store *store, const int64_t *ids, size_t count, int64_t now_s,
	int64_t lead_s, store_claimed *done, void *ctx);

/* When the earliest feed is due, of all or of STORE_DUE_AROUND (INT64_MAX: none), and how many
 * of all are by now_s. */
typedef void store_due_done(void *ctx, int64_t next_poll_s, uint64_t due, const struct err *err);
void store_due(
	struct store *store, int64_t now_s, enum store_due which, store_due_done *done, void *ctx);

/* Move the next polls of overdue feeds (next_poll_s < now_s) to these moments (in order;
 * taken, as by malloc()), that of the feed which waits longest to the first.  Where there
 * are more feeds than moments, neighbours share one; where there are fewer, some are left
 * out, evenly. */
void store_spread(struct store *store, int64_t now_s, int64_t *moments_s, size_t count,
	store_done *done, void *ctx);

/* A clock that was set, be it while nobody ran. */
struct store_clock {
	int64_t now_s; /* by it */
	bool trusted;  /* it is not before feedd was built */
	/* It went forward by so much while no time passed; 0: not so, or not known.  Looks
	 * since since_s went by it as it was before. */
	int64_t step_s, since_s;
};

/* After the clock was set: no look comes later than its own terms (at least
 * least_s) would have it from now_s on, none sooner after the last one than its
 * base, no hold lasts longer than hold_max_s, and what has been since the future
 * has been since now_s.  Of holds and moments not so where the clock is not
 * trusted: by one that is behind all of them are in the future.  What was planned
 * before a step forward is as far away after it, and holds are as long. */
void store_clamp(struct store *store, const struct store_clock *clock, int64_t least_s,
	int64_t hold_max_s, store_done *done, void *ctx);

/* What a document did to its feed. */
struct store_delta {
	int64_t feed_id;
	bool initial;
	unsigned items;   /* in the document */
	unsigned fresh;   /* new to us and delivered */
	unsigned changed; /* and told so */
	unsigned untold;  /* changed, but too soon after the last time to tell again */
	int64_t tell_s;   /* when the first of those is told; where there are any */
	unsigned rekeyed;
	unsigned backfill; /* new to us, stored without telling */
	bool gap;          /* nothing of what we knew was there any more */
	int64_t newest_item_s;
	int64_t last_new_s;
	uint64_t seq; /* after the commit */
};

/* Runs on the writing thread inside the transaction, pure: fill in the state
 * that the feed has after this delta (NULL: no document).  every_s is the user's
 * interval as it is now, which may not be what it was when the feed was claimed. */
typedef void store_schedule(
	void *ctx, const struct store_delta *delta, int64_t every_s, struct store_state *state);

struct store_ingest {
	int64_t feed_id;
	int64_t now_s;
	const char *asked_url; /* ERR_CANCELLED if the feed has another one by now; NULL: whatever
				* it has; lives until done */
	bool aside;            /* it came by no look that was due: the schedule stays as it is */
	bool older;            /* a page of the feed's past, likewise aside: it adds items that are
				* not known, as old ones whatever their dates say; nothing else
				* changes */
	const struct feed_doc *doc;         /* taken: freed by the store */
	bool absence;                       /* complete, no delta: what is missing is missing */
	bool first;                         /* likely all of it is new: a hint and no more */
	bool unedited;                      /* byte for byte the last document, but its links may
					     * lead elsewhere, for it has another address */
	bool replace_validators;            /* else they stay, if it says of no item that the
					     * last document had anything else than that */
	struct store_validators validators; /* contents taken */
	struct store_state state;           /* contents taken; what `schedule` starts from */
	store_schedule *schedule;
	void *schedule_ctx; /* lives until done */
	unsigned status;
	uint64_t wire_bytes;
	int64_t elapsed_ms;
};
typedef void store_ingested(void *ctx, const struct store_delta *delta, const struct err *err);
void store_ingest(
	struct store *store, struct store_ingest *ingest, store_ingested *done, void *ctx);

/* What an answer without a document does to the validators that are kept. */
enum store_renewal {
	STORE_KEEP_VALIDATORS,
	STORE_MERGE_VALIDATORS, /* a 304's: fields present replace, others stay */
	STORE_RENEW_VALIDATORS  /* an unchanged body's: all, if the stored ones name it */
};
/* A row of the log. */
struct store_event {
	const char *word; /* of event.def, static; NULL: none */
	char *text;       /* taken, or NULL */
};
#define STORE_NOTE_EVENTS 2
/* An answer without a document: 304, an error, an unchanged body. */
struct store_note {
	int64_t feed_id;
	int64_t now_s;
	struct store_state state; /* contents taken: as it is from now on */
	enum store_renewal renewal;
	struct store_validators validators; /* contents taken; nothing where those are kept */
	/* Taken, or NULL: the feed's address from now on; the old one is kept in its moves. */
	char *adopt_url;
	/* In their order, and none behind none. */
	struct store_event events[STORE_NOTE_EVENTS];
	bool unasked; /* there was no answer that could be remembered */
	bool behind;  /* it follows an ingested document: state and answer are kept already */
	const char *asked_url;    /* as in store_ingest */
	store_schedule *schedule; /* or NULL: the state is whole */
	void *schedule_ctx;       /* lives until done */
	unsigned status;
	uint64_t wire_bytes;
	int64_t elapsed_ms;
};
/* What became of adopt_url; the log tells it, too. */
enum store_moved {
	STORE_STAYED,
	STORE_MOVED,
	STORE_MERGED /* another feed has it: this one is paused, and leads there by its move_to */
};
typedef void store_noted(void *ctx, enum store_moved moved, const struct err *err);
void store_note(struct store *store, struct store_note *note, store_noted *done, void *ctx);

struct store_new_feed {
	char *url;
	char *feed_title; /* the feed's own, or NULL */
	char *site_url;   /* or NULL */
	char **tags;      /* NULL-ended, or NULL */
	struct store_settings settings;
	int64_t next_poll_s;
	int64_t base_s; /* the interval that led there; 0: none, for it waits its turn: first
			   looks of new feeds are a second apart */
	int64_t added_at_s;
	/* It stands in a list: one that is there has its tags, too, and its title where it
	 * has none; its other settings stay. */
	bool listed;
	/* Where no feed has the address, the one that had it until it moved is meant: of a
	 * list always, for that may be from before the move. */
	char *leads_to; /* else if that is where it is now (a permanent redirect says so), or NULL */
	/* Or NULL: where it was looked for and has moved from, at once; kept in its moves. */
	char *moved_from;
	/* The first document, or NULL; ingested in the same transaction. */
	struct store_ingest *first; /* contents taken */
};
void store_new_feed_release(struct store_new_feed *feed);

struct store_added {
	int64_t feed_id;
	bool existed;
	bool joined;         /* existed, and has a tag or a title of the list now */
	bool revived;        /* was removed once, and has its old id again */
	unsigned fresh;      /* items of its first document that are new */
	struct err *refused; /* why it was (import goes on), or NULL; goes with the results */
};
/* One transaction for all of them; results in their order. */
typedef void store_feeds_added(
	void *ctx, const struct store_added *results, size_t count, const struct err *err);
void store_feeds_add(struct store *store, struct store_new_feed *feeds, size_t count,
	store_feeds_added *done, void *ctx); /* contents taken */

/* Starred items stay, under the feed's name, unless `purge`. */
void store_feeds_remove(struct store *store, const int64_t *ids, size_t count, bool purge,
	int64_t now_s, store_changed *done, void *ctx);

enum store_feed_change {
	STORE_PAUSE,
	STORE_RESUME, /* a gone feed, too; one that leads to another feed for good */
	STORE_REVERT  /* the last move */
};
void store_feeds_change(struct store *store, const int64_t *ids, size_t count,
	enum store_feed_change change, int64_t now_s, store_changed *done, void *ctx);

/* key as in `feedctl set`, plus "tags+" and "tags-"; "" is the default again.
 * Values are checked; the first bad one names itself and nothing is done. */
struct store_setting {
	const char *key;
	const char *value;
};
/* Where `every` is among them the next look is planned anew, on the store's
 * thread: feed is as it is from now on, *state likewise, to be changed. */
typedef void store_plan(void *ctx, const struct store_claim *feed, struct store_state *state);
struct store_set {
	const int64_t *ids; /* of the feeds */
	size_t count;
	const struct store_setting *settings;
	size_t setting_count;
	store_plan *plan;
	void *plan_ctx; /* taken: free()d at the end */
};
void store_feeds_set(struct store *store, const struct store_set *what, int64_t now_s,
	store_changed *done, void *ctx);

struct store_feed_row {
	int64_t id;
	const char *url, *title, *own_title, *site_url;
	const char *tags_json;
	const char
		*state; /* ok new failing held paused moved dead gone; held is told by the caller */
	uint64_t unread, starred, total;
	int64_t added_at_s, last_item_at_s; /* DATE_NONE */
	double items_per_week;
	bool paused;
	const char *id_policy, *id_policy_why;
	const struct store_settings *settings;
	const struct store_state *poll;
	const struct store_validators *validators;
	const char *moves_json;  /* [{at from to}] */
	const char *recent_json; /* [{at status new changed bytes ms}] */
	const char *weeks_json;  /* items of each of the last 12 weeks */
};
struct store_feed_filter {
	const int64_t *ids; /* or NULL: all */
	size_t count;
	const char *url; /* of this very address, or NULL; not with ids */
	const char *const *tags;
	size_t tag_count;
	const char *const *matches; /* any of them in title or URL */
	size_t match_count;
	bool unread;
	const char *state; /* or NULL */
	bool detail;       /* moves, recent, weeks, validators */
	bool brief;        /* neither tags nor items_per_week, which cost most */
	/* Not 0: those alone that need attention: what comes first, and feeds that were
	 * answered with nothing but 304 since before that moment. */
	int64_t only_304_before_s;
};
typedef int store_feed_each(void *ctx, const struct store_feed_row *row);

/* What a list of subscriptions has of a feed; until the callback returns. */
struct store_subscription {
	const char *url, *title; /* title: as it is shown */
	const char *site_url;    /* or NULL */
	const struct store_settings *settings;
	const char *const *tags;
	size_t tag_count;
};
typedef int store_subscription_each(void *ctx, const struct store_subscription *row);
/* All feeds, in one page: between two one may come or go. */
struct store_read_job *store_subscriptions(
	struct store *store, store_subscription_each *row, store_page_done *done, void *ctx);

/* The order of a listing whose pages are read one after the other, and how far it has
 * been told.  The caller's to free between pages, and where the last one is not read;
 * NULL is none. */
struct store_feed_order;
void store_feed_order_free(struct store_feed_order *order);
/* Those that need attention first, then by title.  *order: NULL before the first page;
 * it is the job's until `done`, and then that of the next page, or NULL if there is none.
 * order is NULL where no page but the first is wanted. */
struct store_read_job *store_feeds(struct store *store, const struct store_feed_filter *filter,
	struct store_feed_order **order, uint64_t limit, store_feed_each *row,
	store_page_done *done, void *ctx);

/* What decides whether a feed may be asked now; the texts live as long as the call.
 * Moments are 0 where there was none. */
struct store_askable {
	int64_t id;
	const char *url, *title; /* never NULL */
	bool paused, gone;
	int64_t last_attempt_s, last_unconditional_s, not_before_s;
	const char *effective_url; /* or NULL */
};
/* On the pool's thread. */
typedef void store_askable_each(void *ctx, const struct store_askable *feed);
/* Those with these ids (NULL: all that are subscribed), each once, by id. */
struct store_read_job *store_askable(struct store *store, const int64_t *ids, size_t count,
	store_askable_each *row, store_page_done *done, void *ctx);

/* FEED as the command line has it: id, URL, title, part of either that fits one.
 * The result is per word: its id, or 0 and a sentence.  For a title or a part all feeds
 * are gone through; so many names of feeds a call, which takes a second or two. */
#define STORE_FIND_NAMES_MAX 4000000
struct store_found {
	int64_t feed_id;
	struct err err;
};
typedef void store_feeds_found(
	void *ctx, const struct store_found *found, size_t count, const struct err *err);
struct store_read_job *store_feeds_find(struct store *store, const char *const *words, size_t count,
	store_feeds_found *done, void *ctx);

struct store_log_row {
	int64_t at_s, feed_id;
	uint64_t seq;
	const char *feed_title, *feed_url, *feed_tags_json, *event, *text;
	unsigned status, fresh, changed;
	int64_t ms;
	uint64_t bytes;
};
typedef int store_log_each(void *ctx, const struct store_log_row *row);
struct store_log_page {
	int64_t feed_id;   /* 0: of all, and of none */
	bool forward;      /* oldest first (feed events of `watch`); else newest first */
	uint64_t from_seq; /* rows behind it in that order; 0: from the first one */
	uint64_t limit;    /* rows of this page */
};
struct store_read_job *store_log(struct store *store, const struct store_log_page *page,
	store_log_each *row, store_page_done *done, void *ctx);
/* One row of it, and the hub is to be told. */
void store_log_add(struct store *store, int64_t feed_id, const char *event, const char *text,
	int64_t now_s, store_done *done, void *ctx);

#endif
