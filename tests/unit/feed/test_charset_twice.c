#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "daemon/feed/charset.h"
#include "daemon/feed/feed.h"

/* UTF-8 that was encoded twice, in some items of a document and not in others. */

#define RIGHT "<item>à Noël, où ça été déjà vu, «été» à côté</item>"
#define RIGHT_ATOM "<entry>à Noël, où ça été déjà vu, «été» à côté</entry>"
#define TWICE(tag)                                                                                 \
	"<" tag                                                                                    \
	">d\u00c3\u00a9j\u00c3\u00a0 vu \u00e2\u20ac\u201c d\u00c3\u00a9j\u00c3\u00a0</" tag ">"
#define ONCE(tag) "<" tag ">déjà vu – déjà</" tag ">"
#define LONG_TWICE                                                                                 \
	"<item>d\u00c3\u00a9j\u00c3\u00a0 \u00c3\u00a9t\u00c3\u00a9 d\u00c3\u00a9j\u00c3\u00a0 "   \
	"\u00c3\u00a9t\u00c3\u00a9 d\u00c3\u00a9j\u00c3\u00a0 \u00c3\u00a9t\u00c3\u00a9</item>"
#define LONG_ONCE "<item>déjà été déjà été déjà été</item>"
/* What it means, for it has the other, too. */
#define ABOUT                                                                                       \
	"<item>not d\u00c3\u00a9j\u00c3\u00a0 and d\u00c3\u00a9j\u00c3\u00a0 \u00c3\u00a9t\u00c3"   \
	"\u00a9 d\u00c3\u00a9j\u00c3\u00a0 \u00c3\u00a9t\u00c3\u00a9 \u00c3\u00a9 but déjà été" \
	"</item>"
#define FEW "<item>not don\u00e2\u20ac\u2122t, I\u00e2\u20ac\u2122m, you\u00e2\u20ac\u2122re</item>"

static const struct {
	const char *given, *wanted;
} documents[] = {
	{ "<rss>" TWICE("item") TWICE("item") "</rss>",
		"<rss>" ONCE("item") ONCE("item") "</rss>" },
	/* One that is right changes nothing, wherever it stands. */
	{ "<rss>" RIGHT TWICE("item") TWICE("item") "</rss>",
		"<rss>" RIGHT ONCE("item") ONCE("item") "</rss>" },
	{ "<rss>" TWICE("item") RIGHT TWICE("item") "</rss>",
		"<rss>" ONCE("item") RIGHT ONCE("item") "</rss>" },
	{ "<feed>" TWICE("entry") RIGHT_ATOM TWICE("entry") "</feed>",
		"<feed>" ONCE("entry") RIGHT_ATOM ONCE("entry") "</feed>" },
	{ "<rss>" LONG_TWICE RIGHT "</rss>", "<rss>" LONG_ONCE RIGHT "</rss>" },
	/* One alone may be about it. */
	{ "<rss>" RIGHT FEW RIGHT "</rss>", "<rss>" RIGHT FEW RIGHT "</rss>" },
	{ "<rss>" RIGHT ABOUT "</rss>", "<rss>" RIGHT ABOUT "</rss>" },
	{ "<rss>" RIGHT TWICE("item") "</rss>", "<rss>" RIGHT TWICE("item") "</rss>" },
	{ "<rss>" RIGHT "</rss>", "<rss>" RIGHT "</rss>" },
};

static void an_item_hangs_on_none_beside_it(void **state)
{
	struct feed_charsets *charsets = feed_charsets_open();
	struct buf out;
	struct err err;
	const char *name;
	size_t i;

	(void)state;
	buf_init(&out, 1 << 20);
	for (i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		struct feed_source source = { .body = documents[i].given,
			.length = strlen(documents[i].given),
			.url = "",
			.content_type = "",
			.content_location = "" };
		size_t at;

		buf_clear(&out);
		assert_int_equal(
			charset_decode(charsets, &source, true, &out, &name, NULL, &err), 0);
		assert_string_equal(out.data, documents[i].wanted);
		assert_int_equal(charset_is_plain(&source, true, &at),
			strcmp(documents[i].given, documents[i].wanted) == 0);
	}
	buf_release(&out);
	feed_charsets_free(charsets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_hangs_on_none_beside_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
