#ifndef FETCH_ADDRESS_H
#define FETCH_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "daemon/fetch/fetch.h"

/*
 * Which addresses are nobody's business to reach: private, local, reserved and
 * what is wrapped in another form.  Judges numbers, never the text of a URL.
 * Pure.
 */
struct address {
	uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
};

/* false for families that are no IP. */
bool address_of_socket(
	const struct sockaddr *socket, struct address *out_address, unsigned *out_port);

/* From "192.0.2.1", "2001:db8::1", "fe80::1%eth0". */
bool address_of_text(const char *text, struct address *out_address);

#define ADDRESS_TEXT_MAX 64
void address_text(const struct address *address, char out_text[ADDRESS_TEXT_MAX]);

/* Not for the public: everything that is no global unicast address, as the IANA
 * special-purpose registries (RFC 6890) have it, and those whose embedded IPv4 address is
 * none. */
bool address_is_private(const struct address *address);

/* Whether a rule lets it be reached although it is private. */
bool address_is_allowed(const struct address *address, unsigned port,
	const struct fetch_allow *allow, size_t allow_count);

/* Ports that belong to other protocols (the WHATWG's list of bad ports). */
bool address_is_bad_port(unsigned port);

#endif
