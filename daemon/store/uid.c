#include "daemon/store/uid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/mem.h"

static const char *text_of(const char *text)
{
	return text != NULL ? text : "";
}

static const char *without_scheme(const char *url)
{
	const char *end = strstr(url, "://");

	return end != NULL ? end + strlen("://") : url;
}

void uid_of(const struct store_item *item, enum ident_policy policy, char out[UID_MAX])
{
	const char *name = item->guid != NULL ? item->guid : item->url;
	XXH128_hash_t hash;
	char *text;

	/* One with neither is known by all that it has. */
	if (name == NULL)
		policy = POLICIES - 1;
	/* No address has a line end: whatever a feed says, it is of that feed. */
	text = mem_printf("%s\n%s\n%s\n%" PRId64 "\n%s", without_scheme(text_of(item->feed_url)),
		text_of(name), policy >= POLICY_ID_LINK ? text_of(item->url) : "",
		policy >= POLICY_ID_LINK_DATE ? item->published_s : DATE_NONE,
		policy >= POLICY_ID_LINK_DATE_TITLE ? text_of(item->title) : "");
	hash = XXH3_128bits(text, strlen(text));
	free(text);
	snprintf(out, UID_MAX, "%016" PRIx64 "%016" PRIx64, hash.high64, hash.low64);
}
