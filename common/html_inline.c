#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/html_allow.h"
#include "common/html_reader.h"
#include "common/mem.h"

/* How far back an address is looked for that has a number already. */
#define LINKS_BACK 64

/* ---- links --------------------------------------------------------------- */

/* The number of an address in the list at the end. */
static size_t note_link(struct reader *r, const char *url)
{
	size_t i = r->link_count;

	while (i > 0 && r->link_count - i < LINKS_BACK)
		if (strcmp(r->links[--i], url) == 0)
			return i + 1;
	if (r->link_count == r->link_room) {
		r->link_room = r->link_room * 2 + 16;
		r->links = mem_realloc_array(r->links, r->link_room, sizeof(*r->links));
	}
	r->links[r->link_count++] = mem_strdup(url);
	return r->link_count;
}

void html_forget_links(struct reader *r, size_t count)
{
	while (r->link_count > count)
		free(r->links[--r->link_count]);
}

static void say(struct reader *r, const char *text)
{
	flow_text(&r->flow, text, strlen(text));
}

static void write_note(struct reader *r, const char *url)
{
	char note[32];

	if (r->plain)
		return;
	snprintf(note, sizeof(note), "[%zu]", note_link(r, url));
	flow_glue(&r->flow, note);
}

/* The address as it may be shown; an empty `out` if it is none. */
static void get_url(const char *value, enum html_rule rule, struct buf *out)
{
	buf_init(out, SIZE_MAX);
	if (value != NULL && html_allow_value(rule, value, out) < 0)
		buf_clear(out);
}

/* Whether a link's text says its address itself. */
static bool is_said(const char *url, const char *text, size_t length)
{
	const char *rest = strstr(url, "://");
	size_t n;

	if (strncmp(url, "mailto:", 7) == 0)
		rest = url + 7;
	else
		rest = rest != NULL ? rest + 3 : url;
	if (length >= strlen(url) && memcmp(text + length - strlen(url), url, strlen(url)) == 0)
		return true;
	n = strlen(rest);
	if (n > 0 && rest[n - 1] == '/' && length > 0 && text[length - 1] != '/')
		n--;
	return n > 0 && length >= n && memcmp(text + length - n, rest, n) == 0;
}

static void read_link(struct reader *r, const GumboNode *node)
{
	const struct flow *flow = &r->flow;
	size_t lines = flow->lines, at = flow->line.length;
	struct buf url;

	get_url(html_attribute(node, "href"), RULE_LINK, &url);
	r->in_link = url.length > 0;
	html_read_children(r, node);
	r->in_link = false;
	if (lines != flow->lines)
		at = 0;
	if (url.length > 0 && flow->line.length > at &&
		!is_said(url.data, flow->line.data + at, flow->line.length - at))
		write_note(r, url.data);
	buf_release(&url);
}

/* ---- images and media ---------------------------------------------------- */

static void read_image(struct reader *r, const GumboNode *node)
{
	const char *alt = html_attribute(node, "alt");
	const char *title = html_attribute(node, "title");
	struct buf url;

	if (html_is_pixel(node))
		return;
	buf_init(&url, SIZE_MAX);
	if (html_image_url(node, &url) < 0)
		buf_clear(&url);
	say(r, "[image");
	if (alt != NULL && *alt != '\0') {
		say(r, ": ");
		say(r, alt);
	}
	if (title != NULL && *title != '\0' && (alt == NULL || strcmp(alt, title) != 0)) {
		say(r, alt != NULL && *alt != '\0' ? " - " : ": ");
		say(r, title);
	}
	flow_glue(&r->flow, "]");
	/* Within a link its note is enough. */
	if (url.length > 0 && !r->in_link && strncmp(url.data, "data:", 5) != 0)
		write_note(r, url.data);
	buf_release(&url);
}

/* 1, 0, -1. */
static int first_source(const GumboNode *media, struct buf *out)
{
	const GumboVector *children = &media->v.element.children;
	int result = html_media_url(media, out);
	unsigned i;

	for (i = 0; result == 0 && i < children->length; i++)
		if (html_is_tag(children->data[i], GUMBO_TAG_SOURCE))
			result = html_media_url(children->data[i], out);
	return result;
}

/* What stands for something else is no part of the words beside it. */
static void say_apart(struct reader *r, const GumboNode *node, const char *word, const char *url)
{
	if (html_is_behind_word(node))
		say(r, " ");
	say(r, word);
	if (url != NULL)
		write_note(r, url);
	if (html_is_before_word(node))
		say(r, " ");
}

/* What is in it is for browsers that can't play it. */
static void read_media(struct reader *r, const GumboNode *node, const char *word)
{
	struct buf url;

	if (html_is_tag(node, GUMBO_TAG_VIDEO) && html_is_dot(node))
		return;
	buf_init(&url, SIZE_MAX);
	if (first_source(node, &url) > 0)
		say_apart(r, node, word, url.data);
	buf_release(&url);
}

static void read_frame(struct reader *r, const GumboNode *node)
{
	struct buf url;

	buf_init(&url, SIZE_MAX);
	if (html_media_url(node, &url) > 0)
		say_apart(r, node, "[embedded page]", url.data);
	buf_release(&url);
}

/* ---- the rest ------------------------------------------------------------ */

static void read_line_end(struct reader *r)
{
	if (r->flow.line.length > 0)
		flow_break(&r->flow);
	else
		flow_blank(&r->flow);
}

static const GumboNode *first_child(const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;

	return children->length > 0 ? children->data[0] : NULL;
}

/* The marks stand at the words, not at blanks within; a reading at its characters. */
static void read_between(
	struct reader *r, const GumboNode *node, const char *before, const char *after)
{
	const GumboNode *first = first_child(node);

	if (first != NULL && html_is_text(first) && !html_is_tag(node, GUMBO_TAG_RT) &&
		strchr(" \t\n", *first->v.text.text) != NULL)
		say(r, " ");
	flow_mark(&r->flow, before);
	html_read_children(r, node);
	flow_glue(&r->flow, after);
}

static bool is_paragraph(const GumboNode *node)
{
	return html_is_tag(node, GUMBO_TAG_P) || html_is_tag(node, GUMBO_TAG_DIV);
}

/* Without marks it would say the contrary; paragraphs get their own. */
static void read_struck(struct reader *r, const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;
	bool whole = true, empty = true;
	unsigned i;

	for (i = 0; i < children->length && whole; i++) {
		const GumboNode *child = children->data[i];

		whole = !is_paragraph(child);
		empty = empty && child->type == GUMBO_NODE_WHITESPACE;
	}
	if (whole && !empty) {
		read_between(r, node, "~~", "~~");
		return;
	}
	for (i = 0; i < children->length; i++) {
		const GumboNode *child = children->data[i];

		if (!is_paragraph(child) || html_is_hidden(child)) {
			html_read_node(r, child);
			continue;
		}
		flow_blank(&r->flow);
		read_struck(r, child);
		flow_blank(&r->flow);
	}
}

static bool is_struck(const GumboNode *span)
{
	return html_style_has(span, "text-decoration", "line-through") ||
	       html_style_has(span, "text-decoration-line", "line-through");
}

bool html_read_inline(struct reader *r, const GumboNode *node)
{
	switch (node->v.element.tag) {
	case GUMBO_TAG_A:
		read_link(r, node);
		return true;
	case GUMBO_TAG_IMG:
		read_image(r, node);
		return true;
	case GUMBO_TAG_BR:
		read_line_end(r);
		return true;
	case GUMBO_TAG_Q:
		read_between(r, node, "“", "”");
		return true;
	case GUMBO_TAG_RT:
		read_between(r, node, "(", ")");
		return true;
	case GUMBO_TAG_DEL:
	case GUMBO_TAG_S:
	case GUMBO_TAG_STRIKE:
		read_struck(r, node);
		return true;
	case GUMBO_TAG_SPAN:
		if (!is_struck(node))
			return false;
		read_struck(r, node);
		return true;
	case GUMBO_TAG_INPUT:
		say_apart(r, node, html_attribute(node, "checked") != NULL ? "[x]" : "[\xC2\xA0]",
			NULL);
		return true;
	case GUMBO_TAG_SUP:
	case GUMBO_TAG_SUB:
		return html_read_raised(r, node);
	case GUMBO_TAG_RP:
		return true;
	case GUMBO_TAG_AUDIO:
		read_media(r, node, "[audio]");
		return true;
	case GUMBO_TAG_VIDEO:
		read_media(r, node, "[video]");
		return true;
	case GUMBO_TAG_IFRAME:
		read_frame(r, node);
		return true;
	default:
		return false;
	}
}
