#ifndef CONTROL_SESSION_H
#define CONTROL_SESSION_H

#include <stdbool.h>

#include "common/buf.h"

/*
 * One connection: bytes to messages, messages to calls one after the other,
 * replies to bytes.  It knows its limits and what waits to be written; what a
 * call means is call.h's and the handlers' matter.
 */
struct session;
struct control;
struct outgoing_load;

/* Of the connection that was accepted, which is taken.  It frees itself. */
void session_accept(struct control *control, int fd);
/* Let go at once; the call under way is left. */
void session_close(struct session *session);
/* Likewise, because the daemon leaves: who waits for an answer is told, if that needs no
 * waiting. */
void session_dismiss(struct session *session);

struct control *session_control(const struct session *session);

/* Hand over whole replies; *replies is then empty. */
void session_send(struct session *session, struct buf *replies);
/* Whether little enough waits that more may be made. */
bool session_drained(const struct session *session);
/* What waits for it, and for all. */
const struct outgoing_load *session_load(const struct session *session);
/* The call under way has ended: the next one may come. */
void session_call_ended(struct session *session);
/* Whether the client has said that it sends nothing more. */
bool session_half_closed(const struct session *session);

/* Whether it has hung up: what only tells something need not be begun. */
bool session_gone(const struct session *session);

/* Document pieces or words of a call that comes in parts, between its calls. */
struct upload;
struct upload **session_upload(struct session *session);

#endif
