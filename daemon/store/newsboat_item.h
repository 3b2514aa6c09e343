#ifndef STORE_NEWSBOAT_ITEM_H
#define STORE_NEWSBOAT_ITEM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What newsboat calls an item: as the feed does, or where that gives no id, by one that
 * newsboat makes of the link as the feed wrote it and the date behind that.  Knows no
 * database.
 */

/*
 * Whether newsboat made that guid; guid has no blanks at its ends.  link: the same
 * link, as newsboat made it absolute.  Then *out_link is the address that the item has
 * here, the caller's to free(), and *out_date_s its date, or DATE_NONE.
 */
bool newsboat_item_is_made(
	const char *guid, const char *link, char **out_link, int64_t *out_date_s);

#endif
