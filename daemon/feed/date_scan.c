#include "daemon/feed/date_scan.h"

#include <string.h>

#include "daemon/feed/date_words.h"

static size_t digits_at(const struct date_scan *scan, const char *at)
{
	const char *from = at;

	while (at < scan->end && date_is_digit(*at))
		at++;
	return (size_t)(at - from);
}

/* A number of at most `most` digits; -1 if there is none. */
static int number_at(struct date_scan *scan, size_t most)
{
	size_t count = digits_at(scan, scan->at);
	int value;

	if (count == 0 || count > most)
		return -1;
	value = date_value_of(scan->at, count);
	scan->at += count;
	return value;
}

static int full_year(int year, size_t digits)
{
	return digits > 2 ? year : year < 69 ? 2000 + year : 1900 + year;
}

static bool next_is(const struct date_scan *scan, char c)
{
	return scan->at < scan->end && *scan->at == c;
}

/* ---- time of day ---- */

static void skip_fraction(struct date_scan *scan)
{
	if ((next_is(scan, '.') || next_is(scan, ',')) && digits_at(scan, scan->at + 1) != 0)
		scan->at += 1 + digits_at(scan, scan->at + 1);
}

/* The hour is read; its minutes and seconds come behind `separator`. */
static void take_time(struct date_scan *scan, int hour, char separator)
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
static void take_compact_time(struct date_scan *scan, const char *from, size_t count)
{
	scan->hour = date_value_of(from, 2);
	scan->minute = count >= 4 ? date_value_of(from + 2, 2) : 0;
	scan->second = count >= 6 ? date_value_of(from + 4, 2) : 0;
	scan->has_time = true;
	scan->expects_time = false;
	skip_fraction(scan);
}

static void take_zone(struct date_scan *scan, int sign)
{
	size_t count = digits_at(scan, ++scan->at);
	int hours, minutes = 0;

	if (count == 0 || count > 4)
		return;
	hours = date_value_of(scan->at, count > 2 ? count - 2 : count);
	if (count > 2)
		minutes = date_value_of(scan->at + count - 2, 2);
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
static void take_year_first(struct date_scan *scan, int year, char separator)
{
	size_t count;

	scan->year = year;
	scan->at++;
	if (scan->at < scan->end && (*scan->at == 'W' || *scan->at == 'w') &&
		digits_at(scan, scan->at + 1) != 0) {
		scan->at++;
		count = digits_at(scan, scan->at);
		scan->week = date_value_of(scan->at, count < 2 ? count : 2);
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
	if (count == 3 && date_value_of(scan->at, 3) > 12) {
		scan->ordinal = number_at(scan, 3);
		return;
	}
	if (count == 4) { /* 2004-0528 */
		scan->month = date_value_of(scan->at, 2);
		scan->day = date_value_of(scan->at + 2, 2);
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

static void set_day_and_month(struct date_scan *scan, int first, int second, char separator)
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
static void take_year_last(struct date_scan *scan, int first, char separator)
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
static void take_compact(struct date_scan *scan, const char *from, size_t count)
{
	switch (count) {
	case 5:
		scan->year = full_year(date_value_of(from, 2), 2);
		scan->ordinal = date_value_of(from + 2, 3);
		break;
	case 6:
		scan->year = full_year(date_value_of(from, 2), 2);
		scan->month = date_value_of(from + 2, 2);
		scan->day = date_value_of(from + 4, 2);
		break;
	case 7:
		scan->year = date_value_of(from, 4);
		scan->ordinal = date_value_of(from + 4, 3);
		break;
	case 8:
	case 12:
	case 14:
		scan->year = date_value_of(from, 4);
		scan->month = date_value_of(from + 4, 2);
		scan->day = date_value_of(from + 6, 2);
		if (count > 8)
			take_compact_time(scan, from + 8, count - 8);
		break;
	default:
		scan->is_wrong = true;
	}
}

/* ---- numbers ---- */

/* The signs that East Asian dates put behind each number. */
static bool take_by_sign(struct date_scan *scan, int value)
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

static void take_lone_number(struct date_scan *scan, int value, size_t digits)
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

static bool is_date_separator(const struct date_scan *scan)
{
	return scan->at + 1 < scan->end &&
	       (*scan->at == '-' || *scan->at == '/' || *scan->at == '.');
}

static bool has_date(const struct date_scan *scan)
{
	return scan->year != 0 || scan->month != 0 || scan->day != 0;
}

static void take_number(struct date_scan *scan)
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
	value = date_value_of(from, count);
	if (count <= 2 && next_is(scan, ':') && !scan->has_time)
		take_time(scan, value, ':');
	else if (count <= 2 && (next_is(scan, 'h') || next_is(scan, 'H')) && !scan->has_time &&
		 digits_at(scan, scan->at + 1) == 2)
		take_time(scan, value, 'h');
	else if (take_by_sign(scan, value))
		return;
	else if (count == 4 && is_date_separator(scan) && !has_date(scan))
		take_year_first(scan, value, *scan->at);
	else if (count <= 2 && is_date_separator(scan) && date_is_digit(scan->at[1]) &&
		 !has_date(scan))
		take_year_last(scan, value, *scan->at);
	else
		take_lone_number(scan, value, count);
}

/* ---- words ---- */

static bool is_letter(const struct date_scan *scan, const char *at)
{
	char lower = (char)(*at | 0x20);

	return at < scan->end && ((lower >= 'a' && lower <= 'z') || (unsigned char)*at >= 0x80);
}

static void take_month(struct date_scan *scan, int month)
{
	/* One that stood before all numbers was a weekday: "mar. 3 févr. 2015". */
	if (scan->month != 0 && !(scan->month_is_word && scan->month_before_number))
		return;
	scan->month = month;
	scan->month_is_word = true;
	scan->month_before_number = scan->numbers == 0;
}

static void take_zone_word(struct date_scan *scan, int minutes)
{
	if (scan->has_zone)
		return;
	scan->has_zone = scan->zone_is_word = true;
	scan->zone_minutes = minutes;
}

static void take_word(struct date_scan *scan)
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

static void step(struct date_scan *scan)
{
	char c = *scan->at;

	if (date_is_digit(c))
		take_number(scan);
	else if (is_letter(scan, scan->at))
		take_word(scan);
	else if ((c == '+' || c == '-') && (scan->has_time || scan->zone_is_word) &&
		 scan->at + 1 < scan->end && date_is_digit(scan->at[1]))
		take_zone(scan, c == '+' ? 1 : -1);
	else
		scan->at++;
}

void date_scan(struct date_scan *scan, const char *text, size_t length)
{
	memset(scan, 0, sizeof(*scan));
	scan->at = text;
	scan->end = text + length;
	while (scan->at < scan->end && !scan->is_wrong)
		step(scan);
}
