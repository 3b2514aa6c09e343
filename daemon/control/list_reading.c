#include "daemon/control/list_reading.h"

#include <stdlib.h>

#include "common/utf8.h"
#include "daemon/control/list_text.h"

static int on_line(void *ctx, const struct list_entry *entry, const char *why)
{
	struct list_reading *reading = ctx;
	struct err err;

	if (why != NULL) {
		err_set(&err, ERR_REFUSED, "%s", why);
		list_feeds_refuse(reading->feeds, entry->url, &err);
	} else if (entry->expr != NULL) {
		if (list_queries_add(
			    reading->queries, entry->url, entry->title, entry->expr, &err) < 0)
			list_feeds_refuse(reading->feeds, entry->url, &err);
	} else {
		list_feeds_add_line(reading->feeds, entry);
	}
	return 0;
}

static void read_outlines(struct list_reading *reading)
{
	uint32_t i;

	for (i = 0; i < reading->doc->outlines.count; i++)
		list_feeds_add_outline(
			reading->feeds, reading->doc, feed_doc_outline(reading->doc, i));
	list_feeds_refuse_rest(reading->feeds, reading->doc);
}

static void read_lines(struct list_reading *reading, const char *text, size_t length)
{
	(void)!list_lines(text, length, on_line, reading);
}

static void on_work(uv_work_t *work)
{
	struct list_reading *reading = work->data;
	size_t i;

	reading->foreign = reading->doc == NULL &&
			   !utf8_valid(reading->text.data, reading->text.length);
	if (reading->foreign)
		return;
	if (reading->doc == NULL)
		read_lines(reading, reading->text.data, reading->text.length);
	else if (reading->doc->kind == FEED_KIND_TEXT)
		read_lines(reading, feed_doc_text(reading->doc, reading->doc->description),
			reading->doc->description.length);
	else
		read_outlines(reading);
	/* What follows needs room of its own. */
	free(reading->doc);
	reading->doc = NULL;
	buf_release(&reading->text);
	for (i = 0; i < reading->feeds->count; i++)
		reading->plan(reading->ctx, &reading->feeds->feeds[i]);
}

static void on_after(uv_work_t *work, int status)
{
	struct list_reading *reading = work->data;

	(void)status; /* nobody cancels it */
	reading->done(reading->ctx);
}

void list_reading_start(struct list_reading *reading, uv_loop_t *loop)
{
	reading->work.data = reading;
	uv_queue_work(loop, &reading->work, on_work, on_after);
}
