#ifndef CTL_WEB_H
#define CTL_WEB_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether text is an address that may be handed to a browser or a terminal:
 * http or https, printable ASCII without blanks.
 */
bool web_is_link(const char *text, size_t length);

#endif
