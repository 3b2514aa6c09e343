#ifndef CTL_BROWSER_H
#define CTL_BROWSER_H

#include "common/err.h"
#include "ctl/out.h"

/*
 * Hand links to $BROWSER, all at once, else to xdg-open, one at a time; as
 * arguments, never through a shell.  Where neither is, they are printed.  Each is one as
 * web_is_link() has it, which is the caller's to see to.  The first failure is the end of
 * it; *out_opened, always written, is how many of them, from the first on, came through.
 */
int browser_open(char *const *urls, size_t count, struct out *out, size_t *out_opened,
	struct err *err) MUST_USE;

#endif
