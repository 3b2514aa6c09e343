#include "common/html.h"

#include <string.h>

#include "common/html_allow.h"
#include "common/html_tree.h"
#include "common/utf8.h"

/* A walk over the tree that writes what may stay. */
struct cleaner {
	struct buf *out;
	size_t start;     /* where in out our part begins */
	size_t after_pre; /* ... and the content of the last <pre> */
	bool in_link;     /* below an <a> that is written */
	bool in_value;    /* between the quotes of an attribute */
	bool in_media;    /* below <audio> or <video> */
	struct buf value;
};

/* ---- text ---------------------------------------------------------------- */

static const char *escape_of(uint32_t rune, bool in_value)
{
	switch (rune) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return in_value ? "&quot;" : NULL;
	case '`': /* quotes a value in browsers of old */
		return in_value ? "&#96;" : NULL;
	default:
		return NULL;
	}
}

/* What parsers of HTML replace where it stands as it is, though a reference to it
 * goes through. */
static bool is_noncharacter(uint32_t rune)
{
	return (rune & 0xFFFE) == 0xFFFE || (rune >= 0xFDD0 && rune <= 0xFDEF);
}

static int add_rune(struct cleaner *c, const char *bytes, size_t n, uint32_t rune)
{
	const char *escape = escape_of(rune, c->in_value);

	if (utf8_is_banned(rune))
		return rune == '\r' || rune == '\f' ? buf_add_byte(c->out, ' ') : 0;
	if ((rune == UTF8_REPLACEMENT && n == 1) || is_noncharacter(rune))
		return buf_add_rune(c->out, UTF8_REPLACEMENT);
	/* A parser drops the first line end of a <pre>: give it one to drop. */
	if (rune == '\n' && c->out->length == c->after_pre && buf_add_byte(c->out, '\n') < 0)
		return -1;
	return escape != NULL ? buf_add_text(c->out, escape) : buf_add(c->out, bytes, n);
}

static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"' && c != '`';
}

static int add_escaped(struct cleaner *c, const char *text, size_t length)
{
	size_t i = 0, from, n;
	uint32_t rune;

	while (i < length) {
		from = i;
		while (i < length && is_plain(text[i]))
			i++;
		if (buf_add(c->out, text + from, i - from) < 0)
			return -1;
		if (i == length)
			break;
		n = utf8_decode(text + i, length - i, &rune);
		if (add_rune(c, text + i, n, rune) < 0)
			return -1;
		i += n;
	}
	return 0;
}

/* What a parser skips at the beginning: white space, once controls are out. */
static size_t skip_lead(const char *text, size_t length)
{
	size_t i = 0, n;
	uint32_t rune;

	while (i < length) {
		n = utf8_decode(text + i, length - i, &rune);
		if (!utf8_is_banned(rune) && rune != ' ' && rune != '\n' && rune != '\t')
			break;
		i += n;
	}
	return i;
}

static int add_text(struct cleaner *c, const char *text)
{
	size_t length = strlen(text);
	size_t lead = c->out->length == c->start ? skip_lead(text, length) : 0;

	return add_escaped(c, text + lead, length - lead);
}

/* ---- tags ---------------------------------------------------------------- */

/* c->value as an attribute. */
static int add_attribute(struct cleaner *c, const char *name)
{
	int result;

	if (buf_add_byte(c->out, ' ') < 0 || buf_add_text(c->out, name) < 0)
		return -1;
	if (c->value.length == 0)
		return 0;
	if (buf_add_text(c->out, "=\"") < 0)
		return -1;
	c->in_value = true;
	result = add_escaped(c, c->value.data, c->value.length);
	c->in_value = false;
	return result < 0 ? -1 : buf_add_byte(c->out, '"');
}

static int add_given(struct cleaner *c, const char *name, const char *value)
{
	buf_clear(&c->value);
	return buf_add_text(&c->value, value) < 0 ? -1 : add_attribute(c, name);
}

/* An attribute if its rule allows it.  1 if it does. */
static int add_allowed(struct cleaner *c, const char *element, const char *name, const char *value)
{
	int result;

	buf_clear(&c->value);
	result = html_allow_value(html_allow_attribute(element, name), value, &c->value);
	if (result == 1 && add_attribute(c, name) < 0)
		return -1;
	return result;
}

static bool is_media(const GumboNode *node)
{
	return html_is_tag(node, GUMBO_TAG_AUDIO) || html_is_tag(node, GUMBO_TAG_VIDEO) ||
	       html_is_tag(node, GUMBO_TAG_SOURCE);
}

/* Wherever a script would have found it. */
static int add_source(struct cleaner *c, const GumboNode *media)
{
	int result;

	buf_clear(&c->value);
	result = html_media_url(media, &c->value);
	return result > 0 ? add_attribute(c, "src") : result;
}

/* "<name" and what of its attributes may stay. */
static int add_tag(struct cleaner *c, const GumboNode *node)
{
	const GumboVector *attributes = &node->v.element.attributes;
	const char *element = gumbo_normalized_tagname(node->v.element.tag);
	unsigned i;

	if (buf_add_byte(c->out, '<') < 0 || buf_add_text(c->out, element) < 0 ||
		(is_media(node) && add_source(c, node) < 0))
		return -1;
	for (i = 0; i < attributes->length; i++) {
		const GumboAttribute *a = attributes->data[i];

		if ((is_media(node) || html_is_tag(node, GUMBO_TAG_IMG)) &&
			strcmp(a->name, "src") == 0)
			continue; /* add_source() and add_image() know better */
		if (add_allowed(c, element, a->name, a->value) < 0)
			return -1;
	}
	return 0;
}

static int add_node(struct cleaner *c, const GumboNode *node);

static int add_children(struct cleaner *c, const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;
	unsigned i;

	for (i = 0; i < children->length; i++)
		if (add_node(c, children->data[i]) < 0)
			return -1;
	return 0;
}

static int add_end(struct cleaner *c, const GumboNode *node)
{
	if (buf_add_text(c->out, "</") < 0 ||
		buf_add_text(c->out, gumbo_normalized_tagname(node->v.element.tag)) < 0)
		return -1;
	return buf_add_byte(c->out, '>');
}

/* ---- elements with a meaning of their own -------------------------------- */

/* An image without an address says what it would have shown. */
static int add_image(struct cleaner *c, const GumboNode *node)
{
	const char *alt = html_attribute(node, "alt");
	size_t start = c->out->length;
	int result;

	if (html_is_pixel(node))
		return 0;
	if (add_tag(c, node) < 0)
		return -1;
	buf_clear(&c->value);
	result = html_image_url(node, &c->value);
	if (result < 0)
		return -1;
	if (result == 0 || html_is_tracker(c->value.data)) {
		buf_cut(c->out, start);
		return result == 0 && alt != NULL ? add_text(c, alt) : 0;
	}
	if (add_attribute(c, "src") < 0)
		return -1;
	return buf_add_text(c->out, " referrerpolicy=\"no-referrer\">");
}

/* Without an address that may be followed, only what it says stays. */
static int add_link(struct cleaner *c, const GumboNode *node)
{
	const char *href = html_attribute(node, "href");
	int result = 0;

	buf_clear(&c->value);
	if (href != NULL && !c->in_link)
		result = html_allow_value(RULE_LINK, href, &c->value);
	if (result < 0)
		return -1;
	if (result == 0)
		return add_children(c, node);
	if (add_tag(c, node) < 0 || buf_add_text(c->out, " rel=\"noopener noreferrer\">") < 0)
		return -1;
	c->in_link = true;
	result = add_children(c, node);
	c->in_link = false;
	return result < 0 ? -1 : add_end(c, node);
}

/* What stands for something else is no part of the words beside it. */
static int add_gap(struct cleaner *c, bool touches)
{
	return touches ? buf_add_byte(c->out, ' ') : 0;
}

/* A frame becomes a link to what it would have shown; what it has for those who
 * show none stands behind it (common/strip_limit.c). */
static int add_frame(struct cleaner *c, const GumboNode *node)
{
	int result;

	buf_clear(&c->value);
	result = html_media_url(node, &c->value);
	if (result <= 0)
		return result;
	if (c->in_link)
		return add_escaped(c, c->value.data, c->value.length);
	if (add_gap(c, html_is_behind_word(node)) < 0 || buf_add_text(c->out, "<a") < 0 ||
		add_attribute(c, "href") < 0 ||
		buf_add_text(c->out, " rel=\"noopener noreferrer\">") < 0 ||
		add_escaped(c, c->value.data, c->value.length) < 0 ||
		buf_add_text(c->out, "</a>") < 0)
		return -1;
	return add_gap(c, html_is_before_word(node));
}

/* A box of a list of tasks; forms have no other that comes this far. */
static int add_box(struct cleaner *c, const GumboNode *node)
{
	if (buf_add_text(c->out, html_attribute(node, "checked") != NULL ? "☑" : "☐") < 0)
		return -1;
	return add_gap(c, html_is_before_word(node));
}

static int add_media(struct cleaner *c, const GumboNode *node)
{
	bool was = c->in_media;
	int result;

	/* Its poster would be fetched by who looks at the article. */
	if (html_is_tag(node, GUMBO_TAG_VIDEO) && html_is_dot(node))
		return 0;
	if (add_tag(c, node) < 0 || add_given(c, "controls", "") < 0 ||
		add_given(c, "preload", "none") < 0 || buf_add_byte(c->out, '>') < 0)
		return -1;
	c->in_media = true;
	result = add_children(c, node);
	c->in_media = was;
	return result < 0 ? -1 : add_end(c, node);
}

/* A span that lost all its attributes has nothing to say any more. */
static int add_span(struct cleaner *c, const GumboNode *node)
{
	size_t start = c->out->length;

	if (add_tag(c, node) < 0)
		return -1;
	if (c->out->length == start + strlen("<span")) {
		buf_cut(c->out, start);
		return add_children(c, node);
	}
	if (buf_add_byte(c->out, '>') < 0 || add_children(c, node) < 0)
		return -1;
	return add_end(c, node);
}

static bool is_void(GumboTag tag)
{
	return tag == GUMBO_TAG_BR || tag == GUMBO_TAG_HR || tag == GUMBO_TAG_WBR ||
	       tag == GUMBO_TAG_COL || tag == GUMBO_TAG_SOURCE;
}

static int add_plain(struct cleaner *c, const GumboNode *node)
{
	GumboTag tag = node->v.element.tag;

	if (add_tag(c, node) < 0 || buf_add_byte(c->out, '>') < 0)
		return -1;
	if (is_void(tag))
		return 0;
	if (tag == GUMBO_TAG_PRE)
		c->after_pre = c->out->length;
	return add_children(c, node) < 0 ? -1 : add_end(c, node);
}

static int add_element(struct cleaner *c, const GumboNode *node)
{
	GumboTag tag = node->v.element.tag;

	switch (tag) {
	case GUMBO_TAG_IMG:
		return add_image(c, node);
	case GUMBO_TAG_A:
		return add_link(c, node);
	case GUMBO_TAG_IFRAME:
		return add_frame(c, node);
	case GUMBO_TAG_AUDIO:
	case GUMBO_TAG_VIDEO:
		return add_media(c, node);
	case GUMBO_TAG_INPUT:
		return add_box(c, node);
	case GUMBO_TAG_SPAN:
		return add_span(c, node);
	case GUMBO_TAG_SOURCE:
		return c->in_media ? add_plain(c, node) : 0;
	default:
		return html_allow_element(tag) ? add_plain(c, node) : add_children(c, node);
	}
}

static int add_node(struct cleaner *c, const GumboNode *node)
{
	if (html_is_text(node))
		return add_text(c, node->v.text.text);
	if (!html_is_element(node) || html_is_unseen(node))
		return 0;
	return add_element(c, node);
}

int html_sanitize(const char *html, size_t length, struct buf *out)
{
	struct cleaner c = { .out = out, .start = out->length, .after_pre = SIZE_MAX };
	struct html_tree tree;
	const GumboNode *body;
	int result = 0;

	buf_init(&c.value, SIZE_MAX);
	html_tree_init(&tree, html, length);
	body = html_tree_body(&tree);
	if (body != NULL)
		result = add_children(&c, body);
	html_tree_release(&tree);
	buf_release(&c.value);
	if (result < 0)
		buf_cut(out, c.start); /* half a tag is worse than none */
	return result;
}
