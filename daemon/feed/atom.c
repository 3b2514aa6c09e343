/*
 * Atom 1.0 (RFC 4287) and 0.3, whole or as a guest in other formats; links
 * also of RFC 5005 (archives), RFC 4685 (replies) and WebSub.
 */
#include "daemon/feed/atom.h"

#include <string.h>
#include <strings.h>

#include "common/utf8.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/person.h"
#include "daemon/feed/reader.h"

static void tell_version(struct reader *reader, const struct xml_element *element)
{
	const char *version = xml_attribute(element, "version");

	reader->is_atom = true;
	reader->format = FEED_ATOM_10;
	if (element->name->ns == NS_ATOM03 || (version != NULL && strncmp(version, "0.", 2) == 0))
		reader->format = FEED_ATOM_03;
}

static void start_feed(struct reader *reader, const struct xml_element *element)
{
	tell_version(reader, element);
	reader->is_declared = element->name->ns == NS_ATOM || element->name->ns == NS_ATOM03;
}

/* An entry that is a document of its own. */
static void start_lone_entry(struct reader *reader, const struct xml_element *element)
{
	tell_version(reader, element);
	reader_item_start(reader, element);
}

/* ---- links ---- */

#define BLANKS " \t\r\n"
#define RELATION_MAX 64u /* bytes of its name */

/* Blanks around the value do not count. */
static bool is(const char *value, const char *word)
{
	size_t length = strlen(word);

	if (value == NULL)
		return false;
	value += strspn(value, BLANKS);
	return strncasecmp(value, word, length) == 0 &&
	       value[length + strspn(value + length, BLANKS)] == '\0';
}

static bool is_html(const char *type)
{
	return type == NULL || type[0] == '\0' || strncasecmp(type, "text/html", 9) == 0 ||
	       strncasecmp(type, "application/xhtml", 17) == 0;
}

/* What a text construct calls a type is none of a file's (RFC 4287, 4.1.3.2). */
static const char *media_type(const char *type)
{
	return is(type, "html")    ? "text/html"
	       : is(type, "xhtml") ? "application/xhtml+xml"
	       : is(type, "text")  ? "text/plain"
				   : type;
}

/* What relations with a slot of their own mean, for feeds and for items. */
static const struct {
	const char *rel;
	enum where where;
	enum slot slot;
	uint8_t priority;
} relations[] = {
	{ "self", IN_FEED, SLOT_SELF, 80 },
	{ "hub", IN_FEED, SLOT_HUB, 80 },
	{ "next", IN_FEED, SLOT_NEXT, 80 },
	{ "prev-archive", IN_FEED, SLOT_PREV_ARCHIVE, 80 },
	{ "http://schemas.google.com/g/2005#feed", IN_FEED, SLOT_SELF, 20 },
	{ "icon", IN_FEED, SLOT_ICON, 40 },
	{ "replies", IN_ITEM, SLOT_COMMENTS, 60 },
	{ "self", IN_SOURCE, SLOT_SOURCE_URL, 80 },
	{ "alternate", IN_SOURCE, SLOT_SOURCE_URL, 60 },
};

static void offer_relation(struct reader *reader, enum where where, const char *rel,
	const char *type, const char *href)
{
	size_t i;

	for (i = 0; i < sizeof(relations) / sizeof(relations[0]); i++) {
		if (relations[i].where != where || !is(rel, relations[i].rel))
			continue;
		/* Of replies there is a page and a feed, which needs no type (RFC 4685, 4);
		 * the page is for people. */
		if (relations[i].slot == SLOT_COMMENTS && (type == NULL || !is_html(type)))
			continue;
		reader_offer_attribute(reader, relations[i].slot, relations[i].priority, href);
	}
}

static void offer_alternate(struct reader *reader, const char *type, const char *href)
{
	/* In RSS it stands behind <link>. */
	reader_offer_attribute(reader, SLOT_LINK, is_html(type) ? 80 : 70, href);
}

static const char *relation(const struct xml_element *element)
{
	static const char iana[] = "http://www.iana.org/assignments/relation/";
	const char *rel = xml_attribute(element, "rel");

	if (rel == NULL)
		return "alternate";
	rel += strspn(rel, BLANKS);
	if (rel[0] == '\0')
		return "alternate";
	return strncmp(rel, iana, sizeof(iana) - 1) == 0 ? rel + sizeof(iana) - 1 : rel;
}

/* Its own address is the source's; the others stay as they are. */
static void keep_source_link(struct reader *reader, const char *rel, const char *href)
{
	size_t length = strcspn(rel, BLANKS);

	if (is(rel, "self"))
		return;
	if (length > RELATION_MAX)
		length = utf8_cut(rel, RELATION_MAX);
	buf_clear(&reader->scratch);
	if (buf_printf(&reader->scratch, "source/link@%.*s", (int)length, rel) == 0)
		reader_extension_attribute(reader, reader->scratch.data, href);
}

/* Where the address stands as text: relation, NUL, type wait in the scratch. */
static void wait_for_text(struct reader *reader, const char *rel, const char *type)
{
	if (buf_add_text(&reader->scratch, rel) < 0 || buf_add_byte(&reader->scratch, '\0') < 0 ||
		buf_add_text(&reader->scratch, type != NULL ? type : "") < 0)
		buf_clear(&reader->scratch);
}

void atom_link_start(struct reader *reader, const struct xml_element *element)
{
	const char *href = xml_attribute(element, "href"), *rel = relation(element);
	const char *type = media_type(xml_attribute(element, "type"));
	const char *title = xml_attribute(element, "title");
	enum where where = reader_where(reader);

	/* RFC 3986, 5.2.2; but the feed's own address, which is the base where no
	 * other is named, is nobody's page. */
	if (href != NULL && href[0] == '\0' && reader_base(reader) != 0 &&
		(is(rel, "alternate") || is(rel, "self")))
		href = reader_base_url(reader, reader_base(reader));
	buf_clear(&reader->scratch);
	if (href == NULL) {
		wait_for_text(reader, rel, type);
		return;
	}
	offer_relation(reader, where, rel, type, href);
	if (where == IN_SOURCE) {
		keep_source_link(reader, rel, href);
		return;
	}
	if (is(rel, "enclosure") && where == IN_ITEM)
		reader_attachment(reader, 80, href, type, title, xml_attribute(element, "length"));
	else if (is(rel, "alternate"))
		offer_alternate(reader, type, href);
	if (is(rel, "replies")) {
		reader_extension_attribute(
			reader, "thr:count", xml_attribute_ns(element, NS_THR, "count"));
		reader_extension_attribute(
			reader, "thr:updated", xml_attribute_ns(element, NS_THR, "updated"));
	}
	if (!is(rel, "enclosure"))
		reader_link(reader, rel, href, type, title, xml_attribute(element, "hreflang"));
}

/* Text where an attribute should be. */
static void end_link(struct reader *reader, const char *text, size_t length)
{
	struct buf *waiting = &reader->scratch; /* gets the address, too */
	enum where where = reader_where(reader);
	const char *rel, *type, *href;

	blank_trim(&text, &length);
	if (length == 0 || waiting->length == 0 || where == IN_SOURCE ||
		buf_add_byte(waiting, '\0') < 0 || buf_add(waiting, text, length) < 0)
		return;
	rel = waiting->data;
	type = rel + strlen(rel) + 1;
	href = type + strlen(type) + 1;
	if (is(rel, "alternate"))
		reader_offer(reader, SLOT_LINK, 60, TEXT_PLAIN, text, length);
	else if (is(rel, "enclosure") && where == IN_ITEM)
		reader_attachment(reader, 80, href, type, NULL, NULL);
	else
		offer_relation(reader, where, rel, type, href);
}

/* ---- text constructs are atom_text.c's ---- */

static void end_title(struct reader *reader, const char *text, size_t length)
{
	enum slot slot = reader_where(reader) == IN_SOURCE ? SLOT_SOURCE_TITLE : SLOT_TITLE;

	atom_text_end(reader, slot, 80, text, length);
}

static void end_summary(struct reader *reader, const char *text, size_t length)
{
	atom_text_end(reader, SLOT_SUMMARY, 85, text, length);
}

static void end_rights(struct reader *reader, const char *text, size_t length)
{
	atom_text_end(reader, SLOT_RIGHTS, 80, text, length);
}

static void end_content(struct reader *reader, const char *text, size_t length)
{
	atom_text_end(reader, SLOT_CONTENT, 80, text, length);
}

/* Content that is elsewhere: a page to read, or a file. */
static void start_content(struct reader *reader, const struct xml_element *element)
{
	const char *src = xml_attribute(element, "src");
	const char *type = media_type(xml_attribute(element, "type"));

	if (reader_where(reader) == IN_ITEM)
		reader_language(reader, element, 41);
	atom_text_start(reader, element);
	if (src == NULL)
		return;
	if (is_html(type))
		reader_offer_attribute(reader, SLOT_LINK, 20, src);
	else
		reader_attachment(reader, 75, src, type, NULL, NULL);
	reader_link(reader, "content", src, type, NULL, NULL);
}

/* ---- the others ---- */

static void end_author(struct reader *reader, const char *text, size_t length)
{
	bool of_source = reader_where(reader) == IN_SOURCE;

	person_end(reader, "author", of_source ? 20 : 80, text, length);
}

static void end_contributor(struct reader *reader, const char *text, size_t length)
{
	person_end(reader, "contributor", 0, text, length);
}

static void start_category(struct reader *reader, const struct xml_element *element)
{
	reader_category(reader, xml_attribute(element, "term"), xml_attribute(element, "scheme"),
		xml_attribute(element, "label"));
}

/* <category>word</category>, as RSS has it. */
static void end_category(struct reader *reader, const char *text, size_t length)
{
	reader_category_text(reader, text, length, NULL, NULL);
}

/* An entry without any link is often at its id's address. */
static void end_id(struct reader *reader, const char *text, size_t length)
{
	const char *id = text + strspn(text, " \t\r\n");

	if (reader->in_item && strncasecmp(id, "http", 4) == 0)
		reader_suggest(reader, SLOT_PERMALINK, 20, TEXT_PLAIN, text, length);
}

static void end_source_id(struct reader *reader, const char *text, size_t length)
{
	if (reader_expects_address(reader, text, length))
		reader_offer(reader, SLOT_SOURCE_URL, 20, TEXT_PLAIN, text, length);
}

static void start_generator(struct reader *reader, const struct xml_element *element)
{
	const char *uri = xml_attribute(element, "uri"), *url = xml_attribute(element, "url");

	reader_extension_attribute(reader, "generator@version", xml_attribute(element, "version"));
	reader_extension_address(reader, "generator@uri", uri != NULL ? uri : url);
}

static void end_generator(struct reader *reader, const char *text, size_t length)
{
	reader_offer(reader, SLOT_GENERATOR, 80, TEXT_GUESS, text, length);
}

#define ATOM(name, places) .ns = NS_ATOM, .local = name, .where = places
#define FOR(field, rank, kind) .slot = SLOT_##field, .priority = rank, .type = TEXT_##kind
#define BETWEEN .collects = true

const struct rule atom_rules[] = {
	{ ATOM("feed", IN_ROOT), .inside = IN_FEED, .start = start_feed },
	{ ATOM("entry", IN_ROOT), .inside = IN_ITEM, .start = start_lone_entry,
		.end = reader_item_end },
	{ ATOM("entry", IN_FEED | IN_TOP), .inside = IN_ITEM, .start = reader_item_start,
		.end = reader_item_end },
	{ ATOM("source", IN_ITEM), .inside = IN_SOURCE },
	{ ATOM("link", IN_BOTH | IN_SOURCE), .start = atom_link_start, .end = end_link },
	{ ATOM("title", IN_BOTH | IN_SOURCE), .start = atom_text_start, .end = end_title },
	{ ATOM("subtitle", IN_FEED), .start = atom_text_start, .end = end_summary },
	{ ATOM("subtitle", IN_SOURCE), .start = atom_text_start, .end = atom_text_keep },
	{ ATOM("tagline", IN_FEED), .start = atom_text_start, .end = end_summary },
	{ ATOM("info", IN_FEED), .start = atom_text_start, .end = atom_text_keep },
	{ ATOM("summary", IN_BOTH), .start = atom_text_start, .end = end_summary },
	{ ATOM("content", IN_BOTH), .start = start_content, .end = end_content },
	{ ATOM("rights", IN_BOTH), .start = atom_text_start, .end = end_rights },
	{ ATOM("rights", IN_SOURCE), .start = atom_text_start, .end = atom_text_keep },
	{ ATOM("copyright", IN_BOTH), .start = atom_text_start, .end = end_rights },
	{ ATOM("id", IN_BOTH), FOR(ID, 85, PLAIN), .end = end_id },
	{ ATOM("id", IN_SOURCE), .end = end_source_id },
	{ ATOM("published", IN_BOTH), FOR(PUBLISHED, 85, PLAIN) },
	{ ATOM("issued", IN_BOTH), FOR(PUBLISHED, 84, PLAIN) },
	{ ATOM("created", IN_BOTH), FOR(PUBLISHED, 60, PLAIN) },
	{ ATOM("updated", IN_BOTH), FOR(MODIFIED, 85, PLAIN) },
	{ ATOM("modified", IN_BOTH), FOR(MODIFIED, 84, PLAIN) },
	{ ATOM("author", IN_BOTH | IN_SOURCE), .inside = IN_PERSON, BETWEEN, .start = person_start,
		.end = end_author },
	{ ATOM("contributor", IN_BOTH), .inside = IN_PERSON, BETWEEN, .start = person_start,
		.end = end_contributor },
	{ ATOM("name", IN_PERSON), .end = person_name },
	{ ATOM("email", IN_PERSON), .end = person_email },
	{ ATOM("uri", IN_PERSON), .end = person_url },
	{ ATOM("url", IN_PERSON), .end = person_url },
	{ ATOM("homepage", IN_PERSON), .end = person_url },
	{ ATOM("category", IN_BOTH), .start = start_category, .end = end_category },
	{ ATOM("generator", IN_FEED), .start = start_generator, .end = end_generator },
	{ ATOM("icon", IN_BOTH), FOR(ICON, 80, PLAIN) },
	{ ATOM("logo", IN_BOTH), FOR(IMAGE, 80, PLAIN) },
	{ .local = NULL },
};
