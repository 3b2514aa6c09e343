#ifndef COMMON_HTML_TREE_H
#define COMMON_HTML_TREE_H

#include <gumbo.h>

#include "common/buf.h"

/*
 * gumbo's tree of an article, for common/html*.c alone: tamed before it is
 * built (strip_limit()), so that it is at most some 260 elements deep and may
 * be walked by recursion.
 */
struct html_tree {
	struct buf tame; /* what the tree points into */
	GumboOptions options;
	GumboOutput *output;
};

void html_tree_init(struct html_tree *tree, const char *html, size_t length);
void html_tree_release(struct html_tree *tree);

/* NULL if there is none. */
const GumboNode *html_tree_body(const struct html_tree *tree);

/* The value of an attribute, "" if it has none; NULL without it. */
const char *html_attribute(const GumboNode *element, const char *name);

/* An element of HTML (not of a drawing or a formula), or a template. */
static inline bool html_is_element(const GumboNode *node)
{
	return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

static inline bool html_is_text(const GumboNode *node)
{
	return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
	       node->type == GUMBO_NODE_CDATA;
}

static inline bool html_is_tag(const GumboNode *node, GumboTag tag)
{
	return node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag;
}

/* Whether an element is hidden, by its attribute or its style. */
bool html_is_hidden(const GumboNode *element);

/* Whether what is in an element is no part of the article. */
bool html_is_unseen(const GumboNode *element);

/* Whether a word ends right in front of an element, or begins right behind it. */
bool html_is_behind_word(const GumboNode *element);
bool html_is_before_word(const GumboNode *element);

/* Whether the style has the word in its value for a property: ("display", "none"). */
bool html_style_has(const GumboNode *element, const char *property, const char *word);

/* Whether an image or a film is one pixel or less in both directions, or in the only one of
 * which it says how far it reaches. */
bool html_is_dot(const GumboNode *image);

/* Whether an image only counts who looks: it can't be seen, is such a dot, or has a known
 * sender. */
bool html_is_pixel(const GumboNode *image);

/*
 * Append the address of an image, wherever the page's scripts would have found
 * it.  1; 0 if it has none that may be loaded; -1 if out is full.
 */
int html_image_url(const GumboNode *image, struct buf *out) MUST_USE;

/* Likewise what a frame shows, or a film or sound (or one of its <source>) plays. */
int html_media_url(const GumboNode *media, struct buf *out) MUST_USE;

#endif
