#ifndef FEED_BLANK_H
#define FEED_BLANK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * XML's white space (and the form feed and vertical tab of others): what it is,
 * and texts without it at their ends.
 */

static inline bool blank_is(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline void blank_trim(const char **text, size_t *length)
{
	while (*length != 0 && blank_is((*text)[0])) {
		(*text)++;
		(*length)--;
	}
	while (*length != 0 && blank_is((*text)[*length - 1]))
		(*length)--;
}

#endif
