#ifndef STORE_RESTORE_H
#define STORE_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/store/find.h"
#include "daemon/store/store.h"
#include "daemon/store/store_copies.h"
#include "daemon/store/writer.h"

/*
 * Putting back what a person did: subscriptions, and states of items, which
 * wait for those that are not here yet.  States are added to what items have: what is
 * not named stays.  Knows no format.
 */

struct restore {
	struct writer *writer;
	int64_t now_s, next_poll_s; /* of the first feed that is new here; one a second */
	int64_t base_s;             /* as in struct store_new_feed */
	bool newer;                 /* only where what is put back is later */
	bool undated;               /* states have no time: now, where they change anything */
	struct store_restored result;
	struct store_restored_feed *list; /* of the result */
	struct buf words;                 /* lines: what was refused and why */
	char *feed_url;                   /* whose states are put back, or NULL */
	char *feed_now_url;               /* where it is by now */
	int64_t feed_id;
	bool feed_has_items;
};
void restore_init(struct restore *restore, struct writer *writer, int64_t now_s, bool newer);
void restore_release(struct restore *restore);

/* Remember a refusal, without the password that may be in what is refused, and go on.
 * Always 0. */
int restore_refuse(struct restore *restore, const char *what, const char *why);

/* A feed as it is subscribed to where it is new here; all but its address may be NULL. */
struct restore_subscription {
	const char *url, *title;
	const char *auth; /* for that address only */
};
/* Subscribe, if it is not, be it under the address that it has moved to.  *out_fresh: it
 * was not. */
int restore_feed(struct restore *restore, const struct restore_subscription *subscription,
	int64_t *out_id, bool *out_fresh, struct err *err) MUST_USE;

/* Whether a feed has that very address, or had it until it moved: 1 or 0. */
int restore_knows(struct restore *restore, const char *url, struct err *err) MUST_USE;

/* Whether the feed of that address, which restore_feed() has just found, is at another
 * origin by now, which no secret of the first one is for. */
bool restore_is_elsewhere(const struct restore *restore, const char *url);

/* State as in item_state.h, added to what the item has, or to what waits for it; the time
 * is the later of both.  The guid is as in a dump, or made by restore_name.h. */
int restore_item(struct restore *restore, const char *feed_url, const char *guid, const char *state,
	int64_t at_s, struct err *err) MUST_USE;

/* The same of an item that has nothing but a title: neither guid nor link. */
int restore_titled(struct restore *restore, const char *feed_url, const char *title,
	const char *state, int64_t at_s, struct err *err) MUST_USE;

/* Items first..last of a feed are new: their waiting states are put on them.
 * out_settled: those that had one are appended; NULL: they are known ones that
 * are called otherwise by now, and only what waits for just that id is theirs. */
int restore_waiting(struct writer *writer, const char *feed_url, int64_t first, int64_t last,
	struct ids *out_settled, struct err *err) MUST_USE;

#endif
