#ifndef DAEMON_URL_PIECES_H
#define DAEMON_URL_PIECES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A URL reference cut at its delimiters (RFC 3986, appendix B), nothing copied
 * and nothing judged.  For url*.c alone.
 */
struct span {
	const char *at; /* NULL: the part is absent, which is not the same as empty */
	size_t length;
};

struct url_pieces {
	struct span scheme, authority, path, query, fragment;
};

struct url_pieces url_pieces_of(const char *text, size_t length);

/* http or https, whatever its case. */
bool url_pieces_are_web(const struct url_pieces *pieces);

/* What stands behind the last "@" of the authority. */
struct span url_pieces_host(const struct url_pieces *pieces);

/*
 * The bytes of a first character that no URL may hold and no terminal should
 * see (blank, control, invisible); 0 if it is none of these.
 */
size_t url_unsafe_length(const char *text, size_t length);

/* Bytes at the front that are printable ASCII, so that none of them needs that look;
 * it may stop before another one. */
size_t url_plain_length(const char *text, size_t length);

#endif
