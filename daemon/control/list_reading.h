#ifndef CONTROL_LIST_READING_H
#define CONTROL_LIST_READING_H

#include <stddef.h>
#include <uv.h>

#include "daemon/control/list_text.h"

/*
 * list_lines() on libuv's pool: there may be a hundred million lines, and the loop has
 * others to answer meanwhile.  Knows no calls.
 */
struct list_reading {
	uv_work_t work;
	const char *text; /* the caller's, like all that `each` writes to, until done */
	size_t length;
	list_each *each;         /* on a thread of the pool */
	void (*done)(void *ctx); /* from the loop, once; never from inside the start */
	void *ctx;
};

/* All but `work` is filled in. */
void list_reading_start(struct list_reading *reading, uv_loop_t *loop);

#endif
