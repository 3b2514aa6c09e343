#include "daemon/store/backup.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/store/backup_file.h"
#include "daemon/store/internal.h"
#include "daemon/store/store_copies.h"

/*
 * When copies are made: once asked for, and once a while by themselves.
 *
 * One is made at a time, so that however many are asked for, the other threads of
 * the pool are for listings.  store->backups is the queue; its first is the pool's:
 *
 *	WAITING --the one before is released--> MAKING --done--> released
 *	   |
 *	   +-- cancelled: freed when somebody else comes or goes
 */

#define EMPTY_EVERY_S 3600 /* a store without feeds is looked at again, at the latest */
#define FIRST_COPY_S 120   /* so that a list that is imported is in the first copy */
#define FIRST_PART 60      /* of backup-every, where that is short */

struct backup_job {
	struct store_read_job job;
	struct store *store; /* NULL once it is closed */
	struct backup_job *next;
	char *data_dir;
	char *path; /* of a copy that was asked for, until it is handed over */
	int64_t every_s, now_s, next_s;
	bool empty; /* there was nothing to copy */
	unsigned keep;
	store_copied *copied;
	store_maintained *maintained;
	void *ctx;
};

/* Nobody has taken it. */
static void remove_copy(struct backup_job *backup)
{
	if (backup->path != NULL)
		unlink(backup->path);
	free(backup->path);
	backup->path = NULL;
}

static void backup_free(struct backup_job *backup)
{
	remove_copy(backup);
	free(backup->data_dir);
	free(backup);
}

/* Whoever was cancelled leaves; the place at the end. */
static struct backup_job **sweep(struct backup_job **at)
{
	struct backup_job *backup;

	while ((backup = *at) != NULL) {
		if (!atomic_load(&backup->job.cancelled)) {
			at = &backup->next;
			continue;
		}
		*at = backup->next;
		backup_free(backup);
	}
	return at;
}

static void backup_release(struct store_read_job *job)
{
	struct backup_job *backup = (struct backup_job *)job;
	struct store *store = backup->store;

	if (store != NULL) {
		store->backups = backup->next;
		(void)sweep(&store->backups);
		if (store->backups != NULL)
			(void)pool_start(store->pool, &store->backups->job);
	}
	backup_free(backup);
}

static struct backup_job *new_job(struct store *store, void *ctx)
{
	struct backup_job *backup = MEM_NEW(struct backup_job);

	backup->job.release = backup_release;
	backup->job.costly = true;
	backup->store = store;
	backup->data_dir = mem_strdup(store->data_dir);
	backup->ctx = ctx;
	return backup;
}

static struct store_read_job *start(struct store *store, struct backup_job *backup)
{
	if (store->backups != NULL) {
		*sweep(&store->backups->next) = backup;
		return &backup->job;
	}
	store->backups = backup;
	return pool_start(store->pool, &backup->job);
}

void backup_close(struct store *store)
{
	struct backup_job *first = store->backups, *waiting;

	if (first == NULL)
		return;
	while ((waiting = first->next) != NULL) {
		first->next = waiting->next;
		backup_free(waiting);
	}
	/* The process may end before the loop gives it back. */
	remove_copy(first);
	first->store = NULL;
	store->backups = NULL;
}

/* --------------------------------------------------------- asked for ---- */

static int copy_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct backup_job *backup = (struct backup_job *)job;
	char *dir;

	if (backup_file_dir(backup->data_dir, &dir, err) < 0)
		return -1;
	backup->path = backup_file_asked(dir, backup);
	free(dir);
	return backup_file_make(job, reader, backup->path, err);
}

static void copy_done(struct store_read_job *job, const struct err *err)
{
	struct backup_job *backup = (struct backup_job *)job;
	char *path = backup->path;

	backup->path = NULL;
	backup->copied(backup->ctx, err == NULL ? path : NULL, err);
	free(path);
}

struct store_read_job *store_backup(struct store *store, store_copied *done, void *ctx)
{
	struct backup_job *backup = new_job(store, ctx);

	backup->job.run = copy_run;
	backup->job.done = copy_done;
	backup->copied = done;
	return start(store, backup);
}

/* --------------------------------------------------------- automatic ---- */

static void be_back(struct backup_job *backup, int64_t moment_s)
{
	if (moment_s < backup->next_s)
		backup->next_s = moment_s;
}

/* 1: there is nothing to lose yet, and the first copy should not be of that. */
static int is_empty(struct reader *reader, struct err *err)
{
	sqlite3_stmt *any = db_use(&reader->db, STATEMENT_FEED_ANY);
	int found = db_step(&reader->db, any, err);

	sqlite3_reset(any);
	return found < 0 ? -1 : found == 0;
}

static int make_due(
	struct backup_job *backup, struct reader *reader, const char *dir, struct err *err)
{
	int64_t newest_s = backup_file_newest(dir, backup->now_s);
	char *path;
	int result;

	if (newest_s != INT64_MIN && newest_s + backup->every_s > backup->now_s) {
		be_back(backup, newest_s + backup->every_s);
		return 0;
	}
	result = is_empty(reader, err);
	backup->empty = result > 0;
	if (result != 0) {
		be_back(backup, backup->now_s + (backup->every_s < EMPTY_EVERY_S ? backup->every_s
										 : EMPTY_EVERY_S));
		return result < 0 ? -1 : 0;
	}
	be_back(backup, backup->now_s + backup->every_s);
	path = backup_file_name(dir, backup->now_s);
	result = backup_file_make(&backup->job, reader, path, err);
	if (result == 0)
		backup_file_prune(dir, backup->keep, backup->now_s);
	free(path);
	return result;
}

static int due_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct backup_job *backup = (struct backup_job *)job;
	char *dir;
	int result;

	if (backup_file_dir(backup->data_dir, &dir, err) < 0)
		return -1;
	result = make_due(backup, reader, dir, err);
	free(dir);
	return result;
}

static int64_t first_copy_s(int64_t every_s)
{
	int64_t part_s = every_s / FIRST_PART;

	return part_s < 1 ? 1 : part_s < FIRST_COPY_S ? part_s : FIRST_COPY_S;
}

static void due_done(struct store_read_job *job, const struct err *err)
{
	struct backup_job *backup = (struct backup_job *)job;

	if (backup->store != NULL && backup->empty)
		backup->store->first_copy_s = first_copy_s(backup->every_s);
	backup->maintained(backup->ctx, backup->next_s, err);
}

void backup_if_due(
	struct store *store, int64_t now_s, int64_t next_s, store_maintained *done, void *ctx)
{
	struct backup_job *backup = new_job(store, ctx);

	store->first_copy_s = 0;
	backup->job.run = due_run;
	backup->job.done = due_done;
	backup->every_s = store->options.backup_every_s;
	backup->keep = store->options.backup_keep;
	backup->now_s = now_s;
	backup->next_s = next_s;
	backup->maintained = done;
	(void)start(store, backup);
}

int64_t store_first_copy_s(const struct store *store)
{
	return store->options.backup_keep == 0 ? 0 : store->first_copy_s;
}
