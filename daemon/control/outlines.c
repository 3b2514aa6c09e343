#include "daemon/control/outlines.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "daemon/feed/opml_writer.h"

#define TAGS_MAX 64
#define SETTINGS_MAX 8

struct outline {
	char *title, *url, *site_url, *proxy;
	char *own_title; /* that the user gave it, or NULL */
	json_t *tags;
	int64_t every_s, keep_s;
	bool insecure, downgrade, delta;
};

void outlines_init(struct outlines *outlines)
{
	memset(outlines, 0, sizeof(*outlines));
}

void outlines_release(struct outlines *outlines)
{
	size_t i;

	for (i = 0; i < outlines->count; i++) {
		free(outlines->rows[i].title);
		free(outlines->rows[i].url);
		free(outlines->rows[i].site_url);
		free(outlines->rows[i].proxy);
		free(outlines->rows[i].own_title);
		json_decref(outlines->rows[i].tags);
	}
	free(outlines->rows);
	if (outlines->count > 0)
		mem_give_back(); /* of a hundred thousand feeds, perhaps */
	outlines_init(outlines);
}

static char *copy(const char *text)
{
	return mem_strdup(text != NULL ? text : "");
}

/* A proxy with a password in it stays here. */
static bool is_open(const char *proxy)
{
	return proxy != NULL && strchr(proxy, '@') == NULL;
}

void outlines_add(struct outlines *outlines, const struct store_feed_row *feed)
{
	const struct store_settings *s = feed->settings;
	struct outline *row;

	if (outlines->count == outlines->room) {
		outlines->room = outlines->room != 0 ? outlines->room * 2 : 64;
		outlines->rows = mem_realloc_array(
			outlines->rows, outlines->room, sizeof(*outlines->rows));
	}
	row = &outlines->rows[outlines->count++];
	row->title = copy(feed->title);
	row->url = copy(feed->url);
	row->site_url = copy(feed->site_url);
	row->proxy = is_open(s->proxy) ? copy(s->proxy) : NULL;
	row->own_title = s->title != NULL ? copy(s->title) : NULL;
	row->tags = json_loads(feed->tags_json != NULL ? feed->tags_json : "[]", 0, NULL);
	row->every_s = s->every_s;
	row->keep_s = s->keep_s;
	row->insecure = s->insecure;
	row->downgrade = s->downgrade;
	row->delta = s->delta;
}

static const char *folder_of(const struct outline *row)
{
	const char *tag = json_string_value(json_array_get(row->tags, 0));

	return tag != NULL ? tag : "";
}

static int by_folder(const void *a, const void *b)
{
	const struct outline *left = a, *right = b;
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
	const char *tags[TAGS_MAX];
	struct opml_setting settings[SETTINGS_MAX];
	struct opml_row row = { .title = from->title,
		.url = from->url,
		.site_url = from->site_url,
		.description = "",
		.tags = tags,
		.settings = settings };
	char every[24], keep[24];
	const json_t *tag;
	size_t i;

	json_array_foreach(from->tags, i, tag)
	{
		if (json_is_string(tag) && row.tag_count < TAGS_MAX)
			tags[row.tag_count++] = json_string_value(tag);
	}
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
	return opml_writer_row(writer, &row);
}

int outlines_write(struct outlines *outlines, struct buf *out)
{
	struct opml_writer writer;
	size_t i;
	int result;

	if (outlines->count > 0)
		qsort(outlines->rows, outlines->count, sizeof(*outlines->rows), by_folder);
	opml_writer_init(&writer, out);
	result = opml_writer_begin(&writer, "Subscriptions");
	for (i = 0; i < outlines->count && result == 0; i++)
		result = write_row(&writer, &outlines->rows[i]);
	if (result == 0)
		result = opml_writer_end(&writer);
	opml_writer_release(&writer);
	return result;
}
