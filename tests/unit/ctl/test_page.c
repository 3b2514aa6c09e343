#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/ctl/printed.h"

/* Who reads by mail or in a browser gets the files of podcasts, too. */
static void pages_and_mail_name_what_is_attached(void **state)
{
	static const char item[] =
		"{\"id\":3,\"feed_id\":1,\"feed_title\":\"F\",\"url\":null,\"title\":\"t\","
		"\"date\":\"2026-06-03T10:00:00Z\",\"content_html\":\"x\",\"attachments\":["
		"{\"url\":\"https://x/a.mp3?b&c\",\"mime_type\":\"audio/<mpeg>\","
		"\"size_in_bytes\":1234567890,\"duration_in_seconds\":3723},"
		"{\"url\":\"javascript:x\\\"y\",\"mime_type\":null}]}";
	static const char page[] =
		"x\n<p>attached: audio/&lt;mpeg&gt; 1.2 GB 1:02:03 <a rel=\"noopener noreferrer\" "
		"href=\"https://x/a.mp3?b&amp;c\">https://x/a.mp3?b&amp;c</a></p>\n"
		"<p>attached: javascript:x&quot;y</p>\n";
	struct printed p;
	char *text;

	(void)state;
	begin(&p, "html", NULL);
	row(&p, item);
	text = end(&p);
	assert_non_null(strstr(text, page));
	free(text);
	begin(&p, "mbox", NULL);
	row(&p, item);
	text = end(&p);
	assert_non_null(strstr(text, "<p>attached: audio/&lt;mpeg&gt; 1.2 GB 1:02:03 <a "));
	assert_non_null(strstr(text, "<p>attached: javascript:x&quot;y</p>"));
	free(text);
}

/* The page's own words are few; each article says what it is in. */
static void articles_of_a_page_tell_their_language(void **state)
{
	struct printed p;
	char *text;

	(void)state;
	begin(&p, "html", NULL);
	row(&p, "{\"id\":3,\"feed_id\":1,\"url\":null,\"title\":\"t\",\"language\":\"he\\\"\","
		"\"date\":\"2026-06-03T10:00:00Z\",\"content_html\":\"x\"}");
	row(&p, "{\"id\":4,\"feed_id\":1,\"url\":null,\"title\":\"t\",\"language\":null,"
		"\"date\":\"2026-06-03T10:00:00Z\",\"content_html\":\"x\"}");
	text = end(&p);
	assert_null(strstr(text, "lang=\"en\""));
	assert_non_null(strstr(text, "<article id=\"item-3\" dir=\"auto\" lang=\"he&quot;\">\n"));
	assert_non_null(strstr(text, "<article id=\"item-4\" dir=\"auto\">\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_mail_name_what_is_attached),
		cmocka_unit_test(articles_of_a_page_tell_their_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
