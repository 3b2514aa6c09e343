/*
 * Any bytes as an article: the strippers, the sanitizer and the reader keep
 * what their headers promise.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/html.h"
#include "common/strip.h"
#include "tests/support/html_check.h"

#define OUT_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds, const char *promise, const struct buf *out)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n%.*s\n", promise, (int)out->length, out->data);
	abort();
}

static bool same(const struct buf *one, const struct buf *other)
{
	return one->length == other->length && memcmp(one->data, other->data, one->length) == 0;
}

static void check_text(const char *html, size_t length)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	demand(strip_text(html, length, STRIP_LINES, &out) == 0, "text fits", &out);
	demand(text_is_calm(out.data, out.length, false), "text is calm", &out);
	buf_clear(&out);
	demand(strip_title(html, length, 100, &out) == 0, "title fits", &out);
	demand(out.length <= 100, "titles are short", &out);
	demand(text_is_calm(out.data, out.length, false), "titles are calm", &out);
	demand(memchr(out.data, '\n', out.length) == NULL, "titles are one line", &out);
	(void)strip_looks_like_html(html, length);
	buf_clear(&out);
	demand(strip_stray(html, length, &out) == 0, "what stays fits", &out);
	demand(out.length <= length, "nothing is added", &out);
	buf_release(&out);
}

static int keep_link(void *ctx, const char *url, size_t length, struct buf *out)
{
	(void)ctx;
	(void)out;
	return url[length] == '\0' ? 0 : -1;
}

static int put_link(void *ctx, const char *url, size_t length, struct buf *out)
{
	(void)ctx;
	(void)url;
	(void)length;
	return buf_add_text(out, "http://x/\"'<&") < 0 ? -1 : 1;
}

static void check_links(const char *html, size_t length)
{
	struct buf out, again;

	buf_init(&out, OUT_MAX);
	buf_init(&again, OUT_MAX);
	demand(strip_rewrite_links(html, length, keep_link, NULL, &out) == 0, "kept", &out);
	demand(out.length == length && memcmp(out.data, html, length) == 0,
		"without new links it is a copy", &out);
	buf_clear(&out);
	demand(strip_rewrite_links(html, length, put_link, NULL, &out) == 0, "put", &out);
	demand(strip_rewrite_links(out.data, out.length, put_link, NULL, &again) == 0, "again",
		&out);
	demand(same(&out, &again), "a second rewriting finds the same links", &again);
	buf_release(&out);
	buf_release(&again);
}

static void check_limit(const char *html, size_t length)
{
	struct buf out, again;

	buf_init(&out, OUT_MAX);
	buf_init(&again, OUT_MAX);
	demand(strip_limit(html, length, &out) == 0, "limited", &out);
	demand(strip_limit(out.data, out.length, &again) == 0, "limited again", &out);
	if (!same(&out, &again))
		fprintf(stderr, "once:  %s\n", out.data);
	demand(same(&out, &again), "limiting is a fixed point", &again);
	buf_release(&out);
	buf_release(&again);
}

static void check_sanitized(const char *html, size_t length)
{
	struct buf out, again;
	const char *fault;

	buf_init(&out, OUT_MAX);
	buf_init(&again, OUT_MAX);
	demand(html_sanitize(html, length, &out) == 0, "sanitised", &out);
	demand(text_is_calm(out.data, out.length, true), "HTML is calm", &out);
	fault = html_fault(out.data, out.length);
	demand(fault == NULL, fault, &out);
	demand(html_sanitize(out.data, out.length, &again) == 0, "sanitised again", &out);
	if (!same(&out, &again))
		fprintf(stderr, "once:  %s\n", out.data);
	demand(same(&out, &again), "sanitising is a fixed point", &again);
	buf_release(&out);
	buf_release(&again);
}

static void check_read(const char *html, size_t length, size_t width)
{
	struct html_text_options options = { .width = width };
	struct buf out;

	buf_init(&out, OUT_MAX);
	demand(html_to_text(html, length, &options, &out) == 0, "read", &out);
	demand(text_is_calm(out.data, out.length, false), "reading is calm", &out);
	demand(out.length == 0 || out.data[out.length - 1] == '\n', "the last line ends", &out);
	demand(strstr(out.data, " \n") == NULL, "no line ends in white space", &out);
	demand(out.data[0] != '\n', "it begins with text", &out);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *html = (const char *)data;

	check_text(html, size);
	check_links(html, size);
	check_limit(html, size);
	check_sanitized(html, size);
	check_read(html, size, 0);
	check_read(html, size, 30);
	return 0;
}
