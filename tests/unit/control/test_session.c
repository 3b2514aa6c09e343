#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/control/world.h"

#define GET_INFO "{\"method\":\"org.varlink.service.GetInfo\"}"
#define COUNT "{\"method\":\"org.feedd.Count\"}"
#define COUNTED "{\"parameters\":{\"count\":0}}\n"

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

/* The replies to messages that are sent at once. */
static void conversation(
	struct world *w, const char *calls, size_t length, unsigned replies, const char *wanted)
{
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 1 << 20);
	assert_int_equal(world_send(w, fd, calls, length), 0);
	world_hear(w, fd, replies, &heard);
	assert_string_equal(heard.data, wanted);
	buf_release(&heard);
	close(fd);
	world_turn(w, 20);
}

static void pipelined_calls_are_answered_in_order(void **state)
{
	static const char calls[] = COUNT "\0{\"method\":\"org.feedd.Nope\"}\0" COUNT
					  "\0{\"method\":\"org.feedd.Feeds\"}";

	conversation(*state, calls, sizeof(calls), 4,
		COUNTED
		"{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{\"method\":"
		"\"org.feedd.Nope\"}}\n" COUNTED "{\"parameters\":{\"feeds\":[]}}\n");
}

static void oneway_is_done_without_a_word(void **state)
{
	static const char calls[] = "{\"method\":\"org.feedd.Count\",\"oneway\":true}\0"
				    "{\"method\":\"org.feedd.Nope\",\"oneway\":true}\0" COUNT;

	conversation(*state, calls, sizeof(calls), 1, COUNTED);
}

static void an_upgrade_is_refused_and_the_connection_goes_on(void **state)
{
	static const char calls[] = "{\"method\":\"org.feedd.Count\",\"upgrade\":true}\0" COUNT;

	conversation(*state, calls, sizeof(calls), 2,
		"{\"error\":\"org.feedd.Refused\",\"parameters\":{\"message\":\"this interface has "
		"nothing to upgrade to\",\"class\":\"refused\"}}\n" COUNTED);
}

static void messages_may_come_byte_by_byte(void **state)
{
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;
	size_t i;

	buf_init(&heard, 10000);
	for (i = 0; i < sizeof(COUNT); i++)
		assert_int_equal(world_send(w, fd, &COUNT[i], 1), 0);
	world_hear(w, fd, 1, &heard);
	assert_string_equal(heard.data, COUNTED);
	buf_release(&heard);
	close(fd);
}

static void a_half_closed_client_gets_all_its_answers(void **state)
{
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 10000);
	world_say(w, fd, COUNT);
	world_say(w, fd, COUNT);
	shutdown(fd, SHUT_WR);
	assert_true(world_hear(w, fd, 3, &heard));
	assert_string_equal(heard.data, COUNTED COUNTED);
	buf_release(&heard);
	close(fd);
}

static void what_is_no_call_is_answered_and_ends_the_connection(void **state)
{
	static const char *const cases[] = { "nonsense", "", "[]", "{\"method\":1}",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"\xFF\xFE" };
	struct world *w = *state;
	struct buf heard;
	size_t i;

	buf_init(&heard, 10000);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = world_connect(w);

		world_say(w, fd, cases[i]);
		assert_true(world_hear(w, fd, 2, &heard));
		assert_non_null(strstr(heard.data, "{\"error\":\"org.feedd."));
		buf_clear(&heard);
		close(fd);
	}
	buf_release(&heard);
}

static void a_message_without_end_is_cut_off(void **state)
{
	struct world *w = *state;
	int fd = world_connect(w);
	char *chunk = mem_alloc(1 << 16);
	struct buf heard;
	size_t sent = 0;

	buf_init(&heard, 10000);
	memset(chunk, 'x', 1 << 16);
	while (sent < (64u << 20) && world_send(w, fd, chunk, 1 << 16) == 0)
		sent += 1 << 16;
	assert_true(sent < (4u << 20));
	world_hear(w, fd, 1, &heard);
	assert_non_null(strstr(heard.data, "\"error\":\"org.feedd.TooLarge\""));
	free(chunk);
	buf_release(&heard);
	close(fd);
}

static void a_setting_that_is_raised_counts_for_who_is_connected(void **state)
{
	static const char call[] = COUNT;
	struct world *w = *state;
	char *padded = mem_alloc(2 << 20);
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 10000);
	world_say(w, fd, COUNT);
	world_hear(w, fd, 1, &heard);
	w->conf.control_message_max = 4 << 20;
	memset(padded, ' ', 2 << 20);
	memcpy(padded + (2 << 20) - sizeof(call), call, sizeof(call));
	assert_int_equal(world_send(w, fd, padded, 2 << 20), 0);
	world_hear(w, fd, 1, &heard);
	assert_string_equal(heard.data, COUNTED COUNTED);
	free(padded);
	buf_release(&heard);
	close(fd);
}

/* Each answer is some kilobytes; asked a hundred thousand times by somebody who
 * reads none. */
static void a_client_that_never_reads_stops_being_read(void **state)
{
	static const char ask[] = "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
				  "\"parameters\":{\"interface\":\"org.feedd\"}}";
	struct world *w = *state;
	int fd = world_connect(w), other = world_connect(w);
	struct buf heard;
	unsigned sent = 0, full = 0;

	while (sent < 100000 && full < 1000) {
		ssize_t n = send(fd, ask, sizeof(ask), MSG_NOSIGNAL);

		if (n == (ssize_t)sizeof(ask)) {
			sent++;
			full = 0;
		} else {
			full++;
		}
		uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	assert_true(sent < 20000);
	buf_init(&heard, 10000);
	world_say(w, other, COUNT);
	world_hear(w, other, 1, &heard);
	assert_string_equal(heard.data, COUNTED);
	buf_release(&heard);
	close(fd);
	close(other);
	world_turn(w, 100);
}

static void more_clients_than_allowed_are_told_so(void **state)
{
	struct world *w = *state;
	int fds[40];
	struct buf heard;
	unsigned i;

	buf_init(&heard, 10000);
	for (i = 0; i < 40; i++) {
		fds[i] = world_connect(w);
		world_turn(w, 3);
	}
	assert_true(world_hear(w, fds[39], 2, &heard));
	assert_non_null(strstr(heard.data, "org.feedd.Busy"));
	buf_clear(&heard);
	world_say(w, fds[0], COUNT);
	world_hear(w, fds[0], 1, &heard);
	assert_string_equal(heard.data, COUNTED);
	for (i = 0; i < 40; i++)
		close(fds[i]);
	world_turn(w, 50);
	conversation(w, COUNT, sizeof(COUNT), 1, COUNTED);
	buf_release(&heard);
}

/* Who leaves in the middle of a call leaves nothing behind: the sanitizers
 * would say so. */
static void clients_may_leave_at_any_moment(void **state)
{
	static const char *const calls[] = {
		"{\"method\":\"org.feedd.Watch\",\"more\":true}",
		"{\"method\":\"org.feedd.List\",\"more\":true}",
		"{\"method\":\"org.feedd.MarkRead\",\"parameters\":{\"all\":true}}",
		"{\"method\":\"org.feedd.Export\",\"more\":true}",
		"{\"method\":\"org.feedd.Status\"}",
		"{\"method\":\"org.feedd.QueryAdd\",\"parameters\":{\"name\":\"x\",\"expr\":"
		"\"unread\"}}",
		"{\"method\":\"org.feedd.Import\",\"parameters\":{\"text\":\"Zm9v\",\"part\":true}"
		"}",
		"{\"method\":\"org.feedd.Refresh\",\"parameters\":{\"wait\":true},\"more\":true}",
		"{\"method\":\"org.feedd.Add\",\"parameters\":{\"urls\":[\"push:x\",\"http://"
		"127.0.0.1:1/\"]}}",
	};
	struct world *w = *state;
	unsigned i, turns;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		for (turns = 0; turns < 6; turns++) {
			int fd = world_connect(w);

			world_say(w, fd, calls[i]);
			world_turn(w, turns);
			close(fd);
			world_turn(w, 3);
		}
	}
	conversation(w, COUNT, sizeof(COUNT), 1, COUNTED);
}

static void parts_take_effect_with_the_last(void **state)
{

	static const char calls[] =
		"{\"method\":\"org.feedd.Import\",\"parameters\":{\"text\":\"aHR0cDovL2Eu\","
		"\"part\":"
		"true}}\0"
		"{\"method\":\"org.feedd.Count\"}\0"
		"{\"method\":\"org.feedd.Star\",\"parameters\":{\"items\":[\"1\"],\"part\":true}}\0"
		"{\"method\":\"org.feedd.Import\",\"parameters\":{\"text\":\"???\"}}\0"
		"{\"method\":\"org.feedd.Star\",\"parameters\":{\"items\":[\"1\"],\"part\":true}}\0"
		"{\"method\":\"org.feedd.Star\",\"parameters\":{\"items\":[2,\"x\"]}}";
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 10000);
	assert_int_equal(world_send(w, fd, calls, sizeof(calls)), 0);
	world_hear(w, fd, 6, &heard);
	assert_non_null(strstr(heard.data,
		"{\"parameters\":{}}\n" COUNTED "{\"error\":\"org.feedd.Usage\",\"parameters\":{"
		"\"message\":\"a call of Import has not "
		"ended yet\",\"class\":\"usage\"}}\n"));
	assert_non_null(strstr(heard.data, "\"unknown\":[\"1\",\"2\",\"x\"]"));
	buf_release(&heard);
	close(fd);
}

/* What it waits for longest, now. */
static void end_patience(uv_handle_t *handle, void *ctx)
{
	uv_timer_t *timer = (uv_timer_t *)handle;

	if (handle->type != UV_TIMER || !uv_is_active(handle) ||
		uv_timer_get_due_in(timer) <= 50000 || uv_timer_get_due_in(timer) > 60000)
		return;
	++*(unsigned *)ctx;
	uv_timer_start(timer, timer->timer_cb, 0, 0);
}

static void who_sends_no_further_part_is_sent_off(void **state)
{
	static const char part[] = "{\"method\":\"org.feedd.Import\",\"parameters\":"
				   "{\"text\":\"Zm9v\",\"part\":true}}";
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;
	unsigned timers = 0;

	buf_init(&heard, 10000);
	world_say(w, fd, COUNT);
	world_hear(w, fd, 1, &heard);
	uv_walk(&w->loop, end_patience, &timers);
	assert_int_equal(timers, 0); /* who holds nothing may be silent */
	world_say(w, fd, part);
	world_hear(w, fd, 1, &heard);
	buf_clear(&heard);
	uv_walk(&w->loop, end_patience, &timers);
	assert_int_equal(timers, 1);
	assert_true(world_hear(w, fd, 2, &heard));
	assert_non_null(strstr(heard.data, "a part must follow another within 60 s"));
	buf_release(&heard);
	close(fd);
}

/* Sent one behind the other, as they may be, all are on their way when one is refused. */
static void behind_a_part_that_was_refused_none_takes_effect(void **state)
{
	static const char *const parts[] = { "\"1\"],\"name\":\"a\",\"part\":true",
		"\"2\"],\"name\":\"b\",\"part\":true", "\"3\"],\"name\":\"a\",\"part\":true",
		"\"4\"],\"name\":\"a\"", "\"5\"],\"name\":\"a\"" };
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;
	size_t i;

	buf_init(&heard, 10000);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *call = mem_printf("{\"method\":\"org.feedd.Tag\",\"parameters\":{"
					"\"items\":[%s}}",
			parts[i]);

		world_say(w, fd, call);
		free(call);
	}
	world_hear(w, fd, 5, &heard);
	assert_null(strstr(heard.data, "\"unknown\":[\"3"));
	assert_non_null(strstr(heard.data, "\"unknown\":[\"5\"]"));
	buf_release(&heard);
	close(fd);
}

static void info_and_description_are_there(void **state)
{
	static const char calls[] = GET_INFO
		"\0{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{"
		"\"interface\":\"org.feedd\"}}\0"
		"{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{"
		"\"interface\":\"org.nobody\"}}";
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 1 << 20);
	assert_int_equal(world_send(w, fd, calls, sizeof(calls)), 0);
	world_hear(w, fd, 3, &heard);
	assert_non_null(
		strstr(heard.data, "\"interfaces\":[\"org.varlink.service\",\"org.feedd\"]"));
	assert_non_null(strstr(heard.data, "interface org.feedd\\n"));
	assert_non_null(strstr(heard.data, "org.varlink.service.InterfaceNotFound"));
	buf_release(&heard);
	close(fd);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_WORLD(pipelined_calls_are_answered_in_order),
		IN_WORLD(oneway_is_done_without_a_word),
		IN_WORLD(an_upgrade_is_refused_and_the_connection_goes_on),
		IN_WORLD(messages_may_come_byte_by_byte),
		IN_WORLD(a_half_closed_client_gets_all_its_answers),
		IN_WORLD(what_is_no_call_is_answered_and_ends_the_connection),
		IN_WORLD(a_message_without_end_is_cut_off),
		IN_WORLD(a_setting_that_is_raised_counts_for_who_is_connected),
		IN_WORLD(a_client_that_never_reads_stops_being_read),
		IN_WORLD(more_clients_than_allowed_are_told_so),
		IN_WORLD(clients_may_leave_at_any_moment),
		IN_WORLD(parts_take_effect_with_the_last),
		IN_WORLD(who_sends_no_further_part_is_sent_off),
		IN_WORLD(behind_a_part_that_was_refused_none_takes_effect),
		IN_WORLD(info_and_description_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
