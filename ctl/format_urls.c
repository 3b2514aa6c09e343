#include "ctl/format.h"

/* A line for each row: its address, empty where it has none. */
static int urls_begin(struct printer *printer, struct err *err)
{
	if (printer->object == NULL || !columns_know(printer->object, "url", 3))
		return err_set(err, ERR_USAGE, "--format urls is for rows that have a url");
	return 0;
}

static int urls_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	struct text url = value_text(wire_row_get(row, "url"), &printer->scratch);

	(void)err;
	out_line(printer->out, url.at, url.length);
	out_end(printer->out);
	return 0;
}

const struct format format_urls = {
	.name = "urls",
	.wanted = "url",
	.begin = urls_begin,
	.row = urls_row,
};
