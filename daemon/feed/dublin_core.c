/* Dublin Core, elements and terms (https://www.dublincore.org). */
#include "daemon/feed/person.h"
#include "daemon/feed/reader.h"

static void end_creator(struct reader *reader, const char *text, size_t length)
{
	person_add_line(reader, "author", 80, text, length);
}

static void end_contributor(struct reader *reader, const char *text, size_t length)
{
	person_add_line(reader, "contributor", 0, text, length);
}

/* Who publishes a feed answers for it where no author is named. */
static void end_publisher(struct reader *reader, const char *text, size_t length)
{
	person_add_line(reader, "publisher", 0, text, length);
}

static void end_subject(struct reader *reader, const char *text, size_t length)
{
	reader_category_text(reader, text, length, NULL, NULL);
}

/* One date for all: it was published then, and is as it was then. */
static void end_date(struct reader *reader, const char *text, size_t length)
{
	reader_offer(reader, SLOT_PUBLISHED, 70, TEXT_PLAIN, text, length);
	reader_offer(reader, SLOT_MODIFIED, 70, TEXT_PLAIN, text, length);
}

static void end_source(struct reader *reader, const char *text, size_t length)
{
	reader_extension(reader, "dc:source", text, length);
}

#define DC(name) .ns = NS_DC, .local = name, .where = IN_BOTH
#define TERMS(name) .ns = NS_DCTERMS, .local = name, .where = IN_BOTH
#define FOR(field, rank, kind) .slot = SLOT_##field, .priority = rank, .type = TEXT_##kind

const struct rule dublin_core_rules[] = {
	{ DC("title"), FOR(TITLE, 70, GUESS) },
	{ DC("description"), FOR(SUMMARY, 70, HTML) },
	{ DC("creator"), .end = end_creator },
	{ DC("author"), .end = end_creator },
	{ DC("contributor"), .end = end_contributor },
	{ DC("publisher"), .end = end_publisher },
	{ DC("subject"), .end = end_subject },
	{ DC("date"), .end = end_date },
	{ DC("date.taken"), FOR(PUBLISHED, 50, PLAIN) },
	{ DC("language"), FOR(LANGUAGE, 80, PLAIN) },
	{ DC("rights"), FOR(RIGHTS, 70, GUESS) },
	{ DC("identifier"), FOR(ID, 60, PLAIN) },
	{ DC("source"), .end = end_source },
	{ TERMS("title"), FOR(TITLE, 65, GUESS) },
	{ TERMS("abstract"), FOR(SUMMARY, 65, HTML) },
	{ TERMS("description"), FOR(SUMMARY, 64, HTML) },
	{ TERMS("creator"), .end = end_creator },
	{ TERMS("contributor"), .end = end_contributor },
	{ TERMS("publisher"), .end = end_publisher },
	{ TERMS("subject"), .end = end_subject },
	{ TERMS("issued"), FOR(PUBLISHED, 75, PLAIN) },
	{ TERMS("created"), FOR(PUBLISHED, 60, PLAIN) },
	{ TERMS("available"), FOR(PUBLISHED, 55, PLAIN) },
	{ TERMS("date"), .end = end_date },
	{ TERMS("modified"), FOR(MODIFIED, 75, PLAIN) },
	{ TERMS("language"), FOR(LANGUAGE, 75, PLAIN) },
	{ TERMS("rights"), FOR(RIGHTS, 65, GUESS) },
	{ TERMS("identifier"), FOR(ID, 55, PLAIN) },
	{ .local = NULL },
};
