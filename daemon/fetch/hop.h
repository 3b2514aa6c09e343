#ifndef FETCH_HOP_H
#define FETCH_HOP_H

#include <curl/curl.h>
#include <stdbool.h>

#include "common/arena.h"
#include "daemon/fetch/address.h"
#include "daemon/fetch/request.h"
#include "daemon/url.h"

/*
 * One hop of a request: the URL that is asked next, whether it may be, and
 * exactly what is said there.  Opens nothing.
 */
struct hop {
	struct arena memory; /* of url and proxy */
	const char *url;     /* without fragment */
	struct url_parts parts;
	const char *proxy;    /* "" for none */
	struct url_parts via; /* the proxy's host and port; {0} if none */
	bool remote_names;    /* the proxy resolves them */
	bool absolute_target; /* an http proxy gets the whole URL */
	bool conditional;     /* validators were sent */
	bool private_ok;      /* its address may be private */
};

/* The request's own URL.  ERR_BAD_URL, ERR_BAD_PORT, ERR_PROXY. */
int hop_first(const struct request *request, const char *global_proxy, struct hop *out_hop,
	struct err *err) MUST_USE;

/* Where `location`, as it came from `from`, leads.  ERR_BAD_REDIRECT, ERR_BAD_PORT,
 * ERR_PROXY. */
int hop_next(const struct request *request, const char *global_proxy, const struct hop *from,
	const char *location, size_t length, struct hop *out_hop, struct err *err) MUST_USE;

/* Its proxy anew, should the global one be another by now: 1 if it is, 0 if not.
 * ERR_PROXY. */
int hop_route(struct hop *hop, const struct request *request, const char *global_proxy,
	struct err *err) MUST_USE;

void hop_release(struct hop *hop);

/* The header lines in their order, in the arena's memory; tells the hop whether it is
 * `conditional`. */
struct curl_slist *hop_headers(
	struct hop *hop, const struct request *request, const char *agent, struct arena *arena);

/* At the scheme, host and port of the request's own URL: the origin that its secrets
 * (headers, auth, the client's certificate) were given for, and stay with. */
bool hop_is_home(const struct hop *hop, const struct request *request);

/* Neither TLS nor a proxy: what the connection brings is the answer alone. */
bool hop_is_bare(const struct hop *hop);

/* By way of a proxy that passes bytes on as they are, once it has been asked to. */
bool hop_tunnels(const struct hop *hop);

/* What stands in the request line. */
char *hop_target(const struct hop *hop);

/* A literal address, or a name that is loopback by definition: 1 and its
 * addresses, 2 at most; else 0. */
size_t hop_known_addresses(const struct url_parts *parts, struct address out_addresses[2]);

/* Whether the request may reach the address on this hop; ERR_BLOCKED. */
int hop_judge(const struct hop *hop, const struct fetch_options *options,
	const struct address *address, unsigned port, struct err *err) MUST_USE;

#endif
