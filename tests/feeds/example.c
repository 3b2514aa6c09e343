/*
 * The parser in a stranger's program: titles and links of a feed on standard
 * input.  It needs nothing of feedd but the layer `feed`.
 */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/feed/feed.h"

static char body[1 << 20];

int main(int argc, char **argv)
{
	struct feed_source source = { body, fread(body, 1, sizeof(body), stdin), false,
		argc > 1 ? argv[1] : "", "", "", NULL };
	struct feed_charsets *charsets = feed_charsets_open();
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;
	uint32_t i;

	feed_limits_default(&limits);
	if (feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &doc, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	for (i = 0; i < doc->items.count; i++)
		printf("%s\t%s\n", feed_doc_text(doc, feed_doc_item(doc, i)->title),
			feed_doc_text(doc, feed_doc_item(doc, i)->url));
	free(doc);
	feed_charsets_free(charsets);
	return 0;
}
