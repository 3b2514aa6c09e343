#include "daemon/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/given.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/url_pieces.h"

/* The port's digits, if any, are no business of this check but to be digits. */
static bool is_host_and_port(struct span span)
{
	const char *at = span.at, *end = span.at + span.length;

	if (span.length > 0 && *at == '[') {
		at = memchr(at, ']', span.length);
		if (at == NULL || at == span.at + 1)
			return false;
		at++;
	} else {
		while (at < end && *at != ':')
			at++;
		if (at == span.at)
			return false;
	}
	if (at == end)
		return true;
	if (*at++ != ':')
		return false;
	while (at < end && isdigit((unsigned char)*at))
		at++;
	return at == end;
}

bool url_is_web(const char *url, size_t length)
{
	struct url_pieces pieces;
	size_t i;

	if (length > URL_MAX)
		return false;
	for (i = url_plain_length(url, length); i < length; i++) {
		if (url[i] > ' ' && url[i] < 0x7f)
			continue; /* nearly all of them, so without a call */
		if (url_unsafe_length(url + i, length - i) > 0)
			return false;
	}
	pieces = url_pieces_of(url, length);
	return url_pieces_are_web(&pieces) && pieces.authority.at != NULL &&
	       is_host_and_port(url_pieces_host(&pieces));
}

/* By whom it is read when it is used; its own parser takes no proxy's scheme
 * without the flag. */
static int check_authority(const char *url, struct err *err)
{
	CURLU *handle = curl_url();
	char *host = NULL, *port = NULL;
	bool reads = curl_url_set(handle, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) ==
			     CURLUE_OK &&
		     curl_url_get(handle, CURLUPART_HOST, &host, 0) == CURLUE_OK && host[0] != '\0';

	if (reads && curl_url_get(handle, CURLUPART_PORT, &port, 0) == CURLUE_OK)
		reads = strtoul(port, NULL, 10) != 0;
	curl_free(port);
	curl_free(host);
	curl_url_cleanup(handle);
	return reads ? 0 : err_set(err, ERR_USAGE, "it has no host, or no port, that can be read");
}

int url_check_proxy(const char *url, struct err *err)
{
	static const char *const schemes[] = { "http://", "https://", "socks4a://", "socks5://",
		"socks5h://" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t length = strlen(schemes[i]);

		if (strncasecmp(url, schemes[i], length) == 0 && url[length] != '\0')
			return check_authority(url, err);
	}
	return err_set(err, ERR_USAGE,
		"it must begin with http://, https://, socks4a://, socks5:// or socks5h://");
}

/* "example.org:80/x" and "localhost:80" begin like a scheme and are none. */
static bool has_scheme(const char *text, size_t length)
{
	size_t scheme = url_pieces_of(text, length).scheme.length;
	const char *behind = text + scheme + 1, *end = text + length;
	size_t digits;

	if (scheme == 0)
		return false;
	digits = strspn(behind, "0123456789");
	return digits == 0 || (behind + digits < end && strchr("/?#", behind[digits]) == NULL);
}

/* What was typed, trimmed, with a scheme of ours in front: "feed://" is an old
 * word for "http://". */
static char *with_scheme(const char *typed)
{
	static const char feed[] = "feed:";
	const char *scheme = "https";
	size_t length;

	typed += strspn(typed, " \t\r\n");
	if (strncasecmp(typed, feed, sizeof(feed) - 1) == 0) {
		typed += sizeof(feed) - 1;
		scheme = "http";
	}
	if (strncmp(typed, "//", 2) == 0)
		typed += 2;
	length = strlen(typed);
	while (length > 0 && strchr(" \t\r\n", typed[length - 1]) != NULL)
		length--;
	return has_scheme(typed, length) ? mem_strndup(typed, length)
					 : mem_printf("%s://%.*s", scheme, (int)length, typed);
}

/* Bytes beyond ASCII as %XX, which is how they may stand in a request (RFC 3987 §3.1). */
static void percent_encode(char *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x80)
			*out++ = *text;
		else
			out += sprintf(out, "%%%02X", (unsigned char)*text);
	}
	*out = '\0';
}

/* "user:password", decoded, as an Authorization needs it; NULL if there is none. */
static int userinfo_of(const struct url_parts *parts, char **out_userinfo, struct err *err)
{
	struct err why;
	char *raw, *decoded;
	int length = 0;

	*out_userinfo = NULL;
	if (parts->user[0] == '\0' && parts->password[0] == '\0')
		return 0;
	raw = mem_printf("%s:%s", parts->user, parts->password);
	decoded = curl_easy_unescape(NULL, raw, (int)strlen(raw), &length);
	free(raw);
	*out_userinfo = mem_strndup(decoded, (size_t)length);
	curl_free(decoded);
	if (strlen(*out_userinfo) == (size_t)length && given_check_auth(*out_userinfo, &why) == 0)
		return 0;
	free(*out_userinfo);
	return err_set(err, ERR_BAD_URL, "controls in its user name or password");
}

static bool is_schemes_own(const struct url_parts *parts)
{
	return parts->port == (strcmp(parts->scheme, "https") == 0 ? 443 : 80);
}

/* Put a URL's pieces together again, the host as libcurl understood it. */
static char *stored(const char *url, const struct url_parts *parts)
{
	struct url_pieces pieces = url_pieces_of(url, strlen(url));
	struct span host = url_pieces_host(&pieces);
	const char *port = memrchr(host.at, ':', host.length);
	const char *end = host.at + host.length;
	bool six = strchr(parts->host, ':') != NULL;
	char *out;

	if (port == NULL || memchr(port, ']', (size_t)(end - port)) != NULL ||
		is_schemes_own(parts))
		port = end;
	out = mem_alloc(strlen(url) + strlen(parts->host) + 3 * strlen(parts->target) + 16);
	sprintf(out, "%s://%s%s%s%.*s", parts->scheme, six ? "[" : "", parts->host, six ? "]" : "",
		(int)(end - port), port);
	percent_encode(out + strlen(out), parts->target);
	return out;
}

/* A single word is a slip or a search, not a machine next door. */
static bool is_lone_word(const char *url, const struct url_parts *parts)
{
	return strchr(parts->host, '.') == NULL && !parts->is_address &&
	       strcmp(parts->host, "localhost") != 0 && strncasecmp(url, "http", 4) != 0;
}

/* The second half: `url` is `typed` with a scheme in front, and of ours. */
static int subscribe(
	const char *typed, const char *url, char **out_url, char **out_userinfo, struct err *err)
{
	struct url_parts parts = { 0 };
	char *userinfo = NULL, *result;
	int code;

	if (url_split(url, &parts, err) < 0)
		return -1;
	result = stored(url, &parts);
	if (is_lone_word(typed + strspn(typed, " \t\r\n"), &parts))
		code = err_set(err, ERR_BAD_URL, "a single word is no address");
	else if (strlen(result) > URL_MAX)
		code = err_set(err, ERR_BAD_URL, "longer than %u bytes", URL_MAX);
	else
		code = userinfo_of(&parts, &userinfo, err);
	url_parts_release(&parts);
	if (code < 0) {
		free(result);
		return -1;
	}
	*out_url = result;
	*out_userinfo = userinfo;
	return 0;
}

bool url_is_push(const char *url)
{
	const char *name = url + strlen("push:");

	return strncmp(url, "push:", strlen("push:")) == 0 && name[0] != '\0' &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

int url_subscribe(const char *typed, char **out_url, char **out_userinfo, struct err *err)
{
	char *url = with_scheme(typed);
	struct url_pieces pieces = url_pieces_of(url, strlen(url));
	int code;

	if (!utf8_valid(url, strlen(url)))
		code = err_set(err, ERR_BAD_URL, "it is not UTF-8");
	else if (!url_pieces_are_web(&pieces))
		code = err_set(err, ERR_BAD_URL,
			"only http and https can be fetched, not %.*s:", (int)pieces.scheme.length,
			pieces.scheme.at);
	else
		code = subscribe(typed, url, out_url, out_userinfo, err);
	free(url);
	return code;
}

const char *url_place(const char *url)
{
	const char *fragment = strchr(url, '#');

	return fragment == NULL || strchr(fragment, '=') != NULL ? "" : fragment + 1;
}

bool url_is_front(const char *url)
{
	struct url_pieces pieces = url_pieces_of(url, strlen(url));

	return pieces.path.length <= 1 && pieces.query.at == NULL && url_place(url)[0] == '\0';
}

char *url_origin(const char *url)
{
	struct url_parts parts;
	char *origin;
	bool six;

	if (url_split(url, &parts, NULL) < 0)
		return NULL;
	six = strchr(parts.host, ':') != NULL;
	origin = mem_printf("%s://%s%s%s:%u", parts.scheme, six ? "[" : "", parts.host,
		six ? "]" : "", parts.port);
	url_parts_release(&parts);
	return origin;
}

char *url_redact(const char *url)
{
	struct url_pieces pieces = url_pieces_of(url, strlen(url));
	const char *query = pieces.query.at != NULL ? "?\xe2\x80\xa6" : "";
	struct span host;

	if (pieces.authority.at == NULL)
		return mem_printf("%.*s%s", (int)strcspn(url, "?#"), url, query);
	host = url_pieces_host(&pieces);
	return mem_printf("%.*s%s//%.*s%.*s%s", (int)pieces.scheme.length,
		pieces.scheme.at != NULL ? pieces.scheme.at : "",
		pieces.scheme.at != NULL ? ":" : "", (int)host.length, host.at,
		(int)pieces.path.length, pieces.path.at, query);
}

/* Behind the userinfo that may begin there, or just there; `last` is the text's last "@". */
static const char *behind_userinfo(const char *text, const char *from, const char *last)
{
	bool is_authority = from - text >= 2 && from[-1] == '/' && from[-2] == '/';
	struct span span = { from, strcspn(from, is_authority ? "/?#" : "/?# \t\r\n") };
	const char *at = memrchr(from, '@', span.length);

	/* "u:p@host" has no slashes in front where its scheme is missing, or an odd one. */
	if (!is_authority)
		return at != NULL && memchr(from, ':', (size_t)(at - from)) != NULL ? at + 1 : from;
	/* What is no host may be half of a password: "http://u:p/q@host/". */
	if (at == NULL && span.length > 0 && !is_host_and_port(span))
		at = last;
	return at != NULL ? at + 1 : from;
}

char *url_proxy_shown(const char *proxy)
{
	const char *scheme = strstr(proxy, "://");
	const char *authority = scheme != NULL ? scheme + 3 : proxy, *host = authority;
	const char *last = strrchr(authority, '@');

	/* One may stand behind the host, too, in a path that nobody asks for. */
	if (last != NULL)
		host = scheme != NULL ? behind_userinfo(proxy, authority, last) : last + 1;
	return mem_printf("%.*s%s", (int)(authority - proxy), proxy, host);
}

char *url_hide_userinfo(const char *text)
{
	const char *last = strrchr(text, '@'), *from = text;
	char *out = mem_alloc(strlen(text) + 1), *to = out;

	while (last != NULL && from <= last) {
		const char *at = behind_userinfo(text, from, last);
		size_t length = strcspn(at, "/ \t\r\n");

		length += at[length] != '\0';
		memcpy(to, at, length);
		to += length;
		from = at + length;
	}
	strcpy(to, from);
	/* Something is to be called by it. */
	return out[0] == '\0' && last != NULL ? strcpy(out, "@") : out;
}
