#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

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
 *
 * This header is the store itself: opened, closed, looked after, counted.
 * What is done with feeds, items and copies has a header each:
 * store_feeds.h, store_items.h, store_copies.h.
 */
struct store;
struct uv_loop_s; /* uv_loop_t */

struct store_options {
	const char *data_dir; /* exists, is ours, 0700 */
	int64_t keep_read_s;
	int64_t keep_unread_s; /* INT64_MAX: for ever */
	int64_t backup_every_s;
	unsigned backup_keep;
	/* From within store_open(), before a store of an older schema is copied and brought
	 * up to date, which may take minutes; or NULL. */
	void (*upgrading)(void *ctx, int from, int to);
	void *ctx;
};

/*
 * Open, migrate, or make data_dir/feedd.db.  ERR_LOCKED: another feedd has it;
 * ERR_NEWER: untouched; ERR_DAMAGED; ERR_UNSAFE: its rights are not right; ERR_IO.
 */
int store_open(struct uv_loop_s *loop, const struct store_options *options,
	struct store **out_store, struct err *err) MUST_USE;
void store_reconfigure(struct store *store, const struct store_options *options);

/* Commit what is queued (the callbacks of those jobs do not come), stop the
 * thread, close the file.  NULL is fine. */
void store_close(struct store *store);

/* Where the list of feeds is kept that lay beside no store, so that a new one
 * began; NULL if none did.  The store's. */
const char *store_earlier_list(const struct store *store);

/* Where the journal is kept that lay beside the store and was another one's; NULL if
 * none did.  The store's. */
const char *store_stray_journal(const struct store *store);

/* Whether the last stop was none: a kill, a crash, a power cut.  True until the
 * store has been checked for it. */
bool store_was_cut_off(const struct store *store);

/* Whether it was an older feedd's before this start: what was written of it may say what
 * it says no more. */
bool store_was_upgraded(const struct store *store);

/* Called on the loop when the file turned out damaged or unwritable for good:
 * the process must end with the exit code that err->code stands for. */
void store_on_fatal(
	struct store *store, void (*fatal)(void *ctx, const struct err *err), void *ctx);
/* Called on the loop when the disk is full (true) and when it is not any more. */
void store_on_hold(struct store *store, void (*hold)(void *ctx, bool held), void *ctx);

/* Bytes of jobs that wait for the writer (documents mostly). */
size_t store_queued_bytes(const struct store *store);
/* Wake the loop, once, when that falls below so many bytes; 0: do not (any more). */
void store_wake_below(struct store *store, size_t bytes);

/* For a watchdog, which asks from time to time: whether the writer gets on (queue.h). */
bool store_gets_on(struct store *store);

/* How a change that is only done or not ends, and one that counts what it did;
 * both on the loop, after the commit. */
typedef void store_done(void *ctx, const struct err *err);
typedef void store_changed(void *ctx, uint64_t changed, const struct err *err);

/*
 * A reading under way.  Its rows come on the pool's thread, one at a time, and
 * their texts live until the row callback returns; nonzero ends the page early
 * (that row has been taken).  After store_read_cancel() `done` never comes and
 * no row is told any more.
 */
struct store_read_job;
void store_read_cancel(struct store_read_job *job);
/* On the loop; `more`: the listing goes on behind position. */
typedef void store_page_done(void *ctx, uint64_t rows, bool more, const struct err *err);

struct store_numbers {
	uint64_t feeds, failing, unread, starred, items, index_lag, store_bytes, seq;
	int64_t next_poll_s;
	uint64_t due;
	uint64_t store_id; /* names this store in its cursors */
};
typedef void store_numbers_done(
	void *ctx, const struct store_numbers *numbers, const struct err *err);
/* Until when a feed is not asked, whatever its plan is: on the pool's thread; own_way: it
 * has a proxy of its own, or none. */
struct store_state;
typedef int64_t store_held_until(
	void *ctx, const char *url, bool own_way, const struct store_state *state);
/* held (or NULL) has a say in next_poll_s; of its state only effective_url and
 * not_before_s are filled in. */
struct store_read_job *store_status(struct store *store, int64_t now_s, store_held_until *held,
	store_numbers_done *done, void *ctx);

#define STORE_TAG_MAX 256 /* bytes of a tag */

/* Cursors: one word, "c" and digits, good for this store only: ERR_USAGE if
 * it is none, ERR_REFUSED if it is another's. */
#define STORE_CURSOR_MAX 48
void store_cursor_format(const struct store *store, uint64_t seq, char out[STORE_CURSOR_MAX]);
int store_cursor_parse(
	const struct store *store, const char *cursor, uint64_t *out_seq, struct err *err) MUST_USE;

/* JSON of `stats` (objects key value), piecewise into `row` as text: the rows
 * that keys (NULL-ended) names, all where it is NULL. */
typedef int store_text_each(void *ctx, const char *json_object);
struct store_read_job *store_stats(struct store *store, int64_t now_s, const char *const *keys,
	store_text_each *row, store_page_done *done, void *ctx);
bool store_stats_knows(const char *key);

/* What sites have asked of us: opaque rows for the fetcher; one of no site, for the
 * conductor. */
struct store_hold {
	char site[256];
	int64_t until_s, gap_ms, gap_since_s;
	unsigned strikes, herds; /* up to 65535 are kept */
	char reason[120];
};
void store_hold_put(struct store *store, const struct store_hold *hold);
/* Blocking, before the loop runs. */
int store_holds_load(struct store *store, void (*each)(void *ctx, const struct store_hold *hold),
	void *ctx, struct err *err) MUST_USE;
/* Likewise, by moment: feeds that were answered 403 after since_s, and where they lead. */
typedef void store_refused(void *ctx, const char *url, const char *end, int64_t at_s);
int store_refused_load(struct store *store, int64_t since_s, store_refused *each, void *ctx,
	struct err *err) MUST_USE;

/* Purge, optimise, daily backup: what is due of it, off the loop.  Call it
 * after a start and then at the moment that `done` names. */
typedef void store_maintained(void *ctx, int64_t next_s, const struct err *err);
void store_maintain(struct store *store, int64_t now_s, store_maintained *done, void *ctx);

/* Whether that removed nothing for its age, because now_s was more than 400 days ahead of
 * *out_seen_s, when it was last done: until it no longer is, or for an hour. */
bool store_doubts_clock(const struct store *store, int64_t *out_seen_s);
/* How long after the first feed came it is to be called sooner, so that what is there
 * then has a copy; 0: there is one, or none is made. */
int64_t store_first_copy_s(const struct store *store);

/* An item is told as changed once in six hours.  What is edited more often waits until
 * they are over: `waits` comes on the loop when something begins to, or may. */
void store_on_edit(struct store *store, void (*waits)(void *ctx, int64_t tell_s), void *ctx);
/* Tell those that are due, or some of them: after a start and then at next_s (INT64_MAX:
 * none waits).  seq: up to it followers have news; 0: there is none. */
typedef void store_edits_told(void *ctx, uint64_t seq, int64_t next_s, const struct err *err);
void store_tell_edits(struct store *store, int64_t now_s, store_edits_told *done, void *ctx);

/* Name and version of the database; static. */
const char *store_library(void);

#endif
