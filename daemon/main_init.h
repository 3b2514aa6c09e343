#ifndef DAEMON_MAIN_INIT_H
#define DAEMON_MAIN_INIT_H

/*
 * The first process of a container: whoever loses its parent becomes its child, and
 * stays in the table of processes until it is waited for.
 */

/* Where we are it, leave that to a process that does nothing else but hand on signals and
 * end as we do; the caller goes on in another one.  Before there are threads. */
void main_init_leave(void);

#endif
