/* Where nobody takes the connection: what is told, and that nothing of it stays. */
#include "tests/unit/fetch/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define WAITING 3u

/* A listener that has more who wait for it than it has room for: whoever comes now
 * hears nothing. */
struct full {
	int listener, waiting[WAITING];
	unsigned port;
};

static void full_open(struct full *full)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);

	full->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(full->listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(full->listener, 0), 0);
	assert_int_equal(getsockname(full->listener, (struct sockaddr *)&address, &length), 0);
	full->port = ntohs(address.sin_port);
	for (unsigned i = 0; i < WAITING; i++) {
		full->waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(full->waiting[i], (struct sockaddr *)&address, length);
	}
}

static void full_close(struct full *full)
{
	for (unsigned i = 0; i < WAITING; i++)
		close(full->waiting[i]);
	close(full->listener);
}

static void on_late(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

/* The fetcher ends at once, with nothing that keeps the loop. */
static void assert_lets_go(struct world *world)
{
	bool closed = false, late = false;
	uv_timer_t timer;

	uv_timer_init(&world->loop, &timer);
	timer.data = &late;
	uv_timer_start(&timer, on_late, 2000, 0);
	fetcher_close(world->fetcher, on_fetcher_closed, &closed);
	while (!closed && !late)
		uv_run(&world->loop, UV_RUN_ONCE);
	world->fetcher = NULL;
	assert_true(closed);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&world->loop, UV_RUN_DEFAULT);
}

static void a_connection_that_never_came_is_let_go(void **state)
{
	struct world *world = *state;
	struct answer answer;
	struct full full;
	char *url;

	full_open(&full);
	url = mem_printf("http://127.0.0.1:%u/", full.port);
	world->options.connect_timeout_ms = 200;
	fetcher_reconfigure(world->fetcher, &world->options);
	answer = ask(world, (struct fetch_request){ .url = url });
	assert_int_equal(answer.err.code, ERR_CONNECT);
	assert_lets_go(world);
	answer_release(&answer);
	free(url);
	full_close(&full);
}

static void so_is_one_to_a_proxy(void **state)
{
	struct world *world = *state;
	struct answer answer;
	struct full full;
	char *proxy;

	full_open(&full);
	proxy = mem_printf("socks5h://127.0.0.1:%u", full.port);
	world->options.connect_timeout_ms = 200;
	fetcher_reconfigure(world->fetcher, &world->options);
	answer = ask(
		world, (struct fetch_request){ .url = "http://feed.example/", .proxy = proxy });
	assert_true(answer.failed);
	assert_lets_go(world);
	answer_release(&answer);
	free(proxy);
	full_close(&full);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_connection_that_never_came_is_let_go),
		TEST(so_is_one_to_a_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
