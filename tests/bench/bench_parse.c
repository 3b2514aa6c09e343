/*
 * How fast bytes become documents, beside raw expat on the same bytes in pieces
 * of 16 KiB, as they would come from a socket; and the same documents with a
 * stray '&' at their very end, so that they are read, repaired and read again.
 *
 * usage: bench_parse [FEEDS]			generated feeds (1000)
 *        bench_parse FILE...			these files
 */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/feed/feed.h"
#include "tests/bench/bench.h"
#include "tests/bench/generate.h"

#define PIECE 16384
#define ROUNDS 5
#define STRAY " & "

struct corpus {
	struct buf *bodies;
	size_t count;
	size_t bytes;
};

struct counts {
	size_t items;
	size_t repaired; /* documents */
};

static void read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	size_t n;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	do {
		if (buf_reserve(out, 65536) < 0)
			exit(1);
		n = fread(out->data + out->length, 1, 65536, file);
		buf_grown(out, n);
	} while (n > 0);
	fclose(file);
}

static void load(struct corpus *corpus, int argc, char **argv)
{
	char *end = NULL;
	unsigned long count = argc > 1 ? strtoul(argv[1], &end, 10) : 1000;
	bool files = argc > 1 && *end != '\0';
	size_t i;

	corpus->count = files ? (size_t)argc - 1 : count;
	corpus->bodies = MEM_ARRAY(corpus->count, struct buf);
	corpus->bytes = 0;
	for (i = 0; i < corpus->count; i++) {
		buf_init(&corpus->bodies[i], 64u << 20);
		if (files)
			read_file(argv[i + 1], &corpus->bodies[i]);
		else
			generate_feed(i, 0, &corpus->bodies[i]);
		corpus->bytes += corpus->bodies[i].length;
	}
}

/* Where the root's end tag begins. */
static size_t last_tag(const struct buf *body)
{
	size_t at = body->length;

	while (at > 1 && memcmp(body->data + at - 2, "</", 2) != 0)
		at--;
	return at > 1 ? at - 2 : body->length;
}

/* Damage where it costs most: all that was read before it was in vain. */
static void damage(struct corpus *corpus)
{
	size_t i, at;

	for (i = 0; i < corpus->count; i++) {
		struct buf *body = &corpus->bodies[i];

		at = last_tag(body);
		if (buf_add_text(body, STRAY) < 0)
			exit(1);
		memmove(body->data + at + strlen(STRAY), body->data + at,
			body->length - strlen(STRAY) - at);
		memcpy(body->data + at, STRAY, strlen(STRAY));
	}
}

static void mend(struct corpus *corpus)
{
	size_t i, at;

	for (i = 0; i < corpus->count; i++) {
		struct buf *body = &corpus->bodies[i];

		at = last_tag(body);
		memmove(body->data + at - strlen(STRAY), body->data + at, body->length - at);
		buf_cut(body, body->length - strlen(STRAY));
	}
}

static void on_start(void *ctx, const XML_Char *name, const XML_Char **atts)
{
	(void)ctx, (void)name, (void)atts;
}

static void on_end(void *ctx, const XML_Char *name)
{
	(void)ctx, (void)name;
}

static void on_text(void *ctx, const XML_Char *text, int length)
{
	(void)ctx, (void)text, (void)length;
}

static void expat_one(const struct buf *body)
{
	XML_Parser parser = XML_ParserCreateNS(NULL, '\x1f');
	size_t at, n;

	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	for (at = 0; at < body->length; at += n) {
		n = body->length - at < PIECE ? body->length - at : PIECE;
		if (XML_Parse(parser, body->data + at, (int)n, at + n == body->length) ==
			XML_STATUS_ERROR)
			break;
	}
	XML_ParserFree(parser);
}

static double expat_all(const struct corpus *corpus)
{
	double start = bench_cpu_s();
	size_t i;

	for (i = 0; i < corpus->count; i++)
		expat_one(&corpus->bodies[i]);
	return bench_cpu_s() - start;
}

static double feed_all(
	const struct corpus *corpus, struct feed_charsets *charsets, struct counts *out_counts)
{
	double start = bench_cpu_s();
	struct feed_limits limits;
	size_t i;

	memset(out_counts, 0, sizeof(*out_counts));
	feed_limits_default(&limits);
	limits.extensions_max = limits.links_max = 0; /* as a worker is asked */
	for (i = 0; i < corpus->count; i++) {
		struct feed_source source = { corpus->bodies[i].data, corpus->bodies[i].length,
			false, "https://example.org/feed", "", "", NULL };
		struct feed_doc *doc = NULL;
		struct err err;

		if (feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &doc, &err) < 0)
			continue;
		out_counts->items += doc->items.count;
		out_counts->repaired += (doc->flags & FEED_RECOVERED) != 0;
		free(doc);
	}
	return bench_cpu_s() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double values[ROUNDS])
{
	qsort(values, ROUNDS, sizeof(double), by_size);
	return values[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	struct feed_charsets *charsets = feed_charsets_open();
	double expat[ROUNDS], feed[ROUNDS], ratio[ROUNDS], mended[ROUNDS], mended_ratio[ROUNDS];
	struct corpus corpus;
	struct counts counts, mended_counts;
	double mb;
	int i;

	mem_keep(2 << 20); /* as a worker does */
	load(&corpus, argc, argv);
	mb = (double)corpus.bytes / 1e6;
	/* Interleaved, and compared round by round: machines drift. */
	for (i = 0; i < ROUNDS; i++) {
		expat[i] = expat_all(&corpus);
		feed[i] = feed_all(&corpus, charsets, &counts);
		damage(&corpus);
		mended[i] = feed_all(&corpus, charsets, &mended_counts);
		mend(&corpus);
		ratio[i] = expat[i] / feed[i];
		mended_ratio[i] = expat[i] / mended[i];
	}
	bench_say("parse.bytes", mb, "MB");
	bench_say("parse.items", (double)counts.items, "items");
	bench_say("parse.expat", mb / median(expat), "MB/s");
	bench_say("parse.feed", mb / median(feed), "MB/s");
	bench_say("parse.ratio", median(ratio), "of raw expat");
	bench_say("parse.mended", mb / median(mended), "MB/s");
	bench_say("parse.mended.ratio", median(mended_ratio), "of raw expat");
	bench_say("parse.mended.count", (double)mended_counts.repaired, "documents");
	bench_say("parse.peak", bench_peak_mb(), "MB");
	feed_charsets_free(charsets);
	for (i = 0; (size_t)i < corpus.count; i++)
		buf_release(&corpus.bodies[i]);
	free(corpus.bodies);
	return counts.items == 0 || mended_counts.items != counts.items;
}
