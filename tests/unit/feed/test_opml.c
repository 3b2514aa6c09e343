#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/feed/build.h"
#include "daemon/feed/opml.h"
#include "daemon/feed/opml_writer.h"

#define TEXT_MAX (64u << 20)

/* The list's document, the caller's to free(). */
static struct feed_doc *parsed(const char *text)
{
	struct feed_source source = { .body = text,
		.length = strlen(text),
		.url = "",
		.content_type = "",
		.content_location = "" };
	struct xml_input input = { text, strlen(text), NULL };
	struct feed_limits limits;
	struct build *build;
	struct feed_doc *doc = NULL;
	struct err err;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_OPML, &limits);
	if (opml_parse(&input, &source, &limits, build, &err) < 0 ||
		build_finish(build, &doc, &err) < 0)
		fail_msg("%s", err.text);
	build_free(build);
	assert_int_equal(feed_doc_check(doc, doc->size, &err), 0);
	return doc;
}

static const char *text_of(const struct feed_doc *doc, struct feed_text text)
{
	return feed_doc_text(doc, text);
}

/* "title|url|site|tag,tag|name=value,…" of a subscription, the caller's to free(). */
static char *summary(const struct feed_doc *doc, uint32_t i)
{
	const struct feed_outline *o = feed_doc_outline(doc, i);
	struct buf out;
	uint32_t k;

	buf_init(&out, 65536);
	assert_int_equal(buf_printf(&out, "%s|%s|%s|", text_of(doc, o->title), text_of(doc, o->url),
				 text_of(doc, o->site_url)),
		0);
	for (k = 0; k < o->tags.count; k++)
		assert_int_equal(
			buf_printf(&out, "%s%s", k > 0 ? "," : "",
				text_of(doc, feed_doc_category(doc, o->tags.first + k)->term)),
			0);
	for (k = 0; k < o->settings.count; k++) {
		const struct feed_extension *e = feed_doc_extension(doc, o->settings.first + k);

		assert_int_equal(buf_printf(&out, "%s%s=%s", k > 0 ? "," : "|",
					 text_of(doc, e->name), text_of(doc, e->value)),
			0);
	}
	return buf_take(&out, NULL);
}

static void check_outlines(const char *text, const char *const *wanted, size_t count)
{
	struct feed_doc *doc = parsed(text);
	size_t i;

	assert_int_equal(doc->outlines.count, count);
	for (i = 0; i < count; i++) {
		char *got = summary(doc, (uint32_t)i);

		assert_string_equal(got, wanted[i]);
		free(got);
	}
	free(doc);
}

#define CHECK(text, wanted) check_outlines((text), (wanted), sizeof(wanted) / sizeof((wanted)[0]))

static void folders_and_categories_become_tags(void **state)
{
	static const char *const wanted[] = {
		"A|http://a/||",
		"B|http://b/|http://site/|News/Linux,Kernel,x/y,z",
		"C|http://c/||News,a b",
		"D|http://d/||Blogs mine/a b",
	};

	(void)state;
	CHECK("<?xml version='1.0'?><opml version='2.0'><head><title>My list</title></head><body>"
	      "<outline type='rss' text='A' xmlUrl='http://a/'/>"
	      "<outline text='News'><outline title='Linux'>"
	      "<outline text=' ' title='B' XMLURL=' http://b/ ' HtmlURL='http://site/' "
	      "category='/News/Linux,/Kernel,/ x/y,z,,'/>"
	      "</outline><outline><outline text='C' url='http://c/' category='a\tb'/></outline>"
	      "</outline><outline text='Blogs, mine'><outline text=',a,b,,'>"
	      "<outline text='D' xmlUrl='http://d/'/></outline></outline></body></opml>",
		wanted);
}

static void bookmarks_and_lists_are_no_subscriptions(void **state)
{
	static const char *const wanted[] = { "|http://a/||", "x|http://b/||" };

	(void)state;
	CHECK("<opml><body><outline text='l' type='link' url='http://x/'/>"
	      "<outline text='i' type='include' url='http://y/'/>"
	      "<outline xmlUrl='http://a/' o:t='1' xmlns:o='urn:other'/>"
	      "<outline type='rss' text='x' url='http://b/'/>"
	      "<outline text='site only' htmlUrl='http://z/'/></body></opml>",
		wanted);
}

static void our_settings_are_read_whatever_their_prefix(void **state)
{
	static const char *const wanted[] = { "A|http://a/|||every=30m,keep=2 \"y\"" };

	(void)state;
	CHECK("<opml xmlns:f='" OPML_NAMESPACE "' xmlns:g='urn:g'><body>"
	      "<outline text='A' xmlUrl='http://a/' f:every='30m' g:every='1h' "
	      "f:keep='2 &quot;y&quot;'/></body></opml>",
		wanted);
}

static void what_was_written_is_read_again(void **state)
{
	static const char *const tags[] = { "News/Linux", "a&b", "/odd", "x/" };
	static const char *const odd[] = { "//", "News" };
	static const struct opml_setting settings[] = { { "every", "30m" },
		{ "title", "it's \"<&>\"\n\tnew" } };
	static const struct opml_row rows[] = {
		{ "A & <B>", "http://a/?x=1&y=2", "http://site/", "", tags, 4, settings, 2 },
		{ "C", "http://c/", "", "d", tags, 1, NULL, 0 },
		{ "D", "http://d/", "", "", odd + 1, 1, NULL, 0 },
		{ "E", "push:name", "", "", odd, 2, NULL, 0 },
		{ "F\x01\xFF", "http://f/", "", "", NULL, 0, NULL, 0 },
	};
	static const char *const wanted[] = {
		("A & <B>|http://a/?x=1&y=2|http://site/|News/Linux,a&b,/odd,x/"
		 "|every=30m,title=it's \"<&>\"\n\tnew"),
		"C|http://c/||News/Linux",
		"D|http://d/||News",
		"E|push:name||//,News",
		"F\xEF\xBF\xBD|http://f/||",
	};
	struct opml_writer writer;
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, TEXT_MAX);
	opml_writer_init(&writer, &out);
	assert_int_equal(opml_writer_begin(&writer, "Sub & more"), 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(opml_writer_row(&writer, &rows[i]), 0);
	assert_int_equal(opml_writer_end(&writer), 0);
	opml_writer_release(&writer);
	CHECK(out.data, wanted);
	buf_release(&out);
}

static void rows_of_a_folder_share_it(void **state)
{
	static const char *const a[] = { "x/y" }, *const b[] = { "x/z" };
	static const struct opml_row rows[] = {
		{ "1", "u:1", "", "", a, 1, NULL, 0 },
		{ "2", "u:2", "", "", b, 1, NULL, 0 },
		{ "3", "u:3", "", "", NULL, 0, NULL, 0 },
	};
	struct opml_writer writer;
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, TEXT_MAX);
	opml_writer_init(&writer, &out);
	for (i = 0; i < 3; i++)
		assert_int_equal(opml_writer_row(&writer, &rows[i]), 0);
	assert_string_equal(out.data, "    <outline text=\"x\">\n"
				      "      <outline text=\"y\">\n"
				      "        <outline type=\"rss\" text=\"1\" xmlUrl=\"u:1\"/>\n"
				      "      </outline>\n"
				      "      <outline text=\"z\">\n"
				      "        <outline type=\"rss\" text=\"2\" xmlUrl=\"u:2\"/>\n"
				      "      </outline>\n"
				      "    </outline>\n"
				      "    <outline type=\"rss\" text=\"3\" xmlUrl=\"u:3\"/>\n");
	opml_writer_release(&writer);
	buf_release(&out);
}

static void what_is_no_list_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
	} rows[] = {
		{ "<rss><channel/></rss>", ERR_NOT_FEED },
		{ "<opml><body>", ERR_SYNTAX },
		{ "<!DOCTYPE opml [<!ENTITY a 'b'>]><opml/>", ERR_ENTITY },
	};
	struct feed_source source = {
		.body = "", .url = "", .content_type = "", .content_location = ""
	};
	struct feed_limits limits;
	size_t i;

	(void)state;
	feed_limits_default(&limits);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct xml_input input = { rows[i].text, strlen(rows[i].text), NULL };
		struct build *build = build_new(FEED_KIND_OPML, &limits);
		struct err err;

		assert_int_equal(opml_parse(&input, &source, &limits, build, &err), -1);
		assert_int_equal(err.code, rows[i].code);
		build_free(build);
	}
}

static void two_hundred_thousand_subscriptions_are_read(void **state)
{
	struct opml_writer writer;
	struct feed_doc *doc;
	struct buf out;
	int i;

	(void)state;
	buf_init(&out, TEXT_MAX);
	opml_writer_init(&writer, &out);
	assert_int_equal(opml_writer_begin(&writer, "many"), 0);
	for (i = 0; i < 200000; i++) {
		char *url = mem_printf("https://example.org/%d", i);
		struct opml_row row = { "t", url, "", "", NULL, 0, NULL, 0 };

		assert_int_equal(opml_writer_row(&writer, &row), 0);
		free(url);
	}
	assert_int_equal(opml_writer_end(&writer), 0);
	opml_writer_release(&writer);
	doc = parsed(out.data);
	assert_int_equal(doc->outlines.count, 200000);
	free(doc);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_and_categories_become_tags),
		cmocka_unit_test(bookmarks_and_lists_are_no_subscriptions),
		cmocka_unit_test(our_settings_are_read_whatever_their_prefix),
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(rows_of_a_folder_share_it),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(two_hundred_thousand_subscriptions_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
