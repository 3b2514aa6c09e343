#include "common/strip_token.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define NAME_MAX_LENGTH 16

static const struct {
	char name[NAME_MAX_LENGTH];
	unsigned traits;
} tags[] = {
#define TAG(identifier, name, traits) { name, traits },
#include "common/strip_tags.def"
#undef TAG
};

unsigned strip_tag_traits(enum strip_tag tag)
{
	return tag == TAG_UNKNOWN ? 0 : tags[tag].traits;
}

const char *strip_tag_name(enum strip_tag tag)
{
	return tag == TAG_UNKNOWN ? "" : tags[tag].name;
}

/* Half of a name as a number, which stands in the order of the alphabet. */
static uint64_t half_name(const char *name)
{
	uint64_t half;

	memcpy(&half, name, sizeof(half));
	return be64toh(half);
}

static int order_names(const char *a, const char *b)
{
	uint64_t x = half_name(a), y = half_name(b);

	if (x == y) {
		x = half_name(a + 8);
		y = half_name(b + 8);
	}
	return (x > y) - (x < y);
}

enum strip_tag strip_tag_find(const char *name, size_t length)
{
	char lower[NAME_MAX_LENGTH] = "";
	size_t low = 0, high = TAG_UNKNOWN, i;

	if (length == 0 || length >= sizeof(lower))
		return TAG_UNKNOWN;
	for (i = 0; i < length; i++)
		lower[i] = strip_lower(name[i]);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = order_names(lower, tags[middle].name);

		if (order == 0)
			return (enum strip_tag)middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return TAG_UNKNOWN;
}

bool strip_same_name(const char *name, size_t length, const char *lower)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (lower[i] == '\0' || strip_lower(name[i]) != lower[i])
			return false;
	return lower[length] == '\0';
}

bool strip_is_among(const char *const *names, size_t count, const struct strip_attribute *attribute)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strip_same_name(attribute->name, attribute->name_length, names[i]))
			return true;
	return false;
}

void strip_scan_init(struct strip_scan *scan, const char *html, size_t length)
{
	scan->at = html;
	scan->end = html + length;
	scan->raw = TAG_UNKNOWN;
	scan->hidden = TAG_UNKNOWN;
	scan->hidden_depth = 0;
}

/* ---- attributes ---------------------------------------------------------- */

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && strip_is_space(*at))
		at++;
	return at;
}

/* The value behind '='.  NULL if the text ends in it. */
static const char *read_value(const char *at, const char *end, struct strip_attribute *attribute)
{
	const char *close;

	attribute->value_start = at;
	if (*at == '"' || *at == '\'') {
		close = memchr(at + 1, *at, (size_t)(end - at - 1));
		if (close == NULL)
			return NULL;
		attribute->value = at + 1;
		attribute->value_length = (size_t)(close - at - 1);
		at = close + 1;
	} else {
		attribute->value = at;
		while (at < end && !strip_is_space(*at) && *at != '>')
			at++;
		attribute->value_length = (size_t)(at - attribute->value);
	}
	attribute->value_end = at;
	return at;
}

int strip_attribute_next(const char **at, const char *end, struct strip_attribute *attribute)
{
	const char *p = *at;
	const char *behind;

	memset(attribute, 0, sizeof(*attribute));
	while (p < end && (strip_is_space(*p) || *p == '/'))
		p++;
	if (p == end)
		return -1;
	if (*p == '>') {
		*at = p + 1;
		return 0;
	}
	attribute->name = p++; /* whatever it is: '=' may begin a name */
	while (p < end && !strip_is_space(*p) && *p != '/' && *p != '>' && *p != '=')
		p++;
	attribute->name_length = (size_t)(p - attribute->name);
	behind = skip_space(p, end);
	if (behind < end && *behind == '=') {
		p = skip_space(behind + 1, end);
		if (p < end && *p != '>')
			p = read_value(p, end, attribute);
	}
	if (p == NULL || p == end)
		return -1;
	*at = p;
	return 1;
}

/* ---- tokens -------------------------------------------------------------- */

/* Whether the '<' at `at` begins anything but text. */
static bool is_markup(const char *at, const char *end)
{
	if (end - at < 2)
		return false;
	if (at[1] == '/')
		return end - at > 2;
	return strip_is_letter(at[1]) || at[1] == '!' || at[1] == '?';
}

static const char *find(const char *at, const char *end, char byte)
{
	return at < end ? memchr(at, byte, (size_t)(end - at)) : NULL;
}

static const char *behind(const char *at, const char *end, char byte)
{
	const char *p = find(at, end, byte);

	return p != NULL ? p + 1 : NULL;
}

static bool starts_comment(const char *at, const char *end)
{
	return end - at >= 4 && memcmp(at, "<!--", 4) == 0;
}

/* Behind a comment whose "<!--" is at `at`; NULL if it has no end. */
static const char *comment_end(const char *at, const char *end)
{
	const char *p;

	if (end - at > 4 && at[4] == '>')
		return at + 5;
	if (end - at > 5 && at[4] == '-' && at[5] == '>')
		return at + 6;
	for (p = at + 4; (p = find(p, end, '>')) != NULL; p++) {
		if (p - at >= 6 && p[-1] == '-' && p[-2] == '-')
			return p + 1;
		if (p - at >= 7 && p[-1] == '!' && p[-2] == '-' && p[-3] == '-')
			return p + 1;
	}
	return NULL;
}

static void take(
	struct strip_scan *scan, struct strip_token *token, enum strip_kind kind, const char *end)
{
	token->kind = kind;
	token->start = scan->at;
	token->length = (size_t)(end - scan->at);
	scan->at = end;
}

/* A tag, its name at `name`.  Its end is where its last attribute ends. */
static void take_tag(
	struct strip_scan *scan, struct strip_token *token, enum strip_kind kind, const char *name)
{
	struct strip_attribute attribute;
	const char *p = name;
	const char *unquoted_end = NULL;
	int found;

	while (p < scan->end && !strip_is_space(*p) && *p != '/' && *p != '>')
		p++;
	token->tag = strip_tag_find(name, (size_t)(p - name));
	token->attributes = p;
	if (p < scan->end && *p == '>') { /* mostly */
		take(scan, token, kind, p + 1);
		return;
	}
	while ((found = strip_attribute_next(&p, scan->end, &attribute)) == 1)
		unquoted_end = attribute.value_end;
	if (found < 0) {
		take(scan, token, STRIP_NOTHING, scan->end);
		return;
	}
	/* <a href=x/> ends in a value, not in a slash. */
	token->self_closing = p[-2] == '/' && unquoted_end != p - 1;
	take(scan, token, kind, p);
}

/* What begins with a '<' that is_markup(). */
static void take_markup(struct strip_scan *scan, struct strip_token *token)
{
	const char *at = scan->at;
	const char *end;

	if (strip_is_letter(at[1])) {
		take_tag(scan, token, STRIP_START, at + 1);
	} else if (at[1] == '/' && strip_is_letter(at[2])) {
		take_tag(scan, token, STRIP_END, at + 2);
	} else {
		end = starts_comment(at, scan->end) ? comment_end(at, scan->end)
						    : behind(at, scan->end, '>');
		take(scan, token, STRIP_NOTHING, end != NULL ? end : scan->end);
	}
}

/* The content of an element that knows only its own end tag. */
static bool take_raw(struct strip_scan *scan, struct strip_token *token)
{
	const char *name = strip_tag_name(scan->raw);
	size_t length = strlen(name);
	unsigned traits = strip_tag_traits(scan->raw);
	const char *p = scan->at;
	bool plaintext = scan->raw == TAG_PLAINTEXT;

	scan->raw = TAG_UNKNOWN;
	while ((p = plaintext ? NULL : find(p, scan->end, '<')) != NULL) {
		if ((size_t)(scan->end - p) >= length + 3 && p[1] == '/' &&
			strip_same_name(p + 2, length, name) &&
			(strip_is_space(p[2 + length]) || p[2 + length] == '/' ||
				p[2 + length] == '>'))
			break;
		p++;
	}
	if (p == scan->at)
		return false;
	take(scan, token, (traits & DECODED) != 0 ? STRIP_TEXT : STRIP_PLAIN,
		p != NULL ? p : scan->end);
	token->unseen = (traits & UNSEEN) != 0 || scan->hidden != TAG_UNKNOWN;
	return true;
}

/* Keep account of the unseen element that we are in. */
static void note_hidden(struct strip_scan *scan, struct strip_token *token)
{
	unsigned traits = strip_tag_traits(token->tag);

	if (scan->hidden == TAG_UNKNOWN) {
		if (token->kind == STRIP_START && (traits & (UNSEEN | RAW)) == UNSEEN &&
			!token->self_closing) {
			scan->hidden = token->tag;
			scan->hidden_depth = 1;
			token->unseen = true;
		}
		return;
	}
	token->unseen = true;
	if (token->tag == scan->hidden) {
		if (token->kind == STRIP_END)
			scan->hidden_depth--;
		else if (!token->self_closing)
			scan->hidden_depth++;
	}
	/* A paragraph ends a drawing, as it does in browsers. */
	if ((traits & ENDS_P) != 0 && scan->hidden != TAG_TEMPLATE) {
		scan->hidden_depth = 0;
		token->unseen = false;
	}
	if (scan->hidden_depth == 0)
		scan->hidden = TAG_UNKNOWN;
}

static void take_text(struct strip_scan *scan, struct strip_token *token)
{
	const char *p = scan->at;

	while ((p = find(p, scan->end, '<')) != NULL && !is_markup(p, scan->end))
		p++;
	take(scan, token, STRIP_TEXT, p != NULL ? p : scan->end);
}

bool strip_scan_next(struct strip_scan *scan, struct strip_token *token)
{
	memset(token, 0, sizeof(*token));
	token->tag = TAG_UNKNOWN;
	if (scan->at == scan->end)
		return false;
	if (scan->raw != TAG_UNKNOWN && take_raw(scan, token))
		return true;
	token->unseen = scan->hidden != TAG_UNKNOWN;
	if (*scan->at != '<' || !is_markup(scan->at, scan->end)) {
		take_text(scan, token);
		return true;
	}
	take_markup(scan, token);
	if (token->kind != STRIP_START && token->kind != STRIP_END)
		return true;
	if (token->kind == STRIP_START && (strip_tag_traits(token->tag) & RAW) != 0 &&
		!token->self_closing)
		scan->raw = token->tag;
	note_hidden(scan, token);
	return true;
}
