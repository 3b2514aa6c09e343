#include "daemon/store/newsboat_item.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/strip.h"
#include "daemon/feed/feed.h"
#include "daemon/store/restore_name.h"
#include "daemon/url.h"

#define DATE_LONG 64 /* bytes; longer ones are looked for behind the very link only */
#define BLANKS " \t\r\n"
#define TITLE_LONG 1024
#define CROWD_SIZE (8u << 20)
#define CROWD_PLACES 4
#define TRIES 4 /* of links to be compared: a stranger's file has millions of rows */

static bool is_letter_or_digit(char c)
{
	return isalnum((unsigned char)c) != 0;
}

static bool has_clock(const char *text)
{
	const char *colon = strrchr(text, ':');

	return colon != NULL && colon > text && isdigit((unsigned char)colon[-1]) &&
	       isdigit((unsigned char)colon[1]);
}

/*
 * Whether it is one, or looks like one that no feed of today can have.  A day alone is
 * none behind a "/", "=" or the like, for so a feed's own ids may end.
 */
static bool is_date(const char *text, char before, int64_t *out_date_s)
{
	bool has_year = strspn(text, "0123456789") == 4 && text[4] == '-';
	bool has_blank = strchr(text, ' ') != NULL;

	if (!is_letter_or_digit(text[0]))
		return false;
	*out_date_s = feed_date(text, strlen(text));
	if (has_clock(text))
		return *out_date_s != DATE_NONE || has_year || has_blank;
	return *out_date_s != DATE_NONE && (has_blank || (has_year && is_letter_or_digit(before)));
}

/* The address that feedd has of what the feed wrote, if that leads to the link's place. */
static char *same_link(const char *written, const char *link, const char *place)
{
	char *url = NULL, *normal;
	bool same;

	if (url_is_web(written, strlen(written)))
		url = mem_strdup(written);
	else if (url_resolve(link, written, &url) <= 0)
		return NULL;
	normal = url_normalise(url);
	same = normal != NULL && strcmp(normal, place) == 0;
	free(normal);
	if (same)
		return url;
	free(url);
	return NULL;
}

/* What no program writes in another way when it makes a link absolute. */
static bool is_plain(char c)
{
	return is_letter_or_digit(c) || c == '-' || c == '_';
}

/* What is made absolute ends as it was written, but for the "/" that a bare host gets, up
 * to what is escaped or left out, or to another scheme. */
static bool may_end(const char *guid, size_t at, const char *link, size_t link_length)
{
	size_t i;

	if (!is_letter_or_digit(guid[at]))
		return false;
	if (link_length > 1 && link[link_length - 1] == '/' && guid[at - 1] != '/')
		link_length--;
	for (i = 1; i <= at && i <= link_length; i++) {
		char a = guid[at - i], b = link[link_length - i];

		if (tolower((unsigned char)a) == tolower((unsigned char)b))
			continue;
		if (i == 1 || guid[at - i + 1] == ':')
			return i > 1;
		return !is_plain(b) || !(is_plain(a) || a == '/');
	}
	return true;
}

/* The link may be written in another way in the guid: no place but one divides it into
 * the same link and a date. */
static char *divide(const char *guid, const char *link, int64_t *out_date_s)
{
	size_t length = strlen(guid), link_length = strlen(link), at;
	char *written, *place = NULL, *found = NULL;
	unsigned tries = 0;

	if (link_length == 0 || link_length > URL_MAX || length > URL_MAX + DATE_LONG)
		return NULL;
	for (at = length > DATE_LONG ? length - DATE_LONG : 1;
		found == NULL && at < length && tries < TRIES; at++) {
		if (!may_end(guid, at, link, link_length) ||
			!is_date(guid + at, guid[at - 1], out_date_s))
			continue;
		if (tries++ == 0)
			place = url_normalise(link);
		if (place == NULL)
			break;
		written = mem_strndup(guid, at);
		found = same_link(written, link, place);
		free(written);
	}
	free(place);
	return found;
}

/* The link that newsboat made the guid of, or NULL: it did not.  padded: the feed has
 * blanks around what the guid is made of, so that some stand before the date, too. */
static char *made_of(const char *guid, bool padded, const char *link, int64_t *out_date_s)
{
	size_t length = strlen(link);
	const char *date = guid + length;

	if (length == 0 || strncmp(guid, link, length) != 0)
		return divide(guid, link, out_date_s);
	if (padded)
		date += strspn(date, BLANKS);
	return is_date(date, link[length - 1], out_date_s) ? mem_strdup(link)
							   : divide(guid, link, out_date_s);
}

static char *trim(const char *text)
{
	size_t length;

	text += strspn(text, BLANKS);
	for (length = strlen(text); length > 0 && strchr(BLANKS, text[length - 1]) != NULL;)
		length--;
	return mem_strndup(text, length);
}

/* newsboat keeps it as the feed has it; here it is one line, and no HTML. */
static char *title_line(const char *text)
{
	size_t length = strlen(text), i;
	struct buf line;
	char *title;

	buf_init(&line, TITLE_LONG);
	if (length > TITLE_LONG || (strip_looks_like_html(text, length) &&
					   strip_title(text, length, TITLE_LONG, &line) < 0))
		buf_clear(&line);
	else if (line.length == 0)
		for (i = 0; i < length; i++) {
			bool blank = (unsigned char)text[i] <= ' ';

			if (!blank || (line.length > 0 && line.data[line.length - 1] != ' '))
				(void)!buf_add_byte(&line, blank ? ' ' : text[i]);
		}
	title = trim(line.length > 0 ? line.data : "");
	buf_release(&line);
	return title;
}

void newsboat_item_init(
	struct newsboat_item *item, const char *guid, const char *link, const char *title)
{
	char *made, *name = trim(title);

	item->guid = trim(guid);
	item->is_title = link[0] == '\0' && strcmp(item->guid, name) == 0;
	free(name);
	item->date_s = DATE_NONE;
	made = made_of(item->guid, strspn(guid, BLANKS) > 0, link, &item->date_s);
	item->is_made = made != NULL;
	item->link = made != NULL ? made : mem_strdup(link);
	item->title = title_line(item->is_made ? title : "");
}

void newsboat_item_release(struct newsboat_item *item)
{
	free(item->guid);
	free(item->link);
	free(item->title);
}

/* ----------------------------------------------------------- crowd ---- */

/* Each thing has some places, from a counting filter as Bloom's: who has one alone, is
 * alone. */
struct newsboat_crowd {
	unsigned char counts[CROWD_SIZE]; /* 0, 1, and 2 is several */
};

struct newsboat_crowd *newsboat_crowd_new(void)
{
	return MEM_NEW(struct newsboat_crowd);
}

void newsboat_crowd_free(struct newsboat_crowd *crowd)
{
	free(crowd);
}

static uint64_t hash_of(const char *feed_url, const char *text, int64_t date_s)
{
	uint64_t seed = XXH3_64bits_withSeed(feed_url, strlen(feed_url), (uint64_t)date_s);

	return XXH3_64bits_withSeed(text, strlen(text), seed);
}

static uint64_t hash_of_link(const char *feed_url, const struct newsboat_item *item)
{
	return hash_of(feed_url, item->link, DATE_NONE);
}

static uint64_t hash_of_moment(const char *feed_url, const struct newsboat_item *item)
{
	return hash_of(feed_url, item->title, item->date_s);
}

static size_t place(uint64_t hash, unsigned i)
{
	return (size_t)((hash + i * (hash >> 32 | 1)) % CROWD_SIZE);
}

static void count(struct newsboat_crowd *crowd, uint64_t hash)
{
	unsigned i;

	for (i = 0; i < CROWD_PLACES; i++)
		if (crowd->counts[place(hash, i)] < 2)
			crowd->counts[place(hash, i)]++;
}

static bool is_alone(const struct newsboat_crowd *crowd, uint64_t hash)
{
	unsigned i;

	for (i = 0; i < CROWD_PLACES; i++)
		if (crowd->counts[place(hash, i)] == 1)
			return true;
	return false;
}

static bool has_moment(const struct newsboat_item *item)
{
	return item->is_made && item->date_s != DATE_NONE && item->title[0] != '\0';
}

void newsboat_crowd_add(
	struct newsboat_crowd *crowd, const char *feed_url, const struct newsboat_item *item)
{
	count(crowd, hash_of_link(feed_url, item));
	if (has_moment(item))
		count(crowd, hash_of_moment(feed_url, item));
}

char *newsboat_item_call(
	const struct newsboat_item *item, const char *feed_url, const struct newsboat_crowd *crowd)
{
	bool link_tells = is_alone(crowd, hash_of_link(feed_url, item));

	if (!item->is_made)
		return mem_strdup(item->guid);
	if (!has_moment(item) || !is_alone(crowd, hash_of_moment(feed_url, item)))
		return mem_strdup(item->link);
	return restore_name_make(link_tells ? item->link : "", item->date_s, item->title);
}
