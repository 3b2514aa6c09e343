#ifndef CONTROL_OUTGOING_H
#define CONTROL_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "common/buf.h"

/*
 * Replies on their way.  Of a long listing the same memory carries page after
 * page: to map and unmap it for each costs more than what is written there.
 * When and to whom they are written is session.c's matter.
 */
struct session;

struct outgoing {
	uv_write_t request; /* the first: libuv gives that back */
	struct session *session;
	struct outgoing *next; /* among the spare ones */
	struct buf replies;
};

/* *replies is moved there, in exchange for memory that was written from before, or
 * none.  Of *spare, where one is. */
struct outgoing *outgoing_take(
	struct outgoing **spare, struct session *session, struct buf *replies);
/* It was written, and the next page will want its memory; of two pages it is kept. */
void outgoing_keep(struct outgoing **spare, struct outgoing *outgoing);
void outgoing_free(struct outgoing *outgoing);
void outgoing_free_spare(struct outgoing **spare);

/* What waits to be written holds so many bytes: of a client, and of all. */
struct outgoing_load {
	size_t bytes;
	size_t *all;
};
void outgoing_load(struct outgoing_load *load, const struct outgoing *outgoing);
void outgoing_unload(struct outgoing_load *load, const struct outgoing *outgoing);
/* Whether more may wait: up to `most` bytes for all of them together, and of each a reply,
 * so that nobody waits for others to read. */
bool outgoing_has_room(const struct outgoing_load *load, size_t most);
/* Whether that is far from being so much. */
bool outgoing_is_light(const struct outgoing_load *load, size_t most);
/* Whether it is others that a good part of it waits for. */
bool outgoing_is_crowded(const struct outgoing_load *load, size_t most);

#endif
