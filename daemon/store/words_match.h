#ifndef STORE_WORDS_MATCH_H
#define STORE_WORDS_MATCH_H

#include <sqlite3.h>

#include "common/err.h"

/*
 * One text against words to look for, without the index: what `watch` asks of
 * items that the index has not got yet.  FTS5 answers, on a table of one row
 * in memory, so that both mean the same.
 *
 *	words_match(query, title, author, text)	1 or 0
 *	words_snippet(query, title, author, text)
 *		the words around what was found, of the text if it is there, else of
 *		the title or the author; NULL if it is nowhere
 */
int words_match_register(sqlite3 *handle, struct err *err) MUST_USE;

#endif
