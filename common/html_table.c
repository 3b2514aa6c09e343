#include <stdlib.h>
#include <string.h>

#include "common/html_reader.h"
#include "common/mem.h"

#define COLUMNS_MAX 24
#define ROWS_MAX 2000
#define WIDTH_MAX 240 /* where the text's has no end */
#define GAP 2         /* columns between two cells */
#define WRAP_MIN 10   /* columns in which a cell's words may be filled */
#define FOLD_MAX 60   /* columns of a cell's lines once they are one */

struct cell {
	char *text; /* NULL: nothing */
	size_t columns;
	bool numeric;
	bool code; /* lines that are to stay what they are */
};

struct grid {
	struct cell (*rows)[COLUMNS_MAX];
	size_t row_count;
	size_t row_room;
	size_t column_count;
	size_t heads; /* rows at the top that are all <th> */
	size_t width[COLUMNS_MAX];
	unsigned span[COLUMNS_MAX]; /* rows for which a cell from above goes on */
	bool folded;                /* a cell had several lines */
	bool pictures;              /* a cell has a row of them: in a narrow column a heap */
	bool fits;
};

/* ---- is it one? ---------------------------------------------------------- */

/* Whether an element can't be on a line of a table. */
static bool is_big(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_TABLE:
	case GUMBO_TAG_BLOCKQUOTE:
	case GUMBO_TAG_VIDEO:
	case GUMBO_TAG_HR:
	case GUMBO_TAG_H1:
	case GUMBO_TAG_H2:
	case GUMBO_TAG_H3:
		return true;
	default:
		return false;
	}
}

/* What stands in tables of data, and in those that arrange a page. */
static bool is_loose(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_UL:
	case GUMBO_TAG_OL:
	case GUMBO_TAG_DL:
	case GUMBO_TAG_PRE:
	case GUMBO_TAG_FIGURE:
	case GUMBO_TAG_IMG:
		return true;
	default:
		return false;
	}
}

/* Whether an element of that sort is in it. */
static bool has(const GumboNode *node, bool (*is_it)(GumboTag tag))
{
	const GumboVector *children = &node->v.element.children;
	unsigned i;

	for (i = 0; i < children->length; i++) {
		const GumboNode *child = children->data[i];

		if (html_is_element(child) && (is_it(child->v.element.tag) || has(child, is_it)))
			return true;
	}
	return false;
}

/* ---- reading ------------------------------------------------------------- */

static unsigned span_of(const GumboNode *cell, const char *name, unsigned most)
{
	const char *value = html_attribute(cell, name);
	unsigned long span = value != NULL ? strtoul(value, NULL, 10) : 1;

	return span < 1 ? 1 : span > most ? most : (unsigned)span;
}

static bool is_numeric(const char *text)
{
	return strpbrk(text, "0123456789") != NULL &&
	       strspn(text, "0123456789.,%+- $") == strlen(text);
}

/* Lines made one, "a / b".  False if that is too long. */
static bool fold(struct buf *text)
{
	const char *line, *end;
	struct buf one;
	bool fits = true;

	buf_init(&one, SIZE_MAX);
	for (line = text->data; *line != '\0' && fits; line = end + (*end == '\n')) {
		line += strspn(line, " ");
		end = line + strcspn(line, "\n");
		if (end == line)
			continue;
		fits = (one.length == 0 || buf_add_text(&one, " / ") == 0) &&
		       buf_add(&one, line, (size_t)(end - line)) == 0 &&
		       one.length <= (size_t)FOLD_MAX * 4 &&
		       flow_columns(one.data, one.length) <= FOLD_MAX;
	}
	buf_move(text, &one);
	return fits;
}

static size_t widest_line(const char *text)
{
	size_t widest = 0, columns, length;

	for (; *text != '\0'; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		columns = flow_columns(text, length);
		widest = columns > widest ? columns : widest;
	}
	return widest;
}

static bool is_pre(GumboTag tag)
{
	return tag == GUMBO_TAG_PRE;
}

/* Count what stands in a cell; false once there is a word in it. */
static bool count_pictures(const GumboNode *cell, unsigned *count)
{
	const GumboVector *children = &cell->v.element.children;
	unsigned i;

	for (i = 0; i < children->length; i++) {
		const GumboNode *child = children->data[i];

		if (child->type == GUMBO_NODE_TEXT)
			return false;
		if (!html_is_element(child))
			continue;
		*count += html_is_tag(child, GUMBO_TAG_IMG);
		if (!count_pictures(child, count))
			return false;
	}
	return true;
}

static bool is_row_of_pictures(const GumboNode *cell)
{
	unsigned count = 0;

	return count_pictures(cell, &count) && count > 1;
}

/* A cell's content on one line, or lines of code; false if it has too much for that. */
static bool read_cell(struct reader *r, const GumboNode *node, struct grid *g, struct cell *cell)
{
	struct flow outer = r->flow;
	struct buf text;
	bool one;

	buf_init(&text, SIZE_MAX);
	flow_init(&r->flow, &text, 0);
	html_read_children(r, node);
	flow_break(&r->flow);
	one = r->flow.lines <= 1;
	flow_release(&r->flow);
	r->flow = outer;
	if (one && text.length > 0)
		buf_cut(&text, text.length - 1);
	g->folded |= !one;
	g->pictures |= is_row_of_pictures(node);
	if (html_is_code(node)) {
		html_bare_code(&text);
		cell->code = !one;
	}
	if (!one && !cell->code)
		one = !has(node, is_pre) && fold(&text);
	if ((one || cell->code) && text.length > 0) {
		cell->columns = widest_line(text.data);
		cell->text = buf_take(&text, NULL);
		cell->numeric = is_numeric(cell->text);
	}
	buf_release(&text);
	return one || cell->code;
}

static struct cell *add_row(struct grid *g)
{
	if (g->row_count == g->row_room) {
		g->row_room = g->row_room * 2 + 8;
		g->rows = mem_realloc_array(g->rows, g->row_room, sizeof(*g->rows));
	}
	memset(g->rows[g->row_count], 0, sizeof(*g->rows));
	return g->rows[g->row_count++];
}

static size_t skip_spanned(struct grid *g, size_t column)
{
	while (column < COLUMNS_MAX && g->span[column] > 0)
		g->span[column++]--;
	return column;
}

static void read_row(struct reader *r, struct grid *g, const GumboNode *row)
{
	const GumboVector *children = &row->v.element.children;
	struct cell *cells = add_row(g);
	size_t column = 0;
	bool head = true, any = false;
	unsigned i, n;

	for (i = 0; i < children->length && g->fits; i++) {
		const GumboNode *node = children->data[i];

		if ((!html_is_tag(node, GUMBO_TAG_TD) && !html_is_tag(node, GUMBO_TAG_TH)) ||
			html_is_hidden(node))
			continue;
		head &= html_is_tag(node, GUMBO_TAG_TH);
		column = skip_spanned(g, column);
		if (column == COLUMNS_MAX || !read_cell(r, node, g, &cells[column])) {
			g->fits = false;
			return;
		}
		any |= cells[column].text != NULL;
		for (n = span_of(node, "colspan", COLUMNS_MAX); n > 0 && column < COLUMNS_MAX; n--)
			g->span[column++] = span_of(node, "rowspan", ROWS_MAX) - 1;
		if (column > g->column_count)
			g->column_count = column;
	}
	skip_spanned(g, column);
	if (head && any && g->heads == g->row_count - 1)
		g->heads = g->row_count;
}

static void read_rows(struct reader *r, struct grid *g, const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;
	unsigned i;

	for (i = 0; i < children->length && g->fits; i++) {
		const GumboNode *child = children->data[i];

		if (!html_is_element(child) || html_is_hidden(child))
			continue;
		if (html_is_tag(child, GUMBO_TAG_TR))
			read_row(r, g, child);
		else if (html_is_tag(child, GUMBO_TAG_TBODY) ||
			 html_is_tag(child, GUMBO_TAG_THEAD) || html_is_tag(child, GUMBO_TAG_TFOOT))
			read_rows(r, g, child);
		if (g->row_count > ROWS_MAX)
			g->fits = false;
	}
}

/* ---- writing ------------------------------------------------------------- */

/* Narrow columns stay as they are; the others share what is left, and their
 * words are filled into it. */
static void shrink(struct grid *g, size_t room)
{
	size_t gaps = GAP * (g->column_count - 1), left = room > gaps ? room - gaps : 0;
	size_t open = g->column_count, before = 0, column;
	bool settled[COLUMNS_MAX] = { false };

	while (open > 0 && open != before) {
		before = open;
		for (column = 0; column < g->column_count && open > 0; column++) {
			if (settled[column] || g->width[column] > left / open)
				continue;
			settled[column] = true;
			left -= g->width[column];
			open--;
		}
	}
	g->fits = open > 0 && left / open >= WRAP_MIN;
	for (column = 0; column < g->column_count && open > 0; column++)
		if (!settled[column])
			g->width[column] = left / open;
}

static bool cuts_code(const struct grid *g)
{
	size_t row, column;

	for (row = 0; row < g->row_count; row++)
		for (column = 0; column < g->column_count; column++)
			if (g->rows[row][column].code &&
				g->rows[row][column].columns > g->width[column])
				return true;
	return false;
}

static void measure(struct grid *g, size_t room, bool may_wrap)
{
	size_t row, column, sum = 0;

	for (column = 0; column < g->column_count; column++) {
		for (row = 0; row < g->row_count; row++)
			if (g->rows[row][column].columns > g->width[column])
				g->width[column] = g->rows[row][column].columns;
		sum += g->width[column] + (column > 0 ? GAP : 0);
	}
	if (sum <= (room < WIDTH_MAX ? room : WIDTH_MAX))
		return;
	g->fits = may_wrap;
	if (may_wrap)
		shrink(g, room);
	g->fits &= !cuts_code(g);
}

static bool is_right_aligned(const struct grid *g, size_t column)
{
	size_t row, numbers = 0;

	for (row = g->heads; row < g->row_count; row++) {
		const struct cell *cell = &g->rows[row][column];

		if (cell->text != NULL && !cell->numeric)
			return false;
		numbers += cell->text != NULL;
	}
	return numbers > 0;
}

static int add_padding(struct buf *line, char byte, size_t count)
{
	while (count-- > 0)
		if (buf_add_byte(line, byte) < 0)
			return -1;
	return 0;
}

/* A line of a cell, padded to its column's width. */
static int add_piece(struct buf *line, const char *text, size_t length, size_t width, bool right)
{
	size_t columns = flow_columns(text, length);
	size_t padding = width > columns ? width - columns : 0;

	if (right && add_padding(line, ' ', padding) < 0)
		return -1;
	if (buf_add(line, text, length) < 0)
		return -1;
	return right ? 0 : add_padding(line, ' ', padding);
}

/* A cell's words in lines of its column's width. */
static void fill(const struct cell *cell, size_t width, struct buf *out)
{
	struct flow flow;

	flow_init(&flow, out, width);
	flow_text(&flow, cell->text, strlen(cell->text));
	flow_break(&flow);
	flow_release(&flow);
}

/* The next line of all cells; whether there is one. */
static bool write_line(
	struct reader *r, const struct grid *g, const char *at[COLUMNS_MAX], const bool *right)
{
	struct buf line;
	size_t column;
	bool any = false;

	buf_init(&line, SIZE_MAX);
	for (column = 0; column < g->column_count; column++) {
		size_t length = strcspn(at[column], "\n");

		any = any || at[column][0] != '\0';
		if ((column > 0 && add_padding(&line, ' ', GAP) < 0) ||
			add_piece(&line, at[column], length, g->width[column], right[column]) < 0)
			break;
		at[column] += length + (at[column][length] == '\n');
	}
	if (any)
		flow_verbatim(&r->flow, line.data, line.length);
	buf_release(&line);
	return any;
}

static void write_row(
	struct reader *r, const struct grid *g, const struct cell *cells, const bool *right)
{
	struct buf filled[COLUMNS_MAX];
	const char *at[COLUMNS_MAX];
	size_t column;

	for (column = 0; column < g->column_count; column++) {
		const struct cell *cell = &cells[column];

		buf_init(&filled[column], SIZE_MAX);
		at[column] = cell->text != NULL ? cell->text : "";
		if (cell->columns > g->width[column]) {
			fill(cell, g->width[column], &filled[column]);
			at[column] = filled[column].length > 0 ? filled[column].data : "";
		}
	}
	while (write_line(r, g, at, right))
		;
	for (column = 0; column < g->column_count; column++)
		buf_release(&filled[column]);
}

/* Below the heads. */
static void write_rule(struct reader *r, const struct grid *g)
{
	struct buf line;
	size_t column;
	int result = 0;

	buf_init(&line, SIZE_MAX);
	for (column = 0; column < g->column_count && result == 0; column++) {
		if (column > 0)
			result = add_padding(&line, ' ', GAP);
		if (result == 0)
			result = add_padding(&line, '-', g->width[column]);
	}
	flow_verbatim(&r->flow, line.data, line.length);
	buf_release(&line);
}

static void write_grid(struct reader *r, const struct grid *g)
{
	bool right[COLUMNS_MAX];
	size_t i;

	for (i = 0; i < g->column_count; i++)
		right[i] = is_right_aligned(g, i);
	for (i = 0; i < g->row_count; i++) {
		write_row(r, g, g->rows[i], right);
		if (i + 1 == g->heads && g->heads < g->row_count)
			write_rule(r, g);
	}
}

static void release(struct grid *g)
{
	size_t row, column;

	for (row = 0; row < g->row_count; row++)
		for (column = 0; column < COLUMNS_MAX; column++)
			free(g->rows[row][column].text);
	free(g->rows);
}

static void read_caption(struct reader *r, const GumboNode *table)
{
	const GumboVector *children = &table->v.element.children;
	unsigned i;

	for (i = 0; i < children->length; i++)
		if (html_is_tag(children->data[i], GUMBO_TAG_CAPTION))
			html_read_node(r, children->data[i]);
}

void html_read_table(struct reader *r, const GumboNode *table)
{
	struct grid g = { .fits = !has(table, is_big) };
	size_t links = r->link_count;

	flow_blank(&r->flow);
	if (g.fits)
		read_rows(r, &g, table);
	if (g.fits && (g.folded || has(table, is_loose)))
		g.fits = g.row_count > 1 && g.column_count > 1; /* else it arranges a page */
	if (g.fits)
		measure(&g, r->flow.room, r->flow.width > 0 && !g.pictures);
	if (g.fits && g.column_count > 0) {
		read_caption(r, table);
		write_grid(r, &g);
	} else {
		html_forget_links(r, links); /* they will be met again */
		html_read_children(r, table);
	}
	release(&g);
	flow_blank(&r->flow);
}
