#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdint.h>

#include "common/random.h"
#include "common/time.h"

/*
 * The wall clock, for all that is scheduled, stored or shown.  Timeouts do not
 * use it: they run on libuv's clock.
 *
 * In a build with test hooks the file named by FEEDD_TEST_CLOCK_FILE holds an
 * offset in seconds (a fraction is dropped) that is added; it is read again
 * when the last reading is more than 50 ms old.  A second number says how many
 * of these have not passed: the clock was set.  In a release there is no such
 * thing.
 */

/* Unix seconds. */
int64_t clock_now_s(void);
/* The same in milliseconds. */
int64_t clock_now_ms(void);

/* Milliseconds of a clock that only goes forward and knows no offset. */
int64_t clock_steady_ms(void);
/* Milliseconds that have passed since some moment, those that the machine slept
 * through, too; the wall clock set makes no difference. */
int64_t clock_elapsed_ms(void);
/* Milliseconds of processor that this thread has had. */
int64_t clock_thread_ms(void);

#endif
