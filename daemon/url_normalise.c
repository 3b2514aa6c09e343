/*
 * URLs as they are compared: whether two that are written differently lead to one page.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "daemon/url.h"
#include "daemon/url_pieces.h"

/* ---- who sent the reader ------------------------------------------------- */

static bool is_one_of(struct span word, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (word.length == strlen(words[i]) &&
			strncasecmp(word.at, words[i], word.length) == 0)
			return true;
	return false;
}

static bool begins_with(struct span word, const char *start)
{
	size_t length = strlen(start);

	return word.length >= length && strncasecmp(word.at, start, length) == 0;
}

#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof((words)[0]))

/* Parameters that say nothing but who sent the reader, whatever their value. */
static bool is_tracking(struct span name)
{
	/* Families of Google's Urchin and of Matomo, which was Piwik. */
	static const char *const families[] = { "utm_", "mtm_", "matomo_", "piwik_" };
	/* Of Piwik's "pk_" those that it knew: another's pk_id is a primary key.
	 * (matomo.org: "Tracking campaigns") */
	static const char *const piwik[] = { "pk_campaign", "pk_cpn", "pk_keyword", "pk_kwd",
		"pk_source", "pk_medium", "pk_content", "pk_cid", "pk_group", "pk_placement",
		"pk_vid" };
	/* Clicks in advertisements, letters and networks; campaigns. */
	static const char *const names[] = { "fbclid", "gclid", "dclid", "gbraid", "wbraid",
		"msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh", "mc_cid", "mc_eid", "_ga",
		"_gl", "_hsenc", "_hsmi", "mkt_tok", "oly_anon_id", "oly_enc_id", "rb_clickid",
		"s_cid", "vero_id", "wickedid", "ref_src", "at_medium", "at_campaign", "cmp" };
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (begins_with(name, families[i]))
			return true;
	return IS_ONE_OF(name, piwik) || IS_ONE_OF(name, names);
}

/* "source=rss", "ref=atom-feed", and Medium's "source=rss----7f60cf5620c9---4": the
 * feed sent the reader.  With another value these two may be what the page is about. */
static bool tells_of_feed(struct span name, struct span value)
{
	static const char *const senders[] = { "ref", "source" };
	static const char *const feeds[] = { "rss", "rss2", "rssfeed", "feed", "atom", "atomfeed",
		"atom-feed", "atom_feed" };

	return IS_ONE_OF(name, senders) && (IS_ONE_OF(value, feeds) || begins_with(value, "rss-") ||
						   begins_with(value, "rss_"));
}

static bool is_wanted(struct span parameter)
{
	const char *equals = memchr(parameter.at, '=', parameter.length);
	struct span name = parameter, value = { parameter.at + parameter.length, 0 };

	if (equals != NULL) {
		name.length = (size_t)(equals - parameter.at);
		value.at = equals + 1;
		value.length = parameter.length - name.length - 1;
	}
	return parameter.length != 0 && !is_tracking(name) && !tells_of_feed(name, value);
}

/* ---- one spelling -------------------------------------------------------- */

/* RFC 3986 §2.3. */
static bool is_unreserved(unsigned char c)
{
	return c < 0x80 && (isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~');
}

static unsigned hex_value(char c)
{
	return isdigit((unsigned char)c) ? (unsigned)(c - '0')
					 : (unsigned)(tolower((unsigned char)c) - 'a') + 10;
}

/*
 * What needs no percent sign gets none, bytes beyond ASCII get one, hexadecimal digits
 * are capitals (RFC 3986 §6.2.2.1 and 2, RFC 3987 §3.1).  What is reserved stays as it
 * was written: "a%2Fb" is not "a/b".
 */
static char *put_spelled(char *out, struct span text)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = text.at, *end = at + text.length;

	while (at < end) {
		unsigned char c = (unsigned char)*at;
		bool encoded = c == '%' && end - at > 2 && isxdigit((unsigned char)at[1]) &&
			       isxdigit((unsigned char)at[2]);

		if (encoded)
			c = (unsigned char)(hex_value(at[1]) << 4 | hex_value(at[2]));
		at += encoded ? 3 : 1;
		if (is_unreserved(c) || (!encoded && c < 0x80)) {
			*out++ = (char)c;
			continue;
		}
		*out++ = '%';
		*out++ = digits[c >> 4];
		*out++ = digits[c & 15];
	}
	return out;
}

/* The parameters that say what is asked for, without those that say who asks, which are
 * known by the one spelling, too. */
static char *put_query(char *out, struct span query)
{
	const char *at = query.at, *end, *next;
	char joint = '?', *behind;

	if (at == NULL)
		return out;
	for (end = at + query.length; at < end; at = next + 1) {
		struct span parameter;

		next = memchr(at, '&', (size_t)(end - at));
		if (next == NULL)
			next = end;
		behind = put_spelled(out + 1, (struct span){ at, (size_t)(next - at) });
		parameter = (struct span){ out + 1, (size_t)(behind - out - 1) };
		if (!is_wanted(parameter))
			continue;
		*out = joint;
		joint = '&';
		out = behind;
	}
	return out;
}

static char *put_path(char *out, struct span path)
{
	while (path.length > 0 && path.at[path.length - 1] == '/')
		path.length--;
	return put_spelled(out, path);
}

/* A host in other letters, or with percent signs, as it is asked for: in punycode.  NULL
 * if it is not one of these, or nobody can be asked under that name. */
static char *plain_host(const char *url, const struct url_pieces *pieces)
{
	struct span host = url_pieces_host(pieces);
	struct url_parts parts;
	char *plain;
	size_t i;

	for (i = 0; i < host.length; i++)
		if ((unsigned char)host.at[i] >= 0x80 || host.at[i] == '%')
			break;
	if (i == host.length || url_split(url, &parts, NULL) < 0)
		return NULL;
	plain = mem_printf("%s:%u", parts.host, parts.port);
	url_parts_release(&parts);
	return plain;
}

static char *put_host(char *out, const struct url_pieces *pieces, const char *plain)
{
	struct span host = plain != NULL ? (struct span){ plain, strlen(plain) }
					 : url_pieces_host(pieces);
	const char *standard = pieces->scheme.length == 5 ? ":443" : ":80";
	size_t length = strlen(standard), i;

	if (host.length > length && memcmp(host.at + host.length - length, standard, length) == 0)
		host.length -= length;
	if (host.length > 4 && strncasecmp(host.at, "www.", 4) == 0)
		host = (struct span){ host.at + 4, host.length - 4 };
	for (i = 0; i < host.length; i++)
		*out++ = (char)tolower((unsigned char)host.at[i]);
	return out;
}

char *url_normalise(const char *url)
{
	size_t length = strlen(url);
	struct url_pieces pieces;
	char *result, *out, *plain;

	if (!url_is_web(url, length))
		return NULL;
	pieces = url_pieces_of(url, length);
	plain = plain_host(url, &pieces);
	result = mem_alloc(3 * length + 2 + (plain != NULL ? strlen(plain) : 0));
	out = put_host(result, &pieces, plain);
	out = put_path(out, pieces.path);
	out = put_query(out, pieces.query);
	*out = '\0';
	free(plain);
	return result;
}
