#ifndef CTL_FORMAT_H
#define CTL_FORMAT_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/err.h"
#include "ctl/cell.h"
#include "ctl/columns.h"
#include "ctl/names.h"
#include "ctl/out.h"
#include "ctl/row.h"
#include "ctl/term.h"

/*
 * Rows to output.  A format is a row in a table (format.c) with up to six
 * functions, one file each; what it needs between them hangs on `own`.  Knows
 * nothing of the daemon.
 */

enum format_needs {
	FORMAT_ITEMS = 1, /* only items can be had in it */
	FORMAT_FULL = 2,  /* it needs the items' content */
	FORMAT_INTO = 4,  /* it must have --into */
	FORMAT_ALL = 8    /* it needs every key */
};

struct printer {
	const struct format *format;
	const struct object *object; /* what the rows are; NULL: anything */
	const struct object *other;  /* what may come among them, or NULL */
	const char *columns;         /* of its lines; NULL: lines of key and value */
	struct out *out;
	const struct term *term;
	const char *fields;   /* --fields, or NULL */
	const char *template; /* the format itself, if it is one */
	const char *into;     /* --into, or NULL */
	const char *group;    /* --group, or NULL */
	bool raw;             /* content as it is stored */
	bool headed;          /* the format's head was put */
	bool adds;            /* files of before are gone on with: each row comes once */
	/* Adds all feeds that are subscribed now, for files of feeds; NULL: none. */
	int (*name_feeds)(void *ctx, struct names *names, struct err *err);
	void *name_ctx;
	uint64_t rows;      /* told so far */
	struct buf scratch; /* for one value */
	struct buf content; /* for one article */
	void *own;
};

struct format {
	const char *name;
	unsigned needs;
	const char *wanted; /* keys it looks at, blank-separated; NULL: all, or see columns */
	int (*begin)(struct printer *printer, struct err *err);
	void (*head)(struct printer *printer); /* what stands before rows; or NULL */
	void (*look)(struct printer *printer, const struct wire_row *row); /* or NULL */
	int (*row)(struct printer *printer, const struct wire_row *row, struct err *err);
	int (*settle)(struct printer *printer, struct err *err); /* see below; or NULL */
	int (*end)(struct printer *printer, struct err *err);
	void (*release)(struct printer *printer); /* whatever happened; or NULL */
};

extern const struct format format_table, format_tsv, format_json, format_csv, format_template,
	format_sfeed, format_urls, format_mbox, format_maildir, format_atom, format_jsonfeed,
	format_html;

/* The format of that name, a template if it has a brace; NULL and ERR_USAGE. */
const struct format *format_find(const char *name, struct err *err);

/*
 * Ready a printer: what it is to know is set by the caller before, all else
 * zero; term and out stay the caller's.  ERR_USAGE for a field that there is not,
 * or a format that can't show such rows.
 */
int printer_begin(struct printer *printer, struct err *err) MUST_USE;
int printer_row(struct printer *printer, const struct wire_row *row, struct err *err) MUST_USE;
/* All rows so far leave us, though more may come: then what is said of them lasts. */
int printer_settle(struct printer *printer, struct err *err) MUST_USE;
int printer_end(struct printer *printer, struct err *err) MUST_USE;
void printer_release(struct printer *printer);

/* 0 if the rows have a field of that name, or those among them; else ERR_USAGE. */
int printer_knows(
	const struct printer *printer, const char *name, size_t length, struct err *err) MUST_USE;
/* cell_list() of names that are known. */
int printer_cells(const struct printer *printer, const char *names, struct cell **out_cells,
	size_t *out_count, struct err *err) MUST_USE;

/* What stands in a column: cell_text(), but an article is cleaned, unless it was
 * asked for as it is stored.  Good until the next one. */
struct text printer_text(struct printer *printer, struct cell *cell, const struct wire_row *row);

/* The keys of a row that will be looked at, blank-separated, or NULL for all:
 * what the daemon is asked for.  The caller's to free(). */
char *printer_wanted(const struct printer *printer);

#endif
