#ifndef FEED_JSON_FEED_H
#define FEED_JSON_FEED_H

#include <stddef.h>

#include "common/err.h"
#include "daemon/feed/build.h"
#include "daemon/feed/feed.h"

/*
 * JSON Feed 1.0 and 1.1 (https://jsonfeed.org), read as a stream.  Knows
 * nothing of JSON's syntax, which is common/json's, nor of XML.
 *
 * Numbers stay text: an id 10000000000000000001 is that.  A member of the
 * wrong type is a problem and counts as absent; of two with one name the first
 * counts.  Relative addresses are resolved against the feed's own, then its
 * home page's, then the one it was fetched from.
 */

/*
 * Parse UTF-8 text without byte order mark into *build.  Damage in the middle
 * keeps the items that were whole before it and flags FEED_PARTIAL.
 *
 * ERR_NOT_FEED if it is JSON of another kind, ERR_SYNTAX if nothing could be
 * saved, ERR_TOO_BIG beyond limits->json_depth_max.
 */
int json_feed_parse(const char *utf8, size_t length, const struct feed_source *source,
	const struct feed_limits *limits, struct build *build, struct err *err) MUST_USE;

#endif
