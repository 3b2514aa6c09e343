/*
 * The feeds of an HTML page: web addresses, each once, within the limits.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "daemon/feed/build.h"
#include "daemon/feed/discover.h"
#include "daemon/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *html = (const char *)data;
	struct feed_source source = {
		.url = "https://example.org/a/page?x", .content_type = "", .content_location = ""
	};
	struct feed_limits limits;
	struct feed_doc *doc;
	struct build *build;
	uint32_t i, k;

	if (!utf8_valid(html, size))
		return 0;
	feed_limits_default(&limits);
	build = build_new(FEED_KIND_PAGE, &limits);
	if (discover_page(html, size, &source, &limits, build, NULL) < 0)
		goto done;
	require(build_finish(build, &doc, NULL) == 0);
	require(feed_doc_check(doc, doc->size, NULL) == 0);
	require(doc->links.count <= limits.links_max);
	for (i = 0; i < doc->links.count; i++) {
		const struct feed_link *a = feed_doc_link(doc, doc->links.first + i);
		const char *url = feed_doc_text(doc, a->url);

		require(url_is_web(url, a->url.length));
		require(strchr(url, '#') == NULL);
		for (k = 0; k < i; k++)
			require(strcmp(url,
					feed_doc_text(doc,
						feed_doc_link(doc, doc->links.first + k)->url)) !=
				0);
	}
	free(doc);
done:
	build_free(build);
	return 0;
}
