#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <stdint.h>

#include "common/buf.h"

/*
 * Feeds that look like real ones: RSS 2.0 with content:encoded, a third Atom;
 * 10 to 50 items, Latin, Cyrillic and CJK text, HTML in it.  The same number
 * gives the same bytes.
 */
void generate_feed(uint64_t number, unsigned revision, struct buf *out);

#endif
