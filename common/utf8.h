#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF), and which
 * characters may be shown.  Knows nothing of other encodings, width or case.
 */

#define UTF8_REPLACEMENT 0xFFFDu

/* Whether all of it is valid.  NUL counts as valid; callers that forbid it
 * look for it themselves. */
bool utf8_valid(const char *text, size_t length);

/*
 * The first character: its bytes are the result (1 to 4), its value *out_rune.
 * A byte that begins no valid sequence is 1 byte of UTF8_REPLACEMENT.
 * `length` must not be 0.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *out_rune);

/*
 * The end of the run from `i` on, where a character begins, that may stand as it
 * is: printable ASCII but for the two `stops` (ASCII, too), and letters, which are whole
 * characters of two or three bytes, valid and none of them unsafe.  For whoever
 * looks at text a character at a time, which this is quicker than; it may stop
 * before another character that is fine.
 */
size_t utf8_plain_end(const char *text, size_t length, size_t i, const char stops[2]);

/* Write a character (4 bytes of room); a value that is none is U+FFFD. */
size_t utf8_encode(uint32_t rune, char *out);

/* The largest end <= length that does not split a character. */
size_t utf8_cut(const char *text, size_t length);

/*
 * Whether a character must never reach a terminal or a title: C0 and C1
 * controls, DEL, line and paragraph separators, zero-width and bidirectional
 * controls, U+FEFF.
 */
bool utf8_is_unsafe(uint32_t rune);

/* Whether it joins letters or the parts of an emoji, or keeps letters apart: unsafe in what
 * feeds say, but words of Persian and others are written with it. */
bool utf8_joins(uint32_t rune);

/* Whether it has no place in an article either, where line ends, tabs and the
 * joiners of scripts and emoji have one. */
bool utf8_is_banned(uint32_t rune);

/* What a page means by a C1 control: the character that windows-1252 has at
 * that byte (0x92 is a quote).  Where it has none, and any other character, is
 * itself. */
uint32_t utf8_of_control(uint32_t rune);

/* Whether it is a blank that shows nothing and is no control: a space, also one
 * that does not break or is of another width. */
bool utf8_is_blank(uint32_t rune);

/* Whether anything of a text would be seen: it has more than blanks, unsafe
 * characters and those that are drawn as nothing. */
bool utf8_shows(const char *text, size_t length);

/* Whether a character turns the direction of others around (bidi controls). */
bool utf8_turns(uint32_t rune);

/*
 * Append text as one safe line: tabs, line ends and unsafe controls become a
 * space (bidi and zero-width characters vanish), invalid bytes U+FFFD.  -1 at
 * the buffer's limit.
 */
int utf8_add_line(struct buf *out, const char *text, size_t length) MUST_USE;

/* The same for a name that a person gives: what joins letters stays. */
int utf8_add_name(struct buf *out, const char *text, size_t length) MUST_USE;

/* Append what is meant as a tag elsewhere: a name without commas and without blanks
 * around it, " Blogs, mine" is "Blogs mine"; nothing where nothing of it shows.  -1 at the
 * buffer's limit. */
int utf8_add_tag(struct buf *out, const char *text, size_t length) MUST_USE;

/*
 * Append the first words of a text, to know it by: all of it, or at most
 * UTF8_WORDS_MAX bytes with an ellipsis behind them, runs of blanks made one.  -1 at
 * the buffer's limit.
 */
#define UTF8_WORDS_MAX 80u
int utf8_add_words(struct buf *out, const char *text, size_t length) MUST_USE;

#endif
