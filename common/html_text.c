#include "common/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/html_reader.h"
#include "common/mem.h"

static void say(struct reader *r, const char *text)
{
	flow_text(&r->flow, text, strlen(text));
}

/* ---- blocks -------------------------------------------------------------- */

static void read_block(struct reader *r, const GumboNode *node)
{
	flow_break(&r->flow);
	html_read_children(r, node);
	flow_break(&r->flow);
}

static void read_paragraph(struct reader *r, const GumboNode *node)
{
	flow_blank(&r->flow);
	html_read_children(r, node);
	flow_blank(&r->flow);
}

static void read_within(
	struct reader *r, const GumboNode *node, const char *first, const char *rest)
{
	struct flow_margin margin;

	flow_open(&r->flow, first, rest, &margin);
	html_read_children(r, node);
	flow_close(&r->flow, &margin);
}

static void read_quote(struct reader *r, const GumboNode *node)
{
	flow_blank(&r->flow);
	read_within(r, node, "> ", "> ");
	flow_blank(&r->flow);
}

/* The first two ranks are underlined, the others marked in front. */
static void read_heading(struct reader *r, const GumboNode *node, int rank)
{
	struct flow *flow = &r->flow;
	size_t lines;

	flow_blank(flow);
	lines = flow->lines;
	flow->widest = 0;
	if (rank > 2)
		say(r, rank == 3 ? "### " : "#### ");
	html_read_children(r, node);
	flow_break(flow);
	if (rank <= 2 && flow->lines > lines && flow->widest > 0) {
		size_t n = flow->widest < 240 ? flow->widest : 240;
		char line[240];

		memset(line, rank == 1 ? '=' : '-', n);
		flow_verbatim(flow, line, n);
	}
	flow_blank(flow);
}

static void read_rule(struct reader *r)
{
	flow_blank(&r->flow);
	if (r->flow.lines == 0)
		return; /* nothing to part */
	say(r, "* * *");
	flow_blank(&r->flow);
}

/* ---- lists --------------------------------------------------------------- */

static long number_of(const GumboNode *node, const char *name, long otherwise)
{
	const char *value = html_attribute(node, name);
	char *end;
	long number;

	if (value == NULL)
		return otherwise;
	number = strtol(value, &end, 10);
	return end == value || number < -99999 || number > 999999 ? otherwise : number;
}

static long count_items(const GumboNode *list)
{
	long count = 0;
	unsigned i;

	for (i = 0; i < list->v.element.children.length; i++)
		count += html_is_tag(list->v.element.children.data[i], GUMBO_TAG_LI);
	return count;
}

static void read_item(struct reader *r, const GumboNode *item, const char *bullet)
{
	char rest[32];
	size_t n = strlen(bullet);

	memset(rest, ' ', n);
	rest[n] = '\0';
	read_within(r, item, bullet, rest);
}

/* Numbers are as wide as the list's last one. */
static void read_numbered(struct reader *r, const GumboNode *list)
{
	bool down = html_attribute(list, "reversed") != NULL;
	long count = count_items(list);
	long number = number_of(list, "start", down ? count : 1);
	int width = snprintf(NULL, 0, "%ld", down ? number : number + count - 1);
	char bullet[32];
	unsigned i;

	for (i = 0; i < list->v.element.children.length; i++) {
		const GumboNode *child = list->v.element.children.data[i];

		if (!html_is_tag(child, GUMBO_TAG_LI) || html_is_hidden(child)) {
			html_read_node(r, child);
			continue;
		}
		number = number_of(child, "value", number);
		snprintf(bullet, sizeof(bullet), "%*ld. ", width, number);
		read_item(r, child, bullet);
		number += down ? -1 : 1;
	}
}

static void read_list(struct reader *r, const GumboNode *list)
{
	bool nested = r->list_depth > 0;

	if (nested)
		flow_break(&r->flow);
	else
		flow_blank(&r->flow);
	r->list_depth++;
	if (html_is_tag(list, GUMBO_TAG_OL))
		read_numbered(r, list);
	else
		html_read_children(r, list);
	r->list_depth--;
	if (!nested)
		flow_blank(&r->flow);
}

static void read_bullet(struct reader *r, const GumboNode *item)
{
	static const char *const bullets[] = { "* ", "- ", "+ " };

	read_item(r, item, bullets[r->list_depth > 0 ? (r->list_depth - 1) % 3 : 0]);
}

/* ---- the walk ------------------------------------------------------------ */

/* Elements with lines of their own; what remains is only its content. */
static void read_block_element(struct reader *r, const GumboNode *node)
{
	switch (node->v.element.tag) {
	case GUMBO_TAG_H1:
	case GUMBO_TAG_H2:
	case GUMBO_TAG_H3:
	case GUMBO_TAG_H4:
	case GUMBO_TAG_H5:
	case GUMBO_TAG_H6:
		read_heading(r, node, (int)(node->v.element.tag - GUMBO_TAG_H1) + 1);
		break;
	case GUMBO_TAG_P:
	case GUMBO_TAG_DL:
	case GUMBO_TAG_FIGURE:
	case GUMBO_TAG_ADDRESS:
	case GUMBO_TAG_DETAILS:
		read_paragraph(r, node);
		break;
	case GUMBO_TAG_BLOCKQUOTE:
		read_quote(r, node);
		break;
	case GUMBO_TAG_PRE:
		html_read_code(r, node);
		break;
	case GUMBO_TAG_HR:
		read_rule(r);
		break;
	case GUMBO_TAG_UL:
	case GUMBO_TAG_OL:
	case GUMBO_TAG_MENU:
		read_list(r, node);
		break;
	case GUMBO_TAG_LI:
		read_bullet(r, node);
		break;
	case GUMBO_TAG_DD:
		read_within(r, node, "    ", "    ");
		break;
	case GUMBO_TAG_TABLE:
		html_read_table(r, node);
		break;
	case GUMBO_TAG_DIV:
	case GUMBO_TAG_DT:
	case GUMBO_TAG_SECTION:
	case GUMBO_TAG_ARTICLE:
	case GUMBO_TAG_ASIDE:
	case GUMBO_TAG_HEADER:
	case GUMBO_TAG_FOOTER:
	case GUMBO_TAG_MAIN:
	case GUMBO_TAG_NAV:
	case GUMBO_TAG_HGROUP:
	case GUMBO_TAG_CENTER:
	case GUMBO_TAG_FIGCAPTION:
	case GUMBO_TAG_SUMMARY:
	case GUMBO_TAG_CAPTION:
	case GUMBO_TAG_TR:
	case GUMBO_TAG_TD:
	case GUMBO_TAG_TH:
		read_block(r, node);
		break;
	default:
		html_read_children(r, node);
	}
}

void html_read_node(struct reader *r, const GumboNode *node)
{
	if (r->flow.full)
		return;
	if (html_is_text(node))
		say(r, node->v.text.text);
	else if (html_is_element(node) && !html_is_unseen(node) && !html_read_inline(r, node))
		read_block_element(r, node);
}

void html_read_children(struct reader *r, const GumboNode *element)
{
	unsigned i;

	for (i = 0; i < element->v.element.children.length; i++)
		html_read_node(r, element->v.element.children.data[i]);
}

/* Addresses are written unwrapped, to be copied. */
static void write_links(struct reader *r)
{
	size_t i;

	flow_blank(&r->flow);
	for (i = 0; i < r->link_count; i++) {
		char *line = mem_printf("[%zu] %s", i + 1, r->links[i]);

		flow_verbatim(&r->flow, line, strlen(line));
		free(line);
	}
}

int html_to_text(
	const char *html, size_t length, const struct html_text_options *options, struct buf *out)
{
	struct reader r = { .plain = options->plain };
	struct html_tree tree;
	const GumboNode *body;

	flow_init(&r.flow, out, options->width);
	html_tree_init(&tree, html, length);
	body = html_tree_body(&tree);
	if (body != NULL)
		html_read_children(&r, body);
	flow_break(&r.flow);
	if (r.link_count > 0)
		write_links(&r);
	html_tree_release(&tree);
	html_forget_links(&r, 0);
	free(r.links);
	flow_release(&r.flow);
	return r.flow.full ? -1 : 0;
}
