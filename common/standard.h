#ifndef COMMON_STANDARD_H
#define COMMON_STANDARD_H

/*
 * The three standard descriptors, which whoever started us may have closed.
 * Knows nothing of what goes through them.
 */

/* Where one is closed, nothing that is opened later takes its place: it is open
 * then, and what is read from or written to it fails all the same.  -1 if that
 * can't be, with errno set. */
int standard_keep(void);

#endif
