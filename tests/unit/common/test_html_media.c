#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/html.h"
#include "common/mem.h"
#include "tests/unit/common/out.h"

/* Films, sounds and pictures: whose addresses only a script would find, and that nobody
 * sees. */

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

static const char *const pixels[] = {
	"<img src=http://e.org/p.gif width=1 height=1>",
	"<img src=http://e.org/p.gif width=0 height=0 alt=x>",
	"<img src=http://e.org/p.gif width='1px' height=\"1\">",
	"<img src=http://e.org/p.gif style='width:1px;height:1px'>",
	"<img src=http://e.org/p.gif style='WIDTH : 0.5PX !important; height:0em'>",
	"<img src=http://e.org/p.gif style='width:9em;width:1px;height:1'>",
	"<img src=http://e.org/p.gif style='max-width:1px;max-height:1px'>",
	"<img src=http://e.org/p.gif height=0>",
	"<img src=http://e.org/p.gif width=0 alt=x>",
	"<img src=http://e.org/p.gif width=1>",
	"<img src=http://e.org/p.gif height=1px border=0>",
	"<img src=http://e.org/p.gif style=height:0>",
	"<img src=http://e.org/p.gif style='width:1px;height:auto'>",
	"<img src=http://e.org/p.gif width=1 height=auto>",
	"<img src=http://e.org/p.gif width=1 style=height:9em>",
	"<video src=http://e.org/v poster=http://e.org/p width=1 height=1></video>",
	"<video poster=http://e.org/p width=0 height=0><source src=http://e.org/v>x</video>",
	"<video src=http://e.org/v poster=http://e.org/p height=0></video>",
	"<img src=http://e.org/p.gif style=opacity:0>",
	"<img src=http://e.org/p.gif style='color:red; DISPLAY : None'>",
	"<img src=http://e.org/p.gif style='visibility:hidden!important'>",
	"<img src=http://e.org/p.gif hidden>",
	"<div style='display:none'>Preheader <p>and</p><img src=http://e.org/p.gif></div>",
	"<p hidden>x<iframe src=http://e.org/p></iframe></p>",
	"<img src=http://feeds.feedburner.com/~r/x/~4/y alt=''>",
	"<img src=https://pixel.wp.com/b.gif?x>",
};

static void pixels_that_count_readers_go(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(pixels); i++) {
		buf_clear(&out);
		assert_int_equal(html_sanitize(pixels[i], strlen(pixels[i]), &out), 0);
		assert_string_equal(out.data, "");
	}
}

static const char *const letters[] = {
	"<img src=http://e.org/p.gif style='width:1em;height:1em'>",
	"<img src=http://e.org/p.gif style='width:1rem;height:1rem'>",
	"<img src=http://e.org/p.gif style='width:1.33ex; height:1.676ex;'>",
	"<img src=http://e.org/p.gif width=1em height=1em>",
	"<img src=http://e.org/p.gif width=1% height=1%>",
	"<img src=http://e.org/p.gif style='width:1px;height:10px'>",
	"<img src=http://e.org/p.gif style='height:1px;width:50%'>",
	"<img src=http://e.org/p.gif width=1px height=10px>",
	"<img src=http://e.org/p.gif width=1 height=10>",
	"<img src=http://e.org/p.gif width=640 height=0>",
	"<img src=http://e.org/p.gif height=1 width=100%>",
	"<img src=http://e.org/p.gif width=10>",
	"<img src=http://e.org/p.gif height=1em>",
	"<video src=http://e.org/p.gif width=640 height=1></video>",
	"<img src=http://e.org/p.gif style='border-width:1px;line-height:1px'>",
	"<img src=http://e.org/p.gif style='opacity:0.5;display:block'>",
	"<img src=data:, data-src=http://e.org/p.gif style=opacity:0>",
	"<p hidden=until-found><img src=http://e.org/p.gif>",
};

static void small_images_that_are_seen_stay(void **state)
{
	char *once;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(letters); i++) {
		buf_clear(&out);
		assert_int_equal(html_sanitize(letters[i], strlen(letters[i]), &out), 0);
		assert_non_null(strstr(out.data, "src=\"http://e.org/p.gif\""));
		once = mem_strdup(out.data);
		buf_clear(&out);
		assert_int_equal(html_sanitize(once, strlen(once), &out), 0);
		assert_string_equal(out.data, once);
		free(once);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_a_script_would_load_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pixels_that_count_readers_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(small_images_that_are_seen_stay, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("html_media", tests, NULL, NULL);
}
