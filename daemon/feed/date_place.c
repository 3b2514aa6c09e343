#include "daemon/feed/date_place.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/time.h"

#define LAST 0

enum rule { SAME, AMERICA, EUROPE, AUSTRALIA, ZEALAND };

struct date_place {
	const char *name;
	int minutes;
	enum rule rule;
};

static const struct date_place places[] = {
#define PLACE(name, minutes, rule) { name, minutes, rule },
#include "daemon/feed/date_place.def"
#undef PLACE
};

/* A Sunday and what the clocks show when they are moved on it: Europe moves all
 * its clocks at 01:00 UTC. */
struct turn {
	unsigned month, nth;
	int hour;
};

static const struct {
	struct turn to_summer, to_winter;
} rules[] = {
	[AMERICA] = { { 3, 2, 2 }, { 11, 1, 2 } },
	[EUROPE] = { { 3, LAST, 1 }, { 10, LAST, 2 } },
	[AUSTRALIA] = { { 10, 1, 2 }, { 4, 1, 3 } },
	[ZEALAND] = { { 9, LAST, 2 }, { 4, 1, 3 } },
};

const struct date_place *date_place_find(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (strlen(places[i].name) == length &&
			strncasecmp(places[i].name, name, length) == 0)
			return &places[i];
	return NULL;
}

static int64_t turn_at(const struct turn *turn, int64_t year)
{
	int64_t s;

	if (turn->nth == LAST) { /* no month with a turn in its last week is December */
		s = time_from_utc(year, turn->month + 1, 1, 0) - 86400;
		s -= time_weekday(s) * 86400;
	} else {
		s = time_from_utc(year, turn->month, 1, 0);
		s += ((7 - time_weekday(s)) % 7 + (turn->nth - 1) * 7) * 86400;
	}
	return s + turn->hour * 3600;
}

int date_place_minutes(const struct date_place *place, int year, int64_t local_s)
{
	int64_t to_summer, to_winter, shift = place->rule == EUROPE ? place->minutes * 60 : 0;
	bool is_summer;

	if (place->rule == SAME)
		return place->minutes;
	to_summer = turn_at(&rules[place->rule].to_summer, year) + shift;
	to_winter = turn_at(&rules[place->rule].to_winter, year) + shift;
	if (to_summer < to_winter)
		is_summer = local_s >= to_summer && local_s < to_winter;
	else
		is_summer = local_s >= to_summer || local_s < to_winter;
	return place->minutes + (is_summer ? 60 : 0);
}
