#ifndef STORE_STORY_H
#define STORE_STORY_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/writer.h"

/*
 * What an item is found by besides its id: its link, normalised, and its guid,
 * as hashes.  Who shares one may be the same story (cluster.h).
 *
 * The upper bits of a hash are of the site (or of the guid up to its last
 * part), so that a feed's items are neighbours in the file and not strewn all
 * over it.
 */

int64_t story_link_hash(const char *url); /* 0: no address */
int64_t story_guid_hash(const char *guid);

/* An item's hashes: of its link and of its guid, where it has one that is not
 * the link; either may be NULL.  Copies with that guid must have the title, and those
 * with that link its place on the page.  A guid that is nothing but a number or a
 * date says nothing. */
int story_put(struct writer *writer, int64_t item_id, const char *url, const char *guid,
	const char *title, struct err *err) MUST_USE;

/* Those that the item's row has: away, and here again. */
int story_drop(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;
int story_renew(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

#endif
