#include "daemon/store/doubt.h"

#define FAR_S (400 * 86400) /* who was off for a year is believed at once */
#define PROVEN_MS 3600000

int64_t doubt_left_s(const struct doubt *doubt, int64_t steady_ms)
{
	int64_t left_ms = doubt->since_ms + PROVEN_MS - steady_ms;

	return doubt->lasts && left_ms > 0 ? (left_ms + 999) / 1000 : 0;
}

enum doubt_about doubt_judge(struct doubt *doubt, int64_t seen_s, int64_t now_s, int64_t steady_ms)
{
	bool ahead = seen_s != 0 && seen_s < now_s - FAR_S;
	bool behind = seen_s != 0 && seen_s > now_s + FAR_S;

	if ((ahead || behind) && !doubt->lasts)
		doubt->since_ms = steady_ms;
	doubt->lasts = ahead || behind;
	doubt->about = doubt_left_s(doubt, steady_ms) == 0 ? DOUBT_NONE
		       : ahead                             ? DOUBT_AHEAD
							   : DOUBT_BEHIND;
	return doubt->about;
}
