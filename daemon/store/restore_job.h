#ifndef STORE_RESTORE_JOB_H
#define STORE_RESTORE_JOB_H

#include "daemon/store/queue.h"
#include "daemon/store/restore.h"

/* A whole file that is put back in one transaction. */
struct restore_job {
	struct job job;
	struct buf text;
	int file; /* or this; -1: none */
	bool newer;
	int64_t now_s, next_poll_s; /* next_poll_s 0: now */
	int64_t base_s;
	struct restore restore;
	bool begun;
	int (*put_back)(struct restore *restore, struct restore_job *job, struct err *err);
	store_restore_done *done;
	void *ctx;
};
/* text, or NULL; it and init->file are taken. */
void restore_job_start(struct queue *queue, struct restore_job *init, struct buf *text);

#endif
