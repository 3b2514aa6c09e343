#include "ctl/format.h"

#include <stdlib.h>

#include "common/mem.h"
#include "ctl/cell.h"

/*
 * Lines of columns parted by tabs.  An empty column would be lost to a shell's
 * read, for which tabs in a row are one: all but the last say "-" instead.
 */
struct tsv {
	struct cell *cells;
	size_t count;
};

static int tsv_begin(struct printer *printer, struct err *err)
{
	struct tsv *tsv = MEM_NEW(struct tsv);

	printer->own = tsv;
	if (printer->columns == NULL)
		return printer->fields == NULL ? 0
					       : printer_cells(printer, printer->fields,
							 &tsv->cells, &tsv->count, err);
	return printer_cells(printer, printer->fields != NULL ? printer->fields : printer->columns,
		&tsv->cells, &tsv->count, err);
}

static void put(struct printer *printer, struct text text, bool last)
{
	if (!last && !out_writes_line(text.at, text.length))
		out_byte(printer->out, '-');
	else
		out_line(printer->out, text.at, text.length);
}

static void pair(
	struct printer *printer, const char *key, size_t length, const struct wire_value *value)
{
	out_line(printer->out, key, length);
	out_byte(printer->out, '\t');
	put(printer, value_text(value, &printer->scratch), true);
	out_end(printer->out);
}

/* An object that is not one of many: a line for each key. */
static void pairs(struct printer *printer, const struct wire_row *row)
{
	struct tsv *tsv = printer->own;
	const struct wire_value *value = NULL;

	if (tsv->cells == NULL) {
		while ((value = wire_row_next(row, value)) != NULL)
			pair(printer, value->key, value->key_length, value);
		return;
	}
	for (size_t i = 0; i < tsv->count; i++)
		pair(printer, tsv->cells[i].column.name, tsv->cells[i].column.length,
			row_get(row, &tsv->cells[i].column));
}

static int tsv_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct tsv *tsv = printer->own;

	(void)err;
	if (printer->columns == NULL) {
		pairs(printer, row);
		return 0;
	}
	for (size_t i = 0; i < tsv->count; i++) {
		if (i > 0)
			out_byte(printer->out, '\t');
		put(printer, printer_text(printer, &tsv->cells[i], row), i + 1 == tsv->count);
	}
	out_end(printer->out);
	return 0;
}

static void tsv_release(struct printer *printer)
{
	struct tsv *tsv = printer->own;

	if (tsv != NULL)
		free(tsv->cells);
	free(tsv);
}

const struct format format_tsv = {
	.name = "tsv",
	.begin = tsv_begin,
	.row = tsv_row,
	.release = tsv_release,
};
