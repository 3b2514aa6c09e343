#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/store/identity.h"
#include "daemon/store/writer.h"

/*
 * Identity's rows: keys and tombstones.  Knows how they are kept, not what they decide
 * (identity.h).
 */

/* 1 with the item (0: a tombstone), 0, -1. */
int keys_find(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	int64_t *out_item_id, struct err *err) MUST_USE;

/* Of the document's items with verdict NEW: those that retention removed while the
 * feed's ids were trusted more, so that they are buried under other keys.  Such a
 * tombstone buries one item, and has its key from then on; where several items have
 * the old one, it tells of none of them and goes. */
int keys_find_buried(struct writer *writer, int64_t feed_id, enum ident_policy policy,
	struct incoming *incoming, size_t count, struct err *err) MUST_USE;
/* And those that retention removed under another address for the same id; while ids
 * are trusted, and where one item of the document has it.  What has only a link for an id
 * is none of them if it came out after since_s, when the feed was known already: there may
 * be a second item about one site. */
int keys_find_buried_alias(struct writer *writer, int64_t feed_id, int64_t since_s,
	struct incoming *incoming, size_t count, struct err *err) MUST_USE;
/* Of the items in temp.doomed: their keys become tombstones, with one more for other
 * addresses of an id, where ids are trusted. */
int keys_bury(struct writer *writer, int64_t feed_id, struct err *err) MUST_USE;
/* item_id 0: a tombstone.  ident NULL: it stays with another key of the item. */
int keys_put(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	int64_t item_id, const struct ident *ident, struct err *err) MUST_USE;
/* As many at once. */
struct key_row {
	const unsigned char *key;
	int64_t item_id;
	const struct ident *ident;
};
int keys_put_all(struct writer *writer, int64_t feed_id, struct key_row *rows, size_t count,
	struct err *err) MUST_USE;
/* All zero where the key has none. */
int keys_ident(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	struct ident *out_ident, struct err *err) MUST_USE;
/* NULL: take it away, for an item has it once. */
int keys_set_ident(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	const struct ident *ident, struct err *err) MUST_USE;

/* All items of the feed that have an ident; the caller's to free(). */
int keys_live(struct writer *writer, int64_t feed_id, struct stored **out_stored, size_t *out_count,
	struct err *err) MUST_USE;

/* Name what is there by another policy; tombstones stay as they are. */
int keys_recompute(struct writer *writer, int64_t feed_id, enum ident_policy from,
	enum ident_policy to, struct err *err) MUST_USE;
int keys_set_policy(struct writer *writer, int64_t feed_id, enum ident_policy policy,
	const char *why, struct err *err) MUST_USE;

/* The item is not in its feed, as of now_s; it is in it again. */
int keys_left(struct writer *writer, int64_t item_id, int64_t now_s, struct err *err) MUST_USE;
int keys_returned(struct writer *writer, int64_t item_id, struct err *err) MUST_USE;

#endif
