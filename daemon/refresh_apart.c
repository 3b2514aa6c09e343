#include "daemon/refresh_priv.h"

/*
 * Where but the proxy of all feeds is away, the pause is for those that go by it.  Who has
 * one of its own, or none, is claimed by its own schedule; the probe is one of the others.
 */

bool net_is_around_due(const struct refresh *refresh)
{
	const struct net *net = &refresh->net;

	return net->offline && net->lost_proxy && !net->captive && !net->around;
}

bool net_is_apart(const struct refresh *refresh)
{
	const struct net *net = &refresh->net;

	return net->offline && net->lost_proxy && net->apart && !net->captive;
}

bool net_spares(const struct refresh *refresh, const struct store_claim *claim)
{
	return claim->settings.proxy != NULL && net_is_apart(refresh);
}

/* Those on the road that the pause is about. */
static size_t on_the_road(const struct refresh *refresh)
{
	return refresh->job_count - (net_is_apart(refresh) ? refresh->around_count : 0);
}

bool net_probe_is_due(const struct refresh *refresh, int64_t now_s)
{
	return on_the_road(refresh) == 0 && now_s >= refresh->net.next_probe_s;
}

int64_t net_probe_s(const struct refresh *refresh, int64_t now_s)
{
	const struct net *net = &refresh->net;

	if (on_the_road(refresh) == 0 || net->next_probe_s > now_s)
		return net->next_probe_s;
	return now_s + (net->captive ? NET_PROBE_S : OFFLINE_PROBE_S);
}
