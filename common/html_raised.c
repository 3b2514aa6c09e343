#include <string.h>

#include "common/html_reader.h"
#include "common/strip.h"

#define RAISED_MAX 64 /* bytes; what is longer is a text, not a power */

/* The text of a <sup> or <sub>. */
struct raised {
	char text[RAISED_MAX];
	size_t length;
	unsigned left;  /* nodes that are still looked at */
	bool linked;    /* it leads somewhere: a foot note */
	bool nested;    /* one in it */
	bool is_simple; /* words are all that it is */
};

/* ---- what it says -------------------------------------------------------- */

static bool is_word_element(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_A:
	case GUMBO_TAG_B:
	case GUMBO_TAG_CITE:
	case GUMBO_TAG_CODE:
	case GUMBO_TAG_EM:
	case GUMBO_TAG_I:
	case GUMBO_TAG_SMALL:
	case GUMBO_TAG_SPAN:
	case GUMBO_TAG_STRONG:
	case GUMBO_TAG_SUB:
	case GUMBO_TAG_SUP:
	case GUMBO_TAG_U:
	case GUMBO_TAG_VAR:
		return true;
	default:
		return false;
	}
}

static void gather_text(struct raised *raised, const char *text)
{
	size_t length = strlen(text);

	if (length > RAISED_MAX - raised->length) {
		raised->is_simple = false;
		return;
	}
	memcpy(raised->text + raised->length, text, length);
	raised->length += length;
}

static void gather(struct raised *raised, const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;
	unsigned i;

	for (i = 0; i < children->length && raised->is_simple; i++) {
		const GumboNode *child = children->data[i];

		raised->is_simple = raised->left-- > 0;
		if (html_is_text(child)) {
			gather_text(raised, child->v.text.text);
			continue;
		}
		if (!html_is_element(child) || html_is_unseen(child))
			continue;
		raised->linked |= html_is_tag(child, GUMBO_TAG_A);
		raised->nested |= html_is_tag(child, GUMBO_TAG_SUP) ||
				  html_is_tag(child, GUMBO_TAG_SUB);
		if (!is_word_element(child->v.element.tag))
			raised->is_simple = false;
		else
			gather(raised, child);
	}
}

/* ---- on the line ---------------------------------------------------------- */

/* A power in a power. */
static void read_nested(struct reader *r, const GumboNode *node, bool up)
{
	flow_glue(&r->flow, up ? "^(" : "_(");
	html_read_children(r, node);
	flow_glue(&r->flow, ")");
}

bool html_read_raised(struct reader *r, const GumboNode *node)
{
	struct raised raised = { .is_simple = true, .left = RAISED_MAX };
	bool up = html_is_tag(node, GUMBO_TAG_SUP), told = false;
	uint32_t before = r->flow.space ? 0 : r->flow.last;
	struct buf out;

	gather(&raised, node);
	if (!raised.is_simple)
		return false;
	if (raised.nested && before == 0)
		return false; /* type that is smaller still */
	if (raised.nested && !raised.linked) {
		read_nested(r, node, up);
		return true;
	}
	buf_init(&out, SIZE_MAX);
	if (!raised.nested)
		told = strip_raise(raised.text, raised.length, up, r->flow.space ? 0 : r->flow.last,
			       &out) > 0;
	/* A note that has no characters for it stands as it is. */
	told = told && !(raised.linked && strchr("^_ ", out.data[0]) != NULL);
	if (told)
		flow_text(&r->flow, out.data, out.length);
	/* A phrase is apart on both sides. */
	if (told && out.data[0] == ' ' && html_is_before_word(node))
		flow_text(&r->flow, " ", 1);
	buf_release(&out);
	return told;
}
