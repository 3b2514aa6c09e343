/* The log in large pieces: what SQLite promises holds as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/store/walfile.h"

struct world {
	char dir[64], *path, *log;
	sqlite3 *db, *other; /* ours; one with the system's VFS */
};

/* A system whose disk is full now and then. */
static bool disk_is_full;
static sqlite3_vfs *below;
static sqlite3_vfs system_vfs;
static const sqlite3_io_methods *methods_below;
static sqlite3_io_methods methods;

static int on_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
	return disk_is_full ? SQLITE_FULL : methods_below->xWrite(file, bytes, length, at);
}

static int on_open(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags, int *out)
{
	int result = below->xOpen(below, path, file, flags, out);

	(void)self;
	if (result == SQLITE_OK && (flags & SQLITE_OPEN_WAL) != 0) {
		methods_below = file->pMethods;
		methods = *methods_below;
		methods.xWrite = on_write;
		file->pMethods = &methods;
	}
	return result;
}

static int install(void **state)
{
	(void)state;
	below = sqlite3_vfs_find(NULL);
	system_vfs = *below;
	system_vfs.pNext = NULL;
	system_vfs.zName = "now and then";
	system_vfs.xOpen = on_open;
	return sqlite3_vfs_register(&system_vfs, 1);
}

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int64_t get(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t value;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

static bool is_sound(const struct world *world)
{
	return get(world->other, "SELECT count(*) FROM pragma_integrity_check WHERE "
				 "integrity_check = 'ok'") == 1;
}

static int64_t size_of_log(const struct world *world)
{
	struct stat status;

	assert_int_equal(stat(world->log, &status), 0);
	return status.st_size;
}

static int setup(void **state)
{
	struct world *world = MEM_NEW(struct world);

	snprintf(world->dir, sizeof(world->dir), "/tmp/feedd-walfile.XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	world->path = mem_printf("%s/a.db", world->dir);
	world->log = mem_printf("%s-wal", world->path);
	assert_non_null(walfile_vfs());
	assert_int_equal(sqlite3_open_v2(world->path, &world->db,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, walfile_vfs()),
		SQLITE_OK);
	walfile_watch(world->db);
	/* So small a cache that a transaction's pages leave it before its end. */
	assert_int_equal(run(world->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
					"PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 10;"
					"CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT);"),
		SQLITE_OK);
	assert_int_equal(sqlite3_open_v2(world->path, &world->other, SQLITE_OPEN_READWRITE, NULL),
		SQLITE_OK);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;
	char *shared = mem_printf("%s-shm", world->path);

	sqlite3_close(world->other);
	sqlite3_close(world->db);
	unlink(world->path);
	unlink(world->log);
	unlink(shared);
	rmdir(world->dir);
	free(shared);
	free(world->log);
	free(world->path);
	free(world);
	return 0;
}

#define INSERT_1000                                                                                \
	"INSERT INTO t (text) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"     \
	" WHERE i < 1000) SELECT hex(randomblob(500)) FROM n;"

static void what_is_committed_is_there_for_all(void **state)
{
	struct world *world = *state;
	int64_t i;

	for (i = 1; i <= 20; i++) {
		assert_int_equal(run(world->db, "INSERT INTO t (text) VALUES ('x')"), SQLITE_OK);
		assert_int_equal(get(world->other, "SELECT count(*) FROM t"), i);
	}
	assert_int_equal(run(world->db, INSERT_1000), SQLITE_OK);
	assert_int_equal(get(world->other, "SELECT count(*) FROM t"), 1020);
	assert_int_equal(run(world->db, "PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
	assert_int_equal(size_of_log(world), 0);
	assert_true(is_sound(world));
}

/* It changes pages that are in the log already, and reads them from there. */
static void what_is_taken_back_leaves_nothing(void **state)
{
	struct world *world = *state;
	int64_t sum;

	assert_int_equal(run(world->db, INSERT_1000), SQLITE_OK);
	sum = get(world->other, "SELECT sum(length(text)) FROM t");
	assert_int_equal(run(world->db, "BEGIN; UPDATE t SET text = 'a';"
					"UPDATE t SET text = text || id;" INSERT_1000),
		SQLITE_OK);
	assert_int_equal(get(world->db, "SELECT count(*) FROM t WHERE text = 'a' || id"), 1000);
	assert_int_equal(get(world->other, "SELECT sum(length(text)) FROM t"), sum);
	assert_int_equal(run(world->db, "ROLLBACK"), SQLITE_OK);
	assert_int_equal(get(world->db, "SELECT sum(length(text)) FROM t"), sum);
	assert_int_equal(run(world->db, INSERT_1000), SQLITE_OK);
	assert_int_equal(get(world->other, "SELECT count(*) FROM t"), 2000);
	assert_true(is_sound(world));
}

static void what_cannot_be_written_is_not_committed(void **state)
{
	struct world *world = *state;

	assert_int_equal(run(world->db, INSERT_1000), SQLITE_OK);
	disk_is_full = true;
	/* So little that it waits until the commit. */
	assert_int_equal(run(world->db, "INSERT INTO t (text) VALUES ('x')"), SQLITE_FULL);
	disk_is_full = false;
	assert_int_equal(get(world->other, "SELECT count(*) FROM t"), 1000);
	assert_int_equal(get(world->db, "SELECT count(*) FROM t"), 1000);
	assert_int_equal(run(world->db, "INSERT INTO t (text) VALUES ('y')"), SQLITE_OK);
	assert_int_equal(get(world->other, "SELECT count(*) FROM t"), 1001);
	assert_true(is_sound(world));
}

/* A statement is taken back alone when the disk is full; what stands before it in
 * the transaction may still be waiting then, and is committed. */
static void what_waits_is_not_lost_by_another_statement(void **state)
{
	struct world *world = *state;

	assert_int_equal(run(world->db, INSERT_1000), SQLITE_OK);
	assert_int_equal(run(world->db, "BEGIN; UPDATE t SET text = 'a' || id;"), SQLITE_OK);
	disk_is_full = true;
	assert_int_equal(run(world->db, "UPDATE t SET text = hex(randomblob(500)), id = id + 5000"),
		SQLITE_FULL);
	disk_is_full = false;
	assert_false(sqlite3_get_autocommit(world->db));
	assert_int_equal(run(world->db, "COMMIT"), SQLITE_OK);
	assert_int_equal(get(world->db, "SELECT count(*) FROM t WHERE text = 'a' || id"), 1000);
	assert_int_equal(get(world->other, "SELECT count(*) FROM t WHERE text = 'a' || id"), 1000);
	assert_true(is_sound(world));
}

/* Another program's commit stands where the one stood that was taken back. */
static void what_is_taken_back_is_written_over_nobody(void **state)
{
	struct world *world = *state;

	assert_int_equal(run(world->db, INSERT_1000), SQLITE_OK);
	assert_int_equal(
		run(world->db, "BEGIN; UPDATE t SET text = 'a' || id; ROLLBACK"), SQLITE_OK);
	assert_int_equal(run(world->other, "UPDATE t SET text = 'b' || id"), SQLITE_OK);
	assert_int_equal(run(world->db, "INSERT INTO t (text) VALUES ('x')"), SQLITE_OK);
	assert_int_equal(run(world->db, "PRAGMA wal_checkpoint(TRUNCATE)"), SQLITE_OK);
	assert_true(is_sound(world));
	assert_int_equal(get(world->other, "SELECT count(*) FROM t WHERE text = 'b' || id"), 1000);
	assert_int_equal(get(world->other, "SELECT count(*) FROM t"), 1001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_committed_is_there_for_all, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_taken_back_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_cannot_be_written_is_not_committed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_waits_is_not_lost_by_another_statement, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_taken_back_is_written_over_nobody, setup, teardown),
	};

	return cmocka_run_group_tests(tests, install, NULL);
}
