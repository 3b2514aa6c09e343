#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdint.h>

#include "daemon/store/store.h"

/*
 * The automatic backup, if one is due by now_s, off the loop.  `done` gets the
 * moment of the next one, but none behind next_s.
 */
void backup_if_due(
	struct store *store, int64_t now_s, int64_t next_s, store_maintained *done, void *ctx);

/* When the pool is closed: what waits is forgotten, and a copy that nobody took
 * removed. */
void backup_close(struct store *store);

#endif
