#ifndef COMMON_HTML_FLOW_H
#define COMMON_HTML_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/*
 * Text that flows into lines, for common/html*.c alone: fills paragraphs up to
 * a width, within margins like "> " that can be nested.  Knows columns (wide
 * characters take two), graphemes (never cut), addresses (not cut, be they wider
 * than all the room) and where a line may break; knows nothing of HTML.
 *
 * What could act on a terminal is left out or becomes a space.  Once the
 * buffer is full, nothing more is written and `full` is set.
 */
struct flow {
	struct buf *out;
	size_t start; /* of our part of out */
	size_t width; /* 0: lines as long as they come */
	size_t room;  /* columns that the margins leave, at least half */
	bool full;
	/* margins: what the next line begins with, and those after it */
	struct buf first;
	struct buf rest;
	size_t lines;        /* written so far */
	size_t opened_at;    /* lines when the innermost margin began */
	bool blank;          /* an empty line is due before the next one */
	size_t blank_margin; /* ... with so much of the margin */
	/* the line that is being filled */
	struct buf line;
	size_t column;
	size_t break_at; /* where it may end, 0 if nowhere */
	size_t break_column;
	size_t cluster_at; /* the last grapheme */
	size_t cluster_column;
	bool space;        /* one is due before the next word */
	bool tight;        /* ... but none, behind a mark that belongs to it */
	uint32_t last;     /* character, 0 at a line's beginning */
	int32_t graphemes; /* utf8proc's state */
	size_t widest;     /* columns of the widest line since it was cleared */
};

void flow_init(struct flow *flow, struct buf *out, size_t width);
void flow_release(struct flow *flow);

/* Append words; white space in them only parts words. */
void flow_text(struct flow *flow, const char *text, size_t length);

/* Append text that belongs to the word before it, like a note's number. */
void flow_glue(struct flow *flow, const char *text);

/* Append a mark that belongs to the word behind it, like a bracket that opens. */
void flow_mark(struct flow *flow, const char *text);

/* End the line that is being filled, if there is any text in it. */
void flow_break(struct flow *flow);

/* The same, and leave a line empty before the next text; none at the
 * beginning of all or of a margin's inside. */
void flow_blank(struct flow *flow);

/* Append a line as it is, not filled: spaces stay, tabs go to the next eighth
 * column.  Empty ones are left out where flow_blank() would leave none. */
void flow_verbatim(struct flow *flow, const char *line, size_t length);

/*
 * A margin, for all lines until flow_close(): the first line begins with
 * `first`, the others with `rest`.  Where margins have eaten half of the
 * width, further ones are left out.
 */
struct flow_margin {
	size_t first;
	size_t rest;
	size_t lines;
	size_t opened_at;
};

void flow_open(struct flow *flow, const char *first, const char *rest, struct flow_margin *margin);
void flow_close(struct flow *flow, const struct flow_margin *margin);

/* Columns that a safe text takes. */
size_t flow_columns(const char *text, size_t length);

#endif
