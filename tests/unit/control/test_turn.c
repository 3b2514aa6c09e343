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

/* One that is over as soon as it has begun. */
struct short_one {
	struct turn turn;
	unsigned *begun, *inside, *deepest;
};

static void on_short_begin(void *ctx)
{
	struct short_one *one = ctx;

	++*one->begun;
	if (++*one->inside > *one->deepest)
		*one->deepest = *one->inside;
	turn_end(&one->turn);
	--*one->inside;
}

static void thousands_that_end_at_once_need_no_stack(void **state)
{
	static struct short_one ones[2000];
	struct turn before = { 0 };
	unsigned begun = 0, all = 0, inside = 0, deepest = 0;
	size_t i;

	(void)state;
	turn_take(&before, on_begin, &begun);
	for (i = 0; i < 2000; i++) {
		ones[i] = (struct short_one){
			.begun = &all, .inside = &inside, .deepest = &deepest
		};
		turn_take(&ones[i].turn, on_short_begin, &ones[i]);
	}
	assert_int_equal(all, 0);
	turn_end(&before);
	assert_int_equal(all, 2000);
	assert_int_equal(deepest, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_begins_when_the_one_before_it_has_ended),
		cmocka_unit_test(who_waits_no_more_is_passed_over),
		cmocka_unit_test(thousands_that_end_at_once_need_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
