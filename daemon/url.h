#ifndef DAEMON_URL_H
#define DAEMON_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

/*
 * URLs: parse, resolve, normalise, IDN.  The one wrapper of libcurl's URL API,
 * which it corrects where RFC 3986 says otherwise.  Opens no connection.  IDN
 * needs setlocale(LC_CTYPE, "C.UTF-8") in the process, workers included.
 * Results are the caller's to free().
 */

#define URL_MAX 4096u /* bytes; longer ones are refused */

/* Parts of an absolute http or https URL.  All strings are set ("" if absent) and
 * stand in the one block `text`. */
struct url_parts {
	char *text;
	size_t length;
	const char *scheme; /* lower case */
	const char *user;   /* userinfo as it stood, "" if none */
	const char *password;
	const char *host;   /* lower case, punycode, without brackets */
	const char *target; /* path and query exactly as they stood, "/" if empty */
	unsigned port;      /* the scheme's own where none stood */
	bool is_address;    /* the host is an IP literal, in whatever spelling */
	bool has_userinfo;  /* a "@" stood before the host, and be it with nothing before */
};

int url_split(const char *url, struct url_parts *out_parts, struct err *err) MUST_USE;
void url_parts_copy(struct url_parts *out_parts, const struct url_parts *parts);
void url_parts_release(struct url_parts *parts);

/*
 * What a person typed, as it is stored: trimmed, `feed:` and `feed://`
 * unwrapped, a bare `example.org/feed` made https://, host in lower case and
 * punycode, fragment and the scheme's own port dropped, userinfo split off into
 * *out_userinfo ("user:password", or NULL), the rest byte for byte.
 * ERR_BAD_URL in words for anything but http and https, controls, no host, too long.
 */
int url_subscribe(const char *typed, char **out_url, char **out_userinfo, struct err *err) MUST_USE;

/* Whether it is "push:NAME", the address of a feed that nobody is asked for;
 * a NAME has letters, digits, dot, underscore and dash. */
bool url_is_push(const char *url);

/* RFC 3986 §5: `reference` against `base` ("" or absolute).  1 and the absolute
 * result; 0 if there is none (no base, unusable reference). */
int url_resolve(const char *base, const char *reference, char **out_url) MUST_USE;

/* Whether it is an absolute http or https URL without controls or blanks, at
 * most URL_MAX bytes: the only ones that leave feedd as links. */
bool url_is_web(const char *url, size_t length);

/* Whether it may be a proxy's: http, https, socks4a, socks5 or socks5h, and a
 * host behind it.  Errors never repeat it: it may hold a password. */
int url_check_proxy(const char *url, struct err *err) MUST_USE;

/* A proxy as it may be shown: without what stands before its host.  To free(). */
char *url_proxy_shown(const char *proxy);

/*
 * For comparing, never for asking: no scheme, no `www.`, no fragment, no
 * trailing slash, no parameters that only tell who sent the reader (utm_*,
 * fbclid, source=rss, …), host in lower case and punycode, one spelling of what can be
 * written with a percent sign or without (RFC 3986 §6.2.2).  NULL if it is no web URL.
 */
char *url_normalise(const char *url);

/* Where on its page an address leads: its fragment, in it; "" where it has none, or one
 * that only tells who sent the reader ("xtor=RSS-1"). */
const char *url_place(const char *url);

/* Whether it is a site's first page, and no place on it. */
bool url_is_front(const char *url);

/* "https://host:port" of it, for comparing origins.  NULL if it is no web URL. */
char *url_origin(const char *url);

/* Whether both are web URLs of the same scheme, host and port (RFC 6454): what was
 * given for one may be shown to the other. */
bool url_same_origin(const char *a, const char *b);
/* Whether it leads to that "host:port" ("[::1]:8080"); not if that is NULL. */
bool url_is_at(const char *url, const char *at);

/* For logs: without userinfo, and "?…" in place of a query. */
char *url_redact(const char *url);

/*
 * A word that is shown because it was refused: any text, with addresses anywhere in it,
 * that may be none.  Without what may be a user name and a password in one of them: rather
 * too much is left out than too little.
 */
char *url_hide_userinfo(const char *text);

#endif
