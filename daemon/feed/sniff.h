#ifndef FEED_SNIFF_H
#define FEED_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A first look at a document: is it JSON, and what is its first element.  MIME
 * types are not asked; they are wrong too often.
 */

enum sniff_kind {
	SNIFF_XML, /* some element that is not one of the next two */
	SNIFF_HTML,
	SNIFF_OPML,
	SNIFF_TEXT /* no element at all */
};

struct sniff {
	enum sniff_kind kind;
	const char *root; /* the first element's name, in the text */
	size_t root_length;
	bool is_netscape; /* the doctype is that of Netscape's RSS 0.91 */
};

/* Of bytes in whatever encoding: whether the first character is JSON's. */
bool sniff_is_json(const char *bytes, size_t length);

/* Of the same: whether it is a string of JSON's with a document in it. */
bool sniff_is_json_string(const char *bytes, size_t length);

/* Of UTF-8 that begins with JSON: where the first value ends, `length` if nowhere. */
size_t sniff_behind_json(const char *text, size_t length);

/* Of UTF-8: where a JSON Feed begins that something stands before (a callback's
 * name, a comment, a warning); `length` if there is none. */
size_t sniff_find_json(const char *text, size_t length);

/* Of UTF-8: whether an Atom or RSS element stands in it, for those who wrap a
 * page's elements around their feed. */
bool sniff_holds_feed(const char *text, size_t length);

/*
 * Of UTF-8: where a feed stands that is the text of another document, escaped or
 * in CDATA, as a web service's answer ("<string>&lt;rss…") or a browser's view of
 * it ("<pre>") has it.  It must be the first text of all.
 */
bool sniff_find_inner(
	const char *text, size_t length, size_t *out_at, size_t *out_length, bool *out_escaped);

/* Of UTF-8: whether there is nothing but blanks. */
bool sniff_is_empty(const char *text, size_t length);

/* Of UTF-8: the first element behind declarations, comments and a doctype. */
struct sniff sniff_text(const char *text, size_t length);

/* Whether at or behind `at` an element of the first one's name begins, because
 * another document was appended, or an item, because what ended it was a slip. */
bool sniff_goes_on(const struct sniff *sniff, const char *at, const char *end);

#endif
