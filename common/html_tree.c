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
	int result = 0;
	size_t i;

	for (i = 0; result == 0 && i < sizeof(lazy) / sizeof(lazy[0]); i++) {
		const char *value = html_attribute(element, lazy[i]);

		result = value != NULL ? html_allow_value(RULE_MEDIA, value, out) : 0;
	}
	return result;
}

int html_frame_url(const GumboNode *frame, struct buf *out)
{
	const char *source = html_attribute(frame, "src");
	int result = lazy_url(frame, out);

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
