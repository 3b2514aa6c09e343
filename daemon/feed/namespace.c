#include "daemon/feed/namespace.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct uri {
	enum xml_ns ns;
	size_t length;
	const char *text;
};

static const struct uri uris[] = {
#define NAMESPACE(id, prefix)
#define NAMESPACE_PREFIX(id, prefix)
#define NAMESPACE_URI(id, uri) { NS_##id, sizeof(uri) - 1, uri },
#include "daemon/feed/namespace.def"
#undef NAMESPACE
#undef NAMESPACE_PREFIX
#undef NAMESPACE_URI
};

static const char *const prefixes[] = {
#define NAMESPACE(id, prefix) [NS_##id] = prefix,
#define NAMESPACE_PREFIX(id, prefix)
#define NAMESPACE_URI(id, uri)
#include "daemon/feed/namespace.def"
#undef NAMESPACE
#undef NAMESPACE_PREFIX
#undef NAMESPACE_URI
};

static const struct {
	enum xml_ns ns;
	const char *prefix;
} others[] = {
#define NAMESPACE(id, prefix)
#define NAMESPACE_PREFIX(id, prefix) { NS_##id, prefix },
#define NAMESPACE_URI(id, uri)
#include "daemon/feed/namespace.def"
#undef NAMESPACE
#undef NAMESPACE_PREFIX
#undef NAMESPACE_URI
};

#define URI_COUNT (sizeof(uris) / sizeof(uris[0]))

enum xml_ns namespace_of_uri(const char *uri, size_t length)
{
	size_t i;

	if (length == 0)
		return NS_NONE;
	for (i = 0; i < URI_COUNT; i++)
		if (uris[i].length == length && strncasecmp(uris[i].text, uri, length) == 0)
			return uris[i].ns;
	return NS_UNKNOWN;
}

static bool is_same(const char *known, const char *prefix, size_t length)
{
	return strlen(known) == length && strncasecmp(known, prefix, length) == 0;
}

enum xml_ns namespace_of_prefix(const char *prefix, size_t length)
{
	size_t i;
	int ns;

	for (ns = 0; ns < NS_COUNT && length != 0; ns++)
		if (is_same(prefixes[ns], prefix, length))
			return (enum xml_ns)ns;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (is_same(others[i].prefix, prefix, length))
			return others[i].ns;
	return NS_UNKNOWN;
}

const char *namespace_uri(enum xml_ns ns)
{
	size_t i;

	for (i = 0; i < URI_COUNT && ns != NS_NONE; i++)
		if (uris[i].ns == ns)
			return uris[i].text;
	return "";
}

const char *namespace_prefix(enum xml_ns ns)
{
	return ns < NS_COUNT ? prefixes[ns] : "";
}
