#include "daemon/store/newsboat_item.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/feed/feed.h"
#include "daemon/url.h"

#define DATE_LONG 64 /* bytes; longer ones are looked for behind the very link only */
#define TRIES 8      /* of links to be compared: a stranger's file has millions of rows */

static bool is_letter_or_digit(char c)
{
	return isalnum((unsigned char)c) != 0;
}

/* A time of the day, without which it is taken for no date: many an id ends in a day. */
static bool has_clock(const char *text)
{
	const char *colon = strrchr(text, ':');

	return colon != NULL && colon > text && isdigit((unsigned char)colon[-1]) &&
	       isdigit((unsigned char)colon[1]);
}

/* Whether it looks like one, though it may be none that a feed of today can have. */
static bool is_like_date(const char *text)
{
	bool has_year = strspn(text, "0123456789") == 4 && text[4] == '-';

	return has_clock(text) && is_letter_or_digit(text[0]) &&
	       (has_year || strchr(text, ' ') != NULL);
}

/* Where both lead to one place: the address that feedd has of what the feed wrote. */
static char *same_link(const char *written, const char *link)
{
	char *url = NULL, *a, *b;
	bool same;

	if (url_is_web(written, strlen(written)))
		url = mem_strdup(written);
	else if (url_resolve(link, written, &url) <= 0)
		return NULL;
	a = url_normalise(url);
	b = url_normalise(link);
	same = a != NULL && b != NULL && strcmp(a, b) == 0;
	free(a);
	free(b);
	if (same)
		return url;
	free(url);
	return NULL;
}

/* What is made absolute ends as it was written, but for the "/" that a bare host gets. */
static bool may_end(const char *guid, size_t at, const char *link, size_t link_length)
{
	const char *end = link + link_length - 1;

	return is_letter_or_digit(guid[at]) &&
	       (guid[at - 1] == *end || (*end == '/' && end > link && guid[at - 1] == end[-1]));
}

/* The link may be written in another way in the guid: no place but one divides it into
 * the same link and a date. */
static char *divide(const char *guid, const char *link, int64_t *out_date_s)
{
	size_t length = strlen(guid), link_length = strlen(link), at;
	char *written, *found = NULL;
	unsigned tries = 0;

	if (link_length == 0 || link_length > URL_MAX || length > URL_MAX + DATE_LONG)
		return NULL;
	for (at = length > DATE_LONG ? length - DATE_LONG : 1;
		found == NULL && at < length && tries < TRIES; at++) {
		int64_t date_s;

		if (!may_end(guid, at, link, link_length))
			continue;
		date_s = feed_date(guid + at, length - at);
		if (date_s == DATE_NONE && !is_like_date(guid + at))
			continue;
		tries++;
		written = mem_strndup(guid, at);
		found = same_link(written, link);
		free(written);
		*out_date_s = date_s;
	}
	return found;
}

bool newsboat_item_is_made(const char *guid, const char *link, char **out_link, int64_t *out_date_s)
{
	size_t length = strlen(link);
	char *found = NULL;

	if (!has_clock(guid))
		return false;
	if (length > 0 && strncmp(guid, link, length) == 0 && is_like_date(guid + length)) {
		found = mem_strdup(link);
		*out_date_s = feed_date(guid + length, strlen(guid + length));
	} else
		found = divide(guid, link, out_date_s);
	if (found != NULL)
		*out_link = found;
	return found != NULL;
}
