/*
 * Podcasts: Apple's itunes and Google's googleplay vocabularies, which say the
 * same with other names.
 */
#include <string.h>
#include <strings.h>

#include "daemon/feed/person.h"
#include "daemon/feed/reader.h"

static void end_author(struct reader *reader, const char *text, size_t length)
{
	person_add_line(reader, "author", 50, text, length);
}

/* Whom to write to about the podcast; the author where nobody else is named. */
static void end_owner(struct reader *reader, const char *text, size_t length)
{
	person_end(reader, "owner", 0, text, length);
}

static void start_image(struct reader *reader, const struct xml_element *element)
{
	const char *href = xml_attribute(element, "href");

	if (href == NULL)
		href = xml_attribute(element, "url");
	if (href != NULL)
		reader_offer(reader, SLOT_IMAGE, 70, TEXT_PLAIN, href, strlen(href));
}

static void start_category(struct reader *reader, const struct xml_element *element)
{
	const char *text = xml_attribute(element, "text");

	if (text != NULL)
		reader_category_text(reader, text, strlen(text), NULL, NULL);
}

/* <itunes:keywords text="one, two"/> */
static void start_keywords(struct reader *reader, const struct xml_element *element)
{
	const char *text = xml_attribute(element, "text");

	if (text != NULL)
		reader_keywords(reader, text, strlen(text));
}

/* <itunes:link rel="image" href="…"/>, before there was <itunes:image>. */
static void start_link(struct reader *reader, const struct xml_element *element)
{
	const char *rel = xml_attribute(element, "rel");

	if (rel != NULL && strcasecmp(rel, "image") == 0)
		reader_offer_attribute(reader, SLOT_IMAGE, 60, xml_attribute(element, "href"));
}

#define ITUNES(name, places) .ns = NS_ITUNES, .local = name, .where = places
#define GOOGLE(name, places) .ns = NS_GOOGLEPLAY, .local = name, .where = places
#define FOR(field, rank, kind) .slot = SLOT_##field, .priority = rank, .type = TEXT_##kind
/* What nobody else has a word for is an extension: no rule. */

const struct rule itunes_rules[] = {
	{ ITUNES("title", IN_BOTH), FOR(TITLE, 45, GUESS) },
	{ ITUNES("author", IN_BOTH), .end = end_author },
	{ ITUNES("owner", IN_BOTH), .inside = IN_PERSON, .collects = true, .start = person_start,
		.end = end_owner },
	{ ITUNES("name", IN_PERSON), .end = person_name },
	{ ITUNES("email", IN_PERSON), .end = person_email },
	{ ITUNES("summary", IN_BOTH), FOR(SUMMARY, 45, GUESS) },
	{ ITUNES("subtitle", IN_BOTH), FOR(SUMMARY, 20, GUESS) },
	{ ITUNES("image", IN_BOTH), FOR(IMAGE, 65, PLAIN), .start = start_image },
	{ ITUNES("link", IN_BOTH), .start = start_link },
	{ ITUNES("duration", IN_ITEM), FOR(DURATION, 90, PLAIN) },
	{ ITUNES("keywords", IN_BOTH), .start = start_keywords, .end = reader_keywords },
	{ ITUNES("category", IN_BOTH | IN_MEDIA), .inside = IN_MEDIA, .start = start_category },
	{ ITUNES("new-feed-url", IN_FEED), FOR(NEW_URL, 90, PLAIN) },
	{ GOOGLE("author", IN_BOTH), .end = end_author },
	{ GOOGLE("description", IN_BOTH), FOR(SUMMARY, 42, GUESS) },
	{ GOOGLE("image", IN_BOTH), FOR(IMAGE, 64, PLAIN), .start = start_image },
	{ GOOGLE("category", IN_BOTH), .start = start_category },
	{ GOOGLE("owner", IN_BOTH), .inside = IN_PERSON, .collects = true, .start = person_start,
		.end = end_owner },
	{ GOOGLE("email", IN_PERSON), .end = person_email },
	{ GOOGLE("new-feed-url", IN_FEED), FOR(NEW_URL, 80, PLAIN) },
	{ .local = NULL },
};
