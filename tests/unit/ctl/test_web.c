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
#include "ctl/web.h"

static bool is_link(const char *text)
{
	return web_is_link(text, strlen(text));
}

static void a_link_may_be_in_any_script(void **state)
{
	static const char *const links[] = { "https://x/", "HTTP://x.example/",
		"https://de.wikipedia.org/wiki/Zürich", "https://bücher.example/",
		"https://x/日本?q=😀", "https://fa.example/می\xE2\x80\x8Cخواهم" };

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (!is_link(links[i]))
			fail_msg("no link: %s", links[i]);
}

static void a_link_is_absolute_and_has_nothing_that_nobody_sees(void **state)
{
	static const char *const others[] = { "", "https://", "ftp://x/", "javascript:alert(1)",
		"-https://x/", "file:///etc/passwd", " https://x/", "https://x/a b",
		"https://x/\x1B]", "https://x/\x7F", "https://x/\xC2\x9B", "https://x/\xC2\xA0",
		"https://x/\xE3\x80\x80", "https://x/\xE2\x80\x89", "https://x/\xE2\x80\xAE",
		"https://x/\xE2\x80\x8B", "https://x/\xE2\x80\xA8", "https://x/\xFC",
		"https://x/\xE6\x97" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (is_link(others[i]))
			fail_msg("a link: %s", others[i]);
	assert_false(web_is_link("https://x/\0y", 12));
}

static void a_terminal_gets_it_in_ascii(void **state)
{
	static const char link[] = "https://bü.example/日%20?a=b";
	static const char wanted[] = "https://b%C3%BC.example/%E6%97%A5%20?a=b";
	int fd = memfd_create("link", MFD_CLOEXEC);
	struct out *out = MEM_NEW(struct out);
	char text[sizeof(wanted)];
	struct err err;

	(void)state;
	out_init(out, fd);
	web_put_ascii(out, link, strlen(link));
	assert_int_equal(out_flush(out, &err), 0);
	assert_int_equal(pread(fd, text, sizeof(text), 0), sizeof(wanted) - 1);
	assert_memory_equal(text, wanted, sizeof(wanted) - 1);
	close(fd);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_may_be_in_any_script),
		cmocka_unit_test(a_link_is_absolute_and_has_nothing_that_nobody_sees),
		cmocka_unit_test(a_terminal_gets_it_in_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
