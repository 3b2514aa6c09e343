#ifndef STORE_RECOVER_H
#define STORE_RECOVER_H

#include "common/err.h"

/*
 * What there is besides the store's file when that is not what it should be.
 * Looks at backups, changes nothing (store_recover() does).
 */

/* Whether an empty store may begin here.  ERR_DAMAGED: backups with feeds in
 * them say that there was one. */
int recover_allow_new(const char *data_dir, struct err *err) MUST_USE;

#endif
