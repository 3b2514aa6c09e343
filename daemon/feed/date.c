#include "daemon/feed/date.h"

#include <stdbool.h>
#include <string.h>

#include "common/time.h"
#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/date_place.h"
#include "daemon/feed/date_scan.h"

#define DATE_MAX 256 /* bytes; what is longer is none */

#define FIRST_S 631152000 /* the beginning of 1990 */

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
static int day_number(struct date_scan *scan, int64_t *out_days)
{
	int month = scan->month != 0 ? scan->month : 1, day = scan->day != 0 ? scan->day : 1;

	if (scan->year > 2500 && scan->year < 2600)
		scan->year -= 543; /* the Buddhist era, in which Thailand writes */
	if (scan->year < 1970 || scan->year > 9999)
		return -1;
	if (scan->has_time && scan->day == 0 && scan->ordinal == 0 && scan->week == 0)
		return -1; /* a time of which day? */
	if (scan->week != 0) {
		*out_days = days_of_week(scan->year, scan->week, scan->weekday);
		return scan->week <= 53 && scan->weekday >= 1 && scan->weekday <= 7 ? 0 : -1;
	}
	if (scan->ordinal != 0) {
		*out_days = days_from_civil(scan->year, 1, 1) + scan->ordinal - 1;
		return scan->ordinal <= 365 + time_is_leap(scan->year) ? 0 : -1;
	}
	if (month > 12 || day > (int)time_days_in(scan->year, (unsigned)month) ||
		(scan->day != 0 && scan->month == 0))
		return -1;
	*out_days = days_from_civil(scan->year, month, day);
	return 0;
}

static int64_t within_bounds(int64_t s)
{
	/* The year of the build is the end of "Nov 23 2026". */
	int build_year = date_value_of(&__DATE__[7], 4);

	if (s < FIRST_S || s >= days_from_civil(build_year + 11, 1, 1) * 86400)
		return DATE_NONE;
	return s;
}

static bool is_weekday(int year, int month, int day, int weekday)
{
	return time_weekday(days_from_civil(year, month, day) * 86400) == (unsigned)weekday % 7;
}

/*
 * Day or month first?  A number above twelve decides it, or else the weekday
 * where one is said.  What is left is day first, as everywhere on Earth, except
 * for slashes beside a twelve-hour clock or an American zone.
 */
static bool is_month_first(const struct date_scan *scan)
{
	int first = scan->day, second = scan->month, weekday = scan->named_weekday;
	bool is_american = scan->is_am || scan->is_pm ||
			   (scan->zone_is_word && scan->zone_minutes <= -240 &&
				   scan->zone_minutes >= -480);

	if (first > 12 || second > 12)
		return second > 12;
	if (weekday != 0 && is_weekday(scan->year, second, first, weekday))
		return false;
	if (weekday != 0 && is_weekday(scan->year, first, second, weekday))
		return true;
	return scan->open_order == '/' && is_american;
}

static void settle_order(struct date_scan *scan)
{
	int first = scan->day;

	if (scan->open_order == '\0' || scan->open_order == '.' || !is_month_first(scan))
		return;
	scan->day = scan->month;
	scan->month = first;
}

/* Minutes east of UTC, at a reading of the clock there. */
static int zone_at(const struct date_scan *scan, int64_t local_s)
{
	if (scan->place != NULL)
		return date_place_minutes(scan->place, scan->year, local_s);
	return scan->has_zone ? scan->zone_minutes : scan->is_korean ? 540 : 0;
}

static int64_t assemble(struct date_scan *scan)
{
	int64_t days, local_s;

	settle_order(scan);
	if (scan->is_wrong || day_number(scan, &days) < 0)
		return DATE_NONE;
	if (scan->is_pm && scan->hour < 12)
		scan->hour += 12;
	else if (scan->is_am && scan->hour == 12)
		scan->hour = 0;
	if (scan->hour > 24 || scan->minute > 59 || scan->second > 60 ||
		(scan->hour == 24 && (scan->minute != 0 || scan->second != 0)))
		return DATE_NONE;
	local_s = days * 86400 + scan->hour * 3600 + scan->minute * 60 + scan->second;
	return within_bounds(local_s - (int64_t)zone_at(scan, local_s) * 60);
}

/* Unix seconds or milliseconds, with or without a fraction. */
static bool is_unix_time(const char *text, size_t length, int64_t *out_s)
{
	size_t count = 0;
	int64_t value = 0;

	while (count < length && date_is_digit(text[count]) && count < 14)
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

/*
 * "/Date(1700000000000+0100)/", as .NET writes milliseconds; what stands behind
 * them is where they were written, and moves nothing.
 */
static bool is_dotnet_time(const char *text, size_t length, int64_t *out_s)
{
	static const char begin[] = "/Date(";
	size_t at = sizeof(begin) - 1, digits = 0;
	int64_t value = 0;

	if (length <= at || memcmp(text, begin, at) != 0)
		return false;
	for (; at + digits < length && date_is_digit(text[at + digits]) && digits < 14; digits++)
		value = value * 10 + (text[at + digits] - '0');
	at += digits;
	*out_s = value / 1000;
	return digits > 3 && at < length && strchr("+-)", text[at]) != NULL;
}

/* What is no more than a blank in a date: those of all widths, and of none. */
static bool is_blank(uint32_t rune)
{
	return rune == 0xA0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200B) ||
	       rune == 0x2028 || rune == 0x2029 || rune == 0x202F || rune == 0x205F ||
	       rune == 0x3000;
}

/* Marks of direction, which some programs put around each part of a date. */
static bool is_nothing(uint32_t rune)
{
	return utf8_turns(rune) || rune == 0x2060 || rune == 0xFEFF;
}

/* Digits and blanks of other scripts as those of ours; the length is the result. */
static size_t in_our_signs(const char *text, size_t length, char out[DATE_MAX])
{
	static const uint32_t zeros[] = { 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10 };
	size_t at = 0, to = 0, n, i;
	uint32_t rune;

	for (; at < length; at += n) {
		n = utf8_decode(text + at, length - at, &rune);
		for (i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
			if (rune >= zeros[i] && rune <= zeros[i] + 9)
				break;
		if (i < sizeof(zeros) / sizeof(zeros[0])) {
			out[to++] = (char)('0' + (rune - zeros[i]));
		} else if (is_blank(rune)) {
			out[to++] = ' ';
		} else if (!is_nothing(rune)) {
			memcpy(out + to, text + at, n);
			to += n;
		}
	}
	return to;
}

static bool is_ascii(const char *text, size_t length)
{
	unsigned char all = 0;
	size_t i;

	for (i = 0; i < length; i++)
		all |= (unsigned char)text[i];
	return all < 0x80;
}

int64_t date_parse(const char *text, size_t length)
{
	char ours[DATE_MAX];
	struct date_scan scan;
	int64_t s;

	blank_trim(&text, &length);
	if (length == 0 || length > DATE_MAX)
		return DATE_NONE;
	if (!is_ascii(text, length)) {
		length = in_our_signs(text, length, ours);
		text = ours;
		blank_trim(&text, &length);
	}
	if (is_unix_time(text, length, &s) || is_dotnet_time(text, length, &s))
		return within_bounds(s);
	date_scan(&scan, text, length);
	return assemble(&scan);
}
