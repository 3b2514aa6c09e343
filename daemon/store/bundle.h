#ifndef STORE_BUNDLE_H
#define STORE_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/feed/document.h"
#include "daemon/store/content.h"

/*
 * Articles that came in one document, packed together: neighbours share so many
 * words that they take half the room and half the time of as many articles
 * packed alone.  Worth it where all of them will be stored, as those of a first
 * document; it is done before the writing thread has it.  Knows no SQL.
 *
 * A bundle, before it is packed (content.h): u32 how many, u32 the length of
 * each, all little-endian, then the articles, each ended by a NUL that its
 * length does not count.  An item says where its article is by `bundled`: the
 * bundle's id above its place.
 */

#define BUNDLE_PLACE_BITS 8
#define BUNDLE_ARTICLES_MAX (1u << BUNDLE_PLACE_BITS)

static inline int64_t bundle_id(int64_t bundled)
{
	return bundled >> BUNDLE_PLACE_BITS;
}

static inline int64_t bundle_place(int64_t id, size_t place)
{
	return id << BUNDLE_PLACE_BITS | (int64_t)place;
}

/* All articles of a document, in as many bundles as it takes; NULL if texts are
 * the same bytes over and over, so that their sum has no limit. */
struct bundles;
struct bundles *bundles_new(struct content_packer *packer, const struct feed_doc *doc);
void bundles_free(struct bundles *bundles);

/*
 * The document's item in that place becomes the item item_id: where its article
 * will be, or 0 if it has none.  The first item of a bundle gives it its id,
 * for those are never given twice.  (One that is made later has an id that no item
 * gets.)
 */
int64_t bundles_place(struct bundles *bundles, size_t index, int64_t item_id);

/* What is to be stored; the bytes live as long as `bundles`. */
struct bundle {
	int64_t id; /* 0: no item came of it */
	unsigned live;
	int packing;
	const void *bytes;
	size_t length;
};
size_t bundles_count(const struct bundles *bundles);
void bundles_get(const struct bundles *bundles, size_t index, struct bundle *out_bundle);

/* A bundle of articles that are given one by one. */
struct bundle_draft {
	struct buf lengths, articles;
};
void bundle_draft_init(struct bundle_draft *draft);
void bundle_draft_release(struct bundle_draft *draft);
/* False: it is too large for what is there already.  NULL is "". */
bool bundle_draft_add(struct bundle_draft *draft, const char *html, const char *text);
/* As content_pack_bytes(); the bytes are the packer's. */
int bundle_draft_pack(const struct bundle_draft *draft, struct content_packer *packer,
	const void **out_bytes, size_t *out_length);

/* The article `bundled` of an unpacked bundle.  ERR_DAMAGED. */
int bundle_article(const char *plain, size_t length, int64_t bundled, const char **out_article,
	size_t *out_length, struct err *err) MUST_USE;

#endif
