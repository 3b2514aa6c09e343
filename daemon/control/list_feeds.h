#ifndef CONTROL_LIST_FEEDS_H
#define CONTROL_LIST_FEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/json.h"
#include "daemon/control/list_text.h"
#include "daemon/feed/document.h"
#include "daemon/store/store_feeds.h"

/*
 * The subscriptions of a list that is imported, as the store takes them, and
 * what of the list is refused.  Knows no calls.
 */

/* A list that is no list at all is not repeated whole. */
#define LIST_REFUSED_MAX 10000u
#define LIST_REFUSED_BYTES_MAX ((size_t)4 << 20)

struct list_refused {
	char *url, *why;
	enum err_code code;
};

struct list_feeds {
	int64_t now_s;
	char *proxy;                  /* of all feeds while outlines are added, or NULL */
	bool proxies;                 /* others may be named */
	struct store_new_feed *feeds; /* until the store takes them, then NULL */
	char **urls;                  /* of the same feeds */
	size_t count, room;
	struct list_refused *refused; /* the first of them, as many as are named */
	size_t refused_count, refused_room, refused_bytes, unnamed;
};
void list_feeds_release(struct list_feeds *list);
/* The store has the feeds: nothing is kept but what is refused. */
void list_feeds_spent(struct list_feeds *list);

void list_feeds_refuse(struct list_feeds *list, const char *url, const struct err *err);
/* Likewise, of a line "URL: why", which is how the store tells it. */
void list_feeds_refuse_line(struct list_feeds *list, const char *line, size_t length);
void list_feeds_add_line(struct list_feeds *list, const struct list_entry *entry);
void list_feeds_add_outline(
	struct list_feeds *list, const struct feed_doc *doc, const struct feed_outline *outline);
/* What of such a list was not taken. */
void list_feeds_refuse_rest(struct list_feeds *list, const struct feed_doc *doc);
/* "refused": all of that. */
void list_feeds_put_refused(const struct list_feeds *list, struct json_writer *w);

#endif
