#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/control/world.h"

#define COUNT "{\"method\":\"org.feedd.Count\"}"

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

static void a_watch_ends_at_the_present_when_its_client_says_no_more(void **state)
{
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 10000);
	world_say(w, fd, "{\"method\":\"org.feedd.Watch\",\"more\":true}");
	world_hear(w, fd, 1, &heard);
	assert_non_null(strstr(heard.data, "\"continues\":true"));
	assert_non_null(strstr(heard.data, "\"cursor\":\"c"));
	buf_clear(&heard);
	shutdown(fd, SHUT_WR);
	assert_true(world_hear(w, fd, 2, &heard));
	assert_null(strstr(heard.data, "\"continues\""));
	buf_release(&heard);
	close(fd);
}

/* Who speaks while much waits for him is not read; once he has taken it he is again, or
 * nobody would learn that he goes. */
static void a_watch_hears_its_client_again_when_that_has_read(void **state)
{
	static const char ask[] = "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
				  "\"parameters\":{\"interface\":\"org.feedd\"}}";
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;
	unsigned i;

	buf_init(&heard, 16 << 20);
	for (i = 0; i < 60; i++)
		world_say(w, fd, ask);
	world_say(w, fd, "{\"method\":\"org.feedd.Watch\",\"more\":true}");
	world_turn(w, 100);
	w->conf.control_queue_max = 65536;
	world_say(w, fd, COUNT);
	world_turn(w, 100);
	world_hear(w, fd, 61, &heard);
	world_turn(w, 20);
	shutdown(fd, SHUT_WR);
	assert_true(world_hear(w, fd, 3, &heard));
	buf_release(&heard);
	close(fd);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_watch_ends_at_the_present_when_its_client_says_no_more),
		IN_WORLD(a_watch_hears_its_client_again_when_that_has_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
