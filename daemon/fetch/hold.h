#ifndef FETCH_HOLD_H
#define FETCH_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/fetch/fetch.h"

/*
 * What an answer does to a site's hold and gap (429, 503, herds of 403).
 * Arithmetic on values; keeps nothing and asks no clock.
 */

#define HOLD_GAP_MAX_MS INT64_C(300000)
#define HOLD_HERD_S INT64_C(3600) /* within which refusals belong together */

struct hold_answer {
	unsigned status;
	const char *url;
	bool challenge;
	int64_t retry_after_s; /* -1: not said */
	int64_t lifetime_s;    /* of the answer itself; <= 0: none */
	int64_t reset_s;       /* of an exhausted rate limit, else -1 */
};

/* One feed's 403 is its own; a second one within the hour is the site's. */
struct hold_herd {
	uint64_t url_hash;
	int64_t at_s; /* of the first one; 0: none */
};

/* Update *hold and *herd; true if *hold is not what it was. */
bool hold_update(struct fetch_hold *hold, struct hold_herd *herd, const struct hold_answer *answer,
	const struct fetch_options *options, int64_t now_s);

/* That feed was refused then, as the store knows. */
void hold_refused(struct hold_herd *herd, const char *url, int64_t at_s);

/* The gap in force: the learned one, halved for each clean day, at least the setting. */
int64_t hold_gap_ms(const struct fetch_hold *hold, int64_t default_ms, int64_t now_s);

/* After the clock was set: what was learned by one that was ahead is as long from now on
 * as it was then, and nothing is longer ahead than `most_s`. */
void hold_clamp(struct fetch_hold *hold, int64_t now_s, int64_t most_s);
/* The clock went forward by step_s, to now_s, and no time passed: what is held is so as
 * long as before. */
void hold_step(struct fetch_hold *hold, int64_t now_s, int64_t step_s);

/* Seconds until it ends, at most `most_s` however far a clock was off; 0: it is over. */
int64_t hold_left_s(const struct fetch_hold *hold, int64_t now_s, int64_t most_s);

#endif
