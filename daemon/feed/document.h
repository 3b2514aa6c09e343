#ifndef FEED_DOCUMENT_H
#define FEED_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/*
 * A parsed document: one contiguous, position-independent block without
 * pointers, so that it can go through a pipe and be checked before a byte of
 * it is believed.  This header owns the layout, its accessors and that check.
 * It knows nothing of XML, JSON or how the block was built (feed/build.h).
 *
 *	struct feed_doc | tables (items, persons, …), each aligned to 8 | strings
 *
 * - Everything is in the machine's own byte order: writer and reader are the
 *   same binary.  FEED_DOC_VERSION changes with every change of this file.
 * - A feed_text is an offset from the block's start and a length in bytes.
 *   Its text is valid UTF-8, holds no NUL, and a NUL follows it.  What is
 *   absent has length 0 and reads as "".
 * - A feed_range is a run of rows of one table of the document.
 * - Dates are Unix seconds (UTC); an absent or senseless one is DATE_NONE.
 *   Accepted are 1990 to ten years from the build.
 * - URLs are as the feed means them: resolved against their base.  Only
 *   absolute http and https stand in fields called url; others are dropped,
 *   or kept as text where the field says so.
 */

#define FEED_DOC_MAGIC 0x66656564u /* "feed" */
#define FEED_DOC_VERSION 3u

#define DATE_NONE INT64_MIN

struct feed_text {
	uint32_t offset;
	uint32_t length;
};

struct feed_range {
	uint32_t first;
	uint32_t count;
};

/* Rows of one kind; offset from the block's start, a multiple of 8. */
struct feed_table {
	uint32_t offset;
	uint32_t count;
};

/* XXH3-128 of canonical bytes; all zero is "there is none". */
struct feed_digest {
	uint64_t low;
	uint64_t high;
};

enum feed_kind {
	FEED_KIND_FEED, /* RSS, Atom, CDF, JSON Feed */
	FEED_KIND_PAGE, /* an HTML page, searched for its feeds */
	FEED_KIND_OPML, /* a subscription list */
	FEED_KIND_TEXT  /* any text: `description` is all of it */
};

enum feed_format {
	FEED_UNKNOWN,
	FEED_RSS_090,
	FEED_RSS_091N, /* Netscape */
	FEED_RSS_091U, /* UserLand */
	FEED_RSS_092,
	FEED_RSS_093,
	FEED_RSS_094,
	FEED_RSS_10,
	FEED_RSS_11,
	FEED_RSS_20,
	FEED_ATOM_03,
	FEED_ATOM_10,
	FEED_CDF,
	FEED_JSON_10,
	FEED_JSON_11,
	FEED_HTML,
	FEED_OPML,
	FEED_FORMATS
};

/* What may be said about the whole. */
#define FEED_COMPLETE 0x01u  /* the root's end was in the bytes */
#define FEED_RECOVERED 0x02u /* complete only after repair */
#define FEED_PARTIAL 0x04u   /* ended early; what closed before it is kept */
#define FEED_TRUNCATED 0x08u /* more items than the limits allow */

struct feed_person {
	struct feed_text name;
	struct feed_text email;
	struct feed_text url;
	struct feed_text avatar;
	struct feed_text role; /* "author", "contributor", podcast roles */
};

struct feed_category {
	struct feed_text term;
	struct feed_text scheme;
	struct feed_text label;
};

struct feed_attachment {
	struct feed_text url;
	struct feed_text mime_type; /* as sent, else as the address ends (feed/media_type.h) */
	struct feed_text title;
	int64_t size;       /* bytes, -1 unknown */
	int64_t duration_s; /* -1 unknown */
};

/* A link with its relation; for FEED_KIND_PAGE a feed that the page names, its address
 * as url_subscribe() has it. */
struct feed_link {
	struct feed_text rel;
	struct feed_text url;
	struct feed_text mime_type;
	struct feed_text title;
	struct feed_text language;
	struct feed_text userinfo; /* of a page's only; never shown */
};

/* What has no field of its own: "prefix:name" by our own prefixes, and text. */
struct feed_extension {
	struct feed_text name;
	struct feed_text value;
};

/* In words that a publisher understands. */
struct feed_problem {
	uint32_t line; /* from 1; 0 where there is none */
	uint32_t column;
	struct feed_text words;
};

/* A subscription of an OPML list. */
struct feed_outline {
	struct feed_text title;
	struct feed_text url; /* as it stands in the list */
	struct feed_text site_url;
	struct feed_text description;
	struct feed_range tags;     /* of categories: term is the tag, "News/Linux" */
	struct feed_range settings; /* of extensions: name is a key of `feedctl set` */
};

/* Which digest of an item is which. */
enum feed_digest_kind {
	FEED_DIGEST_KEY,             /* K: id bytes, "link:"…, "enc:"… or "fp:"… */
	FEED_DIGEST_LINK,            /* the item's absolute link, exact */
	FEED_DIGEST_DATE,            /* the raw text of its date */
	FEED_DIGEST_TITLE,           /* its plain title */
	FEED_DIGEST_ALIAS_ID,        /* A1: an http(s) id, or the link where there is none,
				      * without scheme, www., trailing / */
	FEED_DIGEST_ALIAS_LINK,      /* A2: the link normalised */
	FEED_DIGEST_ALIAS_DATE,      /* A3: title and raw date; none if either is missing */
	FEED_DIGEST_ALIAS_ENCLOSURE, /* A4: the first enclosure's address */
	FEED_DIGEST_CONTENT,         /* what change detection compares */
	FEED_DIGEST_DETAILS,         /* what the item has besides: what the content's digest leaves
				      * out of the text, its time of change, its exact link, its
				      * summary, its own persons, its categories, attachments, … */
	FEED_DIGESTS
};

/* What K was made of. */
enum feed_key_kind { FEED_KEY_ID, FEED_KEY_LINK, FEED_KEY_ENCLOSURE, FEED_KEY_FINGERPRINT };

struct feed_item {
	struct feed_text guid; /* native id, trimmed; longer than 4 KiB: its digest in hex */
	struct feed_text url;
	struct feed_text external_url;
	struct feed_text unsafe_link;  /* the link where it is no http(s) one: text only */
	struct feed_text title;        /* plain text, one line */
	struct feed_text summary;      /* plain text */
	struct feed_text content_html; /* as sent, links absolute */
	struct feed_text content_text; /* as plain text; in JSON Feed it may stand beside HTML */
	struct feed_text image;
	struct feed_text language;
	struct feed_text rights;
	struct feed_text comments_url;
	struct feed_text date_raw; /* the date that counts, as sent */
	struct feed_text source_title;
	struct feed_text source_url;
	int64_t published_s;
	int64_t modified_s;
	struct feed_range authors;     /* of persons */
	struct feed_range categories;  /* of categories */
	struct feed_range attachments; /* of attachments */
	struct feed_range links;       /* of links: via, related, replies, … */
	struct feed_range extensions;  /* of extensions */
	struct feed_digest digests[FEED_DIGESTS];
	uint32_t key_kind; /* enum feed_key_kind */
	uint32_t position; /* in the document, from 0 */
};

struct feed_doc {
	uint32_t magic;
	uint32_t version;
	uint32_t size; /* of the whole block in bytes */
	uint32_t kind; /* enum feed_kind */
	uint32_t format;
	uint32_t flags;
	struct feed_text title;
	struct feed_text site_url;
	struct feed_text feed_url;     /* what the feed says of itself; shown, never followed */
	struct feed_text new_feed_url; /* itunes:new-feed-url; likewise */
	struct feed_text description;
	struct feed_text language;
	struct feed_text icon;
	struct feed_text image;
	struct feed_text rights;
	struct feed_text generator;
	struct feed_text id;
	struct feed_text hub;
	struct feed_text next_url;     /* RFC 5005 paged feeds, JSON Feed next_url */
	struct feed_text prev_archive; /* RFC 5005 archived feeds */
	struct feed_text encoding;     /* the one the bytes really had, WHATWG name */
	int64_t published_s;
	int64_t modified_s;
	int64_t ttl_s;       /* -1 unknown */
	int64_t sy_period_s; /* sy:updatePeriod over sy:updateFrequency; -1 unknown */
	uint32_t skip_hours; /* bit 0: 0 to 1 o'clock UTC, … bit 23 */
	uint32_t skip_days;  /* bit 0: Sunday, … bit 6 */
	struct feed_range authors;
	struct feed_range categories;
	struct feed_range links;
	struct feed_range extensions;
	struct feed_table items;
	struct feed_table persons;
	struct feed_table category_rows;
	struct feed_table attachments;
	struct feed_table link_rows;
	struct feed_table extension_rows;
	struct feed_table problems;
	struct feed_table outlines;
};

/*
 * Whether `size` bytes at `block` (aligned to 8) are a sound document: magic,
 * version and size, every table and range inside, every text inside, ended by
 * NUL, valid UTF-8 without NUL.  One pass, linear.  0, or -1 with
 * ERR_DAMAGED.  After it every accessor below is safe on any index < count.
 */
int feed_doc_check(const void *block, size_t size, struct err *err) MUST_USE;

/* A text's bytes, ended by NUL; "" where it is absent.  Lives as the block. */
const char *feed_doc_text(const struct feed_doc *doc, struct feed_text text);

static inline bool feed_text_present(struct feed_text text)
{
	return text.length != 0;
}

/* Whether it has an article, in either form; a summary is none. */
static inline bool feed_item_has_article(const struct feed_item *item)
{
	return item->content_html.length != 0 || item->content_text.length != 0;
}

bool feed_digest_present(const struct feed_digest *digest);
bool feed_digest_equal(const struct feed_digest *a, const struct feed_digest *b);

/* Whether the text is `other`, for which NULL is absent, too. */
bool feed_doc_is_text(const struct feed_doc *doc, struct feed_text text, const char *other);

/* Row `i` of the table; i < count is the caller's duty. */
const struct feed_item *feed_doc_item(const struct feed_doc *doc, uint32_t i);
const struct feed_person *feed_doc_person(const struct feed_doc *doc, uint32_t i);
const struct feed_category *feed_doc_category(const struct feed_doc *doc, uint32_t i);
const struct feed_attachment *feed_doc_attachment(const struct feed_doc *doc, uint32_t i);
const struct feed_link *feed_doc_link(const struct feed_doc *doc, uint32_t i);
const struct feed_extension *feed_doc_extension(const struct feed_doc *doc, uint32_t i);
const struct feed_problem *feed_doc_problem(const struct feed_doc *doc, uint32_t i);
const struct feed_outline *feed_doc_outline(const struct feed_doc *doc, uint32_t i);

/*
 * Who wrote the item: its own persons if an author is among them (RFC 4287,
 * 4.1.2 puts its source's there), else the feed's, as JSON Feed 1.1 and
 * RFC 4287, 4.2.1 say.  RSS says nothing of it and is read alike.  The range
 * holds contributors, too; feed_person_is_author() tells them apart.
 */
struct feed_range feed_doc_item_authors(const struct feed_doc *doc, const struct feed_item *item);
bool feed_person_is_author(const struct feed_doc *doc, const struct feed_person *person);

/*
 * Whether row i of a range of categories has a word that none before it has: its label,
 * or its term; the same may stand under several schemes.  Then *out_word is there.
 */
bool feed_doc_is_tag(const struct feed_doc *doc, struct feed_range range, uint32_t i,
	struct feed_text *out_word);

/* "rss20", "atom10", "jsonfeed11", …; static. */
const char *feed_format_name(enum feed_format format);

#endif
