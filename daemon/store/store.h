#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/document.h"

/*
 * What feedd remembers, in one SQLite file: feeds with their schedule, items
 * kept once, states, tags, rules, queries, the log.  All SQL is in here.  Knows
 * nothing of HTTP, of Varlink, and of when a feed is due next: it keeps the
 * schedule that is handed in.
 *
 * Changes are jobs of one writing thread, which commits what gathered while
 * the last commit synced; each job is a savepoint of its own.  `done` comes
 * once, on the loop, after the commit is on disk.  Reads run on libuv's pool
 * with connections of their own, one page a job.  Every call here is made from
 * the loop's thread; arguments are copied unless their comment says "taken".
 * After store_close() nothing comes any more.
 */
struct store;
struct uv_loop_s; /* uv_loop_t */

struct store_options {
	const char *data_dir; /* exists, is ours, 0700 */
	int64_t keep_read_s;
	int64_t keep_unread_s; /* INT64_MAX: for ever */
	int64_t backup_every_s;
	unsigned backup_keep;
};

/*
 * Open, migrate, or make data_dir/feedd.db.  ERR_LOCKED: another feedd has it;
 * ERR_NEWER: untouched; ERR_DAMAGED; ERR_IO.
 */
int store_open(struct uv_loop_s *loop, const struct store_options *options, int64_t now_s,
	struct store **out_store, struct err *err) MUST_USE;
void store_reconfigure(struct store *store, const struct store_options *options);

/* `feedd --recover`: set the damaged file aside, put the newest sound backup
 * in its place, write to *out_words what is lost.  Without a running feedd. */
int store_recover(const char *data_dir, struct buf *out_words, struct err *err) MUST_USE;

/* Commit what is queued (the callbacks of those jobs do not come), stop the
 * thread, close the file.  NULL is fine. */
void store_close(struct store *store);

/* Called on the loop when the file turned out damaged or unwritable for good:
 * the process must end with the exit code that err->code stands for. */
void store_on_fatal(
	struct store *store, void (*fatal)(void *ctx, const struct err *err), void *ctx);
/* Called on the loop when the disk is full (true) and when it is not any more. */
void store_on_hold(struct store *store, void (*hold)(void *ctx, bool held), void *ctx);

/* Bytes of jobs that wait for the writer (documents mostly). */
size_t store_queued_bytes(const struct store *store);

/* ------------------------------------------------------------- feeds ---- */

/* Settings of one feed (`feedctl set`).  NULL or -1: the default. */
struct store_settings {
	char *title;      /* the user's, over the feed's own */
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
	char *effective_url; /* where the last answer came from, or NULL */
	char *move_to;       /* candidate of a permanent redirect, or NULL */
	int64_t move_first_s;
	unsigned move_seen;
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
void store_claims_free(struct store_claim *claims, size_t count);

/*
 * Take up to `max` feeds whose next poll is due at now_s, oldest first, and put
 * their next_poll_s at now_s + lead_s, committed before `done`: a crash delays
 * those, repeats none.  Or, with ids, those feeds whatever their schedule
 * (paused and gone ones, too: the conductor decides).  The claims are the
 * callee's to store_claims_free().
 */
typedef void store_claimed(
	void *ctx, struct store_claim *claims, size_t count, const struct err *err);
void store_claim(struct store *store, int64_t now_s, int64_t lead_s, size_t max,
	store_claimed *done, void *ctx);
void store_claim_ids(struct store *store, const int64_t *ids, size_t count, int64_t now_s,
	int64_t lead_s, store_claimed *done, void *ctx);

/* When the earliest feed is due (INT64_MAX: none), and how many are by now_s. */
typedef void store_due_done(void *ctx, int64_t next_poll_s, uint64_t due, const struct err *err);
void store_due(struct store *store, int64_t now_s, store_due_done *done, void *ctx);

/* Put overdue feeds (next_poll_s < now_s) at random moments of [from_s, to_s],
 * oldest first: after a start or a resume. */
typedef void store_done(void *ctx, const struct err *err);
void store_spread(struct store *store, int64_t now_s, int64_t from_s, int64_t to_s, uint64_t seed,
	store_done *done, void *ctx);

/* After the clock went back: no look comes later than its own terms (at least
 * least_s) would have it from now_s on. */
void store_clamp(struct store *store, int64_t now_s, int64_t least_s, store_done *done, void *ctx);

/* What a document did to its feed. */
struct store_delta {
	int64_t feed_id;
	bool initial;
	unsigned items; /* in the document */
	unsigned fresh; /* new to us and delivered */
	unsigned changed;
	unsigned rekeyed;
	unsigned backfill; /* new to us, stored without telling */
	bool gap;          /* nothing of what we knew was there any more */
	int64_t newest_item_s;
	int64_t last_new_s;
	uint64_t seq; /* after the commit */
};

/* Runs on the writing thread inside the transaction, pure: fill in the state
 * that the feed has after this delta. */
typedef void store_schedule(void *ctx, const struct store_delta *delta, struct store_state *state);

struct store_ingest {
	int64_t feed_id;
	int64_t now_s;
	const struct feed_doc *doc;         /* taken: freed by the store */
	bool absence;                       /* complete, no delta: what is missing is missing */
	bool first;                         /* likely all of it is new: a hint and no more */
	bool replace_validators;            /* else they stay as they are */
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

/* An answer without a document: 304, an error, an unchanged body. */
struct store_note {
	int64_t feed_id;
	int64_t now_s;
	struct store_state state; /* contents taken: as it is from now on */
	bool merge_validators;    /* a 304's: fields present replace, others stay */
	bool replace_validators;
	struct store_validators validators; /* contents taken */
	char *adopt_url; /* taken, or NULL: the feed's address from now on; the old one is kept in its moves */
	const char *event; /* a row of event.def, or NULL for none; static */
	char *event_text;  /* taken, or NULL */
	bool quiet;        /* it follows an ingested document: no answer of its own is remembered */
	unsigned status;
	uint64_t wire_bytes;
	int64_t elapsed_ms;
};
void store_note(struct store *store, struct store_note *note, store_done *done, void *ctx);

struct store_new_feed {
	char *url;
	char *feed_title; /* the feed's own, or NULL */
	char *site_url;   /* or NULL */
	char **tags;      /* NULL-ended, or NULL */
	struct store_settings settings;
	int64_t next_poll_s;
	int64_t added_at_s;
	/* The first document, or NULL; ingested in the same transaction. */
	struct store_ingest *first; /* contents taken */
};
void store_new_feed_release(struct store_new_feed *feed);

struct store_added {
	int64_t feed_id;
	bool existed;
	bool refused; /* err tells why (import goes on) */
	struct err err;
};
/* One transaction for all of them; results in their order. */
typedef void store_feeds_added(
	void *ctx, const struct store_added *results, size_t count, const struct err *err);
void store_feeds_add(struct store *store, struct store_new_feed *feeds, size_t count, int64_t now_s,
	store_feeds_added *done, void *ctx); /* contents taken */

typedef void store_changed(void *ctx, uint64_t changed, const struct err *err);
/* Starred items stay, under the feed's name, unless `purge`. */
void store_feeds_remove(struct store *store, const int64_t *ids, size_t count, bool purge,
	int64_t now_s, store_changed *done, void *ctx);

enum store_feed_change {
	STORE_PAUSE,
	STORE_RESUME, /* a gone feed, too */
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
void store_feeds_set(struct store *store, const int64_t *ids, size_t count,
	const struct store_setting *settings, size_t setting_count, int64_t now_s,
	store_changed *done, void *ctx);

/* ------------------------------------------------------------- items ---- */

enum store_sort { STORE_BY_DATE, STORE_BY_ADDED, STORE_BY_FEED, STORE_BY_TITLE, STORE_BY_RANK };
enum store_read { STORE_UNREAD, STORE_READ, STORE_ANY };

/* The filters of `list`.  Lists are "any of them"; different ones "all". */
struct store_filter {
	const int64_t *feed_ids;
	size_t feed_count;
	const char *const *queries; /* saved ones, by name: as feeds */
	size_t query_count;
	const char *const *tags;
	size_t tag_count;
	enum store_read read;
	int starred; /* 1, 0, -1 both */
	bool changed;
	int64_t since_s, until_s;      /* of date; INT64_MIN, INT64_MAX */
	int64_t added_since_s;         /* INT64_MIN */
	uint64_t since_seq, until_seq; /* cursors; 0: none */
	const char *match;             /* or NULL */
	const char *where;             /* or NULL */
	bool cluster;                  /* fold the same story of several feeds */
	int64_t now_s;                 /* what ages in `where` are counted from */
};

/* A row as lists have it.  Texts live until the row callback returns; NULL
 * where there is none.  JSON columns are ready arrays. */
struct store_item {
	int64_t id, feed_id;
	const char *guid, *feed_title, *feed_url, *url, *external_url, *title, *summary;
	const char *language, *image, *fallback_title; /* first words of the text */
	const char *authors_json, *categories_json, *attachments_json;
	const char *tags_json, *feed_tags_json;
	const char *also_in_json;
	int64_t date_s, published_s, modified_s, received_s, changed_s; /* DATE_NONE: null */
	bool read, starred, changed;
	uint64_t seq;
	const char *event;                       /* watch: new changed initial state; else NULL */
	const char *content_html, *content_text; /* only when asked for */
	const char *previous_json;               /* show --diff: older texts */
	int64_t cluster;                         /* shared with also_in's; 0: alone */
};

/* Where a listing goes on; begins all zero. */
struct store_position {
	uint64_t bound_seq; /* what existed at the start */
	int64_t sort_a;
	int64_t id;
	uint64_t offset;
	bool started;
	void *gathered; /* of title and rank; freed by store_position_release() */
	void *clusters;
};
void store_position_release(struct store_position *position);

struct store_page {
	const struct store_filter *filter;
	enum store_sort sort;
	bool reverse;                    /* newest first is reverse by date */
	uint64_t limit;                  /* rows of this page */
	bool full;                       /* with content */
	bool line;                       /* no more than id, dates, flags, title, url, guid, feed */
	struct store_position *position; /* updated before `done` */
};

/* On the pool's thread, a row at a time; nonzero ends the page early (that row
 * has been taken). */
typedef int store_item_row(void *ctx, const struct store_item *item);
/* On the loop; `more`: the listing goes on behind position. */
typedef void store_page_done(void *ctx, uint64_t rows, bool more, const struct err *err);
/* Returns a handle for store_read_cancel(), after which `done` never comes and
 * no row is told any more. */
struct store_read_job;
struct store_read_job *store_items(struct store *store, const struct store_page *page,
	store_item_row *row, store_page_done *done, void *ctx);
void store_read_cancel(struct store_read_job *job);

typedef void store_counted(void *ctx, uint64_t count, const struct err *err);
struct store_read_job *store_count(
	struct store *store, const struct store_filter *filter, store_counted *done, void *ctx);

/* What happened behind a cursor, in order of seq (`watch`); states: marks, too;
 * initial: items of first documents, too. */
struct store_read_job *store_changes(struct store *store, const struct store_filter *filter,
	uint64_t after_seq, uint64_t limit, bool states, bool initial, bool full,
	store_item_row *row, store_page_done *done, void *ctx);

/* Items by id or word (link or guid), in that order, with content.  unknown:
 * words that are no item, NULL-ended, lives until done returns. */
typedef void store_items_found(
	void *ctx, uint64_t rows, const char *const *unknown, const struct err *err);
struct store_read_job *store_items_find(struct store *store, const char *const *words, size_t count,
	bool history, store_item_row *row, store_items_found *done, void *ctx);

enum store_mark {
	STORE_MARK_READ,
	STORE_MARK_UNREAD,
	STORE_STAR,
	STORE_UNSTAR,
	STORE_TAG,
	STORE_UNTAG
};

/* Either words (ids, links, guids) or a filter. */
struct store_selection {
	const char *const *words;
	size_t count;
	const struct store_filter *filter; /* or NULL */
	uint64_t bound_seq;                /* only what existed; 0: now */
	bool bulk;                         /* undo takes it back */
};
struct store_marked {
	uint64_t matched, changed;
	const char *const *unknown; /* NULL-ended */
	uint64_t seq;
};
typedef void store_marks_done(void *ctx, const struct store_marked *marked, const struct err *err);
void store_mark(struct store *store, const struct store_selection *selection, enum store_mark mark,
	const char *tag, int64_t now_s, store_marks_done *done, void *ctx);
/* Take back the last bulk change; 0 rows if there is none. */
void store_undo(struct store *store, int64_t now_s, store_changed *done, void *ctx);

/* ------------------------------------------------- looking at feeds ---- */

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
	const char *const *tags;
	size_t tag_count;
	const char *match; /* in title or URL, or NULL */
	bool unread;
	const char *state; /* or NULL */
	bool detail;       /* moves, recent, weeks, validators */
};
typedef int store_feed_each(void *ctx, const struct store_feed_row *row);
/* Those that need attention first, then by title; `after` rows are skipped. */
struct store_read_job *store_feeds(struct store *store, const struct store_feed_filter *filter,
	uint64_t after, uint64_t limit, store_feed_each *row, store_page_done *done, void *ctx);

/* FEED as the command line has it: id, URL, title, part of either that fits one.
 * The result is per word: its id, or 0 and a sentence. */
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
	const char *feed_title, *feed_url, *event, *text;
	unsigned status, fresh, changed;
	int64_t ms;
	uint64_t bytes;
};
typedef int store_log_each(void *ctx, const struct store_log_row *row);
/* Newest first, or behind after_seq oldest first (feed events of `watch`). */
struct store_read_job *store_log(struct store *store, int64_t feed_id, uint64_t after_seq,
	bool forward, uint64_t limit, store_log_each *row, store_page_done *done, void *ctx);
/* One row of it, and the hub is to be told. */
void store_log_add(struct store *store, int64_t feed_id, const char *event, const char *text,
	int64_t now_s, store_done *done, void *ctx);

struct store_numbers {
	uint64_t feeds, failing, unread, starred, items, index_lag, store_bytes, seq;
	int64_t next_poll_s;
	uint64_t due;
	uint64_t store_id; /* names this store in its cursors */
};
typedef void store_numbers_done(
	void *ctx, const struct store_numbers *numbers, const struct err *err);
struct store_read_job *store_status(
	struct store *store, int64_t now_s, store_numbers_done *done, void *ctx);

/* Cursors: one word, "c" and digits, good for this store only: ERR_USAGE if
 * it is none, ERR_REFUSED if it is another's. */
#define STORE_CURSOR_MAX 48
void store_cursor_format(const struct store *store, uint64_t seq, char out[STORE_CURSOR_MAX]);
int store_cursor_parse(
	const struct store *store, const char *cursor, uint64_t *out_seq, struct err *err) MUST_USE;

/* JSON of `stats` (objects key value), piecewise into `row` as text. */
typedef int store_text_each(void *ctx, const char *json_object);
struct store_read_job *store_stats(
	struct store *store, int64_t now_s, store_text_each *row, store_page_done *done, void *ctx);

/* ------------------------------------- queries, rules, holds, copies ---- */

/* A `--where` expression: compiles, or ERR_USAGE with the column. */
int store_where_check(const char *expr, struct err *err) MUST_USE;
/* A `--match` expression likewise. */
int store_match_check(const char *words, struct err *err) MUST_USE;

void store_query_put(struct store *store, const char *name, const char *expr, int64_t now_s,
	store_done *done, void *ctx); /* expr NULL: remove, ERR_NOT_FOUND */
typedef int store_query_each(void *ctx, const char *name, const char *expr);
struct store_read_job *store_queries(
	struct store *store, store_query_each *row, store_page_done *done, void *ctx);

typedef void store_rule_done(void *ctx, int64_t rule_id, const struct err *err);
void store_rule_add(struct store *store, const char *expr, const char *const *actions,
	int64_t now_s, store_rule_done *done, void *ctx);
void store_rule_remove(struct store *store, int64_t rule_id, store_changed *done, void *ctx);
void store_rule_apply(struct store *store, int64_t rule_id, int64_t since_s, int64_t now_s,
	store_changed *done, void *ctx);
typedef int store_rule_each(
	void *ctx, int64_t id, const char *expr, const char *action, uint64_t hits);
struct store_read_job *store_rules(
	struct store *store, store_rule_each *row, store_page_done *done, void *ctx);

/* What sites have asked of us: opaque rows for the fetcher. */
struct store_hold {
	char site[256];
	int64_t until_s, gap_ms, gap_since_s;
	unsigned strikes;
	char reason[120];
};
void store_hold_put(struct store *store, const struct store_hold *hold);
/* Blocking, before the loop runs. */
int store_holds_load(struct store *store, void (*each)(void *ctx, const struct store_hold *hold),
	void *ctx, struct err *err) MUST_USE;

/* Purge, optimise, daily backup: what is due of it, off the loop.  Call it
 * after a start and then at the moment that `done` names. */
typedef void store_maintained(void *ctx, int64_t next_s, const struct err *err);
void store_maintain(struct store *store, int64_t now_s, store_maintained *done, void *ctx);

/* A consistent, verified copy in the data directory; *path is the caller's to
 * unlink once it has been read. */
typedef void store_copied(void *ctx, const char *path, const struct err *err);
void store_backup(struct store *store, store_copied *done, void *ctx);

/* dump: sorted text, line after line (piece with its line ends). */
typedef int store_dump_each(void *ctx, const char *text, size_t length);
struct store_read_job *store_dump(struct store *store, bool secrets, store_dump_each *piece,
	store_page_done *done, void *ctx);
/* restore: the whole text at once (one transaction). */
struct store_restored_feed {
	int64_t id;
	bool fresh; /* it was not subscribed */
};
struct store_restored {
	uint64_t feeds, states, waiting, refused;
	const char *words;                      /* what was refused and why, lines */
	const struct store_restored_feed *list; /* every feed that was named */
	size_t list_count;
};
typedef void store_restore_done(
	void *ctx, const struct store_restored *result, const struct err *err);
void store_restore(struct store *store, struct buf *text, bool newer, int64_t now_s,
	store_restore_done *done, void *ctx); /* text taken */
/* newsboat's cache.db, given as bytes; its feeds' first polls are then. */
void store_import_newsboat(struct store *store, struct buf *file, int64_t now_s,
	int64_t next_poll_s, store_restore_done *done, void *ctx); /* taken */

/* Name and version of the database; static. */
const char *store_library(void);

#endif
