#ifndef DAEMON_PARSE_PRINT_H
#define DAEMON_PARSE_PRINT_H

#include <stdbool.h>

#include "common/err.h"
#include "daemon/feed/document.h"

/*
 * A document as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).  Knows
 * the document, not where it came from.
 */

/* Write it with a line end behind; an item at a time, so that memory stays
 * small.  -1 if the descriptor takes no more. */
int parse_print(const struct feed_doc *doc, bool raw, int fd, struct err *err) MUST_USE;

#endif
