#ifndef STORE_BACKUP_LIST_H
#define STORE_BACKUP_LIST_H

#include <stddef.h>

/*
 * Which backups there are, in the order in which they may take the store's place.
 * Does not know whether they are sound.
 *
 * Names and times of files are of a clock that may have been wrong for days, so
 * what is newer is told by what is inside: the sequence numbers that the store
 * gave, and one that began from a copy comes before the one that was copied.
 * Names decide only between stores that have nothing to do with each other.
 * Files that feedd did not make come last.
 */

/* Paths, each the caller's to free(), as is the array; NULL if there are none. */
char **backup_list(const char *data_dir, size_t *out_count);

#endif
