#ifndef STORE_FOLD_H
#define STORE_FOLD_H

#include <stdint.h>

#include "common/buf.h"

/*
 * Characters as search and sorting see them: without case, without the marks
 * over and under Latin, Greek, Cyrillic, Hebrew and Arabic letters, forms for
 * wide and narrow type made one.  Pure.
 *
 * ß is ss, æ ae, ø o, ł l; ё is е and й и; all four i of Turkish (I ı İ i) are
 * one, because a word's language is seldom known.  Vowel signs of Indic
 * scripts are no marks and stay.  An emoji is a word; its skin's colour and what
 * joins it to the next one are marks.
 */

#define FOLD_MAX 32 /* bytes that one character becomes, at most */

enum fold_kind {
	FOLD_SPACE, /* parts words */
	FOLD_LETTER,
	FOLD_MARK,   /* of the letter before it; folds to nothing */
	FOLD_PACKED, /* of a script that writes words without a space */
	FOLD_SYMBOL  /* a word by itself */
};
enum fold_kind fold_kind(uint32_t rune);

/* Write the folded character as UTF-8; the result is its bytes. */
unsigned fold_rune(uint32_t rune, char out[FOLD_MAX]);

/* Append a text as titles are sorted by: folded, what is no letter or digit at
 * its beginning left out.  -1 at the buffer's limit. */
int fold_title(const char *text, struct buf *out) MUST_USE;

#endif
