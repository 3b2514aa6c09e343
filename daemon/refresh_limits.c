#include "daemon/refresh_priv.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"

void limits_init(struct refresh *refresh, struct limits *out_limits)
{
	int64_t now_s = clock_now_s();

	*out_limits = (struct limits){ .holds = fetcher_holds(refresh->parts.fetcher, now_s),
		.disk_full = refresh->storage_hold,
		.portal = refresh->net.captive,
		.probe_s = net_probe_s(refresh, now_s),
		.now_s = now_s };
}

void limits_release(struct limits *limits)
{
	fetch_holds_free(limits->holds);
}

bool limits_is_pushed(const struct store_askable *feed)
{
	return strncmp(feed->url, "push:", 5) == 0;
}

static const char *refuse_held(const struct refresh_held *held, char *words, size_t size)
{
	const struct fetch_hold *hold = held->hold;
	char when[TIME_TEXT_MAX];

	time_format_rfc3339(held->until_s, when);
	snprintf(words, size,
		hold != NULL ? "its site asked to wait until %s: %s" : "it is to rest until %s",
		when, hold != NULL ? hold->reason : "");
	return "held";
}

static const char *refuse_too_soon(
	const char *why, int64_t next_s, const char *rest, char *words, size_t size)
{
	char when[TIME_TEXT_MAX];

	time_format_rfc3339(next_s, when);
	snprintf(words, size, "%s, next=%s%s", why, when, rest);
	return "too-soon";
}

const char *limits_refuse(
	const struct limits *limits, const struct store_askable *feed, char *words, size_t size)
{
	struct refresh_held held;
	char when[TIME_TEXT_MAX];

	if (limits_is_pushed(feed)) {
		snprintf(words, size, "there is nobody to ask; `feedctl push` feeds it");
		return "held";
	}
	if (feed->gone) {
		snprintf(words, size, "%s", REFRESH_GONE);
		return "gone";
	}
	if (feed->paused) {
		snprintf(words, size, "%s", REFRESH_PAUSED);
		return "held"; /* by the user */
	}
	if (limits->disk_full) {
		snprintf(words, size, "%s", REFRESH_DISK_FULL);
		return "held";
	}
	if (limits->portal && limits->now_s < limits->probe_s) {
		time_format_rfc3339(limits->probe_s, when);
		snprintf(words, size, NET_CAPTIVE_WORDS "; the next look is at %s", when);
		return "held";
	}
	held = refresh_held_until(limits->holds, feed->url, feed->effective_url, false,
		feed->not_before_s, limits->now_s);
	if (held.until_s > limits->now_s)
		return refuse_held(&held, words, size);
	if (limits->unconditional && feed->last_unconditional_s > 0 &&
		limits->now_s - feed->last_unconditional_s < UNCONDITIONAL_S)
		return refuse_too_soon("without validators it is asked once a day at most",
			feed->last_unconditional_s + UNCONDITIONAL_S, "", words, size);
	if (!limits->force && feed->last_attempt_s > 0 && feed->last_attempt_s <= limits->now_s &&
		limits->now_s - feed->last_attempt_s < TOO_SOON_S)
		return refuse_too_soon("too soon", feed->last_attempt_s + TOO_SOON_S,
			"; --force asks all the same", words, size);
	return NULL;
}
