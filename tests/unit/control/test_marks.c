#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/control/world.h"

/* A change by an expression is read first, on a thread that the test holds here. */

#define MARK(how, more)                                                                            \
	"{\"method\":\"org.feedd.MarkRead\",\"parameters\":{" how                                  \
	"\"where\":\"content =~ \\\"x\\\"\"}" more "}"
#define RULE                                                                                       \
	"{\"method\":\"org.feedd.RuleAdd\",\"parameters\":{"                                       \
	"\"expr\":\"content =~ \\\"x\\\"\",\"actions\":[\"star\"]}}"
#define APPLY "{\"method\":\"org.feedd.RuleApply\",\"parameters\":{\"rule\":1}}"
#define STAR "{\"method\":\"org.feedd.Star\",\"parameters\":{\"items\":[\"1\"]}}"

static struct held {
	uv_work_t work;
	uv_sem_t go;
	bool over;
} held;

static void on_work(uv_work_t *work)
{
	(void)work;
	uv_sem_wait(&held.go);
}

static void on_after(uv_work_t *work, int status)
{
	(void)work;
	(void)status;
	held.over = true;
}

static void hold(struct world *w)
{
	uv_sem_init(&held.go, 0);
	held.over = false;
	uv_queue_work(&w->loop, &held.work, on_work, on_after);
}

static void let_go(struct world *w)
{
	uv_sem_post(&held.go);
	while (!held.over)
		uv_run(&w->loop, UV_RUN_ONCE);
	uv_sem_destroy(&held.go);
}

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

/* Begin it, to where its items would be read. */
static int begin(struct world *w, const char *call)
{
	int fd = world_connect(w);

	world_say(w, fd, call);
	world_turn(w, 100);
	world_commit(w);
	world_turn(w, 20);
	return fd;
}

static void a_lone_mark_does_not_wait_for_it(void **state)
{
	struct world *w = *state;
	int bulk, lone = world_connect(w);
	struct buf heard;

	buf_init(&heard, 10000);
	hold(w);
	bulk = begin(w, MARK("", ""));
	world_say(w, lone, STAR);
	world_hear(w, lone, 1, &heard);
	assert_non_null(strstr(heard.data, "\"unknown\":[\"1\"]"));
	let_go(w);
	buf_clear(&heard);
	world_hear(w, bulk, 1, &heard);
	assert_non_null(strstr(heard.data, "{\"matched\":0,\"changed\":0,\"unknown\":[],"));
	buf_release(&heard);
	close(bulk);
	close(lone);
}

static void who_leaves_meanwhile_ends_it(void **state)
{
	static const char *const calls[] = { MARK("", ""), MARK("\"limit\":3,", ""), APPLY };
	struct world *w = *state;
	unsigned before = world_sockets();
	size_t i;

	close(begin(w, RULE));
	assert_true(world_parts(w, before));
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		hold(w);
		close(begin(w, calls[i]));
		assert_true(world_parts(w, before));
		let_go(w);
	}
}

static void who_has_left_before_it_was_read_ends_it(void **state)
{
	struct world *w = *state;
	unsigned before = world_sockets();
	int fd = world_connect(w);

	hold(w);
	world_say(w, fd, MARK("", ""));
	close(fd);
	assert_true(world_parts(w, before));
	let_go(w);
}

static void a_oneway_call_is_done_though_its_client_left(void **state)
{
	struct world *w = *state;
	unsigned before = world_sockets();

	hold(w);
	close(begin(w, MARK("", ",\"oneway\":true")));
	world_turn(w, 200);
	world_commit(w);
	assert_int_equal(world_sockets(), before + 1);
	let_go(w);
	assert_true(world_parts(w, before));
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_lone_mark_does_not_wait_for_it),
		IN_WORLD(who_leaves_meanwhile_ends_it),
		IN_WORLD(who_has_left_before_it_was_read_ends_it),
		IN_WORLD(a_oneway_call_is_done_though_its_client_left),
	};

	setenv("UV_THREADPOOL_SIZE", "1", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
