#ifndef FETCH_KERNEL_H
#define FETCH_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the kernel knows of a TCP connection, and what it is asked for.  (A file of
 * its own: what knows the kernel's fields does not go together with libc's
 * <netinet/tcp.h>.)
 */

/* Bytes of payload that have come so far; -1 if the kernel does not say. */
int64_t kernel_received_bytes(int fd);

/* Whether some of them wait to be read: more than the few that a server which sends byte by
 * byte may have sent just now. */
bool kernel_has_unread(int fd);

/* Whether a TLS alert is what waits to be read first. */
bool kernel_has_alert(int fd);

/* Whether the other side has reset it: what was sent there last found nobody. */
bool kernel_was_reset(int fd);

/* Its number, which no other socket ever has; 0 if the descriptor is none's, or the
 * kernel does not say. */
uint64_t kernel_cookie(int fd);

/* Our end's; 0 if it has none. */
unsigned kernel_own_port(int fd);

/*
 * What a server sends beyond a limit is to stay with it, and not in queues of
 * megabytes that kernels make: ours, and its own, which grows with ours, with how
 * fast we take it, and with what segments cost beside their bytes: of 1,400 and
 * of 7,500 the least, of each kernel's reckoning in powers of two.
 */
void kernel_limit_queues(int fd, bool is_near);

#endif
