#ifndef STORE_IDENTITY_JOIN_H
#define STORE_IDENTITY_JOIN_H

#include <stdbool.h>

#include "daemon/feed/document.h"

/*
 * An item that a document has more than once.  Knows rows and digests of a document,
 * not which of its items are the same (identity.h).
 */

/*
 * What `item` lacks, and `other` of the same document has, it has from now on: text,
 * summary, files, image, persons and the like, each as a whole; what it has stays.  Its
 * digests are those of what it is now, so that they change when either copy does; its key
 * stays.  False: it lacks nothing that the other has.
 */
bool identity_join(struct feed_item *item, const struct feed_item *other);

#endif
