#include <string.h>

#include "common/strip.h"
#include "common/strip_token.h"

/* Attributes that articles need, and a page's head. */
static const char *const kept_attributes[] = { "abbr", "align", "alt", "charset", "checked", "cite",
	"colspan", "content", "controls", "data-lazy-src", "data-lazy-srcset", "data-original",
	"data-src", "data-srcset", "datetime", "dir", "headers", "height", "hidden", "href",
	"hreflang", "http-equiv", "lang", "media", "name", "open", "poster", "property", "rel",
	"reversed", "rowspan", "scope", "sizes", "span", "src", "srcset", "start", "style", "title",
	"type", "valign", "value", "width" };

#define KEPT_COUNT (sizeof(kept_attributes) / sizeof(kept_attributes[0]))
_Static_assert(KEPT_COUNT <= STRIP_ATTRIBUTES_MAX, "a tag may get too many attributes");

size_t strip_find_kept(struct strip_attribute *a, enum strip_tag tag)
{
	size_t i;

	if (tag == TAG_OBJECT && strip_same_name(a->name, a->name_length, "data")) {
		a->name = "src";
		a->name_length = strlen("src");
	}
	for (i = 0; i < KEPT_COUNT; i++)
		if (strip_same_name(a->name, a->name_length, kept_attributes[i]))
			break;
	return i < KEPT_COUNT ? i : STRIP_KEPT_NOT;
}

const char *strip_kept_name(size_t which)
{
	return kept_attributes[which];
}

bool strip_is_copy(const struct strip_attribute *a)
{
	return strip_same_name(a->name, a->name_length, "class") && a->value != NULL &&
	       memmem(a->value, a->value_length, "katex-html", strlen("katex-html")) != NULL;
}

bool strip_is_box(const struct strip_token *token)
{
	const char *at = token->attributes;
	const char *end = token->start + token->length;
	struct strip_attribute a;

	while (strip_attribute_next(&at, end, &a) == 1)
		if (strip_same_name(a.name, a.name_length, "type"))
			return strip_same_name(a.value, a.value_length, "checkbox");
	return false;
}

enum strip_tag strip_stands_for(enum strip_tag tag)
{
	switch (tag) {
	case TAG_AMP_ANIM:
	case TAG_AMP_IMG:
		return TAG_IMG;
	case TAG_AMP_IFRAME:
	case TAG_EMBED:
	case TAG_OBJECT:
		return TAG_IFRAME;
	default:
		return tag;
	}
}
