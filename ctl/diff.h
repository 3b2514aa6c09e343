#ifndef CTL_DIFF_H
#define CTL_DIFF_H

#include "ctl/out.h"
#include "ctl/term.h"

/*
 * Two texts line by line: "- " what went, "+ " what came, "  " what stayed.
 * Texts of thousands of lines are compared without looking for moves.
 */
void diff_put(struct out *out, const struct term *term, const char *old, const char *new);

#endif
