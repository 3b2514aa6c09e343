#include "ctl/when.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/time.h"

#define MINUTE ((int64_t)60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
#define YEAR (365 * DAY)

static bool is_then(int64_t unix_s, const struct tm *tm)
{
	time_t t = (time_t)unix_s;
	struct tm then;

	localtime_r(&t, &then);
	return then.tm_mday == tm->tm_mday && then.tm_hour == tm->tm_hour &&
	       then.tm_min == tm->tm_min;
}

/*
 * A local time that comes twice, because clocks were put back, is the first; one that
 * never comes is what it were if nobody had put them forward.  mktime() alone gives
 * what suits the last time that it was asked for.
 */
static int64_t of_local(const struct tm *local)
{
	static const int64_t put_back[] = { 3 * HOUR, 2 * HOUR, HOUR, HOUR / 2 };
	struct tm wanted = *local, tm;
	int64_t unix_s;

	timegm(&wanted); /* the 0th of a month is a day of the one before */
	tm = wanted;
	tm.tm_isdst = -1;
	unix_s = mktime(&tm);
	for (size_t i = 0; i < sizeof(put_back) / sizeof(put_back[0]); i++)
		if (is_then(unix_s - put_back[i], &wanted))
			return unix_s - put_back[i];
	if (is_then(unix_s, &wanted))
		return unix_s;
	wanted.tm_isdst = 0;
	return mktime(&wanted);
}

/* 00:00 local of the day that is `days` after the one of unix_s. */
static int64_t midnight(int64_t unix_s, int days)
{
	time_t t = (time_t)unix_s;
	struct tm tm;

	localtime_r(&t, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday += days;
	return of_local(&tm);
}

static bool exists(const struct tm *tm)
{
	return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 &&
	       tm->tm_mday <= (int)time_days_in(tm->tm_year + 1900, (unsigned)tm->tm_mon + 1) &&
	       tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec < 60;
}

static bool digits_as(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++) {
		if (*pattern == '0' ? (*text < '0' || *text > '9') : *text != *pattern)
			return false;
	}
	return *text == '\0';
}

static int number(const char *text, int digits)
{
	int n = 0;

	while (digits-- > 0)
		n = n * 10 + (*text++ - '0');
	return n;
}

/* "2026-06-03", with " 10:00" or " 10:00:30" behind it, T for the blank. */
static bool read_local(const char *text, int64_t *out_s)
{
	struct tm tm = { 0 };
	char copy[20];
	size_t length = strlen(text);

	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length + 1);
	if (length > 10 && copy[10] == 'T')
		copy[10] = ' ';
	if (!digits_as(copy, "0000-00-00") && !digits_as(copy, "0000-00-00 00:00") &&
		!digits_as(copy, "0000-00-00 00:00:00"))
		return false;
	tm.tm_year = number(copy, 4) - 1900;
	tm.tm_mon = number(copy + 5, 2) - 1;
	tm.tm_mday = number(copy + 8, 2);
	if (length > 10) {
		tm.tm_hour = number(copy + 11, 2);
		tm.tm_min = number(copy + 14, 2);
	}
	if (length > 16)
		tm.tm_sec = number(copy + 17, 2);
	if (!exists(&tm))
		return false;
	*out_s = of_local(&tm);
	return true;
}

/* "90s" "1w 2d" is not one: a number and its unit. */
static bool read_age(const char *text, int64_t now_s, int64_t *out_s)
{
	static const char units[] = "smhdw";
	static const int64_t seconds[] = { 1, MINUTE, HOUR, DAY, WEEK };
	const char *unit;
	char *end;
	long long count;

	if (text[0] < '0' || text[0] > '9' || strlen(text) > 12)
		return false;
	count = strtoll(text, &end, 10);
	unit = *end != '\0' ? strchr(units, *end) : NULL;
	if (unit == NULL || end[1] != '\0')
		return false;
	*out_s = now_s - count * seconds[unit - units];
	return true;
}

static bool is_cursor(const char *text)
{
	size_t length = strlen(text);

	return length > 1 && length < WHEN_MAX && text[0] == 'c' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
		       length;
}

int when_resolve(
	const char *text, const char *option, int64_t now_s, char out[WHEN_MAX], struct err *err)
{
	char rfc[TIME_TEXT_MAX];
	int64_t unix_s;

	if (strcmp(text, "today") == 0) {
		unix_s = midnight(now_s, 0);
	} else if (strcmp(text, "yesterday") == 0) {
		unix_s = midnight(now_s, -1);
	} else if (is_cursor(text)) {
		snprintf(out, WHEN_MAX, "%s", text);
		return 0;
	} else if (!read_age(text, now_s, &unix_s) && !read_local(text, &unix_s) &&
		   time_parse(text, &unix_s) < 0) {
		return err_set(err, ERR_USAGE,
			"--%s %s is no time: 90s 15m 6h 2d 1w (ago), today, yesterday, 2026-06-03, "
			"'2026-06-03 10:00', 2026-06-03T10:00:00Z or a cursor",
			option, text);
	}
	time_format_rfc3339(unix_s, rfc);
	snprintf(out, WHEN_MAX, "%s", rfc);
	return 0;
}

/* The number of a cursor, behind its store's. */
static const char *cursor_seq(const char *cursor)
{
	const char *dot = strrchr(cursor, '.');

	return dot != NULL ? dot + 1 : cursor + strlen(cursor);
}

int when_any(
	char kept[WHEN_MAX], const char *other, bool later, const char *option, struct err *err)
{
	const char *a = cursor_seq(kept), *b = cursor_seq(other);
	int64_t kept_s, other_s;
	bool after;

	if (is_cursor(kept) != is_cursor(other))
		return err_set(
			err, ERR_USAGE, "--%s: a time and a cursor do not go together", option);
	if (is_cursor(kept)) {
		if (a - kept != b - other || memcmp(kept, other, (size_t)(a - kept)) != 0)
			return err_set(
				err, ERR_USAGE, "--%s: these cursors are of two stores", option);
		after = strtoull(b, NULL, 10) > strtoull(a, NULL, 10);
	} else {
		if (time_parse(kept, &kept_s) < 0 || time_parse(other, &other_s) < 0)
			return err_set(err, ERR_USAGE, "--%s %s is no time", option, other);
		after = other_s > kept_s;
	}
	if (after == later)
		snprintf(kept, WHEN_MAX, "%s", other);
	return 0;
}

void when_age(int64_t unix_s, int64_t now_s, char out[WHEN_MAX])
{
	int64_t age = now_s - unix_s;
	const char *sign = age < 0 ? "+" : "";

	age = age < 0 ? -age : age;
	if (age < MINUTE)
		snprintf(out, WHEN_MAX, "now");
	else if (age < HOUR)
		snprintf(out, WHEN_MAX, "%s%lldm", sign, (long long)(age / MINUTE));
	else if (age < 2 * DAY)
		snprintf(out, WHEN_MAX, "%s%lldh", sign, (long long)(age / HOUR));
	else if (age < 4 * WEEK)
		snprintf(out, WHEN_MAX, "%s%lldd", sign, (long long)(age / DAY));
	else if (age < 2 * YEAR)
		snprintf(out, WHEN_MAX, "%s%lldw", sign, (long long)(age / WEEK));
	else
		snprintf(out, WHEN_MAX, "%s%lldy", sign, (long long)(age / YEAR));
}

void when_words(int64_t unix_s, int64_t now_s, char out[WHEN_MAX])
{
	char span[TIME_SPAN_MAX];
	int64_t ahead = unix_s - now_s;

	if (ahead > -5 && ahead < 5) {
		snprintf(out, WHEN_MAX, "now");
		return;
	}
	if (ahead <= -2 * YEAR) {
		snprintf(out, WHEN_MAX, "%lld years ago", (long long)(-ahead / YEAR));
		return;
	}
	time_format_span(ahead < 0 ? -ahead : ahead, span);
	if (ahead > 0)
		snprintf(out, WHEN_MAX, "in %s", span);
	else
		snprintf(out, WHEN_MAX, "%s ago", span);
}

void when_local(int64_t unix_s, const char *format, char out[WHEN_MAX])
{
	time_t t = (time_t)unix_s;
	struct tm tm;

	localtime_r(&t, &tm);
	if (strftime(out, WHEN_MAX, format, &tm) == 0)
		out[0] = '\0';
}

void when_day(int64_t unix_s, int64_t now_s, char out[WHEN_MAX])
{
	if (unix_s >= midnight(now_s, 0) && unix_s < midnight(now_s, 1))
		snprintf(out, WHEN_MAX, "Today");
	else if (unix_s >= midnight(now_s, -1) && unix_s < midnight(now_s, 0))
		snprintf(out, WHEN_MAX, "Yesterday");
	else
		when_local(unix_s, "%A, %-d %B %Y", out);
}
