#include "daemon/control/list_feeds.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "daemon/control/choose.h"
#include "daemon/control/links.h"
#include "daemon/url.h"

#define LIST_MAX 200000u
#define NAME_CUT 200u /* bytes of what is no address */

void list_feeds_spent(struct list_feeds *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->feeds != NULL)
			store_new_feed_release(&list->feeds[i]);
		free(list->urls[i]);
	}
	free(list->feeds);
	free(list->urls);
	list->feeds = NULL;
	list->urls = NULL;
	list->count = list->room = 0;
}

void list_feeds_release(struct list_feeds *list)
{
	size_t i;

	list_feeds_spent(list);
	for (i = 0; i < list->refused_count; i++) {
		free(list->refused[i].url);
		free(list->refused[i].why);
	}
	free(list->refused);
	free(list->proxy);
}

/* One that is longer than any feed's may be a whole file without a line end.  It may have
 * a password in it. */
static char *name_of(const char *url)
{
	char *name = url_hide_userinfo(url), *cut;

	if (strlen(name) <= URL_MAX)
		return name;
	name[utf8_cut(name, NAME_CUT)] = '\0';
	cut = mem_printf("%s…", name);
	free(name);
	return cut;
}

void list_feeds_refuse(struct list_feeds *list, const char *url, const struct err *err)
{
	struct list_refused *refused;

	if (list->refused_count == LIST_REFUSED_MAX ||
		list->refused_bytes >= LIST_REFUSED_BYTES_MAX) {
		list->unnamed++;
		return;
	}
	if (list->refused_count == list->refused_room) {
		list->refused_room = list->refused_room != 0 ? list->refused_room * 2 : 16;
		list->refused = mem_realloc_array(
			list->refused, list->refused_room, sizeof(*list->refused));
	}
	refused = &list->refused[list->refused_count++];
	refused->url = name_of(url);
	refused->why = mem_strdup(err->text);
	refused->code = err->code;
	list->refused_bytes += strlen(refused->url) + strlen(refused->why);
}

void list_feeds_refuse_line(struct list_feeds *list, const char *line, size_t length)
{
	char *text = mem_strndup(line, length), *why = strstr(text, ": ");
	struct err err;

	err_set(&err, ERR_REFUSED, "%s", why != NULL ? why + 2 : "it is no address");
	if (why != NULL)
		*why = '\0';
	list_feeds_refuse(list, text, &err);
	free(text);
}

static struct store_new_feed *new_feed(struct list_feeds *list, char *url)
{
	struct store_new_feed *feed;

	if (list->count == list->room) {
		list->room = list->room != 0 ? list->room * 2 : 64;
		list->feeds = mem_realloc_array(list->feeds, list->room, sizeof(*list->feeds));
		list->urls = mem_realloc_array(list->urls, list->room, sizeof(*list->urls));
	}
	feed = &list->feeds[list->count];
	memset(feed, 0, sizeof(*feed));
	feed->settings.every_s = feed->settings.keep_s = -1;
	feed->url = url;
	feed->added_at_s = list->now_s;
	feed->listed = true;
	list->urls[list->count++] = mem_strdup(url);
	return feed;
}

/* A subscription by its address as it stands in the list; NULL if it is
 * refused. */
static struct store_new_feed *subscribe(struct list_feeds *list, const char *typed)
{
	struct store_new_feed *feed;
	char *url, *userinfo = NULL;
	struct err err;

	if (list->count == LIST_MAX) {
		err_set(&err, ERR_TOO_BIG, "a list has at most %u feeds", LIST_MAX);
		list_feeds_refuse(list, typed, &err);
		return NULL;
	}
	if (url_is_push(typed)) { /* our own export has them */
		url = mem_strdup(typed);
	} else if (url_subscribe(typed, &url, &userinfo, &err) < 0) {
		list_feeds_refuse(list, typed, &err);
		return NULL;
	}
	feed = new_feed(list, url);
	feed->settings.auth = userinfo;
	return feed;
}

/* Other programs' tags may have commas, and any length: ours is what is left of them. */
static void put_tag(struct store_new_feed *feed, size_t *count, const char *tag)
{
	size_t length = strlen(tag);
	struct buf line;
	struct err ignored;

	buf_init(&line, length + 1);
	if (!utf8_valid(tag, length) || utf8_add_tag(&line, tag, length) < 0)
		buf_clear(&line);
	if (line.length > STORE_TAG_MAX)
		buf_cut(&line, utf8_cut(line.data, STORE_TAG_MAX));
	if (line.length > 0 && choose_check_tag(line.data, &ignored) == 0) {
		feed->tags = mem_realloc_array(feed->tags, *count + 2, sizeof(*feed->tags));
		feed->tags[(*count)++] = mem_strdup(line.data);
		feed->tags[*count] = NULL;
	}
	buf_release(&line);
}

/* ------------------------------------------------------------- lines ---- */

void list_feeds_add_line(struct list_feeds *list, const struct list_entry *entry)
{
	struct store_new_feed *feed = subscribe(list, entry->url);
	size_t i, tags = 0;

	if (feed == NULL)
		return;
	if (entry->title != NULL)
		feed->settings.title = store_title_read(entry->title);
	for (i = 0; entry->tags[i] != NULL; i++)
		put_tag(feed, &tags, entry->tags[i]);
}

/* -------------------------------------------------------------- OPML ---- */

static int64_t seconds_of(const char *text)
{
	struct err err;
	int64_t ms;

	if (strcmp(text, "forever") == 0)
		return INT64_MAX;
	return time_parse_duration(text, &ms, &err) < 0 ? -1 : (ms + 999) / 1000;
}

static void put_every(struct store_settings *settings, const char *value)
{
	struct err err;

	if (store_every_read(value, &settings->every_s, &err) < 0)
		settings->every_s = -1;
}

/* What feedd itself has written; anything else is passed over.  `private` is
 * not among them: a list from elsewhere can't open the network here. */
static void put_setting(struct store_settings *settings, const char *name, const char *value)
{
	if (strcmp(name, "title") == 0 && settings->title == NULL)
		settings->title = store_title_read(value);
	else if (strcmp(name, "every") == 0)
		put_every(settings, value);
	else if (strcmp(name, "keep") == 0)
		settings->keep_s = seconds_of(value);
	else if (strcmp(name, "proxy") == 0 && settings->proxy == NULL)
		settings->proxy = mem_strdup(strcmp(value, "none") == 0 ? "" : value);
	else if (strcmp(name, "downgrade") == 0)
		settings->downgrade = strcmp(value, "yes") == 0;
	else if (strcmp(name, "insecure") == 0)
		settings->insecure = strcmp(value, "yes") == 0;
	else if (strcmp(name, "delta") == 0)
		settings->delta = strcmp(value, "yes") == 0;
}

/*
 * Whether a list may say by which proxy a feed is read.  Its reader's own, or none,
 * it may.  Another leads around that one, and what it hides would be seen; or it is
 * a door on this network to knock at, for nobody judges a proxy's address.
 */
static bool may_name_proxy(const struct list_feeds *list, const char *value)
{
	return list->proxies || strcmp(value, list->proxy != NULL ? list->proxy : "none") == 0;
}

static int check_proxy(const struct list_feeds *list, const char *value, struct err *err)
{
	if (!may_name_proxy(list, value))
		return err_set(err, ERR_REFUSED, "the list leads it %s; --proxies permits that",
			list->proxy != NULL ? "around your proxy" : "through a proxy of its own");
	if (value[0] != '\0' && strcmp(value, "none") != 0 && url_check_proxy(value, err) < 0)
		return err_prefix(err, "proxy");
	return 0;
}

static int check_proxies(const struct list_feeds *list, const struct feed_doc *doc,
	const struct feed_outline *outline, struct err *err)
{
	uint32_t i;

	for (i = 0; i < outline->settings.count; i++) {
		const struct feed_extension *setting = feed_doc_extension(
			doc, outline->settings.first + i);

		if (strcmp(feed_doc_text(doc, setting->name), "proxy") == 0 &&
			check_proxy(list, feed_doc_text(doc, setting->value), err) < 0)
			return -1;
	}
	return 0;
}

void list_feeds_add_outline(
	struct list_feeds *list, const struct feed_doc *doc, const struct feed_outline *outline)
{
	struct store_new_feed *feed;
	struct err err;
	size_t tags = 0;
	uint32_t i;

	if (check_proxies(list, doc, outline, &err) < 0) {
		list_feeds_refuse(list, feed_doc_text(doc, outline->url), &err);
		return;
	}
	feed = subscribe(list, feed_doc_text(doc, outline->url));
	if (feed == NULL)
		return;
	if (feed_text_present(outline->title))
		feed->feed_title = mem_strdup(feed_doc_text(doc, outline->title));
	if (feed_text_present(outline->site_url))
		feed->site_url = mem_strdup(feed_doc_text(doc, outline->site_url));
	for (i = 0; i < outline->tags.count; i++)
		put_tag(feed, &tags,
			feed_doc_text(doc, feed_doc_category(doc, outline->tags.first + i)->term));
	for (i = 0; i < outline->settings.count; i++) {
		const struct feed_extension *setting = feed_doc_extension(
			doc, outline->settings.first + i);

		put_setting(&feed->settings, feed_doc_text(doc, setting->name),
			feed_doc_text(doc, setting->value));
	}
}

void list_feeds_refuse_rest(struct list_feeds *list, const struct feed_doc *doc)
{
	struct err err;

	if ((doc->flags & FEED_COMPLETE) == 0) {
		err_set(&err, ERR_PARTIAL, "it is cut off; what was whole before that is done");
		list_feeds_refuse(list, "the list's end", &err);
	}
	if ((doc->flags & FEED_TRUNCATED) != 0) {
		err_set(&err, ERR_TOO_BIG, "%s",
			"too many subscriptions, or an address that is too long; the others are "
			"done");
		list_feeds_refuse(list, "a part of the list", &err);
	}
}

void list_feeds_put_refused(const struct list_feeds *list, struct json_writer *w)
{
	struct err err;
	size_t i;

	json_put_key(w, "refused");
	json_put_array(w);
	for (i = 0; i < list->refused_count; i++) {
		err_set(&err, list->refused[i].code, "%s", list->refused[i].why);
		links_put_refusal(w, list->refused[i].url, &err, NULL);
	}
	if (list->unnamed > 0) {
		err_set(&err, ERR_REFUSED, "%zu more are refused, too many to name", list->unnamed);
		links_put_refusal(w, "the list's rest", &err, NULL);
	}
	json_put_array_end(w);
}
