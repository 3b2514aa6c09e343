#include <dirent.h>
#include <sched.h>
#include <stdatomic.h>

#include "world.h"
#include "daemon/store/backup_file.h"
#include "daemon/store/store_copies.h"

/* Copies are whole, verified, few, and good for a start. */

static char copied[256];

static void on_copied(void *ctx, const char *path, const struct err *err)
{
	snprintf(copied, sizeof(copied), "%s", path != NULL ? path : "");
	world_answer(ctx, err);
}

static void on_maintained(void *ctx, int64_t next_s, const struct err *err)
{
	((struct world *)ctx)->id = next_s;
	world_answer(ctx, err);
}

static const struct words one[] = { { .guid = "1", .title = "One", .text = "<p>text" } };

static void a_copy_is_a_store(void **state)
{
	struct world *w = *state;
	char *command;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	store_backup(w->store, on_copied, w);
	world_wait(w);
	assert_false(w->failed);
	world_close(w);
	command = mem_printf("mv %s %s/feedd.db && rm -f %s/feedd.db-*", copied, w->dir, w->dir);
	assert_int_equal(system(command), 0);
	free(command);
	world_open(w);
	assert_string_equal(world_list(w, NULL), "1 N One\n");
}

static const struct words two[] = { { .guid = "2", .title = "Two", .text = "<p>more" } };

/* Two moments of a store: of a copy that takes its place, and what it gave after that. */
struct moments {
	char kept[STORE_CURSOR_MAX], lost[STORE_CURSOR_MAX];
};

static void go_on_from_a_copy(struct world *w, struct moments *moments)
{
	char *command;

	store_cursor_format(w->store, w->delta.seq, moments->kept);
	store_backup(w->store, on_copied, w);
	world_wait(w);
	INGEST(w, 1, two);
	store_cursor_format(w->store, w->delta.seq, moments->lost);
	world_close(w);
	command = mem_printf("mv %s %s/feedd.db && rm -f %s/feedd.db-*", copied, w->dir, w->dir);
	assert_int_equal(system(command), 0);
	free(command);
	world_open(w);
}

static void a_copy_of_a_copy_knows_the_cursors_of_both(void **state)
{
	struct world *w = *state;
	struct moments moments[3];
	struct err err;
	uint64_t seq;
	size_t i;

	world_add(w, "https://e.org/feed");
	for (i = 0; i < 3; i++) {
		INGEST(w, 1, one);
		go_on_from_a_copy(w, &moments[i]);
	}
	for (i = 0; i < 3; i++) {
		assert_int_equal(store_cursor_parse(w->store, moments[i].kept, &seq, &err), 0);
		assert_int_equal(store_cursor_parse(w->store, moments[i].lost, &seq, &err), -1);
		assert_int_equal(err.code, ERR_REFUSED);
	}
	world_close(w);
	world_open(w);
	assert_int_equal(store_cursor_parse(w->store, moments[0].kept, &seq, &err), 0);
}

static void shell(const struct world *w, const char *words)
{
	char *command = mem_printf("cd %s && %s", w->dir, words);

	assert_int_equal(system(command), 0);
	free(command);
}

static void bring_another(struct world *w)
{
	static unsigned n;
	char guid[16];
	const struct words item = { .guid = guid, .title = guid };

	snprintf(guid, sizeof(guid), "another %u", n++);
	world_ingest(w, 1, &item, 1);
	assert_int_equal(w->delta.fresh, 1);
}

/* By whatever means it was made, and put there: a number is given to one thing only. */
static void cursors_of_after_any_copy_are_refused_where_that_goes_on(void **state)
{
	static const struct {
		const char *make, *put;
	} ways[] = {
		{ "sqlite3 feedd.db \"VACUUM INTO 'copy.db'\"", "mv -f copy.db feedd.db" },
		{ "sqlite3 feedd.db '.backup copy.db'", "cat copy.db >feedd.db" },
		{ "cp feedd.db copy.db && cp feedd.db-wal copy.db-wal",
			"cat copy.db >feedd.db && cat copy.db-wal >feedd.db-wal" },
	};
	struct world *w = *state;
	char kept[STORE_CURSOR_MAX], lost[STORE_CURSOR_MAX];
	struct err err;
	uint64_t seq;

	world_add(w, "https://e.org/feed");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		bring_another(w);
		store_cursor_format(w->store, store_seq(w->store), kept);
		shell(w, ways[i].make);
		bring_another(w);
		store_cursor_format(w->store, store_seq(w->store), lost);
		world_close(w);
		shell(w, "rm -f feedd.db-wal feedd.db-shm");
		shell(w, ways[i].put);
		world_open(w);
		bring_another(w);
		bring_another(w);
		assert_int_equal(store_cursor_parse(w->store, kept, &seq, &err), 0);
		assert_int_equal(store_cursor_parse(w->store, lost, &seq, &err), -1);
		assert_int_equal(err.code, ERR_REFUSED);
	}
}

static void a_store_that_stays_where_it_is_keeps_its_name(void **state)
{
	struct world *w = *state;
	char before[STORE_CURSOR_MAX], after[STORE_CURSOR_MAX];
	int i;

	world_add(w, "https://e.org/feed");
	for (i = 0; i < 3; i++) {
		INGEST(w, 1, one);
		store_cursor_format(w->store, store_seq(w->store), before);
		world_close(w);
		world_open(w);
		store_cursor_format(w->store, store_seq(w->store), after);
		assert_string_equal(after, before);
	}
	/* Where it is another one, it knows what it had given. */
	world_close(w);
	shell(w, "rm feedd.lock");
	world_open(w);
	store_cursor_format(w->store, store_seq(w->store), after);
	assert_string_not_equal(after, before);
}

/* It would be played into the copy, whose pages are others. */
static void the_journal_of_a_store_that_crashed_is_not_the_copys(void **state)
{
	struct world *w = *state;
	char *command;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	store_backup(w->store, on_copied, w);
	world_wait(w);
	INGEST(w, 1, two);
	command = mem_printf("cd %s && cp feedd.db-wal left && cp feedd.db-shm left.shm", w->dir);
	assert_int_equal(system(command), 0);
	free(command);
	world_close(w);
	command = mem_printf("cd %s && cp %s feedd.db && mv left feedd.db-wal && "
			     "mv left.shm feedd.db-shm",
		w->dir, copied);
	assert_int_equal(system(command), 0);
	free(command);
	world_open(w);
	assert_string_equal(world_list(w, NULL), "1 N One\n");
	assert_string_equal(world_sql(w, "PRAGMA quick_check"), "ok");
	assert_non_null(strstr(store_stray_journal(w->store), "/feedd.db.damaged-1-wal"));
	assert_int_equal(access(store_stray_journal(w->store), R_OK), 0);
	/* That it has one of its own by now the file says itself. */
	world_close(w);
	world_open(w);
	assert_null(store_stray_journal(w->store));
}

static int count_hidden(struct world *w)
{
	char *path = mem_printf("%s/backup", w->dir);
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += strncmp(entry->d_name, ".copy-", 6) == 0;
	if (dir != NULL)
		closedir(dir);
	free(path);
	return count;
}

static int count_copies(struct world *w)
{
	char *path = mem_printf("%s/backup", w->dir);
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	free(path);
	return count;
}

static void one_a_day_is_made_and_three_are_kept(void **state)
{
	struct world *w = *state;
	int day;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	for (day = 1; day <= 5; day++) {
		store_maintain(w->store, w->now_s, on_maintained, w);
		world_wait(w);
		assert_false(w->failed);
		assert_int_equal(w->id, w->now_s + DAY);
		store_maintain(w->store, w->now_s + HOUR, on_maintained, w);
		world_wait(w);
		assert_int_equal(w->id, w->now_s + DAY);
		assert_int_equal(count_copies(w), day < 3 ? day : 3);
		w->now_s += DAY;
	}
}

static void of_nothing_no_copy_is_made(void **state)
{
	struct world *w = *state;

	store_maintain(w->store, w->now_s, on_maintained, w);
	world_wait(w);
	assert_false(w->failed);
	assert_int_equal(w->id, w->now_s + HOUR);
	assert_int_equal(count_copies(w), 0);
	assert_int_equal(store_first_copy_s(w->store), 120);
	world_add(w, "https://e.org/feed");
	w->now_s += HOUR;
	store_maintain(w->store, w->now_s, on_maintained, w);
	world_wait(w);
	assert_int_equal(w->id, w->now_s + DAY);
	assert_int_equal(count_copies(w), 1);
	assert_int_equal(store_first_copy_s(w->store), 0);
}

static void maintain(struct world *w)
{
	store_maintain(w->store, w->now_s, on_maintained, w);
	world_wait(w);
	assert_false(w->failed);
}

/* As it would be named at that moment. */
static bool is_there(struct world *w, int64_t moment_s)
{
	char *dir = mem_printf("%s/backup", w->dir);
	char *path = backup_file_name(dir, moment_s);
	bool there = access(path, F_OK) == 0;

	free(path);
	free(dir);
	return there;
}

static void a_clock_that_was_ahead_costs_no_copy_of_now(void **state)
{
	struct world *w = *state;
	int64_t now_s = w->now_s;
	int day;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	for (day = 0; day < 3; day++) {
		w->now_s = now_s + (100 + day) * DAY;
		maintain(w);
	}
	for (day = 0; day < 4; day++) {
		w->now_s = now_s + day * DAY;
		maintain(w);
		assert_true(is_there(w, w->now_s));
		assert_int_equal(count_copies(w), 3);
		/* None is due for what the others say. */
		w->now_s += HOUR;
		maintain(w);
		assert_false(is_there(w, w->now_s));
	}
	for (day = 1; day < 4; day++)
		assert_true(is_there(w, now_s + day * DAY));
}

static void a_clock_that_is_behind_once_costs_one_copy(void **state)
{
	struct world *w = *state;
	int64_t now_s = w->now_s;
	int day;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	for (day = 0; day < 3; day++) {
		w->now_s = now_s + day * DAY;
		maintain(w);
	}
	w->now_s = DAY;
	maintain(w);
	assert_true(is_there(w, DAY));
	assert_true(is_there(w, now_s + DAY) && is_there(w, now_s + 2 * DAY));
	w->now_s = now_s + 3 * DAY;
	maintain(w);
	assert_false(is_there(w, DAY));
	assert_true(is_there(w, now_s + DAY) && is_there(w, now_s + 2 * DAY));
}

/* ----------------------------------------------------------- stopped ---- */

static int most_at_once, made;

static void on_taken(void *ctx, const char *path, const struct err *err)
{
	int now = count_hidden(ctx);

	assert_null(err);
	unlink(path);
	most_at_once = now > most_at_once ? now : most_at_once;
	made++;
	((struct world *)ctx)->done = made == 8;
}

static void one_copy_is_made_at_a_time(void **state)
{
	struct world *w = *state;
	int i;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	most_at_once = made = 0;
	for (i = 0; i < 8; i++)
		assert_non_null(store_backup(w->store, on_taken, w));
	world_wait(w);
	assert_int_equal(most_at_once, 1);
	assert_int_equal(count_hidden(w), 0);
}

static void on_unwanted(void *ctx, const char *path, const struct err *err)
{
	(void)ctx;
	(void)err;
	fail_msg("it was cancelled: %s", path);
}

static void who_waits_for_a_copy_may_leave(void **state)
{
	struct world *w = *state;
	struct store_read_job *left[3];

	left[0] = store_backup(w->store, on_unwanted, w);
	left[1] = store_backup(w->store, on_unwanted, w);
	left[2] = store_backup(w->store, on_unwanted, w);
	store_read_cancel(left[1]);
	store_backup(w->store, on_copied, w);
	store_read_cancel(left[0]);
	store_read_cancel(left[2]);
	world_wait(w);
	assert_string_not_equal(copied, "");
	assert_int_equal(unlink(copied), 0);
	assert_int_equal(count_hidden(w), 0);
}

/* Whatever of it there is at that moment, and whether the loop turns again. */
static void a_stop_leaves_no_copy_that_nobody_took(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 20; i++) {
		store_backup(w->store, on_unwanted, w);
		store_backup(w->store, on_unwanted, w);
		usleep((unsigned)i * 2000);
		store_close(w->store);
		assert_int_equal(count_hidden(w), 0);
		w->store = NULL;
		uv_run(&w->loop, UV_RUN_DEFAULT);
		world_open(w);
	}
}

static void a_start_removes_what_a_kill_left(void **state)
{
	struct world *w = *state;
	char *command = mem_printf("cd %s && mkdir backup && cd backup && touch .copy-1 "
				   ".copy-2.part feedd-20260528T000000Z.db.part "
				   "before-schema-1.db.part-journal mine.db.part",
		w->dir);

	world_close(w);
	assert_int_equal(system(command), 0);
	free(command);
	world_open(w);
	assert_int_equal(count_hidden(w), 0);
	assert_int_equal(count_copies(w), 1); /* somebody else's */
}

static _Atomic(struct store_read_job *) checked;
static bool began, came_through;

static int on_trace(unsigned what, void *ctx, void *statement, void *x)
{
	const char *sql = sqlite3_sql(statement);

	(void)ctx;
	(void)x;
	if (sql == NULL || strstr(sql, "quick_check") == NULL)
		return 0;
	if (what == SQLITE_TRACE_ROW) {
		came_through = true;
		return 0;
	}
	began = true;
	/* This may be earlier than the start has returned. */
	while (checked == NULL)
		sched_yield();
	store_read_cancel(checked);
	return 0;
}

static int on_opened(sqlite3 *handle, const char **error, const void *api)
{
	(void)error;
	(void)api;
	return sqlite3_trace_v2(handle, SQLITE_TRACE_STMT | SQLITE_TRACE_ROW, on_trace, NULL);
}

/* It is read as a whole: that takes a large one longer than a stop may. */
static void a_stop_does_not_wait_for_a_copys_check(void **state)
{
	struct world *w = *state;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	sqlite3_auto_extension((void (*)(void))on_opened);
	began = came_through = false;
	checked = NULL;
	checked = store_backup(w->store, on_unwanted, w);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	sqlite3_cancel_auto_extension((void (*)(void))on_opened);
	assert_true(began);
	assert_false(came_through);
	assert_int_equal(count_hidden(w), 0);
}

/* ---------------------------------------------------------- a bad disk ---- */

static const char *spoiled; /* the file whose disk keeps nothing, once it is checked */

static int on_check(unsigned what, void *ctx, void *statement, void *x)
{
	const char *sql = sqlite3_sql(statement);
	char junk[3 * 4096];
	FILE *file;

	(void)what;
	(void)ctx;
	(void)x;
	if (sql == NULL || strstr(sql, "quick_check") == NULL || spoiled == NULL)
		return 0;
	file = fopen(spoiled, "r+");
	spoiled = NULL;
	assert_non_null(file);
	memset(junk, 'x', sizeof(junk));
	/* From the counter on by which SQLite knows that it has to read anew. */
	assert_int_equal(fseek(file, 24, SEEK_SET), 0);
	assert_int_equal(fwrite(junk, 1, 16, file), 16);
	assert_int_equal(fseek(file, 4096, SEEK_SET), 0);
	assert_int_equal(fwrite(junk, sizeof(junk), 1, file), 1);
	assert_int_equal(fclose(file), 0);
	return 0;
}

static int on_copy_opened(sqlite3 *handle, const char **error, const void *api)
{
	(void)error;
	(void)api;
	return sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, on_check, NULL);
}

static void a_copy_that_its_disk_spoils_says_nothing_of_the_store(void **state)
{
	struct world *w = *state;
	char *path = backup_file_name(w->dir, w->now_s), *part;

	INGEST(w, world_add(w, "https://e.org/feed"), one);
	part = mem_printf("%s/backup%s.part", w->dir, strrchr(path, '/'));
	spoiled = part;
	sqlite3_auto_extension((void (*)(void))on_copy_opened);
	store_maintain(w->store, w->now_s, on_maintained, w);
	world_wait(w);
	sqlite3_cancel_auto_extension((void (*)(void))on_copy_opened);
	assert_null(spoiled);
	assert_true(w->failed);
	assert_int_equal(w->err.code, ERR_IO);
	assert_non_null(strstr(w->err.text, part));
	assert_int_equal(count_copies(w), 0);
	free(part);
	free(path);
	world_mark(w, STORE_STAR, "1", NULL);
	assert_string_equal(world_list(w, NULL), "1 N* One\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_copy_is_a_store, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_copy_of_a_copy_knows_the_cursors_of_both, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			cursors_of_after_any_copy_are_refused_where_that_goes_on, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			a_store_that_stays_where_it_is_keeps_its_name, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			the_journal_of_a_store_that_crashed_is_not_the_copys, world_setup,
			world_teardown),
		cmocka_unit_test_setup_teardown(
			one_a_day_is_made_and_three_are_kept, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			of_nothing_no_copy_is_made, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_clock_that_was_ahead_costs_no_copy_of_now, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_clock_that_is_behind_once_costs_one_copy, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			one_copy_is_made_at_a_time, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			who_waits_for_a_copy_may_leave, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_stop_leaves_no_copy_that_nobody_took, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_start_removes_what_a_kill_left, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_stop_does_not_wait_for_a_copys_check, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			a_copy_that_its_disk_spoils_says_nothing_of_the_store, world_setup,
			world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
