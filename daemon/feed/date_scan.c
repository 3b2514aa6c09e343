#include "daemon/feed/date_scan.h"

#include <string.h>

#include "daemon/feed/date_numeric.h"
#include "daemon/feed/date_place.h"
#include "daemon/feed/date_words.h"

static bool has_date(const struct date_scan *scan)
{
	return scan->year != 0 || scan->month != 0 || scan->day != 0;
}

static bool has_whole_date(const struct date_scan *scan)
{
	return scan->year != 0 && scan->month != 0 && scan->day != 0;
}

static bool is_letter(const struct date_scan *scan, const char *at)
{
	char lower;

	if (at >= scan->end)
		return false;
	lower = (char)(*at | 0x20);
	return (lower >= 'a' && lower <= 'z') || (unsigned char)*at >= 0x80;
}

/* ---- time of day ---- */

static void skip_fraction(struct date_scan *scan)
{
	if (date_next_is(scan, '.') || date_next_is(scan, ','))
		if (date_digits_at(scan, scan->at + 1) != 0)
			scan->at += 1 + date_digits_at(scan, scan->at + 1);
}

/* The hour is read; its minutes and seconds come behind `separator`. */
static void take_time(struct date_scan *scan, int hour, char separator)
{
	int minute, second = 0;

	scan->at++;
	minute = date_number_at(scan, 2);
	if (date_next_is(scan, separator) && date_digits_at(scan, scan->at + 1) != 0) {
		scan->at++;
		second = date_number_at(scan, 2);
	}
	skip_fraction(scan);
	/* Some put a fraction behind a colon, but never in one digit. */
	if (minute < 0 || second < 0 ||
		(date_next_is(scan, ':') && date_digits_at(scan, scan->at + 1) == 1)) {
		scan->is_wrong = true;
		return;
	}
	scan->hour = hour;
	scan->minute = minute;
	scan->second = second;
	scan->has_time = true;
	scan->expects_time = false;
}

/* hh, hhmm or hhmmss, behind a T or a whole date. */
static void take_compact_time(struct date_scan *scan, const char *from, size_t count)
{
	scan->hour = date_value_of(from, 2);
	scan->minute = count >= 4 ? date_value_of(from + 2, 2) : 0;
	scan->second = count >= 6 ? date_value_of(from + 4, 2) : 0;
	scan->has_time = true;
	scan->expects_time = false;
	skip_fraction(scan);
}

/* One that follows a midnight is meant: "2006-01-02 00:00:00.0 15:04:05.0". */
static bool is_time_welcome(const struct date_scan *scan)
{
	return !scan->has_time || (scan->hour == 0 && scan->minute == 0 && scan->second == 0);
}

/* Behind the hour: minutes, as some languages write them. */
static bool take_time_of(struct date_scan *scan, int hour)
{
	size_t digits = date_digits_at(scan, scan->at + 1);

	if (!is_time_welcome(scan))
		return false;
	if (date_next_is(scan, ':'))
		take_time(scan, hour, ':');
	else if ((date_next_is(scan, 'h') || date_next_is(scan, 'H')) && digits == 2)
		take_time(scan, hour, 'h');
	else if (date_next_is(scan, '.') && digits == 2 && has_whole_date(scan))
		take_time(scan, hour, '.');
	else
		return false;
	return true;
}

/* ---- zones ---- */

static bool is_zone(int hours, int minutes)
{
	return minutes >= 0 && minutes <= 59 && hours * 60 + minutes <= 24 * 60;
}

static void set_zone(struct date_scan *scan, int sign, int hours, int minutes)
{
	if (scan->has_zone && !scan->zone_is_word)
		return;
	scan->has_zone = true;
	scan->zone_is_word = false;
	scan->place = NULL;
	scan->zone_minutes = sign * (hours * 60 + minutes);
}

static void take_zone(struct date_scan *scan, int sign)
{
	size_t count = date_digits_at(scan, ++scan->at);
	int hours, minutes = 0;

	if (count > 4) {
		scan->is_wrong = true;
		return;
	}
	hours = date_value_of(scan->at, count > 2 ? count - 2 : count);
	if (count > 2)
		minutes = date_value_of(scan->at + count - 2, 2);
	scan->at += count;
	if (count <= 2 && date_next_is(scan, ':')) {
		scan->at++;
		if (is_letter(scan, scan->at))
			scan->is_wrong = true;
		minutes = date_number_at(scan, 2);
	}
	/* "+9999" is no place's: which moment is meant nobody knows. */
	if (is_zone(hours, minutes))
		set_zone(scan, sign, hours, minutes);
	else
		scan->is_wrong = true;
}

static void take_zone_word(struct date_scan *scan, int minutes)
{
	if (scan->has_zone)
		return;
	scan->has_zone = scan->zone_is_word = true;
	scan->zone_minutes = minutes;
}

/* Is the sign at hand that of a zone?  Behind a date without a time only if it
 * is none of the date's own dashes. */
static bool is_zone_sign(const struct date_scan *scan)
{
	size_t digits = date_digits_at(scan, scan->at + 1);

	if (digits == 0 || date_is_another(scan, scan->at + 1))
		return false;
	if (scan->has_time || scan->zone_is_word)
		return true;
	return has_whole_date(scan) &&
	       (digits == 4 || (digits == 2 && scan->end - scan->at > 3 && scan->at[3] == ':'));
}

/* "Europe/Berlin", "EST5EDT", from its first letter. */
static bool take_place(struct date_scan *scan, const char *from)
{
	const char *end = from;
	const struct date_place *place;

	while (end < scan->end &&
		(is_letter(scan, end) || date_is_digit(*end) || *end == '/' || *end == '_'))
		end++;
	place = date_place_find(from, (size_t)(end - from));
	if (place == NULL)
		return false;
	if (!scan->has_zone)
		scan->place = place;
	take_zone_word(scan, 0);
	scan->at = end;
	return true;
}

/* ---- numbers ---- */

/* "7pm", "7 p.m.": whether a half of the day follows the number at hand. */
static bool is_before_half(const struct date_scan *scan)
{
	const char *at = scan->at;

	while (at < scan->end && *at == ' ')
		at++;
	if (at >= scan->end || ((*at | 0x20) != 'a' && (*at | 0x20) != 'p'))
		return false;
	at++;
	if (at < scan->end && *at == '.')
		at++;
	return at < scan->end && (*at | 0x20) == 'm' && !is_letter(scan, at + 1);
}

/* Of three digits and more: the year, once; in its place may stand a zone
 * without its sign. */
static void take_long_number(struct date_scan *scan, const char *from, size_t digits)
{
	if (scan->year == 0)
		scan->year = date_value_of(from, digits);
	else if (scan->year_is_short)
		scan->is_wrong = true; /* so that was no year, nor a day: "99 Jun 2009" */
	else if (digits == 4 && !scan->has_time && !scan->has_other && has_whole_date(scan))
		take_compact_time(scan, from, digits); /* "2 Jan 2006 1504" */
	else if (digits == 4 && scan->has_time && from[0] <= '1' &&
		 is_zone(date_value_of(from, 2), date_value_of(from + 2, 2)))
		set_zone(scan, 1, date_value_of(from, 2), date_value_of(from + 2, 2));
}

/* "1 Jan -26" is no year of ours; in "1-Jan-26" the dash parts. */
static bool is_below_zero(const char *digits)
{
	return digits[-1] == '-' && digits[-2] == ' ';
}

static void take_short_number(struct date_scan *scan, const char *from, size_t digits)
{
	int value = date_value_of(from, digits);
	bool could_be_day = value >= 1 && value <= 31;

	if (!scan->has_time && is_before_half(scan)) {
		scan->hour = value;
		scan->has_time = true;
	} else if (has_whole_date(scan) && !scan->has_time && scan->end - scan->at > 1 &&
		   scan->at[0] == ' ' && (scan->at[1] == '+' || scan->at[1] == '-')) {
		scan->hour = value; /* "02 Jan 2006 15 -0700" */
		scan->has_time = true;
	} else if (scan->day == 0 && scan->month == 0 && scan->year != 0 && could_be_day) {
		scan->month = value; /* the year came first */
	} else if (scan->day == 0 && could_be_day) {
		scan->day = value;
	} else if (scan->month == 0 && could_be_day) {
		scan->month = value;
		scan->open_order = ' ';
	} else if (scan->year == 0) {
		scan->year = date_full_year(value, 2);
		scan->year_is_short = true;
		scan->is_wrong |= scan->day != 0 && is_below_zero(from);
	} else {
		scan->has_other = true; /* "1 Jan 2006 - 3 Jan 2006" */
	}
}

static bool is_date_separator(const struct date_scan *scan)
{
	return scan->at + 1 < scan->end &&
	       (*scan->at == '-' || *scan->at == '/' || *scan->at == '.');
}

/* A name before all numbers is a weekday's if a whole date follows in numbers:
 * "mar. 03/02/2015", but "Mar-03-2015". */
static void forget_weekday(struct date_scan *scan)
{
	if (scan->month_is_word && scan->month_before_number && scan->numbers == 1 &&
		is_date_separator(scan) && date_digits_at(scan, scan->at + 1) != 0 &&
		date_digits_at(scan, scan->at + 1) != 4) {
		scan->month = 0;
		scan->month_is_word = false;
	}
}

static void take_compact(struct date_scan *scan, const char *from, size_t count)
{
	if (count == 6 && !scan->has_time && has_whole_date(scan))
		take_compact_time(scan, from, count); /* "20060102 150405" */
	if (has_date(scan))
		return;
	if (count > 8 && count % 2 != 0) {
		scan->is_wrong = true;
		return;
	}
	date_take_compact(scan, from, count > 8 ? 8 : count);
	if (count > 8)
		take_compact_time(scan, from + 8, count - 8);
}

/* Behind a T; "19.48" are minutes, too, and no fraction of the hour. */
static bool is_compact_time(const struct date_scan *scan, size_t count)
{
	if (!scan->expects_time || date_next_is(scan, ':'))
		return false;
	return (count == 2 &&
		       !(date_next_is(scan, '.') && date_digits_at(scan, scan->at + 1) == 2)) ||
	       count == 4 || count == 6;
}

static void take_number(struct date_scan *scan)
{
	const char *from = scan->at;
	size_t count = date_digits_at(scan, from);
	int value;

	if (date_is_another(scan, from)) {
		scan->at = scan->end;
		return;
	}
	scan->numbers++;
	if (count > 14) {
		scan->is_wrong = true;
		return;
	}
	scan->at += count;
	if (is_compact_time(scan, count)) {
		take_compact_time(scan, from, count);
		return;
	}
	if (count > 4) {
		take_compact(scan, from, count);
		return;
	}
	value = date_value_of(from, count);
	if ((count <= 2 && take_time_of(scan, value)) || date_take_by_sign(scan, value))
		return;
	forget_weekday(scan);
	if (count == 4 && date_is_week(scan, scan->at) && !has_date(scan))
		date_take_week(scan, value);
	else if (count == 4 && is_date_separator(scan) && !has_date(scan))
		date_take_year_first(scan, value, *scan->at);
	else if (count <= 2 && is_date_separator(scan) && date_is_digit(scan->at[1]) &&
		 !has_date(scan))
		date_take_year_last(scan, value, *scan->at);
	else if (count >= 3)
		take_long_number(scan, from, count);
	else
		take_short_number(scan, from, count);
}

/* ---- words ---- */

static void take_month(struct date_scan *scan, int month)
{
	/* Behind a year a number was taken for the month's: "2015. gada 3. decembris". */
	if (scan->month != 0 && !scan->month_is_word && scan->day == 0) {
		scan->day = scan->month;
		scan->month = 0;
	}
	/* What stood before all numbers was a weekday: "mar. 3 févr. 2015"; and two
	 * numbers before it were none of a month's: "3 15 févr.". */
	if (scan->month != 0 && !(scan->month_is_word && scan->month_before_number))
		return;
	scan->month = month;
	scan->month_is_word = true;
	scan->month_before_number = scan->numbers == 0;
}

/* "a.m." and "p. m.", from behind the first letter. */
static bool take_dotted_half(struct date_scan *scan, char half)
{
	const char *at = scan->at;

	if ((half != 'a' && half != 'p') || !date_next_is(scan, '.'))
		return false;
	at++;
	while (at < scan->end && *at == ' ')
		at++;
	if (at >= scan->end || (*at | 0x20) != 'm' || is_letter(scan, at + 1))
		return false;
	scan->at = at + 1;
	*(half == 'a' ? &scan->is_am : &scan->is_pm) = true;
	return true;
}

/* The same in Greek: "π.μ." and "μ.μ.". */
static bool take_greek_half(struct date_scan *scan, const char *from)
{
	static const char before[] = "π", noon[] = "μ";
	const size_t length = sizeof(noon) - 1;
	bool is_before = memcmp(from, before, length) == 0;
	const char *at = scan->at + 1;

	if (!date_next_is(scan, '.') || (!is_before && memcmp(from, noon, length) != 0))
		return false;
	while (at < scan->end && *at == ' ')
		at++;
	if ((size_t)(scan->end - at) < length || memcmp(at, noon, length) != 0)
		return false;
	scan->at = at + length;
	*(is_before ? &scan->is_am : &scan->is_pm) = true;
	return true;
}

static void take_known_word(struct date_scan *scan, const char *from, struct date_word word)
{
	switch (word.kind) {
	case DATE_WORD_MONTH:
		take_month(scan, word.value);
		break;
	case DATE_WORD_WEEKDAY:
		scan->named_weekday = word.value;
		break;
	case DATE_WORD_ZONE:
		/* Short ones are words of many languages, but not behind a time. */
		if (scan->has_time || scan->at - from > 2 ||
			(word.value == 0 && scan->at == scan->end))
			take_zone_word(scan, word.value);
		break;
	case DATE_WORD_AM:
	case DATE_WORD_AM_KOREAN:
		scan->is_am = true;
		scan->is_korean |= word.kind == DATE_WORD_AM_KOREAN;
		break;
	case DATE_WORD_PM:
	case DATE_WORD_PM_KOREAN:
		scan->is_pm = true;
		scan->is_korean |= word.kind == DATE_WORD_PM_KOREAN;
		break;
	case DATE_WORD_NONE:
		break;
	}
}

static void take_word(struct date_scan *scan)
{
	const char *from = scan->at;

	while (is_letter(scan, scan->at))
		scan->at++;
	if (scan->at - from == 1) {
		/* ISO's T stands right between a date and a number. */
		if (*from == 'T' || *from == 't') {
			scan->expects_time = date_digits_at(scan, scan->at) != 0;
			return;
		}
		if (take_dotted_half(scan, (char)(*from | 0x20)))
			return;
	}
	if (scan->at - from == 2 && take_greek_half(scan, from))
		return;
	if ((date_next_is(scan, '/') || date_digits_at(scan, scan->at) == 1) &&
		take_place(scan, from))
		return;
	take_known_word(scan, from, date_word_find(from, (size_t)(scan->at - from)));
}

/* A sign right before a word: a zone that has to be a known one ("+zz:00"). */
static void take_signed_word(struct date_scan *scan)
{
	bool had_zone = scan->has_zone;

	scan->at++;
	take_word(scan);
	if (!had_zone && !scan->has_zone)
		scan->is_wrong = true;
}

/* The sign at hand, or 0.  Of a minus of three bytes (U+2212, as ISO 8601 prefers)
 * only the last is left. */
static char sign_at(struct date_scan *scan)
{
	static const char minus[] = "\u2212";
	size_t length = sizeof(minus) - 1;

	if (date_next_is(scan, '+') || date_next_is(scan, '-'))
		return *scan->at;
	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, minus, length) != 0)
		return 0;
	scan->at += length - 1;
	return '-';
}

static void step(struct date_scan *scan)
{
	char sign = sign_at(scan);

	if (sign != 0 && is_zone_sign(scan))
		take_zone(scan, sign == '+' ? 1 : -1);
	else if (sign != 0 && scan->has_time && has_whole_date(scan) &&
		 is_letter(scan, scan->at + 1))
		take_signed_word(scan);
	else if (sign != 0)
		scan->at++;
	else if (*scan->at == '/' && scan->has_time && has_whole_date(scan))
		scan->at = scan->end; /* a time of some length: what follows is its end */
	else if (date_is_digit(*scan->at))
		take_number(scan);
	else if (is_letter(scan, scan->at))
		take_word(scan);
	else
		scan->at++;
}

void date_scan(struct date_scan *scan, const char *text, size_t length)
{
	memset(scan, 0, sizeof(*scan));
	scan->at = text;
	scan->end = text + length;
	if (date_take_truncated(scan))
		return;
	/* A year before ours, or a number that is none. */
	scan->is_wrong = (date_next_is(scan, '-') && date_digits_at(scan, text + 1) > 0) ||
			 (length < 4 && date_digits_at(scan, text) == length);
	while (scan->at < scan->end && !scan->is_wrong)
		step(scan);
}
