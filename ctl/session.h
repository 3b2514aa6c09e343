#ifndef CTL_SESSION_H
#define CTL_SESSION_H

#include <stdbool.h>

#include "common/err.h"
#include "ctl/row.h"

/*
 * One conversation with the daemon: a blocking socket, calls out, replies in.
 * Knows Varlink's shape, not what commands mean.
 */
struct session;

/*
 * Connect to `path`, or, if that is NULL, to $FEEDD_SOCKET, else to the first
 * that exists of $XDG_RUNTIME_DIR/feedd/feedd.sock and /run/feedd/feedd.sock.
 * ERR_NO_DAEMON with the way to start one.
 */
int session_open(const char *path, struct session **out_session, struct err *err) MUST_USE;
void session_close(struct session *session); /* NULL is fine */
const char *session_path(const struct session *session);

/* While answers are waited for, end by SIGPIPE if fd is a pipe whose reader left. */
void session_need_reader(struct session *session, int fd);

/* Send a call of `method` ("List").  parameters: an object as JSON, or NULL;
 * flags: WIRE_MORE. */
int session_call(struct session *session, const char *method, const char *parameters,
	unsigned flags, struct err *err) MUST_USE;

/*
 * What a call is answered with.  Rows are the objects in the arrays `items`,
 * `feeds`, `rows` and `events`; each callback returns 0, or -1 with *err set to
 * stop.  NULL callbacks are skipped.
 *
 *	look   a row of the first reply, before any of them is told: for a format
 *	       that wants to measure first (the first megabyte's)
 *	row    a row as it passes
 *	reply  a reply is over; parameters: what is no row.  The last one has
 *	       continues false.
 *	idle   nothing is there to be read, in the midst of a reply maybe: it is waited
 *	       now
 */
struct listener {
	int (*row)(void *ctx, const struct wire_row *row, struct err *err);
	int (*reply)(void *ctx, const struct wire_row *parameters, bool continues, struct err *err);
	void (*look)(void *ctx, const struct wire_row *row);
	int (*idle)(void *ctx, struct err *err);
};

/*
 * Read until the last reply.  An error of the daemon comes as *err, with its
 * sentence; further sentences it brings are said.  ERR_USAGE if it could not
 * read a value, ERR_NO_DAEMON if it left before the answer was whole.
 */
int session_read(struct session *session, const struct listener *listener, void *ctx,
	struct err *err) MUST_USE;

#endif
