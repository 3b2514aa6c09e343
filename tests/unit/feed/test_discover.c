#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "daemon/feed/build.h"
#include "daemon/feed/discover.h"

static struct feed_doc *searched(const char *html, size_t length)
{
	struct feed_source source = { .body = html,
		.length = length,
		.url = "https://example.org/blog/page",
		.content_type = "",
		.content_location = "" };
	struct feed_limits limits;
	struct build *build;
	struct feed_doc *doc = NULL;
	struct err err;

	feed_limits_default(&limits);
	build = build_new(FEED_KIND_PAGE, &limits);
	if (discover_page(html, length, &source, &limits, build, &err) < 0 ||
		build_finish(build, &doc, &err) < 0)
		fail_msg("%s", err.text);
	build_free(build);
	assert_int_equal(feed_doc_check(doc, doc->size, &err), 0);
	return doc;
}

/* Each feed as "url type title language\n". */
static void check(const char *html, const char *title, const char *wanted)
{
	struct feed_doc *doc = searched(html, strlen(html));
	struct buf got;
	uint32_t i;

	buf_init(&got, 1 << 20);
	assert_string_equal(feed_doc_text(doc, doc->title), title);
	for (i = 0; i < doc->links.count; i++) {
		const struct feed_link *link = feed_doc_link(doc, doc->links.first + i);

		assert_int_equal(buf_printf(&got, "%s %s %s %s\n", feed_doc_text(doc, link->url),
					 feed_doc_text(doc, link->mime_type),
					 feed_doc_text(doc, link->title),
					 feed_doc_text(doc, link->language)),
			0);
	}
	assert_string_equal(got.data, wanted);
	buf_release(&got);
	free(doc);
}

static void feeds_are_found_in_document_order(void **state)
{
	(void)state;
	check("<!doctype html><title> My &amp; page\n</title>"
	      "<link rel='alternate' type='application/rss+xml' title='RSS &gt;' href='/feed'>"
	      "<link rel=stylesheet href=x.css>"
	      "<LINK TYPE='application/atom+xml; charset=utf-8' REL='Alternate home' "
	      "HREF=atom.xml hreflang=de>"
	      "<link rel=alternate type=application/feed+json href=https://other.example/f.json>"
	      "<body><link rel=alternate type=application/rss+xml href='//cdn.example/r'>",
		"My & page",
		"https://example.org/feed application/rss+xml RSS > \n"
		"https://example.org/blog/atom.xml application/atom+xml  de\n"
		"https://other.example/f.json application/feed+json  \n"
		"https://cdn.example/r application/rss+xml  \n");
}

static void the_base_counts_for_all_links(void **state)
{
	(void)state;
	check("<head><link rel=alternate type=application/rss+xml href=feed>"
	      "<base target=x><base href='/b/'><base href='http://no.example/'></head>",
		"", "https://example.org/b/feed application/rss+xml  \n");
}

static void each_address_stands_once(void **state)
{
	(void)state;
	check("<link rel=alternate type=application/rss+xml href=/f title=1>"
	      "<link rel=alternate type=application/atom+xml href='https://example.org/f'>"
	      "<link rel=alternate type=application/rss+xml href='feed://example.org/g'>"
	      "<link rel=alternate type=application/rss+xml href='feed:https://example.org/f'>",
		"",
		"https://example.org/f application/rss+xml 1 \n"
		"http://example.org/g application/rss+xml  \n");
}

static void each_address_is_as_if_it_had_been_typed(void **state)
{
	(void)state;
	check("<link rel=feed href='/f#a'><link rel=feed href='/f#b'>"
	      "<link rel=feed href='http://user:secret@Example.ORG:8080/g'>"
	      "<link rel=feed href='HTTP://LOCALHOST/h'>"
	      "<link rel=feed href='/\xd0\xbb?\xd0\xbb'><link rel=feed href='/%d0%bb'>"
	      "<link rel=feed href='http://user:%0d%0a@example.org/i'>"
	      "<link rel=feed href='http://user:%ff@example.org/j'>"
	      "<link rel=feed href='http://example.org:99999/k'>",
		"",
		"https://example.org/f   \n"
		"http://example.org:8080/g   \n"
		"http://localhost/h   \n"
		"https://example.org/%D0%BB?%D0%BB   \n"
		"https://example.org/%d0%bb   \n");
}

static void a_password_stands_apart_from_its_address(void **state)
{
	static const char html[] = "<link rel=feed href='http://us%41r:s%20@example.org/f'>"
				   "<link rel=feed href='http://example.org/g'>";
	struct feed_doc *doc = searched(html, strlen(html));

	(void)state;
	assert_int_equal(doc->links.count, 2);
	assert_string_equal(
		feed_doc_text(doc, feed_doc_link(doc, doc->links.first)->userinfo), "usAr:s ");
	assert_false(feed_text_present(feed_doc_link(doc, doc->links.first + 1)->userinfo));
	free(doc);
}

static void what_is_no_feed_is_left_out(void **state)
{
	(void)state;
	check("<link rel='alternate stylesheet' type=application/rss+xml href=a>"
	      "<link rel=alternate type=text/html href=b><link rel=alternate href=c>"
	      "<link rel=alternate type=application/json+oembed href=d>"
	      "<link rel=alternate type=application/json href='/wp-json/wp/v2/posts/1'>"
	      "<link rel=alternate type=application/rss+xml href='javascript:x()'>"
	      "<link rel=alternate type=application/rss+xml>"
	      "<!-- <link rel=alternate type=application/rss+xml href=e> -->"
	      "<script>'<link rel=alternate type=application/rss+xml href=f>'</script>"
	      "<a href=feed.xml type=application/rss+xml rel=alternate>feed</a>"
	      "<svg><title>no</title></svg>",
		"", "");
}

static void types_of_xml_count_where_title_or_address_name_a_feed(void **state)
{
	(void)state;
	check("<link rel=alternate type=text/xml href=/rss.xml>"
	      "<link rel=alternate type=application/xml title='Our feeds (Atom)' href=/a>"
	      "<link rel=alternate type='text/xml;charset=utf-8' href='/?feed=rss2'>"
	      "<link rel=alternate type=application/rdf+xml href=index.rdf>"
	      "<link rel=alternate type=application/json href=/feed.json>"
	      "<link rel=alternate type=text/xml href=/feedback>"
	      "<link rel=alternate type=text/xml href=/sitemap.xml title=Crossing>"
	      "<link rel=sitemap type=application/xml href=/feed/sitemap.xml>"
	      "<link rel=EditURI type=application/rsd+xml href=/rss>",
		"",
		"https://example.org/rss.xml text/xml  \n"
		"https://example.org/a application/xml Our feeds (Atom) \n"
		"https://example.org/?feed=rss2 text/xml  \n"
		"https://example.org/blog/index.rdf application/rdf+xml  \n"
		"https://example.org/feed.json application/json  \n");
}

static void any_xml_is_a_candidate_where_there_is_no_other(void **state)
{
	(void)state;
	check("<link rel=alternate type=text/xml href=/a><link rel=alternate type=text/html href=b>"
	      "<link rel=sitemap type=text/xml href=/c><link rel=alternate href=/d>"
	      "<link rel=alternate type=application/xml href=/e>",
		"",
		"https://example.org/a text/xml  \n"
		"https://example.org/e application/xml  \n");
}

static void a_rel_of_feed_needs_no_other_word(void **state)
{
	(void)state;
	check("<link rel=feed href=/1><link rel='alternate feed' type=text/xml href=/2>"
	      "<link rel='feed' type=application/atom+xml href=/3 title=three>"
	      "<link rel='feed' type=text/html href=/4><link rel=feeds href=/5>"
	      "<link rel=feed type=application/json href=/wp-json/x>",
		"",
		"https://example.org/1   \n"
		"https://example.org/2 text/xml  \n"
		"https://example.org/3 application/atom+xml three \n");
}

static void titles_are_safe_lines(void **state)
{
	(void)state;
	check("<title>a\x1B]0;x\n\xE2\x80\xAE"
	      "b&#155;</title>",
		"a]0;x b›", "");
}

static void hostile_pages_take_no_time(void **state)
{
	static const char *const units[] = { "<div>", "<b>", "<a b=c ", "<link rel=alternate ",
		"<table><tr><td>", "x=y ", "<svg>", "<template>", "<!--", "<title>" };
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct buf text;
		struct feed_doc *doc;

		buf_init(&text, 1 << 21);
		for (n = 0; n < 50000; n++)
			assert_int_equal(buf_add_text(&text, units[i]), 0);
		doc = searched(text.data, text.length);
		free(doc);
		buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feeds_are_found_in_document_order),
		cmocka_unit_test(the_base_counts_for_all_links),
		cmocka_unit_test(each_address_stands_once),
		cmocka_unit_test(each_address_is_as_if_it_had_been_typed),
		cmocka_unit_test(a_password_stands_apart_from_its_address),
		cmocka_unit_test(what_is_no_feed_is_left_out),
		cmocka_unit_test(types_of_xml_count_where_title_or_address_name_a_feed),
		cmocka_unit_test(any_xml_is_a_candidate_where_there_is_no_other),
		cmocka_unit_test(a_rel_of_feed_needs_no_other_word),
		cmocka_unit_test(titles_are_safe_lines),
		cmocka_unit_test(hostile_pages_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
