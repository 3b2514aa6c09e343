#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/mem.h"
#include "ctl/format.h"
#include "ctl/help.h"
#include "tests/unit/ctl/printed.h"

/* An item whose every part wants to break out of its column. */
static const char hostile[] =
	"{\"id\":1,\"guid\":\"g\\\\1\",\"feed_id\":2,\"feed_title\":\"F\\tT\","
	"\"feed_url\":\"https://f/\",\"url\":\"https://x/1\",\"external_url\":null,"
	"\"title\":\"a\\tb\\nc\\u001b[31m \\u009b \\u202e|\",\"summary\":\"s\",\"language\":null,"
	"\"image\":null,\"authors\":[{\"name\":\"Ann\",\"url\":null,\"avatar\":null}],"
	"\"categories\":[\"x\",\"y z\"],\"attachments\":[],\"date\":\"2026-06-03T10:00:00Z\","
	"\"date_published\":null,\"date_modified\":null,\"received_at\":\"2026-06-03T11:00:00Z\","
	"\"changed_at\":null,\"read\":false,\"starred\":true,\"changed\":true,\"tags\":[],"
	"\"feed_tags\":[],\"also_in\":[],\"cursor\":\"c1\","
	"\"content_html\":\"<p>one\\ttwo\\\\<script>x</script></p>\\n\",\"content_text\":null}";

static const char bare[] =
	"{\"id\":2,\"guid\":\"g2\",\"feed_id\":2,\"feed_title\":null,\"feed_url\":\"https://f/\","
	"\"url\":null,\"title\":null,\"summary\":\"The first words of the text, which go on and on "
	"until somebody has had enough of them and cuts\",\"date\":\"2026-06-03T10:00:00Z\","
	"\"authors\":[],\"categories\":[],\"attachments\":[],\"read\":true,\"starred\":false,"
	"\"changed\":false,\"tags\":[\"=1+1\",\"b\"],\"cursor\":\"c2\",\"content_html\":null,"
	"\"content_text\":\"plain & simple\"}";

/* Plain text with ESC, CSI, a bidi control and the joiner of an emoji. */
static const char escapes[] =
	"{\"id\":3,\"guid\":\"g3\",\"feed_id\":2,\"feed_title\":\"F\",\"url\":null,"
	"\"title\":\"t\",\"date\":\"2026-06-03T10:00:00Z\",\"authors\":[],\"categories\":[],"
	"\"attachments\":[],\"read\":true,\"starred\":false,\"changed\":false,\"tags\":[],"
	"\"content_html\":null,\"content_text\":\"\\u001b[2J\\u009b\\u202e\\u061c\\u007f"
	"a\\u200db\"}";

static void assert_printed(
	const char *format, const char *fields, const char *json, const char *wanted)
{
	struct printed p;
	char *text;

	begin(&p, format, fields);
	row(&p, json);
	text = end(&p);
	assert_string_equal(text, wanted);
	free(text);
}

static void tsv_keeps_its_columns_whatever_a_title_says(void **state)
{
	(void)state;
	assert_printed("tsv", NULL, hostile,
		"1\t2026-06-03T10:00:00Z\tN*+\tF T\ta b c [31m   |\thttps://x/1\n");
}

static void only_the_last_column_of_tsv_is_empty(void **state)
{
	(void)state;
	assert_printed("tsv", NULL, bare,
		"2\t2026-06-03T10:00:00Z\tR\thttps://f/\tThe first words of the text, which go on "
		"and on until somebody has had enough of\xE2\x80\xA6\t\n");
	assert_printed("tsv", "url,id,image", bare, "-\t2\t\n");
	/* Nothing of these would be seen, nor be written. */
	assert_printed("tsv", "guid,language,id,summary",
		"{\"id\":4,\"guid\":\"\\u202e\",\"language\":\"\\u200b\\ufeff\","
		"\"summary\":\"\\u200f\"}",
		"-\t-\t4\t\n");
}

static void labels_stand_for_titles_that_did_not_come(void **state)
{
	(void)state;
	assert_printed("tsv", NULL,
		"{\"id\":3,\"url\":null,\"date\":\"2026-06-03T10:00:00Z\",\"flags\":\"R*\","
		"\"label\":\"Gr\u00fc\u00dfe\",\"feed_label\":\"https://f/\"}",
		"3\t2026-06-03T10:00:00Z\tR*\thttps://f/\tGr\xC3\xBC\xC3\x9F"
		"e\t\n");
}

/* Rows of `show` have none. */
static void labels_are_made_where_none_came(void **state)
{
	static const char titled[] = "{\"id\":1,\"title\":\"T\",\"feed_title\":\"F\"}";
	static const char nothing[] = "{\"id\":1,\"title\":null,\"url\":null,\"guid\":null}";

	(void)state;
	assert_printed(
		"json", "label,feed_label", titled, "{\"label\":\"T\",\"feed_label\":\"F\"}\n");
	assert_printed("tsv", "label,feed_label", titled, "T\tF\n");
	assert_printed("{label} {feed_label}", NULL, bare,
		"The first words of the text, which go on and on until somebody has had enough "
		"of\xE2\x80\xA6 https://f/\n");
	assert_printed("json", "label", nothing, "{\"label\":\"(untitled)\"}\n");
	/* A feed's event is called nothing. */
	assert_printed("json", "label,feed_label", "{\"event\":\"feed.gone\"}",
		"{\"label\":null,\"feed_label\":null}\n");
}

static void csv_guards_against_formulas(void **state)
{
	(void)state;
	assert_printed("csv", "id,tags,url", bare, "id,tags,url\r\n2,\"'=1+1,b\",\r\n");
	/* Behind a character that is not put out it stands in front as well. */
	assert_printed("csv", "guid,url", "{\"guid\":\"\u200b\u2066=1+1\",\"url\":\"\u200ba=1\"}",
		"guid,url\r\n\"'=1+1\",a=1\r\n");
}

static void json_keeps_the_order_that_was_asked_for(void **state)
{
	(void)state;
	assert_printed("json", "url,id,title", bare, "{\"url\":null,\"id\":2,\"title\":null}\n");
}

static void json_hands_on_no_html_that_acts(void **state)
{
	(void)state;
	assert_printed("json", "content_html", hostile,
		"{\"content_html\":\"<p>one\\ttwo\\\\</p>\\n\"}\n");
	assert_printed("json", "previous",
		"{\"id\":1,\"previous\":[{\"revision\":1,\"title\":null,\"content_html\":"
		"\"<p onclick=\\\"x()\\\">a<script>x</script></p>\",\"content_text\":null},"
		"{\"revision\":0,\"title\":\"t\",\"content_html\":null,\"content_text\":\"<b>\"}]}",
		"{\"previous\":[{\"revision\":1,\"title\":null,\"content_html\":\"<p>a</p>\","
		"\"content_text\":null},{\"revision\":0,\"title\":\"t\",\"content_html\":null,"
		"\"content_text\":\"<b>\"}]}\n");
}

static void columns_hand_on_none_either(void **state)
{
	struct printed p;
	char *text;

	(void)state;
	assert_printed("tsv", "content_html,id", hostile, "<p>one two\\</p> \t1\n");
	assert_printed("csv", "content_html", hostile, "content_html\r\n\"<p>one two\\</p> \"\r\n");
	assert_printed("{content_html}|{id}", NULL, hostile, "<p>one two\\</p> |1\n");
	assert_printed("tsv", "content_html", bare, "\n");
	begin(&p, "{content_html}", NULL);
	p.printer.raw = true;
	row(&p, hostile);
	text = end(&p);
	assert_string_equal(text, "<p>one two\\<script>x</script></p> \n");
	free(text);
}

static void plain_text_brings_no_escapes_either(void **state)
{
	struct printed p;
	char *text;

	(void)state;
	assert_printed("sfeed", NULL, escapes,
		"1780480800\tt\t\t[2Ja\xE2\x80\x8D"
		"b\tplain\tg3\t\t\t\n");
	begin(&p, "html", NULL);
	row(&p, escapes);
	text = end(&p);
	assert_non_null(strstr(text, "<p>[2Ja\xE2\x80\x8D"
				     "b</p>"));
	free(text);
}

static void templates_know_fields_escapes_and_braces(void **state)
{
	(void)state;
	assert_printed("{id}\\t{title}|{tags}|{url}{{}}\\\\", NULL, bare,
		"2\tThe first words of the text, which go on and on until somebody has had enough "
		"of\xE2\x80\xA6|=1+1,b|{}\\\n");
}

static void sfeed_has_nine_columns_as_sfeed_writes_them(void **state)
{
	(void)state;
	assert_printed("sfeed", NULL, hostile,
		"1780480800\ta b c[31m  "
		"|\thttps://x/1\t<p>one\\ttwo\\\\</p>\\n\thtml\tg\\1\tAnn\t\tx|"
		"y z\n");
	assert_printed("sfeed", NULL, bare,
		"1780480800\tThe first words of the text, which go on and on until somebody has "
		"had "
		"enough of\xE2\x80\xA6\t\tplain & simple\tplain\tg2\t\t\t\n");
}

static void a_table_is_as_wide_as_the_terminal(void **state)
{
	(void)state;
	assert_printed("table", NULL, bare,
		"2   2h     https://f/  The first words of the text, which g\xE2\x80\xA6\n");
}

static void wide_columns_give_way_to_the_words_at_the_end(void **state)
{
	static const char log[] =
		"{\"id\":1,\"date\":\"2026-06-03T10:00:00Z\",\"guid\":\"A name that is longer than "
		"half of all\",\"url\":\"feed.updated\",\"summary\":\"what there is to say of "
		"it\"}";

	(void)state;
	assert_printed("table", "guid,url,summary", log,
		"A name that is longer t\xE2\x80\xA6  feed.updated  what there is to sa"
		"\xE2\x80\xA6\n");
}

static void no_item_is_no_page(void **state)
{
	static const char *const formats[] = { "html", "mbox", "tsv", "urls", "table", "json" };

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct printed p;
		char *text;

		begin(&p, formats[i], NULL);
		text = end(&p);
		assert_string_equal(text, "");
		free(text);
	}
}

static void an_atom_feed_is_as_new_as_its_newest_entry(void **state)
{
	struct printed p;
	char *text;

	(void)state;
	begin(&p, "atom", NULL);
	row(&p, bare);
	row(&p, "{\"id\":4,\"title\":\"t\",\"uid\":\"4\",\"date\":\"2025-06-03T10:00:00Z\","
		"\"date_modified\":\"2026-06-03T11:00:00Z\",\"authors\":[],\"categories\":[],"
		"\"attachments\":[]}");
	row(&p, hostile);
	text = end(&p);
	assert_non_null(
		strstr(text, "</entry>\n<updated>2026-06-03T11:00:00Z</updated>\n</feed>\n"));
	assert_null(strstr(text, "2026-06-03T12")); /* now */
	free(text);
	begin(&p, "atom", NULL);
	text = end(&p);
	assert_non_null(strstr(text, "<updated>2026-06-03T12:00:00Z</updated>\n</feed>\n"));
	free(text);
}

static void assert_short_lines(const char *title)
{
	static const char item[] = "{\"id\":3,\"feed_id\":1,\"feed_title\":\"%s\",\"feed_"
				   "url\":\"https://f/\","
				   "\"url\":\"https://x/"
				   "\",\"title\":\"\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC"
				   "\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5"
				   "\xE6\x9C\xAC\xE6\x97\xA5"
				   "\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC\","
				   "\"date\":\"2026-06-03T10:00:00Z\",\"content_html\":\"<pre>"
				   "\\nFrom here\\n.\\n</pre>\"}";
	struct printed p;
	char *json = mem_printf(item, title), *text, *line, *rest;

	begin(&p, "mbox", NULL);
	row(&p, json);
	text = end(&p);
	assert_non_null(strstr(text, "<feed-1@feedd.invalid>\nSubject: "));
	assert_non_null(strstr(text, "\nDate: Wed, 03 Jun 2026 10:00:00 +0000\n"));
	assert_null(strstr(text, "\nFrom here"));
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL) {
		assert_true(strlen(line) <= (strstr(line, "=?") != NULL ? 76 : 78));
		for (const char *c = line; *c != '\0'; c++)
			assert_true((unsigned char)*c < 0x7F);
	}
	free(text);
	free(json);
}

static void mail_is_ascii_with_short_lines(void **state)
{
	(void)state;
	assert_short_lines("Caf\xC3\xA9");
	assert_short_lines("Caf\xC3\xA9s of the world, and what is drunk there");
	assert_short_lines("All that is said of coffee and of those who drink it daily");
}

static void a_link_stands_whole_in_a_header_or_not_at_all(void **state)
{
	static const size_t lengths[] = { 991, 992, 1100 };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char url[1200] = "https://x/", json[1400], wanted[1300];
		struct printed p;
		char *text;

		memset(url + 10, 'p', lengths[i] - 10);
		url[lengths[i]] = '\0';
		snprintf(json, sizeof(json),
			"{\"id\":3,\"feed_id\":1,\"url\":\"%s\",\"title\":\"t\","
			"\"date\":\"2026-06-03T10:00:00Z\",\"content_html\":\"x\"}",
			url);
		snprintf(wanted, sizeof(wanted), "\nX-URL: %s\n", url);
		begin(&p, "mbox", NULL);
		row(&p, json);
		text = end(&p);
		if (i == 0)
			assert_non_null(strstr(text, wanted));
		else
			assert_null(strstr(text, "X-URL"));
		free(text);
	}
}

static void what_there_is_not_is_a_usage_error(void **state)
{
	static const struct {
		const char *format, *fields;
	} cases[] = { { "{nonsense}", NULL }, { "{id", NULL }, { "id}", NULL }, { "\\x{id}", NULL },
		{ "tsv", "id,nonsense" }, { "urls", "id" }, { "maildir", NULL } };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct printer printer = { .format = format_find(cases[i].format, &err),
			.template = cases[i].format,
			.object = object_find("item"),
			.columns = columns_of("item"),
			.fields = cases[i].fields };

		assert_int_equal(printer_begin(&printer, &err), -1);
		assert_int_equal(err.code, ERR_USAGE);
		printer_release(&printer);
	}
	assert_null(format_find("tvs", &err));
	assert_non_null(strstr(err.text, "did you mean tsv?"));
}

static void the_daemon_is_asked_for_no_more_than_is_shown(void **state)
{
	struct printed p;
	char *wanted, *text;

	(void)state;
	begin(&p, "{id} {title}", NULL);
	wanted = printer_wanted(&p.printer);
	assert_string_equal(wanted, " id label");
	free(wanted);
	text = end(&p);
	free(text);
	begin(&p, "json", NULL);
	assert_null(printer_wanted(&p.printer));
	text = end(&p);
	free(text);
}

static void what_comes_among_items_has_names_of_its_own(void **state)
{
	struct printed p;
	struct err err;
	char *wanted;

	(void)state;
	begin(&p, "{id} {title} {flags}", NULL);
	assert_int_equal(printer_knows(&p.printer, "text", 4, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	p.printer.other = object_find("log");
	assert_int_equal(printer_knows(&p.printer, "text", 4, &err), 0);
	assert_int_equal(printer_knows(&p.printer, "flags", 5, &err), 0);
	assert_int_equal(printer_knows(&p.printer, "txt", 3, &err), -1);
	free(end(&p));
	begin(&p, "tsv", NULL);
	p.printer.other = object_find("log");
	p.printer.fields = "at,title,flags";
	wanted = printer_wanted(&p.printer);
	assert_false(columns_has(wanted, "at", 2));
	assert_true(columns_has(wanted, "label", 5));
	assert_true(columns_has(wanted, "flags", 5));
	assert_false(columns_has(wanted, "read", 4));
	free(wanted);
	free(end(&p));
}

/* The scripts in conf/completion are what the program prints. */
static void the_completions_are_those_of_the_table(void **state)
{
	static const struct {
		const char *shell, *path;
	} cases[] = { { "bash", SOURCE_DIR "/conf/completion/feedctl.bash" },
		{ "zsh", SOURCE_DIR "/conf/completion/_feedctl" },
		{ "fish", SOURCE_DIR "/conf/completion/feedctl.fish" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = memfd_create("script", MFD_CLOEXEC);
		int file = open(cases[i].path, O_RDONLY | O_CLOEXEC);
		struct out *out = MEM_NEW(struct out);
		char have[4096], want[4096];
		struct err err;
		ssize_t n;

		assert_true(file >= 0);
		out_init(out, fd);
		assert_int_equal(completion_print(out, cases[i].shell, &err), 0);
		assert_int_equal(out_flush(out, &err), 0);
		lseek(fd, 0, SEEK_SET);
		do {
			n = read(fd, want, sizeof(want));
			assert_int_equal(read(file, have, sizeof(have)), n);
			assert_memory_equal(have, want, (size_t)n);
		} while (n > 0);
		close(fd);
		close(file);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tsv_keeps_its_columns_whatever_a_title_says),
		cmocka_unit_test(only_the_last_column_of_tsv_is_empty),
		cmocka_unit_test(labels_stand_for_titles_that_did_not_come),
		cmocka_unit_test(labels_are_made_where_none_came),
		cmocka_unit_test(csv_guards_against_formulas),
		cmocka_unit_test(json_keeps_the_order_that_was_asked_for),
		cmocka_unit_test(json_hands_on_no_html_that_acts),
		cmocka_unit_test(columns_hand_on_none_either),
		cmocka_unit_test(plain_text_brings_no_escapes_either),
		cmocka_unit_test(templates_know_fields_escapes_and_braces),
		cmocka_unit_test(sfeed_has_nine_columns_as_sfeed_writes_them),
		cmocka_unit_test(a_table_is_as_wide_as_the_terminal),
		cmocka_unit_test(wide_columns_give_way_to_the_words_at_the_end),
		cmocka_unit_test(no_item_is_no_page),
		cmocka_unit_test(an_atom_feed_is_as_new_as_its_newest_entry),
		cmocka_unit_test(mail_is_ascii_with_short_lines),
		cmocka_unit_test(a_link_stands_whole_in_a_header_or_not_at_all),
		cmocka_unit_test(what_there_is_not_is_a_usage_error),
		cmocka_unit_test(the_daemon_is_asked_for_no_more_than_is_shown),
		cmocka_unit_test(what_comes_among_items_has_names_of_its_own),
		cmocka_unit_test(the_completions_are_those_of_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
