#ifndef STORE_TOKENIZER_H
#define STORE_TOKENIZER_H

#include <sqlite3.h>

#include "common/err.h"

/*
 * The words of a text for FTS5: the tokenizer `feedd`.  Words are runs of
 * letters and digits, folded (fold.h).  Where a script puts no space between
 * words (Chinese, Japanese, Korean, Thai, Lao, Khmer, Myanmar) each two
 * neighbours are a word, and the last character of a run is one besides, so
 * that two characters are found, and one as a prefix.  An emoji is a word.
 *
 * A change of what it makes of a text is a new SEARCH_VERSION (search.h).
 */
int tokenizer_register(sqlite3 *handle, struct err *err) MUST_USE;

/* FTS5's interface for extensions; NULL if this SQLite has none. */
fts5_api *tokenizer_fts5(sqlite3 *handle);

#endif
