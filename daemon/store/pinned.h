#ifndef STORE_PINNED_H
#define STORE_PINNED_H

#include "common/err.h"

/*
 * Whether the store's names still lead to the files that SQLite has open.  Who removes
 * them, or puts a copy in their place, while feedd runs would have it write into files
 * that nobody ever finds again; who writes a copy over the file would have the journal
 * played into it.  Knows nothing of what is in them but how a database begins.
 *
 * A file is known by what its descriptor says at that moment, for there are file systems
 * whose numbers change; and is looked for in the directory as it was opened, which may
 * have been moved as a whole.
 */
struct pinned;

/* Once SQLite has the file and its journal; where there is no journal it is not looked
 * for.  To be closed after SQLite has closed the file, whose locks go with it. */
int pinned_open(const char *data_dir, const char *name, struct pinned **out_pinned,
	struct err *err) MUST_USE;
/* NULL is fine. */
void pinned_close(struct pinned *pinned);

/* ERR_REPLACED if one of the files is not where it was, if another stands at the path, or
 * if the file begins otherwise than it did: not with a journal, as a backup does, or not
 * at all.  (A copy of the file as it stands on the disk begins the same.)  What can't be
 * looked at is held to be well, as is NULL.  From any thread; a few system calls that wait
 * for no disk. */
int pinned_check(const struct pinned *pinned, struct err *err) MUST_USE;

#endif
