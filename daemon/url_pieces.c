#include "daemon/url_pieces.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "common/sixteen.h"
#include "common/utf8.h"

static size_t scheme_length(const char *text, size_t length)
{
	size_t i;

	if (length == 0 || !isalpha((unsigned char)text[0]))
		return 0;
	for (i = 1; i < length; i++) {
		if (text[i] == ':')
			return i;
		if (!isalnum((unsigned char)text[i]) && strchr("+-.", text[i]) == NULL)
			return 0;
	}
	return 0;
}

/* Up to the first of the signs. */
static struct span take_until(const char **at, const char *end, const char *signs)
{
	struct span span = { *at, (size_t)(end - *at) };

	for (; *signs != '\0'; signs++) {
		const char *found = memchr(span.at, *signs, span.length);

		if (found != NULL)
			span.length = (size_t)(found - span.at);
	}
	*at += span.length;
	return span;
}

struct url_pieces url_pieces_of(const char *text, size_t length)
{
	struct url_pieces pieces = { 0 };
	const char *at = text, *end = text + length;
	size_t scheme = scheme_length(text, length);

	if (scheme > 0) {
		pieces.scheme = (struct span){ at, scheme };
		at += scheme + 1;
	}
	if (end - at >= 2 && at[0] == '/' && at[1] == '/') {
		at += 2;
		pieces.authority = take_until(&at, end, "/?#");
	}
	pieces.path = take_until(&at, end, "?#");
	if (at < end && *at == '?') {
		at++;
		pieces.query = take_until(&at, end, "#");
	}
	if (at < end) {
		at++;
		pieces.fragment = (struct span){ at, (size_t)(end - at) };
	}
	return pieces;
}

static bool span_is(struct span span, const char *word)
{
	return span.length == strlen(word) && strncasecmp(span.at, word, span.length) == 0;
}

bool url_pieces_are_web(const struct url_pieces *pieces)
{
	return pieces->scheme.at != NULL &&
	       (span_is(pieces->scheme, "http") || span_is(pieces->scheme, "https"));
}

struct span url_pieces_host(const struct url_pieces *pieces)
{
	struct span authority = pieces->authority;
	size_t i = authority.length;

	while (i > 0 && authority.at[i - 1] != '@')
		i--;
	return (struct span){ authority.at + i, authority.length - i };
}

size_t url_plain_length(const char *text, size_t length)
{
	size_t i = 0;

	while (length - i >= 16) {
		sixteen c = sixteen_at(text + i);

		if (sixteen_any((sixteen)((c <= ' ') | (c >= 0x7f))))
			break;
		i += 16;
	}
	return i;
}

size_t url_unsafe_length(const char *text, size_t length)
{
	unsigned char c = (unsigned char)text[0];
	uint32_t rune;
	size_t n;

	if (c < 0x80)
		return c <= ' ' || c == 0x7f;
	n = utf8_decode(text, length, &rune);
	return utf8_is_unsafe(rune) || rune == 0xa0 || rune == 0x3000 ? n : 0;
}
