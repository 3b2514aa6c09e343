#ifndef TESTS_UNIT_STORE_CACHE_H
#define TESTS_UNIT_STORE_CACHE_H

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "restored.h"

/* For tests of newsboat's cache: databases made of SQL, and how they are imported. */

/* A copy of a database as an upload leaves it: a file without a name. */
static inline int file_of(const void *bytes, size_t length)
{
	int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	assert_int_equal(write(file, bytes, length), length);
	return file;
}

#define CACHE_TABLES                                                                               \
	"CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY, url VARCHAR(1024),"              \
	" title VARCHAR(1024));"                                                                   \
	"CREATE TABLE rss_item (id INTEGER PRIMARY KEY, guid VARCHAR(64), title TEXT,"             \
	" author TEXT, url TEXT, feedurl TEXT, pubDate INTEGER, content TEXT,"                     \
	" unread INTEGER, flags VARCHAR(52), deleted INTEGER DEFAULT 0);"                          \
	"INSERT INTO rss_feed VALUES ('https://e.org/feed', '', 'Boat'),"                          \
	" ('exec:ls', '', 'no');"

/* To be freed by sqlite3_free(). */
static inline unsigned char *make_cache(const char *sql, sqlite3_int64 *out_size)
{
	unsigned char *bytes;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	bytes = sqlite3_serialize(db, "main", out_size, 0);
	sqlite3_close(db);
	return bytes;
}

static inline void import_bytes(struct world *w, const unsigned char *bytes, sqlite3_int64 size)
{
	int file = file_of(bytes, (size_t)size);

	store_import_newsboat(w->store, file, w->now_s, w->now_s, 0, on_restored, w);
	world_wait(w);
}

static inline void import_cache(struct world *w, const char *sql)
{
	sqlite3_int64 size;
	unsigned char *bytes = make_cache(sql, &size);

	import_bytes(w, bytes, size);
	sqlite3_free(bytes);
	if (w->failed)
		fail_msg("%s", w->err.text);
}

#endif
