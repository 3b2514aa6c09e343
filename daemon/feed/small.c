/*
 * Vocabularies of an element or two: feedburner, admin, ag, enc, l, source, and
 * the places where generators put what they don't find a better one for.
 */
#include "daemon/feed/blank.h"
#include "daemon/feed/reader.h"

static void start_generator_agent(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(
		reader, SLOT_GENERATOR, 70, xml_attribute_ns(element, NS_RDF, "resource"));
}

/* The link that the publisher wrote, before a service replaced it; some write a word
 * of their own there. */
static void end_orig_link(struct reader *reader, const char *text, size_t length)
{
	if (reader_expects_address(reader, text, length))
		reader_offer(reader, SLOT_LINK, 95, TEXT_PLAIN, text, length);
}

/* The file's own address, of the enclosure that stands before it. */
static void end_orig_enclosure(struct reader *reader, const char *text, size_t length)
{
	struct draft *draft = reader->now;
	struct value url;

	blank_trim(&text, &length);
	if (!reader_expects_address(reader, text, length) || draft->attachment_count == 0)
		return;
	url = draft_text(draft, text, length);
	url.base = reader_base(reader);
	if (url.length != 0)
		draft->attachments[draft->attachment_count - 1].url = url;
}

/* RSS 1.0's enclosure; not all prefix its attributes. */
static void start_enc_enclosure(struct reader *reader, const struct xml_element *element)
{
	static const char *const names[] = { "url", "type", "length" };
	const char *values[3], *resource = xml_attribute_ns(element, NS_RDF, "resource");
	size_t i;

	for (i = 0; i < 3; i++) {
		values[i] = xml_attribute_ns(element, NS_ENC, names[i]);
		if (values[i] == NULL)
			values[i] = xml_attribute(element, names[i]);
	}
	if (resource == NULL)
		resource = xml_attribute(element, "resource");
	reader_attachment(
		reader, 80, resource != NULL ? resource : values[0], values[1], NULL, values[2]);
}

/* That they are there is all they say (RFC 5005). */
static void start_history(struct reader *reader, const struct xml_element *element)
{
	char name[READER_NAME_MAX];

	(void)element;
	reader_name(reader, name);
	reader_extension_attribute(reader, name, "true");
}

static void start_l_permalink(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(
		reader, SLOT_PERMALINK, 80, xml_attribute_ns(element, NS_RDF, "resource"));
}

/* <l:link l:rel="..." rdf:resource="..."/> */
static void start_l_link(struct reader *reader, const struct xml_element *element)
{
	const char *rel = xml_attribute_ns(element, NS_L, "rel");
	const char *type = xml_attribute_ns(element, NS_L, "type");

	reader_link(reader, rel != NULL ? rel : "related",
		xml_attribute_ns(element, NS_RDF, "resource"), type, NULL, NULL);
}

static void end_markdown(struct reader *reader, const char *text, size_t length)
{
	reader_extension(reader, "source:markdown", text, length);
}

#define FOR(field, rank, kind) .slot = SLOT_##field, .priority = rank, .type = TEXT_##kind

const struct rule small_rules[] = {
	{ .ns = NS_FEEDBURNER, .local = "origlink", .where = IN_ITEM, .end = end_orig_link },
	{ .ns = NS_FEEDBURNER,
		.local = "origenclosurelink",
		.where = IN_ITEM,
		.end = end_orig_enclosure },
	{ .ns = NS_FEEDBURNER, .local = "info", .where = IN_FEED, .inside = IN_VOID },
	{ .ns = NS_FEEDBURNER, .local = "feedflare", .where = IN_BOTH, .inside = IN_VOID },
	{ .ns = NS_ADMIN,
		.local = "generatoragent",
		.where = IN_FEED,
		.start = start_generator_agent },
	{ .ns = NS_AG, .local = "source", .where = IN_ITEM, FOR(SOURCE_TITLE, 70, GUESS) },
	{ .ns = NS_AG, .local = "sourceurl", .where = IN_ITEM, FOR(SOURCE_URL, 70, PLAIN) },
	{ .ns = NS_AG, .local = "timestamp", .where = IN_ITEM, FOR(MODIFIED, 50, PLAIN) },
	{ .ns = NS_ENC, .local = "enclosure", .where = IN_ITEM, .start = start_enc_enclosure },
	{ .ns = NS_L, .local = "link", .where = IN_BOTH, .start = start_l_link },
	{ .ns = NS_L, .local = "permalink", .where = IN_ITEM, .start = start_l_permalink },
	{ .ns = NS_SOURCE, .local = "markdown", .where = IN_ITEM, .end = end_markdown },
	{ .ns = NS_TAXO, .local = "topics", .where = IN_BOTH, .inside = IN_VOID },
	{ .ns = NS_PRISM, .local = "publicationdate", .where = IN_BOTH, FOR(PUBLISHED, 45, PLAIN) },
	{ .ns = NS_FH, .local = "complete", .where = IN_FEED, .start = start_history },
	{ .ns = NS_FH, .local = "archive", .where = IN_FEED, .start = start_history },
	{ .local = NULL },
};
