#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/names.h"

static void add(struct names *names, int64_t feed_id, const char *title)
{
	names_add(names, feed_id, title, strlen(title));
}

static void assert_named(struct names *names, int64_t feed_id, const char *wanted)
{
	struct name *name = names_find(names, feed_id);

	assert_non_null(name);
	assert_string_equal(name->text, wanted);
}

static void who_was_first_has_the_title_alone(void **state)
{
	struct names *names = names_new();

	(void)state;
	add(names, 9, "a_b");
	add(names, 4, "Same");
	add(names, 3, "Same");
	add(names, 7, "a/b");
	add(names, 5, "Other");
	names_settle(names);
	assert_named(names, 3, "Same");
	assert_named(names, 4, "Same 4");
	assert_named(names, 5, "Other");
	assert_named(names, 7, "a_b");
	assert_named(names, 9, "a_b 9");
	assert_null(names_find(names, 6));
	names_free(names);
}

static void a_title_that_is_another_s_name_gets_a_number_too(void **state)
{
	struct names *names = names_new();

	(void)state;
	add(names, 2, "Same 5");
	add(names, 3, "Same");
	add(names, 4, "Same");
	add(names, 5, "Same");
	add(names, 8, "Same 4");
	names_settle(names);
	assert_named(names, 2, "Same 5");
	assert_named(names, 4, "Same 4");
	assert_named(names, 5, "Same 5 5");
	assert_named(names, 8, "Same 4 8");
	names_free(names);
}

static void who_comes_later_takes_no_name_away(void **state)
{
	struct names *names = names_new();
	size_t i;

	(void)state;
	add(names, 3, "Same");
	names_settle(names);
	names_find(names, 3)->used = true;
	for (i = 0; i < 100; i++) {
		add(names, 3, "Same");
		add(names, 1000 - (int64_t)i, "Same");
	}
	names_settle(names);
	assert_named(names, 3, "Same");
	assert_true(names_find(names, 3)->used);
	assert_named(names, 901, "Same 901");
	assert_named(names, 1000, "Same 1000");
	names_free(names);
}

static void who_is_not_subscribed_has_always_a_number(void **state)
{
	struct names *names = names_new();

	(void)state;
	assert_string_equal(names_add_stranger(names, 2, "Gone", 4)->text, "Gone 2");
	add(names, 3, "Gone");
	names_settle(names);
	assert_named(names, 3, "Gone");
	assert_named(names, 2, "Gone 2");
	names_free(names);
	names_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_was_first_has_the_title_alone),
		cmocka_unit_test(a_title_that_is_another_s_name_gets_a_number_too),
		cmocka_unit_test(who_comes_later_takes_no_name_away),
		cmocka_unit_test(who_is_not_subscribed_has_always_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
