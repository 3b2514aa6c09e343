#include "ctl/format.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "ctl/cell.h"
#include "ctl/content.h"

/*
 * One object a line: the daemon's row as it came, or the keys asked for in their
 * order.  Only stored HTML is not handed on as it is.
 */
struct json {
	struct cell *cells;
	size_t count;
};

/* A key stands once in an object, however often it was asked for. */
static void drop_repeated(struct json *json)
{
	size_t kept = 0;

	for (size_t i = 0; i < json->count; i++) {
		const struct column *column = &json->cells[i].column;
		size_t before = 0;

		while (before < kept && (json->cells[before].column.length != column->length ||
						memcmp(json->cells[before].column.name,
							column->name, column->length) != 0))
			before++;
		if (before == kept)
			json->cells[kept++] = json->cells[i];
	}
	json->count = kept;
}

static int json_format_begin(struct printer *printer, struct err *err)
{
	struct json *json = MEM_NEW(struct json);

	printer->own = json;
	if (printer->fields == NULL)
		return 0;
	if (printer_cells(printer, printer->fields, &json->cells, &json->count, err) < 0)
		return -1;
	drop_repeated(json);
	return 0;
}

static void put_member(struct printer *printer, const struct wire_row *row,
	struct json_writer *writer, const struct wire_value *value);

/* How an item was before. */
static void put_previous(
	struct printer *printer, struct json_writer *writer, const struct wire_value *list)
{
	struct wire_row all = wire_row_in(list);
	const struct wire_value *one = NULL;

	json_put_array(writer);
	while ((one = wire_row_next(&all, one)) != NULL) {
		struct wire_row row = wire_row_in(one);
		const struct wire_value *value = NULL;

		json_put_object(writer);
		while ((value = wire_row_next(&row, value)) != NULL) {
			json_put_key_text(writer, value->key, value->key_length);
			put_member(printer, &row, writer, value);
		}
		json_put_object_end(writer);
	}
	json_put_array_end(writer);
}

/* A value of the row; stored HTML made harmless. */
static void put_member(struct printer *printer, const struct wire_row *row,
	struct json_writer *writer, const struct wire_value *value)
{
	struct buf *content = &printer->content;
	bool is_html = value_is_text(value) && strcmp(value->key, "content_html") == 0;

	if (value == NULL) {
		json_put_null(writer);
	} else if (value_is_array(value) && strcmp(value->key, "previous") == 0) {
		put_previous(printer, writer, value);
	} else if (is_html && !printer->raw) {
		buf_clear(content);
		content_html(row, false, content);
		json_put_text(writer, content->data, content->length);
	} else {
		wire_put_value(writer, value);
	}
}

/* What no row of JSON has by itself: marks in a word, and what an item is called where the
 * daemon was not asked for it. */
static bool put_made(struct printer *printer, const struct wire_row *row,
	struct json_writer *writer, struct cell *cell)
{
	bool label = cell->kind == CELL_LABEL || cell->kind == CELL_FEED_LABEL;
	struct text text;

	if (cell->kind != CELL_FLAGS && !label)
		return false;
	text = cell_text(cell, row, &printer->content);
	if (label && text.length == 0)
		return false;
	json_put_text(writer, text.at, text.length);
	return true;
}

static int json_format_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct json *json = printer->own;
	const struct wire_value *value = NULL;
	struct json_writer writer;

	buf_clear(&printer->scratch);
	json_begin(&writer, &printer->scratch);
	json_put_object(&writer);
	while (json->cells == NULL && (value = wire_row_next(row, value)) != NULL) {
		json_put_key_text(&writer, value->key, value->key_length);
		put_member(printer, row, &writer, value);
	}
	for (size_t i = 0; json->cells != NULL && i < json->count; i++) {
		struct cell *cell = &json->cells[i];

		json_put_key_text(&writer, cell->column.name, cell->column.length);
		if (!put_made(printer, row, &writer, cell))
			put_member(printer, row, &writer, row_get(row, &cell->column));
	}
	json_put_object_end(&writer);
	if (!json_ok(&writer))
		return err_set(err, ERR_TOO_BIG, "a row is too large for JSON");
	out_add(printer->out, printer->scratch.data, printer->scratch.length);
	out_end(printer->out);
	return 0;
}

static void json_format_release(struct printer *printer)
{
	struct json *json = printer->own;

	if (json != NULL)
		free(json->cells);
	free(json);
}

const struct format format_json = {
	.name = "json",
	.begin = json_format_begin,
	.row = json_format_row,
	.release = json_format_release,
};
