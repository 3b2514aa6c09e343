/* Memory that is given back at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/arena.h"

static void an_empty_one_has_nothing_to_give_back(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	arena_free(&arena);
	arena_free(&arena);
	assert_null(arena.blocks);
}

static void nothing_stays_nothing_and_no_text_is_a_text(void **state)
{
	struct arena arena = { 0 };

	(void)state;
	assert_null(arena_strdup(&arena, NULL));
	assert_null(arena_dup(&arena, NULL, 0));
	assert_null(arena_dup(&arena, "x", 0));
	assert_string_equal(arena_strdup(&arena, ""), "");
	arena_free(&arena);
}

static void pieces_of_any_size_are_aligned_and_keep_what_is_in_them(void **state)
{
	struct arena arena = { 0 };
	unsigned char *pieces[3000];
	size_t i, j;

	(void)state;
	for (i = 0; i < 3000; i++) {
		pieces[i] = arena_take(&arena, i);
		assert_int_equal((uintptr_t)pieces[i] % sizeof(void *), 0);
		memset(pieces[i], (int)(i % 251), i);
	}
	for (i = 0; i < 3000; i++)
		for (j = 0; j < i; j++)
			if (pieces[i][j] != i % 251)
				fail_msg("byte %zu of piece %zu is another's", j, i);
	arena_free(&arena);
}

static void it_may_be_moved(void **state)
{
	struct arena arena = { 0 }, other;
	char *first = arena_strdup(&arena, "first"), *second;

	(void)state;
	other = arena;
	second = arena_strdup(&other, "second");
	assert_string_equal(first, "first");
	assert_string_equal(second, "second");
	assert_ptr_equal(other.blocks, arena.blocks);
	arena_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_one_has_nothing_to_give_back),
		cmocka_unit_test(nothing_stays_nothing_and_no_text_is_a_text),
		cmocka_unit_test(pieces_of_any_size_are_aligned_and_keep_what_is_in_them),
		cmocka_unit_test(it_may_be_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
