#include "common/html_allow.h"

#include <string.h>

#include "common/strip.h"
#include "common/utf8.h"

#define URL_MAX 8192
#define DATA_IMAGE_MAX 65536
#define SRCSET_MAX 32 /* candidates */
#define STYLE_VALUE_MAX 100

enum { LINK = 1, MEDIA = 2 };

bool html_allow_element(GumboTag tag)
{
	static const bool allowed[GUMBO_TAG_LAST + 1] = {
#define ELEMENT(tag) [GUMBO_TAG_##tag] = true,
#include "common/html_allow.def"
#undef ELEMENT
	};

	return tag <= GUMBO_TAG_LAST && allowed[tag];
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool is_alnum(char c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* Whether `text` begins with `start`, which is in lower case. */
static bool starts_with(const char *text, const char *start)
{
	while (*start != '\0')
		if (lower(*text++) != *start++)
			return false;
	return true;
}

/* Whether a list of words, parted by single spaces, has this one. */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	const char *at;

	for (at = list; at != NULL; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (strncmp(at, word, n) == 0 && (at[n] == ' ' || at[n] == '\0'))
			return true;
	}
	return false;
}

enum html_rule html_allow_attribute(const char *element, const char *name)
{
	static const struct {
		const char *name;
		const char *elements;
		enum html_rule rule;
	} rows[] = {
#define ATTRIBUTE(name, elements, rule) { name, elements, rule },
#include "common/html_allow.def"
#undef ATTRIBUTE
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, name) == 0 &&
			(rows[i].elements[0] == '*' || has_word(rows[i].elements, element)))
			return rows[i].rule;
	return RULE_NONE;
}

/* ---- addresses ----------------------------------------------------------- */

static int scheme_use(const char *url, size_t length)
{
	static const struct {
		const char *name;
		int use;
	} rows[] = {
#define SCHEME(name, use) { name, use },
#include "common/html_allow.def"
#undef SCHEME
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].name) == length && starts_with(url, rows[i].name))
			return rows[i].use;
	return 0;
}

/* "http:" wants "//" and a host; the others have something behind the colon. */
static bool is_absolute(const char *url, int use)
{
	const char *colon = strchr(url, ':');

	if (colon == NULL || (scheme_use(url, (size_t)(colon - url)) & use) == 0)
		return false;
	if (starts_with(url, "http"))
		return colon[1] == '/' && colon[2] == '/' &&
		       (is_alnum(colon[3]) || colon[3] == '[' || (unsigned char)colon[3] >= 0x80);
	return colon[1] != '\0';
}

static bool is_data_image(const char *url)
{
	static const char *const types[] = { "png", "gif", "jpeg", "jpg", "webp" };
	const char *type = url + strlen("data:image/");
	size_t i;

	if (!starts_with(url, "data:image/"))
		return false;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (starts_with(type, types[i]) && starts_with(type + strlen(types[i]), ";base64,"))
			break;
	if (i == sizeof(types) / sizeof(types[0]))
		return false;
	type = strchr(type, ',') + 1;
	return strspn(type, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
	       strlen(type);
}

/* Browsers see no white space in an address except blanks within, and those as
 * %20; other controls and what can't be seen have no place in one. */
static int add_clean_url(const char *value, size_t length, struct buf *out)
{
	size_t i, n;
	uint32_t rune;

	while (length > 0 && (unsigned char)value[length - 1] <= ' ')
		length--;
	for (i = 0; i < length && (unsigned char)value[i] <= ' '; i++)
		;
	for (; i < length; i += n) {
		n = utf8_decode(value + i, length - i, &rune);
		if (rune == '\t' || rune == '\n' || rune == '\r')
			continue;
		if (utf8_is_unsafe(rune) || (n == 1 && rune == UTF8_REPLACEMENT))
			return 0;
		if ((rune == ' ' ? buf_add_text(out, "%20") : buf_add(out, value + i, n)) < 0)
			return -1;
	}
	return 1;
}

static int add_url(enum html_rule rule, const char *value, size_t length, struct buf *out)
{
	size_t start = out->length;
	int result = 0;
	const char *url;

	if (length <= DATA_IMAGE_MAX)
		result = add_clean_url(value, length, out);
	url = out->data + start;
	if (result == 1 && !(rule == RULE_IMAGE && is_data_image(url)) &&
		(out->length - start > URL_MAX ||
			!is_absolute(url, rule == RULE_LINK ? LINK : MEDIA)))
		result = 0;
	if (result != 1)
		buf_cut(out, start);
	return result;
}

/* "2x", "640w" */
static bool is_descriptor(const char *text, size_t length)
{
	size_t i;

	if (length == 0)
		return true;
	for (i = 0; i + 1 < length; i++)
		if (!is_digit(text[i]) && text[i] != '.')
			return false;
	return length > 1 && length < 12 && strchr("wxh", text[length - 1]) != NULL;
}

static int add_candidate(const struct strip_candidate *c, bool first, struct buf *out)
{
	size_t start = out->length;
	size_t skip = 0;
	int result;

	while (skip < c->descriptor_length && is_space(c->descriptor[skip]))
		skip++;
	if (c->url_length == 0 || !is_descriptor(c->descriptor + skip, c->descriptor_length - skip))
		return 0;
	if (!first && buf_add_text(out, ", ") < 0)
		return -1;
	result = add_url(RULE_MEDIA, c->url, c->url_length, out);
	if (result != 1) {
		buf_cut(out, start);
		return result;
	}
	if (skip < c->descriptor_length &&
		(buf_add_byte(out, ' ') < 0 ||
			buf_add(out, c->descriptor + skip, c->descriptor_length - skip) < 0))
		return -1;
	return 1;
}

static int add_srcset(const char *value, struct buf *out)
{
	const char *end = value + strlen(value);
	struct strip_candidate candidate;
	size_t start = out->length;
	int count = 0;

	while (count < SRCSET_MAX && strip_candidate_next(&value, end, &candidate)) {
		int result = add_candidate(&candidate, out->length == start, out);

		if (result < 0)
			return -1;
		count++;
	}
	return out->length > start;
}

bool html_is_tracker(const char *url)
{
	static const char *const starts[] = {
#define TRACKER(start) start,
#include "common/html_allow.def"
#undef TRACKER
	};
	const char *rest = strstr(url, "//");
	size_t i;

	for (i = 0; rest != NULL && i < sizeof(starts) / sizeof(starts[0]); i++)
		if (starts_with(rest + 2, starts[i]))
			return true;
	return false;
}

/* ---- styles -------------------------------------------------------------- */

static bool is_property(const char *name, size_t length)
{
	static const char *const properties[] = {
#define PROPERTY(name) name,
#include "common/html_allow.def"
#undef PROPERTY
	};
	size_t i;

	for (i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		if (strlen(properties[i]) == length && starts_with(name, properties[i]))
			return true;
	return false;
}

/* Words, numbers and one colour function at most: nothing that could load,
 * escape or hide anything. */
static bool is_style_value(const char *value, size_t length)
{
	bool colour = starts_with(value, "rgb(") || starts_with(value, "rgba(") ||
		      starts_with(value, "hsl(") || starts_with(value, "hsla(");
	size_t i;

	if (length == 0 || length > STYLE_VALUE_MAX)
		return false;
	for (i = 0; i < length; i++) {
		char c = value[i];

		if (c == '(' || c == ')') {
			if (!colour || (c == ')' && i != length - 1) || (c == '(' && i > 4))
				return false;
		} else if (!is_alnum(c) && strchr(" #%.,-+", c) == NULL) {
			return false;
		}
	}
	return !colour || value[length - 1] == ')';
}

/* Lines of code may be spans; beyond that an article is laid out by its elements. */
static bool is_block(const char *name, size_t name_length, const char *value, size_t length)
{
	return name_length == strlen("display") && starts_with(name, "display") &&
	       length == strlen("block") && starts_with(value, "block");
}

static void trim(const char **text, size_t *length)
{
	while (*length > 0 && is_space((*text)[*length - 1]))
		(*length)--;
	while (*length > 0 && is_space(**text)) {
		(*text)++;
		(*length)--;
	}
}

static int add_declaration(const char *text, size_t length, bool first, struct buf *out)
{
	const char *colon = memchr(text, ':', length);
	const char *value;
	size_t name_length, value_length, i;

	if (colon == NULL)
		return 0;
	name_length = (size_t)(colon - text);
	value = colon + 1;
	value_length = length - name_length - 1;
	trim(&text, &name_length);
	trim(&value, &value_length);
	if (!is_block(text, name_length, value, value_length) &&
		(!is_property(text, name_length) || !is_style_value(value, value_length)))
		return 0;
	if (!first && buf_add_text(out, "; ") < 0)
		return -1;
	for (i = 0; i < name_length; i++)
		if (buf_add_byte(out, lower(text[i])) < 0)
			return -1;
	return buf_add_text(out, ": ") < 0 ? -1 : buf_add(out, value, value_length);
}

static int add_style(const char *value, struct buf *out)
{
	size_t start = out->length;

	for (;;) {
		size_t n = strcspn(value, ";");

		if (add_declaration(value, n, out->length == start, out) < 0)
			return -1;
		if (value[n] == '\0')
			break;
		value += n + 1;
	}
	return out->length > start;
}

/* ---- values -------------------------------------------------------------- */

static bool is_word(const char *value)
{
	size_t i;

	for (i = 0; value[i] != '\0'; i++)
		if (!is_alnum(value[i]) && value[i] != '-' && value[i] != '_')
			return false;
	return i > 0 && i <= 32;
}

static bool is_number(const char *value)
{
	size_t digits;

	value += *value == '-';
	digits = strspn(value, "0123456789");
	value += digits;
	value += *value == '%';
	return digits > 0 && digits <= 6 && *value == '\0';
}

int html_allow_value(enum html_rule rule, const char *value, struct buf *out)
{
	bool fits = true;

	switch (rule) {
	case RULE_NONE:
		return 0;
	case RULE_LINK:
	case RULE_MEDIA:
	case RULE_IMAGE:
		return add_url(rule, value, strlen(value), out);
	case RULE_SRCSET:
		return add_srcset(value, out);
	case RULE_STYLE:
		return add_style(value, out);
	case RULE_FLAG:
		return 1;
	case RULE_WORD:
		fits = is_word(value);
		break;
	case RULE_NUMBER:
		fits = is_number(value);
		break;
	case RULE_TEXT:
		break;
	}
	if (!fits)
		return 0;
	return buf_add_text(out, value) < 0 ? -1 : 1;
}
