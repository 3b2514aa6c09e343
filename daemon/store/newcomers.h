#ifndef STORE_NEWCOMERS_H
#define STORE_NEWCOMERS_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/writer.h"

/*
 * Items that have just come: what a restore has kept for them is theirs, and the
 * others are judged by the rules, before anybody sees them.
 */

/* Items first..last of a feed, all of one document, written and counted.
 * *out_dropped is how many of them are gone again. */
int newcomers_settle(struct writer *writer, const char *feed_url, int64_t first, int64_t last,
	int64_t now_s, uint64_t *out_dropped, struct err *err) MUST_USE;

#endif
