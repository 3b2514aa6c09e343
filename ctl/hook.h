#ifndef CTL_HOOK_H
#define CTL_HOOK_H

#include <stdint.h>

#include "common/err.h"
#include "ctl/row.h"

/*
 * A command that is run for an item: its argv as the person gave it, never a
 * shell, never a word of the feed's in it.  The item is on its standard input
 * as JSON; short facts are in the environment, without controls or line ends:
 * FEEDD_ID FEEDD_EVENT FEEDD_FEED_ID FEEDD_FEED_TITLE FEEDD_TITLE FEEDD_URL
 * FEEDD_DATE FEEDD_CURSOR, and FEEDD_SOCKET.
 *
 * It runs in a process group of its own with nothing of ours open.  After
 * HOOK_SECONDS the group gets SIGTERM, and SIGKILL five seconds later, or once
 * the command itself has ended; SIGTERM, too, when that or the terminal ends us.  Of
 * what it prints the first HOOK_OUTPUT_MAX bytes are passed on.
 */
#define HOOK_SECONDS 30
#define HOOK_OUTPUT_MAX ((size_t)64 << 10)

struct hook {
	char **argv;
	const char *socket; /* the daemon's, for a feedctl in the hook */
	unsigned seconds;   /* that it may take; 0: HOOK_SECONDS */
};

/*
 * Run it and wait.  json_fd: an open file that holds the JSON, read from its
 * beginning; stays the caller's.  ERR_FAILED with what became of it; ERR_IO if
 * it could not be started at all.
 */
int hook_run(
	const struct hook *hook, const struct wire_row *row, int json_fd, struct err *err) MUST_USE;

/* The pause before try `n` (0: the first repetition): a minute, doubled each
 * time; 0 once that is more than a day: give up. */
int64_t hook_pause_s(unsigned n);

#endif
