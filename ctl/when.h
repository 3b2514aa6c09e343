#ifndef CTL_WHEN_H
#define CTL_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

/*
 * Moments as people say and read them, in the local time zone.  `now_s` is
 * handed in.
 */

#define WHEN_MAX 64

/*
 * What goes on the wire for a T: an age (`90s` `15m` `6h` `2d` `1w` ago),
 * `today`, `yesterday`, `2026-06-03`, `2026-06-03 10:00` and RFC 3339 become
 * RFC 3339 in UTC; a cursor stays.  `option` is named in ERR_USAGE.
 */
int when_resolve(const char *text, const char *option, int64_t now_s, char out[WHEN_MAX],
	struct err *err) MUST_USE;

/*
 * Said more than once, a T means any of them: of two resolved ones the earlier is
 * kept in `kept`, or the `later`.  A time and a cursor, or cursors of two stores,
 * can't be compared: ERR_USAGE names the option.
 */
int when_any(char kept[WHEN_MAX], const char *other, bool later, const char *option,
	struct err *err) MUST_USE;

/* How long ago, in at most four columns: "now" "5m" "3h" "2d" "7w" "4y"; the
 * future: "+3h". */
void when_age(int64_t unix_s, int64_t now_s, char out[WHEN_MAX]);

/* "in 43 min", "3 h ago", "now". */
void when_words(int64_t unix_s, int64_t now_s, char out[WHEN_MAX]);

/* strftime() in local time. */
void when_local(int64_t unix_s, const char *format, char out[WHEN_MAX]);

/* A day to group by: "Today", "Yesterday", "Wednesday, 3 June 2026". */
void when_day(int64_t unix_s, int64_t now_s, char out[WHEN_MAX]);

#endif
