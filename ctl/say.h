#ifndef CTL_SAY_H
#define CTL_SAY_H

#include <stddef.h>

#include "common/err.h"

/*
 * Words for the person, on standard error: each line begins `feedctl: `, and no
 * control sequence gets through, whoever's words they are.  A progress line, in
 * a terminal only, is taken away before anything else is said.
 */

/* One message, a line: a line end in it, which is in somebody's title or address,
 * becomes a blank, so that no words of his look like ours. */
void say(const char *format, ...) PRINTF_LIKE(1, 2);
void say_lines(const char *const *lines, size_t count);
void say_err(const struct err *err);

/* Whether standard error is a terminal: progress and comforting words are for
 * people only. */
int say_is_terminal(void);

/* From now on Ctrl-C says these words (static) in a terminal before it ends us. */
void say_on_interrupt(const char *words);

/* Show in place of the last progress line; nothing outside a terminal. */
void say_progress(const char *format, ...) PRINTF_LIKE(1, 2);
void say_progress_end(void);

#endif
