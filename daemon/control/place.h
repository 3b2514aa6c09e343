#ifndef CONTROL_PLACE_H
#define CONTROL_PLACE_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "common/err.h"

/*
 * Where the socket is and who may reach it: directory, name, modes, the peer's
 * credentials.  Knows nothing of sessions or libuv.
 */

struct place {
	char *path; /* NULL: the socket was inherited, nothing to remove */
	/* Which file it is: numbers of inodes come again, moments don't. */
	dev_t device;
	ino_t inode;
	struct timespec changed;
};

/* The group's id, (gid_t)-1 for NULL.  ERR_USAGE if there is no such group. */
int place_group(const char *group, gid_t *out_gid, struct err *err) MUST_USE;

/*
 * Make a listening socket at `path`, non-blocking and close-on-exec.
 *
 * Its directory is made (0700) where it is missing.  It must be ours, no
 * symbolic link, and closed to others; with a group (gid not -1) it becomes
 * 0750 and the socket 0660 of that group, else 0700 and 0600.  A socket that
 * nobody listens at any more is replaced; the caller holds the store's lock.
 *
 * ERR_UNSAFE for a directory or a name we must not or can't use, ERR_LOCKED if another
 * daemon listens there, ERR_IO.
 */
int place_listen(const char *path, gid_t gid, struct place *out_place, int *out_fd,
	struct err *err) MUST_USE;

/* Another group, from now on. */
int place_regroup(struct place *place, gid_t gid, struct err *err) MUST_USE;

/* Remove the socket if it is still ours; release. */
void place_leave(struct place *place);

/* Whether the process at the other end may use the socket: ourselves, root,
 * and members of the group.  *out_uid for the log. */
bool place_admits(int fd, gid_t gid, uid_t *out_uid);

#endif
