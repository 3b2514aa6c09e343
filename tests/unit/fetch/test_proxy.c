/* Proxies of every kind: what they are asked, and what is kept from them. */
#include "tests/unit/fetch/fixture.h"

static struct answer get_by(struct world *world, const char *scheme, const char *url)
{
	char *proxy = mem_printf("%s127.0.0.1:%u", scheme, world->port);
	struct answer answer = ask(world, (struct fetch_request){ .url = url, .proxy = proxy });

	free(proxy);
	return answer;
}

static void an_http_proxy_gets_the_whole_url_as_it_stands(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/*\n\ttext x\n");
	answer = get_by(world, "http://me:s3cret@", "http://feed.example/%7ea/../b?x=%2f");
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(log_count(world, "\"target\":\"http://feed.example/%7ea/../b?x=%2f\""), 1);
	assert_int_equal(log_count(world, "\"host\":\"feed.example\""), 1);
	assert_int_equal(log_count(world, "[\"Proxy-Authorization\",\"Basic bWU6czNjcmV0\"]"), 1);
	answer_release(&answer);
}

static void socks_proxies_get_the_name(void **state)
{
	static const char *const schemes[] = { "socks4a://", "socks5h://", "socks5h://me:s3cret@" };
	struct world *world = *state;
	struct answer answer;
	size_t i;

	world_script(world, "/*\n\ttext x\n");
	for (i = 0; i < 3; i++) {
		log_clear(world);
		answer = get_by(world, schemes[i], "http://abcdefghijklmnop.onion:8080/x");
		if (answer.failed)
			fail_msg("%s: %s", schemes[i], answer.err.text);
		assert_int_equal(
			log_count(world, "\"host\":\"abcdefghijklmnop.onion\",\"port\":8080"), 1);
		assert_int_equal(log_count(world, "\"target\":\"/x\""), 1);
		assert_int_equal(log_count(world, "me:s3cret"), i == 2);
		answer_release(&answer);
	}
}

static void socks5_gets_an_address(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/*\n\ttext x\n");
	answer = get_by(world, "socks5://", "http://x.localhost:8080/x");
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(log_count(world, "\"socks\":{\"version\":5,\"host\":\"127.0.0.1\""), 1);
	answer_release(&answer);
}

static void an_onion_needs_a_proxy_that_knows_it(void **state)
{
	struct world *world = *state;
	struct answer answer;

	answer = ask(world, (struct fetch_request){ .url = "http://abc.onion/" });
	assert_int_equal(answer.err.code, ERR_PROXY);
	answer_release(&answer);
	answer = get_by(world, "socks5://", "http://abc.onion/");
	assert_int_equal(answer.err.code, ERR_PROXY);
	answer_release(&answer);
	assert_int_equal(log_count(world, "connect"), 0);
}

static void the_proxy_s_address_is_the_user_s_choice(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world->options.allow_count = 0;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/*\n\ttext x\n");
	answer = get_by(world, "http://", "http://feed.example/x");
	assert_int_equal(answer.result.status, 200);
	assert_string_equal(answer.result.address, ""); /* and says nothing of the site */
	answer_release(&answer);
}

static void what_is_no_proxy_is_refused(void **state)
{
	static const char *const proxies[] = { "ftp://127.0.0.1:1", "127.0.0.1:1", "socks5h://",
		"file:///x", "socks9://x:1" };
	struct world *world = *state;
	struct answer answer;
	size_t i;

	for (i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
		answer = ask(world,
			(struct fetch_request){ .url = "http://a.example/", .proxy = proxies[i] });
		if (!answer.failed || answer.err.code != ERR_PROXY)
			fail_msg("%s", proxies[i]);
		answer_release(&answer);
	}
}

static void a_dead_proxy_is_the_proxy_s_error(void **state)
{
	struct world *world = *state;
	struct answer answer;

	answer = ask(world, (struct fetch_request){
				    .url = "http://a.example/", .proxy = "http://127.0.0.1:2" });
	assert_int_equal(answer.err.code, ERR_PROXY);
	answer_release(&answer);
	answer = ask(world, (struct fetch_request){
				    .url = "http://a.example/", .proxy = "socks5h://127.0.0.1:2" });
	assert_int_equal(answer.err.code, ERR_PROXY);
	answer_release(&answer);
}

static void a_new_proxy_is_for_those_who_wait_already(void **state)
{
	struct world *world = *state;
	char *proxy = mem_printf("http://127.0.0.1:%u", world->port), *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	struct answer answers[2] = { 0 };
	size_t i;

	world_script(world, "*\n\ttext x\n");
	mind_private(world, 3600000);
	for (i = 0; i < 2; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	run_until_done(world, &answers[0]);
	world->options.proxy = proxy;
	mind_private(world, 1);
	run_until_done(world, &answers[1]);
	assert_int_equal(log_count(world, "\"target\":\"/x\""), 1);
	assert_int_equal(log_count(world, "\"target\":\"http://127.0.0.1"), 1);
	for (i = 0; i < 2; i++)
		answer_release(&answers[i]);
	free(proxy);
	free(url);
}

static void the_global_proxy_is_for_all_who_say_nothing(void **state)
{
	struct world *world = *state;
	char *proxy = mem_printf("socks5h://127.0.0.1:%u", world->port);
	char *url = url_of(world, "/x");
	struct answer answer;

	world->options.proxy = proxy;
	fetcher_reconfigure(world->fetcher, &world->options);
	free(proxy);
	world_script(world, "/*\n\ttext x\n");
	answer = ask(world, (struct fetch_request){ .url = "http://feed.example/x" });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	answer = ask(world, (struct fetch_request){ .url = url, .proxy = "" });
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(log_count(world, "\"socks\""), 1);
	answer_release(&answer);
	free(url);
}

static void the_environment_s_proxies_do_not_count(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/*\n\ttext x\n");
	setenv("http_proxy", "http://127.0.0.1:2", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:2", 1);
	answer = get(world, "/x");
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	setenv("no_proxy", "*", 1);
	answer = get_by(world, "http://", "http://feed.example/x");
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	unsetenv("no_proxy");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_http_proxy_gets_the_whole_url_as_it_stands),
		TEST(socks_proxies_get_the_name),
		TEST(socks5_gets_an_address),
		TEST(an_onion_needs_a_proxy_that_knows_it),
		TEST(the_proxy_s_address_is_the_user_s_choice),
		TEST(what_is_no_proxy_is_refused),
		TEST(a_dead_proxy_is_the_proxy_s_error),
		TEST(a_new_proxy_is_for_those_who_wait_already),
		TEST(the_global_proxy_is_for_all_who_say_nothing),
		TEST(the_environment_s_proxies_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
