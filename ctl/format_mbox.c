#include "ctl/mail.h"

/* Messages one behind the other (RFC 4155), each begun by a "From " line and
 * ended by an empty one. */
static int mbox_row(struct printer *printer, const struct wire_row *row, struct err *err)
{
	(void)err;
	out_text(printer->out, "From feedd@feedd.invalid ");
	mail_put_ctime(printer->out, value_time(wire_row_get(row, "date")));
	out_byte(printer->out, '\n');
	mail_put(printer, printer->out, row);
	out_byte(printer->out, '\n');
	return 0;
}

const struct format format_mbox = {
	.name = "mbox",
	.needs = FORMAT_ITEMS | FORMAT_FULL | FORMAT_ALL,
	.row = mbox_row,
};
