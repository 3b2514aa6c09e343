#ifndef FEED_DIGEST_H
#define FEED_DIGEST_H

#include <stddef.h>

#include "daemon/feed/build.h"
#include "daemon/feed/document.h"

/*
 * What tells items apart and versions of one item: XXH3-128 over canonical
 * bytes.  Knows how keys are made, not who compares them.
 *
 * The key is the feed's own id; without one "link:" and the absolute link,
 * "enc:" and the first enclosure, or "fp:" and a fingerprint of title, raw
 * date and the first 4 KiB of text.  It never depends on the item's position.
 */

/* Fill item->digests and ->key_kind of the open item, whose rows are complete. */
void digest_item(const struct build *build, struct feed_item *item);

/* Digest of plain bytes; never all zero. */
struct feed_digest digest_bytes(const void *data, size_t length);

/* 32 hexadecimal digits and a NUL. */
void digest_hex(const struct feed_digest *digest, char out[33]);

#endif
