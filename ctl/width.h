#ifndef CTL_WIDTH_H
#define CTL_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/out.h"

/*
 * How wide text is in a terminal, and text cut to a width: East Asian wide
 * characters and emoji take two columns, what a reader sees as one is never
 * cut.  Text is UTF-8; what must not reach a terminal counts nothing and is
 * never put out (out_line()'s rules).
 */

/* Columns that out_line() of this text takes. */
size_t width_of(const char *text, size_t length);

/* How many of the bytes fit into `columns`; *out_used is what they take. */
size_t width_cut(const char *text, size_t length, size_t columns, size_t *out_used);

/*
 * Put text in exactly `columns`: too long a one is cut and ends in an ellipsis
 * ("…", or "..." with `ascii`), a short one is filled with blanks if `fill`.
 */
void width_put(
	struct out *out, const char *text, size_t length, size_t columns, bool fill, bool ascii);

void width_blanks(struct out *out, size_t count);

#endif
