#include "daemon/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "daemon/url_pieces.h"

/*
 * References are resolved here and not by libcurl: what it makes of RFC 3986
 * §5.4 depends on its version, it refuses schemes it cannot fetch, and it
 * copies every part of every link.
 */

static char *put(char *out, const char *text, size_t length)
{
	if (length > 0)
		memcpy(out, text, length);
	return out + length;
}

static char *put_percent(char *out, const char *text, size_t length)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < length; i++) {
		*out++ = '%';
		*out++ = hex[(unsigned char)text[i] >> 4];
		*out++ = hex[(unsigned char)text[i] & 15];
	}
	return out;
}

/* Put a piece of a reference, with what no URL may hold as %XX. */
static char *put_clean(char *out, struct span span)
{
	size_t i = 0, unsafe;

	while (i < span.length) {
		unsafe = url_unsafe_length(span.at + i, span.length - i);
		if (unsafe == 0) {
			*out++ = span.at[i++];
			continue;
		}
		out = put_percent(out, span.at + i, unsafe);
		i += unsafe;
	}
	return out;
}

/* RFC 3986 §5.2.4, in place; the path begins with "/".  Returns its new end. */
static char *remove_dots(char *path, char *end)
{
	char *in = path, *out = path, *next;
	size_t length;

	while (in < end) {
		next = memchr(in + 1, '/', (size_t)(end - in - 1));
		if (next == NULL)
			next = end;
		length = (size_t)(next - in);
		if (length == 3 && in[1] == '.' && in[2] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (length != 2 || in[1] != '.') {
			memmove(out, in, length);
			out += length;
			in = next;
			continue;
		}
		in = next;
		if (in == end)
			*out++ = '/'; /* "/." and "/.." at the end name a directory */
	}
	return out;
}

/* RFC 3986 §5.2.3: all of the base's path up to its last slash. */
static struct span directory_of(const struct url_pieces *base)
{
	size_t i = base->path.length;

	if (base->authority.at != NULL && i == 0)
		return (struct span){ "/", 1 };
	while (i > 0 && base->path.at[i - 1] != '/')
		i--;
	return (struct span){ base->path.at, i };
}

/*
 * Browsers drop blanks around a reference and line ends inside it, and feeds
 * wrap their links accordingly.  Returns `text` itself where there are none.
 */
static char *without_breaks(const char *text, size_t *length)
{
	char *copy;
	size_t i, n = 0;

	if (strcspn(text, "\t\n\r") >= *length)
		return NULL;
	copy = mem_alloc(*length + 1);
	for (i = 0; i < *length; i++) {
		if (strchr("\t\n\r", text[i]) == NULL)
			copy[n++] = text[i];
	}
	copy[n] = '\0';
	*length = n;
	return copy;
}

static char *put_path(char *out, const struct url_pieces *base, const struct url_pieces *ref)
{
	char *path = out;
	struct span directory;

	if (ref->path.length > 0 && ref->path.at[0] != '/' && ref->scheme.at == NULL &&
		ref->authority.at == NULL) {
		directory = directory_of(base);
		out = put_clean(out, directory);
	}
	out = put_clean(out, ref->path);
	if (out > path && *path == '/')
		out = remove_dots(path, out);
	return out;
}

/* RFC 3986 §5.2.2 and §5.3; `out` has room. */
static void recompose(char *out, const struct url_pieces *base, const struct url_pieces *ref)
{
	struct span scheme = ref->scheme.at != NULL ? ref->scheme : base->scheme;
	bool own = ref->scheme.at != NULL || ref->authority.at != NULL;
	struct span authority = own ? ref->authority : base->authority;
	struct span query = ref->query;

	out = put(out, scheme.at, scheme.length);
	*out++ = ':';
	if (authority.at != NULL) {
		out = put(out, "//", 2);
		out = put_clean(out, authority);
	}
	if (!own && ref->path.length == 0) {
		out = put_clean(out, base->path);
		if (query.at == NULL)
			query = base->query;
	} else {
		out = put_path(out, base, ref);
	}
	if (query.at != NULL) {
		*out++ = '?';
		out = put_clean(out, query);
	}
	if (ref->fragment.at != NULL) {
		*out++ = '#';
		out = put_clean(out, ref->fragment);
	}
	*out = '\0';
}

int url_resolve(const char *base_text, const char *reference, char **out_url)
{
	struct url_pieces base = url_pieces_of(base_text, strlen(base_text)), ref;
	size_t length;
	char *joined;

	while (*reference != '\0' && (unsigned char)*reference <= ' ')
		reference++;
	length = strlen(reference);
	while (length > 0 && (unsigned char)reference[length - 1] <= ' ')
		length--;
	joined = without_breaks(reference, &length);
	ref = url_pieces_of(joined != NULL ? joined : reference, length);
	/* A base like mailto:… has no place that a path could be relative to. */
	if (ref.scheme.at == NULL &&
		(base.scheme.at == NULL ||
			(base.authority.at == NULL && ref.path.length > 0 &&
				(base.path.length == 0 || base.path.at[0] != '/')))) {
		free(joined);
		return 0;
	}
	*out_url = mem_alloc(3 * (strlen(base_text) + length) + 8);
	recompose(*out_url, &base, &ref);
	free(joined);
	return 1;
}

bool url_same_origin(const char *a, const char *b)
{
	char *origin = url_origin(a), *other = url_origin(b);
	bool same = origin != NULL && other != NULL && strcmp(origin, other) == 0;

	free(origin);
	free(other);
	return same;
}

bool url_is_at(const char *url, const char *at)
{
	char *origin = at != NULL ? url_origin(url) : NULL;
	const char *end = origin != NULL ? strstr(origin, "://") : NULL;
	bool is_at = end != NULL && strcasecmp(end + 3, at) == 0;

	free(origin);
	return is_at;
}
