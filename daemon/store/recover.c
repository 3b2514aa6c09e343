#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/store/backup_list.h"
#include "daemon/store/db.h"
#include "daemon/store/internal.h"
#include "daemon/store/lock.h"
#include "daemon/store/recover.h"
#include "daemon/store/schema.h"
#include "daemon/store/store_copies.h"

/*
 * `feedd --recover`: look whether the store is sound; if not, set it aside with
 * its journal and put the newest sound backup in its place.  Nothing is ever
 * deleted, and without a sound backup nothing is touched.
 */

/* ---------------------------------------------------------- looking ---- */

/* A flipped bit in the name of a column is no damage to SQLite.  An older version's
 * tables are judged when they have become ours. */
static int check_tables(struct db *db, const char *path, struct err *err)
{
	int version;

	if (schema_read_version(db, &version, err) < 0)
		return -1;
	if (version != schema_version() || db_check_tables(db, err) == 0)
		return 0;
	return err_prefix(err, "%s", path);
}

static int check_file(const char *path, struct err *err)
{
	struct db db;
	sqlite3_stmt *check;
	int found;

	found = schema_peek(path, err);
	if (found < 0)
		return err_prefix(err, "%s", path);
	if (found == 0)
		return err_set(err, ERR_DAMAGED, "%s: %s", path,
			access(path, F_OK) == 0 ? "it is empty" : "there is no such file");
	if (db_open(&db, path, DB_READ, err) < 0)
		return -1;
	check = db_use(&db, STATEMENT_QUICK_CHECK);
	found = db_step(&db, check, err);
	if (found > 0 && strcmp(db_text(check, 0), "ok") == 0) {
		sqlite3_reset(check);
		found = check_tables(&db, path, err);
	} else if (found >= 0) {
		found = err_set(err, ERR_DAMAGED, "%s: %s", path,
			found > 0 ? db_text(check, 0) : "it can't be checked");
	}
	db_close(&db);
	return found;
}

/* The first that is sound, the caller's to free(), or NULL. */
static char *sound_backup(const char *data_dir, struct buf *words)
{
	char **paths, *chosen = NULL;
	struct err err;
	size_t count, i;

	paths = backup_list(data_dir, &count);
	for (i = 0; i < count; i++) {
		if (chosen == NULL && check_file(paths[i], &err) == 0) {
			chosen = paths[i];
			continue;
		}
		if (chosen == NULL &&
			buf_printf(words, "not sound, passed over: %s\n", err.text) < 0)
			buf_clear(words);
		free(paths[i]);
	}
	free(paths);
	return chosen;
}

static bool holds_feeds(const char *path)
{
	struct err ignored;
	struct db db;
	bool holds;

	if (schema_peek(path, &ignored) <= 0)
		return false;
	holds = db_open(&db, path, DB_READ, &ignored) == 0 &&
		db_number(&db, STATEMENT_COUNT_FEEDS) > 0;
	db_close(&db);
	return holds;
}

int recover_allow_new(const char *data_dir, struct err *err)
{
	char **paths;
	bool held = false;
	size_t count, i;

	paths = backup_list(data_dir, &count);
	for (i = 0; i < count; i++) {
		held = held || holds_feeds(paths[i]);
		free(paths[i]);
	}
	free(paths);
	if (!held)
		return 0;
	return err_set(err, ERR_DAMAGED,
		"the store is gone or empty, but there are backups of it in %s/%s (move them away "
		"to begin anew)",
		data_dir, STORE_BACKUP_DIR);
}

/* ---------------------------------------------------------- putting ---- */

static int sync_dir(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;

	if (fd < 0 || fsync(fd) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", path);
	if (fd >= 0)
		close(fd);
	return result;
}

static int copy_bytes(int from, int to)
{
	char buffer[1 << 16];
	ssize_t got, put, at;

	while ((got = read(from, buffer, sizeof(buffer))) > 0)
		for (at = 0; at < got; at += put) {
			put = write(to, buffer + at, (size_t)(got - at));
			if (put < 0)
				return -1;
		}
	return got < 0 ? -1 : fsync(to);
}

/* Under another name first, so that a half copy never stands in for a store. */
static int put_in_place(const char *data_dir, const char *backup, const char *path, struct err *err)
{
	char *half = mem_printf("%s.new", path);
	int from = open(backup, O_RDONLY | O_CLOEXEC);
	int to = open(half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int result = 0;

	if (from < 0 || to < 0 || copy_bytes(from, to) < 0 || rename(half, path) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s to %s", backup, path);
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	free(half);
	return result < 0 ? -1 : sync_dir(data_dir, err);
}

/* The file and its journal belong together; the first free number names them. */
static int set_aside(const char *path, char **out_aside, struct err *err)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct stat status;
	char *aside = NULL;
	unsigned n;
	size_t i;

	for (n = 1; aside == NULL || stat(aside, &status) == 0; n++) {
		free(aside);
		aside = mem_printf("%s.damaged-%u", path, n);
	}
	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		char *from = mem_printf("%s%s", path, suffixes[i]);
		char *to = mem_printf("%s%s", aside, suffixes[i]);
		int result = rename(from, to);

		if (result < 0 && errno != ENOENT)
			err_set_errno(err, ERR_IO, errno, "%s to %s", from, to);
		else
			result = 0;
		free(from);
		free(to);
		if (result < 0) {
			free(aside);
			return -1;
		}
	}
	*out_aside = aside;
	return 0;
}

/* An empty store's list has no outline with an address. */
static bool names_feeds(const char *path)
{
	static const char address[] = "xmlUrl=";
	char text[1 << 14];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, text, sizeof(text));
	close(fd);
	return length > 0 && memmem(text, (size_t)length, address, strlen(address)) != NULL;
}

char *recover_keep_subscriptions(const char *data_dir)
{
	char *from = mem_printf("%s/" STORE_SUBSCRIPTIONS, data_dir), *to = NULL;
	struct stat status;
	unsigned n;

	if (!names_feeds(from)) {
		free(from);
		return NULL;
	}
	for (n = 1; to == NULL || stat(to, &status) == 0; n++) {
		free(to);
		to = mem_printf("%s/subscriptions-%u.opml", data_dir, n);
	}
	if (rename(from, to) < 0) {
		free(to);
		to = NULL;
	}
	free(from);
	return to;
}

/* ---------------------------------------------------------- telling ---- */

/* What the backup holds, and thereby what it does not. */
static int tell_losses(const char *path, const char *backup, const char *aside, struct buf *words)
{
	char when[TIME_TEXT_MAX];
	struct err ignored;
	struct db db;
	int64_t items;
	int result;

	if (db_open(&db, path, DB_READ, &ignored) < 0)
		return -1;
	time_format_rfc3339(db_number(&db, STATEMENT_LAST_RECEIVED), when);
	items = db_number(&db, STATEMENT_COUNT_ITEMS);
	/* A journal alone is set aside, too, but is no store. */
	result = access(aside, F_OK) != 0
			 ? 0
			 : buf_printf(words, "the damaged store was set aside as %s\n", aside);
	if (result == 0)
		result = buf_printf(words,
			"in its place is the backup %s: %lld feeds, %lld items%s%s\n"
			"lost are feeds, settings, marks, stars and tags made after that; items "
			"that their feeds still show will come again, unread\n",
			backup, (long long)db_number(&db, STATEMENT_COUNT_FEEDS), (long long)items,
			items > 0 ? ", the last of them of " : "", items > 0 ? when : "");
	db_close(&db);
	return result;
}

static int replace(const char *data_dir, const char *path, const char *backup, struct buf *words,
	struct err *err)
{
	char *aside, *list = NULL;
	int result;

	if (set_aside(path, &aside, err) < 0)
		return -1;
	result = put_in_place(data_dir, backup, path, err);
	if (result == 0)
		list = recover_keep_subscriptions(data_dir);
	if (result == 0 && tell_losses(path, backup, aside, words) < 0)
		result = err_set(err, ERR_IO, "%s can't be read", path);
	if (result == 0 && list != NULL &&
		buf_printf(words, "the feeds of that time are in %s: feedctl import it\n", list) <
			0)
		buf_clear(words);
	free(list);
	free(aside);
	return result;
}

static int recover(const char *data_dir, const char *path, struct buf *words, struct err *err)
{
	struct err damage;
	char *backup;
	int result;

	if (check_file(path, &damage) == 0)
		return buf_printf(words, "%s is sound; nothing was done\n", path);
	if (damage.code == ERR_NEWER) {
		*err = damage;
		return -1;
	}
	if (buf_printf(words, "%s\n", damage.text) < 0)
		buf_clear(words);
	backup = sound_backup(data_dir, words);
	if (backup == NULL && access(path, F_OK) != 0)
		return err_set(err, ERR_NOT_FOUND,
			"%s: there is no store, and no sound backup in %s/%s to make one from "
			"(feedd makes a new store when it starts)",
			path, data_dir, STORE_BACKUP_DIR);
	if (backup == NULL)
		return err_set(err, ERR_NOT_FOUND,
			"%s: it is damaged and there is no sound backup in %s/%s; nothing was "
			"touched (`sqlite3 %s .recover` may save some of it)",
			path, data_dir, STORE_BACKUP_DIR, path);
	result = replace(data_dir, path, backup, words, err);
	free(backup);
	return result;
}

int store_recover(const char *data_dir, struct buf *out_words, struct err *err)
{
	char *path = mem_printf("%s/%s", data_dir, STORE_FILE);
	int lock, result;

	result = lock_take(data_dir, &lock, err);
	if (result == 0) {
		result = recover(data_dir, path, out_words, err);
		close(lock);
	}
	free(path);
	return result;
}
