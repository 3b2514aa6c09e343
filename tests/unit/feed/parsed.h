#ifndef TESTS_UNIT_FEED_PARSED_H
#define TESTS_UNIT_FEED_PARSED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/feed/feed.h"

/*
 * Parsing in tests: from a string to a document that was checked.
 */

#define BASE "https://example.org/blog/feed.xml"

static struct feed_charsets *charsets;

static int open_charsets(void **state)
{
	(void)state;
	charsets = feed_charsets_open();
	return 0;
}

static int close_charsets(void **state)
{
	(void)state;
	feed_charsets_free(charsets);
	return 0;
}

static int try_parse_bytes(const char *body, size_t length, const struct feed_limits *limits,
	struct feed_doc **out_doc, struct err *err)
{
	struct feed_source source = { body, length, false, BASE, "", "", NULL };
	struct err unsound;
	int result = feed_parse(charsets, FEED_KIND_FEED, &source, limits, out_doc, err);

	if (result == 0 && feed_doc_check(*out_doc, (*out_doc)->size, &unsound) < 0)
		fail_msg("%s", unsound.text);
	return result;
}

/* The code of the error, or ERR_NONE. */
static inline enum err_code error_of(const char *body)
{
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;

	feed_limits_default(&limits);
	if (try_parse_bytes(body, strlen(body), &limits, &doc, &err) < 0)
		return err.code;
	free(doc);
	return ERR_NONE;
}

/* The document, the caller's to free(). */
static inline struct feed_doc *parsed(const char *body)
{
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;

	feed_limits_default(&limits);
	if (try_parse_bytes(body, strlen(body), &limits, &doc, &err) < 0)
		fail_msg("%s", err.text);
	return doc;
}

#define RSS(inner)                                                                                 \
	"<rss version='2.0'" NAMESPACES "><channel><title>t</title>" inner "</channel></rss>"
#define ITEM(inner) RSS("<item>" inner "</item>")
#define ATOM(inner) "<feed xmlns='http://www.w3.org/2005/Atom'" NAMESPACES ">" inner "</feed>"
#define ENTRY(inner) ATOM("<entry>" inner "</entry>")
#define NAMESPACES                                                                                 \
	" xmlns:content='http://purl.org/rss/1.0/modules/content/'"                                \
	" xmlns:dc='http://purl.org/dc/elements/1.1/'"                                             \
	" xmlns:media='http://search.yahoo.com/mrss/'"                                             \
	" xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"                               \
	" xmlns:atom='http://www.w3.org/2005/Atom'"                                                \
	" xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"                           \
	" xmlns:podcast='https://podcastindex.org/namespace/1.0'"                                  \
	" xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"

/* A text of the document or of its first item. */
#define DOC_TEXT(doc, field) feed_doc_text(doc, (doc)->field)
#define ITEM_TEXT(doc, field) feed_doc_text(doc, feed_doc_item(doc, 0)->field)

/* That the first item of `body` has this in a field. */
#define assert_item(body, field, expected)                                                         \
	do {                                                                                       \
		struct feed_doc *doc_ = parsed(body);                                              \
                                                                                                   \
		assert_true(doc_->items.count > 0);                                                \
		assert_string_equal(ITEM_TEXT(doc_, field), expected);                             \
		free(doc_);                                                                        \
	} while (0)

#define assert_doc(body, field, expected)                                                          \
	do {                                                                                       \
		struct feed_doc *doc_ = parsed(body);                                              \
                                                                                                   \
		assert_string_equal(DOC_TEXT(doc_, field), expected);                              \
		free(doc_);                                                                        \
	} while (0)

#define RUN(tests) cmocka_run_group_tests(tests, open_charsets, close_charsets)

#endif
