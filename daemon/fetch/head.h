#ifndef FETCH_HEAD_H
#define FETCH_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/fetch/header.h"

/*
 * The head of an answer, line by line as it comes in, interim answers and
 * trailers aside.  Keeps what feedd looks at and counts all of it.  Pure.
 */

enum head_field {
	HEAD_LOCATION,
	HEAD_CONTENT_TYPE,
	HEAD_CONTENT_LOCATION,
	HEAD_ETAG,
	HEAD_LAST_MODIFIED,
	HEAD_RETRY_AFTER,
	HEAD_RESET, /* X-RateLimit-Reset */
	HEAD_FIELDS
};

struct head {
	size_t total; /* bytes of all heads since head_limit() */
	size_t max;
	unsigned status; /* of the latest status line; 0: none yet */
	bool whole;      /* the final answer's head is over */
	bool has[HEAD_FIELDS];
	size_t at[HEAD_FIELDS], length[HEAD_FIELDS]; /* in text; a NUL behind each */
	struct buf text;
	struct buf line; /* a field that may go on in the next line (RFC 9112, 5.2) */
	struct header_freshness freshness;
	unsigned codings;
	enum coding coding; /* the last of them */
	bool codings_known;
	bool exhausted; /* X-RateLimit-Remaining: 0 */
	bool challenge;
	int64_t content_length; /* -1: not said */
	bool framed;            /* the end of the body is told apart from a broken wire */
};

/* `max` bounds the bytes of all heads together. */
void head_init(struct head *head, size_t max);
/* Another limit, and the count begins anew. */
void head_limit(struct head *head, size_t max);
void head_release(struct head *head);

/* Forget the answer, not the count: another hop follows. */
void head_clear(struct head *head);

/* One line, its end included.  ERR_TOO_BIG beyond the limit. */
int head_line(struct head *head, const char *line, size_t length, struct err *err) MUST_USE;

/* The field's value, "" if it is not there. */
const char *head_text(const struct head *head, enum head_field field);

#endif
