#include "daemon/store/backup_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/store/function.h"
#include "daemon/store/internal.h"
#include "daemon/store/tokenizer.h"

#define PAGES_AT_ONCE 4096
#define STEPS_BETWEEN_LOOKS 20000
#define PREFIX "feedd-"
#define SUFFIX ".db"
#define STAMP_LENGTH 16 /* 20260603T100000Z */
#define BEFORE "before-schema-"
#define PART ".part"
#define ASKED ".copy-" /* of somebody who waits for it */
#define KNOWS_COPIES 5 /* the schema from which on a store says that it is one */

/* ----------------------------------------------------------- making ---- */

/* A quota that is used up is to SQLite a disk that fails. */
static int copy_error(sqlite3 *to, int result, struct err *err)
{
	enum err_code code = db_code(to, result);

	return err_set(err, code, "%s",
		code == ERR_NO_SPACE ? sqlite3_errstr(SQLITE_FULL) : sqlite3_errmsg(to));
}

static int copy_pages(struct store_read_job *job, sqlite3 *from, sqlite3 *to, struct err *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int result;

	if (backup == NULL)
		return copy_error(to, sqlite3_errcode(to), err);
	do {
		/* The reader's snapshot stays the same between the steps. */
		if (!read_telling(job)) {
			sqlite3_backup_finish(backup);
			return err_set(err, ERR_CANCELLED, "the copy was not finished");
		}
		read_told(job);
		result = sqlite3_backup_step(backup, PAGES_AT_ONCE);
	} while (result == SQLITE_OK);
	result = sqlite3_backup_finish(backup);
	if (result != SQLITE_OK)
		return copy_error(to, result, err);
	return 0;
}

/* One file without a journal beside it, which was stopped in good order. */
static int settle(sqlite3 *copy, struct err *err)
{
	struct db db = { .handle = copy };

	if (function_register(copy, NULL, err) < 0 || tokenizer_register(copy, err) < 0)
		return -1;
	return db_script(
		&db, "PRAGMA journal_mode = DELETE; UPDATE store SET clean = 1, copied = 1", err);
}

static int verify(sqlite3 *handle, const char *what, struct err *err)
{
	struct db db = { .handle = handle };
	sqlite3_stmt *check;
	const char *words;
	int result;

	if (sqlite3_prepare_v2(handle, db_statement_text(STATEMENT_QUICK_CHECK), -1, &check,
		    NULL) != SQLITE_OK)
		return db_error(&db, err);
	result = db_step(&db, check, err);
	words = result > 0 ? db_text(check, 0) : NULL;
	if (result > 0 && (words == NULL || strcmp(words, "ok") != 0))
		result = err_set(err, ERR_DAMAGED, "%s is damaged: %s", what,
			words != NULL ? words : "it can't be checked");
	sqlite3_finalize(check);
	return result < 0 ? -1 : 0;
}

/* A copy is damaged like the store that it is of; or the disk that it lies on, which may
 * be another one, keeps nothing.  -1: whose it is. */
static int blame(sqlite3 *store, const char *part, struct err *err)
{
	struct err why = *err;

	if (why.code != ERR_DAMAGED || verify(store, "the store", err) < 0)
		return -1;
	return err_set(err, ERR_IO, "%s is not what was written: %s", part, why.text);
}

static int on_progress(void *ctx)
{
	struct store_read_job *job = ctx;

	return atomic_load(&job->cancelled);
}

static int finish(struct store_read_job *job, sqlite3 *copy, struct err *err)
{
	int result;

	/* An interrupt that comes before there is a statement is forgotten. */
	sqlite3_progress_handler(copy, STEPS_BETWEEN_LOOKS, on_progress, job);
	read_uses(job, copy);
	result = settle(copy, err) < 0 || verify(copy, "the copy", err) < 0 ? -1 : 0;
	read_uses(job, NULL);
	return result;
}

static int make_part(
	struct store_read_job *job, struct reader *reader, const char *part, struct err *err)
{
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), result;
	sqlite3 *copy = NULL;

	if (fd < 0)
		return err_set_errno(err, ERR_IO, errno, "%s", part);
	close(fd);
	if (sqlite3_open_v2(part, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
		SQLITE_OK)
		result = err_set(err, ERR_IO, "%s: %s", part, sqlite3_errmsg(copy));
	else
		result = copy_pages(job, reader->db.handle, copy, err);
	if (result == 0)
		result = finish(job, copy, err);
	sqlite3_close(copy);
	if (result == 0)
		return 0;
	read_uses(job, reader->db.handle);
	result = blame(reader->db.handle, part, err);
	read_uses(job, NULL);
	return result;
}

static int sync_path(const char *path, int flags, struct err *err)
{
	int fd = open(path, flags | O_CLOEXEC), result = 0;

	if (fd < 0 || fsync(fd) < 0)
		result = err_set_errno(err,
			errno == ENOSPC || errno == EDQUOT ? ERR_NO_SPACE : ERR_IO, errno, "%s",
			path);
	if (fd >= 0)
		close(fd);
	return result;
}

static int put_in_place(const char *part, const char *path, struct err *err)
{
	char *dir = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
	int result = sync_path(part, O_RDWR, err);

	if (result == 0 && rename(part, path) < 0)
		result = err_set_errno(err, ERR_IO, errno, "%s", path);
	if (result == 0)
		result = sync_path(dir, O_RDONLY | O_DIRECTORY, err);
	free(dir);
	return result;
}

int backup_file_make(
	struct store_read_job *job, struct reader *reader, const char *path, struct err *err)
{
	char *part = mem_printf("%s" PART, path);
	int result;

	unlink(part);
	result = make_part(job, reader, part, err);
	if (result == 0)
		result = put_in_place(part, path, err);
	if (result < 0)
		unlink(part);
	free(part);
	return result;
}

/* ------------------------------------------------------ what there is ---- */

int backup_file_dir(const char *data_dir, char **out_dir, struct err *err)
{
	char *dir = mem_printf("%s/%s", data_dir, STORE_BACKUP_DIR);

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		err_set_errno(err, ERR_IO, errno, "%s", dir);
		free(dir);
		return -1;
	}
	*out_dir = dir;
	return 0;
}

/* The copy is checked as any other is before it counts. */
static int copy_before(
	struct db *db, const char *part, const char *path, int version, struct err *err)
{
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", part);
	sqlite3 *copy = NULL;
	int result;

	unlink(part);
	result = db_script(db, sql, err);
	sqlite3_free(sql);
	if (result == 0 &&
		(chmod(part, 0600) < 0 ||
			sqlite3_open_v2(part, &copy, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK))
		result = err_set(err, ERR_IO, "%s can't be read", part);
	if (result == 0 && version >= KNOWS_COPIES)
		result = settle(copy, err);
	if (result == 0)
		result = verify(copy, "the copy", err);
	sqlite3_close(copy);
	return result < 0 ? blame(db->handle, part, err) : put_in_place(part, path, err);
}

int backup_file_before(struct db *db, const char *data_dir, int version, struct err *err)
{
	char *dir, *path, *part;
	int result;

	if (backup_file_dir(data_dir, &dir, err) < 0)
		return -1;
	path = mem_printf("%s/" BEFORE "%d" SUFFIX, dir, version);
	part = mem_printf("%s" PART, path);
	result = copy_before(db, part, path, version, err);
	if (result < 0)
		unlink(part);
	free(part);
	free(path);
	free(dir);
	return result;
}

char *backup_file_asked(const char *dir, const void *job)
{
	return mem_printf("%s/" ASKED "%llx", dir, (unsigned long long)(uintptr_t)job);
}

char *backup_file_name(const char *dir, int64_t now_s)
{
	char text[TIME_TEXT_MAX];
	char stamp[TIME_TEXT_MAX];
	size_t i, n = 0;

	time_format_rfc3339(now_s, text);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] != '-' && text[i] != ':')
			stamp[n++] = text[i];
	stamp[n] = '\0';
	return mem_printf("%s/" PREFIX "%s" SUFFIX, dir, stamp);
}

static int64_t time_of(const char *name)
{
	const char *s = name + strlen(PREFIX);
	char text[TIME_TEXT_MAX];
	int64_t made_s;

	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s, s + 4, s + 6, s + 9,
		s + 11, s + 13);
	return time_parse(text, &made_s) == 0 ? made_s : INT64_MIN;
}

bool backup_file_is_ours(const char *name)
{
	const char *stamp = name + strlen(PREFIX);

	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
	       strspn(stamp, "0123456789TZ") == STAMP_LENGTH &&
	       strcmp(stamp + STAMP_LENGTH, SUFFIX) == 0 && time_of(name) != INT64_MIN;
}

bool backup_file_is_before(const char *name)
{
	const char *version = name + strlen(BEFORE);

	return strncmp(name, BEFORE, strlen(BEFORE)) == 0 &&
	       strcmp(version + strspn(version, "0123456789"), SUFFIX) == 0;
}

static int ours_only(const struct dirent *entry)
{
	return backup_file_is_ours(entry->d_name);
}

static void free_names(struct dirent **names, int count)
{
	int i;

	for (i = 0; i < count; i++)
		free(names[i]);
	if (count >= 0)
		free(names);
}

/* The place of the first that was made after now, while the clock was ahead. */
static int first_ahead(struct dirent **names, int count, int64_t now_s)
{
	while (count > 0 && time_of(names[count - 1]->d_name) > now_s)
		count--;
	return count;
}

int64_t backup_file_newest(const char *dir, int64_t now_s)
{
	struct dirent **names;
	int count = scandir(dir, &names, ours_only, alphasort);
	int ahead = first_ahead(names, count, now_s);
	int64_t newest_s = ahead > 0 ? time_of(names[ahead - 1]->d_name) : INT64_MIN;

	free_names(names, count);
	return newest_s;
}

/*
 * Those from ahead go first, one for each that is made: where the clock is behind
 * for a while, as on a board without a battery, all that there is seems to be such.
 */
void backup_file_prune(const char *dir, unsigned keep, int64_t now_s)
{
	struct dirent **names;
	int count = scandir(dir, &names, ours_only, alphasort), i;
	int ahead = first_ahead(names, count, now_s);

	for (i = 0; i < count - (int)keep; i++) {
		char *path = mem_printf("%s/%s", dir, names[(ahead + i) % count]->d_name);

		unlink(path);
		free(path);
	}
	free_names(names, count);
}

/* Its journal, too, which SQLite names after it. */
static int left_only(const struct dirent *entry)
{
	const char *name = entry->d_name;

	if (strncmp(name, ASKED, strlen(ASKED)) == 0)
		return 1;
	return strstr(name, SUFFIX PART) != NULL &&
	       (strncmp(name, PREFIX, strlen(PREFIX)) == 0 ||
		       strncmp(name, BEFORE, strlen(BEFORE)) == 0);
}

void backup_file_clear(const char *data_dir)
{
	char *dir = mem_printf("%s/" STORE_BACKUP_DIR, data_dir);
	struct dirent **names;
	int count = scandir(dir, &names, left_only, alphasort), i;

	for (i = 0; i < count; i++) {
		char *path = mem_printf("%s/%s", dir, names[i]->d_name);

		unlink(path);
		free(path);
	}
	free_names(names, count);
	free(dir);
}
