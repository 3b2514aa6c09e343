#ifndef COMMON_HTML_READER_H
#define COMMON_HTML_READER_H

#include "common/html.h"
#include "common/html_flow.h"
#include "common/html_tree.h"

/*
 * The walk that turns an article's tree into text, for the files of
 * html_to_text() alone.
 */
struct reader {
	struct flow flow;
	bool plain;
	bool in_link;
	size_t list_depth;
	/* what the notes "[1]", "[2]" stand for, in their order */
	char **links;
	size_t link_count;
	size_t link_room;
};

/* An element with what is in it, or only the latter. */
void html_read_node(struct reader *reader, const GumboNode *node);
void html_read_children(struct reader *reader, const GumboNode *element);

/* An element within a line.  False if it is none. */
bool html_read_inline(struct reader *reader, const GumboNode *node);

/* "x<sup>2</sup>" as "x²", and a link to a foot note likewise; what has no characters
 * for it as "x^k", "x_(max)".  False if it is to be read as it is. */
bool html_read_raised(struct reader *reader, const GumboNode *node);

/* Drop the notes behind the first `count`. */
void html_forget_links(struct reader *reader, size_t count);

/* A <pre>: line by line, be its lines elements or not. */
void html_read_code(struct reader *reader, const GumboNode *node);

/* Whether a cell of a table is a <pre> and nothing else. */
bool html_is_code(const GumboNode *cell);

/* Cut from lines of code the margin that they have in a text, and the last line end. */
void html_bare_code(struct buf *text);

/* A table: in columns if it is made of texts that fit there, those too long
 * filled into lines, short lines of a cell made one, those of code left as they are. */
void html_read_table(struct reader *reader, const GumboNode *table);

#endif
