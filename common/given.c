#include "common/given.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Of the message and its connection (RFC 9110 7.2, 7.6.1, 8.6, 10.1.1), and what
 * would make an answer one that nobody asked for: validators, parts. */
static bool is_ours(const char *name, size_t length)
{
	static const char *const ours[] = { "Connection", "Content-Length", "Expect", "Host",
		"If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
		"Keep-Alive", "Proxy-Connection", "Range", "TE", "Trailer", "Transfer-Encoding",
		"Upgrade" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strlen(ours[i]) == length && strncasecmp(ours[i], name, length) == 0)
			return true;
	return false;
}

int given_check_header(const char *line, struct err *err)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t length = strspn(line, token);

	if (length == 0 || line[length] != ':')
		return err_set(err, ERR_USAGE, "header: one line, \"Name: value\"");
	for (const char *at = line + length; *at != '\0'; at++)
		if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f)
			return err_set(err, ERR_USAGE, "header: one line, \"Name: value\"");
	/* For libcurl that is a word to leave out one that would be sent. */
	if (line[length + 1 + strspn(line + length + 1, " \t")] == '\0')
		return err_set(err, ERR_USAGE, "header: %.*s has no value", (int)length, line);
	if (is_ours(line, length))
		return err_set(
			err, ERR_USAGE, "header: %.*s is feedd's own to say", (int)length, line);
	return 0;
}

int given_check_auth(const char *auth, struct err *err)
{
	if (strchr(auth, ':') == NULL)
		return err_set(
			err, ERR_USAGE, "auth: there is no colon in it; it is user:password");
	for (const char *at = auth; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return err_set(err, ERR_USAGE, "auth: one line, user:password");
	return 0;
}
