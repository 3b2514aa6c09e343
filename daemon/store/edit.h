#ifndef STORE_EDIT_H
#define STORE_EDIT_H

#include <stdint.h>

/*
 * An item is told as changed once in six hours, however often it is edited; what came in
 * between is told once when they are over, whether or not its feed is looked at then.
 */

#define EDITS_APART_S (6 * 3600)

struct store;

/* From when on an edit of now may be told.  changed_s: when the item was last told as
 * changed, or DATE_NONE. */
int64_t edit_tell_at(int64_t changed_s, int64_t now_s);

/* On the loop: one waits until then. */
void edit_waits(struct store *store, int64_t tell_s);

#endif
