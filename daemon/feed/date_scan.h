#ifndef FEED_DATE_SCAN_H
#define FEED_DATE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The parts of a date, as they stand in its text; knows no calendar.
 *
 * One scanner for all forms: it walks over numbers, words and signs and sorts
 * them into the parts of a date by what they look like and what is there
 * already.  Whether the parts are a date is feed/date.c's question.
 */
struct date_scan {
	const char *at, *end;
	int year, month, day; /* 0: none yet; year 0 is none of ours anyway */
	char open_order;      /* not 0: day and month may be the other way round; their separator */
	int named_weekday;    /* 1 is Monday; 0: none said */
	int week, weekday, ordinal;
	int hour, minute, second;
	int zone_minutes;
	const struct date_place *place; /* or NULL; then it says the zone */
	bool has_time, has_zone, zone_is_word;
	bool is_korean; /* its zone, if none is said */
	bool year_is_short;
	bool month_is_word, month_before_number;
	bool expects_time; /* after ISO's T */
	bool is_pm, is_am;
	bool has_other; /* behind a whole date: a number of another one */
	bool is_wrong;
	int numbers; /* seen so far */
};

/* Sort the text into parts; is_wrong if it cannot be a date. */
void date_scan(struct date_scan *scan, const char *text, size_t length);

static inline bool date_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Of up to nine digits. */
static inline int date_value_of(const char *from, size_t count)
{
	int value = 0;

	while (count-- != 0)
		value = value * 10 + (*from++ - '0');
	return value;
}

#endif
