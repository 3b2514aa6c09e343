/*
 * How often to look: RSS's syndication module and skip lists.  (<ttl> is
 * rss.c's.)
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/feed/blank.h"
#include "daemon/feed/reader.h"

#define HOURS_ALL 0xffffffu
#define DAYS_ALL 0x7fu

/* 24 is how some write midnight. */
static void end_hour(struct reader *reader, const char *text, size_t length)
{
	int64_t hour = reader_number(text);

	(void)length;
	if (hour >= 0 && hour <= 24)
		reader->skip_hours |= 1u << (hour % 24);
	if (reader->skip_hours == HOURS_ALL)
		reader->skip_hours = 0; /* never is not an answer */
}

static void end_day(struct reader *reader, const char *text, size_t length)
{
	static const char days[7][4] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
	unsigned i;

	blank_trim(&text, &length);
	for (i = 0; i < 7 && length >= 3; i++)
		if (strncasecmp(text, days[i], 3) == 0)
			reader->skip_days |= 1u << i;
	if (reader->skip_days == DAYS_ALL)
		reader->skip_days = 0;
}

#define FOR(field, rank) .slot = SLOT_##field, .priority = rank, .type = TEXT_PLAIN

const struct rule syndication_rules[] = {
	{ .ns = NS_SY, .local = "updateperiod", .where = IN_BOTH, FOR(SY_PERIOD, 90) },
	{ .ns = NS_SY, .local = "updatefrequency", .where = IN_BOTH, FOR(SY_FREQUENCY, 90) },
	{ .ns = NS_NONE, .local = "hour", .where = IN_SKIP, .end = end_hour },
	{ .ns = NS_NONE, .local = "day", .where = IN_SKIP, .end = end_day },
	{ .local = NULL },
};
