#ifndef STORE_FOUND_H
#define STORE_FOUND_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A set of items, a bit for each id: those that have a listing's words, where they
 * are too many to be gathered and sorted.  A million items take 125 KB.
 */
struct found;

/* Empty; free() lets go of it. */
struct found *found_new(int64_t last_id);
/* An id beyond the last one is not put into it. */
void found_add(struct found *found, int64_t id);
bool found_has(const struct found *found, int64_t id);

#endif
