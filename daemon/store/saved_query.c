#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/store/internal.h"
#include "daemon/store/rows_job.h"
#include "daemon/store/search_query.h"
#include "daemon/store/store_items.h"
#include "daemon/store/where_sql.h"

/* Expressions that can be read, and those that are kept under a name. */

int store_match_check(const char *words, struct err *err)
{
	struct buf out;
	int result;

	buf_init(&out, SEARCH_QUERY_MAX);
	result = search_query(words, &out, err);
	buf_release(&out);
	return result;
}

int store_where_check(const char *expr, struct err *err)
{
	struct where_node *node;
	struct query query;
	int result;

	if (where_parse(expr, &node, err) < 0)
		return -1;
	query_init(&query);
	result = where_sql(node, 0, &query, err);
	query_release(&query);
	where_free(node);
	return result;
}

bool store_is_query_name(const char *name)
{
	const size_t length = strlen(name);
	uint32_t rune;

	for (size_t at = 0; at < length;) {
		at += utf8_decode(name + at, length - at, &rune);
		if (rune == ' ' || utf8_is_unsafe(rune))
			return false;
	}
	return length > 0 && length <= 100 && strpbrk(name, ",:") == NULL;
}

struct put_job {
	struct job job;
	char *name, *expr;
	bool keeps; /* one that is there */
	store_done *done;
	void *ctx;
};

/* 1 if one of that name is there and says the same. */
static int is_there(const struct put_job *put, struct writer *writer, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_QUERY_GET);
	bool same;
	int found;

	db_bind_text(get, 1, put->name);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	same = strcmp(db_text(get, 0), put->expr) == 0;
	sqlite3_reset(get);
	return same ? 1 : err_set(err, ERR_EXISTS, "there is another query %.100s", put->name);
}

static int put_run(struct job *job, struct writer *writer, struct err *err)
{
	struct put_job *put = (struct put_job *)job;
	bool removes = put->expr == NULL;
	sqlite3_stmt *statement = db_use(
		&writer->db, removes ? STATEMENT_QUERY_DELETE : STATEMENT_QUERY_PUT);

	if (!removes && store_where_check(put->expr, err) < 0)
		return -1;
	if (put->keeps) {
		int there = is_there(put, writer, err);

		if (there != 0)
			return there < 0 ? -1 : 0;
	}
	db_bind_text(statement, 1, put->name);
	if (!removes)
		db_bind_text(statement, 2, put->expr);
	if (db_run(&writer->db, statement, err) < 0)
		return -1;
	if (removes && db_changes(&writer->db) == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no saved query \"%.100s\"", put->name);
	return 0;
}

static void put_done(struct job *job, const struct err *err)
{
	struct put_job *put = (struct put_job *)job;

	put->done(put->ctx, err);
}

static void put_release(struct job *job)
{
	struct put_job *put = (struct put_job *)job;

	free(put->name);
	free(put->expr);
	free(put);
}

static void start(struct store *store, const char *name, const char *expr, bool keeps,
	store_done *done, void *ctx)
{
	struct put_job *put = MEM_NEW(struct put_job);

	put->job.run = put_run;
	put->job.asked = true;
	put->job.done = put_done;
	put->job.release = put_release;
	put->name = mem_strdup(name);
	put->expr = mem_strdup(expr);
	put->keeps = keeps;
	put->done = done;
	put->ctx = ctx;
	queue_push(store->queue, &put->job);
}

void store_query_put(
	struct store *store, const char *name, const char *expr, store_done *done, void *ctx)
{
	start(store, name, expr, false, done, ctx);
}

void store_query_add(
	struct store *store, const char *name, const char *expr, store_done *done, void *ctx)
{
	start(store, name, expr, true, done, ctx);
}

struct list_job {
	struct rows_job rows;
	store_query_each *row;
};

static int tell_query(struct rows_job *rows, sqlite3_stmt *row)
{
	const char *expr = db_text(row, 1);
	struct err why;
	bool works = store_where_check(expr, &why) == 0;

	return ((struct list_job *)rows)
		->row(rows->ctx, db_text(row, 0), expr, works ? NULL : why.text);
}

struct store_read_job *store_queries(
	struct store *store, store_query_each *row, store_page_done *done, void *ctx)
{
	struct list_job *list = MEM_NEW(struct list_job);

	list->rows.list = STATEMENT_QUERY_LIST;
	list->rows.tell = tell_query;
	list->row = row;
	return rows_start(store, &list->rows, done, ctx);
}

/* The first column is its name or its number. */
static int check_rows(struct db *db, enum statement list, const char *kind, store_idle_each *each,
	void *ctx, struct err *err)
{
	sqlite3_stmt *row = db_use(db, list);
	struct err why;
	int found;

	while ((found = db_step(db, row, err)) > 0)
		if (store_where_check(db_text(row, 1), &why) < 0)
			each(ctx, kind, db_text(row, 0), db_text(row, 1), why.text);
	return found;
}

/* With a connection of its own, for the writer's has a thread. */
int store_idle_check(struct store *store, store_idle_each *each, void *ctx, struct err *err)
{
	struct db db;
	int result;

	if (db_open(&db, store->path, DB_READ, err) < 0)
		return -1;
	result = check_rows(&db, STATEMENT_QUERY_LIST, "query", each, ctx, err);
	if (result == 0)
		result = check_rows(&db, STATEMENT_RULE_LIST, "rule", each, ctx, err);
	db_close(&db);
	return result;
}
