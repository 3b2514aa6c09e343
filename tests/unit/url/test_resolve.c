/* References against bases: RFC 3986 §5.4, and what feeds do beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/url.h"

struct row {
	const char *reference, *want; /* NULL: there is none */
};

static void check(const char *base, const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		char *url = NULL;
		int found = url_resolve(base, rows[i].reference, &url);

		if (found != (rows[i].want != NULL))
			fail_msg("%s against %s: %d", rows[i].reference, base, found);
		if (found && strcmp(url, rows[i].want) != 0)
			fail_msg("%s against %s: %s", rows[i].reference, base, url);
		free(url);
	}
}
#define CHECK(base, rows) check(base, rows, sizeof(rows) / sizeof(rows[0]))

static void the_normal_examples_of_rfc_3986_hold(void **state)
{
	static const struct row rows[] = {
		{ "g:h", "g:h" },
		{ "g", "http://a/b/c/g" },
		{ "./g", "http://a/b/c/g" },
		{ "g/", "http://a/b/c/g/" },
		{ "/g", "http://a/g" },
		{ "//g", "http://g" },
		{ "?y", "http://a/b/c/d;p?y" },
		{ "g?y", "http://a/b/c/g?y" },
		{ "#s", "http://a/b/c/d;p?q#s" },
		{ "g#s", "http://a/b/c/g#s" },
		{ "g?y#s", "http://a/b/c/g?y#s" },
		{ ";x", "http://a/b/c/;x" },
		{ "g;x", "http://a/b/c/g;x" },
		{ "g;x?y#s", "http://a/b/c/g;x?y#s" },
		{ "", "http://a/b/c/d;p?q" },
		{ ".", "http://a/b/c/" },
		{ "./", "http://a/b/c/" },
		{ "..", "http://a/b/" },
		{ "../", "http://a/b/" },
		{ "../g", "http://a/b/g" },
		{ "../..", "http://a/" },
		{ "../../", "http://a/" },
		{ "../../g", "http://a/g" },
	};

	(void)state;
	CHECK("http://a/b/c/d;p?q", rows);
	CHECK("http://a/b/c/d;p?q#fragment", rows);
}

static void the_abnormal_examples_of_rfc_3986_hold(void **state)
{
	static const struct row rows[] = {
		{ "../../../g", "http://a/g" },
		{ "../../../../g", "http://a/g" },
		{ "/./g", "http://a/g" },
		{ "/../g", "http://a/g" },
		{ "g.", "http://a/b/c/g." },
		{ ".g", "http://a/b/c/.g" },
		{ "g..", "http://a/b/c/g.." },
		{ "..g", "http://a/b/c/..g" },
		{ "./../g", "http://a/b/g" },
		{ "./g/.", "http://a/b/c/g/" },
		{ "g/./h", "http://a/b/c/g/h" },
		{ "g/../h", "http://a/b/c/h" },
		{ "g;x=1/./y", "http://a/b/c/g;x=1/y" },
		{ "g;x=1/../y", "http://a/b/c/y" },
		{ "g?y/./x", "http://a/b/c/g?y/./x" },
		{ "g?y/../x", "http://a/b/c/g?y/../x" },
		{ "g#s/./x", "http://a/b/c/g#s/./x" },
		{ "g#s/../x", "http://a/b/c/g#s/../x" },
		{ "http:g", "http:g" },
	};

	(void)state;
	CHECK("http://a/b/c/d;p?q", rows);
}

static void a_base_without_path_has_a_root(void **state)
{
	static const struct row rows[] = {
		{ "g", "https://example.org/g" },
		{ "?q", "https://example.org?q" },
		{ "", "https://example.org" },
		{ "../g", "https://example.org/g" },
	};

	(void)state;
	CHECK("https://example.org", rows);
}

static void without_a_base_only_absolute_references_resolve(void **state)
{
	static const struct row rows[] = {
		{ "https://example.org/a/../b", "https://example.org/b" },
		{ "mailto:me@example.org", "mailto:me@example.org" },
		{ "urn:uuid:1", "urn:uuid:1" },
		{ "tag:example.org,2026:../1", "tag:example.org,2026:../1" },
		{ "post/1", NULL },
		{ "//example.org/", NULL },
		{ "#s", NULL },
		{ "", NULL },
	};

	(void)state;
	CHECK("", rows);
}

static void an_opaque_base_has_no_relatives(void **state)
{
	static const struct row rows[] = {
		{ "g", NULL },
		{ "/g", NULL },
		{ "#s", "urn:x:y#s" },
		{ "https://a/b", "https://a/b" },
	};

	(void)state;
	CHECK("urn:x:y", rows);
}

static void blanks_and_controls_do_not_survive(void **state)
{
	static const struct row rows[] = {
		{ " \n g \t", "http://a/b/c/g" },
		{ "a\n\t b", "http://a/b/c/a%20b" },
		{ "a b?c d#e f", "http://a/b/c/a%20b?c%20d#e%20f" },
		{ "\x01g", "http://a/b/c/g" },
		{ "a\x02"
		  "b",
			"http://a/b/c/a%02b" },
		{ "\xe2\x80\xaex", "http://a/b/c/%E2%80%AEx" },
		{ "\xc3\xa4", "http://a/b/c/\xc3\xa4" },
		{ "\xff", "http://a/b/c/\xff" },
	};

	(void)state;
	CHECK("http://a/b/c/d;p?q", rows);
}

static void a_path_of_nothing_but_dots_takes_linear_time(void **state)
{
	size_t length = 3u << 20, i;
	char *reference = mem_alloc(length + 1), *url;

	(void)state;
	for (i = 0; i < length; i += 3)
		memcpy(reference + i, i < length / 2 ? "a/b" : "/..", 3);
	reference[length] = '\0';
	assert_int_equal(url_resolve("http://a/", reference, &url), 1);
	assert_int_equal(strncmp(url, "http://a/", 9), 0);
	free(url);
	free(reference);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_normal_examples_of_rfc_3986_hold),
		cmocka_unit_test(the_abnormal_examples_of_rfc_3986_hold),
		cmocka_unit_test(a_base_without_path_has_a_root),
		cmocka_unit_test(without_a_base_only_absolute_references_resolve),
		cmocka_unit_test(an_opaque_base_has_no_relatives),
		cmocka_unit_test(blanks_and_controls_do_not_survive),
		cmocka_unit_test(a_path_of_nothing_but_dots_takes_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
