#include "daemon/refresh_priv.h"

#include <stdio.h>
#include <string.h>

static void take_longer(
	struct refresh_held *held, const struct fetch_holds *holds, const char *url, bool own_way)
{
	const struct fetch_hold *hold = url != NULL ? fetch_holds_find(holds, url, own_way) : NULL;

	if (hold == NULL || hold->until_s < held->until_s)
		return;
	held->until_s = hold->until_s;
	held->hold = hold;
}

struct refresh_held refresh_held_until(const struct fetch_holds *holds, const char *url,
	const char *effective_url, bool own_way, int64_t not_before_s, int64_t now_s)
{
	struct refresh_held held = { 0 }, own = { 0 };

	take_longer(&held, holds, url, own_way);
	take_longer(&held, holds, effective_url, own_way);
	own.until_s = not_before_s > now_s ? not_before_s : 0;
	return own.until_s > held.until_s ? own : held;
}

struct refresh_held refresh_held(const struct fetch_holds *holds, const char *url,
	const struct store_state *state, bool own_way, int64_t now_s)
{
	return refresh_held_until(
		holds, url, state->effective_url, own_way, state->not_before_s, now_s);
}

const struct fetch_hold *refresh_rest(
	const char *url, const struct store_state *state, struct fetch_hold *room)
{
	bool crashed = state->crashes > 0 && strncmp(state->error_class, "parser_", 7) == 0;

	*room = (struct fetch_hold){ .until_s = state->not_before_s };
	if (!fetch_site(url, room->site))
		snprintf(room->site, sizeof(room->site), "?");
	if (crashed)
		snprintf(room->reason, sizeof(room->reason), "it ended the parser %u times",
			state->crashes);
	else
		snprintf(room->reason, sizeof(room->reason), "it was told to wait");
	return room;
}
