#ifndef FEED_OPML_H
#define FEED_OPML_H

#include "common/err.h"
#include "daemon/feed/build.h"
#include "daemon/feed/feed.h"
#include "daemon/feed/xml.h"

/*
 * Reads subscription lists: OPML 1.0 and 2.0 (opml_writer.h writes them).  Knows
 * nothing of the subscriptions' feeds.
 *
 * A folder is a tag of what is in it, nested ones are "News/Linux"; so are the
 * paths of a category attribute.  What feedctl set has changed stands in
 * attributes of our own namespace, so that a list that was written here and is
 * read again loses nothing.
 */

#define OPML_NAMESPACE "https://feedd.org/ns/opml"

/*
 * Parse UTF-8 text into *build, an outline a subscription, in document order.
 * An outline without an address is a folder.
 *
 * ERR_SYNTAX if it is not well-formed: then build_restart(), have it repaired
 * (feed/repair.h) and try again.  ERR_NOT_FEED if it is no OPML, ERR_ENTITY if
 * it declares entities, ERR_TOO_BIG beyond limits->depth_max.
 */
int opml_parse(const struct xml_input *input, const struct feed_source *source,
	const struct feed_limits *limits, struct build *build, struct err *err) MUST_USE;

#endif
