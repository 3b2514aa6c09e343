#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "common/err.h"

#define STORE_LOCK "feedd.lock" /* in the data directory, once there was a feedd on it */

/*
 * One feedd a data directory.  The kernel lets go when the process ends,
 * however it ends.  *out_fd is the caller's to close().  ERR_LOCKED, ERR_IO.
 */
int lock_take(const char *data_dir, int *out_fd, struct err *err) MUST_USE;

#endif
