#ifndef COMMON_TIME_H
#define COMMON_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

/*
 * Moments and durations as text.  Arithmetic only: knows no clock, no time zone
 * and no locale; dates are proleptic Gregorian, leap seconds do not exist.
 */

#define TIME_NONE INT64_MIN
#define TIME_TEXT_LENGTH 20 /* "2026-06-03T10:00:00Z" */
#define TIME_TEXT_MAX 24    /* and a NUL */

/* Unix seconds of a moment in UTC; month and day from 1.  Nothing is checked. */
int64_t time_from_utc(int64_t year, unsigned month, unsigned day, int64_t second_of_day);

/* Whether a year has a February 29; how many days a month of it has, from 1 to 12. */
bool time_is_leap(int64_t year);
unsigned time_days_in(int64_t year, unsigned month);

/* Days since 1970-01-01, rounded down; and the weekday, 0 is Sunday. */
int64_t time_day(int64_t unix_s);
unsigned time_weekday(int64_t unix_s);

/* "2026-06-03T10:00:00Z"; moments outside the years 0 to 9999 are put at their
 * edge. */
void time_format_rfc3339(int64_t unix_s, char out[TIME_TEXT_MAX]);

/* RFC 3339: date, T or a blank, time, fraction (dropped), Z or offset.  -1 for
 * anything else, or a date that does not exist. */
int time_parse(const char *text, int64_t *out_unix_s) MUST_USE;

/*
 * A duration as settings and `--every` have it: `90s` `15m` `6h` `2d` `1w`, or
 * seconds, fractions allowed (`0.25`), in milliseconds.  ERR_USAGE.
 */
int time_parse_duration(const char *text, int64_t *out_ms, struct err *err) MUST_USE;

/* Seconds for a person: "43 s", "12 min", "5 h", "3 d": the largest unit that
 * is at least two, else the next smaller. */
#define TIME_SPAN_MAX 32
void time_format_span(int64_t seconds, char out[TIME_SPAN_MAX]);

#endif
