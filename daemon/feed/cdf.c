/*
 * Channel Definition Format (https://www.w3.org/TR/NOTE-CDFsubmit.html), and
 * the others whose root is a channel: RSS 1.1, and RSS that lost its <rss>.
 */
#include "daemon/feed/cdf.h"

#include "daemon/feed/reader.h"

static void start_channel(struct reader *reader, const struct xml_element *element)
{
	const char *href = xml_attribute(element, "href"), *base = xml_attribute(element, "base");
	const char *self = xml_attribute(element, "self");
	const char *modified = xml_attribute(element, "lastmod");
	bool is_cdf = href != NULL || base != NULL || self != NULL || modified != NULL;

	if (element->name->ns == NS_RSS11) {
		reader->format = FEED_RSS_11;
		reader->is_declared = true;
		reader_offer_attribute(
			reader, SLOT_ID, 80, xml_attribute_ns(element, NS_RDF, "about"));
		return;
	}
	reader->format = is_cdf ? FEED_CDF : FEED_RSS_20;
	reader_offer_attribute(reader, SLOT_LINK, 90, href != NULL ? href : base);
	reader_offer_attribute(reader, SLOT_SELF, 50, self);
	reader_offer_attribute(reader, SLOT_MODIFIED, 90, modified);
	reader_set_base(reader, base);
}

void cdf_item_attributes(struct reader *reader, const struct xml_element *element)
{
	if (element->attributes[0] == NULL)
		return;
	reader_offer_attribute(reader, SLOT_LINK, 88, xml_attribute(element, "href"));
	reader_offer_attribute(reader, SLOT_MODIFIED, 88, xml_attribute(element, "lastmod"));
}

static void start_anchor(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(reader, SLOT_LINK, 85, xml_attribute(element, "href"));
}

static void start_logo(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(reader, SLOT_IMAGE, 80, xml_attribute(element, "href"));
}

#define CDF(name, places) .ns = NS_NONE, .local = name, .where = places

const struct rule cdf_rules[] = {
	{ CDF("channel", IN_ROOT), .inside = IN_FEED, .start = start_channel },
	{ CDF("channel", IN_FEED), .inside = IN_TOP }, /* a part of it: only items count */
	{ CDF("abstract", IN_BOTH), .slot = SLOT_SUMMARY, .priority = 88, .type = TEXT_HTML },
	{ CDF("a", IN_BOTH), .inside = IN_VOID, .start = start_anchor },
	{ CDF("logo", IN_BOTH), .start = start_logo },
	{ CDF("schedule", IN_FEED), .inside = IN_VOID },
	{ .local = NULL },
};
