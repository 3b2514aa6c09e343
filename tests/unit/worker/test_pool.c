#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "daemon/worker/worker.h"
#include "tests/unit/worker/faults.h"

/*
 * The pool with this very program as its worker: started as `--worker` it runs
 * worker_main(), or, where FAULT says so, misbehaves.
 */

static const char rss[] = "<rss version='2.0'><channel><title>t</title>"
			  "<item><guid>1</guid><title>one</title></item>"
			  "<item><guid>2</guid><title>two</title></item></channel></rss>";

struct answers {
	unsigned docs, errors, items;
	enum err_code code;
	char text[480];
};

static void on_parsed(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct answers *answers = ctx;

	if (doc != NULL) {
		assert_null(err);
		answers->docs++;
		answers->items += doc->items.count;
		free(doc);
		return;
	}
	answers->errors++;
	answers->code = err->code;
	memcpy(answers->text, err->text, sizeof(answers->text));
}

static void on_pool_closed(void *ctx)
{
	*(bool *)ctx = true;
}

struct bench {
	uv_loop_t loop;
	struct worker_pool *pool;
	struct answers answers;
};

static void bench_open_with(
	struct bench *bench, const char *fault, const struct worker_options *options)
{
	*bench = (struct bench){ 0 };
	if (fault != NULL)
		setenv("FAULT", fault, 1);
	else
		unsetenv("FAULT");
	uv_loop_init(&bench->loop);
	bench->pool = worker_pool_new(&bench->loop, options);
}

static void bench_open(struct bench *bench, const char *fault, unsigned count, int64_t timeout_ms)
{
	struct worker_options options = { .count = count, .timeout_ms = timeout_ms, .cool_ms = 20 };

	bench_open_with(bench, fault, &options);
}

static struct parse *ask(struct bench *bench, const char *text, size_t length)
{
	struct buf body;
	struct parse_source source = { .kind = FEED_KIND_FEED,
		.url = "https://example.org/feed.xml",
		.content_type = "application/rss+xml",
		.content_location = "",
		.body = &body };

	buf_init(&body, 64 << 20);
	assert_int_equal(buf_add(&body, text, length), 0);
	return parse_start(bench->pool, &source, on_parsed, &bench->answers);
}

/* Run until so many documents have been answered. */
static void run_until(struct bench *bench, unsigned count)
{
	while (bench->answers.docs + bench->answers.errors < count)
		assert_true(uv_run(&bench->loop, UV_RUN_ONCE) != 0 ||
			    bench->answers.docs + bench->answers.errors >= count);
}

static void bench_close(struct bench *bench)
{
	bool closed = false;

	worker_pool_close(bench->pool, on_pool_closed, &closed);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	assert_true(closed);
	assert_int_equal(uv_loop_close(&bench->loop), 0);
}

static void a_feed_comes_back_as_a_document(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL, 1, 0);
	ask(&bench, rss, strlen(rss));
	run_until(&bench, 1);
	assert_int_equal(bench.answers.docs, 1);
	assert_int_equal(bench.answers.items, 2);
	assert_int_equal(worker_pool_bytes(bench.pool), 0);
	bench_close(&bench);
}

static void what_is_no_feed_comes_back_with_words(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL, 1, 0);
	ask(&bench, "plain words", 11);
	run_until(&bench, 1);
	assert_int_equal(bench.answers.errors, 1);
	assert_int_equal(bench.answers.code, ERR_NOT_FEED);
	assert_int_equal(worker_pool_losses(bench.pool), 0);
	bench_close(&bench);
}

static void a_thousand_documents_go_through_two_workers(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, NULL, 2, 0);
	for (unsigned i = 0; i < 1000; i++)
		ask(&bench, rss, strlen(rss));
	run_until(&bench, 1000);
	assert_int_equal(bench.answers.docs, 1000);
	assert_int_equal(bench.answers.items, 2000);
	bench_close(&bench);
}

static void a_document_larger_than_a_pipe_goes_through(void **state)
{
	struct bench bench;
	struct buf body;

	(void)state;
	bench_open(&bench, NULL, 1, 0);
	buf_init(&body, 32 << 20);
	assert_int_equal(buf_add_text(&body, "<rss version='2.0'><channel><title>t</title>"), 0);
	while (body.length < 8 << 20)
		assert_int_equal(
			buf_printf(&body,
				"<item><guid>%zu</guid><description>%0500d</description></item>",
				body.length, 7),
			0);
	assert_int_equal(buf_add_text(&body, "</channel></rss>"), 0);
	ask(&bench, body.data, body.length);
	buf_release(&body);
	run_until(&bench, 1);
	assert_int_equal(bench.answers.docs, 1);
	assert_true(bench.answers.items >= 5000);
	bench_close(&bench);
}

static void a_large_document_has_more_time(void **state)
{
	struct bench bench;
	struct buf body;

	(void)state;
	buf_init(&body, 16 << 20);
	assert_int_equal(buf_add_text(&body, rss), 0);
	while (body.length < 12 << 20)
		assert_int_equal(buf_add_text(&body, "<!-- as long as it takes -->\n"), 0);
	bench_open(&bench, NULL, 1, 1);
	ask(&bench, body.data, body.length);
	run_until(&bench, 1);
	assert_int_equal(bench.answers.docs, 1);
	buf_release(&body);
	bench_close(&bench);
}

static void a_crash_is_that_documents_error_alone(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "crash", 1, 0);
	ask(&bench, "crash", 5);
	ask(&bench, rss, strlen(rss));
	ask(&bench, rss, strlen(rss));
	run_until(&bench, 3);
	assert_int_equal(bench.answers.errors, 1);
	assert_int_equal(bench.answers.code, ERR_PARSER_CRASH);
	assert_int_equal(bench.answers.docs, 2);
	assert_int_equal(worker_pool_losses(bench.pool), 1);
	bench_close(&bench);
}

static void a_fault_has_its_own_class(void **state)
{
	static const char more_than_a_pipe_holds[2 << 20];
	static const struct {
		const char *fault;
		enum err_code code;
	} rows[] = { { "hang", ERR_PARSER_HANG }, { "spin", ERR_PARSER_HANG },
		{ "memory", ERR_PARSER_MEMORY }, { "exit", ERR_PARSER_CRASH },
		{ "nonsense", ERR_PARSER_CRASH }, { "badblock", ERR_PARSER_CRASH },
		{ "unasked", ERR_PARSER_CRASH }, { "toolong", ERR_PARSER_CRASH },
		{ "early", ERR_PARSER_CRASH }, { "words", ERR_SYNTAX } };
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_open(&bench, rows[i].fault, 1, 1000);
		ask(&bench, more_than_a_pipe_holds,
			strcmp(rows[i].fault, "early") == 0 ? sizeof(more_than_a_pipe_holds) : 1);
		run_until(&bench, 1);
		if (bench.answers.code != rows[i].code ||
			!utf8_valid(bench.answers.text, strlen(bench.answers.text)))
			fail_msg("%s: %s", rows[i].fault, bench.answers.text);
		bench_close(&bench);
	}
}

static void stop_after_timers(uv_prepare_t *prepare)
{
	uv_prepare_stop(prepare);
	uv_stop(prepare->loop);
}

static void a_late_answer_costs_no_other_document(void **state)
{
	struct bench bench;
	struct buf large;
	uv_prepare_t prepare;
	char path[64];

	(void)state;
	buf_init(&large, 16 << 20);
	assert_int_equal(buf_add_text(&large, rss), 0);
	while (large.length < 12 << 20) /* which has seconds */
		assert_int_equal(buf_add_text(&large, "<!-- as long as it takes -->\n"), 0);
	late_path(path, getpid());
	unlink(path);
	bench_open(&bench, "late", 1, 1);
	ask(&bench, "x", 1);
	ask(&bench, large.data, large.length);
	while (access(path, F_OK) < 0)
		uv_sleep(1);
	/* The answer lies in the pipe, and the time is over: the kill comes first. */
	uv_sleep(2);
	uv_prepare_init(&bench.loop, &prepare);
	uv_prepare_start(&prepare, stop_after_timers);
	uv_run(&bench.loop, UV_RUN_DEFAULT);
	run_until(&bench, 2);
	assert_int_equal(bench.answers.docs, 1);
	assert_int_equal(bench.answers.code, ERR_PARSER_HANG);
	uv_close((uv_handle_t *)&prepare, NULL);
	buf_release(&large);
	bench_close(&bench);
	unlink(path);
}

static void a_worker_that_died_idle_costs_no_document(void **state)
{
	struct bench bench;
	siginfo_t end;
	pid_t worker;

	(void)state;
	bench_open(&bench, "name", 1, 0);
	ask(&bench, "x", 1);
	run_until(&bench, 1);
	worker = (pid_t)atol(bench.answers.text);
	kill(worker, SIGKILL);
	/* It is over, and the loop has yet to hear of it. */
	assert_int_equal(waitid(P_PID, (id_t)worker, &end, WEXITED | WNOWAIT), 0);
	unsetenv("FAULT");
	ask(&bench, rss, strlen(rss));
	run_until(&bench, 2);
	assert_int_equal(bench.answers.docs, 1);
	bench_close(&bench);
}

/* One worker is killed while it is asked, or all are. */
static void ask_shy_workers(bool all, struct bench *bench)
{
	bench_open(bench, "shy", 1, 0);
	ask(bench, rss, strlen(rss));
	if (!all)
		unsetenv("FAULT");
	run_until(bench, 1);
	bench_close(bench);
}

static void a_worker_that_is_gone_before_it_reads_costs_no_document(void **state)
{
	struct bench bench;

	(void)state;
	ask_shy_workers(false, &bench);
	assert_int_equal(bench.answers.docs, 1);
}

static void workers_that_never_read_are_not_tried_for_ever(void **state)
{
	struct bench bench;

	(void)state;
	ask_shy_workers(true, &bench);
	assert_int_equal(bench.answers.code, ERR_PARSER_CRASH);
}

/* One worker is stopped before it begins, or all are. */
static void ask_stopped_workers(bool all, int64_t timeout_ms, struct bench *bench)
{
	struct worker_options options = { .count = 1, .timeout_ms = timeout_ms, .begin_ms = 50 };

	bench_open_with(bench, "stopped", &options);
	ask(bench, rss, strlen(rss));
	if (!all)
		unsetenv("FAULT");
	run_until(bench, 1);
}

static void a_worker_that_does_not_begin_costs_no_document(void **state)
{
	struct bench bench;

	(void)state;
	ask_stopped_workers(false, 0, &bench);
	assert_int_equal(bench.answers.docs, 1);
	bench_close(&bench);
}

static void workers_that_never_begin_are_not_tried_for_ever(void **state)
{
	struct bench bench;

	(void)state;
	ask_stopped_workers(true, 300, &bench);
	assert_int_equal(bench.answers.code, ERR_PARSER_HANG);
	assert_int_equal(worker_pool_losses(bench.pool), 3);
	bench_close(&bench);
}

static void a_program_that_is_not_there_is_no_fault_of_the_document(void **state)
{
	struct worker_options options = { .program = "/nonexistent", .count = 1 };
	struct bench bench = { 0 };

	(void)state;
	uv_loop_init(&bench.loop);
	bench.pool = worker_pool_new(&bench.loop, &options);
	ask(&bench, rss, strlen(rss));
	run_until(&bench, 1);
	assert_int_equal(bench.answers.code, ERR_BUSY);
	bench_close(&bench);
}

static void cancelled_documents_are_told_to_nobody(void **state)
{
	struct bench bench;
	struct parse *given, *waiting, *last;

	(void)state;
	bench_open(&bench, NULL, 1, 0);
	given = ask(&bench, rss, strlen(rss));
	waiting = ask(&bench, rss, strlen(rss));
	ask(&bench, rss, strlen(rss));
	last = ask(&bench, rss, strlen(rss));
	parse_cancel(given);
	parse_cancel(waiting);
	parse_cancel(last);
	ask(&bench, rss, strlen(rss));
	run_until(&bench, 2);
	assert_int_equal(bench.answers.docs, 2);
	assert_int_equal(worker_pool_bytes(bench.pool), 0);
	bench_close(&bench);
}

static void a_pool_closes_with_work_under_way(void **state)
{
	struct bench bench;

	(void)state;
	bench_open(&bench, "hang", 2, 60000);
	for (unsigned i = 0; i < 5; i++)
		ask(&bench, rss, strlen(rss));
	bench_close(&bench);
	assert_int_equal(bench.answers.docs + bench.answers.errors, 0);
}

#ifndef FEEDD_SANITIZED
static void count_degraded(void *ctx)
{
	++*(unsigned *)ctx;
}

static void run_degrading(const char *fault, struct bench *bench, unsigned *out_degraded)
{
	struct worker_options options = {
		.count = 1, .cool_ms = 20, .degraded = count_degraded, .ctx = out_degraded
	};

	*bench = (struct bench){ 0 };
	*out_degraded = 0;
	setenv("FAULT", fault, 1);
	uv_loop_init(&bench->loop);
	bench->pool = worker_pool_new(&bench->loop, &options);
	ask(bench, rss, strlen(rss));
	ask(bench, rss, strlen(rss));
	run_until(bench, 2);
	bench_close(bench);
}

static void a_filter_that_no_longer_fits_costs_no_document(void **state)
{
	struct bench bench;
	unsigned degraded;

	(void)state;
	run_degrading("old", &bench, &degraded);
	assert_int_equal(bench.answers.docs, 2);
	assert_int_equal(bench.answers.errors, 0);
	assert_int_equal(degraded, 1);
}

static void a_document_cannot_take_the_filter_away(void **state)
{
	struct bench bench;
	unsigned degraded;

	(void)state;
	run_degrading("filter", &bench, &degraded);
	assert_int_equal(bench.answers.errors, 2);
	assert_int_equal(bench.answers.code, ERR_PARSER_CRASH);
	assert_int_equal(degraded, 0);
}

static void a_worker_filters_itself(void **state)
{
	struct bench bench;
	unsigned degraded;

	(void)state;
	run_degrading("none", &bench, &degraded);
	assert_int_equal(bench.answers.docs, 2);
	assert_int_equal(degraded, 0);
}
#endif

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_feed_comes_back_as_a_document),
		cmocka_unit_test(what_is_no_feed_comes_back_with_words),
		cmocka_unit_test(a_thousand_documents_go_through_two_workers),
		cmocka_unit_test(a_document_larger_than_a_pipe_goes_through),
		cmocka_unit_test(a_large_document_has_more_time),
		cmocka_unit_test(a_crash_is_that_documents_error_alone),
		cmocka_unit_test(a_fault_has_its_own_class),
		cmocka_unit_test(a_late_answer_costs_no_other_document),
		cmocka_unit_test(a_worker_that_died_idle_costs_no_document),
		cmocka_unit_test(a_worker_that_is_gone_before_it_reads_costs_no_document),
		cmocka_unit_test(workers_that_never_read_are_not_tried_for_ever),
		cmocka_unit_test(a_worker_that_does_not_begin_costs_no_document),
		cmocka_unit_test(workers_that_never_begin_are_not_tried_for_ever),
		cmocka_unit_test(a_program_that_is_not_there_is_no_fault_of_the_document),
#ifndef FEEDD_SANITIZED
		cmocka_unit_test(a_filter_that_no_longer_fits_costs_no_document),
		cmocka_unit_test(a_document_cannot_take_the_filter_away),
		cmocka_unit_test(a_worker_filters_itself),
#endif
		cmocka_unit_test(cancelled_documents_are_told_to_nobody),
		cmocka_unit_test(a_pool_closes_with_work_under_way),
	};

	if (argc > 1 && strcmp(argv[1], "--worker") == 0)
		return worker_with_faults(argc == 2);
	signal(SIGPIPE, SIG_IGN); /* like feedd */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
