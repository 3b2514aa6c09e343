#ifndef FEED_VOCABULARY_H
#define FEED_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/feed/draft.h"
#include "daemon/feed/xml.h"

/*
 * Which element means what, as tables: namespace, name and place on the left,
 * slot and priority or a handler on the right; one file a vocabulary.  This
 * header is the form of the tables; what handlers can do is feed/reader.h.
 *
 * Priorities, where several elements speak of one thing (higher wins, among
 * equals the first that is not empty):
 *
 *	90 to 99  the element that the document's own format has for it
 *	70 to 89  another general format's element (Atom in RSS, Dublin Core)
 *	40 to 69  media and podcast vocabularies
 *	 1 to 39  better than nothing; so are a date that nobody can read and an
 *	          address that can be no link, whatever element has them
 */
struct reader;

/* Where an element stands.  Of a rule: the places it is for, or-ed. */
enum where {
	IN_ROOT = 0x001,   /* nothing recognised around it */
	IN_TOP = 0x002,    /* <rss>, <rdf:RDF> */
	IN_FEED = 0x004,   /* <channel>, <feed> */
	IN_ITEM = 0x008,   /* <item>, <entry> */
	IN_PERSON = 0x010, /* <author>, <itunes:owner> */
	IN_IMAGE = 0x020,
	IN_SOURCE = 0x040, /* Atom's <source> */
	IN_MEDIA = 0x080,  /* <media:group>, <media:content> */
	IN_SKIP = 0x100,   /* <skipHours>, <skipDays> */
	IN_VOID = 0x200,   /* nothing in here is read */
	IN_TEXT = 0x400,   /* elements in here are markup of the text */
	IN_PART = 0x800    /* all in here is kept by its name: <textInput>, what nobody knows */
};

#define IN_BOTH (IN_FEED | IN_ITEM)

struct rule {
	enum xml_ns ns;
	const char *local; /* in lower case */
	unsigned where;
	/* What its text is for; SLOT_NONE: its end function sees to it. */
	enum slot slot;
	uint8_t priority;
	enum text_type type;
	/* Where its children are; 0 is IN_TEXT, its text is collected. */
	enum where inside;
	bool collects; /* its own text, although the children are elsewhere */
	/* Either may be NULL.  `text` is as it stood, not trimmed. */
	void (*start)(struct reader *reader, const struct xml_element *element);
	void (*end)(struct reader *reader, const char *text, size_t length);
};

/* The rule for a name in a place, or NULL.  Looked up once a name and place. */
const struct rule *vocabulary_find(enum xml_ns ns, const char *local, enum where where);

/* Each ends with a rule whose local is NULL. */
extern const struct rule rss_rules[];
extern const struct rule rdf_rules[];
extern const struct rule atom_rules[];
extern const struct rule cdf_rules[];
extern const struct rule content_rules[];
extern const struct rule dublin_core_rules[];
extern const struct rule media_rules[];
extern const struct rule itunes_rules[];
extern const struct rule podcast_rules[];
extern const struct rule syndication_rules[];
extern const struct rule thread_rules[];
extern const struct rule geo_rules[];
extern const struct rule license_rules[];
extern const struct rule small_rules[];

#endif
