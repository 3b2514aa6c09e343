#include <string.h>

#include "common/html_reader.h"

#define MARGIN "    " /* of code in a text */

/* The text of a <pre>, whose lines may be elements: each begins and ends one. */
struct code {
	struct buf text;
	bool due; /* a block has ended: what comes next begins a line */
	bool full;
};

static void add(struct code *code, const char *text, size_t length)
{
	if (length > 0 && buf_add(&code->text, text, length) < 0)
		code->full = true;
}

static bool is_at_start(const struct code *code)
{
	return code->text.length == 0 || code->text.data[code->text.length - 1] == '\n';
}

/* White space between two blocks lays out the source; only empty lines count. */
static void gather_gap(struct code *code, const char *text)
{
	const char *line = strchr(text, '\n');

	while (line != NULL && (line = strchr(line + 1, '\n')) != NULL)
		add(code, "\n", 1);
}

static void gather_text(struct code *code, const char *text)
{
	if (code->due && text[strspn(text, " \t\r\n")] == '\0') {
		gather_gap(code, text);
		return;
	}
	if (code->due && *text != '\n')
		add(code, "\n", 1);
	code->due = false;
	add(code, text, strlen(text));
}

static bool is_block(const GumboNode *node)
{
	switch (node->v.element.tag) {
	case GUMBO_TAG_BLOCKQUOTE:
	case GUMBO_TAG_DD:
	case GUMBO_TAG_DIV:
	case GUMBO_TAG_DL:
	case GUMBO_TAG_DT:
	case GUMBO_TAG_FIGURE:
	case GUMBO_TAG_LI:
	case GUMBO_TAG_OL:
	case GUMBO_TAG_P:
	case GUMBO_TAG_PRE:
	case GUMBO_TAG_SECTION:
	case GUMBO_TAG_TABLE:
	case GUMBO_TAG_TR:
	case GUMBO_TAG_UL:
		return true;
	default:
		return html_style_has(node, "display", "block") ||
		       html_style_has(node, "display", "flex") ||
		       html_style_has(node, "display", "grid");
	}
}

static void gather(struct code *code, const GumboNode *node);

static void gather_children(struct code *code, const GumboNode *node)
{
	unsigned i;

	for (i = 0; i < node->v.element.children.length && !code->full; i++)
		gather(code, node->v.element.children.data[i]);
}

/* The line end that stands in a block is the one that it has anyhow. */
static void gather_block(struct code *code, const GumboNode *node)
{
	size_t start;

	if (code->due || !is_at_start(code))
		add(code, "\n", 1);
	code->due = false;
	start = code->text.length;
	gather_children(code, node);
	if (code->due || code->text.length == start)
		return;
	if (is_at_start(code))
		buf_cut(&code->text, code->text.length - 1);
	code->due = true;
}

static bool is_cell(const GumboNode *node)
{
	return html_is_tag(node, GUMBO_TAG_TD) || html_is_tag(node, GUMBO_TAG_TH);
}

/* The number of a line, and the line. */
static void gather_cell(struct code *code, const GumboNode *node)
{
	if (!code->due && !is_at_start(code))
		add(code, " ", 1);
	gather_children(code, node);
}

/* A smiley, or what a picture shows. */
static void gather_image(struct code *code, const GumboNode *node)
{
	const char *alt = html_attribute(node, "alt");

	if (alt != NULL && *alt != '\0' && !html_is_pixel(node))
		gather_text(code, alt);
}

static void gather(struct code *code, const GumboNode *node)
{
	if (html_is_text(node))
		gather_text(code, node->v.text.text);
	else if (html_is_tag(node, GUMBO_TAG_BR))
		gather_text(code, "\n");
	else if (!html_is_element(node) || html_is_unseen(node))
		return;
	else if (html_is_tag(node, GUMBO_TAG_IMG))
		gather_image(code, node);
	else if (is_cell(node))
		gather_cell(code, node);
	else if (is_block(node))
		gather_block(code, node);
	else
		gather_children(code, node);
}

void html_read_code(struct reader *r, const GumboNode *node)
{
	struct code code = { .due = false };
	struct flow_margin margin;
	const char *line, *end;

	buf_init(&code.text, SIZE_MAX);
	gather_children(&code, node);
	while (code.text.length > 0 &&
		strchr(" \t\n\r", code.text.data[code.text.length - 1]) != NULL)
		buf_cut(&code.text, code.text.length - 1);
	flow_blank(&r->flow);
	flow_open(&r->flow, MARGIN, MARGIN, &margin);
	for (line = code.text.data; *line != '\0'; line = *end != '\0' ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		flow_verbatim(&r->flow, line, (size_t)(end - line));
	}
	flow_close(&r->flow, &margin);
	flow_blank(&r->flow);
	buf_release(&code.text);
}

bool html_is_code(const GumboNode *cell)
{
	const GumboNode *only = NULL;
	unsigned i;

	for (i = 0; i < cell->v.element.children.length; i++) {
		const GumboNode *child = cell->v.element.children.data[i];

		if (child->type == GUMBO_NODE_WHITESPACE)
			continue;
		if (only != NULL)
			return false;
		only = child;
	}
	return only != NULL && (html_is_tag(only, GUMBO_TAG_PRE) ||
				       (html_is_tag(only, GUMBO_TAG_DIV) && html_is_code(only)));
}

void html_bare_code(struct buf *text)
{
	const char *line, *end;
	size_t margin = strlen(MARGIN);
	struct buf bare;

	buf_init(&bare, SIZE_MAX);
	for (line = text->data; *line != '\0'; line = end + (*end == '\n')) {
		size_t skip = strspn(line, " ");

		line += skip < margin ? skip : margin;
		end = line + strcspn(line, "\n");
		if ((bare.length > 0 && buf_add_byte(&bare, '\n') < 0) ||
			buf_add(&bare, line, (size_t)(end - line)) < 0)
			break;
	}
	buf_move(text, &bare);
}
