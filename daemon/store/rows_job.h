#ifndef STORE_ROWS_JOB_H
#define STORE_ROWS_JOB_H

#include <stdint.h>

#include "daemon/store/pool.h"
#include "daemon/store/store.h"

/*
 * A small table read from its first row to its last, in one job.  Begins the
 * struct of whoever reads; freed with free().
 */
struct rows_job {
	struct store_read_job job;
	enum statement list;
	/* On the pool's thread; nonzero ends it. */
	int (*tell)(struct rows_job *rows, sqlite3_stmt *row);
	store_page_done *done;
	void *ctx;
	uint64_t count;
};

/* list and tell are set, the rest is all zero. */
struct store_read_job *rows_start(
	struct store *store, struct rows_job *rows, store_page_done *done, void *ctx);

#endif
