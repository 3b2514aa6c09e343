#include "daemon/store/db.h"

#include <string.h>

#include "common/mem.h"
#include "daemon/store/file.h"
#include "daemon/store/function.h"
#include "daemon/store/lent_table.h"
#include "daemon/store/tokenizer.h"
#include "daemon/store/visit.h"
#include "daemon/store/walfile.h"
#include "daemon/store/words_match.h"

#define MAP_MAX 2147418112
#define MAP_PRAGMA(value) MAP_TEXT(value)
#define MAP_TEXT(value) #value

static const char *const texts[STATEMENTS] = {
#define STATEMENT(name, ...) __VA_ARGS__,
#include "daemon/store/statement.def"
#undef STATEMENT
};

/*
 * The page cache is small, for the kernel has the file in its own; readers map
 * it.  The writer does not: a write error must come back as one, not as a
 * signal.  What it frees it does not first write over (which Debian's SQLite
 * does unless told): to give up an index of a million items took 340 MB.
 */
static const char writer_pragmas[] = "PRAGMA auto_vacuum = INCREMENTAL;" /* before the first page */
				     "PRAGMA journal_mode = WAL;"
				     "PRAGMA synchronous = FULL;"
				     "PRAGMA foreign_keys = ON;"
				     "PRAGMA trusted_schema = OFF;"
				     "PRAGMA cell_size_check = ON;"
				     "PRAGMA mmap_size = 0;"
				     "PRAGMA cache_size = -4096;"
				     "PRAGMA cache_spill = 8191;"
				     "PRAGMA wal_autocheckpoint = 0;"
				     "PRAGMA journal_size_limit = 16777216;"
				     "PRAGMA temp_store = MEMORY;"
				     "PRAGMA secure_delete = FAST;";

/* Items that are about to go, for statements that treat all of them at once;
 * items that just came, for the words of rules. */
static const char writer_tables[] =
	"CREATE TEMP TABLE doomed (item_id INTEGER PRIMARY KEY) STRICT;"
	"CREATE VIRTUAL TABLE temp.probe USING fts5 (title, author, text, tokenize = 'feedd');";

/* The writer checks cells; for readers, whose pages are the mapped file's and
 * begin anew with each use, it would be half of a long listing's time.  Where the
 * file is not mapped the cache holds the inner pages of a large table.  (A mapping that
 * was never allowed can't be asked for later.) */
static const char reader_pragmas[] = "PRAGMA query_only = ON;"
				     "PRAGMA trusted_schema = OFF;"
				     "PRAGMA mmap_size = " MAP_PRAGMA(
					     MAP_MAX) ";"
						      "PRAGMA cache_size = -2048;"
						      "PRAGMA temp_store = MEMORY;";

/* The first statement makes it read the file's head, without which SQLite does not
 * know that there is a journal. */
static const char checkpoint_pragmas[] = "PRAGMA user_version;"
					 "PRAGMA synchronous = FULL;";

enum err_code db_code(sqlite3 *handle, int result)
{
	switch (result & 0xff) {
	case SQLITE_FULL:
		return ERR_NO_SPACE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_DAMAGED;
	case SQLITE_IOERR:
		return handle != NULL && err_is_no_space(sqlite3_system_errno(handle))
			       ? ERR_NO_SPACE
			       : ERR_IO;
	case SQLITE_CANTOPEN:
		return file_code_of_open(handle != NULL ? sqlite3_system_errno(handle) : 0);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return ERR_IO;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_INTERRUPT:
		return ERR_CANCELLED;
	case SQLITE_TOOBIG:
		return ERR_TOO_BIG;
	default:
		return ERR_FAILED;
	}
}

int db_error(struct db *db, struct err *err)
{
	if (db->handle == NULL)
		return err_set(err, ERR_IO, "no store is open");
	return err_set(err, db_code(db->handle, sqlite3_extended_errcode(db->handle)), "store: %s",
		sqlite3_errmsg(db->handle));
}

static int set_up(struct db *db, const char *path, enum db_mode mode, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	const char *vfs;

	memset(db, 0, sizeof(*db));
	/* Nobody asks how much memory SQLite has; counting takes a lock. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	vfs = mode == DB_WRITE ? walfile_vfs() : NULL;
	if (sqlite3_open_v2(path, &db->handle, flags, vfs) != SQLITE_OK) {
		if (db->handle == NULL)
			mem_is_gone(); /* the only reason */
		return db_error(db, err);
	}
	if (mode == DB_WRITE)
		walfile_watch(db->handle);
	sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	if (mode == DB_CHECKPOINT)
		return db_script(db, checkpoint_pragmas, err);
	if (function_register(db->handle, &db->stop, err) < 0 ||
		tokenizer_register(db->handle, err) < 0 ||
		words_match_register(db->handle, err) < 0 ||
		lent_tables_register(db->handle, err) < 0 || visit_register(db->handle, err) < 0)
		return -1;
	if (mode == DB_READ) {
		if (db_script(db, reader_pragmas, err) < 0)
			return -1;
		db_map(db, false);
		return 0;
	}
	if (db_script(db, writer_pragmas, err) < 0)
		return -1;
	return db_script(db, writer_tables, err);
}

void db_close(struct db *db)
{
	size_t i;

	for (i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(db->prepared[i]);
	for (i = 0; i < DB_COMPOSED; i++)
		sqlite3_finalize(db->composed[i]);
	sqlite3_close(db->handle);
	memset(db, 0, sizeof(*db));
}

void db_leave(struct db *db)
{
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

int db_open(struct db *db, const char *path, enum db_mode mode, struct err *err)
{
	int result = set_up(db, path, mode, err);

	if (result < 0)
		db_close(db);
	return result;
}

static int prepare(struct db *db, enum statement which)
{
	int result = sqlite3_prepare_v3(db->handle, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
		&db->prepared[which], NULL);

	return result == SQLITE_OK ? 0 : -1;
}

int db_prepare_all(struct db *db, struct err *err)
{
	size_t i;

	for (i = 0; i < STATEMENTS; i++)
		if (db->prepared[i] == NULL && prepare(db, (enum statement)i) < 0) {
			/* All of them fit the tables that feedd makes. */
			if (sqlite3_errcode(db->handle) == SQLITE_ERROR)
				return err_set(err, ERR_DAMAGED,
					"its tables are not as feedd made them: %s",
					sqlite3_errmsg(db->handle));
			return db_error(db, err);
		}
	return 0;
}

int db_check_tables(struct db *db, struct err *err)
{
	/* The file is open for reading only; the tables are in memory. */
	if (db_script(db, "PRAGMA query_only = OFF;", err) < 0 ||
		db_script(db, writer_tables, err) < 0)
		return -1;
	return db_prepare_all(db, err);
}

const char *db_statement_text(enum statement which)
{
	return texts[which];
}

sqlite3_stmt *db_use(struct db *db, enum statement which)
{
	sqlite3_stmt *statement = db->prepared[which];

	db->used[which / 64] |= 1ull << which % 64;
	if (statement == NULL) {
		(void)prepare(db, which);
		return db->prepared[which];
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return statement;
}

void db_map(struct db *db, bool mapped)
{
	sqlite3_int64 most = mapped ? MAP_MAX : 0;

	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_MMAP_SIZE, &most);
}

void db_bind_int(sqlite3_stmt *statement, int at, int64_t value)
{
	sqlite3_bind_int64(statement, at, value);
}

void db_bind_int_or(sqlite3_stmt *statement, int at, int64_t value, int64_t null)
{
	if (value == null)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_int64(statement, at, value);
}

void db_bind_pointer(sqlite3_stmt *statement, int at, const void *pointer, const char *type)
{
	sqlite3_bind_pointer(statement, at, (void *)(uintptr_t)pointer, type, NULL);
}

void db_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	if (text == NULL)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

void db_bind_bytes(sqlite3_stmt *statement, int at, const void *bytes, size_t length)
{
	if (bytes == NULL)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_blob64(statement, at, bytes, length, SQLITE_STATIC);
}

int db_step(struct db *db, sqlite3_stmt *statement, struct err *err)
{
	int result;

	if (statement == NULL)
		return db_error(db, err);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		return 1;
	if (result != SQLITE_DONE)
		(void)db_error(db, err);
	sqlite3_reset(statement);
	return result == SQLITE_DONE ? 0 : -1;
}

int db_run(struct db *db, sqlite3_stmt *statement, struct err *err)
{
	int result;

	do
		result = db_step(db, statement, err);
	while (result > 0);
	return result;
}

int db_run_with(struct db *db, enum statement which, int64_t value, struct err *err)
{
	sqlite3_stmt *run = db_use(db, which);

	db_bind_int(run, 1, value);
	return db_run(db, run, err);
}

int db_get(struct db *db, sqlite3_stmt *statement, int64_t *out, struct err *err)
{
	int result = db_step(db, statement, err);

	if (result > 0) {
		*out = db_int(statement, 0);
		sqlite3_reset(statement);
	}
	return result;
}

int64_t db_number(struct db *db, enum statement which)
{
	struct err ignored;
	int64_t value = 0;

	return db_get(db, db_use(db, which), &value, &ignored) > 0 ? value : 0;
}

void db_rest(struct db *db)
{
	size_t word;

	for (word = 0; word < sizeof(db->used) / sizeof(db->used[0]); word++) {
		uint64_t used = db->used[word];

		for (; used != 0; used &= used - 1)
			sqlite3_reset(db->prepared[word * 64 + (size_t)__builtin_ctzll(used)]);
		db->used[word] = 0;
	}
}

uint64_t db_changes(const struct db *db)
{
	return (uint64_t)sqlite3_changes64(db->handle);
}

int db_script(struct db *db, const char *sql, struct err *err)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_error(db, err);
}

int64_t db_int(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_int64(statement, column);
}

int64_t db_int_or(sqlite3_stmt *statement, int column, int64_t null)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return null;
	return sqlite3_column_int64(statement, column);
}

bool db_bool(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_int(statement, column) != 0;
}

const char *db_text(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

char *db_text_copy(sqlite3_stmt *statement, int column)
{
	return mem_strdup(db_text(statement, column));
}

const void *db_bytes(sqlite3_stmt *statement, int column, size_t *out_length)
{
	const void *bytes = sqlite3_column_blob(statement, column);

	*out_length = (size_t)sqlite3_column_bytes(statement, column);
	return bytes;
}
