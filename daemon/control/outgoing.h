#ifndef CONTROL_OUTGOING_H
#define CONTROL_OUTGOING_H

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
/* It was written, and the next page will want its memory. */
void outgoing_keep(struct outgoing **spare, struct outgoing *outgoing);
void outgoing_free(struct outgoing *outgoing);
void outgoing_free_spare(struct outgoing **spare);

/* What it holds, in bytes: of a short reply most is what carries it. */
size_t outgoing_weight(const struct outgoing *outgoing);

#endif
