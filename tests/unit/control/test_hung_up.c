#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base64.h"
#include "tests/unit/control/world.h"

/* What was asked to be changed, and has not ended yet when its client hangs up or the
 * daemon leaves. */

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

/* Asked with `call`, until the answer has `words`; false if it never has.  How often
 * that is on a busy machine nobody knows. */
static bool comes_true(struct world *w, const char *call, const char *words)
{
	uint64_t until_ns = uv_hrtime() + 60000000000;
	struct buf heard;
	bool found = false;
	int fd;

	buf_init(&heard, 1 << 20);
	while (!found && uv_hrtime() < until_ns) {
		buf_clear(&heard);
		fd = world_connect(w);
		world_say(w, fd, call);
		world_hear(w, fd, 1, &heard);
		close(fd);
		found = strstr(heard.data, words) != NULL;
	}
	buf_release(&heard);
	return found;
}

static void what_a_client_asked_for_is_done_though_it_hung_up(void **state)
{
	struct world *w = *state;
	int fd = world_connect(w);
	unsigned i;

	for (i = 0; i < 5; i++)
		world_say(w, fd,
			"{\"method\":\"org.feedd.QueryAdd\",\"parameters\":{\"name\":\"x\","
			"\"expr\":"
			"\"unread = \\\"yes\\\"\"}}");
	close(fd);
	assert_true(comes_true(w, "{\"method\":\"org.feedd.QueryList\"}", "\"name\":\"x\""));
}

/* A call that subscribes to so many feeds. */
static char *import_call(unsigned feeds, const char *more)
{
	struct buf list, text;
	char *call;
	unsigned i;

	buf_init(&list, 1 << 20);
	buf_init(&text, 1 << 20);
	for (i = 0; i < feeds; i++)
		assert_int_equal(buf_printf(&list, "http://h/%u\n", i), 0);
	assert_int_equal(base64_encode(&text, list.data, list.length), 0);
	call = mem_printf("{\"method\":\"org.feedd.Import\",\"parameters\":{\"no_fetch\":true,"
			  "\"text\":\"%s\"}%s}",
		text.data, more);
	buf_release(&list);
	buf_release(&text);
	return call;
}

static void it_is_done_though_there_was_more_to_read(void **state)
{
	static const char ask[] = "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
				  "\"parameters\":{\"interface\":\"org.feedd\"}}";
	struct world *w = *state;
	int fd = world_connect(w);
	char *call;
	unsigned i;

	for (i = 0; i < 12; i++)
		world_say(w, fd, ask);
	for (i = 0; i < 5; i++) {
		call = mem_printf("{\"method\":\"org.feedd.QueryAdd\",\"parameters\":{\"name\":"
				  "\"x%u\",\"expr\":\"unread = \\\"yes\\\"\"}}",
			i);
		world_say(w, fd, call);
		free(call);
	}
	close(fd);
	assert_true(comes_true(w, "{\"method\":\"org.feedd.QueryList\"}", "\"name\":\"x4\""));
}

/* The change waits for its client to read, and what else was asked fills what is
 * read ahead: that nobody is there any more shows when it is written to. */
static void a_change_waits_for_no_client_that_hung_up(void **state)
{
	struct world *w = *state;
	unsigned before = world_sockets(), i;
	int fd = world_connect(w);
	char *call = import_call(1200, ",\"more\":true");
	static char ahead[150 << 10];

	w->conf.control_queue_max = 65536;
	world_say(w, fd, call);
	for (i = 0; i < sizeof(ahead); i++)
		ahead[i] = COUNT[i % sizeof(COUNT)];
	assert_int_equal(world_send(w, fd, ahead, sizeof(ahead)), 0);
	assert_true(comes_true(
		w, "{\"method\":\"org.feedd.Feeds\",\"parameters\":{\"limit\":1}}", "\"url\""));
	world_turn(w, 100);
	close(fd);
	assert_true(world_parts(w, before));
	free(call);
}

/* The sanitizers would say if it looked for those that have ended already. */
static void an_import_may_be_committed_when_the_others_have_ended(void **state)
{
	struct world *w = *state;
	int fd = world_connect(w);
	char *call = import_call(2500, "");

	world_say(w, fd, call);
	world_turn(w, 5);
	w->hasty = true; /* the teardown goes on */
	close(fd);
	free(call);
}

/* The sanitizers would say what was left of those that waited for their turn. */
static void lists_may_wait_for_their_turn_when_all_ends(void **state)
{
	struct world *w = *state;
	char *call = import_call(500, "");
	int fds[4], i;

	for (i = 0; i < 4; i++) {
		fds[i] = world_connect(w);
		world_say(w, fds[i], call);
	}
	world_turn(w, 5);
	w->hasty = true;
	for (i = 0; i < 4; i++)
		close(fds[i]);
	free(call);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_WORLD(what_a_client_asked_for_is_done_though_it_hung_up),
		IN_WORLD(it_is_done_though_there_was_more_to_read),
		IN_WORLD(a_change_waits_for_no_client_that_hung_up),
		IN_WORLD(an_import_may_be_committed_when_the_others_have_ended),
		IN_WORLD(lists_may_wait_for_their_turn_when_all_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
