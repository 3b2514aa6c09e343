#ifndef TESTS_SUPPORT_HTML_CHECK_H
#define TESTS_SUPPORT_HTML_CHECK_H

#include <gumbo.h>
#include <string.h>

#include "common/utf8.h"

/*
 * What a second parser finds in sanitised HTML, for unit tests and the fuzzer:
 * html_fault() names the first thing that could act, NULL if there is none.
 * It shares no code and no list with the sanitizer.
 */

static inline const char *html_fault_of_url(const char *url)
{
	static const char *const fine[] = { "http://", "https://",
		"mailto:", "tel:", "sms:", "ftp:", "gemini:", "geo:", "gopher:", "irc:", "ircs:",
		"magnet:", "matrix:", "news:", "nntp:", "urn:", "xmpp:", "data:image/png;base64,",
		"data:image/gif;base64,", "data:image/jpeg;base64,", "data:image/jpg;base64,",
		"data:image/webp;base64," };
	size_t i;

	for (i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		if (strncasecmp(url, fine[i], strlen(fine[i])) == 0)
			return NULL;
	return "an address with a scheme that may act";
}

static inline const char *html_fault_of_attribute(const GumboAttribute *a)
{
	static const char *const urls[] = { "href", "src", "cite", "poster", "srcset" };
	static const char *const bad[] = { "srcdoc", "formaction", "action", "background", "id",
		"name", "class", "target", "ping", "xmlns", "is", "slot", "data", "autoplay",
		"http-equiv", "autofocus", "contenteditable", "usemap" };
	size_t i;

	if (strncasecmp(a->name, "on", 2) == 0)
		return "an event handler";
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (strcasecmp(a->name, bad[i]) == 0)
			return "an attribute that acts";
	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		if (strcasecmp(a->name, urls[i]) == 0 && html_fault_of_url(a->value) != NULL)
			return html_fault_of_url(a->value);
	if (strcasecmp(a->name, "style") == 0 &&
		(strpbrk(a->value, "\\@/<>\"'{}!*") != NULL || strstr(a->value, "url(") != NULL ||
			strstr(a->value, "position:") != NULL))
		return "a style that acts";
	return NULL;
}

static inline const char *html_fault_of_element(const GumboNode *node)
{
	static const GumboTag bad[] = { GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_IFRAME,
		GUMBO_TAG_OBJECT, GUMBO_TAG_EMBED, GUMBO_TAG_APPLET, GUMBO_TAG_FORM,
		GUMBO_TAG_INPUT, GUMBO_TAG_BUTTON, GUMBO_TAG_SELECT, GUMBO_TAG_TEXTAREA,
		GUMBO_TAG_SVG, GUMBO_TAG_MATH, GUMBO_TAG_TEMPLATE, GUMBO_TAG_NOSCRIPT,
		GUMBO_TAG_PLAINTEXT, GUMBO_TAG_XMP, GUMBO_TAG_NOEMBED, GUMBO_TAG_NOFRAMES,
		GUMBO_TAG_FRAME, GUMBO_TAG_FRAMESET, GUMBO_TAG_LISTING, GUMBO_TAG_TITLE,
		GUMBO_TAG_META, GUMBO_TAG_LINK, GUMBO_TAG_BASE, GUMBO_TAG_MARQUEE,
		GUMBO_TAG_UNKNOWN };
	const GumboVector *attributes = &node->v.element.attributes;
	const char *fault;
	unsigned i;

	if (node->type == GUMBO_NODE_TEMPLATE ||
		node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML)
		return "another vocabulary than HTML";
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (node->v.element.tag == bad[i])
			return "an element that acts";
	for (i = 0; i < attributes->length; i++) {
		fault = html_fault_of_attribute(attributes->data[i]);
		if (fault != NULL)
			return fault;
	}
	return NULL;
}

static inline const char *html_fault_of_tree(const GumboNode *node)
{
	const char *fault = NULL;
	unsigned i;

	if (node->type == GUMBO_NODE_COMMENT)
		return "a comment";
	if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE)
		return NULL;
	fault = html_fault_of_element(node);
	for (i = 0; fault == NULL && i < node->v.element.children.length; i++)
		fault = html_fault_of_tree(node->v.element.children.data[i]);
	return fault;
}

static inline const char *html_fault(const char *html, size_t length)
{
	GumboOptions options = kGumboDefaultOptions;
	GumboOutput *output;
	const char *fault;

	options.max_errors = 0;
	output = gumbo_parse_with_options(&options, html, length);
	fault = html_fault_of_tree(output->root);
	gumbo_destroy_output(&options, output);
	return fault;
}

/* Whether text is valid and nothing in it but line ends (and tabs, in HTML)
 * could move a terminal's cursor or turn its direction. */
static inline bool text_is_calm(const char *text, size_t length, bool tabs)
{
	size_t i = 0;
	uint32_t rune;

	if (!utf8_valid(text, length))
		return false;
	while (i < length) {
		i += utf8_decode(text + i, length - i, &rune);
		if (utf8_is_unsafe(rune) && rune != '\n' && !(tabs && rune == '\t') &&
			rune != 0x200C && rune != 0x200D)
			return false;
	}
	return true;
}

#endif
