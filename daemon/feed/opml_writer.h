#ifndef FEED_OPML_WRITER_H
#define FEED_OPML_WRITER_H

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * Writes a subscription list as OPML 2.0, a piece at a time: the caller may
 * send what is in its buffer, and empty it, between any two calls.  The same
 * rows in the same order give the same bytes; there is no date in it.
 *
 *	opml_writer_init(&writer, &out)
 *	opml_writer_begin(&writer, "Subscriptions")
 *	opml_writer_row(&writer, &row)		for every subscription
 *	opml_writer_end(&writer)
 *	opml_writer_release(&writer)
 *
 * A row stands in folders by its first tag, "News/Linux" in two; the other tags
 * are its category.  Rows of one folder that follow each other share it, so
 * sort them by first tag.  What feed/opml.h reads is what was written here.
 */
struct opml_writer {
	struct buf *out;
	char *folder; /* the one that is open, as a tag; "" for none */
};

struct opml_setting {
	const char *name; /* a key of `feedctl set`: a letter, then letters, digits and - */
	const char *value;
};

/* Texts are UTF-8 and not NULL, "" where there is none.  Nothing is kept. */
struct opml_row {
	const char *title;
	const char *url;
	const char *site_url;
	const char *description;
	const char *const *tags; /* without comma and control characters */
	size_t tag_count;
	const struct opml_setting *settings;
	size_t setting_count;
};

void opml_writer_init(struct opml_writer *writer, struct buf *out);
void opml_writer_release(struct opml_writer *writer);

/* 0, or -1 at the buffer's limit; then what is in it is good for nothing. */
int opml_writer_begin(struct opml_writer *writer, const char *title) MUST_USE;
int opml_writer_row(struct opml_writer *writer, const struct opml_row *row) MUST_USE;
int opml_writer_end(struct opml_writer *writer) MUST_USE;

#endif
