#ifndef CTL_HELP_H
#define CTL_HELP_H

#include "common/err.h"
#include "ctl/out.h"

/* Help and completions, both printed out of the table of commands. */

/* All commands (NULL), those that begin with a word ("query"), or one whole.
 * ERR_USAGE if there is none. */
int help_print(struct out *out, const char *name, struct err *err) MUST_USE;

/* The completion script for "bash", "zsh" or "fish".  ERR_USAGE otherwise. */
int completion_print(struct out *out, const char *shell, struct err *err) MUST_USE;

#endif
