#ifndef FEED_DATE_PLACE_H
#define FEED_DATE_PLACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Time zones that are named by a place, "America/Los_Angeles" or "EST5EDT".
 * Not the system's: a parser that reads no file, and answers alike everywhere,
 * has the common ones in a table (date_place.def) and today's rules of summer
 * time for them; older years may be off by the hour that laws have moved.
 */
struct date_place;

/* NULL for a place that the table does not have; case does not matter. */
const struct date_place *date_place_find(const char *name, size_t length);

/* Minutes east of UTC when the place's clocks show local_s, in `year`: the seconds
 * of that reading as though it were UTC.  An hour that comes twice is summer's. */
int date_place_minutes(const struct date_place *place, int year, int64_t local_s);

#endif
