#ifndef CTL_CONTENT_H
#define CTL_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "ctl/row.h"

/*
 * The article in a row, fit to be handed on.  Content that acts or spies never
 * leaves feedctl unless the person asked for it as it is stored.  Each appends
 * to `out`, cut where that is full.
 */

/* As HTML: content_html cleaned (or as it is, with `raw`), else content_text or
 * the summary as a paragraph. */
void content_html(const struct wire_row *row, bool raw, struct buf *out);

/* Its attachments, each a paragraph as of `show`, with a link where it is one of
 * the web: "attached: audio/mpeg 12.3 MB 1:02:03 https://…". */
void content_attachments(const struct wire_row *row, struct buf *out);

/* What other programs know the item by, the same from every store: "urn:feedd:" and
 * its uid. */
#define CONTENT_ID_MAX 64
void content_id(const struct wire_row *row, char out[CONTENT_ID_MAX]);

/* As text for a terminal, filled to `width` columns. */
void content_text(const struct wire_row *row, size_t width, struct buf *out);

/* Text as HTML: references for what is special, <br> for line ends, nothing for
 * what a terminal would obey. */
void content_escape(const char *text, size_t length, struct buf *out);

#endif
