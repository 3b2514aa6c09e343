#ifndef STORE_BACKUP_FILE_H
#define STORE_BACKUP_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/pool.h"

/*
 * Copies of the store as files: each made beside its place, verified, synced
 * and only then renamed, so that a copy that can be seen is a sound one.  Knows
 * no schedule.
 */

/* The store as it is in the reader's transaction, at `path`.  Ends early with
 * ERR_CANCELLED when the job was cancelled. */
int backup_file_make(struct store_read_job *job, struct reader *reader, const char *path,
	struct err *err) MUST_USE;

/* The store as it is before the steps of the schema behind `version` change it.
 * One of a start that did not get through is replaced. */
int backup_file_before(struct db *db, const char *data_dir, int version, struct err *err) MUST_USE;

/* The directory of automatic copies, made where it is missing; to free(). */
int backup_file_dir(const char *data_dir, char **out_dir, struct err *err) MUST_USE;
/* The path of a copy that was asked for; two jobs at once do not meet there. */
char *backup_file_asked(const char *dir, const void *job);
/* A copy's name bears its time; so do those that are there. */
char *backup_file_name(const char *dir, int64_t now_s);
/* Whether the name is such a one, or one of backup_file_before(). */
bool backup_file_is_ours(const char *name);
bool backup_file_is_before(const char *name);
/* When the newest was made of those that were not made after now, which the clock
 * can't have been right about; INT64_MIN: there is none. */
int64_t backup_file_newest(const char *dir, int64_t now_s);
/* Remove all but `keep`: those made after now first, then the oldest, never the
 * newest of the others. */
void backup_file_prune(const char *dir, unsigned keep, int64_t now_s);
/* Remove what a feedd that was killed left: copies half done, and those that nobody
 * took. */
void backup_file_clear(const char *data_dir);

#endif
