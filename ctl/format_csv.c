#include "ctl/format.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "ctl/cell.h"

/*
 * RFC 4180: a header, values in quotes where they need them, lines end in CRLF.
 * A value that a spreadsheet would take for a formula gets a quote in front.
 */
struct csv {
	struct cell *cells;
	size_t count;
};

/* RFC 4180's line end, or NUL where that is asked for. */
static void end_record(struct out *out)
{
	if (out->end == '\n')
		out_byte(out, '\r');
	out_end(out);
}

static int csv_begin(struct printer *printer, struct err *err)
{
	struct csv *csv = MEM_NEW(struct csv);

	printer->own = csv;
	if (printer->columns == NULL && printer->fields == NULL)
		return 0;
	return printer_cells(printer, printer->fields != NULL ? printer->fields : printer->columns,
		&csv->cells, &csv->count, err);
}

static void csv_head(struct printer *printer)
{
	struct csv *csv = printer->own;

	if (printer->columns == NULL)
		out_text(printer->out, "key,value");
	for (size_t i = 0; printer->columns != NULL && i < csv->count; i++) {
		if (i > 0)
			out_byte(printer->out, ',');
		out_add(printer->out, csv->cells[i].column.name, csv->cells[i].column.length);
	}
	end_record(printer->out);
}

/* What a spreadsheet takes for one, by what of the text is put out first: out_line()
 * leaves out what only plays with the eye. */
static bool is_formula(struct text text)
{
	uint32_t rune;

	for (size_t i = 0; i < text.length;) {
		i += utf8_decode(text.at + i, text.length - i, &rune);
		if (rune < 0x80)
			return rune != 0 && strchr("=+-@\t\r", (int)rune) != NULL;
		if (!utf8_is_unsafe(rune))
			break;
	}
	return false;
}

static void put(struct out *out, struct text text)
{
	bool formula = is_formula(text);
	bool quoted = formula;

	for (size_t i = 0; i < text.length && !quoted; i++)
		quoted = text.at[i] == '"' || text.at[i] == ',' || text.at[i] == ';' ||
			 (unsigned char)text.at[i] < 0x20;
	if (!quoted) {
		out_line(out, text.at, text.length);
		return;
	}
	out_text(out, formula ? "\"'" : "\"");
	while (text.length > 0) {
		const char *quote = memchr(text.at, '"', text.length);
		size_t n = quote != NULL ? (size_t)(quote - text.at) : text.length;

		out_line(out, text.at, n);
		if (quote != NULL) {
			out_text(out, "\"\"");
			n++;
		}
		text.at += n;
		text.length -= n;
	}
	out_byte(out, '"');
}

static void pair(
	struct printer *printer, const char *key, size_t length, const struct wire_value *value)
{
	put(printer->out, (struct text){ key, length });
	out_byte(printer->out, ',');
	put(printer->out, value_text(value, &printer->scratch));
	end_record(printer->out);
}

/* An object that is not one of many: a record for each key. */
static void pairs(struct printer *printer, const struct wire_row *row)
{
	struct csv *csv = printer->own;
	const struct wire_value *value = NULL;

	if (csv->cells == NULL) {
		while ((value = wire_row_next(row, value)) != NULL)
			pair(printer, value->key, value->key_length, value);
		return;
	}
	for (size_t i = 0; i < csv->count; i++)
		pair(printer, csv->cells[i].column.name, csv->cells[i].column.length,
			row_get(row, &csv->cells[i].column));
}

static int csv_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct csv *csv = printer->own;

	(void)err;
	if (printer->columns == NULL) {
		pairs(printer, row);
		return 0;
	}
	for (size_t i = 0; i < csv->count; i++) {
		if (i > 0)
			out_byte(printer->out, ',');
		put(printer->out, printer_text(printer, &csv->cells[i], row));
	}
	end_record(printer->out);
	return 0;
}

static void csv_release(struct printer *printer)
{
	struct csv *csv = printer->own;

	if (csv != NULL)
		free(csv->cells);
	free(csv);
}

const struct format format_csv = {
	.name = "csv",
	.begin = csv_begin,
	.head = csv_head,
	.row = csv_row,
	.release = csv_release,
};
