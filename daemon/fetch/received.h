#ifndef FETCH_RECEIVED_H
#define FETCH_RECEIVED_H

#include <stdint.h>

/* Bytes of payload that have come on a TCP connection so far; -1 if the kernel
 * does not say.  (A file of its own: what knows this field of the kernel's does
 * not go together with libc's <netinet/tcp.h>.) */
int64_t received_bytes(int fd);

#endif
