#ifndef TESTS_UNIT_STORE_ARTICLES_H
#define TESTS_UNIT_STORE_ARTICLES_H

#include "world.h"

#include "daemon/feed/feed.h"

/* Documents as they come, and items with their texts as readers get them. */

static inline void world_say(struct world *w, int64_t feed, const char *body, bool complete)
{
	struct feed_source source = { body, strlen(body), false, "https://e.org/feed", "", "",
		NULL };
	struct feed_charsets *charsets = feed_charsets_open();
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;

	feed_limits_default(&limits);
	if (feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &doc, &err) < 0)
		fail_msg("%s", err.text);
	feed_charsets_free(charsets);
	world_ingest_doc(w, feed, doc, complete);
}

static inline int on_article(void *ctx, const struct store_item *item)
{
	struct world *w = ctx;
	size_t used = strlen(w->text);
	bool none = item->content_html == NULL && item->content_text == NULL;

	snprintf(w->text + used, sizeof(w->text) - used, "%s:%s%s\n", item->title,
		item->content_html != NULL ? item->content_html : "",
		none                         ? "-"
		: item->content_text != NULL ? item->content_text
					     : "");
	return 0;
}

/* "title:HTML and plain text\n", oldest first; "-" for none. */
static inline const char *world_articles(struct world *w)
{
	struct store_filter any;
	struct store_page page = { .filter = &any,
		.sort = STORE_BY_DATE,
		.limit = 100,
		.full = true,
		.position = &w->position };

	filter_any(&any);
	store_position_release(&w->position);
	w->text[0] = '\0';
	store_items(w->store, &page, on_article, on_page, w);
	world_wait(w);
	assert_false(w->failed);
	return w->text;
}

#endif
