#ifndef FEED_FEED_H
#define FEED_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/document.h"

/*
 * Bytes to a document: RSS, Atom, CDF, JSON Feed, OPML, the feeds that an
 * HTML page names, or mere text.  Pure: no I/O, no globals, no clock; safe on any thread;
 * the same bytes give the same block.  Knows nothing of where bytes come from
 * and who keeps the result.
 */

/*
 * Open iconv descriptors, one for each encoding of the WHATWG Encoding
 * Standard that we speak.  iconv_open() reads files, so this is done once
 * before a process is locked in (about 3 ms and 1 MB for all); a set serves
 * one thread at a time.  NULL-safe free.
 */
struct feed_charsets;
struct feed_charsets *feed_charsets_open(void);

/* A set that opens each when a document first needs it: for a program that reads
 * one or two, and may read files. */
struct feed_charsets *feed_charsets_later(void);
void feed_charsets_free(struct feed_charsets *charsets);

struct feed_source {
	const char *body; /* decoded from Content-Encoding, as received */
	size_t length;
	bool cut;                     /* the transfer ended before its announced end */
	const char *url;              /* base of relative references; "" if unknown */
	const char *content_type;     /* the header's value; "" if none */
	const char *content_location; /* likewise */
	struct buf *body_owner;       /* where body is, to be emptied when it is spent; or NULL */
};

/* Each is a number of bytes or rows; feed_limits_default() has the usual ones. */
struct feed_limits {
	uint32_t items_max;      /* beyond: the first and last halves are kept */
	uint32_t title_max;      /* bytes */
	uint32_t link_max;       /* bytes; also of a guid, then its digest stands in */
	uint32_t content_max;    /* bytes */
	uint32_t categories_max; /* an item or feed */
	uint32_t attachments_max;
	uint32_t authors_max;
	uint32_t links_max; /* 0: none are wanted; likewise extensions */
	uint32_t extensions_max;
	uint32_t problems_max;
	uint32_t depth_max; /* nested elements */
	uint32_t json_depth_max;
	uint32_t outlines_max;  /* subscriptions of an OPML list */
	uint32_t discovery_max; /* bytes of a page that are searched */
	uint32_t doc_max;       /* bytes of the whole block */
};

void feed_limits_default(struct feed_limits *out_limits);

/*
 * Parse a whole body as `kind`.  *out_doc is one block (feed/document.h), the
 * caller's to free().  A body cut or damaged gives what was whole before the
 * damage, flagged so; `problems` tells of it.
 *
 * Kind FEED: ERR_NOT_FEED if it is no feed (HTML is named as such), ERR_EMPTY,
 * ERR_ENTITY if it declares entities, ERR_ENCODING, ERR_BAD_ENCODING if it is
 * compressed still, ERR_SYNTAX if nothing could be saved, ERR_TOO_BIG beyond a
 * limit.  Kind PAGE never fails on HTML, however broken; its links are the
 * page's feeds in document order.  Kind OPML fails as FEED does.  Of kind TEXT there is
 * no more to know than its encoding.
 *
 * Beside the body this holds about twice its text in UTF-8, and never its text
 * three times.  A body_owner is emptied once the text was decoded or repaired, or
 * is read; a page of HTML that is no feed is left, to be searched for its feeds.
 */
int feed_parse(struct feed_charsets *charsets, enum feed_kind kind,
	const struct feed_source *source, const struct feed_limits *limits,
	struct feed_doc **out_doc, struct err *err) MUST_USE;

/* FEED_DIGEST_KEY of an item with that id; of one without an id, with that link. */
struct feed_digest feed_key_of_id(const char *id, size_t length);
struct feed_digest feed_key_of_link(const char *link, size_t length);
/* FEED_DIGEST_ALIAS_ID of one with that id; FEED_DIGEST_ALIAS_LINK, with that link. */
struct feed_digest feed_alias_of_id(const char *id, size_t length);
struct feed_digest feed_alias_of_link(const char *url);

/* Unix seconds of a date as feeds write them; DATE_NONE for what is none. */
int64_t feed_date(const char *text, size_t length);

/* Of all that an item says but its title, white space and queries of URLs as in
 * FEED_DIGEST_CONTENT; none where it says nothing. */
struct feed_digest feed_text_digest(const struct feed_doc *doc, const struct feed_item *item);

/* Whether two texts differ in nothing but white space and the queries of URLs, which is
 * what FEED_DIGEST_CONTENT leaves out. */
bool feed_seem_same(const char *a, size_t a_length, const char *b, size_t b_length);

/* Name and version of the XML parser; static. */
const char *feed_library(void);

#endif
