#ifndef FEED_DATE_NUMERIC_H
#define FEED_DATE_NUMERIC_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/feed/date_scan.h"

/*
 * The dates that are written in numbers only, for feed/date_scan.c, and the
 * little readers that both share.  Each begins behind the number that gave the
 * form away.
 */

/* Digits that stand at `at`. */
size_t date_digits_at(const struct date_scan *scan, const char *at);

/* A number of at most `most` digits, which is stepped over; -1 if there is none. */
int date_number_at(struct date_scan *scan, size_t most);

/* 69 to 99 are of the last century. */
int date_full_year(int year, size_t digits);

static inline bool date_next_is(const struct date_scan *scan, char c)
{
	return scan->at < scan->end && *scan->at == c;
}

/* 2004-05-28, 2004-05, 2004-149, 2004-W22-5, 2004-0528; with a name of a month
 * behind the separator only the year. */
void date_take_year_first(struct date_scan *scan, int year, char separator);

/* W22-5, W225, W22: whether one stands there; and behind a year. */
bool date_is_week(const struct date_scan *scan, const char *at);
void date_take_week(struct date_scan *scan, int year);

/* 28.05.2004, 05/28/2004, 28-05-2004; 04-05-28 and 04/5/8. */
void date_take_year_last(struct date_scan *scan, int first, char separator);

/* YYYYMMDD, YYYYDDD, YYMMDD, YYDDD: `count` digits, the time left over. */
void date_take_compact(struct date_scan *scan, const char *from, size_t count);

/* Whether another date begins at `at`, in numbers and with as much of it as the scan has:
 * the end of "2004-05-28/2004-05-30", of which the beginning is meant. */
bool date_is_another(const struct date_scan *scan, const char *at);

/* -YYMM and -YY-MM, as ISO 8601 once allowed; false if it is neither. */
bool date_take_truncated(struct date_scan *scan);

/* The number at hand if one of the signs follows that East Asian dates put behind
 * each. */
bool date_take_by_sign(struct date_scan *scan, int value);

#endif
