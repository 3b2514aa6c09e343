#ifndef FEED_XML_H
#define FEED_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/namespace.h"

/*
 * Walks an XML document: expat with the dangerous parts left out, names looked
 * up once.  Knows namespaces and attributes, no feeds.
 *
 * The whole text is at hand, and is UTF-8 whatever its declaration says.
 * A DOCTYPE is passed over; an entity declaration ends the walk; nothing
 * external is ever read.  Handlers cannot reach the parser, so they cannot
 * re-enter it.
 */

#define XML_NOTES 12 /* of an xml_name, for the walker's user */

/* One for each distinct element name; lives as long as the walk. */
struct xml_name {
	enum xml_ns ns;              /* by URI, else by prefix */
	const char *local;           /* in ASCII lower case */
	const char *as_is;           /* the local name as it stands */
	const char *prefix;          /* our own for the namespace, else the document's */
	bool default_ns;             /* no prefix stood before it */
	const void *note[XML_NOTES]; /* NULL at first, the user's to set */
};

struct xml_element {
	struct xml_name *name;
	const char **attributes; /* as expat has them; see xml_attribute() */
};

/* What is walked. */
struct xml_input {
	const char *utf8;
	size_t length;
	struct buf *spent; /* what it is in, if it may be forgotten on the way; else NULL */
};

/* Called in document order.  Texts live until the handler returns; text comes
 * in pieces, with character references resolved. */
struct xml_handler {
	void (*start)(void *ctx, const struct xml_element *element);
	void (*end)(void *ctx, struct xml_name *name);
	void (*text)(void *ctx, const char *text, size_t length);
};

/* Where and how the walk ended. */
struct xml_end {
	uint32_t line; /* of the error, from 1; 0 without one */
	uint32_t column;
	size_t at; /* likewise, in bytes from 0 */
	bool root_closed;
	bool past_root; /* the error came after the root's end */
};

/*
 * Walk the whole input, in time linear in its length and with memory for its longest
 * tag or comment.  0, or -1 with ERR_SYNTAX where it is not well-formed,
 * ERR_ENTITY where it declares entities, ERR_TOO_BIG beyond depth_max open
 * elements; the handlers have then seen all before that place, and elements
 * still open are not ended.  *out_end is written in any case.  Of what may be
 * forgotten, what stands behind the place of an error is still there.
 */
int xml_walk(const struct xml_input *input, uint32_t depth_max, const struct xml_handler *handler,
	void *ctx, struct xml_end *out_end, struct err *err) MUST_USE;

/* The value of an attribute without a prefix (case does not count), or NULL.
 * One in the element's own namespace does as well where there is no other. */
const char *xml_attribute(const struct xml_element *element, const char *local);

/* The value of an attribute in a namespace, or NULL. */
const char *xml_attribute_ns(const struct xml_element *element, enum xml_ns ns, const char *local);

/*
 * The i-th attribute, from 0: 1, or 0 beyond the last.  *out_prefix is "" for
 * one without.
 */
int xml_attribute_at(const struct xml_element *element, size_t i, const char **out_prefix,
	const char **out_local, size_t *out_local_length, const char **out_value);

#endif
