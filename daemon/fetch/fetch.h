#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/buf.h"
#include "common/err.h"

/*
 * A URL to bytes: one polite GET with redirects by hand, on libcurl and libuv.
 * Owns connections, name resolution, who may be reached, and each site's
 * manners (one in flight, gaps, holds).  Knows nothing of feeds, of the store
 * and of when to ask again.
 *
 * All calls from the loop's thread.  `now_s` is Unix time handed in; timeouts
 * run on libuv's clock.
 */
struct fetcher;
struct fetch;

/* "10.0.0.0/8", "127.0.0.1/32:8080", "[::1]/128:8080": an address range that may
 * be reached although it is private; port 0 is any.  ERR_SYNTAX. */
struct fetch_allow {
	uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned prefix;     /* bits of the 128 */
	unsigned port;
};
int fetch_allow_parse(const char *text, struct fetch_allow *out_allow, struct err *err) MUST_USE;

/* The settings [fetch] and [manners]; lists are the caller's and are copied. */
struct fetch_options {
	unsigned in_flight;
	unsigned resting;   /* so many more may be, while as many wait for room; see slice.h */
	unsigned resolvers; /* threads, at most 16 */
	int64_t connect_timeout_ms;
	int64_t timeout_ms;
	size_t body_max;
	size_t bodies_max; /* of large ones on their way, beyond a megabyte each; see slice.h */
	size_t header_max;
	unsigned redirects_max;
	int64_t gap_ms;
	bool manners_private; /* private addresses get gaps, too */
	const char *proxy;    /* or NULL */
	const struct fetch_allow *allow;
	size_t allow_count;
	const char *user_agent;
	int64_t retry_after_max_s;
};

/* ERR_FAILED where libcurl does not start. */
int fetcher_new(uv_loop_t *loop, const struct fetch_options *options, struct fetcher **out_fetcher,
	struct err *err) MUST_USE;
/* New settings, for transfers that start from now on: those that wait for a turn are
 * among them. */
void fetcher_reconfigure(struct fetcher *fetcher, const struct fetch_options *options);
/* No request starts while so many are on their way (or in_flight, if that is less).  First
 * looks and those that were redirected mind in_flight alone. */
void fetcher_allow(struct fetcher *fetcher, unsigned most);
/* Whether answers are read as they come.  While not, they wait with the kernel and their
 * servers, and their times run; one may be read nevertheless, by a timer of libcurl. */
void fetcher_read(struct fetcher *fetcher, bool reads);
/* So much of bodies_max is taken by bodies that were handed over and are not done with. */
void fetcher_taken(struct fetcher *fetcher, uint64_t bytes);
/* Cancels all, then `closed` once libuv has let go; frees the fetcher. */
void fetcher_close(struct fetcher *fetcher, void (*closed)(void *ctx), void *ctx);

/* What the site of a request has asked of us.  Kept by the store, brought back
 * by fetcher_hold() at start. */
struct fetch_hold {
	char site[256];      /* the key: host, eTLD+1 or address */
	int64_t until_s;     /* rounded up */
	int64_t gap_ms;      /* learned gap; 0 is the default */
	int64_t gap_since_s; /* when it was last doubled or halved, or the hold began */
	unsigned strikes;    /* 429s in a row */
	unsigned herds;      /* holds for several feeds' 403 in a row */
	char reason[120];    /* for a person: "429, Retry-After 3600" */
};
void fetcher_hold(struct fetcher *fetcher, const struct fetch_hold *hold);
/* `changed` (or NULL) is told of each hold that an answer brings or changes, as it comes:
 * what becomes of its request has no part in that.  From the loop; it calls nothing of
 * the fetcher. */
void fetcher_on_hold(struct fetcher *fetcher,
	void (*changed)(void *ctx, const struct fetch_hold *hold), void *ctx);
/* What the store remembers that is no hold yet: a feed whose address led to `end` was
 * answered 403 at that moment.  A second one within the hour makes it a hold. */
void fetcher_refused(struct fetcher *fetcher, const char *url, const char *end, int64_t at_s);
/* The clock was set, or the machine has slept: no hold lasts longer than a server may ask
 * for, from now on, and what is under way goes by the new time.  By a time that is not
 * trusted holds stay as they are.  step_s: it went forward by so much, and no time passed
 * (0: not so); what is held is so as long as before. */
void fetcher_clock_jumped(struct fetcher *fetcher, int64_t now_s, bool trusted, int64_t step_s);
/* Seconds until the URL's site may be asked again; 0 if it may; *out_hold is
 * filled when it may not. */
int64_t fetcher_held(
	struct fetcher *fetcher, const char *url, int64_t now_s, struct fetch_hold *out_hold);

/* "example.org wants no requests for 59 min (429, Retry-After 3600)": ERR_HELD. */
int fetch_hold_err(const struct fetch_hold *hold, int64_t left_s, struct err *err);

/* All that is held at now_s: a copy, so that any thread may look into it. */
struct fetch_holds;
struct fetch_holds *fetcher_holds(const struct fetcher *fetcher, int64_t now_s);
void fetch_holds_free(struct fetch_holds *holds);
/* In that copy, and for nobody who sends anything: all sites are held, by what is no
 * site's wish; or, if it is but their proxy, all that go by it. */
#define FETCH_ALL_SITES "*"
void fetch_holds_all(
	struct fetch_holds *holds, int64_t until_s, const char *reason, bool proxy_only);
/* The hold of the URL's site, or of all if that is longer, or NULL; own_way: who asks does
 * not go by the proxy of all feeds. */
const struct fetch_hold *fetch_holds_find(
	const struct fetch_holds *holds, const char *url, bool own_way);
/* That of all, and then by site. */
void fetch_holds_each(const struct fetch_holds *holds,
	void (*each)(void *ctx, const struct fetch_hold *hold), void *ctx);

/* The key of a URL's site, as in struct fetch_hold; false if it has none. */
bool fetch_site(const char *url, char out_key[256]);

/* Whether a URL names a private address itself (192.168.0.1, localhost); what a
 * name leads to only a request can tell. */
bool fetch_is_private(const char *url);
/* Or where it led when last looked for, as far as that is remembered. */
bool fetcher_is_private(const struct fetcher *fetcher, const char *url);
/* Whether no request of it would be let go, for a private address that the URL names
 * itself.  proxy: as in struct fetch_request. */
bool fetcher_blocks(const struct fetcher *fetcher, const char *url, const char *proxy);

struct fetch_request {
	const char *url;
	/* Sent only on the hop whose URL is validator_url, byte for byte. */
	const char *validator_url; /* or NULL */
	const void *etag;
	size_t etag_length; /* 0: none */
	const void *last_modified;
	size_t last_modified_length;
	bool delta;                 /* A-IM: feed */
	const char *const *headers; /* "Name: value" …, NULL-ended, or NULL */
	const char *auth;           /* "user:password" (Basic), or NULL */
	const char *proxy; /* http, https, socks4a, socks5, socks5h; NULL: the global; "" none */
	const char *private_host; /* this host and port may be private, or NULL */
	unsigned private_port;
	bool private_any; /* of whatever host the feed's own URL names */
	bool insecure;
	bool downgrade; /* https may lead to http */
	const char *ca; /* PEM text, or NULL; likewise the client's */
	const char *cert;
	const char *key;
	bool first_look;  /* `add`: waits for a gap, fails at once on a hold */
	bool name_found;  /* its name had an address the last time: it waits for no dead one */
	bool name_silent; /* or nothing was heard about it the last time */
	int64_t now_s;
	unsigned now_part_ms; /* of the second behind now_s */
};

/* One answer on the way; the last is the final one. */
struct fetch_hop {
	const char *url;
	unsigned status; /* 301 … */
};

/* How the final answer may be kept (RFC 9111), as the server said it: seconds, or -1. */
struct fetch_cache {
	bool said;          /* any of the fields was there */
	int64_t lifetime_s; /* max-age, else Expires - Date; minus Age; >= 0 */
};

#define FETCH_HOPS_MAX 16

struct fetch_result {
	unsigned status; /* of the last hop */
	const struct fetch_hop *hops;
	size_t hop_count;         /* >= 1 */
	const char *url;          /* of the last hop */
	struct buf *body;         /* decoded; take it with buf_move() */
	bool conditional;         /* validators were sent to the last hop */
	bool cut;                 /* shorter than announced (CURLE_PARTIAL_FILE and kin) */
	bool open_ended;          /* nothing but the bytes can say whether all are here: the end of
			  * the connection ended them, or more came than was announced and
			  * was lost; and no compression says where they end */
	const char *content_type; /* "" if none; likewise below */
	const char *content_location;
	const void *etag; /* usable ones only: printable, at most 4096 bytes */
	size_t etag_length;
	const void *last_modified;
	size_t last_modified_length;
	struct fetch_cache cache;
	int64_t retry_after_s; /* -1: none said */
	bool challenge;        /* cf-mitigated or its kin */
	char address[64];      /* that was connected, "192.0.2.1"; "" through a proxy */
	uint64_t wire_bytes;
	int64_t elapsed_ms;
};

/*
 * Exactly one of result and err is given.  An HTTP status of any kind is a
 * result; err is a transfer that failed: ERR_DNS, ERR_CONNECT, ERR_TLS,
 * ERR_TIMEOUT, ERR_INCOMPLETE, ERR_PROTOCOL, ERR_BAD_ENCODING,
 * ERR_BAD_REDIRECT, ERR_BLOCKED, ERR_BAD_PORT, ERR_BAD_URL, ERR_TOO_BIG, ERR_PROXY,
 * ERR_BUSY when we have no socket or thread left (no fault of the feed), ERR_HELD when
 * the site came to be on hold while the request waited, or ERR_FAILED for what libcurl
 * alone has a word for.
 * A transfer cut short whose bytes are here is a result with `cut`.
 */
typedef void fetch_done(void *ctx, const struct fetch_result *result, const struct err *err);

/*
 * Ask.  The request is copied.  It waits for its site's gap, then for a free
 * transfer; `done` comes exactly once, from the loop, never from inside this
 * call and never after fetch_cancel() or fetch_abandon().
 */
struct fetch *fetch_start(
	struct fetcher *fetcher, const struct fetch_request *request, fetch_done *done, void *ctx);
void fetch_cancel(struct fetch *fetch);
/* The same, but what was asked already goes on until its answer's head is there: what a
 * server asks of us counts for its site, whoever wanted the rest.  A quarter of the
 * transfers at most does so. */
void fetch_abandon(struct fetch *fetch);
/* Whether it waits for a turn: nothing of it is on the wire. */
bool fetch_waits(const struct fetch *fetch);
/* Whether anything of it was; for `done`, too. */
bool fetch_has_asked(const struct fetch *fetch);
/* Whether a redirect has led it to where it is: that server has not answered, but
 * another one has.  For `done`, too. */
bool fetch_is_redirected(const struct fetch *fetch);
/* Where a proxy was in the way of one that failed: it was not there itself, or was, and led
 * nowhere in time.  For `done`, too. */
enum fetch_miss { FETCH_MISSED_NOTHING, FETCH_MISSED_PROXY, FETCH_MISSED_BEHIND };
enum fetch_miss fetch_missed(const struct fetch *fetch);
/* The address that it has come to, over redirects; the fetch's, so not beyond `done`. */
const char *fetch_url(const struct fetch *fetch);

/* Transfers under way; requests that wait for their site, or for a name that was
 * not found before, and transfers that wait for room and are not counted as in flight. */
size_t fetcher_active(const struct fetcher *fetcher);
size_t fetcher_waiting(const struct fetcher *fetcher);

/* Since the start; each hop is a request. */
struct fetch_numbers {
	uint64_t requests, not_modified, wire_bytes;
};
const struct fetch_numbers *fetcher_numbers(const struct fetcher *fetcher);

/* Names and versions of the libraries behind it; static. */
const char *fetcher_library(void);

#endif
