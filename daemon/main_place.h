#ifndef DAEMON_MAIN_PLACE_H
#define DAEMON_MAIN_PLACE_H

#include <stdbool.h>

#include "common/err.h"

/*
 * The process and its surroundings before any work: descriptors, environment,
 * limits, directories.  Knows nothing of feeds.
 */

/*
 * Close what was inherited but for the descriptors of a socket activation,
 * forget the environment but for what we use, files for the owner only, no core
 * dumps, as many descriptors as there may be.  *out_listen_fd: the activated
 * socket, or -1.
 */
void place_prepare(int *out_listen_fd);

/* ERR_FAILED where there may be too few descriptors to read a single feed. */
int place_check_descriptors(struct err *err) MUST_USE;
/* How many transfers there may be at once, `wanted` at most, so that store,
 * parsers and clients never lack a descriptor. */
unsigned place_transfers(unsigned wanted);

/* --data-dir, else $STATE_DIRECTORY, else XDG's place; made with mode 0700
 * where it is missing.  The path begins at the root.  ERR_UNSAFE if others can write
 * there, or it can't be made. */
int place_data_dir(const char *given, char **out_path, struct err *err) MUST_USE;
/* The same of one that is there; it is not made.  ERR_USAGE if there is none. */
int place_data_dir_of_before(const char *given, char **out_path, struct err *err) MUST_USE;

/* Whether others than its owner may look into the data directory, which they never may
 * into one that we made; *out_store: and read the store there. */
bool place_is_shown(const char *data_dir, bool *out_store);

/* What kind of network file system a directory lies on, or NULL: the store's log
 * needs memory that all who have it open share, and locks that hold. */
const char *place_network_kind(const char *dir);

/* --socket, else $FEEDD_SOCKET, else under $XDG_RUNTIME_DIR or /run. */
char *place_socket(const char *given);
/* Where the activated socket listens (@NAME: in no directory), for the log.
 * ERR_UNSAFE if it is no Unix socket that listens: nobody could be asked there
 * who they are; and if there is another one, whose clients would wait for ever. */
int place_activated(int listen_fd, char **out_path, struct err *err) MUST_USE;

/* systemd's notification socket; nothing happens where there is none. */
void place_notify(const char *state);
/* Milliseconds between two signs of life, 0 if nobody waits for them. */
unsigned place_watchdog_ms(void);

#endif
