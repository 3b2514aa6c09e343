#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * One connection to the store's file and its prepared statements.  Opens with
 * the pragmas that make the file safe, turns SQLite's results into ours.  Knows
 * no table; what is asked stands in statement.def.
 *
 * A connection belongs to one thread at a time.  Statements are prepared once,
 * at the first use or by db_prepare_all().  One that can't be prepared is
 * NULL; binding to it does nothing and db_step() tells why.
 */

/* What is read of an item for a row, in the order that row.c reads. */
#define ITEM_COLUMNS                                                                               \
	"i.id, i.feed_id, i.date_s, i.read, i.starred, i.tagged, i.origin, i.added_seq,"           \
	" i.changed_seq, i.state_seq, i.received_s, i.changed_s, i.published_s, i.modified_s,"     \
	" i.title, i.url, i.guid, i.fallback, i.external_url, i.language, i.image, i.authors,"     \
	" i.categories, i.attachments, i.summary, i.cluster"
/* What a line of a listing shows: each column more costs a listing time, whether
 * anybody looks at it or not. */
#define ITEM_COLUMNS_LINE                                                                          \
	"i.id, i.feed_id, i.date_s, i.read, i.starred, i.changed_seq, i.cluster, i.title,"         \
	" i.url, i.guid, i.fallback"

#define DB_COMPOSED 6
#define DB_BUSY_MS 5000 /* another program's lock is waited for so long */

enum statement {
#define STATEMENT(name, ...) STATEMENT_##name,
#include "daemon/store/statement.def"
#undef STATEMENT
	STATEMENTS
};

struct db {
	sqlite3 *handle;
	sqlite3_stmt *prepared[STATEMENTS];
	uint64_t used[(STATEMENTS + 63) / 64]; /* since db_rest(), a bit each */
	sqlite3_stmt *composed[DB_COMPOSED];   /* query.h: what may be asked again */
	unsigned next_composed;
	const atomic_bool *stop; /* or NULL; function.h */
};

enum db_mode {
	DB_WRITE,      /* the one writing connection; the file must exist */
	DB_CHECKPOINT, /* copies the journal into the file, and no more */
	DB_READ
};

/* Opens, sets pragmas, registers our functions.  db need not be initialised; after
 * a failure it is closed, and to close it again does nothing.  It stays where it is
 * while it is open. */
int db_open(struct db *db, const char *path, enum db_mode mode, struct err *err) MUST_USE;
void db_close(struct db *db);
/* The journal is not to be copied into the file when it is closed: they may not belong
 * together any more. */
void db_leave(struct db *db);
int db_prepare_all(struct db *db, struct err *err) MUST_USE;

/* Of a connection for reading, to a file of this program's version: whether the
 * writer could work on it.  ERR_DAMAGED if not. */
int db_check_tables(struct db *db, struct err *err) MUST_USE;

const char *db_statement_text(enum statement which);

/* The statement, reset and without values. */
sqlite3_stmt *db_use(struct db *db, enum statement which);

/* Whether a reader, between transactions, is to read through a mapping of the
 * file: fast where much is read in a row. */
void db_map(struct db *db, bool mapped);

/* Values for place `at`, from 1.  Texts and blobs are not copied: they must
 * live until the statement is reset; NULL is NULL. */
void db_bind_int(sqlite3_stmt *statement, int at, int64_t value);
void db_bind_int_or(sqlite3_stmt *statement, int at, int64_t value, int64_t null);
void db_bind_text(sqlite3_stmt *statement, int at, const char *text);
/* type: static. */
void db_bind_pointer(sqlite3_stmt *statement, int at, const void *pointer, const char *type);
void db_bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t length);

/* 1: a row is there; 0: no more, and the statement is reset; -1 likewise. */
int db_step(struct db *db, sqlite3_stmt *statement, struct err *err) MUST_USE;
/* To its end, whatever rows it has. */
int db_run(struct db *db, sqlite3_stmt *statement, struct err *err) MUST_USE;
/* Of a statement whose only parameter is a number. */
int db_run_with(struct db *db, enum statement which, int64_t value, struct err *err) MUST_USE;
/* The first row's first column: 1, 0 without a row, -1.  NULL reads as 0. */
int db_get(struct db *db, sqlite3_stmt *statement, int64_t *out, struct err *err) MUST_USE;
/* The same of a file that may be anything: 0 where it can't be told, too. */
int64_t db_number(struct db *db, enum statement which);
/* Reset what db_use() gave and was left in the middle: such a statement keeps the
 * connection in the past. */
void db_rest(struct db *db);
/* Rows that the last statement changed. */
uint64_t db_changes(const struct db *db);

/* SQL as it stands, for schema and pragmas. */
int db_script(struct db *db, const char *sql, struct err *err) MUST_USE;

/* Columns of the row that is there, from 0. */
int64_t db_int(sqlite3_stmt *statement, int column);
int64_t db_int_or(sqlite3_stmt *statement, int column, int64_t null);
bool db_bool(sqlite3_stmt *statement, int column);
const char *db_text(sqlite3_stmt *statement, int column); /* NULL is NULL */
char *db_text_copy(sqlite3_stmt *statement, int column);  /* the caller's to free() */
const void *db_bytes(sqlite3_stmt *statement, int column, size_t *out_length);

/* What the connection's last failure is to us.  Always -1. */
int db_error(struct db *db, struct err *err);
enum err_code db_code(sqlite3 *handle, int result);

#endif
