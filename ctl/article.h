#ifndef CTL_ARTICLE_H
#define CTL_ARTICLE_H

#include "ctl/out.h"
#include "ctl/row.h"
#include "ctl/term.h"

/*
 * One item as a page to read: title, where it is from and when, the article
 * as text, its attachments.  Lines are filled to 80 columns or the width.
 */
void article_put(struct out *out, const struct term *term, const struct wire_row *row);

/* What was edited since the version before: lines with `-` went, with `+` came. */
void article_put_diff(struct out *out, const struct term *term, const struct wire_row *row);

#endif
