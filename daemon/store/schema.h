#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/db.h"

/*
 * Which file is a store of ours, and how it comes up to date.  Knows the
 * migrations of migration.def and nothing of what the tables mean.
 */

#define SCHEMA_APPLICATION_ID 0x66656564 /* "feed" */

/* The newest version that this program knows. */
int schema_version(void);

/*
 * Look at the file's first bytes without opening it as a database, so that one
 * we must not touch is not touched.  1: a store; 0: there is none, or an empty
 * file; -1: ERR_NEWER, ERR_DAMAGED, ERR_IO.
 */
int schema_peek(const char *path, struct err *err) MUST_USE;

/* Whether a file that is there is ours, or has nothing in it yet: ERR_DAMAGED for
 * another program's database whose version is 0, too; ERR_NEWER where only its journal
 * says so.  Changes nothing. */
int schema_check_new(const char *path, struct err *err) MUST_USE;

/*
 * Bring an open store (or an empty file) up to date in one transaction.
 * *out_from is the version it had, 0 for a new one.
 */
int schema_migrate(struct db *db, uint64_t store_id, int *out_from, struct err *err) MUST_USE;

/* The user_version as the connection sees it, WAL included. */
int schema_read_version(struct db *db, int *out_version, struct err *err) MUST_USE;

#endif
