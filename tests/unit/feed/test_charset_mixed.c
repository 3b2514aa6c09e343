/*
 * UTF-8 with bytes of windows-1252 between, and with what was cut: the one is read,
 * the other marked, and neither is taken for a third encoding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "daemon/feed/charset.h"
#include "daemon/feed/feed.h"

#define BAD "\xEF\xBF\xBD"

/* Each is the text of an item, as often as is said. */
struct mixture {
	const char *good;
	size_t goods;
	const char *bad;
	const char *name;      /* of the encoding */
	const char *good_text; /* what becomes of them */
	const char *bad_text;
};

static void check_mixture(
	struct feed_charsets *charsets, const struct mixture *m, const char *claim)
{
	struct feed_source source = { .url = "", .content_type = "", .content_location = "" };
	struct buf in, out, want;
	const char *name;
	struct err err;
	size_t i;

	buf_init(&in, 1 << 20);
	buf_init(&out, 1 << 20);
	buf_init(&want, 1 << 20);
	assert_int_equal(buf_printf(&in, "<?xml version='1.0'%s?>", claim), 0);
	assert_int_equal(buf_printf(&want, "<?xml version='1.0'%s?>", claim), 0);
	for (i = 0; i < m->goods; i++) {
		assert_int_equal(buf_printf(&in, "<t>%s</t>", m->good), 0);
		assert_int_equal(buf_printf(&want, "<t>%s</t>", m->good_text), 0);
	}
	assert_int_equal(buf_printf(&in, "<t>%s</t>", m->bad), 0);
	assert_int_equal(buf_printf(&want, "<t>%s</t>", m->bad_text), 0);
	source.body = in.data;
	source.length = in.length;
	if (charset_decode(charsets, &source, true, &out, &name, NULL, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(utf8_valid(out.data, out.length));
	if (strcmp(name, m->name) != 0 || strcmp(out.data, want.data) != 0)
		fail_msg("%zu of \"%s\": %s \"%s\", not %s \"%s\"", m->goods, m->good_text, name,
			out.data, m->name, want.data);
	buf_release(&in);
	buf_release(&out);
	buf_release(&want);
}

static void check_mixtures(
	struct feed_charsets *charsets, const struct mixture *mixtures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		check_mixture(charsets, &mixtures[i], " encoding='utf-8'");
		check_mixture(charsets, &mixtures[i], "");
	}
}

#define CHECK(mixtures)                                                                            \
	do {                                                                                       \
		struct feed_charsets *charsets = feed_charsets_open();                             \
                                                                                                   \
		(void)state;                                                                       \
		check_mixtures(charsets, (mixtures), sizeof(mixtures) / sizeof((mixtures)[0]));    \
		feed_charsets_free(charsets);                                                      \
	} while (0)

#define FRENCH                                                                                     \
	"\x93it\x92s\x94 \x96 d\xE9j\xE0 \xE9t\xE9 Orl\xE9"                                        \
	"ans o\xF9 \xE7"                                                                           \
	"a"
#define FRENCH_TEXT "“it’s” – déjà été Orléans où ça"

static void bytes_of_windows_1252_are_read_among_utf8(void **state)
{
	static const struct mixture mixtures[] = {
		{ "Café é", 20, FRENCH, "UTF-8", "Café é", FRENCH_TEXT },
		{ "Café é", 3, FRENCH, "UTF-8", "Café é", FRENCH_TEXT },
		{ "Café é", 1, FRENCH, "UTF-8", "Café é", FRENCH_TEXT },
		{ "It’s", 5, "caf\xE9", "UTF-8", "It’s", "café" },
		{ "It’s", 5, "\x81 \x8D \x8F \x90 \x9D", "UTF-8", "It’s",
			BAD " " BAD " " BAD " " BAD " " BAD },
		{ "Dzień dobry", 9, "It\x92s \x80 5", "UTF-8", "Dzień dobry", "It’s € 5" },
		{ "été\x92s", 9, "x", "UTF-8", "été’s", "x" },
		{ "Новости дня", 9,
			"It\x92s \xAB"
			"5\xBB",
			"UTF-8", "Новости дня", "It’s «5»" },
		{ "今天的中文", 9, "It\x92s", "UTF-8", "今天的中文", "It’s" },
	};

	CHECK(mixtures);
}

static void what_was_cut_is_marked(void **state)
{
	static const struct mixture mixtures[] = {
		{ "Café é", 20, "caf\xC3", "UTF-8", "Café é", "caf" BAD },
		{ "Café é", 20, "it\xE2\x80", "UTF-8", "Café é", "it" BAD },
		{ "Café é", 20, "\xF0\x9F\x98!", "UTF-8", "Café é", BAD "!" },
		{ "Café é", 20, "éé\xE2", "UTF-8", "Café é", "éé" BAD },
		{ "Новости дня", 9, "Новост\xD0", "UTF-8", "Новости дня", "Новост" BAD },
		{ "Новости дня", 9, "\xFF \xE9t\xE9", "UTF-8", "Новости дня", BAD " " BAD "t" BAD },
		{ "今天的中文", 9, "中\xE6\x96", "UTF-8", "今天的中文", "中" BAD },
	};

	CHECK(mixtures);
}

/* "É»" and "é »" with a blank that does not break are UTF-8, by chance. */
static void chance_is_no_utf8(void **state)
{
	static const struct mixture mixtures[] = {
		{ "\xAB ACTUALIT\xC9\xBB d\xE9j\xE0", 5, "\xE9t\xE9", "windows-1252",
			"« ACTUALITÉ» déjà", "été" },
		{ "\xAB\xA0"
		  "dou\xE9\xA0\xBB, \xE0 haut",
			5, "\xE9t\xE9", "windows-1252", "«\u00A0doué\u00A0», à haut", "été" },
	};

	CHECK(mixtures);
}

/* A letter and the sign behind it are two bytes of windows-1252 that are one character
 * of UTF-8, however often. */
static void a_letter_and_a_sign_are_no_utf8_where_something_else_is_declared(void **state)
{
	static const struct {
		const char *claim;
		struct mixture mixture;
	} rows[] = {
		{ " encoding='iso-8859-1'", { "NESCAF\xC9\xAE", 12, "12 \xC5\xB2", "windows-1252",
						    "NESCAFÉ®", "12 Å²" } },
		{ " encoding='iso-8859-1'",
			{ "2\xD7\xBD inch", 1, "x", "windows-1252", "2×½ inch", "x" } },
		{ " encoding='windows-1252'",
			{ "Spa\xDF\x85", 1, "mu\xDF\x85", "windows-1252", "Spaß…", "muß…" } },
		{ " encoding='windows-1252'",
			{ "NESCAF\xC9\xAE", 40, "caf\xE9", "windows-1252", "NESCAFÉ®", "café" } },
		{ " encoding='windows-1252'",
			{ "dou\xE9\xA0\xBB", 2, "x", "windows-1252", "doué\u00A0»", "x" } },
		{ " encoding='windows-1250'",
			{ "CAF\xC9\xAE", 12, "x", "windows-1250", "CAFÉ®", "x" } },
		{ " encoding='iso-8859-2'",
			{ "CAF\xC9\x85", 12, "x", "windows-1250", "CAFÉ…", "x" } },
		{ " encoding='gbk'", { "\xCD\xA8", 12, "\xCD\xA8\xD6\xAA", "GBK", "通", "通知" } },
		/* These are. */
		{ " encoding='iso-8859-1'", { "ł", 1, "x", "UTF-8", "ł", "x" } },
		{ " encoding='iso-8859-1'", { "it’s", 1, "x", "UTF-8", "it’s", "x" } },
		{ " encoding='iso-8859-1'", { "NESCAFÉ®", 1, "x", "UTF-8", "NESCAFÉ®", "x" } },
		{ " encoding='iso-8859-1'", { "Έξι", 1, "x", "UTF-8", "Έξι", "x" } },
		{ " encoding='iso-8859-1'", { "5 μm", 1, "x", "UTF-8", "5 μm", "x" } },
		{ " encoding='windows-1251'", { "it’s", 4, "x", "UTF-8", "it’s", "x" } },
		{ " encoding='gbk'", { "Новости", 2, "x", "UTF-8", "Новости", "x" } },
		{ " encoding='gbk'", { "it’s", 8, "x", "UTF-8", "it’s", "x" } },
	};
	struct feed_charsets *charsets = feed_charsets_open();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_mixture(charsets, &rows[i].mixture, rows[i].claim);
	feed_charsets_free(charsets);
}

static void a_letter_and_a_sign_are_not_encoded_twice(void **state)
{
	static const struct mixture mixtures[] = {
		{ "NESCAFÉ®", 12, "POKÉ™", "UTF-8", "NESCAFÉ®", "POKÉ™" },
		{ "Spaß…", 1, "muß… Fuß…", "UTF-8", "Spaß…", "muß… Fuß…" },
		{ "12 Å² 3 Å³", 3, "2×½", "UTF-8", "12 Å² 3 Å³", "2×½" },
		/* These are. */
		{ "NESCAF\u00c3\u2030\u00c2\u00ae", 3, "x", "UTF-8", "NESCAFÉ®", "x" },
		{ "\u00c4\u2026 \u00c5\u201a\u00c4\u2026 \u00c5\u203ay", 1, "\u00c5\u0161", "UTF-8",
			"ą łą śy", "Ś" },
	};

	CHECK(mixtures);
}

static void another_encoding_is_guessed_as_before(void **state)
{
	static const struct mixture mixtures[] = {
		{ "\xEE\xCF\xD7\xCF\xD3\xD4\xC9 \xC4\xCE\xD1 \xC9 \xCD\xC9\xD2\xC1", 9, "x",
			"KOI8-R", "Новости дня и мира", "x" },
		{ "\xBD\xF1\xCC\xEC\xB5\xC4\xD6\xD0\xCE\xC4 \xC4\xA3\xCA\xBD "
		  "\xD0\xC2\xCE\xC5\xCA\xC7\xD5\xE2\xD1\xF9\xB5\xC4",
			9, "x", "gb18030", "今天的中文 模式 新闻是这样的", "x" },
	};

	CHECK(mixtures);
}

/* A list of lines says of no encoding which it is. */
static void any_text_is_a_document_in_utf8(void **state)
{
	static const char text[] = "http://a.example/ caf\xE9 <b> \"~Caf\xE9\"\n\n";
	struct feed_charsets *charsets = feed_charsets_open();
	struct feed_source source = { .body = text,
		.length = sizeof(text) - 1,
		.url = "",
		.content_type = "",
		.content_location = "" };
	struct feed_limits limits;
	struct feed_doc *doc;
	struct err err;

	(void)state;
	feed_limits_default(&limits);
	if (feed_parse(charsets, FEED_KIND_TEXT, &source, &limits, &doc, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(feed_doc_check(doc, doc->size, &err), 0);
	assert_string_equal(
		feed_doc_text(doc, doc->description), "http://a.example/ café <b> \"~Café\"\n\n");
	free(doc);
	limits.doc_max = sizeof(*doc);
	source.length = 20;
	assert_int_equal(feed_parse(charsets, FEED_KIND_TEXT, &source, &limits, &doc, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	feed_charsets_free(charsets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_windows_1252_are_read_among_utf8),
		cmocka_unit_test(what_was_cut_is_marked),
		cmocka_unit_test(chance_is_no_utf8),
		cmocka_unit_test(a_letter_and_a_sign_are_no_utf8_where_something_else_is_declared),
		cmocka_unit_test(a_letter_and_a_sign_are_not_encoded_twice),
		cmocka_unit_test(another_encoding_is_guessed_as_before),
		cmocka_unit_test(any_text_is_a_document_in_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
