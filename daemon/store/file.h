#ifndef STORE_FILE_H
#define STORE_FILE_H

#include <stdint.h>
#include <sys/types.h>

#include "common/err.h"

/*
 * Whole files, as backups and recovery handle them.  ERR_NO_SPACE, ERR_IO.
 */

/* Makes one that is not there, readable by us alone; one that is there is left as it
 * is.  ERR_UNSAFE: we may not write to it, and what to do is said. */
int file_make(const char *path, struct err *err) MUST_USE;

/* A file whose journal can stand beside it: ERR_UNSAFE where one that is there is a link, a
 * directory or the like, and what to do is said. */
int file_check_plain(const char *path, struct err *err) MUST_USE;

/* Likewise one that stands beside it, whose link SQLite would not follow. */
int file_check_beside(const char *path, struct err *err) MUST_USE;

/* What others can write is not to be believed: ERR_UNSAFE where one that is there belongs
 * to another user, or may be written by its group or by all, and what to do is said. */
int file_check_own(const char *path, struct err *err) MUST_USE;

/* So many bytes of it at most, readable by us alone and on the disk when this
 * returns; where it fails there is no copy. */
int file_copy(const char *from, const char *to, off_t most, struct err *err) MUST_USE;

/* Under another name in the same directory, too, whatever becomes of the first. */
int file_keep(const char *from, const char *to, struct err *err) MUST_USE;

/* To another name in the same directory; one that is not there is left so. */
int file_move(const char *from, const char *to, struct err *err) MUST_USE;

/* Why the store's file can't be had, behind "it can't be opened" or the like: ERR_UNSAFE
 * where its rights are not right, and what they must be is said.  Always -1. */
int file_refuse(const char *words, int saved_errno, struct err *err);

/* What it is that a file of ours can't be opened: ERR_IO, and ERR_FAILED where there was
 * no descriptor or no memory, which is no failure of the disk and passes. */
enum err_code file_code_of_open(int saved_errno);

/* Of some of its files SQLite tells only that something is wrong: makes an ERR_IO an
 * ERR_NO_SPACE where 64 KB can't be written into the directory, and says so. */
void file_tell_room(const char *directory, struct err *err);

/* How many bytes there is room for in the file system of what stands there; UINT64_MAX
 * where it does not tell. */
uint64_t file_room(const char *path);

/* What was moved stays so after a power failure. */
int file_sync_dir(const char *path, struct err *err) MUST_USE;

#endif
