#include "tests/support/httpd.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/*
 * The servers' sides of SOCKS 4a and of RFC 1928 with RFC 1929.  Whatever was
 * asked for, the connection leads back to httpd itself; what was asked for is
 * what the log is about.
 */

static int reply_with(struct buf *reply, const char *bytes, size_t length)
{
	return buf_add(reply, bytes, length);
}

static int step_four(struct httpd_socks *socks, const unsigned char *data, size_t length,
	size_t *out_used, struct buf *reply)
{
	const unsigned char *user = data + 8, *end, *host;

	if (length < 9 || (end = memchr(user, '\0', length - 8)) == NULL)
		return 0;
	snprintf(socks->user, sizeof(socks->user), "%s", (const char *)user);
	socks->port = (unsigned)data[2] << 8 | data[3];
	if (data[4] == 0 && data[5] == 0 && data[6] == 0 && data[7] != 0) {
		host = end + 1;
		end = memchr(host, '\0', length - (size_t)(host - data));
		if (end == NULL)
			return 0;
		snprintf(socks->host, sizeof(socks->host), "%s", (const char *)host);
	} else {
		inet_ntop(AF_INET, data + 4, socks->host, sizeof(socks->host));
	}
	socks->version = 4;
	*out_used = (size_t)(end - data) + 1;
	return reply_with(reply, "\0\x5a\0\0\0\0\0\0", 8) < 0 ? -1 : 1;
}

/* Greeting: version, count, methods.  User and password where they are offered. */
static int step_greeting(struct httpd_socks *socks, const unsigned char *data, size_t length,
	size_t *out_used, struct buf *reply)
{
	bool named;

	if (length < 2 || length < 2u + data[1])
		return 0;
	named = memchr(data + 2, 2, data[1]) != NULL;
	*out_used = 2u + data[1];
	socks->step = named ? 1 : 2;
	return reply_with(reply, named ? "\5\2" : "\5\0", 2) < 0 ? -1 : 0;
}

static int step_user(struct httpd_socks *socks, const unsigned char *data, size_t length,
	size_t *out_used, struct buf *reply)
{
	size_t user, password;

	if (length < 2 || length < 3u + data[1])
		return 0;
	user = data[1];
	password = data[2 + user];
	if (length < 3 + user + password)
		return 0;
	snprintf(socks->user, sizeof(socks->user), "%.*s:%.*s", (int)user, (const char *)data + 2,
		(int)password, (const char *)data + 3 + user);
	*out_used = 3 + user + password;
	socks->step = 2;
	return reply_with(reply, "\1\0", 2) < 0 ? -1 : 0;
}

static int step_connect(struct httpd_socks *socks, const unsigned char *data, size_t length,
	size_t *out_used, struct buf *reply)
{
	size_t end;

	if (length < 5)
		return 0;
	end = 4 + (data[3] == 1 ? 4u : data[3] == 4 ? 16u : 1u + data[4]);
	if (length < end + 2)
		return 0;
	if (data[3] == 3)
		snprintf(socks->host, sizeof(socks->host), "%.*s", (int)data[4],
			(const char *)data + 5);
	else
		inet_ntop(data[3] == 1 ? AF_INET : AF_INET6, data + 4, socks->host,
			sizeof(socks->host));
	socks->port = (unsigned)data[end] << 8 | data[end + 1];
	socks->version = 5;
	*out_used = end + 2;
	return reply_with(reply, "\5\0\0\1\0\0\0\0\0\0", 10) < 0 ? -1 : 1;
}

int httpd_socks_step(struct httpd_socks *socks, const unsigned char *data, size_t length,
	size_t *out_used, struct buf *reply)
{
	*out_used = 0;
	if (length == 0)
		return 0;
	if (socks->step == 0 && data[0] == 4)
		return step_four(socks, data, length, out_used, reply);
	if (data[0] != (socks->step == 1 ? 1 : 5))
		return -1;
	switch (socks->step) {
	case 0:
		return step_greeting(socks, data, length, out_used, reply);
	case 1:
		return step_user(socks, data, length, out_used, reply);
	default:
		return step_connect(socks, data, length, out_used, reply);
	}
}
