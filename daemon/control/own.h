#ifndef CONTROL_OWN_H
#define CONTROL_OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "daemon/control/call.h"
#include "daemon/control/control.h"
#include "daemon/control/session.h"

/*
 * What control, its sessions and its calls know of each other.  For
 * daemon/control/ only.
 */

const struct control_parts *control_parts(const struct control *control);
const struct conf *control_conf(const struct control *control);
/* Then hub and refresh may be gone already. */
bool control_is_closing(const struct control *control);

/* Sessions join when they are accepted and leave when libuv has let go; `uncounted` is what
 * control_gone() has said. */
void control_join(struct control *control, struct session *session);
void control_part(struct control *control, struct session *session, bool uncounted);
/* Whether who connected, and has joined, may stay; *err says if that is but to be told
 * that there are too many. */
bool control_welcomes(const struct control *control, int fd, struct err *err);
/* A client has hung up, and what it asked for is not done yet: whether it is none of those
 * that are counted from now on.  It remains one where many have, so that no more come than
 * can be served. */
bool control_gone(struct control *control);
size_t control_clients(const struct control *control);

/* What waits to be written for all sessions, in bytes; they keep it. */
size_t *control_load(struct control *control);

/* One buffer for all reads: what it holds is copied before the next read. */
char *control_chunk(struct control *control, size_t *out_size);

/* Calls whose client has left while the store was committing what they asked
 * for; they end on their own. */
void control_keep_left(struct control *control, struct call *call);
void control_forget_left(struct control *control, struct call *call);

void session_call_begun(struct session *session, struct call *call);
void session_link(struct session *session, struct session **head);
void session_unlink(struct session *session);
struct session *session_next(const struct session *session);

#endif
