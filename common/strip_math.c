#include <string.h>

#include "common/strip.h"
#include "common/strip_token.h"
#include "common/utf8.h"

/* What begins every formula of some wikis, and says nothing. */
#define STYLE_WORD "{\\displaystyle"

/* The next "<name" or "</name" from `at` on, NULL if there is none. */
static const char *find_tag(const char *at, const char *end, const char *name)
{
	size_t length = strlen(name);

	while (at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		if ((size_t)(end - at) > length && strip_same_name(at + 1, length, name))
			return at;
		at++;
	}
	return NULL;
}

static struct strip_slice trimmed(const char *at, size_t length)
{
	while (length > 0 && strip_is_space(at[length - 1]))
		length--;
	for (; length > 0 && strip_is_space(*at); length--)
		at++;
	return (struct strip_slice){ at, length };
}

static struct strip_slice without_style(struct strip_slice tex)
{
	size_t n = strlen(STYLE_WORD);

	if (tex.length <= n || memcmp(tex.at, STYLE_WORD, n) != 0 || tex.at[tex.length - 1] != '}')
		return tex;
	return trimmed(tex.at + n, tex.length - n - 1);
}

static struct strip_slice alternative_of(const struct strip_token *math)
{
	const char *at = math->attributes, *end = math->start + math->length;
	struct strip_attribute a;

	while (strip_attribute_next(&at, end, &a) == 1)
		if (strip_same_name(a.name, a.name_length, "alttext") && a.value_length > 0)
			return trimmed(a.value, a.value_length);
	return (struct strip_slice){ "", 0 };
}

/* The formula's source in TeX, in the first <annotation> that is one. */
static struct strip_slice annotation_in(const char *at, const char *end)
{
	while ((at = find_tag(at, end, "annotation")) != NULL) {
		const char *from = memchr(at, '>', (size_t)(end - at));
		const char *to = from != NULL ? memchr(from, '<', (size_t)(end - from)) : NULL;

		if (to == NULL)
			break;
		if (memmem(at, (size_t)(from - at), "x-tex", 5) != NULL ||
			memmem(at, (size_t)(from - at), "TeX", 3) != NULL)
			return trimmed(from + 1, (size_t)(to - from - 1));
		at = to;
	}
	return (struct strip_slice){ "", 0 };
}

bool strip_is_math(const struct strip_token *token)
{
	return token->tag == TAG_UNKNOWN && token->attributes == token->start + strlen("<math") &&
	       strip_same_name(token->start + 1, strlen("math"), "math");
}

const char *strip_math(
	const struct strip_token *math, const char *end, struct strip_slice *out_source)
{
	const char *behind = math->start + math->length;
	const char *close = find_tag(behind, end, "/math");

	if (close == NULL)
		return NULL;
	*out_source = alternative_of(math);
	if (out_source->length == 0)
		*out_source = annotation_in(behind, close);
	*out_source = without_style(*out_source);
	return close;
}

/* ---- element by element -------------------------------------------------- */

enum {
	FORM_NONE,
	FORM_FRACTION,
	FORM_ROOT,
	FORM_SQUARE_ROOT,
	FORM_SUB,
	FORM_SUB_SUP,
	FORM_SUP,
	FORM_UNDER,
	FORM_UNDER_OVER,
	FORM_SPACE,
	FORM_TABLE, /* this one and the next have any number of children */
	FORM_ROW
};

/* What stands in front of the first, the second and the third child, and behind all if
 * there are one, two or three. */
static const struct form {
	const char *name;
	const char *before[3];
	const char *behind[3];
} forms[] = {
	[FORM_NONE] = { "", { "", "", "" }, { "", "", "" } },
	[FORM_FRACTION] = { "mfrac", { "(", ")/(", "" }, { ")", ")", ")" } },
	[FORM_ROOT] = { "mroot", { "(", ")^1/", "" }, { ")", "}", "}" } },
	[FORM_SQUARE_ROOT] = { "msqrt", { "√(", "", "" }, { ")", ")", ")" } },
	[FORM_SUB] = { "msub", { "", "_", "" }, { "", "]", "]" } },
	[FORM_SUB_SUP] = { "msubsup", { "", "_", "]^" }, { "", "]", "}" } },
	[FORM_SUP] = { "msup", { "", "^", "" }, { "", "}", "}" } },
	[FORM_UNDER] = { "munder", { "", "_", "" }, { "", "]", "]" } },
	[FORM_UNDER_OVER] = { "munderover", { "", "_", "]^" }, { "", "]", "}" } },
	[FORM_SPACE] = { "mspace", { "", "", "" }, { "", "", "" } },
	[FORM_TABLE] = { "mtable", { "", "; ", "; " }, { "", "", "" } },
	[FORM_ROW] = { "mtr", { "", " ", " " }, { "", "", "" } },
};

static bool is_element(const struct strip_token *tag, const char *name)
{
	const char *start = tag->start + 1 + (tag->kind == STRIP_END);

	return strip_same_name(start, (size_t)(tag->attributes - start), name);
}

static int form_of(const struct strip_token *tag)
{
	size_t i;

	for (i = 1; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (is_element(tag, forms[i].name))
			return (int)i;
	return FORM_NONE;
}

static const char *begin_part(struct strip_math *math, int form)
{
	const char *text = "";

	if (math->depth > 0 && math->depth <= STRIP_MATH_DEPTH) {
		unsigned child = math->open[math->depth - 1].children++;
		int parent = math->open[math->depth - 1].form;

		if (child < 3 || parent >= FORM_TABLE)
			text = forms[parent].before[child < 3 ? child : 2];
	}
	if (math->depth < STRIP_MATH_DEPTH) {
		math->open[math->depth].form = form;
		math->open[math->depth].children = 0;
	}
	math->depth++;
	return text;
}

static const char *end_part(struct strip_math *math)
{
	unsigned children;
	int form;

	if (math->depth == 0 || --math->depth >= STRIP_MATH_DEPTH)
		return "";
	form = math->open[math->depth].form;
	children = math->open[math->depth].children;
	if (form == FORM_SPACE)
		return " ";
	return children == 0 ? "" : forms[form].behind[children < 3 ? children - 1 : 2];
}

const char *strip_math_part(struct strip_math *math, const struct strip_token *tag)
{
	const char *begin, *end;

	if (tag->kind == STRIP_END)
		return end_part(math);
	begin = begin_part(math, form_of(tag));
	if (!tag->self_closing)
		return begin;
	end = end_part(math);
	return *begin != '\0' ? begin : end;
}

/* ---- a row of signs ------------------------------------------------------ */

/* Elements that only say what stands in them, one behind the other. */
static bool is_level(const struct strip_token *tag)
{
	static const char *const names[] = { "mi", "mn", "mo", "mpadded", "mrow", "mspace",
		"mstyle", "mtext", "semantics" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_element(tag, names[i]))
			return true;
	return false;
}

/* Whether an identifier is one sign: "log" behind another would be letters. */
static bool is_sign(const struct strip_token *text)
{
	uint32_t runes[2];
	int count = 1;
	size_t n = strip_reference(text->start, text->length, false, runes, &count);

	if (n == 0)
		n = utf8_decode(text->start, text->length, &runes[0]);
	return n == text->length && count == 1;
}

bool strip_math_is_row(const struct strip_token *math, const char *end)
{
	const char *behind = math->start + math->length;
	struct strip_scan scan;
	struct strip_token token;
	bool named = false, any = false;

	strip_scan_init(&scan, behind, (size_t)(end - behind));
	while (strip_scan_next(&scan, &token) && token.tag != TAG_ANNOTATION) {
		if (token.kind == STRIP_START && (token.tag != TAG_UNKNOWN || !is_level(&token)))
			return false;
		if (token.kind == STRIP_START || token.kind == STRIP_END)
			named = token.kind == STRIP_START && is_element(&token, "mi");
		else if (named && !is_sign(&token))
			return false;
		else
			any |= token.kind == STRIP_TEXT && !strip_is_space(*token.start);
	}
	return any;
}
