#include "daemon/feed/date.h"

#include <stdbool.h>
#include <string.h>

#include "common/time.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/date_words.h"

/*
 * One scanner for all forms: it walks over numbers, words and signs and sorts
 * them into the parts of a date by what they look like and what is there
 * already.  Whether the parts are a date is asked at the end.
 */
struct scan {
	const char *at, *end;
	int year, month, day; /* 0: none yet; year 0 is none of ours anyway */
	int week, weekday, ordinal;
	int hour, minute, second;
	int zone_minutes;
	bool has_time, has_zone, zone_is_word, zone_is_utc;
	bool month_is_word, month_before_number;
	bool expects_time; /* after ISO's T */
	bool is_pm, is_am;
	bool is_wrong;
	int numbers; /* seen so far */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to nine digits from `from`. */
static int value_of(const char *from, size_t count)
{
	int value = 0;

	while (count-- != 0)
		value = value * 10 + (*from++ - '0');
	return value;
}

static size_t digits_at(const struct scan *scan, const char *at)
{
	const char *from = at;

	while (at < scan->end && is_digit(*at))
		at++;
	return (size_t)(at - from);
}

/* A number of at most `most` digits; -1 if there is none. */
static int number_at(struct scan *scan, size_t most)
{
	size_t count = digits_at(scan, scan->at);
	int value;

	if (count == 0 || count > most)
		return -1;
	value = value_of(scan->at, count);
	scan->at += count;
	return value;
}

static int full_year(int year, size_t digits)
{
	return digits > 2 ? year : year < 69 ? 2000 + year : 1900 + year;
}

static bool next_is(const struct scan *scan, char c)
{
	return scan->at < scan->end && *scan->at == c;
}

/* ---- time of day ---- */

static void skip_fraction(struct scan *scan)
{
	if ((next_is(scan, '.') || next_is(scan, ',')) && digits_at(scan, scan->at + 1) != 0)
		scan->at += 1 + digits_at(scan, scan->at + 1);
}

/* The hour is read; its minutes and seconds come behind `separator`. */
static void take_time(struct scan *scan, int hour, char separator)
{
	int minute, second = 0;

	scan->at++;
	minute = number_at(scan, 2);
	if (next_is(scan, separator) && digits_at(scan, scan->at + 1) != 0) {
		scan->at++;
		second = number_at(scan, 2);
	}
	skip_fraction(scan);
	if (minute < 0 || second < 0) {
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
static void take_compact_time(struct scan *scan, const char *from, size_t count)
{
	scan->hour = value_of(from, 2);
	scan->minute = count >= 4 ? value_of(from + 2, 2) : 0;
	scan->second = count >= 6 ? value_of(from + 4, 2) : 0;
	scan->has_time = true;
	scan->expects_time = false;
	skip_fraction(scan);
}

static void take_zone(struct scan *scan, int sign)
{
	size_t count = digits_at(scan, ++scan->at);
	int hours, minutes = 0;

	if (count == 0 || count > 4)
		return;
	hours = value_of(scan->at, count > 2 ? count - 2 : count);
	if (count > 2)
		minutes = value_of(scan->at + count - 2, 2);
	scan->at += count;
	if (count <= 2 && next_is(scan, ':')) {
		scan->at++;
		minutes = number_at(scan, 2);
	}
	if (minutes < 0 || minutes > 59 || hours > 24)
		return; /* "+9999" and the like: there is none */
	if (scan->has_zone && !scan->zone_is_word)
		return;
	scan->has_zone = true;
	scan->zone_is_word = false;
	scan->zone_minutes = sign * (hours * 60 + minutes);
}

/* ---- numeric dates ---- */

/* 2004-05-28, 2004-05, 2004-149, 2004-W22-5, 2004-július-13 */
static void take_year_first(struct scan *scan, int year, char separator)
{
	size_t count;

	scan->year = year;
	scan->at++;
	if (scan->at < scan->end && (*scan->at == 'W' || *scan->at == 'w') &&
		digits_at(scan, scan->at + 1) != 0) {
		scan->at++;
		count = digits_at(scan, scan->at);
		scan->week = value_of(scan->at, count < 2 ? count : 2);
		scan->weekday = count == 3 ? scan->at[2] - '0' : 1;
		scan->at += count;
		if (next_is(scan, '-') && digits_at(scan, scan->at + 1) == 1) {
			scan->weekday = scan->at[1] - '0';
			scan->at += 2;
		}
		return;
	}
	count = digits_at(scan, scan->at);
	if (count == 0)
		return; /* a name of a month follows */
	if (count == 3 && value_of(scan->at, 3) > 12) {
		scan->ordinal = number_at(scan, 3);
		return;
	}
	if (count == 4) { /* 2004-0528 */
		scan->month = value_of(scan->at, 2);
		scan->day = value_of(scan->at + 2, 2);
		scan->at += 4;
		return;
	}
	scan->month = number_at(scan, 3);
	if (scan->month < 1)
		scan->is_wrong = true;
	if (next_is(scan, separator) && digits_at(scan, scan->at + 1) != 0) {
		scan->at++;
		scan->day = number_at(scan, 2);
		if (scan->day < 1)
			scan->is_wrong = true;
	}
}

static void set_day_and_month(struct scan *scan, int first, int second, char separator)
{
	bool month_first = separator == '/';

	if (first > 12)
		month_first = false;
	else if (second > 12)
		month_first = true;
	scan->month = month_first ? first : second;
	scan->day = month_first ? second : first;
}

/* 28.05.2004, 05/28/2004, 28-05-2004, 04-05-28 */
static void take_year_last(struct scan *scan, int first, char separator)
{
	int second, third;
	size_t digits;

	scan->at++;
	second = number_at(scan, 2);
	if (!next_is(scan, separator)) {
		scan->is_wrong = true;
		return;
	}
	scan->at++;
	digits = digits_at(scan, scan->at);
	third = number_at(scan, 4);
	if (second < 0 || third < 0) {
		scan->is_wrong = true;
	} else if (digits <= 2 && separator == '-') {
		scan->year = full_year(first, 2);
		scan->month = second;
		scan->day = third;
	} else {
		scan->year = full_year(third, digits);
		set_day_and_month(scan, first, second, separator);
	}
}

/* YYYYMMDD, YYYYDDD, YYMMDD and with the time behind. */
static void take_compact(struct scan *scan, const char *from, size_t count)
{
	switch (count) {
	case 5:
		scan->year = full_year(value_of(from, 2), 2);
		scan->ordinal = value_of(from + 2, 3);
		break;
	case 6:
		scan->year = full_year(value_of(from, 2), 2);
		scan->month = value_of(from + 2, 2);
		scan->day = value_of(from + 4, 2);
		break;
	case 7:
		scan->year = value_of(from, 4);
		scan->ordinal = value_of(from + 4, 3);
		break;
	case 8:
	case 12:
	case 14:
		scan->year = value_of(from, 4);
		scan->month = value_of(from + 4, 2);
		scan->day = value_of(from + 6, 2);
		if (count > 8)
			take_compact_time(scan, from + 8, count - 8);
		break;
	default:
		scan->is_wrong = true;
	}
}

/* ---- numbers ---- */

/* The signs that East Asian dates put behind each number. */
static bool take_by_sign(struct scan *scan, int value)
{
	static const struct {
		const char *sign;
		int part;
	} signs[] = { { "년", 'Y' }, { "年", 'Y' }, { "월", 'M' }, { "月", 'M' }, { "일", 'D' },
		{ "日", 'D' }, { "시", 'h' }, { "時", 'h' }, { "时", 'h' }, { "분", 'm' },
		{ "分", 'm' }, { "초", 's' }, { "秒", 's' } };
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t length = strlen(signs[i].sign);

		if ((size_t)(scan->end - scan->at) < length ||
			memcmp(scan->at, signs[i].sign, length) != 0)
			continue;
		scan->at += length;
		*(signs[i].part == 'Y'         ? &scan->year
			: signs[i].part == 'M' ? &scan->month
			: signs[i].part == 'D' ? &scan->day
			: signs[i].part == 'h' ? &scan->hour
			: signs[i].part == 'm' ? &scan->minute
					       : &scan->second) = value;
		if (signs[i].part == 'h')
			scan->has_time = true;
		/* These sites are in Korea, and their dates never say so. */
		if (i % 2 == 0 && i < 6 && !scan->has_zone) {
			scan->has_zone = scan->zone_is_word = true;
			scan->zone_minutes = 540;
		}
		return true;
	}
	return false;
}

static void take_lone_number(struct scan *scan, int value, size_t digits)
{
	if (digits >= 3) {
		if (scan->year == 0)
			scan->year = value;
	} else if (scan->day == 0 && value >= 1 && value <= 31) {
		scan->day = value;
	} else if (scan->year == 0) {
		scan->year = full_year(value, digits);
	}
}

static bool is_date_separator(const struct scan *scan)
{
	return scan->at + 1 < scan->end &&
	       (*scan->at == '-' || *scan->at == '/' || *scan->at == '.');
}

static bool has_date(const struct scan *scan)
{
	return scan->year != 0 || scan->month != 0 || scan->day != 0;
}

static void take_number(struct scan *scan)
{
	const char *from = scan->at;
	size_t count = digits_at(scan, from);
	int value;

	scan->numbers++;
	if (count > 14) {
		scan->is_wrong = true;
		return;
	}
	scan->at += count;
	if (scan->expects_time && (count == 2 || count == 4 || count == 6) && !next_is(scan, ':')) {
		take_compact_time(scan, from, count);
		return;
	}
	if (count > 4) {
		if (!has_date(scan))
			take_compact(scan, from, count);
		return;
	}
	value = value_of(from, count);
	if (count <= 2 && next_is(scan, ':') && !scan->has_time)
		take_time(scan, value, ':');
	else if (count <= 2 && (next_is(scan, 'h') || next_is(scan, 'H')) && !scan->has_time &&
		 digits_at(scan, scan->at + 1) == 2)
		take_time(scan, value, 'h');
	else if (take_by_sign(scan, value))
		return;
	else if (count == 4 && is_date_separator(scan) && !has_date(scan))
		take_year_first(scan, value, *scan->at);
	else if (count <= 2 && is_date_separator(scan) && is_digit(scan->at[1]) && !has_date(scan))
		take_year_last(scan, value, *scan->at);
	else
		take_lone_number(scan, value, count);
}

/* ---- words ---- */

static bool is_letter(const struct scan *scan, const char *at)
{
	char lower = (char)(*at | 0x20);

	return at < scan->end && ((lower >= 'a' && lower <= 'z') || (unsigned char)*at >= 0x80);
}

static void take_month(struct scan *scan, int month)
{
	/* One that stood before all numbers was a weekday: "mar. 3 févr. 2015". */
	if (scan->month != 0 && !(scan->month_is_word && scan->month_before_number))
		return;
	scan->month = month;
	scan->month_is_word = true;
	scan->month_before_number = scan->numbers == 0;
}

static void take_zone_word(struct scan *scan, int minutes)
{
	if (scan->has_zone)
		return;
	scan->has_zone = scan->zone_is_word = true;
	scan->zone_minutes = minutes;
}

static void take_word(struct scan *scan)
{
	const char *from = scan->at;
	struct date_word word;

	while (scan->at < scan->end && is_letter(scan, scan->at))
		scan->at++;
	/* ISO's T stands right between a date and a number. */
	if (scan->at - from == 1 && (*from == 'T' || *from == 't')) {
		scan->expects_time = digits_at(scan, scan->at) != 0;
		return;
	}
	word = date_word_find(from, (size_t)(scan->at - from));
	switch (word.kind) {
	case DATE_WORD_MONTH:
		take_month(scan, word.value);
		break;
	case DATE_WORD_ZONE:
		if (scan->has_time || word.value != 0 || scan->at == scan->end)
			take_zone_word(scan, word.value);
		break;
	case DATE_WORD_AM:
		scan->is_am = true;
		break;
	case DATE_WORD_PM:
		scan->is_pm = true;
		break;
	case DATE_WORD_AM_KOREAN:
	case DATE_WORD_PM_KOREAN:
		scan->is_am = word.kind == DATE_WORD_AM_KOREAN;
		scan->is_pm = !scan->is_am;
		take_zone_word(scan, 540);
		break;
	case DATE_WORD_NONE:
		break;
	}
}

/* ---- the whole ---- */

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static int64_t days_from_civil(int year, int month, int day)
{
	return time_day(time_from_utc(year, (unsigned)month, (unsigned)day, 0));
}

/* Monday of ISO week 1 is the one in the week of January 4. */
static int64_t days_of_week(int year, int week, int weekday)
{
	int64_t fourth = days_from_civil(year, 1, 4);

	return fourth - (fourth + 3) % 7 + (week - 1) * 7 + weekday - 1;
}

/* 0, or -1 if the parts are no day. */
static int day_number(const struct scan *scan, int64_t *out_days)
{
	int month = scan->month != 0 ? scan->month : 1, day = scan->day != 0 ? scan->day : 1;

	if (scan->year < 1970 || scan->year > 9999)
		return -1;
	if (scan->week != 0) {
		*out_days = days_of_week(scan->year, scan->week, scan->weekday);
		return scan->week <= 53 && scan->weekday >= 1 && scan->weekday <= 7 ? 0 : -1;
	}
	if (scan->ordinal != 0) {
		*out_days = days_from_civil(scan->year, 1, 1) + scan->ordinal - 1;
		return scan->ordinal <= 365 + is_leap(scan->year) ? 0 : -1;
	}
	if (month > 12 || day > days_in(scan->year, month) || (scan->day != 0 && scan->month == 0))
		return -1;
	*out_days = days_from_civil(scan->year, month, day);
	return 0;
}

static int64_t within_bounds(int64_t s)
{
	/* The year of the build is the end of "Nov 23 2026". */
	int build_year = value_of(__DATE__ + 7, 4);

	if (s < days_from_civil(1990, 1, 1) * 86400 ||
		s >= days_from_civil(build_year + 11, 1, 1) * 86400)
		return DATE_NONE;
	return s;
}

static int64_t assemble(struct scan *scan)
{
	int64_t days;

	if (scan->is_wrong || day_number(scan, &days) < 0)
		return DATE_NONE;
	if (scan->is_pm && scan->hour < 12)
		scan->hour += 12;
	else if (scan->is_am && scan->hour == 12)
		scan->hour = 0;
	if (scan->hour > 24 || scan->minute > 59 || scan->second > 60 ||
		(scan->hour == 24 && (scan->minute != 0 || scan->second != 0)))
		return DATE_NONE;
	return within_bounds(days * 86400 + scan->hour * 3600 + scan->minute * 60 + scan->second -
			     (int64_t)scan->zone_minutes * 60);
}

/* Unix seconds or milliseconds, with or without a fraction. */
static bool is_unix_time(const char *text, size_t length, int64_t *out_s)
{
	size_t count = 0;
	int64_t value = 0;

	while (count < length && is_digit(text[count]) && count < 14)
		value = value * 10 + (text[count++] - '0');
	if (count != length && (text[count] != '.' || count > 10))
		return false;
	if (count == 13)
		value /= 1000;
	else if (count != 9 && count != 10)
		return false;
	*out_s = value;
	return true;
}

static void step(struct scan *scan)
{
	char c = *scan->at;

	if (is_digit(c))
		take_number(scan);
	else if (is_letter(scan, scan->at))
		take_word(scan);
	else if ((c == '+' || c == '-') && (scan->has_time || scan->zone_is_word) &&
		 scan->at + 1 < scan->end && is_digit(scan->at[1]))
		take_zone(scan, c == '+' ? 1 : -1);
	else
		scan->at++;
}

int64_t date_parse(const char *text, size_t length)
{
	struct scan scan = { .is_wrong = false };
	int64_t s;

	blank_trim(&text, &length);
	if (length == 0 || length > 256)
		return DATE_NONE;
	if (is_unix_time(text, length, &s))
		return within_bounds(s);
	scan.at = text;
	scan.end = text + length;
	while (scan.at < scan.end && !scan.is_wrong)
		step(&scan);
	return assemble(&scan);
}
