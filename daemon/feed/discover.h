#ifndef FEED_DISCOVER_H
#define FEED_DISCOVER_H

#include <stddef.h>

#include "common/err.h"
#include "daemon/feed/build.h"
#include "daemon/feed/feed.h"

/*
 * The feeds that an HTML page names with <link>: RSS, Atom and JSON Feed,
 * absolute, in document order, each once.  Addresses are never guessed, and
 * what a reader clicks on (<a>) is none.
 *
 *	rel		type
 *	alternate	a feed's (application/rss+xml, atom+xml, feed+json, rdf+xml, …);
 *			application/json, but not WordPress's programming interface;
 *			XML's (text/xml, application/xml) if the title or the address
 *			has the word RSS, Atom, feed or RDF, or if the page names no feed else
 *	feed		likewise, and XML's or none at all without such a word
 */

/*
 * Search the first limits->discovery_max bytes of UTF-8 text; the feeds become
 * the document's links, the page's title its title.  Finding none is no error.
 */
int discover_page(const char *utf8, size_t length, const struct feed_source *source,
	const struct feed_limits *limits, struct build *build, struct err *err) MUST_USE;

#endif
