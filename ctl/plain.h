#ifndef CTL_PLAIN_H
#define CTL_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

/*
 * Plain text (a commit, a patch, a letter) as HTML that looks like it: lines end where
 * they do, and keep the blanks that they begin with, a tab up to the eighth column.  What
 * all lines share is taken off, or all but a first one without: so looks text that an XML
 * file indents with its tags.  Appended to `out`, cut where that is full; linear in its input.
 */

/* With `links`, addresses of the web that stand in it become such. */
void plain_html(const char *text, size_t length, bool links, struct buf *out);

#endif
