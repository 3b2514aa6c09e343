#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/control/list_reading.h"
#include "daemon/control/list_text.h"
#include "daemon/url.h"

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
		{ "sfeedrc with several commands in a line",
			"feed \"P\" \"http://h/pod.xml\"; feed \"T\" \"http://h/td.xml\"\n"
			"feed 'a;b' 'http://h/?a&b;c#d'&feed \"c\" http://h/c|sort\n"
			"\t[ -n \"$X\" ] && feed d http://h/d # feed e http://h/e\n"
			"(feed f http://h/f#x);feed g http://h/g>/dev/null\n"
			"if x; then feed h http://h/h; else feed i http://h/i; fi\n",
			"http://h/pod.xml ~P\nhttp://h/td.xml ~T\n"
			"http://h/?a&b;c#d ~a;b\nhttp://h/c ~c\nhttp://h/d ~d\n"
			"http://h/f#x ~f\nhttp://h/g ~g\nhttp://h/h ~h\nhttp://h/i ~i\n" },
		{ "sfeedrc with words in front of a command",
			"feeds() {\n! feed a http://a/\nLANG=C X='y z' feed b http://b/\ntime feed "
			"c "
			"http://c/\n"
			"if ! feed d http://d/; then :; elif feed e http://e/; then :; fi\n"
			"LANG=\"C D\" feed f \"http://f/\"\n"
			"echo LANG=C feed y http://y/\n1=C feed z http://z/\n}\n",
			"http://a/ ~a\nhttp://b/ ~b\nhttp://c/ ~c\nhttp://d/ ~d\nhttp://e/ ~e\n"
			"http://f/ ~f\n" },
		{ "sfeedrc with quotes over lines",
			"feeds() {\n\tfeed \"first\nand more\" http://a/ 'x\ny'; feed b "
			"'http://b/'\n"
			"\tif x; then feed 'it''s\nc' \"http://c/\"; fi # don't\n"
			"\t\\\n\tfeed \"\\\"d\n\" http://d/ # don't\n}\n"
			"filter() {\n\tawk '\n# don't\nfeed e http://e/\n'\n}\n",
			"http://a/ ~first\nand more\nhttp://b/ ~b\nhttp://c/ ~its\nc\n"
			"http://d/ ~\"d\n\nhttp://e/ ~e\n" },
		{ "sfeedrc with an open quote",
			"feed \"a\nfeed b http://b/\nfeed c 'http://c/\nfeed d http://d/\n",
			"refused a ~a\nhttp://b/ ~b\nhttp://c/ ~c\nhttp://d/ ~d\n" },
		{ "sfeedrc in one line", "feeds() { feed a http://a/; feed b http://b/; }\n",
			"http://a/ ~a\nhttp://b/ ~b\n" },
		{ "sfeedrc without an address",
			"feed() {\n}\nfeed \"only name\"\nfeed \"empty\" \"\"\nfeed ;\n"
			"echo feed x; echo \"; feed y z\"\nfeeds () {\n\tfeed a http://a/\n}\n",
			"refused only name ~only name\nrefused empty ~empty\nrefused feed\n"
			"http://a/ ~a\n" },
		{ "sfeedrc with addresses that the shell makes",
			"feed a \"https://a/$(date)\"\nfeed b \"https://b/?k=$KEY\"\n"
			"feed c https://c/`date`\nfeed d \"https://d/`date`\"\n"
			"feed e \"$base/feed.xml\"\nfeed f https://f/${X}/$1\n"
			"feed g https://g/$(date)/x; feed h \"http://h$(a \"b ${c} (d)\")/\"; feed "
			"i `x y`\n",
			"refused https://a/$(date) ~a\nrefused https://b/?k=$KEY ~b\n"
			"refused https://c/`date` ~c\nrefused https://d/`date` ~d\n"
			"refused $base/feed.xml ~e\nrefused https://f/${X}/$1 ~f\n"
			"refused https://g/$(date)/x ~g\nrefused http://h$(a \"b ${c} (d)\")/ ~h\n"
			"refused `x y` ~i\n" },
		{ "sfeedrc with signs of the shell that are text",
			"feed a 'https://a/$(date)?`x`&k=$KEY'\nfeed b \"https://b/?k=\\$KEY\\`\"\n"
			"feed c https://c/\\$KEY\nfeed d \"https://d/$/$%24$\"\nfeed e "
			"https://e/$\n"
			"feed \"$name\" https://f/ \"$base\"\n",
			"https://a/$(date)?`x`&k=$KEY ~a\nhttps://b/?k=$KEY` ~b\n"
			"https://c/$KEY ~c\nhttps://d/$/$%24$ ~d\nhttps://e/$ ~e\nhttps://f/\n" },
		{ "a line's signs are newsboat's own", "http://a/;b c;d (e) |f\nhttp://b/?c&d=$e\n",
			"http://a/;b #c;d #(e) #|f\nhttp://b/?c&d=$e\n" },
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
		CASE("\xFE\xFF\0\n\0<\0o", LIST_OPML),
		CASE("\xFF\xFEh\0t\0", LIST_WIDE_LINES),
		CASE("\xFE\xFF\0\n\0h\0t", LIST_WIDE_LINES),
		CASE("\xFF\xFE", LIST_WIDE_LINES),
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
	struct list_feeds feeds;
	struct list_queries queries;
	pthread_t of_loop;
	unsigned planned;
	bool elsewhere, done;
};

static void on_plan(void *ctx, struct store_new_feed *feed)
{
	struct reader *reader = ctx;

	assert_non_null(feed->url);
	reader->planned++;
	reader->elsewhere = pthread_equal(pthread_self(), reader->of_loop) == 0;
}

static void on_read(void *ctx)
{
	((struct reader *)ctx)->done = true;
}

static void read_list(struct reader *reader, const char *text, size_t length)
{
	uv_loop_t loop;

	*reader = (struct reader){ .of_loop = pthread_self() };
	reader->reading = (struct list_reading){ .feeds = &reader->feeds,
		.queries = &reader->queries,
		.plan = on_plan,
		.done = on_read,
		.ctx = reader };
	buf_init(&reader->reading.text, SIZE_MAX);
	assert_int_equal(buf_add(&reader->reading.text, text, length), 0);
	uv_loop_init(&loop);
	list_reading_start(&reader->reading, &loop);
	assert_false(reader->done);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(reader->done);
	assert_int_equal(reader->reading.text.capacity, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* A hundred million lines take it many seconds. */
static void a_list_is_read_while_the_loop_goes_on(void **state)
{
	static const char text[] = "http://a.example/\nhttp://b.example/\n";
	struct reader reader;

	(void)state;
	read_list(&reader, text, sizeof(text) - 1);
	assert_int_equal(reader.feeds.count, 2);
	assert_int_equal(reader.planned, 2);
	assert_true(reader.elsewhere);
	list_feeds_release(&reader.feeds);
}

/* It may be anybody's bytes, for which there are workers. */
static void a_list_that_is_no_utf8_is_left_to_be_decoded(void **state)
{
	static const char text[] = "http://a.example/ caf\xE9\n";
	struct reader reader = { .of_loop = pthread_self() };
	uv_loop_t loop;

	(void)state;
	reader.reading = (struct list_reading){
		.feeds = &reader.feeds, .plan = on_plan, .done = on_read, .ctx = &reader
	};
	buf_init(&reader.reading.text, SIZE_MAX);
	assert_int_equal(buf_add(&reader.reading.text, text, sizeof(text) - 1), 0);
	uv_loop_init(&loop);
	list_reading_start(&reader.reading, &loop);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_true(reader.done);
	assert_true(reader.reading.foreign);
	assert_string_equal(reader.reading.text.data, text);
	assert_int_equal(reader.feeds.count + reader.feeds.refused_count, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
	buf_release(&reader.reading.text);
}

static void a_line_has_as_many_words_as_fit(void **state)
{
	struct buf text, wanted, out;
	int i;

	(void)state;
	buf_init(&text, LIST_LINE_MAX);
	buf_init(&wanted, LIST_LINE_MAX);
	buf_init(&out, LIST_LINE_MAX);
	assert_int_equal(buf_add_text(&text, "http://a/"), 0);
	assert_int_equal(buf_add_text(&wanted, "http://a/ ~T"), 0);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(buf_printf(&text, " %d", i), 0);
		assert_int_equal(buf_printf(&wanted, " #%d", i), 0);
	}
	assert_int_equal(buf_add_text(&text, " ~T !\n"), 0);
	assert_int_equal(buf_add_text(&wanted, " !\n"), 0);
	assert_int_equal(list_lines(text.data, text.length, on_entry, &out), 0);
	assert_string_equal(out.data, wanted.data);
	buf_release(&text);
	buf_release(&wanted);
	buf_release(&out);
}

/* Its answer would be as long, and whoever reads that reads it again and again. */
static void what_is_too_long_is_refused_by_its_beginning(void **state)
{
	struct buf text;
	struct reader reader;
	size_t i;

	(void)state;
	buf_init(&text, 1 << 24);
	assert_int_equal(buf_add_text(&text, "# "), 0);
	for (i = 0; i < 2 << 20; i++)
		assert_int_equal(buf_add_byte(&text, 'x'), 0);
	assert_int_equal(buf_add_text(&text, "\nhttps://me:secret@a.example/"), 0);
	for (i = 0; i < URL_MAX; i++)
		assert_int_equal(buf_add_byte(&text, 'y'), 0);
	assert_int_equal(buf_add_text(&text, "\nhttp://b.example/"), 0);
	for (i = 0; i < 8 << 20; i++)
		assert_int_equal(buf_add_byte(&text, 'z'), 0);
	assert_int_equal(buf_add_text(&text, "\nhttp://c.example/\n"), 0);
	read_list(&reader, text.data, text.length);
	assert_int_equal(reader.feeds.count, 1);
	assert_int_equal(reader.feeds.refused_count, 2);
	assert_string_equal(reader.feeds.refused[0].why, "longer than 4096 bytes");
	assert_string_equal(reader.feeds.refused[1].why, "its line is too long");
	for (i = 0; i < 2; i++) {
		assert_true(strlen(reader.feeds.refused[i].url) < 300);
		assert_null(strstr(reader.feeds.refused[i].url, "secret"));
	}
	list_feeds_release(&reader.feeds);
	buf_release(&text);
}

/* Ten thousand of the longest addresses would be forty megabytes a client. */
static void so_many_are_named_as_little_memory_holds(void **state)
{
	struct list_feeds list = { .now_s = 1 };
	char *url = mem_alloc(URL_MAX + 1);
	struct err err;
	size_t i;

	(void)state;
	memset(url, 'x', URL_MAX);
	url[URL_MAX] = '\0';
	err_set(&err, ERR_REFUSED, "no");
	for (i = 0; i < LIST_REFUSED_MAX; i++)
		list_feeds_refuse(&list, url, &err);
	assert_true(list.refused_count * URL_MAX <= LIST_REFUSED_BYTES_MAX + URL_MAX);
	assert_int_equal(list.refused_count + list.unnamed, LIST_REFUSED_MAX);
	list_feeds_release(&list);
	free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read_as_their_programs_wrote_them),
		cmocka_unit_test(lists_are_told_apart_by_content),
		cmocka_unit_test(a_list_is_read_while_the_loop_goes_on),
		cmocka_unit_test(a_list_that_is_no_utf8_is_left_to_be_decoded),
		cmocka_unit_test(a_line_has_as_many_words_as_fit),
		cmocka_unit_test(what_is_too_long_is_refused_by_its_beginning),
		cmocka_unit_test(so_many_are_named_as_little_memory_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
