/* Licences: creativeCommons for RSS, cc for RDF and Atom's link (RFC 4946). */
#include "daemon/feed/reader.h"

static void end_license(struct reader *reader, const char *text, size_t length)
{
	if (length != 0)
		reader_link(reader, "license", text, NULL, NULL, NULL);
}

static void start_license(struct reader *reader, const struct xml_element *element)
{
	reader_link(
		reader, "license", xml_attribute_ns(element, NS_RDF, "resource"), NULL, NULL, NULL);
	reader_link(reader, "license", xml_attribute(element, "href"), NULL, NULL, NULL);
}

const struct rule license_rules[] = {
	{ .ns = NS_CREATIVECOMMONS, .local = "license", .where = IN_BOTH, .end = end_license },
	{ .ns = NS_CC,
		.local = "license",
		.where = IN_BOTH,
		.start = start_license,
		.end = end_license },
	{ .local = NULL },
};
