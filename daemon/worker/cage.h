#ifndef WORKER_CAGE_H
#define WORKER_CAGE_H

#include <stdbool.h>

/*
 * What a worker gives up before the first foreign byte.  Each answers whether
 * it holds: a kernel may know neither, and what a worker has is little in any
 * case.
 */

/* Landlock without a rule: it opens no file and makes none, connects to
 * nothing and signals nobody outside. */
bool cage_close(void);

/*
 * seccomp: what parsing takes, memory and the pipes, is allowed; what libraries
 * try and can do without fails (opening files, asking for terminals); all else
 * ends the process with SIGSYS.
 */
bool cage_filter(void);

#endif
