#ifndef FEED_DATE_H
#define FEED_DATE_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/feed/document.h"

/*
 * Dates as feeds write them, to Unix seconds.  Pure: no clock, no locale, no
 * time zone of the machine.  Understood are
 *
 *	RFC 822 and 2822 with everything that is done to them: no seconds, no or
 *	wrong weekday, full or translated names of days and months, two-digit
 *	years, month before day, odd zones, hour 24;
 *	RFC 3339, W3CDTF, ISO 8601 with week and ordinal dates and without dashes;
 *	asctime(), Unix seconds and milliseconds;
 *	the national forms that feeds are known for (Korean, Greek, Hungarian, …);
 *	day, month and year in numbers: which is which by size, else by the weekday
 *	that is said, else day first, but month first for slashes beside AM, PM or an
 *	American zone.
 *
 * A date without a zone is UTC.  What is no date, or no date that a feed of
 * today can have (before 1990, later than ten years from the build), is
 * DATE_NONE and never a guess.
 */
int64_t date_parse(const char *text, size_t length);

/* Seconds of a podcast's "1:02:03", "62:03", "3723", "3723.5", "PT1H2M3S", "62.05 min";
 * -1 if it is none of them. */
int64_t duration_parse(const char *text, size_t length);

#endif
