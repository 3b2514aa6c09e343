#ifndef FEED_OPML_WRITER_H
#define FEED_OPML_WRITER_H

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * Writes a subscription list as OPML 2.0, a piece at a time, so that the
 * caller may send what is there before it asks for more.  The same rows in the
 * same order give the same bytes: there is no date in it.
 *
 *	opml_writer_begin(&out, "Subscriptions")
 *	opml_writer_row(&out, &row)		for every subscription
 *	opml_writer_end(&out)
 *
 * All append to *out and return 0, or -1 at its limit (and *out is as it was).
 */

struct opml_setting {
	const char *name; /* a key of `feedctl set`: a letter, then letters, digits, - or _ */
	const char *value;
};

/* Texts are UTF-8; "" where there is none.  Nothing is kept. */
struct opml_row {
	const char *title;
	const char *url;
	const char *site_url;
	const char *description;
	const char *const *tags; /* "News/Linux" */
	size_t tag_count;
	const struct opml_setting *settings;
	size_t setting_count;
};

int opml_writer_begin(struct buf *out, const char *title) MUST_USE;
int opml_writer_row(struct buf *out, const struct opml_row *row) MUST_USE;
int opml_writer_end(struct buf *out) MUST_USE;

#endif
