/* Who does not let go of the loop loses its connection, and nobody else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "daemon/fetch/watchdog.h"

struct pair {
	int here, there;
};

static void connect_pair(struct pair *out)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	out->here = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(out->here, (struct sockaddr *)&address, length), 0);
	out->there = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(out->there >= 0);
	close(listener);
}

static void flood(void *arg)
{
	static const char bytes[65536];
	int fd = *(const int *)arg;

	while (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) > 0)
		;
}

/* As libcurl does: for as long as anything comes. */
static void read_all(int fd)
{
	static char bytes[16384];

	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

static void work_ms(long ms)
{
	struct timespec from, now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	while ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000 < ms);
}

static void who_floods_is_cut(void **state)
{
	struct watchdog *watchdog = watchdog_new();
	struct pair good, bad;
	uv_thread_t thread;
	char byte = 'x';

	(void)state;
	connect_pair(&good);
	connect_pair(&bad);
	watchdog_add(watchdog, good.here);
	watchdog_add(watchdog, bad.here);
	watchdog_wake(watchdog);
	assert_int_equal(uv_thread_create(&thread, flood, &bad.there), 0);
	watchdog_begin(watchdog);
	read_all(bad.here); /* would not end */
	assert_int_equal(bad.here, watchdog_end(watchdog));
	uv_thread_join(&thread);
	watchdog_remove(watchdog, bad.here);
	assert_int_equal(send(good.there, &byte, 1, 0), 1);
	assert_int_equal(recv(good.here, &byte, 1, 0), 1);
	watchdog_begin(watchdog);
	assert_int_equal(-1, watchdog_end(watchdog));
	watchdog_free(watchdog);
	close(good.here);
	close(good.there);
	close(bad.here);
	close(bad.there);
}

/* A long call is nobody's fault on whose connection nothing comes. */
static void who_is_silent_is_not_cut(void **state)
{
	struct watchdog *watchdog = watchdog_new();
	struct pair pair;
	char byte = 'x';

	(void)state;
	connect_pair(&pair);
	watchdog_add(watchdog, pair.here);
	watchdog_wake(watchdog);
	watchdog_begin(watchdog);
	work_ms(3 * WATCHDOG_MS);
	assert_int_equal(-1, watchdog_end(watchdog));
	assert_int_equal(send(pair.there, &byte, 1, 0), 1);
	assert_int_equal(recv(pair.here, &byte, 1, 0), 1);
	watchdog_free(watchdog);
	close(pair.here);
	close(pair.there);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_floods_is_cut),
		cmocka_unit_test(who_is_silent_is_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
