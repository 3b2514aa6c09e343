#ifndef COMMON_LANDLOCK_H
#define COMMON_LANDLOCK_H

#include <stdbool.h>

/*
 * landlock(7): a process gives up all files but those that it names.  What the
 * running kernel cannot forbid stays as it was, so that an old kernel means
 * less protection and never a failure.  Knows nothing of who needs what.
 *
 * It holds for the calling thread and all that it starts afterwards: enter
 * before there are others.
 */

/* The kernel's version of it, 0 where there is none. */
int landlock_abi(void);

enum landlock_grant {
	LANDLOCK_READ = 1, /* files and the names in directories */
	LANDLOCK_RUN = 2,
	LANDLOCK_WRITE = 4, /* and make, rename, remove */
};

enum landlock_net {
	LANDLOCK_NO_NET = 0,  /* no TCP, no signals and abstract sockets to outside */
	LANDLOCK_CONNECT = 1, /* connections go out, none comes in */
};

/* A set of rules, a descriptor; -1 where there is none. */
int landlock_open(enum landlock_net net);
/* `path`, and all beneath it if it is a directory.  One that is not there is
 * passed over, and so is a set of -1. */
void landlock_allow(int rules, const char *path, unsigned grants);
/* Closes the set.  true if it holds from now on.  Sets no_new_privs. */
bool landlock_enter(int rules);

#endif
