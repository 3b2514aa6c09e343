/* Sites that want quiet: holds and herds, as a server sees them. */
#include "tests/unit/fetch/fixture.h"

#include "daemon/fetch/fetcher.h"

#define COUNT 4

static struct answer get_at(struct world *world, const char *url, int64_t now_s)
{
	return ask(world, (struct fetch_request){ .url = url, .now_s = now_s });
}

static void a_hold_counts_from_the_answer_not_from_the_second_that_it_was_asked_in(void **state)
{
	struct world *world = *state;
	char *url = url_of(world, "/x");
	struct answer answer;

	world_script(world, "/x\n\tdelay 30ms\n\tstatus 429\n\theader Retry-After: 3600\n");
	answer = ask(
		world, (struct fetch_request){ .url = url, .now_s = NOW_S, .now_part_ms = 980 });
	assert_int_equal(world->holds, 1);
	assert_in_range(world->hold.until_s, NOW_S + 3602, NOW_S + 3660);
	answer_release(&answer);
	free(url);
}

static void a_429_holds_its_site_and_all_who_wait_for_it(void **state)
{
	struct world *world = *state;
	struct answer answers[COUNT] = { 0 }, late;
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	struct fetch_hold hold;
	int64_t until_s;
	size_t i;

	mind_private(world, 50);
	world_script(world, "/x\n\tstatus 429\n\theader Retry-After: 3600\n");
	for (i = 0; i < COUNT; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	for (i = 0; i < COUNT; i++)
		run_until_done(world, &answers[i]);
	assert_int_equal(answers[0].result.status, 429);
	assert_int_equal(answers[0].result.retry_after_s, 3600);
	assert_int_equal(world->holds, 1);
	assert_string_equal(world->hold.site, "127.0.0.1");
	until_s = world->hold.until_s;
	assert_in_range(until_s, NOW_S + 3601, NOW_S + 3660); /* time goes on, too */
	for (i = 1; i < COUNT; i++)
		assert_int_equal(answers[i].err.code, ERR_HELD);
	assert_int_equal(log_count(world, "\"method\""), 1);

	late = get_at(world, url, until_s - 1);
	assert_int_equal(late.err.code, ERR_HELD);
	answer_release(&late);
	assert_int_equal(fetcher_held(world->fetcher, url, until_s - 10, &hold), 10);
	assert_string_equal(hold.reason, "429, Retry-After 3600");
	assert_int_equal(fetcher_held(world->fetcher, url, until_s, NULL), 0);
	late = get_at(world, url, until_s);
	assert_int_equal(late.result.status, 429);
	answer_release(&late);
	for (i = 0; i < COUNT; i++)
		answer_release(&answers[i]);
	free(url);
}

static void a_hold_also_holds_private_sites(void **state)
{
	struct world *world = *state;
	struct answer answer;
	char *url = url_of(world, "/x");

	world_script(world, "/x\n\tstatus 503\n\theader Retry-After: 60\n");
	answer = get_at(world, url, NOW_S);
	assert_int_equal(answer.result.status, 503);
	assert_int_equal(world->holds, 1);
	answer_release(&answer);
	answer = get_at(world, url, NOW_S + 60); /* a minute after NOW_S, not after all of it */
	assert_int_equal(answer.err.code, ERR_HELD);
	answer_release(&answer);
	free(url);
}

static void holds_come_back_after_a_restart(void **state)
{
	struct world *world = *state;
	struct fetch_hold hold = { .site = "127.0.0.1",
		.until_s = NOW_S + 100,
		.gap_ms = 10000,
		.gap_since_s = NOW_S,
		.strikes = 3,
		.reason = "429" };
	char *url = url_of(world, "/x");
	struct answer answer;

	fetcher_hold(world->fetcher, &hold);
	answer = get_at(world, url, NOW_S);
	assert_int_equal(answer.err.code, ERR_HELD);
	answer_release(&answer);
	world_script(world, "/x\n\ttext x\n");
	answer = get_at(world, url, NOW_S + 101);
	assert_int_equal(answer.result.status, 200);
	assert_int_equal(world->holds, 1); /* no longer three in a row */
	assert_int_equal(world->hold.strikes, 0);
	assert_int_equal(world->hold.gap_ms, 10000);
	answer_release(&answer);
	free(url);
}

static void a_redirect_to_a_held_site_stops_there(void **state)
{
	struct world *world = *state;
	struct fetch_hold hold = { .site = "held.localhost", .until_s = NOW_S + 100 };
	char *script = mem_printf("/a\n\tredirect http://held.localhost:%u/b\n", world->port);

	fetcher_hold(world->fetcher, &hold);
	world_script(world, script);
	assert_fails(world, "/a", ERR_HELD);
	assert_int_equal(log_count(world, "\"method\""), 1);
	free(script);
}

/* The redirect says that its site wants no quiet any more. */
static void a_hold_that_a_redirect_changed_is_told_whatever_it_leads_to(void **state)
{
	static const char *const ends[] = { "text x", "status 429", "redirect ftp://x/" };
	struct world *world = *state;
	struct fetch_hold hold = { .site = "first.localhost", .until_s = NOW_S - 10, .herds = 1 };
	char *first = mem_printf("http://first.localhost:%u/x", world->port);
	struct answer answer;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *script = mem_printf(
			"first.localhost*/x\n\tredirect http://end%zu.localhost:%u/x\n"
			"end*/x\n\t%s\n",
			i, world->port, ends[i]);

		world_script(world, script);
		fetcher_hold(world->fetcher, &hold);
		answer = get_at(world, first, NOW_S);
		assert_int_equal(answer.failed, i == 2);
		assert_int_equal(world->holds, i == 1 ? 2 : 1);
		if (i != 1)
			assert_string_equal(world->hold.site, "first.localhost");
		answer_release(&answer);
		free(script);
	}
	free(first);
}

/* As when the machine sleeps while several wait for one site. */
static void a_request_that_waits_goes_by_the_clock_as_it_was_set_meanwhile(void **state)
{
	struct world *world = *state;
	struct answer answers[2] = { 0 };
	char *well = url_of(world, "/well"), *busy = url_of(world, "/busy");
	int64_t later_s = NOW_S + 8 * 3600;

	mind_private(world, 50);
	world_script(world, "/well\n\ttext x\n"
			    "/busy\n\tstatus 429\n\theader Retry-After: 3600\n");
	fetch_start(world->fetcher, &(struct fetch_request){ .url = well, .now_s = NOW_S },
		on_answer, &answers[0]);
	fetch_start(world->fetcher, &(struct fetch_request){ .url = busy, .now_s = NOW_S },
		on_answer, &answers[1]);
	fetcher_clock_jumped(world->fetcher, later_s, true, 0);
	for (size_t i = 0; i < 2; i++)
		run_until_done(world, &answers[i]);
	assert_in_range(fetcher_held(world->fetcher, busy, later_s, NULL), 3601, 3660);
	for (size_t i = 0; i < 2; i++)
		answer_release(&answers[i]);
	free(well);
	free(busy);
}

/* Its request has left, and nothing was answered yet. */
static struct fetch *start_asked(struct world *world, const char *path, struct answer *answer)
{
	char *url = url_of(world, path);
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	struct fetch *fetch = fetch_start(world->fetcher, &request, on_answer, answer);

	world->holds = 0;
	log_clear(world);
	while (log_count(world, "\"method\"") == 0)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	free(url);
	return fetch;
}

static void run_until_idle(struct world *world)
{
	while (fetcher_active(world->fetcher) > 0)
		uv_run(&world->loop, UV_RUN_ONCE);
}

static void a_429_to_who_is_abandoned_holds_its_site_as_soon_as_its_head_is_there(void **state)
{
	struct world *world = *state;
	struct answer answer = { 0 };

	world_script(world, "/x\n\tgated\n\tstatus 429\n\theader Retry-After: 3600\n"
			    "\ttext wait\n\tlength 100\n\thang\n");
	fetch_abandon(start_asked(world, "/x", &answer));
	world_write(world, "gate", "");
	run_until_idle(world);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_int_equal(world->holds, 1);
	assert_string_equal(world->hold.reason, "429, Retry-After 3600");
	assert_false(answer.done);
}

static void a_429_to_who_is_abandoned_behind_its_head_holds_its_site_at_once(void **state)
{
	struct world *world = *state;
	struct answer answer = { 0 };
	struct fetch *fetch;

	world_script(world, "/x\n\tstatus 429\n\theader Retry-After: 3600\n"
			    "\ttext wait\n\tlength 100\n\thang\n");
	fetch = start_asked(world, "/x", &answer);
	while (!fetch->transfer->head.whole)
		uv_run(&world->loop, UV_RUN_ONCE);
	fetch_abandon(fetch);
	assert_int_equal(world->holds, 1);
	assert_string_equal(world->hold.reason, "429, Retry-After 3600");
	run_until_idle(world);
	assert_false(answer.done);
}

static void who_is_abandoned_follows_nothing(void **state)
{
	struct world *world = *state;
	struct answer answer = { 0 };

	world_script(world, "/x\n\tgated\n\tredirect /y\n/y\n\ttext y\n");
	fetch_abandon(start_asked(world, "/x", &answer));
	world_write(world, "gate", "");
	run_until_idle(world);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_int_equal(log_count(world, "\"method\""), 1);
	assert_false(answer.done);
	/* The transfer is another one's by now, and that one is answered. */
	answer = get(world, "/y");
	assert_string_equal(answer.body, "y");
	answer_release(&answer);
}

static void who_is_abandoned_before_he_asks_does_not_ask(void **state)
{
	struct world *world = *state;
	struct answer answer = { 0 }, other;
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };

	world_script(world, "/*\n\ttext x\n");
	fetch_abandon(fetch_start(world->fetcher, &request, on_answer, &answer));
	other = get(world, "/y");
	assert_int_equal(log_count(world, "\"method\""), 1);
	assert_false(answer.done);
	answer_release(&other);
	free(url);
}

static void those_that_are_abandoned_leave_transfers_to_the_others(void **state)
{
	struct world *world = *state;
	struct answer none = { 0 }, answer;
	char *gate = world_path(world, "gate");

	world->options.in_flight = 4;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/slow\n\tgated\n/y\n\ttext y\n");
	for (unsigned i = 0; i < world->options.in_flight; i++)
		fetch_abandon(start_asked(world, "/slow", &none));
	assert_int_equal(fetcher_active(world->fetcher), 1);
	answer = get(world, "/y");
	assert_string_equal(answer.body, "y");
	answer_release(&answer);
	/* Its place is free once it has ended. */
	world_write(world, "gate", "");
	run_until_idle(world);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_int_equal(unlink(gate), 0);
	fetch_abandon(start_asked(world, "/slow", &none));
	assert_int_equal(fetcher_active(world->fetcher), 1);
	assert_false(none.done);
	free(gate);
}

static void two_feeds_refused_within_an_hour_are_a_herd(void **state)
{
	struct world *world = *state;
	char *a = url_of(world, "/a"), *b = url_of(world, "/b");
	struct answer answer;

	world_script(world, "/*\n\tstatus 403\n");
	answer = get_at(world, a, NOW_S);
	assert_int_equal(world->holds, 0);
	answer_release(&answer);
	answer = get_at(world, a, NOW_S + 600); /* the same one again is no herd */
	assert_int_equal(world->holds, 0);
	answer_release(&answer);
	answer = get_at(world, b, NOW_S + 1200);
	assert_int_equal(world->holds, 1);
	assert_int_equal(world->hold.until_s, NOW_S + 1200 + 4 * 3600 + 1);
	answer_release(&answer);
	free(a);
	free(b);
}

static void a_challenge_counts_as_a_refusal(void **state)
{
	struct world *world = *state;
	char *a = url_of(world, "/a"), *b = url_of(world, "/b");
	struct answer answer;

	world_script(world, "/*\n\tstatus 503\n\theader cf-mitigated: challenge\n");
	answer = get_at(world, a, NOW_S);
	assert_true(answer.result.challenge);
	answer_release(&answer);
	answer = get_at(world, b, NOW_S + 1);
	assert_int_equal(world->holds, 1);
	answer_release(&answer);
	free(a);
	free(b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_hold_counts_from_the_answer_not_from_the_second_that_it_was_asked_in),
		TEST(a_429_holds_its_site_and_all_who_wait_for_it),
		TEST(a_hold_also_holds_private_sites),
		TEST(holds_come_back_after_a_restart),
		TEST(a_redirect_to_a_held_site_stops_there),
		TEST(a_hold_that_a_redirect_changed_is_told_whatever_it_leads_to),
		TEST(a_request_that_waits_goes_by_the_clock_as_it_was_set_meanwhile),
		TEST(a_429_to_who_is_abandoned_holds_its_site_as_soon_as_its_head_is_there),
		TEST(a_429_to_who_is_abandoned_behind_its_head_holds_its_site_at_once),
		TEST(who_is_abandoned_follows_nothing),
		TEST(who_is_abandoned_before_he_asks_does_not_ask),
		TEST(those_that_are_abandoned_leave_transfers_to_the_others),
		TEST(two_feeds_refused_within_an_hour_are_a_herd),
		TEST(a_challenge_counts_as_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
