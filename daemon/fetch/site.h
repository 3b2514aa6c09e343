#ifndef FETCH_SITE_H
#define FETCH_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/fetch/hold.h"

/*
 * Turns: at one site one request at a time, and a gap from start to start.  A
 * site is whatever shares a key: a registrable domain or an address.  Knows
 * nothing of HTTP and of what a turn is used for.
 */
struct sites;
struct site;

/* One who wants a turn; lives in its owner. */
struct site_turn {
	struct site *site; /* NULL: neither asked for nor had */
	uint64_t number;   /* of its owner, who has a higher one than whoever came before */
	bool running, front;
	bool had_started; /* the site, before this turn, and when */
	uint64_t had_started_ms;
	struct site_turn *next, *previous;
	void (*ready)(struct site_turn *turn); /* it has come, from the loop */
	/* A hold began: the turn won't come, and has been left already.  NULL: it goes by no
	 * hold, as one at an address that many sites share. */
	void (*held)(struct site_turn *turn);
};

struct sites *sites_new(uv_loop_t *loop, int64_t gap_ms);
/* Another gap, for those who wait already, too. */
void sites_gap(struct sites *sites, int64_t gap_ms);
/* All turns must have been left. */
void sites_close(struct sites *sites, void (*closed)(void *ctx), void *ctx);

/*
 * Take a turn at the site of that key: true if it is there at once; else the
 * turn waits and ready() comes later.  First come those at the `front`, then the
 * others; of either the oldest first.
 */
bool sites_enter(
	struct sites *sites, struct site_turn *turn, const char *key, bool front, int64_t now_s);
/* Give the turn back, or the wish for one; nothing if there was none.  The gap
 * counts from when the turn came, or from began_ms (of uv_now()) if that is later:
 * who has a turn may have to wait for other things before the site is asked. */
void sites_leave(struct sites *sites, struct site_turn *turn, uint64_t began_ms);

/* Give it back where the site is not asked after all: no gap counts from it. */
void sites_forgo(struct sites *sites, struct site_turn *turn);

/* Whether the turn is one that is had at the site of that key. */
bool sites_has(const struct site_turn *turn, const char *key);

size_t sites_waiting(const struct sites *sites);

/* Whether a host was on our own network when it was last looked for, so that it
 * needs no turn.  Other hosts of its site may be anywhere: theirs is not touched.
 * Only a memory, which may be lost at any time. */
void sites_exempt(struct sites *sites, const char *host, bool exempt);
bool sites_is_exempt(const struct sites *sites, const char *host);

/* The address it was last reached at; "" if not known. */
const char *sites_address(struct sites *sites, const char *key);
void sites_reached(struct sites *sites, const char *key, const char *address);

/* Whether there is anything to be found by sites_held(): mostly not. */
bool sites_any_held(const struct sites *sites);

/* Seconds that the site of a key is still held, at most `most_s` from now on,
 * however far a clock was off; *out_hold (may be NULL) is set if it is. */
int64_t sites_held(struct sites *sites, const char *key, int64_t now_s, int64_t most_s,
	const struct fetch_hold **out_hold);
void sites_each_hold(
	struct sites *sites, void (*each)(void *ctx, const struct fetch_hold *hold), void *ctx);

/* hold_step() of each, where the clock went forward by step_s, and hold_clamp(). */
void sites_clamp(struct sites *sites, int64_t now_s, int64_t most_s, int64_t step_s);
/* Put a kept one back. */
void sites_restore(struct sites *sites, const struct fetch_hold *hold);
/* A feed of that site was refused then. */
void sites_refused(struct sites *sites, const char *key, const char *url, int64_t at_s);
/* What an answer means for the site; the changed hold, or NULL.  If it is held
 * from now on, all who wait there are told. */
const struct fetch_hold *sites_answered(struct sites *sites, const char *key,
	const struct hold_answer *answer, const struct fetch_options *options, int64_t now_s);

/* The key of a host: eTLD+1 by the list's ICANN section, else the host; without the
 * dot that may stand at its end. */
void site_key(const char *host, char out_key[256]);

#endif
