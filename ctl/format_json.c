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
	struct column html;
};

static int json_format_begin(struct printer *printer, struct err *err)
{
	struct json *json = MEM_NEW(struct json);

	printer->own = json;
	json->html = (struct column)COLUMN("content_html");
	if (printer->fields == NULL)
		return 0;
	return cell_list(printer->fields, printer->object, &json->cells, &json->count, err);
}

static void put_clean(struct printer *printer, const struct row *row)
{
	struct json_writer writer;
	struct buf quoted;

	buf_clear(&printer->content);
	buf_init(&quoted, SIZE_MAX / 2);
	content_html(row, false, &printer->content);
	json_begin(&writer, &quoted);
	json_put_text(&writer, printer->content.data, printer->content.length);
	out_add(printer->out, quoted.data, quoted.length);
	buf_release(&quoted);
}

static void put_member(struct printer *printer, const struct row *row, bool first, const char *key,
	size_t key_length, struct value value)
{
	static const char html[] = "content_html";

	out_text(printer->out, first ? "\"" : ",\"");
	out_add(printer->out, key, key_length);
	out_text(printer->out, "\":");
	if (value.at == NULL)
		out_text(printer->out, "null");
	else if (key_length == sizeof(html) - 1 && memcmp(key, html, key_length) == 0 &&
		 value_is_text(value) && !printer->raw)
		put_clean(printer, row);
	else
		out_add(printer->out, value.at, value.length);
}

static int json_format_row(struct printer *printer, const struct row *row, struct err *err)
{
	struct json *json = printer->own;

	(void)err;
	if (json->cells == NULL && (printer->raw || !value_is_text(row_get(row, &json->html)))) {
		out_add(printer->out, row->json.at, row->json.length);
		out_end(printer->out);
		return 0;
	}
	out_byte(printer->out, '{');
	if (json->cells == NULL) {
		for (size_t i = 0; i < row->count; i++)
			put_member(printer, row, i == 0, row->member[i].key,
				row->member[i].key_length, row->member[i].value);
	}
	for (size_t i = 0; json->cells != NULL && i < json->count; i++)
		put_member(printer, row, i == 0, json->cells[i].column.name,
			json->cells[i].column.length, row_get(row, &json->cells[i].column));
	out_byte(printer->out, '}');
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
