#ifndef STORE_WALFILE_H
#define STORE_WALFILE_H

#include <sqlite3.h>

/*
 * SQLite's write-ahead log, written in large pieces.  SQLite writes it frame by
 * frame, a head of 24 bytes and a page, with a system call for each, and so two
 * for every page of a commit.  This VFS, which is the system's in all else, puts
 * together what follows on what was written last.
 *
 * Nothing can miss what waits: a commit reaches the disk (PRAGMA synchronous =
 * FULL) before SQLite tells anybody of it, and whatever else is done with the file
 * comes behind.  So it is for a connection that says FULL, and for no other.
 *
 * A quota that is used up, or a limit on the size of files, is SQLITE_FULL here.
 */

/* The VFS's name, for sqlite3_open_v2(); NULL, which means the system's own, if it
 * can't be had. */
const char *walfile_vfs(void);

/* For each connection that has it: what waits of a transaction that is taken back
 * is forgotten.  Another program may commit in its place meanwhile (a replicator
 * does), and that must not be written over.  It is the one rollback hook. */
void walfile_watch(sqlite3 *handle);

#endif
