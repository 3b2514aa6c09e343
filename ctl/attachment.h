#ifndef CTL_ATTACHMENT_H
#define CTL_ATTACHMENT_H

#include "common/buf.h"
#include "ctl/row.h"

/*
 * What there is to say of a file that comes with an item, but for its address: its type,
 * size and how long it plays, "audio/mpeg 12.3 MB 1:02:03 ", each with a blank behind it
 * and only if it is told.  Appended to `out`, cut where that is full; the type is as the
 * feed has it.
 */
void attachment_words(const struct wire_row *attachment, struct buf *out);

#endif
