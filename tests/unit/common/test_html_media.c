#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/html.h"
#include "tests/unit/common/out.h"

/* Films, sounds and pictures whose addresses only a script would find. */

#define REF " referrerpolicy=\"no-referrer\""
#define PLAYER " controls preload=\"none\""

static const struct lazy {
	const char *given, *html, *text;
} lazy[] = {
	{ "<video data-src=http://e.org/v></video>",
		"<video src=\"http://e.org/v\"" PLAYER "></video>",
		"[video][1]\n\n[1] http://e.org/v\n" },
	{ "<video src='' data-src=http://e.org/v></video>",
		"<video src=\"http://e.org/v\"" PLAYER "></video>",
		"[video][1]\n\n[1] http://e.org/v\n" },
	{ "<audio><source type=audio/ogg data-src=http://e.org/a></audio>",
		"<audio" PLAYER "><source src=\"http://e.org/a\" type=\"audio/ogg\"></audio>",
		"[audio][1]\n\n[1] http://e.org/a\n" },
	{ "<img data-srcset='http://e.org/b 1x, http://e.org/c 2x'>",
		"<img src=\"http://e.org/b\"" REF ">", "[image][1]\n\n[1] http://e.org/b\n" },
	{ "<img src='data:image/gif;base64,R0lGOD' data-lazy-srcset=http://e.org/b>",
		"<img src=\"http://e.org/b\"" REF ">", "[image][1]\n\n[1] http://e.org/b\n" },
	{ "<img data-srcset='/w.jpg 300w'><noscript><img src=http://e.org/i></noscript>",
		"<img src=\"http://e.org/i\"" REF ">", "[image][1]\n\n[1] http://e.org/i\n" },
	{ "<video src=javascript:x data-src=javascript:y></video>", "<video" PLAYER "></video>",
		"" },
};

static void what_a_script_would_load_is_there(void **state)
{
	const struct html_text_options options = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lazy); i++) {
		const char *given = lazy[i].given;

		buf_clear(&out);
		assert_int_equal(html_sanitize(given, strlen(given), &out), 0);
		assert_string_equal(out.data, lazy[i].html);
		buf_clear(&out);
		assert_int_equal(html_to_text(given, strlen(given), &options, &out), 0);
		assert_string_equal(out.length > 0 ? out.data : "", lazy[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_a_script_would_load_is_there, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("html_media", tests, NULL, NULL);
}
