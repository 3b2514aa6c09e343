#include "daemon/store/ident.h"

#include <string.h>
#include <xxhash.h>

#include "daemon/store/bytes.h"

#define SLOT_SIZE 6 /* 48 bits */
#define MASK_48 0xffffffffffffull

static uint64_t cut_48(uint64_t value)
{
	uint64_t cut = value & MASK_48;

	return cut != 0 ? cut : 1;
}

size_t ident_pack(const struct ident *ident, unsigned char out[IDENT_PACKED_MAX])
{
	size_t length = 1, i;

	out[0] = 0;
	for (i = 0; i < IDENT_SLOTS; i++) {
		if (ident->slots[i] == 0)
			continue;
		out[0] |= (unsigned char)(1u << i);
		bytes_put(out + length, SLOT_SIZE, ident->slots[i]);
		length += SLOT_SIZE;
	}
	return length;
}

void ident_unpack(const void *packed, size_t length, struct ident *out_ident)
{
	const unsigned char *at = packed;
	size_t used = 1, i;

	memset(out_ident, 0, sizeof(*out_ident));
	if (length == 0)
		return;
	for (i = 0; i < IDENT_SLOTS && used + SLOT_SIZE <= length; i++)
		if ((at[0] >> i & 1) != 0) {
			out_ident->slots[i] = bytes_get(at + used, SLOT_SIZE);
			used += SLOT_SIZE;
		}
}

uint64_t ident_of(const struct feed_digest *digest)
{
	return feed_digest_present(digest) ? cut_48(digest->low) : 0;
}

uint64_t ident_state(const struct ident *ident, uint64_t details, uint64_t authors)
{
	uint64_t parts[] = { ident->slots[IDENT_CONTENT], ident->slots[IDENT_DATE], details,
		authors };

	return cut_48(XXH3_64bits(parts, sizeof(parts)));
}

void ident_native_key(const struct feed_digest *digest, unsigned char out_key[KEY_SIZE])
{
	bytes_put(out_key, 8, digest->low);
	bytes_put(out_key + 8, 8, digest->high);
}

uint64_t ident_native_of(const unsigned char key[KEY_SIZE])
{
	return cut_48(bytes_get(key, SLOT_SIZE));
}

void ident_mixed_key(enum ident_policy policy, uint64_t native, const struct ident *ident,
	unsigned char out_key[KEY_SIZE])
{
	enum ident_slot name = ident->slots[IDENT_TITLE] != 0 ? IDENT_TITLE : IDENT_CONTENT;
	uint64_t parts[POLICIES] = { native, ident->slots[IDENT_LINK], ident->slots[IDENT_DATE],
		ident->slots[name] };
	XXH128_hash_t hash = XXH3_128bits(parts, ((size_t)policy + 1) * sizeof(parts[0]));

	bytes_put(out_key, 8, hash.low64);
	bytes_put(out_key + 8, 8, hash.high64);
}

bool ident_alias_key(const struct ident *ident, unsigned char out_key[KEY_SIZE])
{
	const uint64_t *alias = &ident->slots[IDENT_ALIAS_ID];
	XXH128_hash_t hash = XXH3_128bits_withSeed(alias, sizeof(*alias), IDENT_ALIAS_ID);

	if (*alias == 0)
		return false;
	bytes_put(out_key, 8, hash.low64);
	bytes_put(out_key + 8, 8, hash.high64);
	return true;
}

const char *ident_policy_name(enum ident_policy policy)
{
	static const char *const names[POLICIES] = { "id", "id+link", "id+link+date",
		"id+link+date+title" };

	return policy < POLICIES ? names[policy] : names[POLICIES - 1];
}
