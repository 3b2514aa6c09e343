#include "daemon/fetch/header.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct reader {
	const char *at, *end;
};

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t'))
		reader->at++;
}

static bool take_byte(struct reader *reader, char byte)
{
	if (reader->at == reader->end || *reader->at != byte)
		return false;
	reader->at++;
	return true;
}

/* `fewest` to `most` digits. */
static bool take_number(struct reader *reader, unsigned fewest, unsigned most, int *out)
{
	unsigned count = 0;

	*out = 0;
	while (reader->at < reader->end && count < most && isdigit((unsigned char)*reader->at)) {
		*out = *out * 10 + (*reader->at++ - '0');
		count++;
	}
	return count >= fewest;
}

static bool take_month(struct reader *reader, int *out)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int month;

	if (reader->end - reader->at < 3)
		return false;
	for (month = 0; month < 12; month++) {
		if (strncasecmp(reader->at, names + (size_t)month * 3, 3) == 0) {
			reader->at += 3;
			*out = month + 1;
			return true;
		}
	}
	return false;
}

static bool take_time(struct reader *reader, int *hour, int *minute, int *second)
{
	return take_number(reader, 1, 2, hour) && take_byte(reader, ':') &&
	       take_number(reader, 2, 2, minute) && take_byte(reader, ':') &&
	       take_number(reader, 2, 2, second) && *hour < 24 && *minute < 60 && *second <= 60;
}

/* Days since 1970 of a date in the Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "Sun Nov  6 08:49:37 1994", behind the day's name. */
static bool take_asctime(struct reader *reader, int *year, int *month, int *day, int *time)
{
	if (!take_month(reader, month))
		return false;
	skip_blanks(reader);
	if (!take_number(reader, 1, 2, day))
		return false;
	skip_blanks(reader);
	if (!take_time(reader, &time[0], &time[1], &time[2]))
		return false;
	skip_blanks(reader);
	return take_number(reader, 4, 4, year);
}

/* "06 Nov 1994 08:49:37 GMT" and "06-Nov-94 08:49:37 GMT". */
static bool take_day_first(struct reader *reader, int *year, int *month, int *day, int *time)
{
	const char *digits;

	if (!take_number(reader, 1, 2, day))
		return false;
	if (!take_byte(reader, '-'))
		skip_blanks(reader);
	if (!take_month(reader, month))
		return false;
	if (!take_byte(reader, '-'))
		skip_blanks(reader);
	digits = reader->at;
	if (!take_number(reader, 2, 4, year))
		return false;
	if (reader->at - digits == 2)
		*year += *year < 70 ? 2000 : 1900;
	skip_blanks(reader);
	return take_time(reader, &time[0], &time[1], &time[2]);
}

bool header_date(const char *text, size_t length, int64_t *out_s)
{
	struct reader reader = { text, text + length };
	int year = 0, month = 0, day = 0, time[3] = { 0 };
	bool taken;

	skip_blanks(&reader);
	while (reader.at < reader.end && isalpha((unsigned char)*reader.at))
		reader.at++;
	take_byte(&reader, ',');
	skip_blanks(&reader);
	if (reader.at < reader.end && isdigit((unsigned char)*reader.at))
		taken = take_day_first(&reader, &year, &month, &day, time);
	else
		taken = take_asctime(&reader, &year, &month, &day, time);
	if (!taken || day < 1 || day > 31 || year < 1)
		return false;
	*out_s = days_of(year, month, day) * 86400 + (int64_t)time[0] * 3600 +
		 (int64_t)time[1] * 60 + time[2];
	return true;
}

bool header_seconds(const char *text, size_t length, int64_t *out_s)
{
	struct reader reader = { text, text + length };
	int64_t value = 0;
	bool any = false;

	skip_blanks(&reader);
	for (; reader.at < reader.end && isdigit((unsigned char)*reader.at); reader.at++) {
		any = true;
		value = value * 10 + (*reader.at - '0');
		if (value > HEADER_SECONDS_MAX)
			value = HEADER_SECONDS_MAX;
	}
	if (take_byte(&reader, '.')) {
		while (reader.at < reader.end && isdigit((unsigned char)*reader.at))
			reader.at++;
	}
	skip_blanks(&reader);
	*out_s = value;
	return any && reader.at == reader.end;
}

/* A directive's value without its quotes. */
static void unquote(const char **text, size_t *length)
{
	if (*length >= 2 && (*text)[0] == '"' && (*text)[*length - 1] == '"') {
		(*text)++;
		*length -= 2;
	}
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

static void take_max_age(const char *value, size_t length, struct header_freshness *freshness)
{
	int64_t seconds;

	unquote(&value, &length);
	if (memchr(value, '.', length) != NULL || !header_seconds(value, length, &seconds) ||
		(freshness->max_age_said && seconds != freshness->max_age_s))
		freshness->max_age_bad = true;
	else
		freshness->max_age_s = seconds;
	freshness->max_age_said = true;
}

static void trim(const char **text, size_t *length)
{
	while (*length > 0 && (**text == ' ' || **text == '\t')) {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
		(*length)--;
}

/* The next piece of a comma-separated list, quoted commas aside; in quotes a
 * backslash takes the meaning of what follows (RFC 9110, 5.6.4). */
static bool next_piece(struct reader *reader, const char **out_text, size_t *out_length)
{
	bool quoted = false;

	if (reader->at >= reader->end)
		return false;
	*out_text = reader->at;
	for (; reader->at < reader->end && (quoted || *reader->at != ','); reader->at++) {
		if (*reader->at == '"')
			quoted = !quoted;
		else if (quoted && *reader->at == '\\' && reader->at + 1 < reader->end)
			reader->at++;
	}
	*out_length = (size_t)(reader->at - *out_text);
	take_byte(reader, ',');
	trim(out_text, out_length);
	return true;
}

void header_cache_control(const char *text, size_t length, struct header_freshness *freshness)
{
	struct reader reader = { text, text + length };
	const char *piece, *equals, *value;
	size_t size, name, value_length;

	while (next_piece(&reader, &piece, &size)) {
		equals = memchr(piece, '=', size);
		name = equals != NULL ? (size_t)(equals - piece) : size;
		if (is_word(piece, name, "no-cache") || is_word(piece, name, "no-store"))
			freshness->forbidden = true;
		if (!is_word(piece, name, "max-age"))
			continue;
		value = equals != NULL ? equals + 1 : piece + size;
		value_length = size - (size_t)(value - piece);
		take_max_age(value, value_length, freshness);
	}
}

void header_expires(const char *text, size_t length, struct header_freshness *freshness)
{
	int64_t when;

	if (!header_date(text, length, &when) ||
		(freshness->expires_said && when != freshness->expires_s))
		freshness->expires_bad = true; /* "0" and "-1" mean: already expired */
	else
		freshness->expires_s = when;
	freshness->expires_said = true;
}

void header_date_field(const char *text, size_t length, struct header_freshness *freshness)
{
	int64_t when;

	if (header_date(text, length, &when)) {
		freshness->date_s = when;
		freshness->date_said = true;
	}
}

void header_age(const char *text, size_t length, struct header_freshness *freshness)
{
	int64_t seconds;

	if (header_seconds(text, length, &seconds))
		freshness->age_s = seconds;
}

struct fetch_cache header_lifetime(const struct header_freshness *freshness, int64_t now_s)
{
	struct fetch_cache cache = { .lifetime_s = -1 };
	int64_t life = 0;

	cache.said = freshness->max_age_said || freshness->expires_said || freshness->forbidden;
	if (!cache.said)
		return cache;
	if (freshness->max_age_said)
		life = freshness->max_age_bad ? 0 : freshness->max_age_s;
	else if (freshness->expires_said && !freshness->expires_bad)
		life = freshness->expires_s - (freshness->date_said ? freshness->date_s : now_s);
	life -= freshness->age_s;
	if (life < 0)
		life = 0;
	cache.lifetime_s = life < HEADER_SECONDS_MAX ? life : HEADER_SECONDS_MAX;
	return cache;
}

/* Seconds to wait: part of one counts as a whole, so that nobody comes early. */
static bool wait_seconds(const char *text, size_t length, int64_t *out_s)
{
	const char *fraction = memchr(text, '.', length), *end = text + length;

	if (!header_seconds(text, length, out_s))
		return false;
	while (fraction != NULL && ++fraction < end) {
		if (*fraction >= '1' && *fraction <= '9') {
			++*out_s;
			break;
		}
	}
	return true;
}

/* Several that a proxy has joined: the longest. */
static int64_t longest_wait(const char *text, size_t length)
{
	struct reader reader = { text, text + length };
	const char *piece;
	size_t size;
	int64_t value, longest = -1;

	while (next_piece(&reader, &piece, &size))
		if (wait_seconds(piece, size, &value) && value > longest)
			longest = value;
	return longest < HEADER_SECONDS_MAX ? longest : HEADER_SECONDS_MAX;
}

int64_t header_retry_after(
	const char *text, size_t length, const struct header_freshness *freshness, int64_t now_s)
{
	int64_t value;

	trim(&text, &length);
	if (wait_seconds(text, length, &value))
		return value < HEADER_SECONDS_MAX ? value : HEADER_SECONDS_MAX;
	if (!header_date(text, length, &value))
		return longest_wait(text, length);
	value -= freshness->date_said ? freshness->date_s : now_s;
	if (value < 0)
		return 0;
	return value < HEADER_SECONDS_MAX ? value : HEADER_SECONDS_MAX;
}

/* A Unix time as JavaScript has it, in milliseconds: 13 digits, and no more than a
 * day from now, so that nothing else is taken for one.  Rounded up to seconds. */
static bool millisecond_time(const char *text, size_t length, int64_t now_s, int64_t *out_s)
{
	int64_t value = 0;
	size_t n = 0;

	trim(&text, &length);
	for (; n < length && n < 13 && isdigit((unsigned char)text[n]); n++)
		value = value * 10 + (text[n] - '0');
	if (n < 13 || (length > n && text[n] != '.'))
		return false;
	*out_s = value / 1000 + (value % 1000 != 0);
	return *out_s <= now_s + 86400 && *out_s >= now_s - 86400;
}

int64_t header_reset(const char *text, size_t length, int64_t now_s)
{
	int64_t value, time_s;

	if (!wait_seconds(text, length, &value))
		return -1;
	if (millisecond_time(text, length, now_s, &time_s))
		value = time_s;
	if (value > 1000000000) /* no wait of 31 years: a point in time */
		value = value > now_s ? value - now_s : 0;
	return value;
}

bool header_is_validator(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	}
	return length > 0 && length <= 4096;
}

unsigned header_codings(const char *text, size_t length, enum coding *out_coding, bool *out_known)
{
	static const struct {
		const char *name;
		enum coding coding;
	} known[] = {
		{ "gzip", CODING_GZIP },
		{ "x-gzip", CODING_GZIP },
		{ "deflate", CODING_DEFLATE },
		{ "br", CODING_BROTLI },
	};
	struct reader reader = { text, text + length };
	const char *piece;
	size_t size, i;
	unsigned count = 0;

	while (next_piece(&reader, &piece, &size)) {
		/* (Nobody registered "none", but servers mean it.) */
		if (size == 0 || is_word(piece, size, "identity") || is_word(piece, size, "none"))
			continue;
		count++;
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			if (is_word(piece, size, known[i].name))
				break;
		}
		if (i == sizeof(known) / sizeof(known[0]))
			*out_known = false;
		else
			*out_coding = known[i].coding;
	}
	return count;
}
