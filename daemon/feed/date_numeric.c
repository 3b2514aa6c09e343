#include "daemon/feed/date_numeric.h"

#include <string.h>

size_t date_digits_at(const struct date_scan *scan, const char *at)
{
	const char *from = at;

	while (at < scan->end && date_is_digit(*at))
		at++;
	return (size_t)(at - from);
}

int date_number_at(struct date_scan *scan, size_t most)
{
	size_t count = date_digits_at(scan, scan->at);
	int value;

	if (count == 0 || count > most)
		return -1;
	value = date_value_of(scan->at, count);
	scan->at += count;
	return value;
}

int date_full_year(int year, size_t digits)
{
	return digits > 2 ? year : year < 69 ? 2000 + year : 1900 + year;
}

bool date_is_week(const struct date_scan *scan, const char *at)
{
	return at < scan->end && (*at == 'W' || *at == 'w') && date_digits_at(scan, at + 1) != 0;
}

void date_take_week(struct date_scan *scan, int year)
{
	size_t count = date_digits_at(scan, ++scan->at);

	scan->year = year;
	scan->week = date_value_of(scan->at, count < 2 ? count : 2);
	scan->is_wrong = scan->week == 0;
	scan->weekday = count == 3 ? scan->at[2] - '0' : 1;
	scan->at += count;
	if (date_next_is(scan, '-') && date_digits_at(scan, scan->at + 1) == 1) {
		scan->weekday = scan->at[1] - '0';
		scan->at += 2;
	}
}

/* "2004-032"; but some write a month in three digits, before a day: "2004-002-01". */
static bool is_day_of_year(const struct date_scan *scan, size_t count, char separator)
{
	bool is_month = scan->end - scan->at > 4 && scan->at[3] == separator &&
			date_is_digit(scan->at[4]);

	return count == 3 && date_value_of(scan->at, 3) > (is_month ? 12 : 0);
}

void date_take_year_first(struct date_scan *scan, int year, char separator)
{
	size_t count;

	scan->year = year;
	scan->at++;
	if (date_is_week(scan, scan->at)) {
		date_take_week(scan, year);
		return;
	}
	count = date_digits_at(scan, scan->at);
	if (count == 0)
		return; /* a name of a month follows */
	if (is_day_of_year(scan, count, separator)) {
		scan->ordinal = date_number_at(scan, 3);
		return;
	}
	if (count == 4) { /* 2004-0528 */
		scan->month = date_value_of(scan->at, 2);
		scan->day = date_value_of(scan->at + 2, 2);
		scan->at += 4;
		return;
	}
	scan->month = date_number_at(scan, 3);
	if (scan->month < 1)
		scan->is_wrong = true;
	if (date_next_is(scan, separator) && date_digits_at(scan, scan->at + 1) != 0) {
		scan->at++;
		scan->day = date_number_at(scan, 2);
		if (scan->day < 1)
			scan->is_wrong = true;
	}
}

void date_take_year_last(struct date_scan *scan, int first, char separator)
{
	int second, third;
	size_t digits;

	scan->at++;
	second = date_number_at(scan, 2);
	if (!date_next_is(scan, separator)) {
		scan->is_wrong = true;
		return;
	}
	scan->at++;
	digits = date_digits_at(scan, scan->at);
	third = date_number_at(scan, 4);
	if (second < 0 || third < 0) {
		scan->is_wrong = true;
	} else if (digits == 1 || (digits == 2 && separator == '-')) {
		scan->year = date_full_year(first, 2);
		scan->month = second;
		scan->day = third;
	} else {
		scan->year = date_full_year(third, digits);
		scan->day = first;
		scan->month = second;
		scan->open_order = separator;
	}
}

void date_take_compact(struct date_scan *scan, const char *from, size_t count)
{
	bool is_short = count < 7;
	size_t digits = is_short ? 2 : 4;

	scan->year = date_full_year(date_value_of(from, digits), digits);
	from += digits;
	if (count == 5 || count == 7) {
		scan->ordinal = date_value_of(from, 3);
		scan->is_wrong = scan->ordinal == 0;
		return;
	}
	scan->month = date_value_of(from, 2);
	scan->day = date_value_of(from + 2, 2);
	scan->is_wrong = scan->month == 0 || scan->day == 0;
}

/* How many digits follow the separator at *at; behind them it stands then. */
static size_t digits_behind(const struct date_scan *scan, const char **at, char separator)
{
	size_t count;

	if (*at >= scan->end || **at != separator)
		return 0;
	count = date_digits_at(scan, *at + 1);
	*at += 1 + count;
	return count;
}

bool date_is_another(const struct date_scan *scan, const char *at)
{
	size_t first = date_digits_at(scan, at), second, third;
	char separator = at + first < scan->end ? at[first] : '\0';

	if (scan->year == 0 || scan->month == 0 || separator == '\0' ||
		strchr("-/.", separator) == NULL)
		return false;
	at += first;
	second = digits_behind(scan, &at, separator);
	third = digits_behind(scan, &at, separator);
	if (second == 0 || second > 2)
		return false;
	if (first == 4)
		return scan->day == 0 || third == 1 || third == 2;
	return scan->day != 0 && first != 0 && first <= 2 && third == 4;
}

bool date_take_truncated(struct date_scan *scan)
{
	const char *at = scan->at;
	size_t count;

	if (!date_next_is(scan, '-'))
		return false;
	count = date_digits_at(scan, ++at);
	if (count == 4 && at + 4 == scan->end) {
		scan->month = date_value_of(at + 2, 2);
	} else if (count == 2 && at + 5 == scan->end && at[2] == '-' &&
		   date_digits_at(scan, at + 3) == 2) {
		scan->month = date_value_of(at + 3, 2);
	} else {
		return false;
	}
	scan->year = date_full_year(date_value_of(at, 2), 2);
	scan->at = scan->end;
	return true;
}

/* What stands behind a number in Korean, Chinese and Japanese dates. */
struct sign {
	const char *text;
	char part;      /* of Y M D h m s, which it makes of the number */
	bool is_korean; /* and so is the site, whose dates never say a zone */
};

static const struct sign signs[] = { { "년", 'Y', true }, { "年", 'Y', false }, { "월", 'M', true },
	{ "月", 'M', false }, { "일", 'D', true }, { "日", 'D', false }, { "시", 'h', false },
	{ "時", 'h', false }, { "时", 'h', false }, { "분", 'm', false }, { "分", 'm', false },
	{ "초", 's', false }, { "秒", 's', false } };

static const struct sign *sign_at(const char *at, const char *end)
{
	size_t i;

	if (at == end || (unsigned char)*at < 0x80)
		return NULL;
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t length = strlen(signs[i].text);

		if ((size_t)(end - at) >= length && memcmp(at, signs[i].text, length) == 0)
			return &signs[i];
	}
	return NULL;
}

static int *part_of(struct date_scan *scan, char part)
{
	switch (part) {
	case 'Y':
		return &scan->year;
	case 'M':
		return &scan->month;
	case 'D':
		return &scan->day;
	case 'h':
		return &scan->hour;
	case 'm':
		return &scan->minute;
	default:
		return &scan->second;
	}
}

bool date_take_by_sign(struct date_scan *scan, int value)
{
	const struct sign *sign = sign_at(scan->at, scan->end);

	if (sign == NULL)
		return false;
	scan->at += strlen(sign->text);
	*part_of(scan, sign->part) = value;
	scan->has_time |= sign->part == 'h';
	scan->is_korean |= sign->is_korean;
	return true;
}
