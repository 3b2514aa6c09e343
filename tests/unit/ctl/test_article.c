#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/article.h"
#include "tests/unit/ctl/printed.h"

/* Articles as `show` puts them. */

#define ITEM(title, html, old_title, old_html)                                                     \
	"{\"id\":3,\"feed_id\":1,\"feed_title\":\"F\",\"url\":null,\"title\":" title               \
	",\"date\":\"2026-06-03T10:00:00Z\",\"content_html\":\"" html                              \
	"\",\"attachments\":[],\"previous\":[{\"title\":" old_title                                \
	",\"content_html\":\"" old_html "\"}]}"

static int on_edited(void *ctx, const struct wire_row *row, struct err *err)
{
	struct printed *p = ctx;

	(void)err;
	article_put_diff(p->out, &p->term, row);
	return 0;
}

/* What stands behind the empty line, which is the comparison. */
static void assert_diff(const char *item, const char *wanted)
{
	struct printed p;
	struct err err;
	char *text, *diff;

	begin(&p, "tsv", NULL);
	assert_int_equal(tell_row(item, on_edited, &p, &err), 0);
	text = end(&p);
	diff = strstr(text, "\n\n");
	assert_non_null(diff);
	assert_string_equal(diff + 2, wanted);
	free(text);
}

static void an_edit_is_compared_by_what_was_told(void **state)
{
	(void)state;
	assert_diff(ITEM("\"t\"", "new", "\"t\"", "old"), "  t\n- old\n+ new\n");
	assert_diff(ITEM("\"n\"", "x", "\"o\"", "x"), "- o\n+ n\n  x\n");
}

/* Its first words are the text's, and would stand there twice. */
static void of_an_item_without_title_only_the_text_is_compared(void **state)
{
	(void)state;
	assert_diff(ITEM("null", "new", "null", "old"), "- old\n+ new\n");
	assert_diff(ITEM("\" \"", "new", "null", "old"), "- old\n+ new\n");
	assert_diff(ITEM("\"t\"", "x", "null", "x"), "+ t\n  x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_edit_is_compared_by_what_was_told),
		cmocka_unit_test(of_an_item_without_title_only_the_text_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
