#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "common/buf.h"
#include "daemon/control/list_reading.h"
#include "daemon/control/list_text.h"

static int on_entry(void *ctx, const struct list_entry *entry, const char *refused)
{
	struct buf *out = ctx;
	size_t i;

	assert_int_equal(buf_printf(out, "%s%s", refused != NULL ? "refused " : "", entry->url), 0);
	if (entry->title != NULL)
		assert_int_equal(buf_printf(out, " ~%s", entry->title), 0);
	if (entry->expr != NULL)
		assert_int_equal(buf_printf(out, " = %s", entry->expr), 0);
	for (i = 0; entry->tags[i] != NULL; i++)
		assert_int_equal(buf_printf(out, " #%s", entry->tags[i]), 0);
	assert_int_equal(buf_printf(out, "%s\n", entry->hidden ? " !" : ""), 0);
	return 0;
}

static void lists_are_read_as_their_programs_wrote_them(void **state)
{
	static const struct {
		const char *name, *text, *wanted;
	} cases[] = {
		{ "addresses", "http://a/1\nhttps://b.example/2\r\n\n  feed.example.org/x  \n",
			"http://a/1\nhttps://b.example/2\nfeed.example.org/x\n" },
		{ "comments", "# http://a/1\nhttp://b/\n", "http://b/\n" },
		{ "newsboat", "http://a/1 \"~A title\" news \"two words\" !\nhttp://b/ x\n",
			"http://a/1 ~A title #news #two words !\nhttp://b/ #x\n" },
		{ "newsboat's own kinds",
			"\"query:Unread:unread = "
			"\\\"yes\\\"\"\n\"exec:~/bin/x\"\nfilter:x:http://a/\n"
			"file:///etc/passwd\n",
			"query:Unread:unread = \"yes\" ~Unread = unread = \"yes\"\n"
			"refused exec:~/bin/x\nrefused filter:x:http://a/\nrefused "
			"file:///etc/passwd\n" },
		{ "an apostrophe", "http://a/ ~Bob's x's y\n", "http://a/ ~Bob's #x's #y\n" },
		{ "a comment behind it", "http://a/#b c # d\n \t # e\n\"http://b/\" \"# f\"\n",
			"http://a/#b #c\nhttp://b/ ## f\n" },
		{ "queries of newsboat",
			"\"query:Two words, three:age < 1 or title = \\\"a:b\\\"\" tag\n"
			"query:x\nquery::y\nquery:z:\n",
			"query:Two words, three:age < 1 or title = \"a:b\" ~Two_words__three = "
			"age < 1 or title = \"a:b\"\n"
			"refused query:x\nrefused query::y\nrefused query:z:\n" },
		{ "sfeedrc",
			"#sfeedpath=\"$HOME/.sfeed/feeds\"\nmaxjobs=8\nfeeds() {\n"
			"\t# feed <name> <feedurl>\n\tfeed \"one\" \"https://a/1.xml\" "
			"\"https://a/\"\n"
			"\tfeed 'two words' 'https://b/2.xml'\n}\nfetch() {\n\tcurl \"$2\"\n}\n",
			"https://a/1.xml ~one\nhttps://b/2.xml ~two words\n" },
		{ "sfeedrc in long lines",
			"# feeds \\\n\tfeed one \\\n\t\t'http://a/' \\\n\nfeed two http://b/",
			"http://a/ ~one\nhttp://b/ ~two\n" },
		{ "a mark in front", "\xEF\xBB\xBFhttp://a/\n", "http://a/\n" },
		{ "prose", "Dear reader,\n", "refused Dear\n" },
		{ "no last line end", "http://a/", "http://a/\n" },
		{ "nothing", "", "" },
		{ "an open quote", "http://a/ \"~x\nhttp://b/\n", "http://a/ ~x\nhttp://b/\n" },
	};
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, 10000);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			list_lines(cases[i].text, strlen(cases[i].text), on_entry, &out), 0);
		if (strcmp(out.data, cases[i].wanted) != 0)
			fail_msg("%s: %s", cases[i].name, out.data);
		buf_clear(&out);
	}
	buf_release(&out);
}

static void lists_are_told_apart_by_content(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		enum list_kind wanted;
	} cases[] = {
#define CASE(text, kind) { text, sizeof(text) - 1, kind }
		CASE("<?xml version='1.0'?><opml/>", LIST_OPML),
		CASE("\xEF\xBB\xBF \n<opml>", LIST_OPML),
		CASE("\xFF\xFE<\0o\0", LIST_OPML),
		CASE("SQLite format 3\0\x10\0", LIST_NEWSBOAT_CACHE),
		CASE("SQLite format 3", LIST_LINES),
		CASE("1700000000\tT\thttps://e.org/\t\t\t1\t\t\t\n", LIST_SFEED_ITEMS),
		CASE("\t\t\t\t\t\t\t\t", LIST_SFEED_ITEMS),
		CASE("1700000000\tT\n", LIST_LINES),
		CASE("http://a/", LIST_LINES),
		CASE("", LIST_LINES),
		CASE("   ", LIST_LINES),
#undef CASE
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(list_kind_of(cases[i].text, cases[i].length), cases[i].wanted);
}

struct reader {
	struct list_reading reading;
	pthread_t of_loop;
	unsigned lines;
	bool elsewhere, done;
};

static int on_read_line(void *ctx, const struct list_entry *entry, const char *refused)
{
	struct reader *reader = ctx;

	(void)entry;
	(void)refused;
	reader->lines++;
	reader->elsewhere = pthread_equal(pthread_self(), reader->of_loop) == 0;
	return 0;
}

static void on_read(void *ctx)
{
	((struct reader *)ctx)->done = true;
}

/* A hundred million lines take it many seconds. */
static void a_list_is_read_while_the_loop_goes_on(void **state)
{
	static const char text[] = "http://a/\nhttp://b/\n";
	struct reader reader = { .of_loop = pthread_self() };
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	reader.reading = (struct list_reading){ .text = text,
		.length = sizeof(text) - 1,
		.each = on_read_line,
		.done = on_read,
		.ctx = &reader };
	list_reading_start(&reader.reading, &loop);
	assert_false(reader.done);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(reader.done);
	assert_int_equal(reader.lines, 2);
	assert_true(reader.elsewhere);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read_as_their_programs_wrote_them),
		cmocka_unit_test(lists_are_told_apart_by_content),
		cmocka_unit_test(a_list_is_read_while_the_loop_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
