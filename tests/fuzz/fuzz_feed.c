/*
 * Any bytes as a feed: an error, or a sound document within its limits, and
 * the same one a second time, from a body that the parser may give up.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "daemon/feed/feed.h"

static struct feed_charsets *charsets;

static void check_limits(const struct feed_doc *doc, const struct feed_limits *limits)
{
	uint32_t i;

	assert(doc->items.count <= limits->items_max);
	assert(doc->problems.count <= limits->problems_max);
	for (i = 0; i < doc->items.count; i++) {
		const struct feed_item *item = feed_doc_item(doc, i);

		assert(item->title.length <= limits->title_max);
		assert(item->guid.length <= limits->link_max);
		assert(item->url.length <= limits->link_max);
		assert(item->content_html.length <= limits->content_max);
		assert(item->categories.count <= limits->categories_max);
		assert(item->attachments.count <= limits->attachments_max);
		assert(item->authors.count <= limits->authors_max);
		assert(item->extensions.count <= limits->extensions_max);
		assert(feed_digest_present(&item->digests[FEED_DIGEST_KEY]));
	}
}

static void check_title(const struct feed_doc *doc, struct feed_text title)
{
	const char *text = feed_doc_text(doc, title);
	size_t at = 0;
	uint32_t rune;

	while (at < title.length) {
		at += utf8_decode(text + at, title.length - at, &rune);
		assert(!utf8_is_unsafe(rune));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_source source = { (const char *)data, size, false, "https://example.org/f", "",
		"", NULL };
	struct feed_limits limits;
	struct feed_doc *one, *two;
	struct buf owner;
	struct err err;
	uint32_t i;

	if (charsets == NULL)
		charsets = feed_charsets_open();
	feed_limits_default(&limits);
	/* Small enough that inputs of a fuzzer's size can reach them. */
	limits.items_max = 10;
	limits.title_max = 64;
	limits.content_max = 1024;
	limits.categories_max = limits.attachments_max = limits.extensions_max = 4;
	limits.authors_max = 2;
	buf_init(&owner, size);
	assert(buf_add(&owner, data, size) == 0);
	if (feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &one, &err) < 0) {
		assert(err.code != ERR_NONE && err.text[0] != '\0');
		source.body = owner.data;
		source.body_owner = &owner;
		assert(feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &two, NULL) < 0);
		buf_release(&owner);
		return 0;
	}
	assert(feed_doc_check(one, one->size, &err) == 0);
	check_limits(one, &limits);
	for (i = 0; i < one->items.count; i++)
		check_title(one, feed_doc_item(one, i)->title);
	source.body = owner.data;
	source.body_owner = &owner;
	assert(feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &two, &err) == 0);
	assert(owner.length == 0);
	assert(one->size == two->size && memcmp(one, two, one->size) == 0);
	free(one);
	free(two);
	return 0;
}
