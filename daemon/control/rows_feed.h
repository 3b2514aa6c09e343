#ifndef CONTROL_ROWS_FEED_H
#define CONTROL_ROWS_FEED_H

#include <stdint.h>

#include "daemon/control/rows.h"

/*
 * Feeds as the objects of common/object.def; as rows.h.  What the store says of
 * a feed is not all: its site may be held since, by what another feed was told.
 */

/* What rows of feeds are told by.  call_moment() makes one. */
struct rows_moment {
	int64_t now_s;
	struct fetch_holds *holds;
};

void rows_put_feed(struct json_writer *w, const struct store_feed_row *feed,
	const struct rows_moment *moment, rows_mask mask);

/* Only members, into an object that is open: the feed's, and what Explain adds. */
void rows_put_feed_members(struct json_writer *w, const struct store_feed_row *feed,
	const struct rows_moment *moment, rows_mask mask);
void rows_put_explanation(
	struct json_writer *w, const struct store_feed_row *feed, const struct rows_moment *moment);

/* The word for how a feed is: the store's, or "held" while its site asked us
 * to wait. */
const char *rows_feed_state(const struct store_feed_row *feed, const struct rows_moment *moment);

/* What a person should know of a feed, in words (maybe in the room), or NULL. */
#define ROWS_ATTENTION_MAX 1024
#define ROWS_ONLY_304_S ((int64_t)14 * 86400) /* and nothing else: worth a look */
const char *rows_feed_attention(const struct store_feed_row *feed, const struct rows_moment *moment,
	char room[ROWS_ATTENTION_MAX]);

#endif
