#ifndef STORE_SEARCH_QUERY_H
#define STORE_SEARCH_QUERY_H

#include "common/buf.h"
#include "common/err.h"

/*
 * The words of `--match` as an FTS5 query: words (all of them), "a phrase",
 * word*, -word, title:word, author:word, text:word; -title:word and title:-word
 * are the same; OR between two that are wanted.  Between STORE_MATCH_EITHER each is
 * read alone, and any of them fits.  Whatever a person types is words; FTS5's own
 * syntax never gets through.  Pure.
 *
 * ERR_USAGE: nothing to look for, a quote that is not closed, only -words, OR beside one,
 * more than 64 terms, or more bytes than these.
 */
#define SEARCH_QUERY_MAX (64u << 10) /* bytes of what comes out */

int search_query(const char *words, struct buf *out, struct err *err) MUST_USE;

#endif
