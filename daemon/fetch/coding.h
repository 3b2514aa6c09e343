#ifndef FETCH_CODING_H
#define FETCH_CODING_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

/*
 * What a document is packed in (Content-Encoding), and how to unpack it by as
 * much at a time as the caller likes: sixteen kilobytes may hold sixteen
 * megabytes.  Pure.
 */

enum coding {
	CODING_NONE,
	CODING_GZIP,    /* or zlib's own wrapping, which some call so */
	CODING_DEFLATE, /* in zlib's wrapping, or bare, as some send it */
	CODING_BROTLI
};

enum unpacked {
	UNPACKED_ALL,  /* more has to come in */
	UNPACKED_MORE, /* has to go out first: call again */
	UNPACKED_FULL, /* and no end: there is no room left in the buffer */
	UNPACKED_BAD   /* the error says how */
};

struct packed; /* what is being unpacked */

/* Of any coding but none. */
struct packed *packed_new(enum coding coding);
void packed_free(struct packed *packed);

/*
 * Take from the *length bytes at *data, which are moved on by what was taken, and
 * put about as many as `most` (at least one) behind what is in `out`.  What stands
 * behind the document's end is taken and forgotten, unless it is more gzip.
 */
enum unpacked packed_step(struct packed *packed, const char **data, size_t *length, size_t most,
	struct buf *out, struct err *err) MUST_USE;

/* Whether the end was there. */
bool packed_has_ended(const struct packed *packed);

#endif
