#ifndef STORE_UID_H
#define STORE_UID_H

#include "daemon/store/ident.h"
#include "daemon/store/store_items.h"

/*
 * What an item is called outside of any store: the same in a backup, after dump and
 * restore and on another machine, where numbers differ.  Knows no SQL.
 *
 * It is made of the feed's address and of what tells the feed's items apart: their
 * guid, else the link; where these can't be trusted, what the policy takes beside them;
 * where there is neither, the first file, or date, title and the text's beginning.
 * The address counts without its scheme: from http to https is how most feeds move.
 */

#define UID_MAX 33 /* 32 hexadecimal digits and a NUL */

/* item: its feed_url, its own texts and its content are there. */
void uid_of(const struct store_item *item, enum ident_policy policy, char out[UID_MAX]);

#endif
