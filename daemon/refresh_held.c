#include "daemon/refresh_priv.h"

#include <stdio.h>

#include "common/mem.h"

static void take_longer(struct refresh_held *held, const struct fetch_holds *holds, const char *url)
{
	const struct fetch_hold *hold = url != NULL ? fetch_holds_find(holds, url) : NULL;

	if (hold == NULL || hold->until_s < held->until_s)
		return;
	held->until_s = hold->until_s;
	held->hold = hold;
}

struct refresh_held refresh_held_until(const struct fetch_holds *holds, const char *url,
	const char *effective_url, int64_t not_before_s, int64_t now_s)
{
	struct refresh_held held = { 0 }, own = { 0 };

	take_longer(&held, holds, url);
	take_longer(&held, holds, effective_url);
	own.until_s = not_before_s > now_s ? not_before_s : 0;
	return own.until_s > held.until_s ? own : held;
}

struct refresh_held refresh_held(const struct fetch_holds *holds, const char *url,
	const struct store_state *state, int64_t now_s)
{
	return refresh_held_until(holds, url, state->effective_url, state->not_before_s, now_s);
}
