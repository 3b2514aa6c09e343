/*
 * How fast bytes become documents, beside raw expat on the same bytes in pieces
 * of 16 KiB, as they would come from a socket.
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

struct corpus {
	struct buf *bodies;
	size_t count;
	size_t bytes;
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

static double feed_all(const struct corpus *corpus, struct feed_charsets *charsets, size_t *items)
{
	double start = bench_cpu_s();
	struct feed_limits limits;
	size_t i;

	*items = 0;
	feed_limits_default(&limits);
	limits.extensions_max = limits.links_max = 0; /* as a worker is asked */
	for (i = 0; i < corpus->count; i++) {
		struct feed_source source = { corpus->bodies[i].data, corpus->bodies[i].length,
			false, "https://example.org/feed", "", "", NULL };
		struct feed_doc *doc = NULL;
		struct err err;

		if (feed_parse(charsets, FEED_KIND_FEED, &source, &limits, &doc, &err) < 0)
			continue;
		*items += doc->items.count;
		free(doc);
	}
	return bench_cpu_s() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct feed_charsets *charsets = feed_charsets_open();
	double expat[ROUNDS], feed[ROUNDS], ratio[ROUNDS];
	struct corpus corpus;
	size_t items = 0;
	double mb;
	int i;

	load(&corpus, argc, argv);
	mb = (double)corpus.bytes / 1e6;
	/* Interleaved, and compared round by round: machines drift. */
	for (i = 0; i < ROUNDS; i++) {
		expat[i] = expat_all(&corpus);
		feed[i] = feed_all(&corpus, charsets, &items);
		ratio[i] = expat[i] / feed[i];
	}
	qsort(expat, ROUNDS, sizeof(double), by_size);
	qsort(feed, ROUNDS, sizeof(double), by_size);
	qsort(ratio, ROUNDS, sizeof(double), by_size);
	bench_say("parse.bytes", mb, "MB");
	bench_say("parse.items", (double)items, "items");
	bench_say("parse.expat", mb / expat[ROUNDS / 2], "MB/s");
	bench_say("parse.feed", mb / feed[ROUNDS / 2], "MB/s");
	bench_say("parse.ratio", ratio[ROUNDS / 2], "of raw expat");
	bench_say("parse.peak", bench_peak_mb(), "MB");
	feed_charsets_free(charsets);
	for (i = 0; (size_t)i < corpus.count; i++)
		buf_release(&corpus.bodies[i]);
	free(corpus.bodies);
	return items == 0;
}
