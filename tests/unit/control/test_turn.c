#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/control/turn.h"

/* A queue of three, each of which counts how often it was begun. */
struct queue {
	struct turn turns[3];
	unsigned begun[3];
};

static void on_begin(void *ctx)
{
	++*(unsigned *)ctx;
}

static void take_all(struct queue *queue)
{
	size_t i;

	for (i = 0; i < 3; i++)
		turn_take(&queue->turns[i], on_begin, &queue->begun[i]);
}

static void assert_begun(const struct queue *queue, unsigned a, unsigned b, unsigned c)
{
	assert_int_equal(queue->begun[0], a);
	assert_int_equal(queue->begun[1], b);
	assert_int_equal(queue->begun[2], c);
}

static void one_begins_when_the_one_before_it_has_ended(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	take_all(&queue);
	assert_begun(&queue, 1, 0, 0);
	turn_end(&queue.turns[0]);
	assert_begun(&queue, 1, 1, 0);
	turn_end(&queue.turns[0]); /* again */
	assert_begun(&queue, 1, 1, 0);
	turn_end(&queue.turns[1]);
	turn_end(&queue.turns[2]);
	assert_begun(&queue, 1, 1, 1);
}

static void who_waits_no_more_is_passed_over(void **state)
{
	struct queue queue = { 0 };

	(void)state;
	take_all(&queue);
	turn_end(&queue.turns[1]);
	assert_begun(&queue, 1, 0, 0);
	turn_end(&queue.turns[0]);
	assert_begun(&queue, 1, 0, 1);
	turn_end(&queue.turns[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_begins_when_the_one_before_it_has_ended),
		cmocka_unit_test(who_waits_no_more_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
