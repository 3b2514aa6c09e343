#ifndef STORE_PATTERN_H
#define STORE_PATTERN_H

#include <regex.h>

/*
 * The regular expressions of queries and rules (POSIX extended, case aside in ASCII),
 * on texts that anybody wrote, of up to a megabyte.
 */

/* As regcomp(); for regexec() to tell whether a text matches, in time that grows as its
 * length does, whatever stands in it.  (But where much that may be anything stands behind
 * something definite and a star: with the square of its length.) */
int pattern_compile(regex_t *regex, const char *pattern);

#endif
