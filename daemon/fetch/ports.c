#include "daemon/fetch/ports.h"

#include <stddef.h>

#include "daemon/fetch/kernel.h"

static struct own_ends *bucket_of(struct ports *ports, unsigned port)
{
	return &ports->known[port % PORTS_BUCKETS];
}

void ports_init(struct ports *ports)
{
	unsigned i;

	LIST_INIT(&ports->unknown);
	for (i = 0; i < PORTS_BUCKETS; i++)
		LIST_INIT(&ports->known[i]);
}

void ports_add(struct ports *ports, struct own_end *end, int fd)
{
	end->fd = fd;
	end->port = 0;
	end->cookie = kernel_cookie(fd);
	LIST_INSERT_HEAD(&ports->unknown, end, others);
}

void ports_remove(struct own_end *end)
{
	LIST_REMOVE(end, others);
}

bool ports_is_lost(const struct own_end *end)
{
	return kernel_cookie(end->fd) != end->cookie;
}

/* Those that have one by now. */
static void ask_unknown(struct ports *ports)
{
	struct own_end *end = LIST_FIRST(&ports->unknown), *next;

	for (; end != NULL; end = next) {
		next = LIST_NEXT(end, others);
		end->port = kernel_own_port(end->fd);
		if (end->port == 0)
			continue;
		LIST_REMOVE(end, others);
		LIST_INSERT_HEAD(bucket_of(ports, end->port), end, others);
	}
}

struct own_end *ports_find(struct ports *ports, unsigned port)
{
	struct own_end *end, *found = NULL;

	ask_unknown(ports);
	LIST_FOREACH(end, bucket_of(ports, port), others)
	{
		if (end->port != port)
			continue;
		if (found != NULL)
			return NULL;
		found = end;
	}
	return found;
}
