#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * SQLite's write-ahead log, looked at as a file and before SQLite does.  SQLite
 * plays back a log that a crash left behind up to the first frame that is not
 * whole, and takes what follows for what a power failure cut; where a byte of it has
 * changed, it so forgets what was committed behind that, and puts old pages over
 * newer ones.  The format: https://sqlite.org/fileformat2.html#walformat
 *
 * For who has the store's lock: the log does not change meanwhile.
 */

/* Whether the log and the index are files to which nobody else may write:
 * file_check_beside(), file_check_own(). */
int journal_check_own(const char *path, struct err *err) MUST_USE;

/*
 * SQLite gives its other files the rights of the database: one that could not be
 * written for a while may have left a log and an index like that, with which there is
 * no writing after it can be.  What the log holds stays; an index that can't be helped
 * goes, for it is made anew from the log.  ERR_UNSAFE.
 */
int journal_make_writable(const char *path, struct err *err) MUST_USE;

/* Whether all that was committed into the log of the database `path` can be read.
 * ERR_DAMAGED if some can't, ERR_IO.  No log is a sound one. */
int journal_check(const char *path, struct err *err) MUST_USE;

/*
 * Whether the log is another database's.  A file that says it has none, as a backup
 * does, was put where a crash had left one; SQLite does not mind what the file says,
 * and would play the pages of the old store into the copy.
 */
bool journal_is_stray(const char *path);

/*
 * What can be done about a damaged one, as far as it is certain: nothing is lost if
 * the file has all that the log held, and little if it has nothing of what stood
 * behind the damage.  The log is kept under the name `aside`, and what replaces it
 * is put down.  1: done, *out_words tell it, and *out_is_cut whether something is lost,
 * which in a young store is nearly all; 0: there is nothing to be done, and nothing was;
 * -1: ERR_IO.
 */
int journal_mend(const char *path, const char *aside, struct buf *out_words, bool *out_is_cut,
	struct err *err) MUST_USE;

#endif
