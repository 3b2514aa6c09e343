#include "ctl/format.h"

#include <stdlib.h>

#include "common/mem.h"
#include "ctl/table.h"

/*
 * The format for people: a table that suits what the rows are.
 */
static const struct table *table_for(const struct printer *printer)
{
	if (printer->columns == NULL || printer->fields != NULL)
		return printer->columns == NULL ? &table_pairs : &table_plain;
	if (printer->object == &object_table[OBJECT_ITEM])
		return &table_items;
	if (printer->object == &object_table[OBJECT_FEED] &&
		columns_has(printer->columns, "state", 5))
		return &table_feeds;
	if (printer->object == &object_table[OBJECT_STAT])
		return &table_stats;
	return &table_plain;
}

static int table_format_begin(struct printer *printer, struct err *err)
{
	struct table_job *job = MEM_NEW(struct table_job);

	printer->own = job;
	job->table = table_for(printer);
	return job->table->begin != NULL ? job->table->begin(printer, job, err) : 0;
}

static void table_format_look(struct printer *printer, const struct wire_row *row)
{
	struct table_job *job = printer->own;

	if (job->table->look != NULL)
		job->table->look(printer, job, row);
}

static int table_format_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct table_job *job = printer->own;

	(void)err;
	job->table->row(printer, job, row);
	return 0;
}

static void table_format_release(struct printer *printer)
{
	struct table_job *job = printer->own;

	if (job != NULL)
		free(job->cells);
	free(job);
}

const struct format format_table = {
	.name = "table",
	.begin = table_format_begin,
	.look = table_format_look,
	.row = table_format_row,
	.release = table_format_release,
};
