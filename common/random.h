#ifndef COMMON_RANDOM_H
#define COMMON_RANDOM_H

#include <stdint.h>

/*
 * Chance for jitter and spreading; not for secrets.  Seeded by the kernel, or,
 * in a build with test hooks, by FEEDD_TEST_SEED, so that a run can be had
 * again.  From the loop's thread only.
 */

uint64_t random_bits(void);

/* The same from a state of one's own, on any thread: a seed gives its row again. */
uint64_t random_next(uint64_t *own);

/* Uniform in [0, limit); 0 if limit is 0. */
uint64_t random_below(uint64_t limit);

#endif
