#include "daemon/store/uid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/mem.h"

#define UID_TEXT 4096 /* bytes, as many as a key is made of */

static const char *text_of(const char *text)
{
	return text != NULL ? text : "";
}

static const char *without_scheme(const char *url)
{
	const char *end = strstr(url, "://");

	return end != NULL ? end + strlen("://") : url;
}

static const char *text_of_item(const struct store_item *item)
{
	if (text_of(item->content_html)[0] != '\0')
		return item->content_html;
	return text_of(item->content_text)[0] != '\0' ? item->content_text : text_of(item->summary);
}

/* Where the address of an item's first file ends in its JSON; its beginning, without one. */
static size_t file_length(const char *json)
{
	static const char before[] = "[{\"url\":\"";
	size_t at = sizeof(before) - 1;

	if (strncmp(json, before, at) != 0)
		return 0;
	while (json[at] != '\0' && json[at] != '"')
		at += json[at] == '\\' && json[at + 1] != '\0' ? 2 : 1;
	return at;
}

/* What tells an item from those of a feed whose ids can be trusted: as in its key, the
 * guid, else the link, the first file, or all that it says. */
static char *name_of(const struct store_item *item)
{
	const char *files = text_of(item->attachments_json);
	size_t length = file_length(files);

	if (item->guid != NULL)
		return mem_strdup(item->guid);
	if (item->url != NULL)
		return mem_printf("link:%s", item->url);
	if (length > 0)
		return mem_strndup(files, length);
	return mem_printf("%" PRId64 "\n%s\n%.*s", item->published_s, text_of(item->title),
		UID_TEXT, text_of_item(item));
}

void uid_of(const struct store_item *item, enum ident_policy policy, char out[UID_MAX])
{
	int64_t date_s = item->published_s != DATE_NONE ? item->published_s : item->modified_s;
	/* One that nobody can read is a date in the key; here the title stands for it. */
	enum ident_policy titled = date_s != DATE_NONE ? POLICY_ID_LINK_DATE_TITLE
						       : POLICY_ID_LINK_DATE;
	char *name = name_of(item), *text;
	XXH128_hash_t hash;

	/* No address has a line end: whatever a feed says, it is of that feed. */
	text = mem_printf("%s\n%s\n%s\n%" PRId64 "\n%s", without_scheme(text_of(item->feed_url)),
		name, policy >= POLICY_ID_LINK ? text_of(item->url) : "",
		policy >= POLICY_ID_LINK_DATE ? date_s : DATE_NONE,
		policy >= titled ? text_of(item->title) : "");
	hash = XXH3_128bits(text, strlen(text));
	free(name);
	free(text);
	snprintf(out, UID_MAX, "%016" PRIx64 "%016" PRIx64, hash.high64, hash.low64);
}
