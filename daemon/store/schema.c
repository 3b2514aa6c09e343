#include "daemon/store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/store/bytes.h"
#include "daemon/store/file.h"

#define HEADER_SIZE 100
#define HEADER_VERSION 60     /* user_version, big-endian */
#define HEADER_APPLICATION 68 /* application_id */

struct migration {
	int version;
	const char *sql;
};

static const struct migration migrations[] = {
#define MIGRATION(version, ...) { version, __VA_ARGS__ },
#include "daemon/store/migration.def"
#undef MIGRATION
};

#define MIGRATIONS (sizeof(migrations) / sizeof(migrations[0]))

int schema_version(void)
{
	return migrations[MIGRATIONS - 1].version;
}

static int refuse_foreign(struct err *err)
{
	return err_set(err, ERR_DAMAGED, "it is a database, but no store of feedd");
}

static int refuse_newer(int version, struct err *err)
{
	return err_set(err, ERR_NEWER,
		"it was written by a newer feedd (schema %d, this one knows %d)", version,
		schema_version());
}

static int judge(const unsigned char *header, ssize_t length, struct err *err)
{
	int32_t version;

	if (length == 0)
		return 0;
	if (length < HEADER_SIZE || memcmp(header, "SQLite format 3", 16) != 0)
		return err_set(err, ERR_DAMAGED, "its first bytes are not those of a store");
	version = (int32_t)bytes_big_32(header + HEADER_VERSION);
	/* A crash between making the file and the first migration leaves both 0. */
	if (bytes_big_32(header + HEADER_APPLICATION) != SCHEMA_APPLICATION_ID &&
		(version != 0 || bytes_big_32(header + HEADER_APPLICATION) != 0))
		return refuse_foreign(err);
	if (version > schema_version())
		return refuse_newer(version, err);
	return 1;
}

int schema_peek(const char *path, struct err *err)
{
	unsigned char header[HEADER_SIZE];
	/* A pipe would keep us waiting for somebody who writes to it. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t length;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return file_refuse("it can't be opened", errno, err);
	length = pread(fd, header, sizeof(header), 0);
	if (length < 0)
		err_set_errno(err, ERR_IO, errno, "it can't be read");
	close(fd);
	if (length < 0)
		return -1;
	if (judge(header, length, err) < 0)
		return -1;
	return length == 0 ? 0 : 1;
}

/* Another program's that numbers none of its databases looks like ours before the
 * first migration, but has tables.  A newer version may be in the journal alone, which
 * who opens the file to write would play back. */
static int check_with_journal(struct db *db, const char *path, struct err *err)
{
	struct err ignored;
	sqlite3_stmt *any;
	int version, found;

	if (db_open(db, path, DB_READ, &ignored) < 0 ||
		schema_read_version(db, &version, &ignored) < 0)
		return 0; /* the writer's open tells why */
	if (version > schema_version())
		return refuse_newer(version, err);
	if (sqlite3_prepare_v2(db->handle,
		    "SELECT 1 FROM sqlite_schema, pragma_user_version WHERE user_version = 0", -1,
		    &any, NULL) != SQLITE_OK)
		return 0; /* likewise */
	found = sqlite3_step(any) == SQLITE_ROW;
	sqlite3_finalize(any);
	return found ? refuse_foreign(err) : 0;
}

int schema_check_new(const char *path, struct err *err)
{
	struct db db;
	int result = check_with_journal(&db, path, err);

	db_close(&db);
	return result;
}

int schema_read_version(struct db *db, int *out_version, struct err *err)
{
	sqlite3_stmt *statement;
	int result = -1;

	if (sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1, &statement, NULL) !=
		SQLITE_OK)
		return db_error(db, err);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		*out_version = sqlite3_column_int(statement, 0);
		result = 0;
	} else {
		(void)db_error(db, err);
	}
	sqlite3_finalize(statement);
	return result;
}

static int run_steps(struct db *db, int from, struct err *err)
{
	char words[96];
	size_t i;

	for (i = 0; i < MIGRATIONS; i++)
		if (migrations[i].version > from && db_script(db, migrations[i].sql, err) < 0)
			return err_prefix(err, "to schema %d", migrations[i].version);
	snprintf(words, sizeof(words), "PRAGMA application_id = %d; PRAGMA user_version = %d",
		SCHEMA_APPLICATION_ID, schema_version());
	return db_script(db, words, err);
}

static int first_row(struct db *db, uint64_t store_id, struct err *err)
{
	char sql[192];

	snprintf(sql, sizeof(sql),
		"INSERT INTO store (id, store_id, seq, next_item_id, feeds, items, unread,"
		" starred, clean) VALUES (1, %lld, 0, 1, 0, 0, 0, 0, 1)",
		(long long)store_id);
	return db_script(db, sql, err);
}

int schema_migrate(struct db *db, uint64_t store_id, int *out_from, struct err *err)
{
	int from;

	if (schema_read_version(db, &from, err) < 0)
		return -1;
	*out_from = from;
	if (from > schema_version())
		return refuse_newer(from, err);
	if (from == schema_version())
		return 0;
	if (db_script(db, "BEGIN IMMEDIATE", err) < 0)
		return -1;
	if (run_steps(db, from, err) < 0 || (from == 0 && first_row(db, store_id, err) < 0) ||
		db_script(db, "COMMIT", err) < 0) {
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	return 0;
}
