#ifndef CTL_WEB_H
#define CTL_WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/out.h"

/*
 * Whether text is an address that may be handed to a browser: http or https,
 * valid UTF-8 (people write /Zürich, and browsers take it) without blanks and
 * characters that are not for the eye.
 */
bool web_is_link(const char *text, size_t length);

/* The same address in ASCII, each other byte as %XX, for a terminal: it takes
 * nothing else in a link. */
void web_put_ascii(struct out *out, const char *link, size_t length);

#endif
