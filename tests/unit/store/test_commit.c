#include <sys/wait.h>

#include "world.h"

#include "daemon/store/internal.h"

/* What was answered is written: on a full disk, beside who holds the file, over a kill. */

static const struct words one[] = { { .guid = "a", .title = "A", .text = "a" } };

/* SQLite's own limit of pages answers like a disk that is full. */
struct limit_job {
	struct job job;
	int pages;
};

static int limit_run(struct job *job, struct writer *writer, struct err *err)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d", ((struct limit_job *)job)->pages);
	return db_script(&writer->db, sql, err);
}

static void limit_release(struct job *job)
{
	free(job);
}

static void limit_pages(struct world *w, int pages)
{
	struct limit_job *limit = MEM_NEW(struct limit_job);

	limit->job.run = limit_run;
	limit->job.release = limit_release;
	limit->pages = pages;
	queue_push(w->store->queue, &limit->job);
}

static void on_hold(void *ctx, bool held)
{
	((struct world *)ctx)->id = held;
}

static void a_full_disk_holds_and_loses_nothing(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	char *text = mem_alloc(1 << 20);
	struct words big = { .guid = "big", .title = "Big", .text = text };
	struct store_ingest in;
	unsigned seed = 1;
	size_t i;

	for (i = 0; i < (1 << 20) - 1; i++) {
		seed = seed * 1103515245u + 12345u;
		text[i] = (char)('!' + (seed >> 16) % 90);
	}
	text[i] = '\0';
	INGEST(w, feed, one);
	store_on_hold(w->store, on_hold, w);
	limit_pages(w, 1);
	memset(&in, 0, sizeof(in));
	in.feed_id = feed;
	in.now_s = w->now_s;
	in.doc = words_doc(&big, 1);
	in.absence = true;
	store_ingest(w->store, &in, on_ingested, w);
	world_wait(w);
	assert_true(w->failed);
	assert_int_equal(w->err.code, ERR_NO_SPACE);
	uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_int_equal(w->id, true);
	assert_int_equal(world_count(w, NULL), 1);
	limit_pages(w, 1 << 20);
	world_ingest(w, feed, &big, 1);
	uv_run(&w->loop, UV_RUN_NOWAIT);
	/* It may be small: only what somebody asks for shows that there is room. */
	assert_int_equal(w->id, true);
	assert_int_equal(world_count(w, NULL), 2);
	world_mark(w, STORE_MARK_READ, "big", NULL);
	uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_int_equal(w->id, false);
	free(text);
}

static void who_holds_the_file_is_waited_for(void **state)
{
	struct world *w = *state;
	int64_t feed = world_add(w, "https://e.org/feed");
	struct store_ingest in;
	sqlite3 *other;
	int i;

	assert_int_equal(sqlite3_open(w->store->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	memset(&in, 0, sizeof(in));
	in.feed_id = feed;
	in.now_s = w->now_s;
	in.doc = words_doc(one, 1);
	in.absence = true;
	store_ingest(w->store, &in, on_ingested, w);
	/* Readers are served meanwhile. */
	for (i = 0; i < 3; i++) {
		struct store_filter any;

		filter_any(&any);
		store_count(w->store, &any, on_counted, w);
		world_wait(w);
		assert_int_equal(w->number, 0);
	}
	assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	world_wait(w);
	assert_false(w->failed);
	assert_int_equal(world_count(w, NULL), 1);
}

/* In the child: documents one after another, each answer told to the parent. */
static void work_until_killed(const char *dir, int report)
{
	struct world *w = MEM_NEW(struct world);
	struct words item = { .text = "text" };
	char guid[32];
	int64_t feed;
	int i;

	snprintf(w->dir, sizeof(w->dir), "%s", dir);
	uv_loop_init(&w->loop);
	w->now_s = NOW;
	world_open(w);
	feed = world_add(w, "https://e.org/feed");
	for (i = 0;; i++) {
		snprintf(guid, sizeof(guid), "item-%d", i);
		item.guid = item.title = guid;
		world_ingest(w, feed, &item, 1);
		if (write(report, &i, sizeof(i)) != (ssize_t)sizeof(i))
			_exit(1);
	}
}

static void what_was_answered_outlives_a_kill(void **state)
{
	struct world *w = *state;
	char command[128];
	int round, acknowledged = -1, got, report[2], status;
	pid_t child;

#ifdef __SANITIZE_THREAD__
	print_message("the thread sanitizer forks no program with threads\n");
	skip();
#endif
	world_close(w);
	for (round = 0; round < 5; round++) {
		int wanted = 3 + round * 7;

		snprintf(command, sizeof(command), "rm -f %s/feedd.db*", w->dir);
		assert_int_equal(system(command), 0);
		assert_int_equal(pipe(report), 0);
		child = fork();
		if (child == 0)
			work_until_killed(w->dir, report[1]);
		close(report[1]);
		while (acknowledged < wanted &&
			read(report[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
			acknowledged = got;
		kill(child, SIGKILL);
		while (read(report[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
			acknowledged = got;
		close(report[0]);
		waitpid(child, &status, 0);
		world_open(w);
		assert_true((int)world_count(w, NULL) >= acknowledged + 1);
		assert_true((int)world_count(w, NULL) <= acknowledged + 2);
		assert_string_equal(world_sql(w, "PRAGMA integrity_check"), "ok");
		world_close(w);
		acknowledged = -1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
		TEST(a_full_disk_holds_and_loses_nothing),
		TEST(who_holds_the_file_is_waited_for),
		TEST(what_was_answered_outlives_a_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
