#ifndef CTL_REPLY_H
#define CTL_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/session.h"

/*
 * Replies of the daemon, as bytes, told to a listener: rows as they go by, then
 * the reply; errors become an *err.  Knows no socket.
 */
struct reply;

struct reply *reply_new(void);
void reply_free(struct reply *reply); /* NULL is fine */

/*
 * Bytes of one reply, up to its NUL at most.  *out_over: the last reply has
 * ended.  ERR_SYNTAX for what is no reply; an error reply is *err, its further
 * sentences are said.
 */
int reply_read(struct reply *reply, const char *data, size_t length,
	const struct listener *listener, void *ctx, bool *out_over, struct err *err) MUST_USE;

/* Only the rows of a reply's beginning, as far as they can be read. */
void reply_look(const char *data, size_t length,
	void (*look)(void *ctx, const struct wire_row *row), void *ctx);

/* Say the feeds among which a page leaves the choice: an array of objects with
 * url and title. */
void reply_say_links(const struct wire_value *links);

#endif
