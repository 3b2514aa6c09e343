#ifndef CONTROL_LIST_READING_H
#define CONTROL_LIST_READING_H

#include <uv.h>

#include "common/buf.h"
#include "daemon/control/list_feeds.h"
#include "daemon/control/list_queries.h"
#include "daemon/feed/document.h"

/*
 * A list of subscriptions read on libuv's pool: there may be a hundred million lines,
 * and the loop has others to answer meanwhile.  Knows no calls.
 */
struct list_reading {
	uv_work_t work;
	struct buf text;          /* lines */
	struct feed_doc *doc;     /* or an OPML document's outlines, or a text's lines, instead */
	bool foreign;             /* out: the text is no UTF-8, and was not read */
	struct list_feeds *feeds; /* like queries the caller's, but for nobody else's eyes */
	struct list_queries *queries;
	/* When each feed is to be looked at; on the pool's thread. */
	void (*plan)(void *ctx, struct store_new_feed *feed);
	void (*done)(void *ctx); /* from the loop, once; never from inside the start */
	void *ctx;
};

/* All but `work` and `foreign` is filled in.  Text and document are taken, and freed when
 * `done` comes, but for a foreign text, whose document may follow in its place. */
void list_reading_start(struct list_reading *reading, uv_loop_t *loop);

#endif
