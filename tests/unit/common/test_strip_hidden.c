#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/html.h"
#include "common/strip.h"

/*
 * What a page hides is left out of a comparison without a tree.  Whatever tags stand
 * there, no word may go that a reader is shown, or an edit of it would not be told.
 */

#define PAGES 20000
#define TAGS_MAX 12
#define OUT_MAX 4096

static const char *const names[] = { "div", "span", "p", "li", "ul", "ol", "td", "tr", "table",
	"tbody", "th", "dd", "dt", "dl", "b", "a", "em", "h2", "section", "blockquote", "br", "pre",
	"form", "label", "header", "figcaption", "img", "details", "caption", "main", "ruby", "rt",
	"colgroup", "tfoot" };

/* Of one that comes twice, the first counts. */
static const char *const hidings[] = { " hidden", " style='display:none'", " hidden/",
	" style='color:red' style='display:none'", " hidden='until-found' hidden" };

static struct buf page, view, seen;

/* The same numbers everywhere. */
static uint32_t next(uint32_t *state, uint32_t below)
{
	*state = *state * 1103515245u + 12345u;
	return (*state >> 8) % below;
}

/* Tags and between them words, "w0x w1x …"; their number. */
static unsigned make_page(uint32_t number)
{
	uint32_t state = number * 2654435761u + 17;
	unsigned count = 2 + next(&state, TAGS_MAX - 1), i;

	buf_clear(&page);
	for (i = 0; i < count; i++) {
		const char *name = names[next(&state, sizeof(names) / sizeof(names[0]))];
		const char *hiding = hidings[next(&state, sizeof(hidings) / sizeof(hidings[0]))];
		uint32_t kind = next(&state, 10);

		assert_int_equal(buf_printf(&page, "<%s%s%s>w%ux", kind < 6 ? "" : "/", name,
					 kind >= 3 && kind < 6 ? hiding : "", i),
			0);
	}
	return count;
}

static bool has(const struct buf *text, unsigned word)
{
	char name[16];
	int length = snprintf(name, sizeof(name), "w%ux", word);

	return text->length > 0 && memmem(text->data, text->length, name, (size_t)length) != NULL;
}

static void nothing_is_hidden_that_is_shown(void **state)
{
	const struct html_text_options options = { .plain = true };
	unsigned hidden = 0, i, j, count;

	(void)state;
	buf_init(&page, OUT_MAX);
	buf_init(&view, OUT_MAX);
	buf_init(&seen, OUT_MAX);
	for (i = 0; i < PAGES; i++) {
		count = make_page(i);
		buf_clear(&view);
		buf_clear(&seen);
		assert_int_equal(html_to_text(page.data, page.length, &options, &view), 0);
		assert_int_equal(strip_seen(page.data, page.length, &seen), 0);
		for (j = 0; j < count; j++) {
			if (has(&view, j) && !has(&seen, j))
				fail_msg("w%ux of %s", j, page.data);
			hidden += !has(&view, j) && !has(&seen, j);
		}
	}
	assert_true(hidden > PAGES);
	buf_release(&page);
	buf_release(&view);
	buf_release(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_hidden_that_is_shown),
	};

	return cmocka_run_group_tests_name("strip_hidden", tests, NULL, NULL);
}
