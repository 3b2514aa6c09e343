#include "daemon/store/found.h"

#include <stddef.h>

#include "common/mem.h"

struct found {
	int64_t last_id;
	unsigned char bits[];
};

struct found *found_new(int64_t last_id)
{
	size_t bytes = (size_t)(last_id > 0 ? last_id : 0) / 8 + 1;
	struct found *found = mem_alloc_array(1, sizeof(*found) + bytes);

	found->last_id = last_id;
	return found;
}

static bool is_known(const struct found *found, int64_t id)
{
	return id > 0 && id <= found->last_id;
}

void found_add(struct found *found, int64_t id)
{
	if (is_known(found, id))
		found->bits[id / 8] |= (unsigned char)(1u << (id % 8));
}

bool found_has(const struct found *found, int64_t id)
{
	return is_known(found, id) && (found->bits[id / 8] >> (id % 8) & 1) != 0;
}
