#ifndef TESTS_UNIT_FEED_CHARSETS_H
#define TESTS_UNIT_FEED_CHARSETS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/feed/charset.h"
#include "daemon/feed/feed.h"

/* For tests of encodings: what bytes say, decoded as those of a feed would be. */

#define TEXT_MAX (32u << 20)

static inline int set_up(void **state)
{
	*state = feed_charsets_open();
	return 0;
}

static inline int tear_down(void **state)
{
	feed_charsets_free(*state);
	return 0;
}

/* What `bytes` say in UTF-8, the caller's to free(). */
static inline char *decoded(struct feed_charsets *charsets, const char *bytes, size_t length,
	const char *content_type, const char **out_name)
{
	struct feed_source source = { .body = bytes,
		.length = length,
		.url = "",
		.content_type = content_type,
		.content_location = "" };
	struct buf out;
	struct err err;

	buf_init(&out, TEXT_MAX);
	if (charset_decode(charsets, &source, true, &out, out_name, NULL, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(utf8_valid(out.data, out.length));
	assert_memory_not_equal(out.length >= 3 ? out.data : "abc", "\xEF\xBB\xBF", 3);
	return buf_take(&out, NULL);
}

#endif
