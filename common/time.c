#include "common/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400
#define YEAR_0_S INT64_C(-62167219200)
#define YEAR_9999_END_S INT64_C(253402300799)

/* Howard Hinnant's calendar: years begin in March, so that the leap day is the
 * last one, and an era of 400 of them always has as many days. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day -
			      1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	*month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	*year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

bool time_is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

unsigned time_days_in(int64_t year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && time_is_leap(year) ? 29 : days[month - 1];
}

/* Exactly `count` digits at *at, which then stands behind them. */
static bool take_digits(const char **at, unsigned count, unsigned *out)
{
	unsigned value = 0;

	for (unsigned i = 0; i < count; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		value = value * 10 + (unsigned)(c - '0');
	}
	*at += count;
	*out = value;
	return true;
}

static bool take(const char **at, const char *any_of)
{
	if (**at == '\0' || strchr(any_of, **at) == NULL)
		return false;
	(*at)++;
	return true;
}

static bool take_date(const char **at, int64_t *out_days)
{
	unsigned year, month, day;

	if (!take_digits(at, 4, &year) || !take(at, "-") || !take_digits(at, 2, &month) ||
		!take(at, "-") || !take_digits(at, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > time_days_in(year, month))
		return false;
	*out_days = days_from_civil(year, month, day);
	return true;
}

static bool take_clock(const char **at, int64_t *out_s)
{
	unsigned hour, minute, second;

	if (!take_digits(at, 2, &hour) || !take(at, ":") || !take_digits(at, 2, &minute) ||
		!take(at, ":") || !take_digits(at, 2, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	if (take(at, ".,"))
		while (take(at, "0123456789"))
			continue;
	*out_s = (int64_t)hour * 3600 + (int64_t)minute * 60 + (second == 60 ? 59 : second);
	return true;
}

static bool take_offset(const char **at, int64_t *out_s)
{
	unsigned hour, minute;
	bool west;

	*out_s = 0;
	if (take(at, "Zz"))
		return true;
	west = **at == '-';
	if (!take(at, "+-") || !take_digits(at, 2, &hour) || !take(at, ":") ||
		!take_digits(at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*out_s = ((int64_t)hour * 3600 + (int64_t)minute * 60) * (west ? -1 : 1);
	return true;
}

int64_t time_from_utc(int64_t year, unsigned month, unsigned day, int64_t second_of_day)
{
	return days_from_civil(year, month, day) * DAY_S + second_of_day;
}

int64_t time_day(int64_t unix_s)
{
	return unix_s / DAY_S - (unix_s % DAY_S < 0 ? 1 : 0);
}

unsigned time_weekday(int64_t unix_s)
{
	int64_t weekday = (time_day(unix_s) + 4) % 7; /* 1970 began on a Thursday */

	return (unsigned)(weekday < 0 ? weekday + 7 : weekday);
}

/* Lists say a million times what time it is: printf() would be most of it. */
static void put_two(char *at, unsigned value, char behind)
{
	at[0] = (char)('0' + value / 10 % 10);
	at[1] = (char)('0' + value % 10);
	at[2] = behind;
}

void time_format_rfc3339(int64_t unix_s, char out[TIME_TEXT_MAX])
{
	int64_t year;
	unsigned month, day, second;

	if (unix_s < YEAR_0_S)
		unix_s = YEAR_0_S;
	if (unix_s > YEAR_9999_END_S)
		unix_s = YEAR_9999_END_S;
	civil_from_days(time_day(unix_s), &year, &month, &day);
	second = (unsigned)(unix_s - time_day(unix_s) * DAY_S);
	put_two(out, (unsigned)year / 100, '0');
	put_two(out + 2, (unsigned)year, '-');
	put_two(out + 5, month, '-');
	put_two(out + 8, day, 'T');
	put_two(out + 11, second / 3600, ':');
	put_two(out + 14, second / 60 % 60, ':');
	put_two(out + 17, second % 60, 'Z');
	out[20] = '\0';
}

int time_parse(const char *text, int64_t *out_unix_s)
{
	const char *at = text;
	int64_t days, second, offset;

	if (!take_date(&at, &days) || !take(&at, "Tt ") || !take_clock(&at, &second) ||
		!take_offset(&at, &offset) || *at != '\0')
		return -1;
	*out_unix_s = days * DAY_S + second - offset;
	return 0;
}

int time_parse_duration(const char *text, int64_t *out_ms, struct err *err)
{
	static const struct {
		char unit;
		double seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', DAY_S }, { 'w', 7 * DAY_S } };
	double value, factor = 1;
	size_t digits = strspn(text, "0123456789.");
	char *end;

	/* strtod() alone would take hexadecimal, exponents and "inf", too. */
	value = strtod(text, &end);
	if (digits == 0 || end != text + digits)
		return err_set(
			err, ERR_USAGE, "\"%s\" is no duration such as 90s, 15m, 6h, 2d", text);
	if (*end != '\0') {
		factor = 0;
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			if (units[i].unit == *end && end[1] == '\0')
				factor = units[i].seconds;
		if (factor <= 0)
			return err_set(
				err, ERR_USAGE, "\"%s\" has none of the units s, m, h, d, w", text);
	}
	value *= factor * 1000;
	if (value > 1e15)
		return err_set(err, ERR_USAGE, "\"%s\" is too long", text);
	*out_ms = (int64_t)(value + 0.5);
	return 0;
}

void time_format_span(int64_t seconds, char out[TIME_SPAN_MAX])
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = { { DAY_S, "d" }, { 3600, "h" }, { 60, "min" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (seconds < 2 * units[i].seconds)
			continue;
		snprintf(out, TIME_SPAN_MAX, "%lld %s",
			(long long)((seconds + units[i].seconds / 2) / units[i].seconds),
			units[i].name);
		return;
	}
	snprintf(out, TIME_SPAN_MAX, "%lld s", (long long)(seconds < 0 ? 0 : seconds));
}
