#ifndef FEED_LINK_H
#define FEED_LINK_H

#include <stddef.h>

#include "common/buf.h"
#include "daemon/feed/build.h"

/*
 * Addresses as feeds have them: with blanks around and inside, relative, or of
 * a scheme that must never become a link.  Resolving itself is daemon/url.h.
 */

/*
 * What a document's links are relative to, where it names no base itself: its own
 * address.  Content-Location counts only for another path of the same server, without
 * userinfo; it breaks more links than it mends, so RFC 7231 (appendix B) took that
 * meaning away.  To be free()d.
 */
char *link_base(const struct feed_source *source);

/*
 * Write the absolute http(s) URL that `text` means to `out` (cleared first).
 * 1; or 0 if it is none, then `out` has the text without blanks at its ends.
 */
int link_resolve(const char *base, const char *text, size_t length, struct buf *out);

/* The same as a text of the document, absent if there is no such URL. */
struct feed_text link_text(struct build *build, const char *base, const char *text, size_t length,
	size_t max, struct buf *scratch);

/*
 * HTML with its links made absolute, written to `out` (cleared first) if any
 * link in it is relative: 1.  0 if all are absolute, or there is no base; then
 * the HTML is good as it is and `out` is not touched.  What points into the text
 * itself ("#fn1") is to be found on its page, and stays as it is where that is "".
 */
int link_rewrite(
	const char *base, const char *page, const char *html, size_t length, struct buf *out);

#endif
