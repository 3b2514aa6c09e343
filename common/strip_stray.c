#include "common/strip.h"

#include <string.h>

#include "common/strip_token.h"

#define COMMENT_MAX 2048 /* bytes; a longer one is left */

/* ---- neighbours ---------------------------------------------------------- */

static bool is_word(char c)
{
	return strip_is_letter(c) || strip_is_digit(c) || (unsigned char)c >= 0x80;
}

/* Of "quotes", 'those', `code`, and the typographic ones: U+00AB, U+00BB, U+2018
 * to U+201F. */
static bool is_quote(const char *at, size_t length)
{
	const unsigned char *c = (const unsigned char *)at;

	if (length == 1)
		return memchr("\"'`", at[0], 3) != NULL;
	if (length == 2)
		return c[0] == 0xC2 && (c[1] == 0xAB || c[1] == 0xBB);
	return length == 3 && c[0] == 0xE2 && c[1] == 0x80 && c[2] >= 0x98 && c[2] <= 0x9F;
}

/* Who puts a tag in quotes speaks of it. */
static bool is_quoted(const char *text, const char *at, const char *behind, const char *end)
{
	bool before = false, after = false;
	size_t n;

	for (n = 1; n <= 3; n++) {
		before |= (size_t)(at - text) >= n && is_quote(at - n, n);
		after |= (size_t)(end - behind) >= n && is_quote(behind, n);
	}
	return before && after;
}

/* "One<br>Two", "One.<br>" and not "Use of <br> in mail", "<br>". */
static bool parts_words(const char *text, const char *at, const char *behind, const char *end)
{
	if (at == text || !(is_word(at[-1]) || memchr(".,:;!?)>", at[-1], 8) != NULL))
		return false;
	return behind == end || is_word(*behind) || *behind == '<';
}

/* "<p>One" and not "<p> and <div>", "<p>-tags", "<p>s". */
static bool opens_words(const char *behind, const char *end)
{
	if (behind == end)
		return false;
	if (strip_lower(*behind) == 's' && (behind + 1 == end || !is_word(behind[1])))
		return false;
	return is_word(*behind) || memchr("\"([", *behind, 3) != NULL;
}

/* ---- what a tag is ------------------------------------------------------- */

struct tag {
	enum strip_tag tag; /* TAG_UNKNOWN: a comment */
	const char *at, *behind;
	bool bare;    /* nothing but its name */
	bool dressed; /* a slash, or an attribute with a value: nobody says so */
	bool source;  /* an image that has one */
};

static bool is_comment(const char *at, size_t length)
{
	return length >= 7 && memcmp(at, "<!--", 4) == 0 && at[length - 1] == '>';
}

static void read_attributes(struct tag *tag, const struct strip_token *token)
{
	struct strip_attribute attribute;
	const char *at = token->attributes;

	tag->bare = *at == '>';
	tag->dressed = token->self_closing;
	while (strip_attribute_next(&at, tag->behind, &attribute) == 1) {
		if (attribute.value_length == 0)
			continue;
		tag->dressed = true;
		tag->source |= strip_same_name(attribute.name, attribute.name_length, "src") ||
			       strip_same_name(attribute.name, attribute.name_length, "data-src") ||
			       strip_same_name(attribute.name, attribute.name_length, "srcset");
	}
}

/* Of what begins with the '<' at `at`, the bytes that are looked at: few enough, so that
 * each byte of the text is looked at a few times.  A tag has no other '<' in it. */
static size_t looked_at(const char *at, const char *end)
{
	size_t length = (size_t)(end - at);
	const char *next = memchr(at + 1, '<', length - 1);

	if (length > 1 && at[1] == '!')
		return length < COMMENT_MAX ? length : COMMENT_MAX;
	return next != NULL ? (size_t)(next - at) : length;
}

/* The start tag or comment that begins with the '<' at `at`. */
static bool read_tag(const char *at, const char *end, struct tag *out)
{
	struct strip_token token;
	struct strip_scan scan;

	memset(out, 0, sizeof(*out));
	strip_scan_init(&scan, at, looked_at(at, end));
	if (!strip_scan_next(&scan, &token))
		return false;
	out->tag = token.tag;
	out->at = at;
	out->behind = at + token.length;
	if (token.kind == STRIP_NOTHING)
		return is_comment(at, token.length);
	if (token.kind != STRIP_START || token.tag == TAG_UNKNOWN)
		return false;
	read_attributes(out, &token);
	return true;
}

/* Wherever it stands. */
static bool is_stray(const struct tag *tag, const char *text, const char *end)
{
	if (is_quoted(text, tag->at, tag->behind, end))
		return false;
	switch (tag->tag) {
	case TAG_UNKNOWN:
		return true;
	case TAG_BR:
	case TAG_HR:
	case TAG_WBR:
		return tag->dressed || (tag->bare && parts_words(text, tag->at, tag->behind, end));
	case TAG_IMG:
		return tag->source;
	default:
		return false;
	}
}

/* What is put before a text, and its end forgotten, or has none. */
static bool opens_text(enum strip_tag tag)
{
	switch (tag) {
	case TAG_BR:
	case TAG_CENTER:
	case TAG_DIV:
	case TAG_FONT:
	case TAG_H1:
	case TAG_H2:
	case TAG_H3:
	case TAG_H4:
	case TAG_H5:
	case TAG_H6:
	case TAG_HR:
	case TAG_P:
	case TAG_SPAN:
	case TAG_WBR:
		return true;
	default:
		return false;
	}
}

/* Behind the tags with which the text begins, if these are markup; else its start. */
static const char *skip_opening(const char *text, const char *end)
{
	const char *at = text;
	bool sure = false;
	struct tag tag;

	while (at < end) {
		if (strip_is_space(*at) && sure) {
			at++;
			continue;
		}
		if (*at != '<' || !read_tag(at, end, &tag))
			break;
		if (opens_text(tag.tag) ? !tag.bare && !tag.dressed : !is_stray(&tag, text, end))
			break;
		sure = tag.dressed || !opens_text(tag.tag);
		at = tag.behind;
	}
	return sure || opens_words(at, end) ? at : text;
}

/* ---- names --------------------------------------------------------------- */

/* What neither stands in articles nor makes a page. */
static bool is_told_of(enum strip_tag tag)
{
	unsigned traits = strip_tag_traits(tag);

	return (traits & (UNSEEN | RAW)) != 0 || tag == TAG_IFRAME ||
	       (tag != TAG_UNKNOWN && (traits & (KEPT | LINE)) == 0);
}

/* "<script>var x = 1;" and "<style>p {", and not "<script> element". */
static bool is_code(const char *at, const char *end)
{
	const char *next = memchr(at, '<', (size_t)(end - at));
	size_t length = (size_t)((next != NULL ? next : end) - at);

	if (memchr(at, '{', length) != NULL)
		return true;
	if (length == 0 || memchr(" .,:;!?)-/'\"`", *at, 13) != NULL)
		return false;
	return memchr(at, '=', length) != NULL || memchr(at, ';', length) != NULL;
}

/* ---- all ----------------------------------------------------------------- */

int strip_stray(const char *text, size_t length, struct buf *out)
{
	const char *end = text + length, *at, *next;
	struct tag tag;

	while (text < end && strip_is_space(*text))
		text++;
	at = skip_opening(text, end);
	while ((next = memchr(at, '<', (size_t)(end - at))) != NULL) {
		bool stray = read_tag(next, end, &tag) && is_stray(&tag, text, end);

		if (buf_add(out, at, (size_t)(next - at) + !stray) < 0)
			return -1;
		if (stray && (strip_tag_traits(tag.tag) & LINE) != 0 && buf_add_byte(out, ' ') < 0)
			return -1;
		at = stray ? tag.behind : next + 1;
	}
	return buf_add(out, at, (size_t)(end - at));
}

enum strip_naming strip_naming(const char *text, size_t length)
{
	const char *end = text + length, *behind = text + 1;
	enum strip_tag tag;

	while (behind < end && (strip_is_letter(*behind) || strip_is_digit(*behind)))
		behind++;
	tag = strip_tag_find(text + 1, (size_t)(behind - text - 1));
	if (behind == end || *behind != '>' || !is_told_of(tag))
		return STRIP_MARKS;
	if ((tag == TAG_SCRIPT || tag == TAG_STYLE) && is_code(behind + 1, end))
		return STRIP_MARKS;
	return (strip_tag_traits(tag) & UNSEEN) != 0 ? STRIP_NAMES_HIDING : STRIP_NAMES;
}
