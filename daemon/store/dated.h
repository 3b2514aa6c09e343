#ifndef STORE_DATED_H
#define STORE_DATED_H

#include <stdint.h>

#include "daemon/store/writer.h"

/*
 * Items by date: a table of date, id and whether they are read.  A document's
 * items have their places everywhere in it, and each page of it is written whole;
 * so items go there in order of date, many at a time, while counters.dated_id
 * tells the last one that did.  Those behind it, some thousands at the most, are
 * sorted by whoever wants them: a listing merges both, the view `dates` has them
 * in no order.  Triggers keep the table where an item changes or goes.
 */

/* At the end of a transaction: the items that wait go to their places, if they
 * are many. */
int dated_settle_many(struct writer *writer, struct err *err) MUST_USE;

/* Some that wait, however few; takes some milliseconds.  1: there are more. */
int dated_settle_some(struct writer *writer, struct err *err) MUST_USE;

/* An item that was away has come back, under its old id. */
int dated_return(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

#endif
