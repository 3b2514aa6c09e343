#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "daemon/control/list_queries.h"

static void what_is_refused_is_not_kept(void **state)
{
	struct list_queries queries = { 0 };
	struct err err;

	(void)state;
	assert_int_equal(list_queries_add(&queries, "query:a:x", "a", "colour = 3", &err), -1);
	assert_int_equal(list_queries_add(&queries, "query::x", "", "unread = \"yes\"", &err), -1);
	assert_int_equal(queries.count, 0);
	list_queries_release(&queries);
}

static void a_list_has_only_so_many(void **state)
{
	struct list_queries queries = { 0 };
	struct err err;
	char name[16];
	unsigned i;

	(void)state;
	for (i = 0; i < LIST_QUERIES_MAX; i++) {
		snprintf(name, sizeof(name), "q%u", i);
		assert_int_equal(list_queries_add(&queries, name, name, "age < 7", &err), 0);
	}
	assert_int_equal(list_queries_add(&queries, "more", "more", "age < 7", &err), -1);
	assert_string_equal(err.text, "a list has at most 1000 queries");
	assert_int_equal(queries.count, LIST_QUERIES_MAX);
	list_queries_release(&queries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_refused_is_not_kept),
		cmocka_unit_test(a_list_has_only_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
