#ifndef TESTS_UNIT_FEED_JSON_PARSED_H
#define TESTS_UNIT_FEED_JSON_PARSED_H

/*
 * For tests of JSON Feed: text in, a checked document out.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/feed/build.h"
#include "daemon/feed/json_feed.h"

#define VERSION "\"version\":\"https://jsonfeed.org/version/1.1\""

/* 0 and a checked document, the caller's to free(); or -1. */
static int parse(const char *json, struct feed_doc **out_doc, struct err *err)
{
	struct feed_source source = { .body = json,
		.length = strlen(json),
		.url = "https://example.org/feeds/f.json",
		.content_type = "",
		.content_location = "" };
	struct feed_limits limits;
	struct build *build;
	int result;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_FEED, &limits);
	result = json_feed_parse(json, strlen(json), &source, &limits, build, err);
	if (result == 0)
		result = build_finish(build, out_doc, err);
	build_free(build);
	if (result == 0)
		assert_int_equal(feed_doc_check(*out_doc, (*out_doc)->size, err), 0);
	return result;
}

static struct feed_doc *parsed(const char *json)
{
	struct feed_doc *doc;
	struct err err;

	if (parse(json, &doc, &err) < 0)
		fail_msg("%s: %s", err.text, json);
	return doc;
}

static const char *text(const struct feed_doc *doc, struct feed_text t)
{
	return feed_doc_text(doc, t);
}

#endif
