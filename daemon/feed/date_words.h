#ifndef FEED_DATE_WORDS_H
#define FEED_DATE_WORDS_H

#include <stddef.h>

/*
 * The words of dates: names of months in many languages, weekdays in few, zones,
 * and the halves of the day.  The list is date_words.def.
 */
enum date_word_kind {
	DATE_WORD_NONE, /* "th", or anything else */
	DATE_WORD_WEEKDAY,
	DATE_WORD_MONTH,
	DATE_WORD_ZONE,
	DATE_WORD_AM,
	DATE_WORD_PM,
	DATE_WORD_AM_KOREAN, /* and then the zone is Korea's */
	DATE_WORD_PM_KOREAN
};

struct date_word {
	enum date_word_kind kind;
	int value; /* the month from 1, the weekday from Monday, or minutes east of UTC */
};

struct date_word date_word_find(const char *word, size_t length);

#endif
