#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>

#include "common/err.h"

/*
 * One line an event on standard error, at most 2 KiB, made safe: whatever a
 * server or a client said, no control character leaves (utf8_add_line()).
 * Under systemd lines begin with the journal's priority, elsewhere with the
 * time.  URLs are redacted by the caller (url_redact()).  A layer that returns
 * its error does not log it.
 *
 * After log_init() nobody is waited for: a line that a pipe, a socket or a terminal
 * does not take at once is dropped, and how many were is said when it flows again.
 */

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Look what standard error is: the journal's, or something that may block.  Once,
 * while files can be opened. */
void log_init(void);
void log_set_level(enum log_level level);
/* "error" "warning" "info" "debug"; false for another word. */
bool log_level_of(const char *word, enum log_level *out_level);

void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);

/* A sentence to who started us for an answer and not to serve: behind "feedd: "
 * alone, whatever the level is, and as safe. */
void log_sentence(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
