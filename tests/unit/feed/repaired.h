#ifndef TESTS_UNIT_FEED_REPAIRED_H
#define TESTS_UNIT_FEED_REPAIRED_H

/*
 * For tests of the repair: text in, well-formed text out, and tables of both.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <expat.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/feed/build.h"
#include "daemon/feed/repair.h"

#define TEXT_MAX (64u << 20)

static bool is_well_formed(const char *xml, size_t length)
{
	XML_Parser parser = XML_ParserCreateNS("UTF-8", '\x1F');
	bool is = XML_Parse(parser, xml, (int)length, 1) == XML_STATUS_OK;

	if (!is)
		print_message("%s at line %lu column %lu\n",
			XML_ErrorString(XML_GetErrorCode(parser)), XML_GetCurrentLineNumber(parser),
			XML_GetCurrentColumnNumber(parser));
	XML_ParserFree(parser);
	return is;
}

/* The repaired text, the caller's to free(); *out_build too, if it is asked for. */
static char *repaired(const char *xml, struct build **out_build)
{
	struct feed_limits limits;
	struct build *build;
	struct buf out;
	struct err err;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_FEED, &limits);
	buf_init(&out, TEXT_MAX);
	if (repair_xml(xml, strlen(xml), &out, build, &err) < 0)
		fail_msg("%s", err.text);
	if (!is_well_formed(out.data, out.length))
		fail_msg("not well-formed: %s", out.data);
	if (out_build != NULL)
		*out_build = build;
	else
		build_free(build);
	return buf_take(&out, NULL);
}

struct sample {
	const char *broken;
	const char *mended;
};

static void check(const struct sample *samples, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		char *got = repaired(samples[i].broken, NULL);

		if (strcmp(got, samples[i].mended) != 0)
			fail_msg("sample %zu: %s\ngives %s\nnot   %s", i, samples[i].broken, got,
				samples[i].mended);
		free(got);
	}
}

#define CHECK(samples) check((samples), sizeof(samples) / sizeof((samples)[0]))

/* What stands in one item. */
#define ITEM(inside) "<rss><channel><item>" inside "</item></channel></rss>"

#endif
