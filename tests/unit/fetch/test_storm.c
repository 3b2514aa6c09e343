/* Many requests at once, some taken back at any moment: each of the others is
 * told once, and nothing is left behind.  How many move. */
#include "tests/unit/fetch/fixture.h"

#define REQUESTS 600u

struct storm {
	struct world *world;
	struct fetch *fetches[REQUESTS]; /* NULL: told or taken back */
	unsigned told[REQUESTS];
	bool cancelled[REQUESTS];
	unsigned open, started;
	uint32_t random;
};

struct ticket {
	struct storm *storm;
	unsigned number;
};

static struct ticket tickets[REQUESTS];

static unsigned next_random(struct storm *storm, unsigned below)
{
	storm->random = storm->random * 1664525u + 1013904223u;
	return (storm->random >> 8) % below;
}

static void start_one(struct storm *storm);

static void cancel_one(struct storm *storm)
{
	unsigned i = next_random(storm, REQUESTS);

	if (storm->fetches[i] == NULL)
		return;
	fetch_cancel(storm->fetches[i]);
	storm->fetches[i] = NULL;
	storm->cancelled[i] = true;
	storm->open--;
}

static void on_told(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct ticket *ticket = ctx;
	struct storm *storm = ticket->storm;

	assert_true((result == NULL) != (err == NULL));
	assert_false(storm->cancelled[ticket->number]);
	storm->told[ticket->number]++;
	storm->fetches[ticket->number] = NULL;
	storm->open--;
	if (next_random(storm, 3) == 0)
		cancel_one(storm);
	if (storm->started < REQUESTS)
		start_one(storm);
}

static void start_one(struct storm *storm)
{
	static const char *const paths[] = { "/plain", "/hop", "/away", "/cut", "/slow", "/gone",
		"/many", "/ssh", "/chunked", "/loop", "/large" };
	unsigned number = storm->started++;
	/* A few sites ask for quiet, with others of their own waiting for them. */
	bool strict = next_random(storm, 8) == 0;
	char *url = mem_printf("http://%s%u.localhost:%u%s?%u", strict ? "strict" : "h",
		next_random(storm, strict ? 5 : 20), storm->world->port,
		strict ? "/wait" : paths[next_random(storm, 11)], number);
	struct fetch_request request = {
		.url = next_random(storm, 20) == 0 ? "http://[" : url,
		.now_s = NOW_S,
		.first_look = next_random(storm, 4) == 0,
	};

	tickets[number] = (struct ticket){ storm, number };
	storm->open++;
	storm->fetches[number] = fetch_start(
		storm->world->fetcher, &request, on_told, &tickets[number]);
	free(url);
}

static void every_request_is_told_once_or_was_taken_back(void **state)
{
	struct world *world = *state;
	struct storm *storm = MEM_NEW(struct storm);
	char *script = mem_printf("/plain*\n\ttext <rss/>\n"
				  "/hop*\n\tredirect /plain\n"
				  "/away*\n\tredirect http://other.localhost:%u/plain\n"
				  "/cut*\n\ttext <rss></rss>\n\treset 4\n"
				  "/slow*\n\tdelay 5ms\n\ttext x\n"
				  "/gone*\n\tstatus 410\n"
				  "/many*\n\tstatus 503\n\theader Retry-After: 0\n"
				  "/wait*\n\tstatus 429\n\theader Retry-After: 900\n"
				  "/ssh*\n\traw SSH\\r\\n\n"
				  "/chunked*\n\ttext x\n\tchunked\n\trepeat 100\n"
				  "/loop*\n\tredirect /loop\n"
				  "/large*\n\ttext x\n\trepeat 600000\n",
		world->port);
	unsigned i;

	world_script(world, script);
	free(script);
	world->options.manners_private = true;
	world->options.gap_ms = 0;
	world->options.in_flight = 7;
	fetcher_reconfigure(world->fetcher, &world->options);
	storm->world = world;
	storm->random = 20261123;
	for (i = 0; i < 100; i++)
		start_one(storm);
	while (storm->open > 0) {
		bool reads = next_random(storm, 2) == 0;

		fetcher_read(world->fetcher, reads);
		uv_run(&world->loop, reads ? UV_RUN_ONCE : UV_RUN_NOWAIT);
		if (next_random(storm, 10) == 0)
			cancel_one(storm);
		while (storm->open < 50 && storm->started < REQUESTS)
			start_one(storm);
	}
	for (i = 0; i < REQUESTS; i++)
		assert_int_equal(storm->told[i] + storm->cancelled[i], 1);
	assert_int_equal(fetcher_active(world->fetcher), 0);
	assert_int_equal(fetcher_waiting(world->fetcher), 0);
	free(storm);
}

static void no_more_than_in_flight_move_at_once(void **state)
{
	struct world *world = *state;
	struct answer answers[20] = { 0 };
	char *url = url_of(world, "/slow");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	size_t i;

	world->options.in_flight = 3;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/slow\n\tdelay 20ms\n\ttext x\n");
	for (i = 0; i < 20; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	assert_int_equal(fetcher_active(world->fetcher), 3);
	for (i = 0; i < 20; i++) {
		run_until_done(world, &answers[i]);
		assert_int_equal(answers[i].result.status, 200);
		answer_release(&answers[i]);
	}
	assert_true(log_count(world, "\"connect\"") <= 3);
	free(url);
}

static void as_many_start_as_are_allowed(void **state)
{
	struct world *world = *state;
	struct answer answers[6] = { 0 }, first = { 0 };
	char *url = url_of(world, "/slow");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	size_t i;

	world_script(world, "/slow\n\tdelay 20ms\n\ttext x\n");
	fetcher_allow(world->fetcher, 2);
	for (i = 0; i < 6; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	assert_int_equal(fetcher_active(world->fetcher), 2);
	fetcher_allow(world->fetcher, 3);
	assert_int_equal(fetcher_active(world->fetcher), 3);
	fetcher_allow(world->fetcher, 0);
	request.first_look = true;
	fetch_start(world->fetcher, &request, on_answer, &first);
	assert_int_equal(fetcher_active(world->fetcher), 4);
	run_until_done(world, &first);
	for (i = 0; i < 3; i++)
		run_until_done(world, &answers[i]);
	assert_int_equal(fetcher_active(world->fetcher), 0);
	for (i = 3; i < 6; i++)
		assert_false(answers[i].done);
	fetcher_allow(world->fetcher, 1);
	for (i = 3; i < 6; i++) {
		assert_int_equal(fetcher_active(world->fetcher), 1);
		run_until_done(world, &answers[i]);
	}
	for (i = 0; i < 6; i++)
		answer_release(&answers[i]);
	answer_release(&first);
	free(url);
}

static void first_looks_get_their_slots_in_the_order_of_their_coming(void **state)
{
	struct world *world = *state;
	struct answer answers[5] = { 0 };
	char *url = url_of(world, "/slow");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	size_t i;

	world->options.in_flight = 1;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/slow\n\tdelay 20ms\n\ttext x\n");
	for (i = 0; i < 5; i++) {
		request.first_look = i >= 2;
		answers[i].loop = &world->loop;
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	}
	for (i = 0; i < 5; i++)
		run_until_done(world, &answers[i]);
	assert_true(answers[0].at_ms < answers[2].at_ms);
	assert_true(answers[2].at_ms < answers[3].at_ms);
	assert_true(answers[3].at_ms < answers[4].at_ms);
	assert_true(answers[4].at_ms < answers[1].at_ms);
	for (i = 0; i < 5; i++)
		answer_release(&answers[i]);
	free(url);
}

/* On connections that are there: to make one libcurl keeps a timer, by which it looks
 * at them, too. */
static void what_is_not_to_be_read_waits(void **state)
{
	struct world *world = *state;
	struct answer answers[2][20] = { 0 };
	char *url = url_of(world, "/slow");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	uint64_t until_ns;
	size_t i;

	world->options.in_flight = 20;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/slow\n\tdelay 20ms\n\ttext x\n");
	for (i = 0; i < 20; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[0][i]);
	for (i = 0; i < 20; i++)
		run_until_done(world, &answers[0][i]);
	fetcher_read(world->fetcher, false);
	for (i = 0; i < 20; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[1][i]);
	while (log_count(world, "\"GET\"") < 40)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	/* Time enough for the answers; more would change nothing. */
	until_ns = uv_hrtime() + 60000000;
	while (uv_hrtime() < until_ns)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	for (i = 0; i < 20; i++)
		assert_false(answers[1][i].done);
	fetcher_read(world->fetcher, true);
	for (i = 0; i < 40; i++) {
		run_until_done(world, &answers[i / 20][i % 20]);
		assert_int_equal(answers[i / 20][i % 20].result.status, 200);
		answer_release(&answers[i / 20][i % 20]);
	}
	free(url);
}

/* What is late by our own doing is nobody's failure: the answer is there.  That some bytes
 * are is no answer. */
static void an_answer_that_nobody_read_in_time_is_not_late(void **state)
{
	static const char *const paths[] = { "/slow", "/slow", "/slow", "/slow", "/silent",
		"/drops" };
	struct world *world = *state;
	struct answer answers[6] = { 0 };
	size_t i;

	world->options.timeout_ms = 300;
	world->options.in_flight = 3;
	fetcher_reconfigure(world->fetcher, &world->options);
	world_script(world, "/slow\n\tdelay 20ms\n\ttext x\n/silent\n\tsilent\n"
			    "/drops\n\ttext x\n\tdrip-head 20\n");
	for (i = 0; i < 6; i++) {
		char *url = url_of(world, paths[i]);
		struct fetch_request request = { .url = url, .now_s = NOW_S };

		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
		free(url);
		if (i != 2)
			continue;
		/* Those behind them have a connection each. */
		run_until_done(world, &answers[0]);
		run_until_done(world, &answers[1]);
		run_until_done(world, &answers[2]);
		fetcher_read(world->fetcher, false);
	}
	for (i = 3; i < 6; i++)
		run_until_done(world, &answers[i]);
	assert_int_equal(answers[3].err.code, ERR_BUSY);
	assert_int_equal(answers[4].err.code, ERR_TIMEOUT);
	assert_int_equal(answers[5].err.code, ERR_TIMEOUT);
	for (i = 0; i < 6; i++)
		answer_release(&answers[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_request_is_told_once_or_was_taken_back, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			no_more_than_in_flight_move_at_once, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			first_looks_get_their_slots_in_the_order_of_their_coming, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			as_many_start_as_are_allowed, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_not_to_be_read_waits, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(an_answer_that_nobody_read_in_time_is_not_late,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
