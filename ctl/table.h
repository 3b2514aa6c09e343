#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include "ctl/cell.h"
#include "ctl/format.h"

/*
 * Tables for a terminal.  Rows stream: widths come from the rows of the first
 * reply, and what is wider later is cut.
 */

#define TABLE_COLUMNS_MAX 16

struct table_job {
	const struct table *table;
	struct cell *cells; /* freed with the job */
	size_t count;
	size_t widths[TABLE_COLUMNS_MAX];
	char group[256]; /* the heading that the last row stands under */
};

struct table {
	int (*begin)(struct printer *printer, struct table_job *job, struct err *err);
	void (*look)(struct printer *printer, struct table_job *job, const struct wire_row *row);
	void (*row)(struct printer *printer, struct table_job *job, const struct wire_row *row);
};

extern const struct table table_items, /* age, marks, feed, title */
	table_feeds,                   /* state, counts, looks, rhythm, what is wrong */
	table_stats,                   /* numbers and bars */
	table_plain,                   /* the columns as they are */
	table_pairs;                   /* key and value */

/* Room for the widest cell so far, at most `max`. */
void table_widen(size_t *width, struct text text, size_t max);

/* A heading over what follows, when it is another one. */
void table_heading(struct printer *printer, struct table_job *job, const char *words);

/* A row of bars, one for each number; "▁▂▅█", or "._-#" in ASCII. */
void table_spark(const struct printer *printer, const double *numbers, size_t count);

/* A bar of at most `columns`. */
void table_bar(const struct printer *printer, double part, double whole, size_t columns);

#endif
