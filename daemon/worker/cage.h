#ifndef WORKER_CAGE_H
#define WORKER_CAGE_H

/*
 * Landlock for a worker: from now on it opens no file and makes none.  Kernels
 * without it are as they were; what a worker holds is little in any case.
 */
void cage_close(void);

#endif
