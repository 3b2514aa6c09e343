/* However fast a server is, and whatever it packs: the loop goes round meanwhile. */
#include "tests/unit/fetch/fixture.h"

#include "daemon/fetch/fetcher.h"

#define MIB (1u << 20)
#define BODY_MAX (2u * MIB)
#define LEAST_ROUNDS 8u /* for such a body: a quarter of a megabyte in each */
#define MANY 3u
#define LARGE (MIB + 800000u) /* of those 2,000,000 bytes that are not all sent */

static uv_check_t check;
static unsigned rounds;
static uint64_t bytes; /* of all rounds */
static size_t most;    /* of large documents at once */

static size_t large(const struct world *world)
{
	return multi_slices(world->fetcher->multi)->large;
}

static void on_check(uv_check_t *handle)
{
	const struct world *world = handle->data;

	rounds++;
	bytes += multi_slices(world->fetcher->multi)->bytes;
	if (large(world) > most)
		most = large(world);
}

static int setup(void **state)
{
	struct world *world;
	char *command;

	world_setup(state);
	world = *state;
	world->options.body_max = BODY_MAX;
	fetcher_reconfigure(world->fetcher, &world->options);
	command = mem_printf("cd %s && head -c 3000000 /dev/zero | gzip >bomb.gz && "
			     "seq 100000 >long && gzip -k long && head -c %u /dev/zero >large",
		world->dir, LARGE);
	assert_int_equal(system(command), 0);
	free(command);
	world_script(world,
		"/bomb*\n\tfile bomb.gz\n\theader Content-Encoding: gzip\n"
		"/endless*\n\ttext <item>x</item>\n\trepeat endless\n"
		"/large*\n\tfile large\n\tlength 2000000\n\thang\n"
		"/long*\n\tfile long\n"
		"/whole*\n\tfile large\n"
		"/cut*\n\tfile large\n\treset 1500000\n"
		"/wrapping*\n\ttext "
		"5;xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"
		"\trepeat endless\n\tlength none\n\theader Transfer-Encoding: chunked\n"
		"/packed*\n\tfile long.gz\n\theader Content-Encoding: gzip\n"
		"/page*\n\tstatus 404\n\tfile bomb.gz\n\theader Content-Encoding: gzip\n");
	assert_int_equal(uv_check_init(&world->loop, &check), 0);
	assert_int_equal(uv_check_start(&check, on_check), 0);
	uv_unref((uv_handle_t *)&check);
	check.data = world;
	rounds = 0;
	bytes = most = 0;
	return 0;
}

static int teardown(void **state)
{
	uv_close((uv_handle_t *)&check, NULL);
	return world_teardown(state);
}

static struct fetch *start(struct world *world, const char *path, struct answer *answer)
{
	char *url = url_of(world, path);
	struct fetch_request request = { .url = url, .now_s = NOW_S };
	struct fetch *fetch = fetch_start(world->fetcher, &request, on_answer, answer);

	free(url);
	return fetch;
}

static void a_large_answer_takes_many_rounds(void **state)
{
	static const char *const paths[] = { "/bomb", "/endless" };
	struct world *world = *state;
	size_t i;

	for (i = 0; i < 2; i++) {
		rounds = 0;
		assert_fails(world, paths[i], ERR_TOO_BIG);
		assert_true(rounds >= LEAST_ROUNDS);
	}
}

static void what_only_wraps_is_of_the_rounds_too(void **state)
{
	assert_fails(*state, "/wrapping", ERR_TOO_BIG);
	/* Nothing of it was a document, and a megabyte is what may come of that. */
	assert_true(bytes >= MIB);
}

/* A connection counts all that it ever brought; an answer begins with its request. */
static void what_came_before_on_a_connection_wraps_nothing(void **state)
{
	struct world *world = *state;
	struct answer answer;
	unsigned i;

	for (i = 0; i < 8; i++) {
		answer = (struct answer){ 0 };
		start(world, "/long", &answer);
		run_until_done(world, &answer);
		assert_false(answer.failed);
		assert_int_equal(answer.result.status, 200);
		answer_release(&answer);
	}
	assert_int_equal(log_count(world, "\"connect\""), 1);
}

static void bombs_grow_one_behind_another(void **state)
{
	struct world *world = *state;
	struct answer answers[MANY] = { 0 };
	unsigned done = 0, before, last = 0, i;

	for (i = 0; i < MANY; i++)
		start(world, "/bomb", &answers[i]);
	while (done < MANY) {
		for (before = done; before == done;) {
			uv_run(&world->loop, UV_RUN_ONCE);
			for (done = 0, i = 0; i < MANY; i++)
				done += answers[i].done;
		}
		assert_int_equal(done, before + 1);
		/* All that one can have before its turn is a slice. */
		assert_true(rounds - last >= LEAST_ROUNDS - 2);
		last = rounds;
	}
	for (i = 0; i < MANY; i++) {
		assert_int_equal(answers[i].err.code, ERR_TOO_BIG);
		answer_release(&answers[i]);
	}
}

static void what_has_rested_is_whole(void **state)
{
	struct world *world = *state;
	char *want = world_read(world, "long");
	struct answer answers[2u * MANY] = { 0 };
	unsigned i;

	for (i = 0; i < 2 * MANY; i++)
		start(world, i % 2 == 0 ? "/long" : "/packed", &answers[i]);
	for (i = 0; i < 2 * MANY; i++) {
		run_until_done(world, &answers[i]);
		assert_false(answers[i].failed);
		assert_false(answers[i].result.cut);
		assert_string_equal(answers[i].body, want);
		answer_release(&answers[i]);
	}
	free(want);
}

static void a_bomb_for_a_page_about_an_error_is_a_page(void **state)
{
	struct world *world = *state;
	struct answer answer = get(world, "/page");

	assert_false(answer.failed);
	assert_int_equal(answer.result.status, 404);
	assert_true(answer.body_length < BODY_MAX / 2);
	answer_release(&answer);
}

static void one_that_rests_may_be_taken_back(void **state)
{
	struct world *world = *state;
	struct answer answers[MANY] = { 0 };
	struct fetch *fetches[MANY];
	unsigned i;

	for (i = 0; i < MANY; i++)
		fetches[i] = start(world, "/bomb", &answers[i]);
	run_until_done(world, &answers[0]);
	fetch_cancel(fetches[2]);
	run_until_done(world, &answers[1]);
	assert_false(answers[2].done);
	answer_release(&answers[0]);
	answer_release(&answers[1]);
	/* The last one is world_free()'s, in the midst of it. */
}

static unsigned gone_on;

static void on_go_on(struct slice *slice)
{
	(void)slice;
	gone_on++;
}

/* libcurl may bring more to who rests; a list that led back to itself would have no end. */
static void who_rests_may_be_told_to_rest(void **state)
{
	struct world *world = *state;
	struct slices *slices = multi_slices(world->fetcher->multi);
	struct slice one, other;

	gone_on = 0;
	slice_begin(&one, on_go_on);
	slice_begin(&other, on_go_on);
	slice_spend(slices, &one, MIB);
	slice_rest(slices, &one);
	slice_rest(slices, &one);
	slice_rest(slices, &other);
	while (slices->first != NULL)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_int_equal(gone_on, 2);
	slice_rest(slices, &other);
	slice_rest(slices, &other);
	slice_end(slices, &other);
	assert_null(slices->first);
}

/* How many have all that there is; -1 while one of the others waits for a round, or for
 * more from its server. */
static int are_full(struct world *world, struct fetch *const fetches[], unsigned count)
{
	const struct slices *slices = multi_slices(world->fetcher->multi);
	const struct transfer *transfer;
	unsigned i;
	int full = 0;

	for (i = 0; i < count; i++) {
		transfer = fetches[i]->transfer;
		if (transfer != NULL && transfer->body.length == LARGE)
			full++;
		else if (transfer == NULL || !transfer->slice.rests)
			return -1;
	}
	return slices->first == NULL && !uv_is_active((const uv_handle_t *)&slices->turn) ? full
											  : -1;
}

static unsigned run_until_quiet(struct world *world, struct fetch *const fetches[], unsigned count)
{
	int full;

	while ((full = are_full(world, fetches, count)) < 0)
		uv_run(&world->loop, UV_RUN_ONCE);
	return (unsigned)full;
}

/* With room for one and a part, and one that grows beyond it. */
static void large_ones_wait_for_room(void **state)
{
	struct world *world = *state;
	struct answer answers[5] = { 0 }, small = { 0 };
	struct fetch *fetches[5];
	unsigned i, full;

	for (i = 0; i < 5; i++)
		fetches[i] = start(world, "/large", &answers[i]);
	full = run_until_quiet(world, fetches, 5);
	assert_in_range(full, 1, 2);
	assert_in_range(most, MIB, LARGE + 5 * (MIB / 4));
	start(world, "/long", &small);
	run_until_done(world, &small);
	assert_int_equal(small.result.status, 200);
	answer_release(&small);

	/* One leaves, be it one that waits: the next may have what it had. */
	for (i = 5; i-- > 3;) {
		fetch_cancel(fetches[i]);
		assert_in_range(run_until_quiet(world, fetches, i), 1, 2);
	}
	world->options.bodies_max = 4 * MIB;
	fetcher_reconfigure(world->fetcher, &world->options);
	assert_int_equal(run_until_quiet(world, fetches, 3), 3);
	/* What waits behind us has its part of that. */
	fetcher_taken(world->fetcher, MIB);
	assert_int_equal(multi_slices(world->fetcher->multi)->room, 3 * MIB);
	fetcher_taken(world->fetcher, 5 * MIB);
	assert_int_equal(multi_slices(world->fetcher->multi)->room, 0);
	for (i = 0; i < 3; i++)
		fetch_cancel(fetches[i]);
	assert_int_equal(large(world), 0);
}

/* The first to be large is read on, all others wait; each has so long when it is read. */
static void start_one_behind_another(struct world *world, int64_t timeout_ms)
{
	world->options.timeout_ms = timeout_ms;
	fetcher_reconfigure(world->fetcher, &world->options);
	fetcher_taken(world->fetcher, world->options.bodies_max - 1);
}

static void wait_for_crowd(struct world *world, unsigned count)
{
	while (slices_crowd(multi_slices(world->fetcher->multi)) < count)
		uv_run(&world->loop, UV_RUN_ONCE);
}

static void what_one_rests_is_not_its_servers_time(void **state)
{
	struct world *world = *state;
	struct answer hanging[2] = { 0 }, whole = { 0 };
	unsigned i;

	start_one_behind_another(world, 1000);
	for (i = 0; i < 2; i++) {
		hanging[i].loop = &world->loop;
		start(world, "/large", &hanging[i]);
		while (multi_slices(world->fetcher->multi)->grower == NULL)
			uv_run(&world->loop, UV_RUN_ONCE);
		wait_for_crowd(world, i);
	}
	start(world, "/whole", &whole);
	for (i = 0; i < 2; i++) {
		run_until_done(world, &hanging[i]);
		assert_int_equal(hanging[i].err.code, ERR_TIMEOUT);
	}
	/* It has rested for as long as the first was read, and has its own time then. */
	assert_true(hanging[1].at_ms - hanging[0].at_ms > 500);
	run_until_done(world, &whole);
	assert_false(whole.failed);
	assert_int_equal(whole.body_length, LARGE);
	answer_release(&whole);
}

static void who_rests_too_long_gives_up(void **state)
{
	struct world *world = *state;
	struct answer answers[8] = { 0 };
	uint64_t began_ms = uv_now(&world->loop);
	unsigned late = 0, i;

	start_one_behind_another(world, 300);
	for (i = 0; i < 8; i++) {
		answers[i].loop = &world->loop;
		start(world, "/large", &answers[i]);
	}
	for (i = 0; i < 8; i++)
		run_until_done(world, &answers[i]);
	for (i = 0; i < 8; i++) {
		assert_true(answers[i].at_ms - began_ms < 6000);
		late += answers[i].err.code == ERR_TIMEOUT;
		if (answers[i].err.code != ERR_TIMEOUT)
			assert_int_equal(answers[i].err.code, ERR_BUSY);
	}
	/* Four times of those that are read is what each of the others waits. */
	assert_in_range(late, 2, 7);
	assert_int_equal(slices_crowd(multi_slices(world->fetcher->multi)), 0);
}

static void who_waits_for_room_leaves_its_slot(void **state)
{
	struct world *world = *state;
	struct answer answers[8] = { 0 }, small = { 0 };
	struct fetch *fetches[8];
	unsigned i;

	world->options.in_flight = 4;
	world->options.resting = 2;
	start_one_behind_another(world, 10000);
	for (i = 0; i < 4; i++)
		fetches[i] = start(world, "/large", &answers[i]);
	start(world, "/long", &small);
	run_until_done(world, &small);
	assert_false(small.failed);
	answer_release(&small);
	for (i = 0; i < 4; i++)
		assert_false(answers[i].done);
	for (i = 4; i < 8; i++)
		fetches[i] = start(world, "/large", &answers[i]);
	wait_for_crowd(world, 5);
	assert_int_equal(fetcher_active(world->fetcher), 6);
	assert_int_equal(fetcher_waiting(world->fetcher), 2);
	for (i = 0; i < 8; i++) {
		assert_false(answers[i].done);
		fetch_cancel(fetches[i]);
	}
}

/* What was handed over waits for a slow parser: another one would only wait there, too. */
static void none_grows_while_others_have_the_room(void **state)
{
	struct world *world = *state;
	struct answer answers[3] = { 0 }, small = { 0 };
	unsigned i;

	fetcher_taken(world->fetcher, world->options.bodies_max);
	for (i = 0; i < 3; i++)
		start(world, "/whole", &answers[i]);
	wait_for_crowd(world, 3);
	start(world, "/long", &small);
	run_until_done(world, &small);
	assert_false(small.failed);
	answer_release(&small);
	assert_in_range(large(world), 1, 3 * (MIB / 4));
	for (i = 0; i < 3; i++)
		assert_false(answers[i].done);
	fetcher_taken(world->fetcher, 0);
	for (i = 0; i < 3; i++) {
		run_until_done(world, &answers[i]);
		assert_int_equal(answers[i].body_length, LARGE);
		answer_release(&answers[i]);
	}
}

static void who_is_left_for_long_may_hang_up(void **state)
{
	struct world *world = *state;
	struct answer answer = { 0 };
	struct fetch *fetch;

	start_one_behind_another(world, 10000);
	fetch = start(world, "/cut", &answer);
	while (fetch->transfer == NULL || fetch->transfer->body.length == 0)
		uv_run(&world->loop, UV_RUN_ONCE);
	fetch->transfer->slice.rested_ms = 30000;
	run_until_done(world, &answer);
	assert_true(answer.failed);
	assert_int_equal(answer.err.code, ERR_BUSY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_large_answer_takes_many_rounds),
		TEST(what_only_wraps_is_of_the_rounds_too),
		TEST(what_came_before_on_a_connection_wraps_nothing),
		TEST(bombs_grow_one_behind_another),
		TEST(what_has_rested_is_whole),
		TEST(a_bomb_for_a_page_about_an_error_is_a_page),
		TEST(one_that_rests_may_be_taken_back),
		TEST(who_rests_may_be_told_to_rest),
		TEST(large_ones_wait_for_room),
		TEST(what_one_rests_is_not_its_servers_time),
		TEST(who_rests_too_long_gives_up),
		TEST(who_waits_for_room_leaves_its_slot),
		TEST(none_grows_while_others_have_the_room),
		TEST(who_is_left_for_long_may_hang_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
