/*
 * Broken XML to well-formed XML: expat must take whatever comes out, and so
 * must the repair itself.
 */
#include <expat.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "daemon/feed/build.h"
#include "daemon/feed/repair.h"

#define TEXT_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

static void require_well_formed(const struct buf *xml)
{
	XML_Parser parser = XML_ParserCreateNS("UTF-8", '\x1F');

	require(XML_Parse(parser, xml->data, (int)xml->length, 1) == XML_STATUS_OK);
	XML_ParserFree(parser);
}

/* Repair takes valid UTF-8 only. */
static void copy_valid(struct buf *to, const char *text, size_t length)
{
	uint32_t rune;
	size_t i, n;

	for (i = 0; i < length; i += n) {
		n = utf8_decode(text + i, length - i, &rune);
		require(buf_add_rune(to, rune) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed_limits limits;
	struct buf text, once, twice;
	struct feed_doc *doc;
	struct build *build;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_FEED, &limits);
	buf_init(&text, TEXT_MAX);
	buf_init(&once, TEXT_MAX);
	buf_init(&twice, TEXT_MAX);
	copy_valid(&text, (const char *)data, size);
	if (repair_xml(text.data, text.length, &once, build, NULL) == 0) {
		require_well_formed(&once);
		require(utf8_valid(once.data, once.length));
		require(once.length <= text.length * 8 + 65536);
		require(repair_xml(once.data, once.length, &twice, NULL, NULL) == 0);
		require_well_formed(&twice);
	} else {
		require(once.length == 0);
	}
	require(build_finish(build, &doc, NULL) == 0);
	require(feed_doc_check(doc, doc->size, NULL) == 0);
	free(doc);
	build_free(build);
	buf_release(&text);
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
