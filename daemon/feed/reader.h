#ifndef FEED_READER_H
#define FEED_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/build.h"
#include "daemon/feed/draft.h"
#include "daemon/feed/feed.h"
#include "daemon/feed/vocabulary.h"
#include "daemon/feed/xml.h"

/*
 * Reads one XML feed: follows the elements, asks the vocabulary what each
 * means, collects texts, and hands finished items to the builder.  The first
 * part is for feed.c, the rest for the vocabularies' handlers.
 *
 * Knows where an element stands, its base and its language; what a slot
 * becomes in the document is feed/finish.h.
 */

/* An open element. */
struct frame {
	const struct rule *rule; /* NULL for markup and what nobody knows */
	struct xml_name *name;
	enum where inside;
	uint32_t base;
	size_t text_start; /* in reader->text */
	bool collects;
	bool escapes; /* its text is to become HTML, so '<' and '&' are escaped */
	bool hidden;  /* markup that is not written: the <div> of Atom's xhtml */
	bool has_markup;
};

struct reader {
	struct build *build;
	const struct feed_limits *limits;
	const struct feed_source *source;
	enum feed_format format;
	bool is_atom;
	bool is_declared; /* by a frame that is a feed's alone: <rss>, RDF's <channel>, Atom's <feed> */
	bool has_item;
	bool in_item;
	struct draft feed, item;
	struct draft *now; /* of the two, the one whose element is open */
	struct frame *frames;
	uint32_t depth;
	struct buf text; /* of the elements that are open and collected */
	char **bases;    /* absolute or ""; the first is the document's */
	uint32_t base_count, base_capacity, bases_before_item;
	struct draft_person person; /* the one that is open */
	int attachment;             /* the open one's index, or -1 */
	/* Of the text construct that is open. */
	enum text_type construct_type;
	bool construct_base64;
	enum { PERMALINK_UNSAID, PERMALINK_NO, PERMALINK_YES } permalink; /* of the open guid */
	/* What the open alternateEnclosure says of its sources (feed/podcast.c); else empty. */
	struct buf alternate;
	uint32_t skip_hours, skip_days;
	struct buf scratch; /* a handler's own, empty at its start */
	struct buf finish;  /* the finisher's own */
};

/*
 * Read the whole text into the builder.  0, or -1 as xml_walk(); then the items
 * that had closed are in the builder; and what the feed said of itself, too, if
 * the damage is behind its end or with `end_anyway`.  *out_end as xml_walk().
 */
int reader_run(struct build *build, const struct feed_source *source,
	const struct feed_limits *limits, const struct xml_input *input, bool end_anyway,
	struct xml_end *out_end, struct err *err) MUST_USE;

/* ---- for handlers ---- */

/* The place that the element of the running handler stands in. */
enum where reader_where(const struct reader *reader);

/* The index of its base, for draft_offer(). */
uint32_t reader_base(const struct reader *reader);
const char *reader_base_url(const struct reader *reader, uint32_t base);

/* The base of what is in that element, where an attribute of its own names one
 * (it may be NULL). */
void reader_set_base(struct reader *reader, const char *url);

/* A candidate for a slot of the feed or item that is open.  The one that loses
 * becomes an extension, by the name of its element (feed/finish_spare.h). */
void reader_offer(struct reader *reader, enum slot slot, uint8_t priority, enum text_type type,
	const char *text, size_t length);

/* The same for an attribute's value, which may be NULL, and nothing becomes of
 * a loser. */
void reader_offer_attribute(
	struct reader *reader, enum slot slot, uint8_t priority, const char *value);

/* The same for a text. */
void reader_suggest(struct reader *reader, enum slot slot, uint8_t priority, enum text_type type,
	const char *text, size_t length);

/* Whether there are to be extensions: if not, what has no field need not be kept. */
bool reader_keeps(const struct reader *reader);

/* What extensions call the running handler's element: "itunes:subtitle"; within
 * an image, a source or what nobody knows "image/title", "source/author/name".
 * Its length. */
#define READER_NAME_MAX 128
size_t reader_name(const struct reader *reader, char out[READER_NAME_MAX]);

/* The same as a text of the draft that is open; none where nothing is kept. */
struct value reader_name_text(struct reader *reader);

/* The element's xml:lang as the language of the feed or item that is open. */
void reader_language(struct reader *reader, const struct xml_element *element, uint8_t priority);

void reader_item_start(struct reader *reader, const struct xml_element *element);
void reader_item_end(struct reader *reader, const char *text, size_t length);

/* A category, once; of term, scheme and label some may be NULL or "". */
void reader_category(
	struct reader *reader, const char *term, const char *scheme, const char *label);
void reader_category_text(struct reader *reader, const char *text, size_t length,
	const char *scheme, const char *label);
/* Several, separated by commas. */
void reader_keywords(struct reader *reader, const char *text, size_t length);

/* A link with a relation; the URL is resolved, and dropped if it is no web URL. */
void reader_link(struct reader *reader, const char *rel, const char *url, const char *mime_type,
	const char *title, const char *language);

/* The same where the element is no longer open; 0 if it was dropped. */
int reader_link_from(struct reader *reader, uint32_t base, const char *rel, const char *url);

/* An extension; an empty value is none. */
void reader_extension(struct reader *reader, const char *name, const char *value, size_t length);

/* The same for an attribute's value, which may be NULL. */
void reader_extension_attribute(struct reader *reader, const char *name, const char *value);

/* The same for an address, which becomes absolute where it can. */
void reader_extension_address(struct reader *reader, const char *name, const char *url);

/* Whether the running handler's element has an address of the web, absolute as it
 * stands; another text becomes an extension. */
bool reader_expects_address(struct reader *reader, const char *text, size_t length);

/* A file that belongs to the open item; NULL beyond the limit or without URL. */
struct draft_attachment *reader_attachment(struct reader *reader, uint8_t priority, const char *url,
	const char *mime_type, const char *title, const char *size);

/* Numbers as feeds write them: "1,234", " 42 bytes"; -1 if there is none, INT64_MAX
 * for all that are beyond it. */
int64_t reader_number(const char *text);

#endif
