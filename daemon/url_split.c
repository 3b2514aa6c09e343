#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/url.h"
#include "daemon/url_pieces.h"

/*
 * What a host is (numbers that are addresses, IDN, ports) is libcurl's word
 * alone: the one that connects must be the one that was judged.
 */

/* WHATWG URL's forbidden host code points but controls, and what libcurl refuses
 * besides. */
#define FORBIDDEN_IN_HOST "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"

/* WHATWG URL's "ends in a number": only addresses do, and libcurl has looked for
 * one before IDN took away what was around it. */
static bool ends_in_number(const char *host)
{
	const char *dot, *label;
	size_t length = strlen(host);

	if (length > 0 && host[length - 1] == '.')
		length--;
	dot = memrchr(host, '.', length);
	label = dot != NULL ? dot + 1 : host;
	length -= (size_t)(label - host);
	if (length >= 2 && label[0] == '0' && (label[1] | 0x20) == 'x')
		return strspn(label + 2, "0123456789abcdefABCDEF") >= length - 2;
	return length > 0 && strspn(label, "0123456789") >= length;
}

static bool is_host(const char *host)
{
	const char *at;

	for (at = host; (unsigned char)*at > ' ' && *at != '\x7F'; at++)
		;
	return at > host && *at == '\0' && strpbrk(host, FORBIDDEN_IN_HOST) == NULL &&
	       !ends_in_number(host);
}

static char *lower(char *text)
{
	char *at;

	for (at = text; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
	return text;
}

/* What libcurl makes of a URL when it connects; its memory, NULL where there is none. */
struct authority {
	char *user, *password, *host, *zone;
	unsigned port;
};

static void authority_release(struct authority *authority)
{
	curl_free(authority->user);
	curl_free(authority->password);
	curl_free(authority->host);
	curl_free(authority->zone);
}

static char *part_of(CURLU *handle, CURLUPart part, unsigned flags)
{
	char *value = NULL;

	return curl_url_get(handle, part, &value, flags) == CURLUE_OK ? value : NULL;
}

static int read_authority(const char *url, struct authority *out_authority, struct err *err)
{
	CURLU *handle = curl_url();
	char *host = NULL, *port;
	CURLUcode code;

	code = curl_url_set(handle, CURLUPART_URL, url, CURLU_PATH_AS_IS);
	if (code == CURLUE_OK)
		code = curl_url_get(handle, CURLUPART_HOST, &host, CURLU_PUNYCODE);
	if (code != CURLUE_OK) {
		/* Before 8.0 a name that IDN refuses was left to us. */
		if (curl_version_info(CURLVERSION_NOW)->version_num < 0x080000)
			curl_free(host);
		curl_url_cleanup(handle);
		/* Of such a name it says that there is no memory, or that it is bad. */
		if (code == CURLUE_OUT_OF_MEMORY || code == CURLUE_BAD_HOSTNAME)
			return err_set(err, ERR_BAD_URL, "no host is called like that");
		return err_set(err, ERR_BAD_URL, "%s", curl_url_strerror(code));
	}
	port = part_of(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	*out_authority = (struct authority){ .user = part_of(handle, CURLUPART_USER, 0),
		.password = part_of(handle, CURLUPART_PASSWORD, 0),
		.host = host,
		.zone = part_of(handle, CURLUPART_ZONEID, 0),
		.port = port != NULL ? (unsigned)strtoul(port, NULL, 10) : 0 };
	curl_free(port);
	curl_url_cleanup(handle);
	return 0;
}

static struct span span_of(const char *text)
{
	return (struct span){ text, text != NULL ? strlen(text) : 0 };
}

/* The next of the strings that stand behind each other. */
static char *put(char **at, struct span span)
{
	char *begin = *at;

	if (span.length > 0)
		memcpy(begin, span.at, span.length);
	begin[span.length] = '\0';
	*at += span.length + 1;
	return begin;
}

static void put_parts(
	struct url_parts *parts, const struct url_pieces *pieces, const struct authority *authority)
{
	struct span user = span_of(authority->user), password = span_of(authority->password);
	struct span host = span_of(authority->host), path = pieces->path;
	unsigned char address[sizeof(struct in6_addr)];
	bool is_six = host.at[0] == '[';
	char *at;

	if (is_six)
		host = (struct span){ host.at + 1, host.length - 2 };
	if (path.length == 0)
		path = (struct span){ "/", 1 };
	parts->length = pieces->scheme.length + user.length + password.length + host.length +
			path.length + pieces->query.length + 6;
	at = parts->text = mem_alloc(parts->length);
	parts->scheme = lower(put(&at, pieces->scheme));
	parts->user = put(&at, user);
	parts->password = put(&at, password);
	parts->host = lower(put(&at, host));
	parts->is_address = is_six || inet_pton(AF_INET, parts->host, address) == 1;
	parts->has_userinfo = url_pieces_host(pieces).length < pieces->authority.length;
	parts->target = put(&at, path);
	if (pieces->query.at != NULL) {
		at[-1] = '?';
		put(&at, pieces->query);
	}
	parts->port = authority->port;
}

int url_split(const char *url, struct url_parts *out_parts, struct err *err)
{
	size_t length = strlen(url);
	struct url_pieces pieces = url_pieces_of(url, length);
	struct url_parts parts = { 0 };
	struct authority authority = { 0 };
	bool has_zone;
	int result = 0;

	if (length > URL_MAX)
		return err_set(err, ERR_BAD_URL, "longer than %u bytes", URL_MAX);
	if (!url_pieces_are_web(&pieces))
		return err_set(err, ERR_BAD_URL, "only http and https can be fetched");
	if (!url_is_web(url, length))
		return err_set(err, ERR_BAD_URL,
			"this is no address: it has no host, or blanks or controls in it");
	if (read_authority(url, &authority, err) < 0)
		return -1;
	has_zone = authority.zone != NULL;
	put_parts(&parts, &pieces, &authority);
	authority_release(&authority);
	/* Without it somebody else could be asked. */
	if (has_zone)
		result = err_set(
			err, ERR_BAD_URL, "an address with a zone, like %%25eth0, can't be asked");
	else if (parts.port == 0)
		result = err_set(err, ERR_BAD_URL, "port 0 is no port");
	/* Unicode has blanks, slashes and the like that IDN makes plain ones. */
	else if (!parts.is_address && !is_host(parts.host))
		result = err_set(err, ERR_BAD_URL, "no host is called like that");
	if (result < 0)
		url_parts_release(&parts);
	else
		*out_parts = parts;
	return result;
}

/* The same place in the copy's block. */
static const char *moved(const char *part, const struct url_parts *from, const char *to)
{
	return part != NULL ? to + (part - from->text) : NULL;
}

void url_parts_copy(struct url_parts *out_parts, const struct url_parts *parts)
{
	char *text = mem_dup(parts->text, parts->length);

	*out_parts = (struct url_parts){ .text = text,
		.length = parts->length,
		.scheme = moved(parts->scheme, parts, text),
		.user = moved(parts->user, parts, text),
		.password = moved(parts->password, parts, text),
		.host = moved(parts->host, parts, text),
		.target = moved(parts->target, parts, text),
		.port = parts->port,
		.is_address = parts->is_address,
		.has_userinfo = parts->has_userinfo };
}

void url_parts_release(struct url_parts *parts)
{
	free(parts->text);
	*parts = (struct url_parts){ 0 };
}
