#ifndef STORE_DOUBT_H
#define STORE_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether what the clock says can be.  A machine without a clock of its own may begin
 * years ahead, until the network tells it the time: more than 400 days from the moment
 * that the store remembers are not believed before feedd has gone on with it for an hour,
 * by a clock that nobody can set.  Knows not what is left undone meanwhile.
 */
enum doubt_about { DOUBT_NONE, DOUBT_AHEAD, DOUBT_BEHIND };

/* All zero: none. */
struct doubt {
	enum doubt_about about; /* as last judged */
	bool lasts;             /* it was, and the hour counts from */
	int64_t since_ms;       /* by the steady clock */
};

/* seen_s: what the store remembers, 0 if it remembers none; steady_ms: of a clock that
 * only goes forward. */
enum doubt_about doubt_judge(struct doubt *doubt, int64_t seen_s, int64_t now_s, int64_t steady_ms);

/* In how many seconds it is over if nobody sets the clock; 0: it is. */
int64_t doubt_left_s(const struct doubt *doubt, int64_t steady_ms);

#endif
