#include "world.h"
#include "daemon/store/journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A log that a crash left behind, and what may have happened to its bytes. */

#define COMMITS 8
#define FRAME (24 + 4096)
#define DB "crash/t.db"

static sqlite3 *live; /* what crashes is a copy of it */

/* Files that may yet be renamed before the process is no more; -1: as many as there are. */
static int renames_left = -1;

int rename(const char *from, const char *to)
{
	if (renames_left == 0)
		_exit(0);
	renames_left -= renames_left > 0;
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

static void run(const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(live, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
}

static void shell(const char *words)
{
	assert_int_equal(system(words), 0);
}

static void commit_some(unsigned count)
{
	while (count-- > 0)
		run("INSERT INTO t VALUES (randomblob(6000))");
}

static void crash(void)
{
	shell("rm -rf crash && mkdir crash && cp t.db* crash");
}

static int journal_setup(void **state)
{
	char *dir = strdup("/tmp/feedd-journal-XXXXXX");

	*state = dir;
	if (mkdtemp(dir) == NULL || chdir(dir) < 0 || sqlite3_open("t.db", &live) != SQLITE_OK)
		return -1;
	run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL;"
	    "CREATE TABLE t (x)");
	commit_some(COMMITS);
	crash();
	return 0;
}

static int journal_teardown(void **state)
{
	char *command = mem_printf("rm -rf %s", (char *)*state);
	int result = chdir("/") < 0 || system(command) != 0 ? -1 : 0;

	sqlite3_close(live);
	free(command);
	free(*state);
	return result;
}

static off_t log_size(void)
{
	struct stat status;

	assert_int_equal(stat(DB "-wal", &status), 0);
	return status.st_size;
}

static void flip(off_t at)
{
	FILE *file = fopen(DB "-wal", "r+b");
	int byte;

	assert_non_null(file);
	assert_int_equal(fseeko(file, at, SEEK_SET), 0);
	byte = fgetc(file);
	assert_int_equal(fseeko(file, at, SEEK_SET), 0);
	assert_int_equal(fputc(byte ^ 4, file), byte ^ 4);
	assert_int_equal(fclose(file), 0);
}

static void is_sound(void)
{
	struct err err;

	if (journal_check(DB, &err) < 0)
		fail_msg("%s", err.text);
}

static bool is_damaged(void)
{
	struct err err;

	if (journal_check(DB, &err) == 0)
		return false;
	assert_int_equal(err.code, ERR_DAMAGED);
	return true;
}

/* The rows as SQLite sees them after the crash; -1: it can't. */
static int64_t rows(void)
{
	sqlite3_stmt *count;
	sqlite3 *db;
	int64_t found = -1;

	assert_int_equal(sqlite3_open(DB, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &count, NULL) == SQLITE_OK &&
		sqlite3_step(count) == SQLITE_ROW)
		found = sqlite3_column_int64(count, 0);
	sqlite3_finalize(count);
	sqlite3_close(db);
	return found;
}

static int mend(const char *words)
{
	struct buf told;
	struct err err;
	bool is_cut = false;
	int result;

	buf_init(&told, 1 << 16);
	result = journal_mend(DB, DB ".damaged", &told, &is_cut, &err);
	if (result < 0)
		fail_msg("%s", err.text);
	if (words != NULL) {
		assert_non_null(strstr(told.data, words));
		assert_int_equal(is_cut, strstr(words, "damage") != NULL);
	}
	buf_release(&told);
	return result;
}

static void a_log_as_it_was_left_is_sound(void **state)
{
	(void)state;
	is_sound();
	shell("rm " DB "-wal");
	is_sound();
	shell(": >" DB "-wal");
	is_sound();
	assert_int_equal(mend(NULL), 0);
}

static void any_byte_of_what_was_committed_counts(void **state)
{
	static const off_t in_header[] = { 0, 5, 11, 16, 23, 24, 31 };
	static const off_t in_frame[] = { 2, 6, 8, 15, 16, 23, 24, 2000, FRAME - 1 };
	off_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(in_header) / sizeof(in_header[0]); i++) {
		flip(in_header[i]);
		if (!is_damaged())
			fail_msg("byte %d", (int)in_header[i]);
		flip(in_header[i]);
	}
	for (at = 32; at < log_size(); at += FRAME)
		for (i = 0; i < sizeof(in_frame) / sizeof(in_frame[0]); i++) {
			flip(at + in_frame[i]);
			if (!is_damaged())
				fail_msg("byte %d", (int)(at + in_frame[i]));
			flip(at + in_frame[i]);
		}
	is_sound();
}

static void a_log_that_is_cut_has_lost_something(void **state)
{
	(void)state;
	assert_int_equal(truncate(DB "-wal", log_size() - 1), 0);
	assert_true(is_damaged());
	assert_int_equal(truncate(DB "-wal", 3 * FRAME), 0);
	assert_true(is_damaged());
}

/* Where nothing else knows of it, the last one looks as if the power had failed. */
static void without_its_index_the_frames_tell(void **state)
{
	off_t at, told = 0;

	(void)state;
	shell("rm " DB "-shm");
	is_sound();
	for (at = 32; at < log_size(); at += FRAME) {
		flip(at + 100);
		told += is_damaged();
		flip(at + 100);
	}
	assert_in_range(told, log_size() / FRAME - 4, log_size() / FRAME - 1);
	flip(0); /* and so they do where the header is lost */
	assert_true(is_damaged());
}

static void what_was_never_committed_is_no_loss(void **state)
{
	(void)state;
	run("PRAGMA cache_size = 10; PRAGMA cache_spill = 5; BEGIN");
	commit_some(40);
	crash();
	assert_true(log_size() > 40 * FRAME);
	run("COMMIT");
	is_sound();
	flip(log_size() - 3);
	is_sound();
	assert_int_equal(rows(), COMMITS);
}

static void what_is_left_of_an_earlier_log_is_none(void **state)
{
	(void)state;
	run("PRAGMA wal_checkpoint(RESTART)");
	crash();
	is_sound();
	commit_some(2);
	crash();
	is_sound();
	flip(log_size() - FRAME + 50);
	is_sound();
	flip(32 + 50);
	assert_true(is_damaged());
}

static void what_the_file_has_is_not_lost(void **state)
{
	(void)state;
	run("PRAGMA wal_checkpoint(PASSIVE)");
	crash();
	flip(32 + 50);
	assert_true(is_damaged());
	assert_int_equal(mend("nothing is lost"), 1);
	is_sound();
	assert_int_equal(rows(), COMMITS);
	shell("test -s " DB ".damaged-wal");
}

static void only_what_stood_behind_the_damage_is(void **state)
{
	(void)state;
	flip(log_size() - 2 * FRAME + 50);
	assert_int_equal(mend("behind the damage"), 1);
	is_sound();
	assert_in_range(rows(), COMMITS - 2, COMMITS - 1);
	shell("test -s " DB ".damaged-wal");
}

/* Whatever of it was done: there is a log, with all that is in front of the damage. */
static void a_crash_meanwhile_loses_no_more(void **state)
{
	int done, status = 0;

	(void)state;
	for (done = 0; status == 0; done++) {
		pid_t child;

		crash();
		flip(log_size() - 2 * FRAME + 50);
		child = fork();
		if (child == 0) {
			renames_left = done;
			_exit(mend(NULL) == 1 ? 1 : 2);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_in_range(rows(), COMMITS - 2, COMMITS - 1);
		shell(done == 0 ? ":" : "test -s " DB ".damaged-wal");
	}
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_true(done > 1);
}

/* The file has some of what can't be played back, and not all. */
static void what_is_not_certain_is_left_alone(void **state)
{
	sqlite3 *reader; /* that keeps the log from beginning anew */

	(void)state;
	assert_int_equal(sqlite3_open("t.db", &reader), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM t", NULL, NULL, NULL), SQLITE_OK);
	run("PRAGMA wal_checkpoint(PASSIVE)");
	commit_some(1);
	crash();
	sqlite3_close(reader);
	flip(32 + 50);
	shell("cp -r crash before");
	assert_int_equal(mend(NULL), 0);
	shell("rm crash/t.db-shm before/t.db-shm");
	assert_int_equal(mend(NULL), 0);
	shell("diff -r crash before");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, journal_setup, journal_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_as_it_was_left_is_sound),
		TEST(any_byte_of_what_was_committed_counts),
		TEST(a_log_that_is_cut_has_lost_something),
		TEST(without_its_index_the_frames_tell),
		TEST(what_was_never_committed_is_no_loss),
		TEST(what_is_left_of_an_earlier_log_is_none),
		TEST(what_the_file_has_is_not_lost),
		TEST(only_what_stood_behind_the_damage_is),
		TEST(a_crash_meanwhile_loses_no_more),
		TEST(what_is_not_certain_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
