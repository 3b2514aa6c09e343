/*
 * RSS 0.91 to 2.0 (https://www.rssboard.org/rss-specification), and what RSS
 * 0.90, 1.0 and 1.1 have in common with it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/feed/atom.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/cdf.h"
#include "daemon/feed/person.h"
#include "daemon/feed/reader.h"

static void start_rss(struct reader *reader, const struct xml_element *element)
{
	static const struct {
		const char *version;
		enum feed_format format;
	} versions[] = { { "0.90", FEED_RSS_090 }, { "0.91", FEED_RSS_091U },
		{ "0.92", FEED_RSS_092 }, { "0.93", FEED_RSS_093 }, { "0.94", FEED_RSS_094 },
		{ "1.0", FEED_RSS_10 } };
	const char *version = xml_attribute(element, "version");
	size_t i;

	reader->format = FEED_RSS_20;
	reader->is_declared = true;
	if (version == NULL)
		return;
	version += strspn(version, " \t\r\n");
	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (strncmp(version, versions[i].version, strlen(versions[i].version)) == 0)
			reader->format = versions[i].format;
}

/* RDF's name for the element; before 2000 it needed no prefix. */
static const char *about(const struct xml_element *element)
{
	const char *value = xml_attribute_ns(element, NS_RDF, "about");

	return value != NULL ? value : xml_attribute(element, "about");
}

/* RSS 0.90, 1.0 and 1.1 are told apart by their namespace. */
static void start_channel(struct reader *reader, const struct xml_element *element)
{
	reader->is_declared = true;
	if (element->name->ns == NS_RSS090)
		reader->format = FEED_RSS_090;
	else if (element->name->ns == NS_RSS11)
		reader->format = FEED_RSS_11;
	reader_offer_attribute(reader, SLOT_ID, 80, about(element));
}

static void start_item(struct reader *reader, const struct xml_element *element)
{
	reader_item_start(reader, element);
	reader_offer_attribute(reader, SLOT_ID, 80, about(element));
	reader_offer_attribute(reader, SLOT_PERMALINK, 70, about(element));
	cdf_item_attributes(reader, element);
}

/* All that is left of a feed, or that somebody was asked for. */
static void start_lone_item(struct reader *reader, const struct xml_element *element)
{
	reader->format = FEED_RSS_20;
	start_item(reader, element);
}

/* A link is text; some write Atom's without its namespace. */
static void start_link(struct reader *reader, const struct xml_element *element)
{
	if (element->attributes[0] != NULL)
		atom_link_start(reader, element);
}

static void end_link(struct reader *reader, const char *text, size_t length)
{
	reader_offer(reader, SLOT_LINK, 90, TEXT_PLAIN, text, length);
}

static void start_guid(struct reader *reader, const struct xml_element *element)
{
	const char *permalink = xml_attribute(element, "isPermaLink");

	reader->permalink = permalink == NULL                     ? PERMALINK_UNSAID
			    : strcasecmp(permalink, "false") == 0 ? PERMALINK_NO
								  : PERMALINK_YES;
}

/* It is a link if nothing is said, too; but then many a mere number claims to
 * be one, so it must look like a link. */
static void end_guid(struct reader *reader, const char *text, size_t length)
{
	const char *id = text + strspn(text, " \t\r\n");

	reader_offer(reader, SLOT_ID, 90, TEXT_PLAIN, text, length);
	if (reader->permalink == PERMALINK_YES ||
		(reader->permalink == PERMALINK_UNSAID && strncasecmp(id, "http", 4) == 0))
		reader_offer(reader, SLOT_PERMALINK, 90, TEXT_PLAIN, text, length);
}

/* ---- attributes that the end wants ---- */

static void start_category(struct reader *reader, const struct xml_element *element)
{
	const char *domain = xml_attribute(element, "domain");

	/* Atom's attributes, in RSS without a namespace. */
	reader_category(reader, xml_attribute(element, "term"), xml_attribute(element, "scheme"),
		xml_attribute(element, "label"));
	buf_clear(&reader->scratch);
	if (domain != NULL && buf_add_text(&reader->scratch, domain) < 0)
		buf_clear(&reader->scratch);
}

static void end_category(struct reader *reader, const char *text, size_t length)
{
	reader_category_text(reader, text, length,
		reader->scratch.length != 0 ? reader->scratch.data : NULL, NULL);
}

static void end_tag(struct reader *reader, const char *text, size_t length)
{
	reader_category_text(reader, text, length, NULL, NULL);
}

static void start_source(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(reader, SLOT_SOURCE_URL, 90, xml_attribute(element, "url"));
}

static void start_enclosure(struct reader *reader, const struct xml_element *element)
{
	const char *url = xml_attribute(element, "url"), *size = xml_attribute(element, "length");

	if (url == NULL)
		url = xml_attribute(element, "href");
	if (size == NULL)
		size = xml_attribute(element, "size");
	reader_attachment(reader, 90, url, xml_attribute(element, "type"),
		xml_attribute(element, "title"), size);
}

/* Some put the address between the tags; words there are none. */
static void end_enclosure(struct reader *reader, const char *text, size_t length)
{
	blank_trim(&text, &length);
	if (memchr(text, ':', length) != NULL && strcspn(text, " \t\r\n") >= length)
		reader_attachment(reader, 90, text, NULL, NULL, NULL);
}

static void start_cloud(struct reader *reader, const struct xml_element *element)
{
	const char *domain = xml_attribute(element, "domain"),
		   *port = xml_attribute(element, "port");
	const char *path = xml_attribute(element, "path"),
		   *how = xml_attribute(element, "protocol");

	buf_clear(&reader->scratch);
	if (domain == NULL ||
		buf_printf(&reader->scratch, "%s %s:%s%s", how != NULL ? how : "", domain,
			port != NULL ? port : "80", path != NULL ? path : "/") < 0)
		return;
	reader_extension(reader, "cloud", reader->scratch.data, reader->scratch.length);
	reader_extension_attribute(
		reader, "cloud@registerProcedure", xml_attribute(element, "registerProcedure"));
}

static void end_docs(struct reader *reader, const char *text, size_t length)
{
	(void)length;
	reader_extension_address(reader, "docs", text);
}

/* ---- persons ---- */

static void end_author(struct reader *reader, const char *text, size_t length)
{
	person_end(reader, "author", 90, text, length);
}

static void end_web_master(struct reader *reader, const char *text, size_t length)
{
	person_end(reader, "webmaster", 0, text, length);
}

static void end_contributor(struct reader *reader, const char *text, size_t length)
{
	person_end(reader, "contributor", 0, text, length);
}

/* ---- images ---- */

static void start_image(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(reader, SLOT_IMAGE, 78, xml_attribute(element, "href"));
	reader_offer_attribute(reader, SLOT_IMAGE, 78, xml_attribute(element, "url"));
	reader_offer_attribute(
		reader, SLOT_IMAGE, 70, xml_attribute_ns(element, NS_RDF, "resource"));
}

/* <image>address</image> */
static void end_image(struct reader *reader, const char *text, size_t length)
{
	blank_trim(&text, &length);
	if (length != 0 && memchr(text, ' ', length) == NULL)
		reader_offer(reader, SLOT_IMAGE, 75, TEXT_PLAIN, text, length);
}

/* <thumbnail url="address"/>: media's without its prefix */
static void start_thumbnail(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(reader, SLOT_IMAGE, 41, xml_attribute(element, "url"));
	reader_offer_attribute(reader, SLOT_IMAGE, 41, xml_attribute(element, "href"));
}

/* ---- <rss><title>, where <channel> was forgotten; one that comes says more ---- */

static void offer_top(
	struct reader *reader, enum slot slot, enum text_type type, const char *text, size_t length)
{
	if (reader->format != FEED_CDF) /* there it is of a part */
		reader_offer(reader, slot, 30, type, text, length);
}

static void end_top_title(struct reader *reader, const char *text, size_t length)
{
	offer_top(reader, SLOT_TITLE, TEXT_GUESS, text, length);
}

static void end_top_link(struct reader *reader, const char *text, size_t length)
{
	offer_top(reader, SLOT_LINK, TEXT_PLAIN, text, length);
}

static void end_top_description(struct reader *reader, const char *text, size_t length)
{
	offer_top(reader, SLOT_SUMMARY, TEXT_HTML, text, length);
}

#define RSS(name, places) .ns = NS_NONE, .local = name, .where = places
#define FOR(field, rank, kind) .slot = SLOT_##field, .priority = rank, .type = TEXT_##kind
#define BETWEEN .collects = true

const struct rule rss_rules[] = {
	{ RSS("rss", IN_ROOT), .inside = IN_TOP, .start = start_rss },
	{ RSS("channel", IN_TOP), .inside = IN_FEED, .start = start_channel },
	{ RSS("item", IN_ROOT), .inside = IN_ITEM, .start = start_lone_item,
		.end = reader_item_end },
	{ RSS("item", IN_TOP | IN_FEED), .inside = IN_ITEM, .start = start_item,
		.end = reader_item_end },
	{ RSS("image", IN_TOP | IN_BOTH), .inside = IN_IMAGE, BETWEEN, .start = start_image,
		.end = end_image },
	{ RSS("textinput", IN_TOP | IN_FEED), .inside = IN_PART },
	{ RSS("items", IN_FEED), .inside = IN_FEED },
	{ RSS("title", IN_BOTH), FOR(TITLE, 90, GUESS) },
	{ RSS("link", IN_BOTH), .start = start_link, .end = end_link },
	{ RSS("description", IN_BOTH), FOR(SUMMARY, 90, HTML) },
	{ RSS("title", IN_TOP), .end = end_top_title },
	{ RSS("link", IN_TOP), .end = end_top_link },
	{ RSS("description", IN_TOP), .end = end_top_description },
	{ RSS("language", IN_BOTH), FOR(LANGUAGE, 90, PLAIN) },
	{ RSS("copyright", IN_BOTH), FOR(RIGHTS, 90, GUESS) },
	{ RSS("pubdate", IN_BOTH), FOR(PUBLISHED, 90, PLAIN) },
	{ RSS("lastbuilddate", IN_BOTH), FOR(MODIFIED, 90, PLAIN) },
	{ RSS("date", IN_ITEM), FOR(PUBLISHED, 40, PLAIN) }, /* Dublin Core's, unprefixed */
	{ RSS("generator", IN_FEED), FOR(GENERATOR, 90, GUESS) },
	{ RSS("ttl", IN_FEED), FOR(TTL, 90, PLAIN) },
	{ RSS("skiphours", IN_FEED), .inside = IN_SKIP },
	{ RSS("skipdays", IN_FEED), .inside = IN_SKIP },
	{ RSS("cloud", IN_FEED), .start = start_cloud },
	{ RSS("docs", IN_FEED), .end = end_docs },
	{ RSS("managingeditor", IN_BOTH), .inside = IN_PERSON, BETWEEN, .start = person_start,
		.end = end_author },
	{ RSS("author", IN_BOTH), .inside = IN_PERSON, BETWEEN, .start = person_start,
		.end = end_author },
	{ RSS("webmaster", IN_BOTH), .inside = IN_PERSON, BETWEEN, .start = person_start,
		.end = end_web_master },
	{ RSS("contributor", IN_BOTH), .inside = IN_PERSON, BETWEEN, .start = person_start,
		.end = end_contributor },
	{ RSS("category", IN_BOTH), .start = start_category, .end = end_category },
	{ RSS("categories", IN_FEED), .inside = IN_FEED },
	{ RSS("categories", IN_ITEM), .inside = IN_ITEM },
	{ RSS("keywords", IN_BOTH), .end = reader_keywords },
	/* <tags>one, two</tags>, <tags><tag>one</tag></tags> */
	{ RSS("tags", IN_BOTH), .inside = IN_MEDIA, BETWEEN, .end = reader_keywords },
	{ RSS("tag", IN_MEDIA), .end = end_tag },
	{ RSS("comments", IN_ITEM), FOR(COMMENTS, 90, PLAIN) },
	{ RSS("enclosure", IN_BOTH), .start = start_enclosure, .end = end_enclosure },
	{ RSS("guid", IN_ITEM), .start = start_guid, .end = end_guid },
	{ RSS("source", IN_ITEM), FOR(SOURCE_TITLE, 90, GUESS), .start = start_source },
	{ RSS("url", IN_IMAGE), FOR(IMAGE, 80, PLAIN) },
	{ RSS("thumbnail", IN_ITEM), FOR(IMAGE, 40, PLAIN), .start = start_thumbnail },
	/* <rss><redirect><newLocation>, all that a feed says once it has moved. */
	{ RSS("redirect", IN_ROOT | IN_TOP | IN_FEED), .inside = IN_FEED },
	{ RSS("newlocation", IN_FEED), FOR(NEW_URL, 70, PLAIN) },
	{ .local = NULL },
};
