/* One line of text that holds a name, an address, or both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/feed/person.h"

struct example {
	const char *line, *name, *email, *url;
};

static void assert_part(const char *part, size_t length, const char *expected, const char *line)
{
	if (length != strlen(expected) || memcmp(part, expected, length) != 0)
		fail_msg("\"%s\" gave \"%.*s\", not \"%s\"", line, (int)length, part, expected);
}

static void check(const struct example *examples, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const char *line = examples[i].line;
		struct person_line person = person_split(line, strlen(line));

		assert_part(person.name, person.name_length, examples[i].name, line);
		assert_part(person.email, person.email_length, examples[i].email, line);
		assert_part(person.url, person.url_length, examples[i].url, line);
	}
}

static void names_and_addresses_are_told_apart(void **state)
{
	static const struct example examples[] = {
		{ "jane@example.org (Jane Doe)", "Jane Doe", "jane@example.org", "" },
		{ "Jane Doe <jane@example.org>", "Jane Doe", "jane@example.org", "" },
		{ "\"Jane Doe\" <jane@example.org>", "Jane Doe", "jane@example.org", "" },
		{ "Jane Doe (jane@example.org)", "Jane Doe", "jane@example.org", "" },
		{ "Jane Doe (mailto:jane@example.org)", "Jane Doe", "jane@example.org", "" },
		{ "jane@example.org Jane Doe", "Jane Doe", "jane@example.org", "" },
		{ "Jane Doe, jane@example.org", "Jane Doe", "jane@example.org", "" },
		{ "jane@example.org", "", "jane@example.org", "" },
		{ "<jane@example.org>", "", "jane@example.org", "" },
		{ "jane@example.org (jane@example.org)", "", "jane@example.org", "" },
		{ "Jane Doe", "Jane Doe", "", "" },
		{ " (Jane Doe)", "Jane Doe", "", "" },
		{ "(Jane) Doe (editor)", "(Jane) Doe (editor)", "", "" },
		{ "  Jane\tDoe ", "Jane\tDoe", "", "" },
		{ "Jane Doe (editor)", "Jane Doe (editor)", "", "" },
		{ "Jane (J.) Doe <jane@example.org>", "Jane (J.) Doe", "jane@example.org", "" },
	};

	(void)state;
	check(examples, sizeof(examples) / sizeof(examples[0]));
}

static void addresses_of_pages_are_no_names(void **state)
{
	static const struct example examples[] = {
		{ "https://example.org/jane", "", "", "https://example.org/jane" },
		{ "Jane Doe (https://example.org/jane)", "Jane Doe", "",
			"https://example.org/jane" },
		{ "Jane Doe <http://example.org/>", "Jane Doe", "", "http://example.org/" },
	};

	(void)state;
	check(examples, sizeof(examples) / sizeof(examples[0]));
}

static void an_at_alone_is_no_address(void **state)
{
	static const struct example examples[] = {
		{ "@jane", "@jane", "", "" },
		{ "jane @ home", "jane @ home", "", "" },
		{ "@", "@", "", "" },
		{ "", "", "", "" },
	};

	(void)state;
	check(examples, sizeof(examples) / sizeof(examples[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_addresses_are_told_apart),
		cmocka_unit_test(addresses_of_pages_are_no_names),
		cmocka_unit_test(an_at_alone_is_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
