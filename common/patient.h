#ifndef COMMON_PATIENT_H
#define COMMON_PATIENT_H

#include <stddef.h>
#include <sys/types.h>

#include "common/err.h"

/*
 * Reading and writing that waits, for programs that have nothing else to do: a
 * descriptor that was handed to us may be one that does not wait, for it is shared
 * with whoever made it so.  For no event loop.  Knows nothing of what goes through.
 */

/* As read(2), but that it comes back with something, with 0 at the end, or with -1 for
 * an error that waiting does not help. */
ssize_t patient_read(int fd, void *data, size_t size) MUST_USE;

/* All of it, or -1 with errno set. */
int patient_write(int fd, const void *data, size_t length) MUST_USE;

#endif
