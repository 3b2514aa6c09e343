#include "daemon/refresh_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/url.h"

/*
 * What looks like many feeds failing is often one network.  Two signs: names
 * and connections fail at several sites with no success between them
 * (offline), or several sites lead to one foreign place or turn into pages at
 * once (a captive portal).  Then nothing is sent but a probe now and again, and
 * nobody's failure is counted.
 *
 * Dead sites give the same signs, and must not stop the others again and again:
 * once a probe has shown that the network is well, what fails in the next minutes
 * fails by itself, is counted, and is a witness less.
 *
 * Where the proxy of all feeds is not there, none of them is asked for anything: that is
 * no site's failure, however well it was a while ago, and no feed that has a way of its
 * own shows that it is back.  Such feeds go on as ever, unless they show that it is the
 * network after all.
 *
 * Nor does our own network say anything about the Internet: once that has answered,
 * or has failed to, what is private is no witness of either.
 */

#define HOME "a private address" /* that all names have */
#define OFFLINE_FAILURES 3u
#define OFFLINE_PROBE_MAX_S 900
#define CAPTIVE_WINDOW_S 600
#define DISK_PROBE_S 60
#define PROVEN_S 1200 /* all that was overdue has had its turn by then */
#define AGAIN_S 2     /* behind a probe that could not tell */

/* The host of a URL, cut to what fits; "" if it has none. */
static void host_of(const char *url, char *out, size_t size)
{
	struct url_parts parts;

	out[0] = '\0';
	if (url == NULL || url_split(url, &parts, NULL) < 0)
		return;
	snprintf(out, size, "%s", parts.host);
	url_parts_release(&parts);
}

bool net_paused(const struct refresh *refresh)
{
	return refresh->net.offline || refresh->net.captive;
}

static const char *words(const struct net *net)
{
	if (!net->offline)
		return NET_CAPTIVE_WORDS;
	return net->lost_proxy ? NET_PROXY_WORDS : NET_OFFLINE_WORDS;
}

void net_why(const struct refresh *refresh, struct err *out_why)
{
	const struct net *net = &refresh->net;

	err_set(out_why, net->offline ? ERR_OFFLINE : ERR_CAPTIVE, "%s", words(net));
}

/* A while after it was shown to be well. */
static bool is_proven(const struct net *net, int64_t now_s)
{
	return net->over_at_s != 0 && now_s >= net->over_at_s && now_s - net->over_at_s < PROVEN_S;
}

/* When the store's writer tries again, which it does each minute. */
static int64_t disk_probe_s(const struct refresh *refresh, int64_t now_s)
{
	int64_t past_s = now_s - refresh->storage_held_s;

	return now_s + DISK_PROBE_S - (past_s > 0 ? past_s % DISK_PROBE_S : 0);
}

struct fetch_holds *refresh_holds(const struct refresh *refresh, int64_t now_s)
{
	struct fetch_holds *holds = fetcher_holds(refresh->parts.fetcher, now_s);
	int64_t probe_s = net_probe_s(refresh, now_s);

	if (refresh->storage_hold)
		fetch_holds_all(holds, disk_probe_s(refresh, now_s), REFRESH_DISK_FULL, false);
	else if (net_paused(refresh) && probe_s > now_s)
		fetch_holds_all(holds, probe_s, words(&refresh->net), net_is_apart(refresh));
	return holds;
}

/* A portal is there beyond a restart, which it may well have caused; who starts
 * without a network finds that out at its first looks. */
static void keep_portal(struct refresh *refresh)
{
	const struct net *net = &refresh->net;
	struct store_hold row = { .site = FETCH_ALL_SITES,
		.until_s = net->captive ? net->next_probe_s : 0 };

	snprintf(row.reason, sizeof(row.reason), "%s", net->portal);
	store_hold_put(refresh->parts.store, &row);
}

void net_put_off(struct refresh *refresh, int64_t until_s)
{
	refresh->net.next_probe_s = until_s;
	refresh->net.around = false;
	if (refresh->net.captive)
		keep_portal(refresh);
}

void net_restore(struct refresh *refresh, const struct store_hold *row)
{
	struct net *net = &refresh->net;
	int64_t latest_s = clock_now_s() + NET_PROBE_S;

	if (row->until_s == 0)
		return; /* it was over */
	net->captive = true;
	net->next_probe_s = row->until_s < latest_s ? row->until_s : latest_s;
	snprintf(net->portal, sizeof(net->portal), "%.63s", row->reason);
	log_info("a portal answered in place of sites: looking pauses until a feed is seen");
}

static void plan_probe(struct refresh *refresh, int64_t first_s, int64_t most_s)
{
	struct net *net = &refresh->net;
	int64_t wait_s = first_s;

	for (unsigned i = 0; i < net->probes && wait_s < most_s; i++)
		wait_s *= 2;
	net->probes++;
	net_put_off(refresh, clock_now_s() + (wait_s < most_s ? wait_s : most_s));
	wake_at(refresh, net->next_probe_s);
}

static void plan_next_probe(struct refresh *refresh)
{
	if (refresh->net.offline)
		plan_probe(refresh, OFFLINE_PROBE_S, OFFLINE_PROBE_MAX_S);
	else
		plan_probe(refresh, NET_PROBE_S, NET_PROBE_S);
}

void net_probed(struct refresh *refresh)
{
	if (net_paused(refresh) && refresh->net.next_probe_s <= clock_now_s())
		plan_next_probe(refresh);
}

/* ---------------------------------------------------------------- offline ---- */

static bool is_network_error(enum err_code code)
{
	return code == ERR_DNS || code == ERR_CONNECT;
}

static bool has_own_way(const struct store_claim *claim)
{
	return claim->settings.proxy != NULL;
}

/* What the proxy of all feeds can't lead to in time is as far away as what we can't reach. */
static bool is_unreached(const struct store_claim *claim, const struct answer *answer)
{
	return is_network_error(answer->error) ||
	       (answer->missed == FETCH_MISSED_BEHIND && !has_own_way(claim));
}

static void go_offline(struct refresh *refresh, const char *why)
{
	struct net *net = &refresh->net;

	net->offline = true;
	net->probes = 0;
	log_warning("%s: looking pauses", words(net));
	refresh_event(refresh, 0, "offline", why);
	job_call_back(refresh);
	plan_next_probe(refresh);
}

static void go_online(struct refresh *refresh)
{
	struct net *net = &refresh->net;

	net->offline = net->apart = false;
	net->over_at_s = clock_now_s();
	log_info("the network is back");
	refresh_event(refresh, 0, "online", "a site answers again");
	/* All that fell due in the meantime is due at once now. */
	wake_settle(refresh, 0);
}

/* Who has not been reached for long, or never while others were, says nothing about
 * the network of today. */
static bool is_witness(
	const struct net *net, const struct store_claim *claim, const struct answer *answer)
{
	const struct store_state *state = &claim->state;
	enum err_code was = err_code_of(state->error_class);

	if (is_proven(net, clock_now_s()) || (net->answered && state->last_ok_s == 0) ||
		(net->abroad && answer->private_address))
		return false;
	return state->failures < OFFLINE_FAILURES ||
	       !(is_network_error(was) || was == answer->error);
}

/* Whether that host is one of those that failed since the last success. */
static bool has_failed(const struct net *net, const char *site)
{
	for (unsigned i = 0; i < net->failures && i < NET_SIGNS; i++)
		if (strcmp(net->failed[i], site) == 0)
			return true;
	return false;
}

static void note_lost(struct net *net, const struct store_claim *claim, const struct answer *answer)
{
	char site[64];

	host_of(claim->url, site, sizeof(site));
	if (net->failures > 0 && !has_failed(net, site))
		net->several_sites = true;
	net->lost_abroad |= !answer->private_address;
	snprintf(net->failed[net->failures++ % NET_SIGNS], sizeof(net->failed[0]), "%s", site);
}

static bool was_lost(const struct net *net, const struct store_claim *claim)
{
	char site[64];

	host_of(claim->url, site, sizeof(site));
	return has_failed(net, site);
}

/* Who goes around the proxy, or (site "") that itself; 0 failures: they are reached. */
static void count_around(struct net *net, unsigned failures, const char *site)
{
	net->around_several = failures > 1 &&
			      (net->around_several || strcmp(net->around_site, site) != 0);
	net->around_failures = failures;
	snprintf(net->around_site, sizeof(net->around_site), "%s", site);
}

/* Of those that go around the proxy that is away: they fail as if nothing was, until so
 * many do, at several sites, that the network is away, too. */
static bool note_around_lost(
	struct refresh *refresh, const struct store_claim *claim, const struct answer *answer)
{
	struct net *net = &refresh->net;
	char site[64];

	/* What is private would not show that it is there, either: is_of_internet(). */
	if (!is_witness(net, claim, answer) || (net->lost_abroad && answer->private_address))
		return false;
	note_lost(net, claim, answer);
	host_of(claim->url, site, sizeof(site));
	count_around(net, net->around_failures + 1, site);
	if (net->around_failures < OFFLINE_FAILURES || !net->around_several)
		return false;
	net->apart = net->lost_proxy = false;
	go_offline(refresh, "nor could sites be reached that do not go by the proxy");
	return true;
}

static bool note_network_error(
	struct refresh *refresh, const struct store_claim *claim, const struct answer *answer)
{
	struct net *net = &refresh->net;

	if (net_spares(refresh, claim))
		return note_around_lost(refresh, claim, answer);
	if (!net->offline && !is_witness(net, claim, answer))
		return false;
	note_lost(net, claim, answer);
	/* What was on its way by then fails, too, and is no probe. */
	if (net->offline)
		return true;
	if (net->failures < OFFLINE_FAILURES || !net->several_sites)
		return false;
	go_offline(refresh, "several sites could not be reached");
	return true;
}

static void note_proxy_lost(
	struct refresh *refresh, const struct store_claim *claim, const struct answer *answer)
{
	struct net *net = &refresh->net;
	char why[600];

	note_lost(net, claim, answer);
	net->lost_proxy = true;
	snprintf(why, sizeof(why), NET_PROXY_WORDS ": %s", answer->text);
	if (net->offline)
		return;
	net->apart = true;
	count_around(net, 1, "");
	go_offline(refresh, why);
}

/* The network is there for who goes around the proxy, and only the proxy is away. */
static void note_around_answer(struct refresh *refresh)
{
	struct net *net = &refresh->net;

	if (!net->apart)
		net_put_off(refresh, clock_now_s() + AGAIN_S);
	net->apart = true;
	count_around(net, 0, "");
}

/* ---------------------------------------------------------------- captive ---- */

/* Whether another site gave the same sign not long ago. */
static bool seen_elsewhere(
	const struct net *net, const char *site, const char *target, int64_t now_s)
{
	for (unsigned i = 0; i < net->sign_count && i < NET_SIGNS; i++) {
		const struct net_sign *sign = &net->signs[i];

		if (strcmp(sign->target, target) == 0 && strcmp(sign->site, site) != 0 &&
			now_s - sign->at_s <= CAPTIVE_WINDOW_S && now_s >= sign->at_s)
			return true;
	}
	return false;
}

static void go_captive(struct refresh *refresh, const char *target)
{
	struct net *net = &refresh->net;

	net->captive = true;
	net->probes = 0;
	snprintf(net->portal, sizeof(net->portal), "%s", target);
	log_warning("a portal seems to answer in place of sites%s%s: looking pauses",
		target[0] != '\0' ? ", " : "", target);
	refresh_event(refresh, 0, "captive",
		target[0] != '\0' ? target : "several feeds turned into pages");
	job_call_back(refresh);
	plan_next_probe(refresh);
}

/* target: a host, or "" for a page in place of a feed, or HOME. */
static bool note_sign(struct refresh *refresh, const char *site, const char *target)
{
	struct net *net = &refresh->net;
	int64_t now_s = clock_now_s();
	bool elsewhere = seen_elsewhere(net, site, target, now_s);
	struct net_sign *sign = &net->signs[net->sign_count++ % NET_SIGNS];

	snprintf(sign->site, sizeof(sign->site), "%s", site);
	snprintf(sign->target, sizeof(sign->target), "%s", target);
	sign->at_s = now_s;
	if (net->captive)
		return true;
	if (!elsewhere || is_proven(net, now_s))
		return false;
	go_captive(refresh, target);
	return true;
}

/* Only what used to be a feed can turn into a page; garbage is no page. */
bool net_page(struct refresh *refresh, const struct store_claim *claim, const struct err *why)
{
	char site[64];

	if (claim->items == 0 || claim->state.failures > 0 || strstr(why->text, "HTML") == NULL)
		return false;
	host_of(claim->url, site, sizeof(site));
	return note_sign(refresh, site, "");
}

/* What is there is no feed by its own word, or is not looked at, as it is on a network
 * like that of a portal. */
static bool is_led_astray(const struct answer *answer)
{
	if (answer->status == 0)
		return answer->error == ERR_BLOCKED;
	return answer->hop_count >= 2 && strncmp(answer->content_type, "text/html", 9) == 0;
}

/* Whether the feed itself came from that host when it was last looked at. */
static bool was_served_by(const struct store_claim *claim, const char *target)
{
	char host[64];

	if (claim->state.failures > 0 || claim->state.effective_url == NULL)
		return false;
	host_of(claim->state.effective_url, host, sizeof(host));
	return strcmp(host, target) == 0;
}

/* Led to a foreign host, and astray: not where it has always been led to. */
static bool is_portal_like(const struct store_claim *claim, const struct answer *answer, char *site,
	char *target, size_t size)
{
	if (claim->items == 0 || !is_led_astray(answer))
		return false;
	host_of(claim->url, site, size);
	host_of(answer->url, target, size);
	return strcmp(site, target) != 0 && !was_served_by(claim, target);
}

/* A portal's own resolver says of each name that it is the portal. */
static bool note_name_at_home(struct refresh *refresh, const struct store_claim *claim)
{
	char site[64];

	if (claim->items == 0 || (claim->state.failures > 0 && !refresh->net.captive))
		return false;
	host_of(claim->url, site, sizeof(site));
	return note_sign(refresh, site, HOME);
}

/* Where nothing but private addresses is read, they are the network; and who was out of
 * reach and is there again shows that it is back. */
static bool is_of_internet(
	const struct net *net, const struct store_claim *claim, const struct answer *answer)
{
	if (!answer->private_address || net->abroad)
		return !answer->private_address;
	return !net->lost_abroad || was_lost(net, claim);
}

bool net_answer(
	struct refresh *refresh, const struct store_claim *claim, const struct answer *answer)
{
	struct net *net = &refresh->net;
	char site[64], target[64];

	if (answer->missed == FETCH_MISSED_PROXY && !has_own_way(claim)) {
		note_proxy_lost(refresh, claim, answer);
		return true;
	}
	if (answer->error == ERR_BLOCKED && answer->url == NULL)
		return note_name_at_home(refresh, claim);
	/* Who redirects is there, whoever isn't. */
	if (answer->status == 0 && answer->url == NULL)
		return is_unreached(claim, answer) && note_network_error(refresh, claim, answer);
	net->abroad |= !answer->private_address;
	if (is_of_internet(net, claim, answer) && net->lost_proxy && has_own_way(claim)) {
		note_around_answer(refresh);
	} else if (is_of_internet(net, claim, answer)) {
		net->answered = true;
		net->failures = 0;
		net->several_sites = net->lost_abroad = net->lost_proxy = false;
		if (net->offline)
			go_online(refresh);
	}
	/* Who has failed already says nothing new. */
	if ((net->captive || claim->state.failures == 0) &&
		is_portal_like(claim, answer, site, target, sizeof(site)))
		return note_sign(refresh, site, target);
	return false;
}

bool net_excuses(
	const struct refresh *refresh, const struct store_claim *claim, const struct answer *answer)
{
	if (!net_paused(refresh) || net_spares(refresh, claim))
		return false;
	switch (policy_outcome_of(answer->status, answer->error, answer->retry_after_s >= 0)) {
	case POLICY_FAILED:
	case POLICY_DENIED:
	case POLICY_MISSING:
		return true;
	default:
		return false;
	}
}

void net_success(
	struct refresh *refresh, const struct store_claim *claim, const struct answer *answer)
{
	struct net *net = &refresh->net;

	if (net_spares(refresh, claim))
		return;
	if (net_paused(refresh) && !is_of_internet(net, claim, answer)) {
		net_put_off(refresh, clock_now_s() + AGAIN_S);
		wake_at(refresh, net->next_probe_s);
		return;
	}
	if (!net->captive)
		return;
	net->captive = false;
	net->over_at_s = clock_now_s();
	net->sign_count = 0;
	keep_portal(refresh);
	log_info("sites answer for themselves again");
	refresh_event(refresh, 0, "online", "a feed answers again");
	wake_settle(refresh, 0);
}
