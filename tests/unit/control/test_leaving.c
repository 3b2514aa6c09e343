#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>

#include "tests/unit/control/world.h"

#define WATCH "{\"method\":\"org.feedd.Watch\",\"more\":true}"
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

static int watching(struct world *w)
{
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 10000);
	world_say(w, fd, WATCH);
	world_hear(w, fd, 1, &heard);
	assert_non_null(strstr(heard.data, "\"continues\":true"));
	buf_release(&heard);
	return fd;
}

/* Much more than is read ahead, and still as much as the socket takes at once. */
#define CALLS 5000

/* With so many calls in one piece, and one behind them, or NULL. */
static void say_much(int fd, const char *last)
{
	static char calls[CALLS * sizeof(COUNT) + 1000];
	size_t length = 0, i;

	for (i = 0; i < CALLS; i++, length += sizeof(COUNT))
		memcpy(calls + length, COUNT, sizeof(COUNT));
	if (last != NULL) {
		memcpy(calls + length, last, strlen(last) + 1);
		length += strlen(last) + 1;
	}
	assert_int_equal(send(fd, calls, length, MSG_NOSIGNAL), length);
}

static void who_left_is_missed_whatever_lies_unread(void **state)
{
	struct world *w = *state;
	unsigned before = world_sockets();
	int fd = watching(w);

	say_much(fd, NULL);
	world_turn(w, 20);
	close(fd);
	assert_true(world_parts(w, before));
}

/* What was received whole is done, read or not, and without a wish for an answer, too. */
static void what_he_had_sent_to_be_changed_is_done(void **state)
{
	static const char change[] =
		"{\"method\":\"org.feedd.QueryAdd\",\"oneway\":true,"
		"\"parameters\":{\"name\":\"last\",\"expr\":\"unread = \\\"yes\\\"\"}}";
	struct world *w = *state;
	unsigned before = world_sockets();
	int fd = watching(w);
	struct buf heard;

	say_much(fd, change);
	close(fd);
	assert_true(world_parts(w, before));
	world_commit(w);
	fd = world_connect(w);
	buf_init(&heard, 10000);
	world_say(w, fd, "{\"method\":\"org.feedd.QueryList\"}");
	world_hear(w, fd, 1, &heard);
	assert_non_null(strstr(heard.data, "\"name\":\"last\""));
	buf_release(&heard);
	close(fd);
}

/* Of the call in parts that only tells something, the last part is not begun. */
#define ADD "{\"method\":\"org.feedd.Add\",\"parameters\":{\"urls\":[\"push:first\"]}}"
#define REMOVE "{\"method\":\"org.feedd.Remove\",\"parameters\":{\"feeds\":[\"push:first\"]}}"
#define FEEDS "{\"method\":\"org.feedd.Feeds\"}"

static void so_is_what_stands_behind_a_call_in_parts(void **state)
{
	struct world *w = *state;
	unsigned before = world_sockets();
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 10000);
	world_say(w, fd, ADD);
	world_say(w, fd,
		"{\"method\":\"org.feedd.Show\",\"parameters\":{\"items\":[1],\"part\":true}}");
	world_say(w, fd, WATCH);
	world_hear(w, fd, 3, &heard);
	assert_non_null(strstr(heard.data, "push:first"));
	world_say(w, fd, "{\"method\":\"org.feedd.Show\",\"parameters\":{\"no\":1,\"part\":true}}");
	world_say(w, fd, "{\"method\":\"org.feedd.Show\",\"parameters\":{\"items\":[2]}}");
	world_say(w, fd, REMOVE);
	close(fd);
	assert_true(world_parts(w, before));
	world_commit(w);
	fd = world_connect(w);
	buf_clear(&heard);
	world_say(w, fd, FEEDS);
	world_hear(w, fd, 1, &heard);
	assert_null(strstr(heard.data, "push:first"));
	buf_release(&heard);
	close(fd);
}

/* More than are let off the count, so many at once that none of it is done yet.  The first
 * call of each keeps the second from being begun before he is gone. */
#define CROWD 100

static void however_many_leave_what_each_had_sent_is_done(void **state)
{
	struct world *w = *state;
	unsigned before = world_sockets();
	char call[300], last[30];
	struct buf heard;
	int fds[CROWD], fd, i;

	w->conf.control_clients = CROWD;
	for (i = 0; i < CROWD; i++) {
		fds[i] = watching(w);
		snprintf(call, sizeof(call),
			"{\"method\":\"org.feedd.QueryAdd\",\"oneway\":true,"
			"\"parameters\":{\"name\":\"of-%d\",\"expr\":\"unread = \\\"yes\\\"\"}}",
			i);
		assert_int_equal(
			send(fds[i], call, strlen(call) + 1, MSG_NOSIGNAL), strlen(call) + 1);
	}
	for (i = 0; i < CROWD; i++)
		close(fds[i]);
	assert_true(world_parts(w, before));
	world_commit(w);
	fd = world_connect(w);
	buf_init(&heard, 100000);
	world_say(w, fd, "{\"method\":\"org.feedd.QueryList\"}");
	world_hear(w, fd, 1, &heard);
	for (i = 0; i < CROWD; i++) {
		snprintf(last, sizeof(last), "\"of-%d\"", i);
		assert_non_null(strstr(heard.data, last));
	}
	buf_release(&heard);
	close(fd);
}

static void who_only_ended_his_sending_is_answered_all_of_it(void **state)
{
	struct world *w = *state;
	int fd = world_connect(w);
	struct buf heard;

	buf_init(&heard, 1 << 20);
	say_much(fd, NULL);
	shutdown(fd, SHUT_WR);
	assert_true(world_hear(w, fd, CALLS + 1, &heard));
	assert_int_equal(heard.length, CALLS * strlen(COUNTED));
	buf_release(&heard);
	close(fd);
}

/* The watch would go on, and what lies behind it wait, for ever. */
static void so_is_who_has_a_watch_in_front_of_it(void **state)
{
	struct world *w = *state;
	int fd = watching(w);
	struct buf heard;

	buf_init(&heard, 1 << 20);
	say_much(fd, NULL);
	world_turn(w, 20);
	shutdown(fd, SHUT_WR);
	assert_true(world_hear(w, fd, CALLS + 2, &heard));
	assert_non_null(strstr(heard.data, "{\"parameters\":{\"items\":[],\"cursor\""));
	assert_true(heard.length > CALLS * strlen(COUNTED));
	buf_release(&heard);
	close(fd);
}

#define FEEDS_ALL "{\"method\":\"org.feedd.Feeds\",\"more\":true}"

/* As many as make more than a page, which has half a megabyte. */
static void add_feeds(struct world *w, int fd)
{
	struct buf call, heard;

	buf_init(&call, 100000);
	buf_init(&heard, 10 << 20);
	assert_int_equal(
		buf_printf(&call, "{\"method\":\"org.feedd.Add\",\"parameters\":{\"urls\":["), 0);
	for (int i = 0; i < 1500; i++)
		assert_int_equal(buf_printf(&call, "\"push:%d\",", i), 0);
	assert_int_equal(buf_printf(&call, "\"push:last\"]}}"), 0);
	world_say(w, fd, call.data);
	world_hear(w, fd, 1, &heard);
	assert_true(heard.length > 540000);
	buf_release(&call);
	buf_release(&heard);
}

/* Nothing is to be seen to until he reads: whether he hangs up meanwhile, a write tells. */
static void who_said_all_and_does_not_read_wakes_nobody(void **state)
{
	struct world *w = *state;
	uint64_t end = uv_hrtime() + UINT64_C(20000000000);
	struct pollfd answer = { .events = POLLIN };
	int fd = world_connect(w), ms;

	w->conf.control_queue_max = 65536; /* a page, and the next one waits */
	add_feeds(w, fd);
	answer.fd = fd;
	assert_int_equal(send(fd, FEEDS_ALL, sizeof(FEEDS_ALL), MSG_NOSIGNAL), sizeof(FEEDS_ALL));
	shutdown(fd, SHUT_WR);
	while (poll(&answer, 1, 0) == 0)
		world_turn(w, 1);
	do {
		world_turn(w, 20);
		ms = uv_backend_timeout(&w->loop);
	} while (ms >= 0 && ms <= 1000 && uv_hrtime() < end);
	assert_true(ms < 0 || ms > 1000);
	close(fd);
}

/* What waits to be written for him counts among what does for all. */
static void who_left_behind_nonsense_is_not_waited_for(void **state)
{
	static const char ask[] = "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
				  "\"parameters\":{\"interface\":\"org.feedd\"}}";
	struct world *w = *state;
	unsigned before = world_sockets();
	int fd = world_connect(w);

	w->conf.control_queue_max = 1 << 20; /* many answers wait */
	for (int i = 0; i < 100; i++)
		world_say(w, fd, ask);
	world_say(w, fd, "nonsense");
	close(fd);
	assert_true(world_parts(w, before));
}

static void who_waits_when_the_daemon_leaves_is_told(void **state)
{
	int fd = watching(*state);
	char heard[1000];
	ssize_t n;

	world_free(*state);
	*state = world_new();
	n = recv(fd, heard, sizeof(heard) - 1, 0);
	assert_true(n > 0);
	heard[n] = '\0';
	assert_string_equal(heard, "{\"error\":\"org.feedd.Cancelled\",\"parameters\":{\"message\":"
				   "\"feedd is about to leave\",\"class\":\"cancelled\"}}");
	assert_int_equal(recv(fd, heard, sizeof(heard), 0), 0);
	close(fd);
}

/* It can't be told anything, and might say more for ever. */
static void who_takes_no_answer_is_let_go(void **state)
{
	struct world *w = *state;
	unsigned before = world_sockets();
	int fd = world_connect(w);

	shutdown(fd, SHUT_RD);
	world_say(w, fd, COUNT);
	assert_true(world_parts(w, before + 1));
	close(fd);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		IN_WORLD(who_left_is_missed_whatever_lies_unread),
		IN_WORLD(what_he_had_sent_to_be_changed_is_done),
		IN_WORLD(so_is_what_stands_behind_a_call_in_parts),
		IN_WORLD(however_many_leave_what_each_had_sent_is_done),
		IN_WORLD(who_only_ended_his_sending_is_answered_all_of_it),
		IN_WORLD(so_is_who_has_a_watch_in_front_of_it),
		IN_WORLD(who_said_all_and_does_not_read_wakes_nobody),
		IN_WORLD(who_left_behind_nonsense_is_not_waited_for),
		IN_WORLD(who_takes_no_answer_is_let_go),
		IN_WORLD(who_waits_when_the_daemon_leaves_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
