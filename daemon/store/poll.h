#ifndef STORE_POLL_H
#define STORE_POLL_H

#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/store/db.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"

/*
 * A feed's poll state and validators between structs and rows, and the short
 * memory of its last answers.  Knows which column is which, not what they mean.
 */

/* POLL_COLUMNS of statement_poll.def, from `column` on: the state, and then
 * whether the feed is paused. */
#define POLL_STATE_COUNT 36
#define POLL_COLUMNS_COUNT (POLL_STATE_COUNT + 1)
void poll_read(sqlite3_stmt *row, int column, struct store_state *out_state);

/* Columns url, etag, last_modified, body_digest. */
void poll_read_validators(sqlite3_stmt *row, int column, struct store_validators *out_validators);

/* SETTING_COLUMNS; and the same values as parameters from ?at on. */
#define SETTING_COLUMNS_COUNT 13
void poll_read_settings(sqlite3_stmt *row, int column, struct store_settings *out_settings);
void poll_bind_settings(sqlite3_stmt *put, int at, const struct store_settings *settings);

/* A row of CLAIM; its contents are the caller's. */
void poll_read_claim(sqlite3_stmt *row, struct store_claim *out_claim);

/* One answer, for the last of them that `explain` shows. */
struct poll_answer {
	int64_t at_s;
	unsigned status, fresh, changed;
	uint64_t bytes;
	int64_t ms;
};

/* answer NULL: none is remembered. */
int poll_put(struct db *db, int64_t feed_id, const struct store_state *state,
	const struct poll_answer *answer, struct err *err) MUST_USE;

/* Whoever is gone is asked once more; `anyway`: whoever it is, at once, with
 * nothing held against it. */
int poll_revive(
	struct db *db, int64_t feed_id, bool anyway, int64_t now_s, struct err *err) MUST_USE;

/* Before a feed goes, or has another address.  Those that rest because they lead there
 * are looked at again; where it moved by itself they lead to `moved_to`, else NULL. */
int poll_part_merged(
	struct db *db, int64_t feed_id, const char *moved_to, struct err *err) MUST_USE;

/* The feed has another address: what was learned of the old one's moves is over. */
int poll_forget_url(struct db *db, int64_t feed_id, int64_t now_s, struct err *err) MUST_USE;

/* Replace all; all, if what is there names the same body; or what is there only. */
int poll_replace_validators(struct db *db, int64_t feed_id,
	const struct store_validators *validators, struct err *err) MUST_USE;
int poll_renew_validators(struct db *db, int64_t feed_id, const struct store_validators *validators,
	struct err *err) MUST_USE;
int poll_merge_validators(struct db *db, int64_t feed_id, const struct store_validators *validators,
	struct err *err) MUST_USE;

/* The blob of the last answers as a JSON array, newest first. */
void poll_recent_json(const void *recent, size_t length, struct buf *out);

#endif
