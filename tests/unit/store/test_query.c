#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/db.h"
#include "daemon/store/query.h"

static int setup(void **state)
{
	struct db *db = MEM_NEW(struct db);
	struct err err;

	*state = db;
	return db_open(db, ":memory:", DB_WRITE, &err) < 0 ||
	       db_script(db, "CREATE TABLE t (n INTEGER)", &err) < 0;
}

static int teardown(void **state)
{
	db_close(*state);
	free(*state);
	return 0;
}

static sqlite3_stmt *prepare(struct db *db, struct query *query, const char *sql)
{
	sqlite3_stmt *statement;
	struct err err;

	query_add(query, sql);
	if (query_prepare(query, db, &statement, &err) < 0)
		fail_msg("%s", err.text);
	return statement;
}

static unsigned kept(struct db *db)
{
	unsigned count = 0, i;

	for (i = 0; i < DB_COMPOSED; i++)
		count += db->composed[i] != NULL;
	return count;
}

static void what_is_asked_again_is_the_same_statement_with_other_values(void **state)
{
	struct db *db = *state;
	sqlite3_stmt *first, *second;
	struct query query;
	int64_t value;
	struct err err;

	query_init(&query);
	query_text(&query, "five");
	first = prepare(db, &query, "SELECT ?");
	assert_int_equal(db_step(db, first, &err), 1);
	assert_string_equal(db_text(first, 0), "five");
	query_done(db, first); /* in the middle of its rows */
	query_release(&query);

	query_int(&query, 7);
	second = prepare(db, &query, "SELECT ?");
	assert_ptr_equal(second, first);
	assert_int_equal(db_get(db, second, &value, &err), 1);
	assert_int_equal(value, 7);
	query_done(db, second);
	query_release(&query);

	second = prepare(db, &query, "SELECT ?"); /* without any value */
	assert_int_equal(db_step(db, second, &err), 1);
	assert_null(db_text(second, 0));
	query_done(db, second);
	query_release(&query);
	assert_int_equal(kept(db), 1);
}

static void two_at_once_are_two(void **state)
{
	struct db *db = *state;
	struct query a, b;
	sqlite3_stmt *first, *second;

	query_init(&a);
	query_init(&b);
	first = prepare(db, &a, "SELECT n FROM t");
	second = prepare(db, &b, "SELECT n FROM t");
	assert_ptr_not_equal(first, second);
	query_done(db, first);
	query_done(db, second);
	query_done(db, NULL);
	query_release(&a);
	query_release(&b);
	assert_int_equal(kept(db), 2);
}

static void a_few_are_kept_and_none_that_is_long(void **state)
{
	struct db *db = *state;
	struct query query;
	char sql[8192];

	query_init(&query);
	for (int i = 0; i < 3 * DB_COMPOSED; i++) {
		snprintf(sql, sizeof(sql), "SELECT %d", i);
		query_done(db, prepare(db, &query, sql));
		query_release(&query);
		assert_int_equal(kept(db), i < DB_COMPOSED ? i + 1 : DB_COMPOSED);
	}
	teardown(state);
	assert_int_equal(setup(state), 0);
	db = *state;
	memset(sql, ' ', sizeof(sql));
	snprintf(sql + sizeof(sql) - 10, 10, "SELECT 1");
	query_done(db, prepare(db, &query, sql));
	query_release(&query);
	assert_int_equal(kept(db), 0);
}

static void what_is_kept_outlives_a_failure_and_a_new_schema(void **state)
{
	struct db *db = *state;
	struct query query;
	sqlite3_stmt *statement;
	struct err err;
	int64_t value;

	query_init(&query);
	query_add(&query, "SELECT nothing FROM t");
	assert_int_equal(query_prepare(&query, db, &statement, &err), -1);
	query_release(&query);

	query_text(&query, "no json");
	statement = prepare(db, &query, "SELECT count(*) FROM t, json_each(?)");
	assert_int_equal(db_script(db, "INSERT INTO t VALUES (1), (2)", &err), 0);
	assert_int_equal(db_step(db, statement, &err), -1);
	query_done(db, statement);
	query_release(&query);

	assert_int_equal(db_script(db, "ALTER TABLE t ADD COLUMN m", &err), 0);
	query_text(&query, "[1,2,3]");
	statement = prepare(db, &query, "SELECT count(*) FROM t, json_each(?)");
	assert_int_equal(db_get(db, statement, &value, &err), 1);
	assert_int_equal(value, 6);
	query_done(db, statement);
	query_release(&query);
}

static void what_is_too_long_is_refused_whole(void **state)
{
	struct db *db = *state;
	sqlite3_stmt *statement;
	struct query query;
	struct err err;
	size_t i;

	query_init(&query);
	query_add(&query, "SELECT 1");
	for (i = 0; i < 1 << 17; i++)
		query_add(&query, " + 2 + 3");
	/* It would have room for this, but nobody asked that. */
	query_add(&query, ";");
	assert_int_equal(query_prepare(&query, db, &statement, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	query_release(&query);
	query_done(db, prepare(db, &query, "SELECT 1"));
	query_release(&query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_asked_again_is_the_same_statement_with_other_values, setup,
			teardown),
		cmocka_unit_test_setup_teardown(two_at_once_are_two, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_few_are_kept_and_none_that_is_long, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_kept_outlives_a_failure_and_a_new_schema, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_too_long_is_refused_whole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
