#ifndef TESTS_UNIT_FEED_HOSTILE_H
#define TESTS_UNIT_FEED_HOSTILE_H

#include <time.h>

#include "common/buf.h"
#include "tests/unit/feed/parsed.h"

/* For tests of what is too much: a text that is made piece by piece, and parsed soon. */

#define MEGABYTE (1024u * 1024u)

/* CPU seconds that nothing here may reach, sanitizers and slow machines
 * included; what is quadratic takes minutes. */
#define SOON_S 20.0

static struct buf text;

static inline void begin(const char *with)
{
	buf_release(&text);
	buf_init(&text, 64 * MEGABYTE);
	assert_int_equal(buf_add_text(&text, with), 0);
}

static inline void repeat(const char *what, size_t times)
{
	while (times-- > 0)
		assert_int_equal(buf_add_text(&text, what), 0);
}

static inline enum err_code outcome(struct feed_doc **out_doc)
{
	clock_t start = clock();
	struct feed_limits limits;
	struct err err = { ERR_NONE, "" };

	*out_doc = NULL;
	feed_limits_default(&limits);
	if (try_parse_bytes(text.data, text.length, &limits, out_doc, &err) == 0)
		err.code = ERR_NONE;
	assert_true((double)(clock() - start) / CLOCKS_PER_SEC < SOON_S);
	return err.code;
}

static inline int release(void **state)
{
	buf_release(&text);
	return close_charsets(state);
}

#endif
