#include "daemon/fetch/hop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base64.h"
#include "common/buf.h"
#include "common/given.h"
#include "common/mem.h"

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && strcasecmp(text + length - tail, end) == 0;
}

static const char *without_fragment(struct arena *arena, const char *url)
{
	size_t length = strcspn(url, "#");
	char *plain = arena_take(arena, length + 1);

	memcpy(plain, url, length);
	plain[length] = '\0';
	return plain;
}

/* libcurl's own parser knows no proxy schemes but takes any with this flag. */
static int split_proxy(const char *proxy, struct url_parts *out_parts, struct err *err)
{
	CURLU *handle = curl_url();
	char *host = NULL, *port = NULL;
	int result = 0;

	if (curl_url_set(handle, CURLUPART_URL, proxy, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
		curl_url_get(handle, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		result = err_set(err, ERR_PROXY, "the proxy's URL can't be read");
	if (result == 0 && curl_url_get(handle, CURLUPART_PORT, &port, 0) != CURLUE_OK)
		port = NULL;
	if (result == 0) {
		*out_parts = (struct url_parts){ 0 };
		out_parts->port = port != NULL ? (unsigned)strtoul(port, NULL, 10)
				  : strncasecmp(proxy, "https:", 6) == 0 ? 443u
									 : 1080u;
		out_parts->text = mem_strndup(
			host[0] == '[' ? host + 1 : host, strcspn(host, "]") - (host[0] == '['));
		out_parts->host = out_parts->text;
		out_parts->is_address = address_of_text(out_parts->host, &(struct address){ 0 });
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(handle);
	return result;
}

static int set_proxy(struct hop *hop, const char *proxy, struct err *err)
{
	static const struct {
		const char *scheme;
		bool remote_names;
	} schemes[] = { { "http://", true }, { "https://", true }, { "socks4a://", true },
		{ "socks5://", false }, { "socks5h://", true } };
	size_t i;

	hop->proxy = proxy != NULL ? arena_strdup(&hop->memory, proxy) : "";
	if (hop->proxy[0] == '\0')
		return 0;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strncasecmp(hop->proxy, schemes[i].scheme, strlen(schemes[i].scheme)) == 0)
			break;
	}
	if (i == sizeof(schemes) / sizeof(schemes[0]))
		return err_set(err, ERR_PROXY,
			"a proxy is http, https, socks4a, socks5 or socks5h://host:port");
	hop->remote_names = schemes[i].remote_names;
	hop->absolute_target = i < 2 && strcmp(hop->parts.scheme, "http") == 0;
	return split_proxy(hop->proxy, &hop->via, err);
}

static bool is_host_of(const struct hop *hop, const struct url_parts *parts)
{
	return parts->host != NULL && strcmp(parts->host, hop->parts.host) == 0 &&
	       parts->port == hop->parts.port;
}

static bool is_private_ok(const struct hop *hop, const struct request *request)
{
	const struct fetch_request *asked = &request->asked;

	if (asked->private_host != NULL && strcasecmp(asked->private_host, hop->parts.host) == 0 &&
		asked->private_port == hop->parts.port)
		return true;
	return asked->private_any && is_host_of(hop, &request->home);
}

/* What is true of any hop, once its URL is split. */
static int admit(
	struct hop *hop, const struct request *request, const char *global_proxy, struct err *err)
{
	const char *proxy = request->asked.proxy;

	if (set_proxy(hop, proxy != NULL ? proxy : global_proxy, err) < 0)
		return -1;
	if (address_is_bad_port(hop->parts.port))
		return err_set(
			err, ERR_BAD_PORT, "port %u belongs to another protocol", hop->parts.port);
	if ((ends_with(hop->parts.host, ".onion") || ends_with(hop->parts.host, ".onion.")) &&
		!hop->remote_names)
		return err_set(err, ERR_PROXY,
			".onion is only reached through a proxy, e.g. socks5h://127.0.0.1:9050");
	hop->private_ok = is_private_ok(hop, request);
	return 0;
}

int hop_first(const struct request *request, const char *global_proxy, struct hop *out_hop,
	struct err *err)
{
	struct hop hop = { 0 };
	int result = 0;

	hop.url = without_fragment(&hop.memory, request->asked.url);
	if (request->home.host != NULL)
		url_parts_copy(&hop.parts, &request->home);
	else
		result = url_split(hop.url, &hop.parts, err);
	if (result == 0 && admit(&hop, request, global_proxy, err) == 0) {
		*out_hop = hop;
		return 0;
	}
	hop_release(&hop);
	return -1;
}

/* Servers put raw UTF-8 there; in a request it stands as %XX. */
static char *encode(const char *location, size_t length)
{
	char *out = mem_alloc(3 * length + 1), *at = out;
	size_t i;

	for (i = 0; i < length; i++) {
		if ((unsigned char)location[i] >= 0x80)
			at += sprintf(at, "%%%02X", (unsigned char)location[i]);
		else
			*at++ = location[i];
	}
	*at = '\0';
	return out;
}

static bool has_controls(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return true;
	}
	return false;
}

/* The absolute URL a Location means; NULL and *err if it means none. */
static const char *locate(const struct hop *from, const char *location, size_t length,
	struct arena *arena, struct err *err)
{
	char *encoded, *url = NULL;
	const char *plain;

	if (length == 0 || length > URL_MAX || has_controls(location, length)) {
		err_set(err, ERR_BAD_REDIRECT, "the redirect leads to no usable URL");
		return NULL;
	}
	encoded = encode(location, length);
	if (url_resolve(from->url, encoded, &url) != 1) {
		err_set(err, ERR_BAD_REDIRECT, "the redirect leads to no usable URL");
		free(encoded);
		return NULL;
	}
	free(encoded);
	plain = without_fragment(arena, url);
	free(url);
	return plain;
}

int hop_next(const struct request *request, const char *global_proxy, const struct hop *from,
	const char *location, size_t length, struct hop *out_hop, struct err *err)
{
	struct hop hop = { 0 };
	struct err why;

	hop.url = locate(from, location, length, &hop.memory, err);
	if (hop.url == NULL)
		return -1;
	if (url_split(hop.url, &hop.parts, &why) < 0)
		err_set(err, ERR_BAD_REDIRECT, "it redirects to where we don't go: %s", why.text);
	else if (hop.parts.has_userinfo)
		err_set(err, ERR_BAD_REDIRECT, "the redirect brings a user name along");
	else if (strcmp(from->parts.scheme, "https") == 0 &&
		 strcmp(hop.parts.scheme, "http") == 0 && !request->asked.downgrade)
		err_set(err, ERR_BAD_REDIRECT, "it redirects from https to http");
	else if (admit(&hop, request, global_proxy, err) == 0) {
		*out_hop = hop;
		return 0;
	}
	hop_release(&hop);
	return -1;
}

int hop_route(
	struct hop *hop, const struct request *request, const char *global_proxy, struct err *err)
{
	const char *proxy = request->asked.proxy;

	if (proxy == NULL)
		proxy = global_proxy != NULL ? global_proxy : "";
	if (strcmp(proxy, hop->proxy) == 0)
		return 0;
	url_parts_release(&hop->via);
	hop->via = (struct url_parts){ 0 };
	hop->remote_names = hop->absolute_target = false;
	return admit(hop, request, global_proxy, err) < 0 ? -1 : 1;
}

void hop_release(struct hop *hop)
{
	arena_free(&hop->memory);
	url_parts_release(&hop->parts);
	url_parts_release(&hop->via);
	*hop = (struct hop){ 0 };
}

/* What may not be said was refused when it was given; an older feedd took it. */
static bool may_be_said(const char *line)
{
	struct err err;

	return given_check_header(line, &err) == 0;
}

static bool has_header(const char *const *headers, const char *name)
{
	size_t length = strlen(name), i;

	for (i = 0; headers != NULL && headers[i] != NULL; i++) {
		if (strncasecmp(headers[i], name, length) == 0 && headers[i][length] == ':')
			return may_be_said(headers[i]);
	}
	return false;
}

/* libcurl's list, in memory of ours: it copies none, and frees none. */
struct lines {
	struct arena *arena;
	const char *const *own; /* the user's; they take the place of ours */
	struct curl_slist *first, **end;
};

static char *put_line(struct lines *lines, size_t length)
{
	struct curl_slist *line = arena_take(lines->arena, sizeof(*line));

	line->data = arena_take(lines->arena, length + 1);
	line->data[length] = '\0';
	line->next = NULL;
	*lines->end = line;
	lines->end = &line->next;
	return line->data;
}

static void put(struct lines *lines, const char *name, const void *value, size_t length)
{
	size_t before = strlen(name);
	char *line;

	if (has_header(lines->own, name))
		return;
	line = put_line(lines, before + 2 + length);
	memcpy(line, name, before);
	memcpy(line + before, ": ", 2);
	memcpy(line + before + 2, value, length);
}

static void put_whole(struct lines *lines, const char *line)
{
	size_t length = strlen(line);

	memcpy(put_line(lines, length), line, length);
}

static void put_credentials(struct lines *lines, const char *auth)
{
	struct buf value;
	size_t length = strlen(auth);

	buf_init(&value, sizeof("Basic ") + 2 * length + 4);
	if (buf_add_text(&value, "Basic ") < 0 || base64_encode(&value, auth, length) < 0)
		mem_is_gone(); /* there was room for it */
	put(lines, "Authorization", value.data, value.length);
	buf_release(&value);
}

struct curl_slist *hop_headers(
	struct hop *hop, const struct request *request, const char *agent, struct arena *arena)
{
	static const char accept[] =
		"application/atom+xml, application/rss+xml, application/feed+json;q=0.9, "
		"application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, "
		"application/json;q=0.7, */*;q=0.1";
	static const char encodings[] = "gzip, deflate, br";
	const struct fetch_request *asked = &request->asked;
	bool home = hop_is_home(hop, request);
	struct lines lines = { .arena = arena, .own = home ? asked->headers : NULL };

	lines.end = &lines.first;
	put(&lines, "User-Agent", agent, strlen(agent));
	put(&lines, "Accept", accept, sizeof(accept) - 1);
	put(&lines, "Accept-Encoding", encodings, sizeof(encodings) - 1);
	/* A name without a value is one that libcurl leaves out. */
	put_whole(&lines, "Proxy-Connection:");
	hop->conditional = asked->validator_url != NULL &&
			   strcmp(asked->validator_url, hop->url) == 0 &&
			   (asked->etag_length > 0 || asked->last_modified_length > 0);
	if (hop->conditional && asked->etag_length > 0) {
		if (asked->delta)
			put(&lines, "A-IM", "feed", 4);
		put(&lines, "If-None-Match", asked->etag, asked->etag_length);
	}
	if (hop->conditional && asked->last_modified_length > 0)
		put(&lines, "If-Modified-Since", asked->last_modified, asked->last_modified_length);
	if (home && asked->auth != NULL)
		put_credentials(&lines, asked->auth);
	for (size_t i = 0; lines.own != NULL && lines.own[i] != NULL; i++)
		if (may_be_said(lines.own[i]))
			put_whole(&lines, lines.own[i]);
	return lines.first;
}

bool hop_is_home(const struct hop *hop, const struct request *request)
{
	return is_host_of(hop, &request->home) &&
	       strcmp(request->home.scheme, hop->parts.scheme) == 0;
}

bool hop_is_bare(const struct hop *hop)
{
	return hop->proxy[0] == '\0' && strcmp(hop->parts.scheme, "http") == 0;
}

bool hop_tunnels(const struct hop *hop)
{
	return hop->proxy[0] != '\0' && !hop->absolute_target;
}

char *hop_target(const struct hop *hop)
{
	const char *rest;

	if (!hop->absolute_target)
		return mem_strdup(hop->parts.target);
	rest = strstr(hop->url, "://") + 3;
	return mem_printf("http://%.*s%s", (int)strcspn(rest, "/?"), rest, hop->parts.target);
}

size_t hop_known_addresses(const struct url_parts *parts, struct address out_addresses[2])
{
	if (parts->is_address)
		return address_of_text(parts->host, &out_addresses[0]);
	if (strcasecmp(parts->host, "localhost") != 0 && !ends_with(parts->host, ".localhost"))
		return 0;
	return (size_t)address_of_text("127.0.0.1", &out_addresses[0]) +
	       (size_t)address_of_text("::1", &out_addresses[1]);
}

int hop_judge(const struct hop *hop, const struct fetch_options *options,
	const struct address *address, unsigned port, struct err *err)
{
	char text[ADDRESS_TEXT_MAX];

	/* A proxy is where the user said; what it reaches is its own policy. */
	if (hop->proxy[0] != '\0' || hop->private_ok || !address_is_private(address) ||
		address_is_allowed(address, port, options->allow, options->allow_count))
		return 0;
	address_text(address, text);
	return err_set(err, ERR_BLOCKED, "%s is a private address", text);
}
