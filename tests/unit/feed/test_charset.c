#include "tests/unit/feed/charsets.h"

struct sample {
	const char *claim; /* the quoted label of an XML declaration, or NULL */
	const char *content_type;
	const char *bytes; /* of the text */
	const char *name;
	const char *text;
};

static void check_samples(
	struct feed_charsets *charsets, const struct sample *samples, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct sample *s = &samples[i];
		char *in, *out, *want;
		const char *name;

		in = s->claim == NULL ? mem_printf("<t>%s</t>", s->bytes)
				      : mem_printf("<?xml version='1.0' encoding=%s?>\n<t>%s</t>",
						s->claim, s->bytes);
		out = decoded(charsets, in, strlen(in), s->content_type, &name);
		want = mem_printf("<t>%s</t>", s->text);
		if (strcmp(name, s->name) != 0 || strstr(out, want) == NULL)
			fail_msg("sample %zu (%s, %s): %s \"%s\", not %s \"%s\"", i,
				s->claim != NULL ? s->claim : "no declaration", s->content_type,
				name, out, s->name, want);
		free(in);
		free(out);
		free(want);
	}
}

#define CHECK(charsets, samples)                                                                   \
	check_samples((charsets), (samples), sizeof(samples) / sizeof((samples)[0]))

static void labels_are_read_as_the_standard_says(void **state)
{
	static const char *const rows[][2] = {
		{ "utf8", "UTF-8" },
		{ " ISO-8859-1\n", "windows-1252" },
		{ "US-ASCII", "windows-1252" },
		{ "gb2312", "GBK" },
		{ "Windows-31J", "Shift_JIS" },
		{ "ks_c_5601-1987", "EUC-KR" },
		{ "big5-hkscs", "Big5" },
		{ "iso-8859-9", "windows-1254" },
		{ "tis-620", "windows-874" },
		{ "logical", "ISO-8859-8-I" },
		{ "koi8-ru", "KOI8-U" },
		{ "HZ", "hz-gb-2312" },
		{ "cp850", "IBM850" },
		{ "utf-16", "UTF-16LE" },
		{ "utf-7", NULL },
		{ "ibm037", NULL },
		{ "iso-2022-kr", NULL },
		{ "klingon", NULL },
		{ "", NULL },
		{ "utf-8x", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = charset_name(rows[i][0], strlen(rows[i][0]));

		if (rows[i][1] == NULL)
			assert_null(name);
		else
			assert_string_equal(name, rows[i][1]);
	}
}

static void declared_encodings_are_decoded(void **state)
{
	static const struct sample samples[] = {
		{ "'windows-1251'", "", "\xCC\xE8\xF0\x98", "windows-1251", "Мир\xC2\x98" },
		/* One bad byte in UTF-8 that says it is something else. */
		{ "'iso-8859-1'", "", "äöüßäöüßäöüßäöüßäöüßäöüßäöüßäöüßä\xE9", "UTF-8",
			"äöüßäöüßäöüßäöüßäöüßäöüßäöüßäöüßä\xEF\xBF\xBD" },
		{ "\"iso-8859-1\"", "", "\x93\xE9\x94\x81", "windows-1252", "“é”\xC2\x81" },
		{ "'iso-8859-2'", "", "\xB1\xB9", "ISO-8859-2", "ąš" },
		{ "'koi8-u'", "", "\xAE\xBE", "KOI8-U", "ўЎ" },
		{ "'macintosh'", "", "\xDB\xBD", "macintosh", "€Ω" },
		{ "'x-mac-cyrillic'", "", "\x8C\xFF", "x-mac-cyrillic", "М€" },
		{ "'ibm866'", "", "\x8C\xA8\xE0", "IBM866", "Мир" },
		{ "'windows-1258'", "", "\x61\xEC", "windows-1258", "a\xCC\x81" },
		{ "'windows-874'", "", "\xB5\xDB\x85", "windows-874", "ต\xEF\xBF\xBD…" },
		{ "'gb2312'", "", "\xD6\xD0\x80\x81\x30\x84\x36", "GBK", "中€¥" },
		{ "'gb18030'", "", "\x90\x30\x81\x30\xD6\xD0", "gb18030", "\U00010000中" },
		{ "'big5'", "", "\xA4\xA4\x87\x40", "Big5", "中䏰" },
		{ "'shift_jis'", "", "\x87\x40\x81\x60\xB1\x5C", "Shift_JIS", "①～ｱ\\" },
		{ "'euc-jp'", "", "\xAD\xA1\xA1\xC1\x8E\xB1\x8F\xB0\xA1", "EUC-JP", "①～ｱ丂" },
		{ "'iso-2022-jp'", "", "\x1B$B%F%9%H\x1B(B!\x1B(I1\x1B(J.", "ISO-2022-JP",
			"テスト!ｱ." },
		{ "'iso-2022-jp'", "", "\x1B(I_`a\x1B(J.", "ISO-2022-JP",
			"ﾟ\xEF\xBF\xBD\xEF\xBF\xBD." },
		{ "'hz-gb-2312'", "", "~{VPND~}~~ok", "hz-gb-2312", "中文~ok" },
		{ "'ibm850'", "", "Caf\x82 \x81", "IBM850", "Café ü" },
		{ "'IBM852'", "", "\x86y\x98", "IBM852", "ćyś" },
		{ "'euc-kr'", "", "\xC7\xD1\x81\x41", "EUC-KR", "한갂" },
		{ "'x-user-defined'", "", "\x80\xFF", "x-user-defined", "\uF780\uF7FF" },
		{ NULL, "text/xml; charset=windows-1251", "\xCC\xE8\xF0", "windows-1251", "Мир" },
		{ NULL, "text/xml;charset = \"KOI8-R\"; x=y", "\xED\xC9\xD2", "KOI8-R", "Мир" },
		{ "'windows-1252'", "text/xml; charset=windows-1251", "\xCC\xE8\xF0",
			"windows-1251", "Мир" },
	};

	CHECK(*state, samples);
}

static void wrong_declarations_are_survived(void **state)
{
	static const struct sample samples[] = {
		{ "'iso-8859-1'", "", "Überfall", "UTF-8", "Überfall" },
		{ "'us-ascii'", "", "é", "UTF-8", "é" },
		{ "'windows-1251'", "", "Добрый день", "UTF-8", "Добрый день" },
		{ "'utf-16'", "", "中文", "UTF-8", "中文" },
		{ "'klingon'", "", "é", "UTF-8", "é" },
		{ "'utf-8'", "text/xml; charset=iso-8859-1", "é", "UTF-8", "é" },
		{ "'windows-1251'", "text/xml; charset=utf-8", "\xCC\xE8\xF0", "windows-1251",
			"Мир" },
		{ "'euc-jp'", "text/xml; charset=big5", "\x8F\xB0\xA1", "EUC-JP", "丂" },
		{ "'utf-8'", "", "caf\xE9", "windows-1252", "café" },
		{ NULL, "", "It\x92s", "windows-1252", "It’s" },
		{ "'utf-8'", "", "Привет, \xFF мир", "UTF-8", "Привет, \xEF\xBF\xBD мир" },
		{ "'iso-8859-2'", "", "\x8A koda", "windows-1250", "Š koda" },
		{ "'utf-8'?><?xml encoding='windows-1251'", "", "\xCC\xE8\xF0", "windows-1251",
			"Мир" },
		{ "'utf-8'", "",
			"\xC2 \xF1\xF0\xE5\xE4\xF3 \xE2 \xF1\xF2\xEE\xEB\xE8\xF6\xE5 "
			"\xEF\xF0\xEE\xF8\xEB\xE0 \xE2\xF1\xF2\xF0\xE5\xF7\xE0",
			"windows-1251", "В среду в столице прошла встреча" },
	};

	CHECK(*state, samples);
}

static void what_was_encoded_twice_is_undone_where_all_of_it_was(void **state)
{
	static const struct sample samples[] = {
		{ "'utf-8'", "",
			"\u00c3\u00a9t\u00c3\u00a9 \u00e2\u20ac\u201c 5 \u00e2\u201a\u00ac",
			"UTF-8", "\u00e9t\u00e9 \u2013 5 \u20ac" },
		{ NULL, "", "\u00d0\u0178\u00d1\xc2\x80\u00d0\u00b8", "UTF-8",
			"\u041f\u0440\u0438" },
		{ NULL, "", "\u00e9t\u00e9 is not \u00c3\u00a9t\u00c3\u00a9", "UTF-8",
			"\u00e9t\u00e9 is not \u00c3\u00a9t\u00c3\u00a9" },
		{ NULL, "", "\u00c3\u00a9t\u00c3\u00a9 \u00c2\u00a9 \u00c3", "UTF-8",
			"\u00c3\u00a9t\u00c3\u00a9 \u00c2\u00a9 \u00c3" },
		{ NULL, "", "fix \u00c3\u00a9, \u00c2\u00a3 and \u00e2\u20ac\u2122", "UTF-8",
			"fix \u00c3\u00a9, \u00c2\u00a3 and \u00e2\u20ac\u2122" },
		{ "'iso-8859-15'", "", "\xC3\xA9t\xC3&#168; d\xE2\xA4&#8482;elle", "ISO-8859-15",
			"\u00e9t\u00e8 d\u2019elle" },
		{ "'iso-8859-15'", "", "\xC3\xA9t\xC3&#168; \xE9t\xE9", "ISO-8859-15",
			"\u00c3\u00a9t\u00c3&#168; \u00e9t\u00e9" },
		{ NULL, "", "\u00c3\u00a9 \u00c3\u00a9 \u00c3&#999999999;", "UTF-8",
			"\u00c3\u00a9 \u00c3\u00a9 \u00c3&#999999999;" },
		{ NULL, "", "\u4eca\u65e5\u306f", "UTF-8", "\u4eca\u65e5\u306f" },
	};

	CHECK(*state, samples);
}

static void plain_utf8_need_not_be_decoded(void **state)
{
	static const struct {
		const char *body, *content_type;
		bool is_plain;
		size_t at;
	} rows[] = {
		{ "<t>\u00fc</t>", "", true, 0 },
		{ "\xEF\xBB\xBF<t>\u00fc</t>", "text/xml", true, 3 },
		{ "<?xml version='1.0' encoding='UTF-8'?><t/>", "text/xml; charset=utf8", true, 0 },
		{ "<t/>", "text/xml; charset=latin1", false, 0 },
		{ "<?xml version='1.0' encoding='klingon'?><t/>", "", false, 0 },
		{ "<t>\xfc</t>", "", false, 0 },
		{ "\xEF\xBB\xBF\xEF\xBB\xBF<t/>", "", false, 0 },
		{ "<t>\u00c3\u00a9t\u00c3\u00a9 \u00c2\u00a9</t>", "", false, 0 },
		{ "", "", false, 0 },
	};
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_source source = { .body = rows[i].body,
			.length = strlen(rows[i].body),
			.url = "",
			.content_type = rows[i].content_type,
			.content_location = "" };

		if (charset_is_plain(&source, true, &at) != rows[i].is_plain)
			fail_msg("row %zu", i);
		if (rows[i].is_plain)
			assert_int_equal(at, rows[i].at);
	}
}

static void marks_and_zeros_tell_the_wide_encodings(void **state)
{
#define BYTES(text) text, sizeof(text) - 1
	static const struct {
		const char *bytes;
		size_t length;
		const char *name;
		const char *text;
	} rows[] = {
		{ BYTES("\xFF\xFE<\0a\0>\0\x3D\xD8\x00\xDE"), "UTF-16LE", "<a>😀" },
		{ BYTES("\xFE\xFF\0<\0a\0>\xD8\x3D\xDE\x00"), "UTF-16BE", "<a>😀" },
		{ BYTES("<\0a\0>\0\x2D\x4E"), "UTF-16LE", "<a>中" },
		{ BYTES("\0<\0a\0>\x4E\x2D"), "UTF-16BE", "<a>中" },
		{ BYTES("\xFF\xFE\0\0<\0\0\0\x2D\x4E\0\0"), "UTF-32LE", "<中" },
		{ BYTES("\0\0\0<\0\0\x4E\x2D"), "UTF-32BE", "<中" },
		{ BYTES("\xEF\xBB\xBF<a>\xC3\xA9"), "UTF-8", "<a>é" },
		{ BYTES("\xEF\xBB\xBF\xEF\xBB\xBF<a>"), "UTF-8", "<a>" },
		{ BYTES("\xFF\xFE<\0\x00\xD8"), "UTF-16LE", "<\xEF\xBF\xBD" },
		{ BYTES("<\0a\0>\0x"), "UTF-16LE", "<a>\xEF\xBF\xBD" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name;
		char *text = decoded(*state, rows[i].bytes, rows[i].length, "", &name);

		assert_string_equal(name, rows[i].name);
		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

static void what_is_refused_is_an_error(void **state)
{
	static const struct {
		const char *body;
		const char *content_type;
	} rows[] = {
		{ "<?xml version='1.0' encoding='utf-7'?><a/>", "" },
		{ "<a>+AOk-</a>", "text/xml; charset=utf-7" },
		{ "\x4C\x6F\xA7\x94\x93", "" },
		{ "<?xml version='1.0' encoding='iso-2022-cn'?><a/>", "" },
	};
	struct buf out;
	size_t i;

	buf_init(&out, TEXT_MAX);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct feed_source source = { .body = rows[i].body,
			.length = strlen(rows[i].body),
			.url = "",
			.content_type = rows[i].content_type,
			.content_location = "" };
		const char *name;
		struct err err;

		assert_int_equal(
			charset_decode(*state, &source, true, &out, &name, NULL, &err), -1);
		assert_int_equal(err.code, ERR_ENCODING);
		assert_int_equal(out.length, 0);
	}
}

static void a_page_says_its_charset_in_meta(void **state)
{
	static const char page[] = "<html><head><meta name=a content=b>"
				   "<meta http-equiv=Content-Type content='text/html; "
				   "charset=windows-1251'></head>\xCC\xE8\xF0";
	struct feed_source source = { .body = page,
		.length = sizeof(page) - 1,
		.url = "",
		.content_type = "text/html",
		.content_location = "" };
	struct buf out;
	const char *name;
	struct err err;

	buf_init(&out, TEXT_MAX);
	assert_int_equal(charset_decode(*state, &source, false, &out, &name, NULL, &err), 0);
	assert_string_equal(name, "windows-1251");
	assert_non_null(strstr(out.data, "Мир"));
	buf_release(&out);
}

static void the_limit_is_kept(void **state)
{
	struct feed_source source = { .body = "<a>\xE9\xE9</a>",
		.length = 9,
		.url = "",
		.content_type = "text/xml; charset=latin1",
		.content_location = "" };
	struct buf out;
	const char *name;
	struct err err;

	buf_init(&out, 8);
	assert_int_equal(charset_decode(*state, &source, true, &out, &name, NULL, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	assert_int_equal(out.length, 0);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_read_as_the_standard_says),
		cmocka_unit_test(declared_encodings_are_decoded),
		cmocka_unit_test(wrong_declarations_are_survived),
		cmocka_unit_test(what_was_encoded_twice_is_undone_where_all_of_it_was),
		cmocka_unit_test(plain_utf8_need_not_be_decoded),
		cmocka_unit_test(marks_and_zeros_tell_the_wide_encodings),
		cmocka_unit_test(what_is_refused_is_an_error),
		cmocka_unit_test(a_page_says_its_charset_in_meta),
		cmocka_unit_test(the_limit_is_kept),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
