#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/store/backup_list.h"
#include "daemon/store/db.h"
#include "daemon/store/file.h"
#include "daemon/store/internal.h"
#include "daemon/store/journal.h"
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

	if (file_check_own(path, err) < 0 || journal_check_own(path, err) < 0)
		return err_prefix(err, "%s", path);
	found = schema_peek(path, err);
	if (found < 0)
		return err_prefix(err, "%s", path);
	if (found == 0)
		return err_set(err, ERR_DAMAGED, "%s: %s", path,
			access(path, F_OK) == 0 ? "it is empty" : "there is no such file");
	if (journal_check(path, err) < 0 || schema_check_new(path, err) < 0)
		return err_prefix(err, "%s", path);
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

/* The first that is sound, the caller's to free(), or NULL; *out_unseen is the error of
 * one that could not be looked at. */
static char *sound_backup(const char *data_dir, struct buf *words, struct err *out_unseen)
{
	char **paths, *chosen = NULL;
	struct err err;
	size_t count, i;

	out_unseen->code = ERR_NONE;
	paths = backup_list(data_dir, &count);
	for (i = 0; i < count; i++) {
		if (chosen == NULL && check_file(paths[i], &err) == 0) {
			chosen = paths[i];
			continue;
		}
		if (chosen == NULL && err.code != ERR_DAMAGED)
			*out_unseen = err;
		if (chosen == NULL &&
			buf_printf(words, "%s, passed over: %s\n",
				err.code == ERR_DAMAGED ? "not sound" : "not to be looked at",
				err.text) < 0)
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
	int found = file_check_own(path, &ignored) < 0 ? -1 : schema_peek(path, &ignored);
	bool holds;

	if (found <= 0)
		return found < 0; /* what can't be read held something */
	holds = db_open(&db, path, DB_READ, &ignored) == 0 &&
		db_number(&db, STATEMENT_COUNT_FEEDS) > 0;
	db_close(&db);
	return holds;
}

int recover_allow_new(const char *data_dir, const char *path, struct err *err)
{
	char *journal = mem_printf("%s-wal", path);
	struct stat status;
	char **paths;
	bool held = stat(journal, &status) == 0 && status.st_size > 0;
	size_t count, i;

	free(journal);
	if (held)
		return err_set(err, ERR_DAMAGED,
			"the store is gone or empty, but there is its journal %s-wal (move it away "
			"to begin anew)",
			path);
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

static bool is_there(const char *path, const char *suffix)
{
	char *name = mem_printf("%s%s", path, suffix);
	struct stat status;
	bool there = lstat(name, &status) == 0;

	free(name);
	return there;
}

/* Of a store, its file and its journal; the first number at which nothing is. */
static char *name_aside(const char *path)
{
	char *aside = NULL;
	unsigned n = 0;

	do {
		free(aside);
		aside = mem_printf("%s.damaged-%u", path, ++n);
	} while (is_there(aside, "") || is_there(aside, "-wal") || is_there(aside, "-shm"));
	return aside;
}

static int set_aside_one(const char *path, const char *aside, const char *suffix, struct err *err)
{
	char *from = mem_printf("%s%s", path, suffix);
	char *to = mem_printf("%s%s", aside, suffix);
	int result = file_move(from, to, err);

	free(from);
	free(to);
	return result;
}

static int set_aside(const char *path, const char *aside, struct err *err)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	int result = 0;
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]) && result == 0; i++)
		result = set_aside_one(path, aside, suffixes[i], err);
	return result;
}

int recover_keep_journal(const char *path, char **out_name, struct err *err)
{
	char *aside;
	int result;

	*out_name = NULL;
	if (!journal_is_stray(path))
		return 0;
	aside = name_aside(path);
	result = set_aside_one(path, aside, "-wal", err);
	if (result == 0)
		result = set_aside_one(path, aside, "-shm", err);
	if (result == 0)
		*out_name = mem_printf("%s-wal", aside);
	free(aside);
	return result;
}

/* Nothing is moved before the backup's copy is whole, so that a full disk leaves all
 * as it was. */
static int exchange(const char *data_dir, const char *path, const char *backup, const char *aside,
	struct err *err)
{
	char *copy = mem_printf("%s.new", path);
	int result = file_copy(backup, copy, INT64_MAX, err);

	if (result == 0)
		result = set_aside(path, aside, err);
	if (result == 0)
		result = file_move(copy, path, err);
	free(copy);
	return result < 0 ? -1 : file_sync_dir(data_dir, err);
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

/* "2 feeds, 10 items, the last of them of …" */
static int tell_held(struct db *db, struct buf *words)
{
	char when[TIME_TEXT_MAX];
	int64_t items = db_number(db, STATEMENT_COUNT_ITEMS);

	time_format_rfc3339(db_number(db, STATEMENT_LAST_RECEIVED), when);
	return buf_printf(words, "%lld feeds, %lld items%s%s\n",
		(long long)db_number(db, STATEMENT_COUNT_FEEDS), (long long)items,
		items > 0 ? ", the last of them of " : "", items > 0 ? when : "");
}

/* What the backup holds, and thereby what it does not. */
static int tell_losses(const char *path, const char *backup, const char *aside, struct buf *words)
{
	struct err ignored;
	struct db db;
	int result;

	if (db_open(&db, path, DB_READ, &ignored) < 0)
		return -1;
	/* A journal alone is set aside, too, but is no store. */
	result = access(aside, F_OK) != 0
			 ? 0
			 : buf_printf(words, "the damaged store was set aside as %s\n", aside);
	if (result == 0)
		result = buf_printf(words, "in its place is the backup %s: ", backup);
	if (result == 0)
		result = tell_held(&db, words);
	if (result == 0)
		result = buf_printf(words,
			"lost are feeds, settings, marks, stars and tags made after that; items "
			"that their feeds still show will come again, unread\n");
	db_close(&db);
	return result;
}

/* The list that lay beside the store may have what that has no more. */
static void keep_list(const char *data_dir, struct buf *words)
{
	char *list = recover_keep_subscriptions(data_dir);

	if (list != NULL &&
		buf_printf(words, "the feeds of that time are in %s: feedctl import it\n", list) <
			0)
		buf_clear(words);
	free(list);
}

/* What a store holds whose journal was cut. */
static int tell_left(const char *data_dir, const char *path, struct buf *words, struct err *err)
{
	struct db db;
	int result;

	if (db_open(&db, path, DB_READ, err) < 0)
		return -1;
	result = buf_printf(words, "left are ");
	if (result == 0)
		result = tell_held(&db, words);
	db_close(&db);
	if (result == 0 && !holds_feeds(path))
		result = buf_printf(words,
			"all is lost but for what may be found in that journal, and no sound "
			"backup in %s/%s has a feed: the next start begins anew\n",
			data_dir, STORE_BACKUP_DIR);
	if (result < 0)
		return err_set(err, ERR_IO, "%s can't be told of", path);
	keep_list(data_dir, words);
	return 0;
}

static int replace(const char *data_dir, const char *path, const char *backup, struct buf *words,
	struct err *err)
{
	char *aside = name_aside(path);
	int result = exchange(data_dir, path, backup, aside, err);

	if (result == 0 && tell_losses(path, backup, aside, words) < 0)
		result = err_set(err, ERR_IO, "%s can't be read", path);
	if (result == 0)
		keep_list(data_dir, words);
	free(aside);
	return result;
}

/* 1: the store is sound by that. */
static int mend_journal(const char *data_dir, const char *path, struct buf *words, bool *out_is_cut,
	struct err *err)
{
	char *aside = name_aside(path);
	int result = journal_mend(path, aside, words, out_is_cut, err);
	struct err damage;

	free(aside);
	if (result > 0 && file_sync_dir(data_dir, err) < 0)
		result = -1;
	if (result <= 0 || check_file(path, &damage) == 0)
		return result;
	if (buf_printf(words, "%s\n", damage.text) < 0)
		buf_clear(words);
	return 0;
}

/* A store of which only the journal knew has nothing left, and a backup more than that. */
static int mind_cut(const char *data_dir, const char *path, struct buf *words, struct err *err)
{
	struct err unseen;
	char *backup = holds_feeds(path) ? NULL : sound_backup(data_dir, words, &unseen);
	int result = backup != NULL && holds_feeds(backup)
			     ? replace(data_dir, path, backup, words, err)
			     : tell_left(data_dir, path, words, err);

	free(backup);
	return result;
}

/* Before anybody opens the store. */
static int part_from_stray(
	const char *data_dir, const char *path, struct buf *words, struct err *err)
{
	char *name;
	int result = recover_keep_journal(path, &name, err);

	if (result < 0 || name == NULL)
		return result;
	result = buf_printf(words, "the journal of another store was set aside as %s\n", name);
	free(name);
	return result < 0 ? -1 : file_sync_dir(data_dir, err);
}

static int nothing_there(const char *data_dir, const char *path, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		"%s: there is no store, and no sound backup in %s/%s to make one from "
		"(feedd makes a new store when it starts)",
		path, data_dir, STORE_BACKUP_DIR);
}

/* A directory that feedd never had stays as it is, without even the file that is locked. */
static bool was_served(const char *data_dir, const char *path)
{
	char *lock = mem_printf("%s/" STORE_LOCK, data_dir);
	char *backups = mem_printf("%s/" STORE_BACKUP_DIR, data_dir);
	bool was = is_there(path, "") || is_there(path, "-wal") || is_there(lock, "") ||
		   is_there(backups, "");

	free(lock);
	free(backups);
	return was;
}

static int recover(const char *data_dir, const char *path, struct buf *words, struct err *err)
{
	struct err damage, unseen;
	bool is_cut = false;
	char *backup;
	int result;

	if (file_check_plain(path, err) < 0 || file_check_own(path, err) < 0 ||
		journal_check_own(path, err) < 0)
		return err_prefix(err, "%s", path);
	/* SQLite would leave files that can't be written either. */
	if (access(path, W_OK) < 0 && errno != ENOENT && file_make(path, err) < 0)
		return err_prefix(err, "%s", path);
	if (part_from_stray(data_dir, path, words, err) < 0)
		return -1;
	if (check_file(path, &damage) == 0)
		return buf_printf(words, "%s is sound; nothing was done\n", path);
	/* What can't be looked at may well be sound. */
	if (damage.code != ERR_DAMAGED) {
		*err = damage;
		return -1;
	}
	if (buf_printf(words, "%s\n", damage.text) < 0)
		buf_clear(words);
	result = mend_journal(data_dir, path, words, &is_cut, err);
	if (result > 0 && is_cut)
		return mind_cut(data_dir, path, words, err);
	if (result != 0)
		return result < 0 ? -1 : 0;
	backup = sound_backup(data_dir, words, &unseen);
	if (backup == NULL && unseen.code != ERR_NONE) {
		*err = unseen;
		return -1;
	}
	if (backup == NULL && access(path, F_OK) != 0)
		return nothing_there(data_dir, path, err);
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

	result = was_served(data_dir, path) ? lock_take(data_dir, &lock, err)
					    : nothing_there(data_dir, path, err);
	if (result == 0) {
		result = recover(data_dir, path, out_words, err);
		if (result < 0)
			file_tell_room(data_dir, err);
		close(lock);
	}
	free(path);
	return result;
}
