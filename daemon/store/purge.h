#ifndef STORE_PURGE_H
#define STORE_PURGE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/writer.h"

/*
 * Delete the items of one feed that stand in temp.doomed, empty that, and keep
 * the counts.  bury: their keys stay as tombstones, so that they never come
 * back as new; else the feed's keys go with them.
 */
int purge_doomed(struct writer *writer, int64_t feed_id, bool bury, struct err *err) MUST_USE;

#endif
