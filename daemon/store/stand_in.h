#ifndef STORE_STAND_IN_H
#define STORE_STAND_IN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether the store's file is the one that was left here, or a copy that took its place:
 * of another time, from another machine, by whatever means.  What the copy has not seen
 * has its numbers given anew, so cursors of then must not be taken for ours.
 *
 * The lock's file says what was left: the inode, and the last seq that was given, or at
 * least this where feedd did not end well.  To take the same file for another one (its
 * directory was moved, the note did not reach the disk) does no harm: a copy knows the
 * cursors of what it is a copy of.
 */

/* fd: of the lock.  seq: the last that the file at `path` gave; one that gave none is no
 * copy of anything. */
bool stand_in_is(int fd, const char *path, uint64_t seq);

enum stand_in_how { STAND_IN_USED, STAND_IN_LEFT };
void stand_in_note(int fd, const char *path, uint64_t seq, enum stand_in_how how);

#endif
