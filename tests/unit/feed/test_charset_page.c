/* Encodings of before the web, and what somebody before us decoded wrongly. */
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

static void check(const char *label, const char *bytes, const char *name, const char *text)
{
	struct feed_charsets *charsets = feed_charsets_later();
	char *in = mem_printf("<?xml version='1.0' encoding='%s'?><t>%s</t>", label, bytes);
	char *want = mem_printf("<t>%s</t>", text);
	struct feed_source source = { .body = in,
		.length = strlen(in),
		.url = "",
		.content_type = "",
		.content_location = "" };
	const char *got_name;
	struct buf out;
	struct err err;

	buf_init(&out, 1u << 20);
	if (charset_decode(charsets, &source, true, &out, &got_name, NULL, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(utf8_valid(out.data, out.length));
	if (strcmp(got_name, name) != 0 || strstr(out.data, want) == NULL)
		fail_msg("%s: %s \"%s\", not %s \"%s\"", label, got_name, out.data, name, want);
	buf_release(&out);
	free(in);
	free(want);
	feed_charsets_free(charsets);
}

static void pages_have_what_their_bytes_meant(void **state)
{
	static const struct {
		const char *label, *bytes, *name, *text;
	} rows[] = {
		{ "cp737", "\x80\xE0\xFF", "cp737", "Αω\u00A0" },
		{ "csPC775Baltic", "\x80\xD0\xFE", "IBM775", "Ćą■" },
		{ "855", "\x80\xFF", "IBM855", "ђ\u00A0" },
		{ "cp856", "\x80\x9A\xFF", "cp856", "\u05D0\u05EA\u00A0" },
		{ "cp857", "\x98\xA6\xFE", "IBM857", "İĞ■" },
		{ "ibm860", "\x84\x94\xFE", "IBM860", "ãõ■" },
		{ "cp-is", "\x8B\x8D\xFE", "IBM861", "ÐÞ■" },
		{ "cspc862latinhebrew", "\x80\x9C\xFE", "IBM862", "\u05D0£■" },
		{ "863", "\x84\x8F\xFE", "IBM863", "Â§■" },
		{ "ibm864", "\xE1\xFE\xFF.", "IBM864", "\uFED3■\uFFFD." },
		{ "cp865", "\x9B\xAF\xFE", "IBM865", "ø¤■" },
		{ "cp1125", "\x80\xF2\xFE", "cp1125", "АҐ■" },
		{ "koi8-t", "\x80\xC1\xFF", "KOI8-T", "қаЪ" },
		{ "macCentralEurope", "\x81\xFF", "x-mac-ce", "Āˇ" },
		{ "mac_greek", "\xB0\xF9", "x-mac-greek", "Αυ" },
		{ "maciceland", "\xDD\xDF", "x-mac-icelandic", "ðþ" },
		{ "macturkish", "\xDA\xDF", "x-mac-turkish", "Ğş" },
		{ "tcvn", "\x80\xB5\xFF", "tcvn", "ÀàỐ" },
		{ "viscii", "Ti\xAAng Vi\xAEt", "viscii", "Tiếng Việt" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].label, rows[i].bytes, rows[i].name, rows[i].text);
}

static void labels_may_have_underscores(void **state)
{
	(void)state;
	check("Windows_1251", "\xCC\xE8\xF0", "windows-1251", "Мир");
	check("ms-cyrl", "\xCC\xE8\xF0", "windows-1251", "Мир");
	check("macroman", "\x8E", "macintosh", "é");
	assert_null(charset_name("windows__1251", 13));
	assert_null(charset_name("windows_125", 11));
}

/* Other standards and other programs call them otherwise. */
static void encodings_have_other_names(void **state)
{
	(void)state;
	check("1251", "\xCC\xE8\xF0", "windows-1251", "Мир");
	check("windows-1251; ", "\xCC\xE8\xF0", "windows-1251", "Мир");
	check("latin", "Caf\xE9", "windows-1252", "Café");
	check("ISO-8859", "Caf\xE9", "windows-1252", "Café");
	check("ISO 8859-1", "Caf\xE9", "windows-1252", "Café");
	check("8859_1", "Caf\xE9", "windows-1252", "Café");
	check("windows-932", "\x92\x86", "Shift_JIS", "中");
	check("KOI8R", "\xED\xC9\xD2", "KOI8-R", "Мир");
	check("win-1254", "\xF0\xFD", "windows-1254", "ğı");
	check("latin10", "\xDE\xBA", "ISO-8859-16", "Țș");
	check("l8", "\xF0", "ISO-8859-14", "ŵ");
	check("TIS-620-2533", "\xE4\xB7\xC2", "windows-874", "ไทย");
	check("eucCN", "\xD6\xD0", "GBK", "中");
	check("ms950", "\xA4\xA4", "Big5", "中");
	check("mskanji", "\x92\x86", "Shift_JIS", "中");
	check("ujis", "\xC3\xE6", "EUC-JP", "中");
	check("ms949", "\xB0\xA1", "EUC-KR", "가");
	check("iso2022-jp", "\x1B$BCf\x1B(B", "ISO-2022-JP", "中");
}

/* ISO-8859-1 that was windows-1252, made UTF-8 since. */
static void controls_are_windows_1252(void **state)
{
	static const char quote[] = "<t>it\xC2\x92s</t>", space[] = "<t>\xC2\xA0\xC2\xBB</t>";
	struct feed_source source = { .body = quote,
		.length = sizeof(quote) - 1,
		.url = "",
		.content_type = "",
		.content_location = "" };
	size_t at;

	(void)state;
	check("utf-8", "it\xC2\x92s \xC2\x80 5\xC2\x85", "UTF-8", "it’s € 5…");
	check("utf-8", "\xC2\x81 \xC2\x9B \xC2\xA0.", "UTF-8", "\xC2\x81 \xC2\x9B \xC2\xA0.");
	/* What an encoding has no character for is not one of another. */
	check("windows-1251", "\xCC\xE8\xF0\x98", "windows-1251", "Мир\xC2\x98");
	assert_false(charset_is_plain(&source, true, &at));
	source.body = space;
	source.length = sizeof(space) - 1;
	assert_true(charset_is_plain(&source, true, &at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_have_what_their_bytes_meant),
		cmocka_unit_test(labels_may_have_underscores),
		cmocka_unit_test(encodings_have_other_names),
		cmocka_unit_test(controls_are_windows_1252),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
