#ifndef DAEMON_MAIN_LOOP_H
#define DAEMON_MAIN_LOOP_H

#include <uv.h>

#include "common/err.h"
#include "common/mem.h"

/*
 * What libuv has to get from the system: asked for before libuv does, which aborts
 * without a word, or goes on with half of it, where it gets none.  Knows nothing of
 * what the loop is for.
 */

/* The loop, and that signals can be watched on it; its memory comes from mem.h.
 * ERR_FAILED. */
int main_loop_init(uv_loop_t *loop, struct err *err) MUST_USE;

/* As many threads as libuv reads files with.  ERR_FAILED. */
int main_loop_try_threads(struct err *err) MUST_USE;

#endif
