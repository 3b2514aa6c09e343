#ifndef STORE_IDENT_H
#define STORE_IDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/feed/document.h"

/*
 * What is kept of an item to know it again: small digests, packed.  Arithmetic only.
 *
 * Within one feed 48 bits tell values apart: a million items make a mistake
 * once in five hundred feeds, and a publisher who looks for one mistakes only
 * items of his own.
 */

enum ident_slot {
	IDENT_CONTENT, /* what change detection compares */
	IDENT_DATE,    /* the raw date */
	IDENT_LINK,
	IDENT_TITLE,
	IDENT_ALIAS_ID,
	IDENT_ALIAS_LINK,
	IDENT_ALIAS_ENCLOSURE,
	IDENT_NATIVE, /* the feed's own id, where the key is made of more */
	IDENT_SLOTS
};

/* 0 is "there is none". */
struct ident {
	uint64_t slots[IDENT_SLOTS];
};

#define IDENT_PACKED_MAX (1 + 6 * IDENT_SLOTS)
size_t ident_pack(const struct ident *ident, unsigned char out[IDENT_PACKED_MAX]);
/* Anything gives an ident; what is missing reads as 0. */
void ident_unpack(const void *packed, size_t length, struct ident *out_ident);

/* 48 bits of a digest; 0 only where there is none. */
uint64_t ident_of(const struct feed_digest *digest);

/* All that a row is made of in one, for the comparison that mostly finds nothing:
 * content, date, FEED_DIGEST_DETAILS, and the feed's authors where the item has
 * none of its own (else 0). */
uint64_t ident_state(const struct ident *ident, uint64_t details, uint64_t authors);

#define KEY_SIZE 16

/*
 * The key under a policy: the native one, or with 1 the link, 2 link and date,
 * 3 link, date and title mixed in; the content for a title that there is none of.
 * `native` is 48 bits of the native key.
 */
enum ident_policy {
	POLICY_ID,
	POLICY_ID_LINK,
	POLICY_ID_LINK_DATE,
	POLICY_ID_LINK_DATE_TITLE,
	POLICIES
};
void ident_native_key(const struct feed_digest *digest, unsigned char out_key[KEY_SIZE]);
uint64_t ident_native_of(const unsigned char key[KEY_SIZE]);
void ident_mixed_key(enum ident_policy policy, uint64_t native, const struct ident *ident,
	unsigned char out_key[KEY_SIZE]);
/* What another address for the same http(s) id is buried under; false: it is no such
 * id, and out_key stays. */
bool ident_alias_key(const struct ident *ident, unsigned char out_key[KEY_SIZE]);
const char *ident_policy_name(enum ident_policy policy); /* "id", "id+link", … */

#endif
