#ifndef STORE_PATTERN_H
#define STORE_PATTERN_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The regular expressions of queries and rules (POSIX extended, case aside in ASCII),
 * on texts that anybody wrote, of up to a megabyte.
 */

/* As regcomp(), for pattern_matches(), whose time then grows as a text's length does.  (But
 * where the pattern is heavy, or much that may be anything stands behind something definite
 * and a star: with the square of its length.)  REG_ERANGE for a range beyond ASCII of more
 * than PATTERN_RANGE_MAX characters, too. */
#define PATTERN_RANGE_MAX 1024u
int pattern_compile(regex_t *regex, const char *pattern);

/*
 * How many bytes of a text are looked at.  A pattern is heavy that its repetitions make
 * more than PATTERN_LIGHT_MAX characters longer: each character of a text can take it a
 * millisecond, and what begins at one place, and goes on without end, can't be stopped.
 */
#define PATTERN_LIGHT_MAX 32u
#define PATTERN_HEAVY_TEXT_MAX ((size_t)64 << 10)
size_t pattern_reach(const char *pattern);

/* Whether a text matches; what takes a thread more than PATTERN_TRY_MS does not. */
#define PATTERN_TRY_MS 1000
bool pattern_matches(regex_t *regex, size_t reach, const char *text);

/*
 * Whether regcomp() may have it.  It writes repetitions out, goes from piece to piece by
 * recursion, and takes anchors (^ $ \b \B \< \> \` \') that follow or repeat each other in
 * every combination; and where something repeats without end what may be empty itself,
 * like "(a?)*", it goes there by each way again: a line can take all memory, or more
 * stack or time than there is.  Back references are tried one by one.
 *
 * *added grows by as many characters as the repetitions make it longer and by what its
 * anchors and such repetitions weigh, and must not get beyond PATTERN_ADDED_MAX for all
 * patterns of an expression; it begins as 0.
 */
#define PATTERN_ADDED_MAX 2000u
bool pattern_is_cheap(const char *pattern, size_t *added);

#endif
