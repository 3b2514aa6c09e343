#ifndef CONTROL_SENDING_H
#define CONTROL_SENDING_H

#include <stdbool.h>

#include "daemon/control/call.h"

/*
 * A file to replies: its bytes in pieces of `text`, as fast as the client
 * reads, never more than one piece in memory.  For what must not be held while
 * the client is slow: a dump is spooled to a file, a backup is one.
 */

/* Send all of `fd` (taken, at whatever position it is: from the start) and end
 * the call.  base64: as bytes; else it is UTF-8, and pieces end between
 * characters.  Without `more` in the call it must fit in one piece. */
void sending_start(struct call *call, int fd, bool base64);

#endif
