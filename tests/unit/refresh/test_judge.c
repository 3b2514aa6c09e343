#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/refresh_judge.h"
#include "daemon/refresh_priv.h"

#define NOW INT64_C(1780481700)
#define HOUR INT64_C(3600)
#define DAY INT64_C(86400)

static const struct policy_rules rules = { .interval_s = 3600,
	.floor_s = 900,
	.adaptive_max_s = 86400,
	.hint_max_s = 86400,
	.waste_max_s = 21600,
	.backoff_max_s = 86400 };

/* A feed that is looked at hourly, and one answer to it. */
struct scene {
	struct store_claim claim;
	struct sent sent;
	struct answer answer;
	struct fetch_hop hops[3];
	struct store_state state;
	struct judge judge;
	enum policy_moved move;
};

static void scene_init(struct scene *scene, unsigned status, enum err_code error)
{
	struct err err;

	*scene = (struct scene){ 0 };
	scene->claim.url = (char *)"http://example.org/feed";
	scene->claim.added_at_s = NOW - HOUR;
	scene->claim.settings.every_s = -1;
	refresh_first_state(&scene->claim.state);
	scene->answer.status = status;
	scene->answer.retry_after_s = -1;
	scene->answer.url = (char *)"http://example.org/feed";
	scene->answer.hops = scene->hops;
	scene->answer.hop_count = 1;
	scene->hops[0] = (struct fetch_hop){ scene->answer.url, status };
	if (error == ERR_NONE)
		return;
	err_set(&err, error, "words");
	answer_fail(&scene->answer, &err);
}

/* Judge it as if it came now; the state is then the feed's. */
static void judge_at(struct scene *scene, int64_t now_s, const struct store_delta *delta)
{
	struct look look = { .claim = &scene->claim,
		.sent = scene->sent,
		.answer = &scene->answer,
		.rules = &rules,
		.manners_private = true,
		.now_s = now_s };

	store_state_release(&scene->state);
	store_state_copy(&scene->state, &scene->claim.state);
	scene->move = judge_answer(&look, &scene->state, &scene->judge);
	judge_schedule(&scene->judge, delta, scene->claim.settings.every_s, &scene->state);
	store_state_release(&scene->claim.state);
	store_state_copy(&scene->claim.state, &scene->state);
}

static void scene_release(struct scene *scene)
{
	store_state_release(&scene->state);
	store_state_release(&scene->claim.state);
}

static void errors_are_counted_and_a_success_forgets_them(void **state)
{
	struct scene scene;
	struct store_delta delta = { .fresh = 1, .last_new_s = NOW };

	(void)state;
	scene_init(&scene, 500, ERR_HTTP);
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.failures, 1);
	assert_string_equal(scene.state.error_class, "http");
	assert_int_equal(scene.state.error_since_s, NOW);
	judge_at(&scene, NOW + HOUR, NULL);
	assert_int_equal(scene.state.failures, 2);
	assert_int_equal(scene.state.error_since_s, NOW);
	assert_string_equal(scene.state.reason, "backoff");
	scene.answer.status = 200;
	scene.answer.error = ERR_NONE;
	judge_at(&scene, NOW + 3 * HOUR, &delta);
	assert_int_equal(scene.state.failures, 0);
	assert_string_equal(scene.state.error_class, "");
	assert_int_equal(scene.state.last_ok_s, NOW + 3 * HOUR);
	scene_release(&scene);
}

static void a_429_is_nobodys_error(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 429, ERR_HTTP);
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.failures, 0);
	assert_string_equal(scene.state.error_class, "");
	assert_int_equal(scene.state.last_status, 429);
	scene_release(&scene);
}

static void what_brings_nothing_is_waste_until_something_comes(void **state)
{
	struct scene scene;
	struct store_delta none = { .last_new_s = NOW }, one = { .changed = 1, .last_new_s = NOW };
	struct store_delta again = { .untold = 1, .last_new_s = NOW };

	(void)state;
	scene_init(&scene, 200, ERR_NONE);
	judge_at(&scene, NOW, &none);
	judge_at(&scene, NOW, NULL); /* the same body */
	assert_int_equal(scene.state.waste, 2);
	assert_string_equal(scene.state.reason, "waste");
	judge_at(&scene, NOW, &one);
	assert_int_equal(scene.state.waste, 0);
	judge_at(&scene, NOW, &none);
	judge_at(&scene, NOW, &again); /* changed twice within six hours */
	assert_int_equal(scene.state.waste, 0);
	judge_at(&scene, NOW, &none);
	scene.answer.status = 304;
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.waste, 0);
	assert_int_equal(scene.state.only_304, 1);
	scene_release(&scene);
}

static void a_304_without_fields_keeps_the_lifetime(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 200, ERR_NONE);
	scene.answer.cache = (struct fetch_cache){ true, 7200 };
	judge_at(&scene, NOW, NULL);
	scene.answer.status = 304;
	scene.answer.cache = (struct fetch_cache){ 0 };
	judge_at(&scene, NOW + 7200, NULL);
	assert_int_equal(scene.state.lifetime_s, 7200);
	assert_string_equal(scene.state.reason, "hint");
	scene_release(&scene);
}

static void gone_is_for_good(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 410, ERR_GONE);
	judge_at(&scene, NOW, NULL);
	assert_true(scene.state.gone);
	assert_true(scene.state.next_poll_s == INT64_MAX);
	assert_string_equal(scene.state.reason, "gone");
	scene_release(&scene);
}

static void a_permanent_redirect_is_adopted_after_three_looks_in_two_days(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 304, ERR_NONE);
	scene.hops[0] = (struct fetch_hop){ scene.claim.url, 301 };
	scene.hops[1] = (struct fetch_hop){ (char *)"http://example.net/new", 304 };
	scene.answer.hop_count = 2;
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.move, POLICY_REMEMBER);
	judge_at(&scene, NOW + DAY, NULL);
	assert_int_equal(scene.move, POLICY_CONFIRM);
	judge_at(&scene, NOW + 2 * DAY, NULL);
	assert_int_equal(scene.move, POLICY_ADOPT);
	assert_null(scene.state.move_to);
	scene_release(&scene);
}

static void a_temporary_hop_ends_the_permanent_part_of_a_chain(void **state)
{
	struct scene scene;
	char *to;

	(void)state;
	scene_init(&scene, 200, ERR_NONE);
	scene.hops[0] = (struct fetch_hop){ scene.claim.url, 308 };
	scene.hops[1] = (struct fetch_hop){ (char *)"http://Example.net:80/b", 302 };
	scene.hops[2] = (struct fetch_hop){ (char *)"http://cdn.example.net/c", 200 };
	scene.answer.hop_count = 3;
	to = judge_permanent(&scene.answer);
	assert_string_equal(to, "http://example.net/b");
	free(to);
	scene.hops[0].status = 307;
	assert_null(judge_permanent(&scene.answer));
	scene_release(&scene);
}

static void https_of_the_same_thing_is_adopted_at_once(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 304, ERR_NONE);
	scene.hops[0] = (struct fetch_hop){ scene.claim.url, 301 };
	scene.hops[1] = (struct fetch_hop){ (char *)"https://example.org/feed", 304 };
	scene.answer.hop_count = 2;
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.move, POLICY_ADOPT);
	scene_release(&scene);
}

static void three_dead_parsers_quarantine_a_feed_for_a_day(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 200, ERR_PARSER_CRASH);
	judge_at(&scene, NOW, NULL);
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.not_before_s, 0);
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.not_before_s, NOW + DAY);
	assert_true(scene.state.next_poll_s >= NOW + DAY);
	scene_release(&scene);
}

/* An answer that is no feed leaves the parser alive. */
static void other_failures_are_no_dead_parsers(void **state)
{
	struct store_delta delta = { 0 };
	struct scene scene;

	(void)state;
	scene_init(&scene, 200, ERR_PARTIAL);
	judge_at(&scene, NOW, NULL);
	judge_at(&scene, NOW, NULL);
	scene.answer.error = ERR_PARSER_CRASH;
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.failures, 3);
	assert_int_equal(scene.state.not_before_s, 0);
	judge_at(&scene, NOW, NULL);
	scene.answer.error = ERR_PARTIAL;
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.not_before_s, 0);
	scene.answer.error = ERR_PARSER_HANG;
	judge_at(&scene, NOW, NULL);
	assert_int_equal(scene.state.not_before_s, NOW + DAY);
	scene.answer.error = ERR_NONE;
	judge_at(&scene, NOW + DAY, &delta);
	scene.answer.error = ERR_PARSER_CRASH;
	judge_at(&scene, NOW + DAY, NULL);
	assert_int_equal(scene.state.not_before_s, 0);
	scene_release(&scene);
}

static void a_redirect_to_a_site_that_is_held_tells_which_it_is(void **state)
{
	struct scene scene;

	(void)state;
	scene_init(&scene, 0, ERR_HELD);
	scene.answer.url = (char *)"http://held.example/feed";
	judge_at(&scene, NOW, NULL);
	assert_string_equal(scene.state.effective_url, "http://held.example/feed");
	assert_int_equal(scene.state.failures, 0);
	scene.answer.url = NULL; /* not even asked */
	judge_at(&scene, NOW, NULL);
	assert_string_equal(scene.state.effective_url, "http://held.example/feed");
	scene_release(&scene);
}

static void an_event_tells_of_changes_only(void **state)
{
	struct store_state well = { 0 }, bad = { .failures = 1, .error_class = "dns" },
			   worse = { .failures = 2, .error_class = "dns" },
			   other = { .failures = 3, .error_class = "tls" };

	(void)state;
	assert_string_equal(judge_event(&well, &bad, POLICY_STAY), "feed.failing");
	assert_null(judge_event(&bad, &worse, POLICY_STAY));
	assert_string_equal(judge_event(&worse, &other, POLICY_STAY), "feed.failing");
	assert_string_equal(judge_event(&other, &well, POLICY_STAY), "feed.recovered");
	assert_null(judge_event(&well, &well, POLICY_STAY));
	assert_string_equal(judge_event(&well, &well, POLICY_REMEMBER), "feed.moving");
}

static void who_was_gone_and_resumed_recovers(void **state)
{
	struct store_state gone = { .last_status = 410, .gone = true, .failures = 1 },
			   resumed = { .last_status = 410 },
			   well = { .last_status = 200, .last_ok_s = NOW },
			   busy = { .last_status = 429 },
			   bad = { .last_status = 500, .failures = 1, .error_class = "http" };

	(void)state;
	assert_string_equal(judge_event(&well, &gone, POLICY_STAY), "feed.gone");
	assert_string_equal(judge_event(&resumed, &well, POLICY_STAY), "feed.recovered");
	assert_string_equal(judge_event(&resumed, &gone, POLICY_STAY), "feed.gone");
	assert_string_equal(judge_event(&resumed, &bad, POLICY_STAY), "feed.failing");
	assert_string_equal(judge_event(&resumed, &busy, POLICY_STAY), "feed.held");
	assert_null(judge_event(&resumed, &resumed, POLICY_STAY)); /* offline, say */
}

/* A hold is told when it begins; an answer that asks for none is told likewise. */
static void whoever_is_put_off_hears_of_it_once(void **state)
{
	struct store_state well = { .last_attempt_s = NOW, .last_status = 200 },
			   held = { .last_attempt_s = NOW,
				   .last_status = 429,
				   .not_before_s = NOW + HOUR },
			   put_off = { .last_attempt_s = NOW, .last_status = 429 },
			   busy = { .last_attempt_s = NOW, .last_status = 503 };

	(void)state;
	assert_string_equal(judge_event(&well, &held, POLICY_STAY), "feed.held");
	assert_string_equal(judge_event(&well, &put_off, POLICY_STAY), "feed.held");
	assert_string_equal(judge_event(&well, &busy, POLICY_STAY), "feed.held");
	assert_null(judge_event(&put_off, &put_off, POLICY_STAY));
	assert_null(judge_event(&put_off, &busy, POLICY_STAY));
	assert_null(judge_event(&held, &put_off, POLICY_STAY));
	assert_null(judge_event(&held, &held, POLICY_STAY));
	assert_string_equal(judge_event(&put_off, &held, POLICY_STAY), "feed.held");
	assert_null(judge_event(&put_off, &well, POLICY_STAY));
}

/* Most 304s repeat what was sent: then there is nothing to write down. */
static void a_304_brings_validators_only_where_they_are_others(void **state)
{
	struct store_validators had = { .etag = (char *)"\"a\"",
		.etag_length = 3,
		.last_modified = (char *)"Mon",
		.last_modified_length = 3 };
	struct answer answer = { .status = 304 };

	(void)state;
	assert_false(judge_brings_validators(&had, &answer));
	answer.etag = "\"a\"";
	answer.etag_length = 3;
	assert_false(judge_brings_validators(&had, &answer));
	answer.last_modified = "Mon";
	answer.last_modified_length = 3;
	assert_false(judge_brings_validators(&had, &answer));
	answer.last_modified = "Tue";
	assert_true(judge_brings_validators(&had, &answer));
	answer.last_modified_length = 0;
	answer.etag = "\"b\"";
	assert_true(judge_brings_validators(&had, &answer));
	answer.etag_length = 2;
	assert_true(judge_brings_validators(&had, &answer));
	had.etag_length = 0;
	assert_true(judge_brings_validators(&had, &answer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_counted_and_a_success_forgets_them),
		cmocka_unit_test(a_429_is_nobodys_error),
		cmocka_unit_test(what_brings_nothing_is_waste_until_something_comes),
		cmocka_unit_test(a_304_without_fields_keeps_the_lifetime),
		cmocka_unit_test(gone_is_for_good),
		cmocka_unit_test(a_permanent_redirect_is_adopted_after_three_looks_in_two_days),
		cmocka_unit_test(a_temporary_hop_ends_the_permanent_part_of_a_chain),
		cmocka_unit_test(https_of_the_same_thing_is_adopted_at_once),
		cmocka_unit_test(three_dead_parsers_quarantine_a_feed_for_a_day),
		cmocka_unit_test(other_failures_are_no_dead_parsers),
		cmocka_unit_test(a_redirect_to_a_site_that_is_held_tells_which_it_is),
		cmocka_unit_test(an_event_tells_of_changes_only),
		cmocka_unit_test(who_was_gone_and_resumed_recovers),
		cmocka_unit_test(whoever_is_put_off_hears_of_it_once),
		cmocka_unit_test(a_304_brings_validators_only_where_they_are_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
