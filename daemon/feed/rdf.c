/*
 * The frame of RSS 0.90, 1.0 (http://purl.org/rss/1.0/) and 1.1: RDF around
 * RSS's elements, which are rss.c's.
 */
#include "daemon/feed/reader.h"

/* RSS 1.0, until a channel of another namespace says otherwise. */
static void start_rdf(struct reader *reader, const struct xml_element *element)
{
	(void)element;
	reader->format = FEED_RSS_10;
}

#define RDF(name, places) .ns = NS_RDF, .local = name, .where = places

const struct rule rdf_rules[] = {
	{ RDF("rdf", IN_ROOT), .inside = IN_TOP, .start = start_rdf },
	{ .ns = NS_NONE, .local = "rdf", .where = IN_ROOT, .inside = IN_TOP, .start = start_rdf },
	{ RDF("seq", IN_TOP | IN_FEED), .inside = IN_FEED },
	{ RDF("bag", IN_TOP | IN_FEED), .inside = IN_FEED },
	{ RDF("li", IN_TOP | IN_BOTH), .inside = IN_VOID },
	{ RDF("type", IN_TOP | IN_BOTH), .inside = IN_VOID },
	{ .local = NULL },
};
