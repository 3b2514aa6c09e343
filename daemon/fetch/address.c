#include "daemon/fetch/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

bool address_of_socket(
	const struct sockaddr *socket, struct address *out_address, unsigned *out_port)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;

	if (socket->sa_family == AF_INET) {
		memcpy(&four, socket, sizeof(four));
		memcpy(out_address->bytes, mapped, sizeof(mapped));
		memcpy(out_address->bytes + 12, &four.sin_addr, 4);
		*out_port = ntohs(four.sin_port);
		return true;
	}
	if (socket->sa_family != AF_INET6)
		return false;
	memcpy(&six, socket, sizeof(six));
	memcpy(out_address->bytes, &six.sin6_addr, 16);
	*out_port = ntohs(six.sin6_port);
	return true;
}

bool address_of_text(const char *text, struct address *out_address)
{
	char plain[INET6_ADDRSTRLEN];
	size_t length = strcspn(text, "%");

	if (length >= sizeof(plain))
		return false;
	memcpy(plain, text, length);
	plain[length] = '\0';
	if (inet_pton(AF_INET, plain, out_address->bytes + 12) == 1) {
		memcpy(out_address->bytes, mapped, sizeof(mapped));
		return true;
	}
	return inet_pton(AF_INET6, plain, out_address->bytes) == 1;
}

void address_text(const struct address *address, char out_text[ADDRESS_TEXT_MAX])
{
	if (memcmp(address->bytes, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, address->bytes + 12, out_text, ADDRESS_TEXT_MAX);
	else
		inet_ntop(AF_INET6, address->bytes, out_text, ADDRESS_TEXT_MAX);
}

static bool has_prefix(const uint8_t *bytes, const uint8_t *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(bytes, prefix, whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

/* The IANA special-purpose registries, without what is globally reachable. */
static bool is_private_four(const uint8_t *four)
{
	static const struct {
		uint8_t prefix[4];
		unsigned bits;
	} ranges[] = {
		{ { 0 }, 8 },
		{ { 10 }, 8 },
		{ { 100, 64 }, 10 },
		{ { 127 }, 8 },
		{ { 169, 254 }, 16 },
		{ { 172, 16 }, 12 },
		{ { 192, 0, 0 }, 24 },
		{ { 192, 0, 2 }, 24 },
		{ { 192, 88, 99 }, 24 },
		{ { 192, 168 }, 16 },
		{ { 198, 18 }, 15 },
		{ { 198, 51, 100 }, 24 },
		{ { 203, 0, 113 }, 24 },
		{ { 224 }, 4 },
		{ { 240 }, 4 },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (has_prefix(four, ranges[i].prefix, ranges[i].bits))
			return true;
	}
	return false;
}

bool address_is_private(const struct address *address)
{
	static const struct {
		uint8_t prefix[16];
		unsigned bits;
	} ranges[] = {
		{ { 0x01 }, 64 },                         /* discard only (RFC 6666) */
		{ { 0x00, 0x64, 0xff, 0x9b, 0, 1 }, 48 }, /* local NAT64 (RFC 8215) */
		{ { [8] = 0xff, [9] = 0xff }, 96 },       /* translated IPv4 (RFC 7915) */
		{ { 0x20, 0x01 }, 23 },                   /* protocols, Teredo, ORCHID */
		{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },       /* documentation */
		{ { 0x20, 0x02 }, 16 },                   /* 6to4 */
		{ { 0x3f, 0xff }, 20 },                   /* documentation */
		{ { 0x5f }, 16 },                         /* segment routing */
		{ { 0xfc }, 7 },                          /* unique local */
		{ { 0xfe }, 8 },                          /* link and site local, reserved */
		{ { 0xff }, 8 },                          /* multicast */
	};
	static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b }, zero[12];
	const uint8_t *bytes = address->bytes;
	size_t i;

	if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, nat64, 12) == 0)
		return is_private_four(bytes + 12);
	if (memcmp(bytes, zero, 12) == 0)
		return true; /* ::, ::1 and the forms that nobody routes */
	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (has_prefix(bytes, ranges[i].prefix, ranges[i].bits))
			return true;
	}
	return false;
}

bool address_is_allowed(const struct address *address, unsigned port,
	const struct fetch_allow *allow, size_t allow_count)
{
	size_t i;

	for (i = 0; i < allow_count; i++) {
		if ((allow[i].port == 0 || allow[i].port == port) &&
			has_prefix(address->bytes, allow[i].address, allow[i].prefix))
			return true;
	}
	return false;
}

bool address_is_bad_port(unsigned port)
{
	static const uint16_t ports[] = { 0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37,
		42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117,
		119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
		531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720,
		1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668,
		6669, 6679, 6697, 10080 };
	size_t i;

	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (ports[i] == port)
			return true;
	}
	return port > 65535;
}

static bool parse_number(const char *text, unsigned most, unsigned *out)
{
	char *end;
	unsigned long value;

	if (!isdigit((unsigned char)text[0]))
		return false;
	value = strtoul(text, &end, 10);
	*out = (unsigned)value;
	return *end == '\0' && value <= most;
}

/* Cut "address[/prefix][:port]" at its joints; `text` is written to. */
static bool cut_rule(char *text, char **out_address, char **out_prefix, char **out_port)
{
	char *behind = text;

	*out_address = text;
	if (text[0] == '[') {
		*out_address = text + 1;
		behind = strchr(text, ']');
		if (behind == NULL)
			return false;
		*behind++ = '\0';
	}
	*out_prefix = strchr(behind, '/');
	*out_port = NULL;
	/* A bare IPv6 address has colons of its own; its port needs the brackets. */
	if (text[0] == '[' || strchr(text, ':') == strrchr(text, ':'))
		*out_port = strrchr(behind, ':');
	if (text[0] == '[' && *behind != '\0' && behind != *out_prefix && behind != *out_port)
		return false;
	if (*out_port != NULL)
		*(*out_port)++ = '\0';
	if (*out_prefix != NULL)
		*(*out_prefix)++ = '\0';
	return true;
}

int fetch_allow_parse(const char *text, struct fetch_allow *out_allow, struct err *err)
{
	char copy[96], *address, *prefix, *port;
	struct fetch_allow allow = { 0 };
	struct address parsed;
	unsigned bits, most;

	if (strlen(text) >= sizeof(copy))
		return err_set(err, ERR_SYNTAX, "an address range is too long");
	memcpy(copy, text, strlen(text) + 1);
	if (!cut_rule(copy, &address, &prefix, &port) || !address_of_text(address, &parsed))
		return err_set(err, ERR_SYNTAX, "\"%s\" is no address range", text);
	most = strchr(address, ':') != NULL ? 128 : 32;
	bits = most;
	if (prefix != NULL && !parse_number(prefix, most, &bits))
		return err_set(err, ERR_SYNTAX, "\"%s\": the prefix is 0 to %u", text, most);
	if (port != NULL && !parse_number(port, 65535, &allow.port))
		return err_set(err, ERR_SYNTAX, "\"%s\": the port is 0 to 65535", text);
	memcpy(allow.address, parsed.bytes, sizeof(allow.address));
	allow.prefix = bits + (128 - most);
	*out_allow = allow;
	return 0;
}
