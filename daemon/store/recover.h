#ifndef STORE_RECOVER_H
#define STORE_RECOVER_H

#include "common/err.h"

/*
 * What there is besides the store's file when that is not what it should be.
 * Looks at backups and changes none (store_recover() does).
 */

/* Whether an empty store may begin here.  ERR_DAMAGED: a journal, or backups with
 * feeds in them or that can't be read, say that there was one. */
int recover_allow_new(const char *data_dir, const char *path, struct err *err) MUST_USE;

/* The journal of another store, which a crash left and over which a copy was put
 * (journal_is_stray()), gets another name: *out_name, the caller's to free(), or
 * NULL if there is none such.  ERR_IO. */
int recover_keep_journal(const char *path, char **out_name, struct err *err) MUST_USE;

/* The list of feeds that lay beside a store that is gone is younger than any
 * backup, and the next feedd would write over it: it gets another name.  That,
 * the caller's to free(), or NULL if there is no list or no feed in it. */
char *recover_keep_subscriptions(const char *data_dir);

#endif
