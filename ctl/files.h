#ifndef CTL_FILES_H
#define CTL_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

/*
 * Files that feedctl reads and writes, with the caller's rights and in the
 * caller's directory.
 */

/* All of a file, "-" for standard input, into memory with a NUL behind; the
 * caller's to free().  ERR_TOO_BIG beyond `max` bytes. */
int files_read(const char *path, size_t max, char **out_data, size_t *out_length,
	struct err *err) MUST_USE;

/* A file, "-" for standard input, a piece at a time: *out_length is less than
 * `size` at the end only.  files_close() takes -1, too. */
int files_open(const char *path, int *out_fd, struct err *err) MUST_USE;
int files_fill(int fd, const char *path, char *piece, size_t size, size_t *out_length,
	struct err *err) MUST_USE;
void files_close(int fd);

/* All of it, however often that takes, and waiting for room although somebody else made
 * it a descriptor that does not.  -1: errno tells. */
int files_write(int fd, const char *data, size_t length) MUST_USE;

/* Put a whole small file in place at once, durably: after a crash there is the
 * old one or the new one, with the owner and the mode that it had.  Links are followed;
 * a device or a pipe is written to. */
int files_replace(const char *path, const char *data, size_t length, struct err *err) MUST_USE;

/*
 * A new file in two steps: it is written where nobody sees it, and put in its place
 * by files_place(), which overwrites nothing: ERR_EXISTS.  If that fails, what was
 * made is gone.  Until then it has no name, and is gone however the program ends;
 * where a file system can't do that, it has *out_made (the caller's to free(), or
 * NULL), and files_unmake() removes it.  The descriptor is the caller's to close().
 */
int files_make(const char *path, char **out_made, int *out_fd, struct err *err) MUST_USE;
int files_place(const char *made, int fd, const char *path, struct err *err) MUST_USE;
void files_unmake(const char *made);

/* Make a directory and its missing parents, 0700. */
int files_make_directory(const char *path, struct err *err) MUST_USE;

/* All that was written below a directory lasts, with what else there is on its disk. */
int files_sync_all(const char *directory, struct err *err) MUST_USE;

/* A name for a file out of a title: no slash, no control, no dot in front; at
 * most 200 bytes, never empty.  The caller's to free(). */
char *files_name_of(const char *title, size_t length);

/* Whether there is a program of that name ($PATH, or a path itself). */
bool files_in_path(const char *name);

#endif
