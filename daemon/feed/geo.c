/*
 * Places: GeoRSS simple and GML, and W3C's geo.  A place is an extension whose
 * value is "latitude longitude", as GeoRSS writes a point.
 */
#include "daemon/feed/reader.h"

static void end_point(struct reader *reader, const char *text, size_t length)
{
	reader_extension(reader, "georss:point", text, length);
}

#define GML(name) .ns = NS_GML, .local = name, .where = IN_BOTH | IN_MEDIA

const struct rule geo_rules[] = {
	{ .ns = NS_GEORSS, .local = "point", .where = IN_BOTH | IN_MEDIA, .end = end_point },
	{ .ns = NS_GEORSS, .local = "where", .where = IN_BOTH | IN_MEDIA, .inside = IN_MEDIA },
	{ GML("point"), .inside = IN_MEDIA },
	{ GML("linestring"), .inside = IN_MEDIA },
	{ GML("polygon"), .inside = IN_MEDIA },
	{ GML("exterior"), .inside = IN_MEDIA },
	{ GML("linearring"), .inside = IN_MEDIA },
	{ GML("envelope"), .inside = IN_MEDIA },
	{ .ns = NS_GML, .local = "pos", .where = IN_MEDIA, .end = end_point },
	{ .ns = NS_GEO, .local = "point", .where = IN_BOTH, .inside = IN_MEDIA },
	{ .local = NULL },
};
