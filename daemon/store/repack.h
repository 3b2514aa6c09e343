#ifndef STORE_REPACK_H
#define STORE_REPACK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/by_feed.h"

/*
 * Articles that came one by one lie each in a row of its own.  When they have
 * grown quiet, those of one feed go together into bundles (bundle.h), packed
 * with more patience than an arrival has: a third of their room is saved.
 * Knows neither when upkeep runs nor what an article says.
 */

struct writer;

struct repack {
	struct by_feed loose;
	int64_t seen_id; /* loose articles up to it are in there, or were */
	bool at_end;     /* there are none behind it */
};

void repack_init(struct repack *repack);
void repack_release(struct repack *repack);

/*
 * A few milliseconds of work: 1, 0 when the round is over, -1.  What is to be
 * undone by a transaction that fails is in the store alone.
 */
int repack_step(struct writer *writer, int64_t now_s, struct err *err) MUST_USE;

#endif
