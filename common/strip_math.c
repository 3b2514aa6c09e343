#include <string.h>

#include "common/strip_token.h"

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

/* What stands in front of the first, the second and the third child, and behind all if
 * there are one, two or three. */
static const struct form {
	const char *name;
	const char *before[3];
	const char *behind[3];
} forms[] = {
	{ "", { "", "", "" }, { "", "", "" } },
	{ "mfrac", { "(", ")/(", "" }, { ")", ")", ")" } },
	{ "msub", { "", "_", "" }, { "", "]", "]" } },
	{ "msubsup", { "", "_", "]^" }, { "", "]", "}" } },
	{ "msup", { "", "^", "" }, { "", "}", "}" } },
};

static int form_of(const struct strip_token *tag)
{
	const char *name = tag->start + 1 + (tag->kind == STRIP_END);
	size_t length = (size_t)(tag->attributes - name), i;

	for (i = 1; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strip_same_name(name, length, forms[i].name))
			return (int)i;
	return 0;
}

static const char *begin_part(struct strip_math *math, int form)
{
	const char *text = "";

	if (math->depth > 0 && math->depth <= STRIP_MATH_DEPTH) {
		unsigned child = math->open[math->depth - 1].children++;

		if (child < 3)
			text = forms[math->open[math->depth - 1].form].before[child];
	}
	if (math->depth < STRIP_MATH_DEPTH) {
		math->open[math->depth].form = form;
		math->open[math->depth].children = 0;
	}
	math->depth++;
	return text;
}

const char *strip_math_part(struct strip_math *math, const struct strip_token *tag)
{
	unsigned children;

	if (tag->kind == STRIP_START)
		return tag->self_closing ? "" : begin_part(math, form_of(tag));
	if (math->depth == 0 || --math->depth >= STRIP_MATH_DEPTH)
		return "";
	children = math->open[math->depth].children;
	if (children == 0)
		return "";
	return forms[math->open[math->depth].form].behind[children < 3 ? children - 1 : 2];
}
