#include "ctl/table.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "ctl/when.h"
#include "ctl/width.h"

/*
 * Items: number, age, marks, feed, title.  Unread ones are bold; the title leads
 * to the article where the terminal has links.
 */
enum { ID, DATE, FLAGS, FEED, TITLE, URL, CELLS };

#define AGE_WIDTH 4
#define FEED_WIDTH_MAX 24
#define GROUP_BYTES_MAX 200u /* of a heading */

static bool by_feed(const struct printer *printer)
{
	return printer->group != NULL && strcmp(printer->group, "feed") == 0;
}

static bool by_day(const struct printer *printer)
{
	return printer->group != NULL && strcmp(printer->group, "day") == 0;
}

static int items_begin(struct printer *printer, struct table_job *job, struct err *err)
{
	(void)printer;
	return cell_list("id date flags feed_title title url", &job->cells, &job->count, err);
}

static void items_look(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	size_t feed_max = printer->term->width / 4;

	if (feed_max > FEED_WIDTH_MAX)
		feed_max = FEED_WIDTH_MAX;
	table_widen(&job->widths[ID], cell_text(&job->cells[ID], row, &printer->scratch), 12);
	table_widen(
		&job->widths[FEED], cell_text(&job->cells[FEED], row, &printer->scratch), feed_max);
}

static void put_group(
	struct printer *printer, struct table_job *job, const struct wire_row *row, int64_t date)
{
	char day[WHEN_MAX];
	char *feed;
	struct text text;

	if (by_day(printer) && date != TIME_NONE) {
		when_day(date, printer->term->now_s, day);
		table_heading(printer, job, day);
	} else if (by_feed(printer)) {
		text = cell_text(&job->cells[FEED], row, &printer->scratch);
		feed = mem_strndup(text.at, text.length < GROUP_BYTES_MAX
						    ? text.length
						    : utf8_cut(text.at, GROUP_BYTES_MAX));
		table_heading(printer, job, feed);
		free(feed);
	}
}

/* `*` starred, `+` edited; unread is a dot besides being bold, for those who
 * have no bold. */
static void put_marks(struct printer *printer, struct text flags)
{
	bool unread = flags.length > 0 && flags.at[0] == 'N';

	out_text(printer->out, !unread ? " " : printer->term->ascii ? "N" : "\xE2\x80\xA2");
	term_colour(printer->term, printer->out, COLOUR_YELLOW);
	out_text(printer->out, memchr(flags.at, '*', flags.length) != NULL ? "*" : " ");
	term_plain(printer->term, printer->out);
	out_text(printer->out, memchr(flags.at, '+', flags.length) != NULL ? "+" : " ");
}

static size_t put_feed(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	struct text text;
	size_t wide = job->widths[FEED] > 0 ? job->widths[FEED] : 12;

	if (by_feed(printer) || printer->term->width < 40)
		return 0;
	text = cell_text(&job->cells[FEED], row, &printer->scratch);
	term_colour(printer->term, printer->out, COLOUR_CYAN);
	width_put(printer->out, text.at, text.length, wide, true, printer->term->ascii);
	term_plain(printer->term, printer->out);
	width_blanks(printer->out, 2);
	return wide + 2;
}

static void put_title(
	struct printer *printer, struct table_job *job, const struct wire_row *row, size_t columns)
{
	struct text url = cell_text(&job->cells[URL], row, &printer->scratch);
	struct text title;

	if (url.length > 0)
		term_link_begin(printer->term, printer->out, url.at, url.length);
	title = cell_text(&job->cells[TITLE], row, &printer->scratch);
	width_put(printer->out, title.at, title.length, columns, false, printer->term->ascii);
	if (url.length > 0)
		term_link_end(printer->term, printer->out);
}

static void items_row(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	int64_t date = value_time(row_get(row, &job->cells[DATE].column));
	size_t id_wide = job->widths[ID] > 0 ? job->widths[ID] : 6, used, wide;
	struct text id, flags;
	bool unread;
	char age[WHEN_MAX] = "";

	put_group(printer, job, row, date);
	id = cell_text(&job->cells[ID], row, &printer->scratch);
	wide = width_of(id.at, id.length);
	term_colour(printer->term, printer->out, COLOUR_DIM);
	width_blanks(printer->out, wide < id_wide ? id_wide - wide : 0);
	out_line(printer->out, id.at, id.length);
	out_byte(printer->out, ' ');
	if (date != TIME_NONE)
		when_age(date, printer->term->now_s, age);
	width_blanks(printer->out, strlen(age) < AGE_WIDTH ? AGE_WIDTH - strlen(age) : 0);
	out_text(printer->out, age);
	term_plain(printer->term, printer->out);
	out_byte(printer->out, ' ');
	flags = cell_text(&job->cells[FLAGS], row, &printer->scratch);
	unread = flags.at[0] == 'N';
	put_marks(printer, flags);
	out_byte(printer->out, ' ');
	used = (wide > id_wide ? wide : id_wide) + 1 + AGE_WIDTH + 1 + 3 + 1;
	used += put_feed(printer, job, row);
	if (unread)
		term_colour(printer->term, printer->out, COLOUR_BOLD);
	if (used < printer->term->width)
		put_title(printer, job, row, printer->term->width - used);
	if (unread)
		term_plain(printer->term, printer->out);
	out_end(printer->out);
}

const struct table table_items = { items_begin, items_look, items_row };
