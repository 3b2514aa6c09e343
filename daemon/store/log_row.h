#ifndef STORE_LOG_ROW_H
#define STORE_LOG_ROW_H

#include <stdint.h>

#include "daemon/store/poll.h"
#include "daemon/store/writer.h"

/* A row of the log.  answer NULL: no numbers; feed_id 0: of no feed. */
int log_row_add(struct writer *writer, int64_t feed_id, int64_t now_s, const char *event,
	const char *text, const struct poll_answer *answer, struct err *err) MUST_USE;

/*
 * Some of what is in the log beyond a thousand rows of a feed goes, the oldest
 * first: 1 if there may be more, of the next feeds, 0 when the round is over, -1.
 */
int log_row_trim(struct writer *writer, struct err *err) MUST_USE;

#endif
