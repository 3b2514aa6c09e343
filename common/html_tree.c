#include "common/html_tree.h"

#include <stdlib.h>
#include <string.h>

#include "common/html_allow.h"
#include "common/mem.h"
#include "common/strip.h"

void html_tree_init(struct html_tree *tree, const char *html, size_t length)
{
	buf_init(&tree->tame, SIZE_MAX);
	/* Without a limit it can't fail; input and STRIP_TAGS_MAX bound it. */
	if (strip_limit(html, length, &tree->tame) < 0)
		buf_clear(&tree->tame);
	tree->options = kGumboDefaultOptions;
	tree->options.max_errors = 0; /* they are kept in a list that is slow to grow */
	tree->output = gumbo_parse_with_options(&tree->options, tree->tame.data, tree->tame.length);
}

void html_tree_release(struct html_tree *tree)
{
	if (tree->output != NULL)
		gumbo_destroy_output(&tree->options, tree->output);
	tree->output = NULL;
	buf_release(&tree->tame);
}

const GumboNode *html_tree_body(const struct html_tree *tree)
{
	const GumboNode *root = tree->output->root;
	unsigned i;

	for (i = 0; i < root->v.element.children.length; i++) {
		const GumboNode *child = root->v.element.children.data[i];

		if (html_is_tag(child, GUMBO_TAG_BODY))
			return child;
	}
	return NULL;
}

const char *html_attribute(const GumboNode *element, const char *name)
{
	const GumboAttribute *attribute = gumbo_get_attribute(&element->v.element.attributes, name);

	return attribute != NULL ? attribute->value : NULL;
}

bool html_is_unseen(const GumboNode *element)
{
	if (element->type == GUMBO_NODE_TEMPLATE ||
		element->v.element.tag_namespace != GUMBO_NAMESPACE_HTML || html_is_hidden(element))
		return true;
	switch (element->v.element.tag) {
	case GUMBO_TAG_SCRIPT:
	case GUMBO_TAG_STYLE:
	case GUMBO_TAG_TITLE:
	case GUMBO_TAG_SELECT:
	case GUMBO_TAG_NOEMBED:
	case GUMBO_TAG_NOFRAMES:
	case GUMBO_TAG_TEXTAREA:
		return true;
	default:
		return false;
	}
}

/* The text beside an element, "" if something else is there. */
static const char *text_beside(const GumboNode *element, bool behind)
{
	const GumboVector *all = &element->parent->v.element.children;
	size_t i = element->index_within_parent;
	const GumboNode *node = NULL;

	if (behind && i + 1 < all->length)
		node = all->data[i + 1];
	else if (!behind && i > 0)
		node = all->data[i - 1];
	return node != NULL && html_is_text(node) ? node->v.text.text : "";
}

static bool is_of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (unsigned char)c >= 0x80;
}

bool html_is_behind_word(const GumboNode *element)
{
	const char *text = text_beside(element, false);

	return *text != '\0' && is_of_word(text[strlen(text) - 1]);
}

bool html_is_before_word(const GumboNode *element)
{
	return is_of_word(*text_beside(element, true));
}

/* The first of a srcset that may be loaded. */
static int first_of_set(const char *set, struct buf *out)
{
	const char *end = set + strlen(set);
	struct strip_candidate candidate;
	int result = 0;

	while (result == 0 && strip_candidate_next(&set, end, &candidate)) {
		char *url = mem_strndup(candidate.url, candidate.url_length);

		result = html_allow_value(RULE_MEDIA, url, out);
		free(url);
	}
	return result;
}

/* What stands in src until a script comes is a grey dot, or about:blank. */
static int lazy_url(const GumboNode *element, struct buf *out)
{
	static const char *const lazy[] = { "data-src", "data-lazy-src", "data-original" };
	static const char *const sets[] = { "data-srcset", "data-lazy-srcset" };
	const char *value;
	int result = 0;
	size_t i;

	for (i = 0; result == 0 && i < sizeof(lazy) / sizeof(lazy[0]); i++) {
		value = html_attribute(element, lazy[i]);
		result = value != NULL ? html_allow_value(RULE_MEDIA, value, out) : 0;
	}
	for (i = 0; result == 0 && i < sizeof(sets) / sizeof(sets[0]); i++) {
		value = html_attribute(element, sets[i]);
		result = value != NULL ? first_of_set(value, out) : 0;
	}
	return result;
}

int html_media_url(const GumboNode *media, struct buf *out)
{
	const char *source = html_attribute(media, "src");
	int result = lazy_url(media, out);

	return result == 0 && source != NULL ? html_allow_value(RULE_MEDIA, source, out) : result;
}

int html_image_url(const GumboNode *image, struct buf *out)
{
	const char *source = html_attribute(image, "src");
	const char *set = html_attribute(image, "srcset");
	int result = lazy_url(image, out);

	if (result == 0 && source != NULL)
		result = html_allow_value(RULE_IMAGE, source, out);
	if (result == 0 && set != NULL)
		result = first_of_set(set, out);
	return result;
}
