/* Sites: turns and gaps, as a server sees them. */
#include "tests/unit/fetch/fixture.h"

#include "daemon/fetch/site.h"

#define COUNT 4

/* When the server was asked. */
static void read_times(struct world *world, long long times[COUNT])
{
	char *log = world_read(world, "log"), *rest = log, *line;
	size_t count = 0;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strstr(line, "\"method\"") != NULL && count < COUNT)
			sscanf(line, "{\"time\":%lld", &times[count++]);
	}
	free(log);
	assert_int_equal(count, COUNT);
}

static void one_at_a_time_with_a_gap_from_start_to_start(void **state)
{
	struct world *world = *state;
	struct answer answers[COUNT] = { 0 };
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	long long times[COUNT];
	size_t i;

	mind_private(world, 60);
	world_script(world, "/x\n\tdelay 20ms\n\ttext x\n");
	for (i = 0; i < COUNT; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	assert_int_equal(fetcher_active(world->fetcher), 1);
	assert_int_equal(fetcher_waiting(world->fetcher), COUNT - 1);
	for (i = 0; i < COUNT; i++) {
		run_until_done(world, &answers[i]);
		answer_release(&answers[i]);
	}
	read_times(world, times);
	/* The server may have been slow to see the first. */
	assert_true(times[COUNT - 1] - times[0] >= (COUNT - 2) * 60);
	free(url);
}

static uint64_t went_on_ms;

static void go_on(uv_timer_t *timer)
{
	struct world *world = timer->data;

	went_on_ms = uv_now(&world->loop);
	fetcher_allow(world->fetcher, UINT_MAX);
	uv_close((uv_handle_t *)timer, NULL);
}

static void the_gap_counts_from_the_request_not_from_its_wait_for_a_slot(void **state)
{
	struct world *world = *state;
	struct answer answers[COUNT] = { 0 };
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	uv_timer_t timer = { .data = world };
	size_t i;

	mind_private(world, 100);
	world_script(world, "/x\n\ttext x\n");
	fetcher_allow(world->fetcher, 0);
	for (i = 0; i < COUNT; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	assert_int_equal(fetcher_active(world->fetcher), 0);
	uv_timer_init(&world->loop, &timer);
	uv_timer_start(&timer, go_on, 200, 0);
	for (i = 0; i < COUNT; i++) {
		run_until_done(world, &answers[i]);
		answer_release(&answers[i]);
		/* (By our own clock: the server may have been slow to see the first.) */
		assert_true(uv_hrtime() / 1000000 - went_on_ms >= i * 100);
	}
	free(url);
}

static void a_new_gap_holds_for_those_who_wait_already(void **state)
{
	struct world *world = *state;
	struct answer answers[2] = { 0 };
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	size_t i;

	mind_private(world, 3600000);
	world_script(world, "/x\n\ttext x\n");
	for (i = 0; i < 2; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	run_until_done(world, &answers[0]);
	mind_private(world, 1);
	run_until_done(world, &answers[1]);
	for (i = 0; i < 2; i++)
		answer_release(&answers[i]);
	free(url);
}

static void private_addresses_need_no_gap(void **state)
{
	struct world *world = *state;
	struct answer answers[COUNT] = { 0 };
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	size_t i;

	world_script(world, "/x\n\ttext x\n");
	for (i = 0; i < COUNT; i++)
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	assert_int_equal(fetcher_active(world->fetcher), COUNT);
	for (i = 0; i < COUNT; i++) {
		run_until_done(world, &answers[i]);
		answer_release(&answers[i]);
	}
	free(url);
}

static void many_hosts_of_one_address_take_turns(void **state)
{
	struct world *world = *state;
	struct answer answers[2] = { 0 };
	char *one = mem_printf("http://one.localhost:%u/x", world->port);
	char *two = mem_printf("http://two.localhost:%u/x", world->port);
	struct fetch_request request = { .now_s = NOW_S };

	mind_private(world, 50);
	world_script(world, "/x\n\tdelay 20ms\n\ttext x\n");
	request.url = one;
	fetch_start(world->fetcher, &request, on_answer, &answers[0]);
	request.url = two;
	fetch_start(world->fetcher, &request, on_answer, &answers[1]);
	assert_int_equal(fetcher_active(world->fetcher), 1);
	run_until_done(world, &answers[0]);
	assert_false(answers[1].done);
	run_until_done(world, &answers[1]);
	answer_release(&answers[0]);
	answer_release(&answers[1]);
	free(one);
	free(two);
}

static void redirects_within_a_site_need_no_gap(void **state)
{
	struct world *world = *state;
	struct answer answer;

	mind_private(world, 5000);
	world_script(world, "/a\n\tredirect /b\n/b\n\ttext x\n");
	answer = get(world, "/a");
	assert_int_equal(answer.result.status, 200);
	assert_true(answer.result.elapsed_ms < 3000);
	answer_release(&answer);
}

static void a_waiting_request_can_be_cancelled(void **state)
{
	struct world *world = *state;
	struct answer answers[3] = { 0 };
	struct fetch *fetches[3];
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	size_t i;

	mind_private(world, 30);
	world_script(world, "/x\n\ttext x\n");
	for (i = 0; i < 3; i++)
		fetches[i] = fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	fetch_cancel(fetches[1]);
	assert_int_equal(fetcher_waiting(world->fetcher), 1);
	run_until_done(world, &answers[0]);
	run_until_done(world, &answers[2]);
	assert_false(answers[1].done);
	answer_release(&answers[0]);
	answer_release(&answers[2]);
	free(url);
}

static void a_first_look_goes_first(void **state)
{
	struct world *world = *state;
	struct answer answers[3] = { 0 };
	char *url = url_of(world, "/x");
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	size_t i;

	mind_private(world, 30);
	world_script(world, "/x\n\ttext x\n");
	for (i = 0; i < 3; i++) {
		request.first_look = i == 2;
		answers[i].loop = &world->loop;
		fetch_start(world->fetcher, &request, on_answer, &answers[i]);
	}
	for (i = 0; i < 3; i++)
		run_until_done(world, &answers[i]);
	assert_true(answers[2].at_ms < answers[1].at_ms);
	for (i = 0; i < 3; i++)
		answer_release(&answers[i]);
	free(url);
}

#define LOOKERS 6

/* A feed that looks again and again, at an address that leads to a busy site. */
struct looker {
	struct world *world;
	char *url, *proxy;
	unsigned answers;
};

static void look(struct looker *looker);

static void on_look(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct looker *looker = ctx;

	assert_null(err);
	assert_int_equal(result->status, 200);
	looker->answers++;
	look(looker);
}

static void look(struct looker *looker)
{
	struct fetch_request request = {
		.url = looker->url, .proxy = looker->proxy, .now_s = NOW_S
	};

	fetch_start(looker->world->fetcher, &request, on_look, looker);
}

/* One proxy for all, so that what they share is the site and no address; two of
 * three go there by a redirect from a site of their own. */
static void lookers_start(struct world *world, struct looker lookers[LOOKERS])
{
	for (unsigned i = 0; i < LOOKERS; i++) {
		lookers[i] = (struct looker){ .world = world };
		lookers[i].url = i % 3 != 0 ? mem_printf("http://r.r%u.example/away", i)
					    : mem_printf("http://t%u.busy.example/x", i);
		lookers[i].proxy = mem_printf("http://127.0.0.1:%u", world->port);
		look(&lookers[i]);
	}
}

static void redirects_to_a_busy_site_come_in_turn(void **state)
{
	struct world *world = *state;
	struct looker lookers[LOOKERS] = { 0 };
	unsigned answers = 0, i;

	mind_private(world, 2);
	world_script(world, "*/away\n\tredirect http://t.busy.example/x\n"
			    "*/x\n\tdelay 10ms\n\ttext x\n");
	lookers_start(world, lookers);
	while (answers < LOOKERS * 10 && uv_run(&world->loop, UV_RUN_ONCE) != 0)
		for (answers = 0, i = 0; i < LOOKERS; i++)
			answers += lookers[i].answers;
	for (i = 0; i < LOOKERS; i++) {
		assert_in_range(lookers[i].answers, 8, 12);
		free(lookers[i].url);
		free(lookers[i].proxy);
	}
}

static void ignore(struct site_turn *turn)
{
	(void)turn;
}

static struct site_turn *came[8];
static size_t came_count;

static void note_ready(struct site_turn *turn)
{
	came[came_count++] = turn;
}

/* Those at the front, the oldest first; then the others, likewise. */
static void whoever_has_waited_longest_comes_first(void **state)
{
	static const bool front[8] = { false, true, false, true, true, false, true, false };
	static const uint64_t numbers[8] = { 10, 11, 12, 13, 14, 15, 9, 8 };
	static const size_t want[] = { 6, 1, 3, 7, 0, 5 }; /* two leave before */
	struct world *world = *state;
	struct sites *sites = sites_new(&world->loop, 0);
	struct site_turn now = { .ready = ignore }, turns[8] = { 0 };
	size_t i;

	came_count = 0;
	assert_true(sites_enter(sites, &now, "site.example", false, NOW_S));
	for (i = 0; i < 8; i++) {
		turns[i].ready = note_ready;
		turns[i].number = numbers[i];
		assert_false(sites_enter(sites, &turns[i], "site.example", front[i], NOW_S));
		if (i == 5) { /* the last one at the front, and one behind it */
			sites_leave(sites, &turns[4], 0);
			sites_leave(sites, &turns[2], 0);
		}
	}
	sites_leave(sites, &now, 0);
	for (i = 0; i < 6; i++) {
		while (came_count == i && uv_run(&world->loop, UV_RUN_ONCE) != 0)
			;
		sites_leave(sites, came[i], 0);
	}
	assert_int_equal(sites_waiting(sites), 0);
	sites_close(sites, NULL, NULL);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	for (i = 0; i < 6; i++)
		assert_ptr_equal(came[i], &turns[want[i]]);
}

static void a_site_is_its_registrable_domain(void **state)
{
	static const char *const rows[][2] = { { "example.org", "example.org" },
		{ "www.blog.example.org", "example.org" }, { "a.b.example.co.uk", "example.co.uk" },
		{ "somebody.tumblr.com", "tumblr.com" }, { "x.github.io", "github.io" },
		{ "localhost", "localhost" }, { "a.localhost", "a.localhost" },
		{ "x.a.localhost", "a.localhost" }, { "192.0.2.1", "192.0.2.1" },
		{ "2001:db8::1", "2001:db8::1" }, { "org", "org" }, { "", "" },
		{ "abc.onion", "abc.onion" }, { "example.org.", "example.org" },
		{ "www.example.co.uk.", "example.co.uk" }, { "localhost.", "localhost" },
		{ "192.0.2.1.", "192.0.2.1" }, { ".", "." } };
	char key[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		site_key(rows[i][0], key);
		assert_string_equal(key, rows[i][1]);
	}
}

static void count_ready(struct site_turn *turn)
{
	(void)turn;
	fail_msg("nobody's turn comes here");
}

static void ten_thousand_may_wait_for_ten_thousand_sites(void **state)
{
	enum { MANY = 10000 };
	struct world *world = *state;
	struct sites *sites = sites_new(&world->loop, 1000000);
	struct site_turn *turns = MEM_ARRAY(2 * MANY, struct site_turn);
	bool closed = false;
	char key[32];
	size_t i;

	for (i = 0; i < 2 * MANY; i++) {
		turns[i].ready = turns[i].held = count_ready;
		snprintf(key, sizeof(key), "%zu.example", i % MANY);
		assert_int_equal(sites_enter(sites, &turns[i], key, false, NOW_S), i < MANY);
	}
	assert_int_equal(sites_waiting(sites), MANY);
	for (i = 0; i < 2 * MANY; i++)
		sites_leave(sites, &turns[(i * 7919) % (2 * MANY)], 0);
	assert_int_equal(sites_waiting(sites), 0);
	sites_close(sites, on_fetcher_closed, &closed);
	while (!closed)
		uv_run(&world->loop, UV_RUN_ONCE);
	free(turns);
}

/* However many others come and go, and wherever the host of that name is. */
static void a_turn_is_had_until_it_is_left(void **state)
{
	struct world *world = *state;
	struct sites *sites = sites_new(&world->loop, 0);
	struct site_turn one = { .ready = ignore }, two = { .ready = ignore };
	struct site_turn others[600] = { 0 };
	char key[32];
	size_t i;

	assert_true(sites_enter(sites, &one, "feeds.lan", false, NOW_S));
	sites_exempt(sites, "feeds.lan", true);
	assert_true(sites_is_exempt(sites, "feeds.lan"));
	assert_false(sites_enter(sites, &two, "feeds.lan", false, NOW_S));
	for (i = 0; i < 600; i++) {
		others[i].ready = ignore;
		snprintf(key, sizeof(key), "%zu.example", i);
		assert_true(sites_enter(sites, &others[i], key, false, NOW_S));
	}
	assert_true(sites_has(&one, "feeds.lan"));
	sites_leave(sites, &two, 0);
	sites_leave(sites, &one, 0);
	for (i = 0; i < 600; i++)
		sites_leave(sites, &others[i], 0);
	sites_close(sites, NULL, NULL);
	uv_run(&world->loop, UV_RUN_NOWAIT);
}

static void a_turn_that_is_forgone_leaves_the_gap_as_it_was(void **state)
{
	struct world *world = *state;
	struct sites *sites = sites_new(&world->loop, 60000);
	struct site_turn turn = { .ready = ignore };

	assert_true(sites_enter(sites, &turn, "site.example", false, NOW_S));
	sites_forgo(sites, &turn);
	assert_true(sites_enter(sites, &turn, "site.example", false, NOW_S));
	sites_leave(sites, &turn, 0);
	assert_false(sites_enter(sites, &turn, "site.example", false, NOW_S));
	sites_forgo(sites, &turn); /* the wish for one */
	assert_int_equal(sites_waiting(sites), 0);
	assert_false(sites_enter(sites, &turn, "site.example", false, NOW_S));
	sites_leave(sites, &turn, 0);
	sites_close(sites, NULL, NULL);
	uv_run(&world->loop, UV_RUN_NOWAIT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_at_a_time_with_a_gap_from_start_to_start),
		TEST(the_gap_counts_from_the_request_not_from_its_wait_for_a_slot),
		TEST(a_new_gap_holds_for_those_who_wait_already),
		TEST(private_addresses_need_no_gap),
		TEST(many_hosts_of_one_address_take_turns),
		TEST(redirects_within_a_site_need_no_gap),
		TEST(a_waiting_request_can_be_cancelled),
		TEST(a_first_look_goes_first),
		TEST(redirects_to_a_busy_site_come_in_turn),
		TEST(whoever_has_waited_longest_comes_first),
		TEST(a_turn_is_had_until_it_is_left),
		TEST(a_turn_that_is_forgone_leaves_the_gap_as_it_was),
		cmocka_unit_test(a_site_is_its_registrable_domain),
		TEST(ten_thousand_may_wait_for_ten_thousand_sites),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
