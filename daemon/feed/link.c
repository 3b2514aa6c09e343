#include "daemon/feed/link.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "common/strip.h"
#include "daemon/feed/blank.h"
#include "daemon/url.h"

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == '\x7f';
}

#define ESCAPED "&amp;"
#define ESCAPED_LENGTH (sizeof(ESCAPED) - 1)

static bool has_escaped(const char *text, size_t length)
{
	return memmem(text, length, ESCAPED, ESCAPED_LENGTH) != NULL;
}

/* Line ends inside are of the feed's layout and fall out; blanks are escaped.  No address
 * has "&amp;" but by being escaped twice, or within CDATA. */
static int add_clean(struct buf *out, const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (is_control(text[i]))
			continue;
		if (text[i] == '&' && length - i >= ESCAPED_LENGTH &&
			memcmp(text + i, ESCAPED, ESCAPED_LENGTH) == 0) {
			if (buf_add_byte(out, '&') < 0)
				return -1;
			i += ESCAPED_LENGTH - 1;
			continue;
		}
		if (text[i] == ' ' ? buf_add_text(out, "%20") < 0 : buf_add_byte(out, text[i]) < 0)
			return -1;
	}
	return 0;
}

static int set(struct buf *out, const char *text, size_t length)
{
	buf_clear(out);
	return buf_add(out, text, length) < 0 ? 0 : 1;
}

/* The scheme of an address of the web in lower case: whoever reads it may look for
 * "https://" and no more. */
static void lower_scheme(struct buf *url)
{
	size_t i;

	for (i = 0; url->data[i] != ':'; i++)
		url->data[i] = (char)(url->data[i] | 0x20);
}

/* The cleaned reference in `out` against the base. */
static int resolve(const char *base, struct buf *out)
{
	char *absolute;
	int found;

	if (url_is_web(out->data, out->length)) {
		lower_scheme(out);
		return 1;
	}
	if (base[0] == '\0' && strncmp(out->data, "//", 2) == 0)
		base = "https://invalid/";
	if (url_resolve(base, out->data, &absolute) <= 0)
		return 0;
	found = url_is_web(absolute, strlen(absolute)) ? set(out, absolute, strlen(absolute)) : 0;
	free(absolute);
	return found;
}

static bool is_same_server(const char *url, const char *other)
{
	struct url_parts parts;
	bool has_userinfo;

	if (!url_same_origin(url, other) || url_split(other, &parts, NULL) < 0)
		return false;
	has_userinfo = parts.has_userinfo;
	url_parts_release(&parts);
	return !has_userinfo;
}

/* "www.example.org/1" wants its scheme: it is no path of anybody's. */
static bool lacks_scheme(const char *text, size_t length)
{
	size_t points = 0, i;

	if (length < 4 || strncasecmp(text, "www.", 4) != 0)
		return false;
	for (i = 4; i < length && strchr("/?#", text[i]) == NULL; i++)
		points += text[i] == '.';
	return points != 0 && text[4] != '.';
}

char *link_base(const struct feed_source *source)
{
	char *base;

	if (source->content_location[0] != '\0' &&
		url_resolve(source->url, source->content_location, &base) > 0) {
		if (is_same_server(source->url, base))
			return base;
		free(base);
	}
	return mem_strdup(source->url);
}

int link_resolve(const char *base, const char *text, size_t length, struct buf *out)
{
	blank_trim(&text, &length);
	buf_clear(out);
	if (length == 0)
		return 0;
	if (url_is_web(text, length) && !has_escaped(text, length)) {
		if (set(out, text, length) == 0)
			return 0;
		lower_scheme(out);
		return 1;
	}
	/* Nobody's page is called like an option of a command. */
	if (text[0] != '-' && length <= URL_MAX &&
		(!lacks_scheme(text, length) || buf_add_text(out, "//") == 0) &&
		add_clean(out, text, length) == 0 && resolve(base, out) > 0)
		return 1;
	set(out, text, length);
	return 0;
}

struct feed_text link_text(struct build *build, const char *base, const char *text, size_t length,
	size_t max, struct buf *scratch)
{
	struct feed_text none = { 0, 0 };

	/* A URL that is cut is another one, so a longer one is dropped. */
	if (link_resolve(base, text, length, scratch) <= 0 || scratch->length > max)
		return none;
	return build_text(build, scratch->data, scratch->length, max);
}

static bool is_scheme_char(char c)
{
	char letter = (char)(c | 0x20);

	return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
	       c == '.';
}

static bool has_scheme(const char *value, const char *end)
{
	const char *at = value;

	while (at < end && is_scheme_char(*at))
		at++;
	return at > value && at < end && *at == ':';
}

/* Whether the name that ends before `equals` may hold an address, as those of
 * strip_rewrite_links() do: href, src, srcset, poster, cite, action, background,
 * longdesc, data, data-original, data-orig-file, icon, manifest, what ends alike. */
static bool is_link_name(const char *html, const char *equals)
{
	const char *end = equals;

	while (end > html && blank_is(end[-1]))
		end--;
	if (end - html < 4)
		return false;
	switch (end[-1] | 0x20) {
	case 'f':
		return strncasecmp(end - 3, "ref", 3) == 0;
	case 'c':
		return strncasecmp(end - 3, "src", 3) == 0 || strncasecmp(end - 3, "esc", 3) == 0;
	case 't':
		return strncasecmp(end - 3, "set", 3) == 0 || strncasecmp(end - 3, "est", 3) == 0;
	case 'n':
		return strncasecmp(end - 2, "on", 2) == 0;
	case 'e':
		return strncasecmp(end - 3, "ite", 3) == 0 || strncasecmp(end - 3, "ile", 3) == 0;
	case 'r':
		return strncasecmp(end - 3, "ter", 3) == 0;
	case 'd':
		return strncasecmp(end - 3, "und", 3) == 0;
	case 'a':
		return strncasecmp(end - 3, "ata", 3) == 0;
	case 'l':
		return strncasecmp(end - 3, "nal", 3) == 0;
	default:
		return false;
	}
}

/* A quick look, which may say yes too often. */
static bool has_relative_link(const char *html, size_t length)
{
	const char *end = html + length, *at = html;

	while ((at = memchr(at, '=', (size_t)(end - at))) != NULL) {
		const char *value = at + 1;

		if (is_link_name(html, at)) {
			while (value < end && (blank_is(*value) || *value == '"' || *value == '\''))
				value++;
			if (value < end && !has_scheme(value, end))
				return true;
		}
		at++;
	}
	return false;
}

struct rewrite {
	const char *base, *page;
	struct buf url;
};

static int rewrite_one(void *ctx, const char *url, size_t length, struct buf *out)
{
	struct rewrite *rewrite = ctx;
	const char *base = length > 0 && url[0] == '#' ? rewrite->page : rewrite->base;

	if (length == 0 || base[0] == '\0' || has_scheme(url, url + length))
		return 0;
	if (link_resolve(base, url, length, &rewrite->url) <= 0)
		return 0;
	return buf_add(out, rewrite->url.data, rewrite->url.length) < 0 ? -1 : 1;
}

int link_rewrite(
	const char *base, const char *page, const char *html, size_t length, struct buf *out)
{
	struct rewrite rewrite = { .base = base, .page = page };
	int result;

	if ((base[0] == '\0' && page[0] == '\0') || !has_relative_link(html, length))
		return 0;
	buf_clear(out);
	buf_init(&rewrite.url, URL_MAX * 2);
	result = strip_rewrite_links(html, length, rewrite_one, &rewrite, out);
	buf_release(&rewrite.url);
	return result < 0 ? 0 : 1;
}
