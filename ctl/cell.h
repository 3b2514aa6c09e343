#ifndef CTL_CELL_H
#define CTL_CELL_H

#include "common/err.h"
#include "ctl/columns.h"
#include "ctl/row.h"

/*
 * What stands in a column for a person or a script: the JSON value as text, with
 * a fallback where a column is never to be empty.  `title` is the daemon's `label`
 * where the row has one, else falls back to the first words of the summary or the
 * content, then to what there is; `feed_title` (`feed_label`) and a feed's title
 * fall back to its address; a label that the row has not is made of the same;
 * `flags` is the daemon's or made of the marks, `key` of a feed's number.  A row that
 * has no such thing (a feed's event has neither title nor marks) tells nothing.
 */

enum cell_kind {
	CELL_PLAIN,
	CELL_TITLE,
	CELL_FEED_TITLE,
	CELL_LABEL,
	CELL_FEED_LABEL,
	CELL_FLAGS,
	CELL_HTML, /* an article as it is stored; printer_text() cleans it */
	CELL_KEY,  /* "feed:ID" */
	CELL_VALUE /* of a statistic: "name number,name number" */
};

struct cell {
	enum cell_kind kind;
	struct column column;
	struct column others[6]; /* what it is made of, or falls back to */
};

/* name must live as long as the cell. */
void cell_init(struct cell *cell, const char *name, size_t length);
/* Not made safe for lines yet: out_line() does that. */
struct text cell_text(struct cell *cell, const struct wire_row *row, struct buf *scratch);

/*
 * The cells of a comma- or blank-separated list of names, whatever they are;
 * *out_cells is the caller's to free(), names stay where they are.  ERR_USAGE if
 * there is none.
 */
int cell_list(
	const char *names, struct cell **out_cells, size_t *out_count, struct err *err) MUST_USE;

/* ERR_USAGE: a field that there is not, and `all`, those that there are.  -1. */
int cell_unknown(const char *all, const char *name, size_t length, struct err *err);

#endif
