/* Redirects are followed by hand, and each hop is judged anew. */
#include "tests/unit/fetch/fixture.h"

static void every_hop_is_told(void **state)
{
	struct world *world = *state;
	char *last = url_of(world, "/c");
	struct answer answer = { 0 };
	size_t i;

	world_script(world, "/a\n\tstatus 301\n\tredirect b\n"
			    "/b\n\tstatus 307\n\tredirect ./c#top\n"
			    "/c\n\ttext <rss/>\n");
	answer = get(world, "/a");
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(answer.result.hop_count, 3);
	assert_string_equal(answer.url, last);
	assert_string_equal(answer.body, "<rss/>");
	for (i = 0; i < 3; i++)
		assert_int_equal(log_count(world, i == 0   ? "\"/a\""
						  : i == 1 ? "\"/b\""
							   : "\"/c\""),
			1);
	assert_int_equal(fetcher_numbers(world->fetcher)->requests, 3);
	assert_int_equal(fetcher_numbers(world->fetcher)->wire_bytes, answer.result.wire_bytes);
	answer_release(&answer);
	free(last);
}

static void on_hops(void *ctx, const struct fetch_result *result, const struct err *err)
{
	bool *done = ctx;

	assert_null(err);
	assert_int_equal(result->hop_count, 2);
	assert_int_equal(result->hops[0].status, 308);
	assert_non_null(strstr(result->hops[0].url, "/a?x=1"));
	assert_int_equal(result->hops[1].status, 410);
	assert_string_equal(result->hops[1].url, result->url);
	*done = true;
}

static void a_hop_has_its_url_and_its_status(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/a?x=1");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	bool done = false;

	world_script(world, "/a*\n\tstatus 308\n\tredirect /b\n/b\n\tstatus 410\n");
	fetch_start(world->fetcher, &request, on_hops, &done);
	while (!done)
		uv_run(&world->loop, UV_RUN_ONCE);
	free(url);
}

static void a_loop_ends_after_five(void **state)
{
	struct world *world = *state;

	world_script(world, "/loop\n\tredirect /loop\n");
	assert_fails(world, "/loop", ERR_BAD_REDIRECT);
	assert_int_equal(log_count(world, "\"method\""), 6);
}

static void bad_locations_lead_nowhere(void **state)
{
	static const char *const locations[] = { "file:///etc/passwd", "ftp://127.0.0.1/x",
		"gopher://127.0.0.1/x", "data:text/xml,<rss/>", "javascript:alert(1)",
		"http://user@127.0.0.1/x", "http://user:password@127.0.0.1/x",
		"http://@127.0.0.1/x", "http:///x", "http://", "/x\\x01", "/x\\x0by",
		"http://127.0.0.1:25/x", "http://[::1/", "" };
	struct world *world = *state;
	size_t i;
	char *script;

	for (i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
		script = mem_printf("/a\n\tstatus 302\n\theader Location: %s\n", locations[i]);
		world_script(world, script);
		free(script);
		log_clear(world);
		struct answer answer = get(world, "/a");

		if (!answer.failed ||
			(answer.err.code != ERR_BAD_REDIRECT && answer.err.code != ERR_BAD_PORT))
			fail_msg("%s: %u %s", locations[i], answer.result.status, answer.err.text);
		assert_int_equal(log_count(world, "\"method\""), 1);
		answer_release(&answer);
	}
}

static void a_location_of_64_kilobytes_leads_nowhere(void **state)
{
	struct world *world = *state;
	char *script = mem_alloc(70000);

	memset(script, 'x', 69999);
	memcpy(script, "/a\n\tredirect /", 14);
	script[5000] = '\n';
	script[5001] = '\0';
	world_script(world, script);
	assert_fails(world, "/a", ERR_BAD_REDIRECT);
	assert_int_equal(log_count(world, "\"method\""), 1);
	free(script);
}

static void a_redirect_without_location_is_just_an_answer(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(
		world, "/a\n\tstatus 302\n\ttext x\n/m\n\tstatus 300\n\theader Location: /x\n");
	answer = get(world, "/a");
	assert_int_equal(answer.result.status, 302);
	answer_release(&answer);
	answer = get(world, "/m");
	assert_int_equal(answer.result.status, 300);
	answer_release(&answer);
}

static void raw_utf8_in_a_location_is_encoded(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/a\n\tredirect /b\xc3\xa4?%7e\n/b*\n\ttext x\n");
	answer = get(world, "/a");
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(log_count(world, "\"/b%C3%A4?%7e\""), 1);
	answer_release(&answer);
}

static void credentials_stay_with_their_origin(void **state)
{
	static const char *const own[] = { "X-Token: s3cret", "User-Agent: mine/1", "bad\r\nX: y",
		NULL };
	struct world *world = *state;
	char *url = url_of(world, "/a");
	char *script = mem_printf("/a\n\tredirect /b\n"
				  "/b\n\tredirect http://127.0.0.1:%u/c\n"
				  "/c\n\ttext x\n",
		world->other_port);
	struct fetch_request request = { .url = url, .auth = "me:s3cret", .headers = own };
	struct answer answer;

	world_script(world, script);
	answer = ask(world, request);
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(log_count(world, "[\"Authorization\",\"Basic bWU6czNjcmV0\"]"), 2);
	assert_int_equal(log_count(world, "[\"X-Token\",\"s3cret\"]"), 2);
	assert_int_equal(log_count(world, "[\"User-Agent\",\"mine/1\"]"), 2);
	assert_int_equal(log_count(world, "[\"User-Agent\",\"feedd/"), 1);
	assert_int_equal(log_count(world, "\"X\""), 0);
	answer_release(&answer);
	free(script);
	free(url);
}

static void validators_go_to_the_hop_they_belong_to(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/a"), *final = url_of(world, "/b");
	struct fetch_request request = {
		.url = url, .validator_url = final, .etag = "\"b\"", .etag_length = 3
	};
	struct answer answer;

	world_script(world, "/a\n\tredirect /b\n/b\n\theader ETag: \"b\"\n\ttext x\n");
	answer = ask(world, request);
	assert_int_equal(answer.result.status, 304);
	assert_true(answer.result.conditional);
	assert_int_equal(log_count(world, "If-None-Match"), 1);
	answer_release(&answer);
	free(url);
	free(final);
}

static void an_endless_page_behind_a_redirect_is_not_read(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(
		world, "/a\n\tredirect /b\n\ttext xxxxxxxx\n\trepeat endless\n/b\n\ttext fine\n");
	answer = get(world, "/a");
	assert_string_equal(answer.body, "fine");
	answer_release(&answer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_hop_is_told),
		TEST(a_hop_has_its_url_and_its_status),
		TEST(a_loop_ends_after_five),
		TEST(bad_locations_lead_nowhere),
		TEST(a_location_of_64_kilobytes_leads_nowhere),
		TEST(a_redirect_without_location_is_just_an_answer),
		TEST(raw_utf8_in_a_location_is_encoded),
		TEST(credentials_stay_with_their_origin),
		TEST(validators_go_to_the_hop_they_belong_to),
		TEST(an_endless_page_behind_a_redirect_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
