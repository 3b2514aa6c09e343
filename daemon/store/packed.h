#ifndef STORE_PACKED_H
#define STORE_PACKED_H

#include <stddef.h>

#include "daemon/feed/document.h"
#include "daemon/store/content.h"

/*
 * The articles of a whole document, packed before the writing thread has it:
 * worth it where all of them will be stored.  Knows no SQL.
 */
struct packed;

struct packed *packed_new(struct content_packer *packer, const struct feed_doc *doc);
void packed_free(struct packed *packed);

#define PACKED_NOT (-1) /* there was no room for it */

/* Of the item in that place: its packing, and bytes that live as long as
 * `packed`; or PACKED_NOT. */
int packed_article(
	const struct packed *packed, size_t index, const void **out_bytes, size_t *out_length);

/* One article, as content_pack() has it. */
int packed_item(struct content_packer *packer, const struct feed_doc *doc,
	const struct feed_item *item, const void **out_bytes, size_t *out_length);

#endif
