#ifndef FEED_REPAIR_H
#define FEED_REPAIR_H

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/build.h"

/*
 * Makes a broken feed or OPML list well-formed, so that expat accepts it: the
 * second try after a strict one failed.  Knows where feeds break and which
 * elements a feed is made of; gives them no meaning.
 *
 * Mended are: stray & and <, HTML's entities, control characters, tags that
 * are never closed, cross each other or close nothing, attributes without
 * quotes, without a value or twice, bytes before and after the document,
 * several documents in one, undeclared prefixes, CDATA left open, and HTML
 * that stands unescaped in texts, which becomes escaped text.
 */

/*
 * Append a well-formed document in UTF-8 to *out, whose limit is the caller's.
 * utf8 must be valid UTF-8.  One pass: linear in time, and beside *out it
 * needs a few kilobytes.
 *
 * Every repair is a problem of *problems_to, with line and column.  There,
 * too, the document is flagged FEED_RECOVERED, or FEED_PARTIAL if the root's
 * end was missing; then an item that was still open is left out, because
 * half an item is none.  Where CDATA or a comment lacks its end, it is the root's
 * end only if nothing but ends and comments follows it: before more text it may
 * be quoted.  problems_to may be NULL.
 *
 * ERR_NOT_FEED if there is no feed's or OPML's element in it, ERR_ENTITY if it
 * declares entities, ERR_TOO_BIG at the buffer's limit.
 */
int repair_xml(const char *utf8, size_t length, struct buf *out, struct build *problems_to,
	struct err *err) MUST_USE;

#endif
