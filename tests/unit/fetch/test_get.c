/* One GET: what is said, what comes back, and everything that can go wrong. */
#include <sys/socket.h>

#include "daemon/fetch/fetcher.h"
#include "tests/unit/fetch/fixture.h"

static void a_document_comes_with_what_the_server_said(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/feed\n"
			    "\theader ETag: W/\"a b\"\n"
			    "\theader Last-Modified: whenever\n"
			    "\theader Content-Type: application/rss+xml\n"
			    "\theader Cache-Control: max-age=600\n"
			    "\theader Age: 100\n"
			    "\ttext <rss/>\n");
	answer = get(world, "/feed");
	assert_int_equal(answer.result.status, 200);
	assert_string_equal(answer.body, "<rss/>");
	assert_string_equal(answer.etag, "W/\"a b\"");
	assert_string_equal(answer.last_modified, "whenever");
	assert_string_equal(answer.content_type, "application/rss+xml");
	assert_true(answer.result.cache.said);
	assert_int_equal(answer.result.cache.lifetime_s, 500);
	assert_string_equal(answer.result.address, "127.0.0.1");
	assert_false(answer.result.cut);
	assert_false(answer.result.conditional);
	assert_int_equal(answer.result.hop_count, 1);
	assert_true(answer.result.wire_bytes > 6);
	answer_release(&answer);
}

static void the_request_is_exactly_this(void **state)
{
	struct world *world = *state;
	char *want = mem_printf(
		"GET /a/../%%7euser/%%2F?x=%%2f&&y HTTP/1.1\r\n"
		"Host: 127.0.0.1:%u\r\n"
		"User-Agent: feedd/test (+https://feedd.invalid/fetcher)\r\n"
		"Accept: application/atom+xml, application/rss+xml, application/feed+json;q=0.9, "
		"application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, "
		"application/json;q=0.7, */*;q=0.1\r\n"
		"Accept-Encoding: gzip, deflate, br\r\n"
		"\r\n",
		world->port);
	struct answer answer;

	world_script(world, "/*\n\techo\n");
	answer = get(world, "/a/../%7euser/%2F?x=%2f&&y#fragment");
	assert_string_equal(answer.body, want);
	free(want);
	answer_release(&answer);
}

static void validators_are_sent_byte_for_byte_to_their_own_url(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/feed"), *other = url_of(world, "/other");
	struct fetch_request request = { .url = url,
		.validator_url = url,
		.etag = "W/\"\xc3\xa9 'x",
		.etag_length = 8,
		.last_modified = "not a date",
		.last_modified_length = 10 };
	struct answer answer;

	world_script(world, "/*\n\techo\n");
	answer = ask(world, request);
	assert_non_null(strstr(answer.body,
		"\r\nIf-None-Match: W/\"\xc3\xa9 'x\r\nIf-Modified-Since: not a date\r\n\r\n"));
	assert_true(answer.result.conditional);
	answer_release(&answer);
	request.validator_url = other;
	answer = ask(world, request);
	assert_null(strstr(answer.body, "If-"));
	assert_false(answer.result.conditional);
	answer_release(&answer);
	free(url);
	free(other);
}

static void a_304_is_an_answer(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/feed");
	struct fetch_request request = {
		.url = url, .validator_url = url, .etag = "\"v1\"", .etag_length = 4, .delta = true
	};
	struct answer answer;

	world_script(world, "/feed\n\theader ETag: \"v1\"\n\ttext <rss/>\n");
	answer = ask(world, request);
	assert_int_equal(answer.result.status, 304);
	assert_int_equal(answer.body_length, 0);
	assert_int_equal(log_count(world, "[\"A-IM\",\"feed\"]"), 1);
	answer_release(&answer);
	free(url);
}

static void validators_that_cannot_be_sent_again_are_absent(void **state)
{
	struct world *world = *state;
	char *big = mem_alloc(5000), *script;
	struct answer answer;

	memset(big, 'x', 4999);
	big[4999] = '\0';
	script = mem_printf("/control\n\theader ETag: \"a\\x01b\"\n\ttext x\n"
			    "/empty\n\theader ETag:\n\theader Last-Modified: 1\\x7f\n\ttext x\n"
			    "/big\n\theader ETag: \"%s\"\n\ttext x\n"
			    "/unquoted\n\theader ETag: abc\n\ttext x\n",
		big);
	world_script(world, script);
	answer = get(world, "/control");
	assert_int_equal(answer.result.etag_length, 0);
	answer_release(&answer);
	answer = get(world, "/empty");
	assert_int_equal(answer.result.etag_length, 0);
	assert_int_equal(answer.result.last_modified_length, 0);
	answer_release(&answer);
	answer = get(world, "/big");
	assert_int_equal(answer.result.etag_length, 0);
	answer_release(&answer);
	answer = get(world, "/unquoted");
	assert_string_equal(answer.etag, "abc");
	answer_release(&answer);
	free(big);
	free(script);
}

static void statuses_are_results_and_bring_their_page(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/gone\n\tstatus 410\n\ttext it is gone\n"
			    "/five\n\tstatus 500\n\ttext x\n\trepeat 300000\n"
			    "/none\n\tstatus 204\n"
			    "/busy\n\tstatus 503\n\theader Retry-After: -1\n");
	answer = get(world, "/gone");
	assert_int_equal(answer.result.status, 410);
	assert_string_equal(answer.body, "it is gone");
	answer_release(&answer);
	answer = get(world, "/five");
	assert_int_equal(answer.result.status, 500);
	assert_true(answer.body_length > 1000);
	answer_release(&answer);
	answer = get(world, "/none");
	assert_int_equal(answer.result.status, 204);
	answer_release(&answer);
	answer = get(world, "/busy");
	assert_int_equal(answer.result.retry_after_s, -1);
	answer_release(&answer);
}

static void a_document_beyond_the_limit_is_cut_off(void **state)
{
	struct world *world = *state;

	world_script(world, "/endless\n\ttext <item>x</item>\n\trepeat endless\n"
			    "/announced\n\ttext x\n\tlength 99999999\n\trepeat 1000\n"
			    "/chunked\n\ttext x\n\tchunked\n\trepeat 2M\n");
	assert_fails(world, "/endless", ERR_TOO_BIG);
	assert_fails(world, "/announced", ERR_TOO_BIG);
	assert_fails(world, "/chunked", ERR_TOO_BIG);
	assert_int_equal(log_count(world, "\"method\""), 3);
}

static void heads_are_counted_all_together(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/many\n\tjunk 10000\n"
			    "/line\n\tjunk 1 1M\n"
			    "/interim\n\tinterim 2000\n"
			    "/hops\n\tjunk 3 9K\n\tredirect /hops?more\n"
			    "/hops?more\n\tjunk 5 9K\n"
			    "/fits\n\tinterim 20\n\tjunk 100 500\n\ttext x\n");
	assert_fails(world, "/many", ERR_TOO_BIG);
	assert_fails(world, "/line", ERR_TOO_BIG);
	assert_fails(world, "/interim", ERR_TOO_BIG);
	assert_fails(world, "/hops", ERR_TOO_BIG);
	answer = get(world, "/fits");
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
}

static void a_limit_that_was_raised_is_for_transfers_that_are_used_again_too(void **state)
{
	struct world *world = *state;
	char line[4001];
	char *script;
	struct answer answer;

	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	script = mem_printf("/long\n\theader X-Long: %s\n\ttext x\n", line);
	world_script(world, script);
	world->options.header_max = 1024;
	fetcher_reconfigure(world->fetcher, &world->options);
	assert_fails(world, "/long", ERR_TOO_BIG);
	world->options.header_max = 65536;
	fetcher_reconfigure(world->fetcher, &world->options);
	answer = get(world, "/long");
	assert_string_equal(answer.failed ? answer.err.text : "", "");
	answer_release(&answer);
	free(script);
}

static void what_is_cut_short_says_so(void **state)
{
	static const char *const paths[] = { "/short", "/reset", "/unended" };
	struct world *world = *state;
	struct answer answer;
	size_t i;

	world_script(world, "/short\n\ttext <rss></rss>\n\tcut 5\n"
			    "/reset\n\ttext <rss></rss>\n\treset 5\n"
			    "/unended\n\ttext <rss>\n\tchunked unended\n"
			    "/nothing\n\traw\n"
			    "/first\n\ttext <rss></rss>\n\treset 0\n"
			    "/fewer\n\ttext <rss></rss>\n\tlength 5\n\tclose\n"
			    "/closed\n\ttext <rss>\n\tlength none\n");
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		answer = get(world, paths[i]);
		if (answer.failed)
			fail_msg("%s: %s", paths[i], answer.err.text);
		assert_true(answer.result.cut);
		assert_string_equal(answer.body, "<rss>");
		answer_release(&answer);
	}
	assert_fails(world, "/nothing", ERR_INCOMPLETE);
	assert_fails(world, "/first", ERR_INCOMPLETE);
	answer = get(world, "/fewer"); /* the document's own end decides */
	assert_string_equal(answer.body, "<rss>");
	answer_release(&answer);
	answer = get(world, "/closed");
	assert_false(answer.result.cut);
	answer_release(&answer);
}

static void what_is_no_http_is_refused(void **state)
{
	struct world *world = *state;

	world_script(world, "/ssh\n\traw SSH-2.0-OpenSSH_9.2\\r\\n\n"
			    "/old\n\traw <rss></rss>\n"
			    "/noise\n\traw \\x00\\x01\\x02\\x03\\xff\\xfe\\r\\n\\r\\n\n");
	assert_fails(world, "/ssh", ERR_PROTOCOL);
	assert_fails(world, "/old", ERR_PROTOCOL);
	assert_fails(world, "/noise", ERR_PROTOCOL);
	assert_int_equal(log_count(world, "\"method\""), 3);
}

static void encodings_that_lie_are_errors(void **state)
{
	struct world *world = *state;

	world_script(world,
		"/plain\n\theader Content-Encoding: gzip\n\ttext <rss></rss> is not gzip\n"
		"/twice\n\theader Content-Encoding: gzip, gzip\n\ttext x\n"
		"/lines\n\theader Content-Encoding: gzip\n\theader Content-Encoding: br\n\ttext x\n"
		"/strange\n\theader Content-Encoding: compress\n\ttext x\n"
		"/transfer\n\theader Transfer-Encoding: gzip, chunked\n\ttext x\n");
	assert_fails(world, "/plain", ERR_BAD_ENCODING);
	assert_fails(world, "/twice", ERR_TOO_BIG);
	assert_fails(world, "/lines", ERR_TOO_BIG);
	assert_fails(world, "/strange", ERR_BAD_ENCODING);
	assert_fails(world, "/transfer", ERR_BAD_ENCODING);
}

static void what_is_wrong_with_a_page_about_an_error_does_not_matter(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/plain\n\tstatus 404\n\theader Content-Encoding: gzip\n\ttext plain\n"
			    "/strange\n\tstatus 410\n\theader Content-Encoding: zstd\n\ttext x\n"
			    "/cut\n\tstatus 500\n\ttext 0123456789\n\treset 3\n"
			    "/moved\n\tstatus 301\n\tredirect /x\n\ttext 0123456789\n\tcut 3\n"
			    "/x\n\ttext x\n");
	answer = get(world, "/plain");
	assert_int_equal(answer.result.status, 404);
	answer_release(&answer);
	answer = get(world, "/strange");
	assert_int_equal(answer.result.status, 410);
	answer_release(&answer);
	answer = get(world, "/cut");
	assert_int_equal(answer.result.status, 500);
	assert_false(answer.result.cut);
	answer_release(&answer);
	answer = get(world, "/moved");
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
}

static void an_address_may_stand_in_the_url(void **state)
{
	struct world *world = *state;
	char *url = mem_printf("http://[::1]:%u/x", world->port_six);
	char *host = mem_printf("\"host\":\"[::1]:%u\"", world->port_six);
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = ask(world, (struct fetch_request){ .url = url });
	assert_int_equal(answer.result.status, 200);
	assert_string_equal(answer.result.address, "::1");
	assert_int_equal(log_count(world, host), 1);
	answer_release(&answer);
	free(url);
	free(host);
}

static void what_is_packed_is_unpacked_and_bombs_are_not(void **state)
{
	static const char *const paths[] = { "/small", "/brotli", "/bare" };
	struct world *world = *state;
	char *command = mem_printf("cd %s && printf '<rss/>' | gzip >small.gz && "
				   "head -c 20 small.gz >cut.gz && "
				   "head -c 30000000 /dev/zero | gzip >bomb.gz",
		world->dir);
	struct answer answer;
	size_t i;

	assert_int_equal(system(command), 0);
	free(command);
	world_script(world, "/small\n\tfile small.gz\n\theader Content-Encoding: gzip\n"
			    "/brotli\n\ttext \\x8b\\x02\\x80<rss/>\\x03\n"
			    "\theader Content-Encoding: br\n"
			    "/bare\n\ttext \\x01\\x06\\0\\xf9\\xff<rss/>\n"
			    "\theader Content-Encoding: deflate\n"
			    "/empty\n\theader Content-Encoding: gzip\n"
			    "/cut\n\tfile cut.gz\n\theader Content-Encoding: gzip\n"
			    "/bomb\n\tfile bomb.gz\n\theader Content-Encoding: gzip\n");
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		answer = get(world, paths[i]);
		assert_string_equal(answer.body, "<rss/>");
		assert_false(answer.result.cut);
		answer_release(&answer);
	}
	answer = get(world, "/empty");
	assert_int_equal(answer.body_length, 0);
	assert_false(answer.result.cut);
	answer_release(&answer);
	answer = get(world, "/cut"); /* its digest is what lacks */
	assert_string_equal(answer.body, "<rss/>");
	assert_true(answer.result.cut);
	answer_release(&answer);
	assert_fails(world, "/bomb", ERR_TOO_BIG);
}

static void slow_servers_end_by_the_clock(void **state)
{
	struct world *world = *state;

	world->options.timeout_ms = 1000;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/silent\n\tsilent\n"
			    "/drip\n\ttext x\n\trepeat 10000\n\tdrip 200\n"
			    "/head\n\ttext x\n\tdrip-head 20\n"
			    "/hang\n\ttext x\n\tlength 100\n\thang\n");
	assert_fails(world, "/silent", ERR_TIMEOUT);
	assert_fails(world, "/drip", ERR_TIMEOUT);
	assert_fails(world, "/head", ERR_TIMEOUT);
	assert_fails(world, "/hang", ERR_TIMEOUT);
	assert_int_equal(log_count(world, "\"method\""), 4);
}

static void a_closed_port_is_no_connection(void **state)
{
	struct world *world = *state;
	struct answer answer = ask(world, (struct fetch_request){ .url = "http://127.0.0.1:2/" });

	assert_int_equal(answer.err.code, ERR_CONNECT);
	answer_release(&answer);
}

static void cookies_do_not_come_back(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_script(world, "/a\n\theader Set-Cookie: a=1; Path=/\n\tredirect /b\n"
			    "/b\n\theader Set-Cookie: b=1\n\ttext x\n");
	answer = get(world, "/a");
	answer_release(&answer);
	answer = get(world, "/a");
	answer_release(&answer);
	assert_int_equal(log_count(world, "\"method\""), 4);
	assert_int_equal(log_count(world, "Cookie"), 0);
	assert_int_equal(log_count(world, "Referer"), 0);
}

static void connections_are_used_again(void **state)
{
	struct world *world = *state;
	struct answer answer;
	int i;

	world_script(world, "/x\n\ttext x\n");
	for (i = 0; i < 5; i++) {
		answer = get(world, "/x");
		answer_release(&answer);
	}
	assert_int_equal(log_count(world, "\"connect\""), 1);
}

/* Where a server goes on behind its answer, that is none to the next request. */
static void what_comes_behind_an_answer_is_nobodys(void **state)
{
	struct world *world = *state;
	struct answer first = { .loop = &world->loop }, second;
	char *url = url_of(world, "/talks"), seen[256] = "";
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	struct fetch *fetch;
	int fd = -1;

	world_script(world, "/talks\n\theader Content-Length: 3\n\ttext abc\n"
			    "\ttext HTTP/1.1 410 Gone\\r\\nContent-Length: 0\\r\\n\\r\\n\n"
			    "\tdrip 60\n/other\n\ttext xyz\n");
	fetch = fetch_start(world->fetcher, &request, on_answer, &first);
	while (!first.done) {
		if (fetch->transfer != NULL)
			fd = fetch->transfer->wrapping.fd;
		uv_run(&world->loop, UV_RUN_ONCE);
	}
	assert_int_equal(first.result.status, 200);
	assert_string_equal(first.body, "abc");
	while (strstr(seen, "\r\n\r\n") == NULL) {
		ssize_t n = recv(fd, seen, sizeof(seen) - 1, MSG_PEEK);

		assert_true(n > 0 || (n < 0 && errno == EAGAIN));
	}
	second = get(world, "/other");
	assert_int_equal(second.result.status, 200);
	assert_string_equal(second.body, "xyz");
	assert_int_equal(log_count(world, "\"connect\""), 2);
	assert_int_equal(log_count(world, "\"/other\""), 1);
	answer_release(&first);
	answer_release(&second);
	free(url);
}

static void a_name_that_is_loopback_asks_nobody(void **state)
{
	struct world *world = *state;
	char *url = mem_printf("http://some.feed.localhost:%u/x", world->port);
	char *six = mem_printf("http://localhost:%u/x", world->port_six);
	struct answer answer;

	world_script(world, "/x\n\ttext x\n");
	answer = ask(world, (struct fetch_request){ .url = url });
	assert_int_equal(answer.result.status, 200);
	answer_release(&answer);
	/* Only [::1] listens there: the other family is tried, too. */
	answer = ask(world, (struct fetch_request){ .url = six });
	assert_int_equal(answer.result.status, 200);
	assert_string_equal(answer.result.address, "::1");
	answer_release(&answer);
	free(url);
	free(six);
}

static void a_cancelled_request_is_never_told(void **state)
{
	struct world *world = *state;
	struct answer first = { 0 }, second = { 0 };
	char *url = url_of(world, "/slow");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	struct fetch *fetch;

	world_script(world, "/slow\n\tdelay 100ms\n\ttext x\n");
	fetch = fetch_start(world->fetcher, &request, on_answer, &first);
	fetch_start(world->fetcher, &request, on_answer, &second);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	fetch_cancel(fetch);
	run_until_done(world, &second);
	assert_false(first.done);
	assert_int_equal(fetcher_active(world->fetcher), 0);
	request.url = "nonsense";
	fetch = fetch_start(world->fetcher, &request, on_answer, &first);
	fetch_cancel(fetch);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_false(first.done);
	answer_release(&second);
	free(url);
}

static void closing_ends_what_is_under_way(void **state)
{
	struct world *world = *state;
	struct answer answer = { 0 };
	char *url = url_of(world, "/silent");
	struct fetch_request request = { .url = url, .now_s = NOW_S };

	world_script(world, "/silent\n\tsilent\n");
	fetch_start(world->fetcher, &request, on_answer, &answer);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	free(url);
	/* The rest is world_free()'s, which would hang or leak. */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_document_comes_with_what_the_server_said),
		TEST(the_request_is_exactly_this),
		TEST(validators_are_sent_byte_for_byte_to_their_own_url),
		TEST(a_304_is_an_answer),
		TEST(validators_that_cannot_be_sent_again_are_absent),
		TEST(statuses_are_results_and_bring_their_page),
		TEST(a_document_beyond_the_limit_is_cut_off),
		TEST(heads_are_counted_all_together),
		TEST(a_limit_that_was_raised_is_for_transfers_that_are_used_again_too),
		TEST(what_is_cut_short_says_so),
		TEST(what_is_no_http_is_refused),
		TEST(encodings_that_lie_are_errors),
		TEST(what_is_wrong_with_a_page_about_an_error_does_not_matter),
		TEST(an_address_may_stand_in_the_url),
		TEST(what_is_packed_is_unpacked_and_bombs_are_not),
		TEST(slow_servers_end_by_the_clock),
		TEST(a_closed_port_is_no_connection),
		TEST(cookies_do_not_come_back),
		TEST(connections_are_used_again),
		TEST(what_comes_behind_an_answer_is_nobodys),
		TEST(a_name_that_is_loopback_asks_nobody),
		TEST(a_cancelled_request_is_never_told),
		TEST(closing_ends_what_is_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
