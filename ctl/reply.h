#ifndef CTL_REPLY_H
#define CTL_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/session.h"

/*
 * One reply as bytes, told to a listener in a single pass: rows as they go by,
 * then the reply.  Pure.
 */

/* ERR_SYNTAX for what is no reply; an error reply is *err, its further
 * sentences are said. */
int reply_tell(const char *message, size_t length, const struct listener *listener, void *ctx,
	bool *out_continues, struct err *err) MUST_USE;

/* Only its rows, as far as they can be read. */
void reply_look(const char *message, size_t length, void (*look)(void *ctx, const struct row *row),
	void *ctx);

/* Say the feeds among which a page leaves the choice: an array of objects with
 * url and title. */
void reply_say_links(struct value links);

#endif
