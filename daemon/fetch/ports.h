#ifndef FETCH_PORTS_H
#define FETCH_PORTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

/*
 * Connections by the port of our end, which is how libcurl tells one.  The kernel
 * gives it when the connection is made, so it is asked for when one is looked for.
 */

#define PORTS_BUCKETS 512u

/* A connection's; its owner's memory, to be removed before that goes. */
struct own_end {
	LIST_ENTRY(own_end) others;
	int fd;
	unsigned port;   /* 0: not known yet */
	uint64_t cookie; /* of its socket */
};

LIST_HEAD(own_ends, own_end);

struct ports {
	struct own_ends unknown, known[PORTS_BUCKETS];
};

void ports_init(struct ports *ports);
void ports_add(struct ports *ports, struct own_end *end, int fd);
void ports_remove(struct own_end *end);

/* Whether it was closed meanwhile: its descriptor is nobody's, or another's. */
bool ports_is_lost(const struct own_end *end);

/* NULL if there is none, or more than one: two may share a port if their other ends
 * differ. */
struct own_end *ports_find(struct ports *ports, unsigned port);

#endif
