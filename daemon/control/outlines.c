#include "daemon/control/outlines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/feed/opml_writer.h"
#include "daemon/url.h"

#define SETTINGS_MAX 8
#define ROW_MAX ((size_t)16 << 20)
#define PIECE_BYTES ((size_t)64 << 10)

/* There may be a hundred thousand: each is one piece of memory, with its texts
 * behind it. */
struct outline {
	char *title, *url, *site_url;
	char *proxy;     /* without what is secret in it; NULL: none of its own */
	char *own_title; /* that the user gave it, or NULL */
	char *tags;      /* one after the other, each with its NUL */
	size_t tag_count;
	bool insecure, downgrade, delta;
	int64_t every_s, keep_s;
	char texts[];
};

void outlines_init(struct outlines *outlines)
{
	memset(outlines, 0, sizeof(*outlines));
}

void outlines_release(struct outlines *outlines)
{
	arena_free(&outlines->memory);
	free(outlines->rows);
	if (outlines->count > 0)
		mem_give_back();
	outlines_init(outlines);
}

static size_t room_of(const char *text)
{
	return text != NULL ? strlen(text) + 1 : 0;
}

/* A copy of the text at *at, which goes on behind it; NULL stays NULL. */
static char *lay(char **at, const char *text)
{
	char *here = *at;
	size_t size = room_of(text);

	if (size == 0)
		return NULL;
	memcpy(here, text, size);
	*at += size;
	return here;
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/* An upgrade may have put a number in the place of a user's name (migration.def), which is
 * nobody's elsewhere, and would be sent. */
static char *address_of(const char *url)
{
	char *bare, *userinfo;

	if (strchr(url, '@') == NULL || url_subscribe(url, &bare, &userinfo, NULL) < 0)
		return mem_strdup(url);
	if (userinfo == NULL) {
		free(bare);
		return mem_strdup(url);
	}
	free(userinfo);
	return bare;
}

static struct outline *outline_new(struct arena *memory, const struct store_subscription *feed)
{
	const struct store_settings *s = feed->settings;
	const char *title = or_empty(feed->title), *site_url = or_empty(feed->site_url);
	char *url = address_of(or_empty(feed->url));
	char *proxy = s->proxy != NULL ? url_proxy_shown(s->proxy) : NULL;
	size_t size = room_of(title) + room_of(url) + room_of(site_url) + room_of(proxy) +
		      room_of(s->title);
	struct outline *row;
	char *at;
	size_t i;

	for (i = 0; i < feed->tag_count; i++)
		size += room_of(feed->tags[i]);
	row = arena_take(memory, sizeof(*row) + size);
	at = row->texts;
	row->title = lay(&at, title);
	row->url = lay(&at, url);
	row->site_url = lay(&at, site_url);
	row->proxy = lay(&at, proxy);
	free(proxy);
	free(url);
	row->own_title = lay(&at, s->title);
	row->tags = at;
	row->tag_count = feed->tag_count;
	for (i = 0; i < feed->tag_count; i++)
		(void)lay(&at, feed->tags[i]);
	row->every_s = s->every_s;
	row->keep_s = s->keep_s;
	row->insecure = s->insecure;
	row->downgrade = s->downgrade;
	row->delta = s->delta;
	return row;
}

void outlines_add(struct outlines *outlines, const struct store_subscription *feed)
{
	if (outlines->count == outlines->room) {
		outlines->room = outlines->room != 0 ? outlines->room * 2 : 64;
		outlines->rows = mem_realloc_array(
			outlines->rows, outlines->room, sizeof(struct outline *));
	}
	outlines->rows[outlines->count++] = outline_new(&outlines->memory, feed);
}

static const char *folder_of(const struct outline *row)
{
	return row->tag_count > 0 ? row->tags : "";
}

static int by_folder(const void *a, const void *b)
{
	const struct outline *left = *(const struct outline *const *)a;
	const struct outline *right = *(const struct outline *const *)b;
	int order = strcmp(folder_of(left), folder_of(right));

	if (order == 0)
		order = strcasecmp(left->title, right->title);
	return order != 0 ? order : strcmp(left->url, right->url);
}

static void put_setting(
	struct opml_row *row, struct opml_setting *settings, const char *name, const char *value)
{
	settings[row->setting_count].name = name;
	settings[row->setting_count].value = value;
	row->setting_count++;
}

static const char *seconds(char out[24], int64_t s)
{
	if (s == INT64_MAX)
		return "forever";
	snprintf(out, 24, "%llds", (long long)s);
	return out;
}

static int write_row(struct opml_writer *writer, const struct outline *from)
{
	const char **tags = MEM_ARRAY(from->tag_count, const char *);
	struct opml_setting settings[SETTINGS_MAX];
	struct opml_row row = { .title = from->title,
		.url = from->url,
		.site_url = from->site_url,
		.description = "",
		.tags = tags,
		.settings = settings };
	char every[24], keep[24];
	const char *tag = from->tags;
	int result;

	for (; row.tag_count < from->tag_count; tag += strlen(tag) + 1)
		tags[row.tag_count++] = tag;
	if (from->own_title != NULL)
		put_setting(&row, settings, "title", from->own_title);
	if (from->every_s >= 0)
		put_setting(&row, settings, "every", seconds(every, from->every_s));
	if (from->keep_s >= 0)
		put_setting(&row, settings, "keep", seconds(keep, from->keep_s));
	if (from->proxy != NULL)
		put_setting(&row, settings, "proxy", from->proxy[0] != '\0' ? from->proxy : "none");
	if (from->insecure)
		put_setting(&row, settings, "insecure", "yes");
	if (from->downgrade)
		put_setting(&row, settings, "downgrade", "yes");
	if (from->delta)
		put_setting(&row, settings, "delta", "yes");
	result = opml_writer_row(writer, &row);
	free(tags);
	return result;
}

int outlines_write(struct outlines *outlines,
	int (*put)(void *ctx, const char *text, size_t length), void *ctx)
{
	struct opml_writer writer;
	struct buf piece;
	size_t i;
	int result;

	if (outlines->count > 0)
		qsort(outlines->rows, outlines->count, sizeof(struct outline *), by_folder);
	buf_init(&piece, PIECE_BYTES + ROW_MAX);
	opml_writer_init(&writer, &piece);
	result = opml_writer_begin(&writer, "Subscriptions");
	for (i = 0; i < outlines->count && result == 0; i++) {
		result = write_row(&writer, outlines->rows[i]);
		if (result == 0 && piece.length >= PIECE_BYTES) {
			result = put(ctx, piece.data, piece.length);
			buf_clear(&piece);
		}
	}
	if (result == 0)
		result = opml_writer_end(&writer);
	if (result == 0)
		result = put(ctx, piece.data, piece.length);
	opml_writer_release(&writer);
	buf_release(&piece);
	return result == 0 ? 0 : -1;
}
