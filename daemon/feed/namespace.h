#ifndef FEED_NAMESPACE_H
#define FEED_NAMESPACE_H

#include <stddef.h>

/*
 * Which XML namespace is meant: by URI, by the usual wrong URIs, and by prefix
 * where there is nothing better.  The list is namespace.def; this knows no
 * elements.
 */
enum xml_ns {
#define NAMESPACE(id, prefix) NS_##id,
#define NAMESPACE_PREFIX(id, prefix)
#define NAMESPACE_URI(id, uri)
#include "daemon/feed/namespace.def"
#undef NAMESPACE
#undef NAMESPACE_PREFIX
#undef NAMESPACE_URI
	NS_UNKNOWN,
	NS_COUNT = NS_UNKNOWN
};

/* The namespace a URI means; NS_NONE for "", NS_UNKNOWN for none of ours. */
enum xml_ns namespace_of_uri(const char *uri, size_t length);

/* The namespace that a prefix usually stands for; NS_UNKNOWN if there is none.
 * ASCII case does not count. */
enum xml_ns namespace_of_prefix(const char *prefix, size_t length);

/* The right URI, static; "" for NS_NONE and NS_UNKNOWN. */
const char *namespace_uri(enum xml_ns ns);

/* Our own prefix, static. */
const char *namespace_prefix(enum xml_ns ns);

#endif
