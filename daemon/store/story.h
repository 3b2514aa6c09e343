#ifndef STORE_STORY_H
#define STORE_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/cluster.h"
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

struct story {
	int64_t item_id, hash;
	bool shared; /* it makes copies of those that have it, if they are alike */
	struct likeness like;
};

/* An item's hashes: of its link and of its guid, where it has one that is not
 * the link; any may be NULL.  Copies with that guid must have the title, and those
 * with that link its place on the page.  A guid that is nothing but a number or a
 * date says nothing.  The texts are lent. */
#define STORIES_MAX 2
size_t stories_of(int64_t item_id, const char *url, const char *guid, const char *title,
	struct story out[STORIES_MAX]);
/* Of items whose rows are there. */
int stories_put(
	struct writer *writer, struct story *stories, size_t count, struct err *err) MUST_USE;

/* Those that the item's row has: away, and here again. */
int story_drop(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;
int story_renew(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

#endif
