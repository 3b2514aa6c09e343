/*
 * Podcasting 2.0 (https://podcastindex.org/namespace/1.0), and Podlove's
 * simple chapters.  Value blocks and the like are none of a reader's business.
 */
#include <string.h>
#include <strings.h>

#include "daemon/feed/person.h"
#include "daemon/feed/reader.h"

static void start_chapters(struct reader *reader, const struct xml_element *element)
{
	reader_link(reader, "chapters", xml_attribute(element, "url"),
		xml_attribute(element, "type"), NULL, NULL);
}

static void start_transcript(struct reader *reader, const struct xml_element *element)
{
	reader_link(reader, "transcript", xml_attribute(element, "url"),
		xml_attribute(element, "type"), NULL, xml_attribute(element, "language"));
}

/* Roles are Podcasting 2.0's taxonomy; those that we know are named by it. */
static const char *role_of(const char *role)
{
	static const char *const roles[] = { "host", "co-host", "guest", "editor", "producer",
		"writer", "author", "narrator", "composer", "interviewer", "reporter" };
	size_t i;

	for (i = 0; role != NULL && i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcasecmp(role, roles[i]) == 0)
			return strcmp(roles[i], "author") == 0 ? "writer" : roles[i];
	return role == NULL || role[0] == '\0' ? "host" : "cast";
}

static void start_person(struct reader *reader, const struct xml_element *element)
{
	const char *href = xml_attribute(element, "href"), *img = xml_attribute(element, "img");

	person_start(reader, element);
	reader->person.role = role_of(xml_attribute(element, "role"));
	if (href != NULL)
		person_url(reader, href, strlen(href));
	if (img != NULL)
		person_avatar(reader, img, strlen(img));
}

static void end_person(struct reader *reader, const char *text, size_t length)
{
	const char *role = reader->person.role;

	person_name(reader, text, length);
	person_end(reader, role, 0, "", 0);
}

/* The same episode in another form; its sources are what there is to fetch.
 * For them its attributes are kept: type, NUL, title, NUL, length. */
static void start_alternate(struct reader *reader, const struct xml_element *element)
{
	static const char *const attributes[] = { "type", "title", "length" };
	size_t i;

	buf_clear(&reader->alternate);
	for (i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		const char *value = xml_attribute(element, attributes[i]);

		if (buf_add_text(&reader->alternate, value != NULL ? value : "") < 0 ||
			buf_add_byte(&reader->alternate, '\0') < 0) {
			buf_clear(&reader->alternate);
			return;
		}
	}
}

static void end_alternate(struct reader *reader, const char *text, size_t length)
{
	(void)text, (void)length;
	buf_clear(&reader->alternate);
}

static void start_source(struct reader *reader, const struct xml_element *element)
{
	const char *type = xml_attribute(element, "contentType"), *title = NULL, *size = NULL;

	if (reader->alternate.length != 0) {
		const char *said = reader->alternate.data;

		title = said + strlen(said) + 1;
		size = title + strlen(title) + 1;
		type = type != NULL ? type : said;
	}
	reader_attachment(reader, 40, xml_attribute(element, "uri"), type, title, size);
}

static void start_image(struct reader *reader, const struct xml_element *element)
{
	reader_offer_attribute(reader, SLOT_IMAGE, 55, xml_attribute(element, "href"));
}

static void start_chapter(struct reader *reader, const struct xml_element *element)
{
	const char *start = xml_attribute(element, "start"),
		   *title = xml_attribute(element, "title");

	if (start == NULL)
		return;
	buf_clear(&reader->scratch);
	if (buf_printf(&reader->scratch, "%s %s", start, title != NULL ? title : "") < 0)
		return;
	reader_extension(reader, "psc:chapter", reader->scratch.data, reader->scratch.length);
	/* They are the chapter's before them. */
	reader_extension_attribute(reader, "psc:chapter@href", xml_attribute(element, "href"));
	reader_extension_attribute(reader, "psc:chapter@image", xml_attribute(element, "image"));
}

#define PODCAST(name, places) .ns = NS_PODCAST, .local = name, .where = places
#define PSC(name, places) .ns = NS_PSC, .local = name, .where = places

const struct rule podcast_rules[] = {
	{ PODCAST("chapters", IN_ITEM), .start = start_chapters },
	{ PODCAST("transcript", IN_ITEM), .start = start_transcript },
	{ PODCAST("image", IN_BOTH), .start = start_image },
	{ PODCAST("person", IN_BOTH), .start = start_person, .end = end_person },
	{ PODCAST("alternateenclosure", IN_ITEM), .inside = IN_MEDIA, .start = start_alternate,
		.end = end_alternate },
	{ PODCAST("source", IN_MEDIA), .start = start_source },
	{ PODCAST("value", IN_BOTH), .inside = IN_VOID },
	{ PODCAST("liveitem", IN_FEED), .inside = IN_VOID },
	{ PODCAST("integrity", IN_MEDIA), .inside = IN_VOID },
	{ PSC("chapters", IN_ITEM), .inside = IN_MEDIA },
	{ PSC("chapter", IN_MEDIA), .start = start_chapter },
	{ .local = NULL },
};
