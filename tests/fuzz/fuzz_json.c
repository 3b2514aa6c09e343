/*
 * JSON Feed: a sound document within the limits, the same one twice.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "daemon/feed/build.h"
#include "daemon/feed/json_feed.h"
#include "daemon/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

static struct feed_doc *parse(const char *text, size_t length, const struct feed_limits *limits)
{
	struct feed_source source = { .body = text,
		.length = length,
		.url = "https://example.org/feed.json",
		.content_type = "",
		.content_location = "" };
	struct build *build = build_new(FEED_KIND_FEED, limits);
	struct feed_doc *doc = NULL;

	if (json_feed_parse(text, length, &source, limits, build, NULL) == 0)
		require(build_finish(build, &doc, NULL) == 0);
	build_free(build);
	return doc;
}

static void require_sound(const struct feed_doc *doc, const struct feed_limits *limits)
{
	uint32_t i;

	require(feed_doc_check(doc, doc->size, NULL) == 0);
	require(doc->items.count <= limits->items_max);
	for (i = 0; i < doc->items.count; i++) {
		const struct feed_item *item = feed_doc_item(doc, i);

		require(item->url.length == 0 ||
			url_is_web(feed_doc_text(doc, item->url), item->url.length));
		require(item->authors.count <= limits->authors_max);
		require(item->title.length <= limits->title_max);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct feed_limits limits;
	struct feed_doc *first, *second;

	if (!utf8_valid(text, size))
		return 0;
	feed_limits_default(&limits);
	limits.items_max = 4;
	first = parse(text, size, &limits);
	second = parse(text, size, &limits);
	require((first == NULL) == (second == NULL));
	if (first != NULL) {
		require_sound(first, &limits);
		require(first->size == second->size && memcmp(first, second, first->size) == 0);
	}
	free(first);
	free(second);
	return 0;
}
