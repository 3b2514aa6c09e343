#ifndef CONTROL_FETCHED_H
#define CONTROL_FETCHED_H

#include <stddef.h>
#include <stdint.h>

#include "common/json.h"
#include "daemon/control/call.h"

/*
 * The rows of feeds that a call has just made, fetched from the store in one
 * read and told in the caller's own order.
 */
struct fetched_rows;

/* Read them, in place of those of the call that were read before; ids live until
 * `done`.  A failing read fails the call. */
typedef void fetched_done(struct call *call, const struct fetched_rows *rows);
void fetched_start(struct call *call, const int64_t *ids, size_t count, fetched_done *done);

/* Of ids, none of them 0, each once, where it stands first; how many are left. */
size_t fetched_once(int64_t *ids, size_t count);

/* The feed's object, or nothing if it is gone again. */
void fetched_put(const struct fetched_rows *rows, struct json_writer *w, int64_t feed_id);
/* A string that tells that no look at the feed will be let go, and what permits it; or
 * nothing if one will, as far as its address tells. */
void fetched_put_note(const struct fetched_rows *rows, struct json_writer *w, int64_t feed_id);

#endif
