#include "daemon/feed/namespace.h"

#include <string.h>
#include <strings.h>

struct uri {
	enum xml_ns ns;
	size_t length;
	const char *text;
};

static const struct uri uris[] = {
#define NAMESPACE(id, prefix)
#define NAMESPACE_URI(id, uri) { NS_##id, sizeof(uri) - 1, uri },
#include "daemon/feed/namespace.def"
#undef NAMESPACE
#undef NAMESPACE_URI
};

static const char *const prefixes[] = {
#define NAMESPACE(id, prefix) [NS_##id] = prefix,
#define NAMESPACE_URI(id, uri)
#include "daemon/feed/namespace.def"
#undef NAMESPACE
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

enum xml_ns namespace_of_prefix(const char *prefix, size_t length)
{
	int ns;

	for (ns = 0; ns < NS_COUNT && length != 0; ns++)
		if (strlen(prefixes[ns]) == length &&
			strncasecmp(prefixes[ns], prefix, length) == 0)
			return (enum xml_ns)ns;
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
