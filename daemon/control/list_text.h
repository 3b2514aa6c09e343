#ifndef CONTROL_LIST_TEXT_H
#define CONTROL_LIST_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Lists of subscriptions that are lines of text: newsboat's urls, an sfeedrc's
 * feed lines, one URL a line.  And which kind of list some bytes are, told by
 * content.  Pure.
 */

enum list_kind {
	LIST_OPML,
	LIST_NEWSBOAT_CACHE, /* an SQLite file */
	LIST_SFEED_ITEMS,    /* sfeed(5): no list at all */
	LIST_LINES,
	LIST_WIDE_LINES /* in UTF-16 */
};
enum list_kind list_kind_of(const char *text, size_t length);

/* One subscription; texts live until the callback returns. */
struct list_entry {
	const char *url;
	const char *title;       /* or NULL */
	const char *const *tags; /* NULL-ended */
	bool hidden;             /* newsboat's "!" */
	const char *expr;        /* or NULL: no feed but a query, `title` is its name */
};

/* What a line is: a subscription, or words that mean none (then refused tells
 * why).  0 to go on. */
typedef int list_each(void *ctx, const struct list_entry *entry, const char *refused);

/* Bytes of a line; of a longer one only the beginning is looked at. */
#define LIST_LINE_MAX ((size_t)64 << 10)

/*
 * Every line that is neither empty nor a comment.  newsboat: URL, then words of
 * which "~T" is the title, "!" hides, others are tags; its exec: and filter:
 * lines are refused.  A name of a query has no blank, comma or colon: they
 * become "_".  sfeed: each `feed "name" "url" …`, whose quotes may go over lines, while the
 * shell around it is passed over; one without an address, or with one that the shell would
 * make, is refused.
 * A line of more than LIST_LINE_MAX bytes is refused.
 */
int list_lines(const char *text, size_t length, list_each *each, void *ctx);

#endif
