#ifndef DAEMON_MAIN_SERVE_H
#define DAEMON_MAIN_SERVE_H

#include "daemon/main_options.h"

/*
 * The daemon itself: makes every part, hands each what it needs, runs the loop,
 * and takes all down in reverse.
 */

/* Returns only where the start failed, with the exit code; a daemon that ran
 * ends the process itself, because a thread that waits for a dead name server
 * must not keep it. */
int main_serve(const struct main_options *options, int listen_fd);

#endif
