#ifndef CTL_WHY_H
#define CTL_WHY_H

#include "ctl/row.h"

/*
 * Why a feed is looked at when it is, in words for a person, out of what
 * `explain` brings.  Pure.  What does not fit into out is left out.
 */

/* "because the server said max-age=3600", "because it is paused; …"; nothing if it is not known. */
void why_next(const struct wire_row *feed, struct buf *out);

/* "the last 3 were 304 (not changed)"; nothing if there were none. */
void why_answers(const struct wire_row *feed, struct buf *out);

/* "by ETag and date": how it is asked whether something changed. */
void why_asks(const struct wire_row *feed, struct buf *out);

/* "60 min as usual, 30 min by the server or feed": who wanted which wait. */
void why_waits(const struct wire_row *feed, struct buf *out);

#endif
