/* Who may be reached: judged by the address that is connected, on every hop. */
#include "tests/unit/fetch/fixture.h"

static void forbid_all(struct world *world)
{
	world->options.allow_count = 0;
	fetcher_reconfigure(world->fetcher, &world->options);
}

static void allow(struct world *world, const char *range)
{
	static struct fetch_allow rule;
	struct err err;

	assert_int_equal(fetch_allow_parse(range, &rule, &err), 0);
	world->options.allow = &rule;
	world->options.allow_count = 1;
	fetcher_reconfigure(world->fetcher, &world->options);
}

static void allow_port(struct world *world, unsigned port)
{
	char *range = mem_printf("127.0.0.1/32:%u", port);

	allow(world, range);
	free(range);
}

static void assert_refused(struct world *world, const char *url, enum err_code code)
{
	struct answer answer = ask(world, (struct fetch_request){ .url = url });

	if (!answer.failed || answer.err.code != code)
		fail_msg("%s: %s", url, answer.failed ? answer.err.text : "reached");
	answer_release(&answer);
}

static void assert_blocked(struct world *world, const char *url)
{
	assert_refused(world, url, ERR_BLOCKED);
}

static void private_addresses_are_not_reached_however_they_are_written(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "2130706433", "0x7f.1", "0177.1",
		"0x7f000001", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"[::]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "localhost", "LOCALHOST",
		"x.localhost", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]" };
	struct world *world = *state;
	char *url;
	size_t i;

	forbid_all(world);
	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		url = mem_printf("http://%s:%u/x", hosts[i], world->port);
		assert_blocked(world, url);
		free(url);
	}
	assert_int_equal(log_count(world, "connect"), 0);
}

static void a_redirect_into_the_private_net_is_refused(void **state)
{
	struct world *world = *state;
	char *script = mem_printf("/a\n\tredirect http://127.0.0.1:%u/secret\n"
				  "/six\n\tredirect http://[::1]:%u/secret\n",
		world->other_port, world->port_six);

	allow_port(world, world->port);
	world_script(world, script);
	assert_fails(world, "/a", ERR_BLOCKED);
	assert_fails(world, "/six", ERR_BLOCKED);
	assert_int_equal(log_count(world, "secret"), 0);
	free(script);
}

static void an_allowance_is_for_its_port(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/x"), *other;

	world_script(world, "/x\n\ttext x\n");
	allow_port(world, world->other_port);
	assert_blocked(world, url);
	other = mem_printf("http://127.0.0.1:%u/x", world->other_port);
	struct answer answer = ask(world, (struct fetch_request){ .url = other });

	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	free(other);
	free(url);
}

static void a_feed_s_own_private_host_is_for_that_feed(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/x");
	struct fetch_request request = {
		.url = url, .private_host = "127.0.0.1", .private_port = world->port
	};
	struct answer answer;
	char *script = mem_printf(
		"/x\n\ttext x\n/y\n\tredirect http://127.0.0.1:%u/x\n", world->other_port);

	forbid_all(world);
	world_script(world, script);
	answer = ask(world, request);
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	/* A pooled connection of the one is not a way in for the other. */
	assert_blocked(world, url);
	assert_int_equal(log_count(world, "\"method\""), 1);
	free(url);
	url = url_of(world, "/y");
	request = (struct fetch_request){ .url = url, .private_any = true };
	answer = ask(world, request);
	assert_int_equal(answer.err.code, ERR_BLOCKED);
	assert_int_equal(log_count(world, "\"/x\""), 1);
	answer_release(&answer);
	free(script);
	free(url);
}

static void a_pooled_connection_is_judged_again(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/x");
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = ask(world, (struct fetch_request){ .url = url });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	forbid_all(world);
	assert_blocked(world, url);
	assert_int_equal(log_count(world, "\"method\""), 1);
	free(url);
}

static void ports_of_other_protocols_are_refused(void **state)
{
	static const unsigned ports[] = { 22, 25, 110, 143, 6000, 6379, 6667, 10080 };
	struct world *world = *state;
	char *url;
	size_t i;

	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		url = mem_printf("http://127.0.0.1:%u/", ports[i]);
		assert_refused(world, url, ERR_BAD_PORT);
		free(url);
	}
}

static void other_schemes_are_no_urls(void **state)
{
	static const char *const urls[] = { "file:///etc/passwd", "ftp://127.0.0.1/",
		"socks5://127.0.0.1/", "scp://127.0.0.1/x", "exec:ls", "|touch x", "", "x" };
	struct world *world = *state;
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct answer answer = ask(world, (struct fetch_request){ .url = urls[i] });

		assert_int_equal(answer.err.code, ERR_BAD_URL);
		answer_release(&answer);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(private_addresses_are_not_reached_however_they_are_written),
		TEST(a_redirect_into_the_private_net_is_refused),
		TEST(an_allowance_is_for_its_port),
		TEST(a_feed_s_own_private_host_is_for_that_feed),
		TEST(a_pooled_connection_is_judged_again),
		TEST(ports_of_other_protocols_are_refused),
		TEST(other_schemes_are_no_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
