#include "ctl/mail.h"

#include <stdio.h>

#include "common/time.h"

/* Messages one behind the other (RFC 4155), each begun by a "From " line and
 * ended by an empty one. */
static void put_separator(struct out *out, int64_t unix_s)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[TIME_TEXT_MAX];
	int month, day;

	time_format_rfc3339(unix_s, text);
	month = (text[5] - '0') * 10 + text[6] - '0';
	day = (text[8] - '0') * 10 + text[9] - '0';
	out_printf(out, "From feedd@feedd.invalid %.3s %.3s %2d %.8s %.4s\n",
		days + 3 * time_weekday(unix_s), months + 3 * (month - 1), day, text + 11, text);
}

static int mbox_row(struct printer *printer, const struct row *row, struct err *err)
{
	int64_t date = value_time(row_find(row, "date"));

	(void)err;
	put_separator(printer->out, date == TIME_NONE ? 0 : date);
	mail_put(printer, printer->out, row);
	out_byte(printer->out, '\n');
	return 0;
}

const struct format format_mbox = {
	.name = "mbox",
	.needs = FORMAT_ITEMS | FORMAT_FULL | FORMAT_ALL,
	.row = mbox_row,
};
