/*
 * OPML: a sound document; and what is written of it is read as the same one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/build.h"
#include "daemon/feed/opml.h"
#include "daemon/feed/opml_writer.h"
#include "daemon/feed/repair.h"

#define TEXT_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

static struct feed_doc *parse(const char *text, size_t length)
{
	struct feed_source source = { .url = "", .content_type = "", .content_location = "" };
	struct feed_limits limits;
	struct feed_doc *doc = NULL;
	struct build *build;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_OPML, &limits);
	if (opml_parse(&(struct xml_input){ text, length, NULL }, &source, &limits, build, NULL) ==
		0)
		require(build_finish(build, &doc, NULL) == 0);
	build_free(build);
	if (doc != NULL)
		require(feed_doc_check(doc, doc->size, NULL) == 0);
	return doc;
}

static const char *text_of(const struct feed_doc *doc, struct feed_text text)
{
	return feed_doc_text(doc, text);
}

static void write_row(
	struct opml_writer *writer, const struct feed_doc *doc, const struct feed_outline *o)
{
	const char **tags = MEM_ARRAY(o->tags.count + 1, const char *);
	struct opml_setting *settings = MEM_ARRAY(o->settings.count + 1, struct opml_setting);
	struct opml_row row = { text_of(doc, o->title), text_of(doc, o->url),
		text_of(doc, o->site_url), text_of(doc, o->description), tags, o->tags.count,
		settings, o->settings.count };
	uint32_t i;

	for (i = 0; i < o->tags.count; i++)
		tags[i] = text_of(doc, feed_doc_category(doc, o->tags.first + i)->term);
	for (i = 0; i < o->settings.count; i++) {
		const struct feed_extension *e = feed_doc_extension(doc, o->settings.first + i);

		settings[i] = (struct opml_setting){ text_of(doc, e->name),
			text_of(doc, e->value) };
	}
	require(opml_writer_row(writer, &row) == 0);
	free(tags);
	free(settings);
}

static struct feed_doc *written_and_read(const struct feed_doc *doc)
{
	struct opml_writer writer;
	struct feed_doc *again;
	struct buf out;
	uint32_t i;

	buf_init(&out, TEXT_MAX);
	opml_writer_init(&writer, &out);
	require(opml_writer_begin(&writer, text_of(doc, doc->title)) == 0);
	for (i = 0; i < doc->outlines.count; i++)
		write_row(&writer, doc, feed_doc_outline(doc, i));
	require(opml_writer_end(&writer) == 0);
	opml_writer_release(&writer);
	again = parse(out.data, out.length);
	buf_release(&out);
	return again;
}

static void require_same_text(const struct feed_doc *a, struct feed_text in_a,
	const struct feed_doc *b, struct feed_text in_b)
{
	require(strcmp(text_of(a, in_a), text_of(b, in_b)) == 0);
}

static void require_same(const struct feed_doc *a, const struct feed_doc *b)
{
	uint32_t i, k;

	require(a->outlines.count == b->outlines.count);
	for (i = 0; i < a->outlines.count; i++) {
		const struct feed_outline *x = feed_doc_outline(a, i), *y = feed_doc_outline(b, i);

		require_same_text(a, x->title, b, y->title);
		require_same_text(a, x->url, b, y->url);
		require_same_text(a, x->site_url, b, y->site_url);
		require_same_text(a, x->description, b, y->description);
		require(x->tags.count == y->tags.count && x->settings.count == y->settings.count);
		for (k = 0; k < x->tags.count; k++)
			require_same_text(a, feed_doc_category(a, x->tags.first + k)->term, b,
				feed_doc_category(b, y->tags.first + k)->term);
		for (k = 0; k < x->settings.count; k++)
			require_same_text(a, feed_doc_extension(a, x->settings.first + k)->value, b,
				feed_doc_extension(b, y->settings.first + k)->value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct feed_doc *doc, *again;
	struct buf repaired;

	if (!utf8_valid(text, size))
		return 0;
	buf_init(&repaired, TEXT_MAX);
	doc = parse(text, size);
	if (doc == NULL && repair_xml(text, size, &repaired, NULL, NULL) == 0)
		doc = parse(repaired.data, repaired.length);
	buf_release(&repaired);
	if (doc == NULL)
		return 0;
	again = written_and_read(doc);
	require(again != NULL);
	require_same(doc, again);
	free(again);
	free(doc);
	return 0;
}
