#ifndef DAEMON_REFRESH_TASK_H
#define DAEMON_REFRESH_TASK_H

#include "daemon/refresh_priv.h"

/*
 * What `add`, `discover`, `push` and lists have in common: a task that begins
 * in the loop's next round (a start never calls back from inside), then waits
 * for one thing at a time.
 */
struct errand {
	struct refresh_task task;
	uv_timer_t begin;
	void (*step)(struct errand *errand);    /* the first one */
	void (*release)(struct errand *errand); /* frees it and all it holds */
	/* What it waits for; at most one is set. */
	struct fetch *fetch;
	struct parse *parse;
	struct store_read_job *read;
	bool storing;   /* a job of the writer, which can't be cancelled */
	bool cancelled; /* nobody wants to know any more */
	bool over;      /* waits for the timer's close only */
};

void errand_begin(struct refresh *refresh, struct errand *errand,
	void (*step)(struct errand *errand), void (*release)(struct errand *errand));
/* It is over: freed, in a moment.  The caller tells who waits first. */
void errand_end(struct errand *errand);
/* To be called first in callbacks of the writer: true if it was cancelled (and
 * has ended now). */
bool errand_stored(struct errand *errand);
/* Before a job is given to the writer. */
void errand_storing(struct errand *errand);

#endif
