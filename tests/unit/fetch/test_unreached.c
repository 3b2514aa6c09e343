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

/* Nobody takes what comes there: up to that many the kernel does. */
static int listen_near(int most, unsigned *out_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listener, most), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	*out_port = ntohs(address.sin_port);
	return listener;
}

static void full_open(struct full *full)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	full->listener = listen_near(0, &full->port);
	address.sin_port = htons((uint16_t)full->port);
	for (unsigned i = 0; i < WAITING; i++) {
		full->waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(full->waiting[i], (struct sockaddr *)&address, sizeof(address));
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
	assert_int_equal(answer.err.code, ERR_PROXY);
	assert_int_equal(answer.missed, FETCH_MISSED_PROXY);
	assert_lets_go(world);
	answer_release(&answer);
	free(proxy);
	full_close(&full);
}

/* Names behind a proxy are its own to look up: with socks5h, or http. */
static void assert_missed(
	struct world *world, const char *proxy, const char *url, enum fetch_miss missed)
{
	struct answer answer = ask(world, (struct fetch_request){ .url = url, .proxy = proxy });

	if (!answer.failed || answer.missed != missed)
		fail_msg("%s: %d (%s)", proxy, answer.missed, answer.err.text);
	answer_release(&answer);
}

static void assert_silence(
	struct world *world, const char *scheme, const char *url, enum fetch_miss missed)
{
	unsigned port;
	int listener = listen_near(8, &port);
	char *proxy = mem_printf("%s127.0.0.1:%u", scheme, port);

	assert_missed(world, proxy, url, missed);
	free(proxy);
	close(listener);
}

static void a_proxy_that_is_away_is_not_one_that_leads_nowhere(void **state)
{
	static const char *const url = "http://a.example/", *const tls = "https://a.example/";
	struct world *world = *state;

	world->options.connect_timeout_ms = 200;
	world->options.timeout_ms = 400;
	fetcher_reconfigure(world->fetcher, &world->options);
	assert_missed(world, "http://127.0.0.1:2", url, FETCH_MISSED_PROXY);
	assert_missed(world, "socks5h://127.0.0.1:2", url, FETCH_MISSED_PROXY);
	assert_missed(world, "socks5h://proxy.invalid:2", url, FETCH_MISSED_PROXY);
	assert_silence(world, "socks5h://", url, FETCH_MISSED_BEHIND);
	assert_silence(world, "http://", tls, FETCH_MISSED_BEHIND);
	assert_silence(world, "http://", url, FETCH_MISSED_NOTHING);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_connection_that_never_came_is_let_go),
		TEST(so_is_one_to_a_proxy),
		TEST(a_proxy_that_is_away_is_not_one_that_leads_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
