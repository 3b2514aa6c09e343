/* Durations of podcasts; declared in feed/date.h. */
#include <stdbool.h>

#include "daemon/feed/blank.h"
#include "daemon/feed/date.h"

#define DURATION_MAX (1000 * 3600)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at *at, -1 if there is none or it is absurd. */
static int64_t number(const char **at, const char *end)
{
	const char *from = *at;
	int64_t value = 0;

	while (*at < end && is_digit(**at) && *at - from < 9)
		value = value * 10 + (*(*at)++ - '0');
	return *at > from && (*at == end || !is_digit(**at)) ? value : -1;
}

/* Behind a point: so many of a thousand; *at is then behind all its digits. */
static int64_t thousandths(const char **at, const char *end)
{
	int64_t value = 0, place = 100;

	if (*at == end || (**at != '.' && **at != ','))
		return 0;
	for ((*at)++; *at < end && is_digit(**at); (*at)++, place /= 10)
		value += (**at - '0') * place;
	return value;
}

static int64_t bounded(int64_t s)
{
	return s >= 0 && s <= DURATION_MAX ? s : -1;
}

/* 3723, 62:03, 1:02:03, each with a fraction. */
static int64_t clock(const char *at, const char *end)
{
	int64_t total = 0, part;
	int parts = 0;

	do {
		part = number(&at, end);
		if (part < 0 || ++parts > 3)
			return -1;
		total = total * 60 + part;
	} while (at < end && *at == ':' && ++at < end);
	(void)thousandths(&at, end);
	while (at < end && blank_is(*at))
		at++;
	return at == end ? bounded(total) : -1;
}

static int64_t unit_s(char unit, bool in_time)
{
	switch (unit) {
	case 'D':
	case 'd':
		return 86400;
	case 'H':
	case 'h':
		return 3600;
	case 'M':
	case 'm':
		return in_time ? 60 : -1;
	case 'S':
	case 's':
		return 1;
	default:
		return -1;
	}
}

/* PT1H2M3S, and the same without PT: 1h 2m 3s. */
static int64_t units(const char *at, const char *end)
{
	int64_t total = 0, value, more, unit;
	bool any = false, in_time = true;

	if (at < end && (*at == 'P' || *at == 'p')) {
		at++;
		in_time = false;
	}
	while (at < end) {
		if (*at == 'T' || *at == 't') {
			in_time = true;
			at++;
			continue;
		}
		if (blank_is(*at)) {
			at++;
			continue;
		}
		value = number(&at, end);
		more = thousandths(&at, end);
		while (at < end && blank_is(*at))
			at++;
		unit = at < end ? unit_s(*at, in_time) : -1;
		if (value < 0 || unit < 0)
			return -1;
		total += value * unit + more * unit / 1000;
		any = true;
		for (at++; at < end && (*at | 0x20) >= 'a' && (*at | 0x20) <= 'z' && !is_digit(*at);
			at++)
			; /* "min", "hours" */
	}
	return any ? bounded(total) : -1;
}

int64_t duration_parse(const char *text, size_t length)
{
	int64_t s;

	blank_trim(&text, &length);
	if (length == 0 || length > 64)
		return -1;
	s = clock(text, text + length);
	return s >= 0 ? s : units(text, text + length);
}
