#include "ctl/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/time.h"
#include "ctl/when.h"
#include "ctl/width.h"

/*
 * Feeds and their health: state, unread of all, rhythm of the last weeks, last
 * and next look, title; and under those that need it what is wrong, in words.
 */
enum { ID, STATE, UNREAD, TOTAL, TITLE, CHECKED, NEXT, CELLS };

#define WEEKS_MAX 12
#define STATE_WIDTH 7
#define WIDE_ENOUGH 100

static int feeds_begin(struct printer *printer, struct table_job *job, struct err *err)
{
	if (cell_list("id state unread total title checked_at next_at", &job->cells, &job->count,
		    err) < 0)
		return -1;
	/* A feed without a title is known by its address. */
	cell_init(&job->cells[TITLE], "title", 5);
	(void)printer;
	return 0;
}

static void feeds_look(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	static const int numbers[] = { ID, UNREAD, TOTAL };

	for (size_t i = 0; i < 3; i++)
		table_widen(&job->widths[numbers[i]],
			cell_text(&job->cells[numbers[i]], row, &printer->scratch), 9);
}

static enum colour colour_of(struct text state)
{
	static const struct {
		const char *state;
		enum colour colour;
	} colours[] = { { "ok", COLOUR_GREEN }, { "new", COLOUR_BLUE }, { "paused", COLOUR_DIM },
		{ "held", COLOUR_YELLOW }, { "moved", COLOUR_YELLOW } };

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		if (strlen(colours[i].state) == state.length &&
			memcmp(colours[i].state, state.at, state.length) == 0)
			return colours[i].colour;
	}
	return COLOUR_RED;
}

static size_t put_number(
	struct printer *printer, struct table_job *job, int cell, const struct wire_row *row)
{
	struct text text = cell_text(&job->cells[cell], row, &printer->scratch);
	size_t wide = job->widths[cell] > text.length ? job->widths[cell] : text.length;

	width_blanks(printer->out, wide - text.length);
	out_line(printer->out, text.at, text.length);
	return wide;
}

static size_t put_rhythm(struct printer *printer, const struct wire_row *row)
{
	struct wire_row weeks = wire_row_in(wire_row_get(row, "weeks"));
	const struct wire_value *one = NULL;
	double numbers[WEEKS_MAX] = { 0 };
	size_t count = 0;
	char rate[32];

	while (count < WEEKS_MAX && (one = wire_row_next(&weeks, one)) != NULL)
		numbers[count++] = value_double(one);
	term_colour(printer->term, printer->out, COLOUR_BLUE);
	if (count > 0) {
		width_blanks(printer->out, WEEKS_MAX - count);
		table_spark(printer, numbers, count);
	} else {
		snprintf(rate, sizeof(rate), "%.1f/week",
			value_double(wire_row_get(row, "items_per_week")));
		width_put(printer->out, rate, strlen(rate), WEEKS_MAX, true, true);
	}
	term_plain(printer->term, printer->out);
	return WEEKS_MAX;
}

static size_t put_age(
	struct printer *printer, struct table_job *job, int cell, const struct wire_row *row)
{
	int64_t unix_s = value_time(row_get(row, &job->cells[cell].column));
	char age[WHEN_MAX] = "-";

	if (unix_s != TIME_NONE)
		when_age(unix_s, printer->term->now_s, age);
	width_blanks(printer->out, strlen(age) < 5 ? 5 - strlen(age) : 0);
	out_text(printer->out, age);
	return 5;
}

/* What a person should know of it. */
static void put_trouble(struct printer *printer, const struct wire_row *row, size_t indent)
{
	struct text text = value_text(wire_row_get(row, "attention"), &printer->scratch);

	if (text.length == 0)
		return;
	width_blanks(printer->out, indent);
	term_colour(printer->term, printer->out, COLOUR_RED);
	width_put(printer->out, text.at, text.length, printer->term->width - indent, false,
		printer->term->ascii);
	term_plain(printer->term, printer->out);
	out_byte(printer->out, '\n');
}

/* Nobody has made sure who answers there.  In a terminal that is too narrow for it `explain`
 * says so alone. */
static size_t put_insecure(struct printer *printer, const struct wire_row *row, size_t used)
{
	static const char words[] = "insecure ";

	if (!value_is_true(wire_row_get(row, "insecure")) ||
		used + strlen(words) > printer->term->width)
		return 0;
	term_colour(printer->term, printer->out, COLOUR_RED);
	out_text(printer->out, words);
	term_plain(printer->term, printer->out);
	return strlen(words);
}

static void feeds_row(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	const struct term *term = printer->term;
	struct out *out = printer->out;
	struct text text;
	size_t used, indent;

	used = put_number(printer, job, ID, row);
	out_byte(out, ' ');
	indent = ++used;
	text = cell_text(&job->cells[STATE], row, &printer->scratch);
	term_colour(term, out, colour_of(text));
	width_put(out, text.at, text.length, STATE_WIDTH, true, true);
	term_plain(term, out);
	out_byte(out, ' ');
	used += STATE_WIDTH + 1;
	term_colour(
		term, out, value_int(wire_row_get(row, "unread")) > 0 ? COLOUR_BOLD : COLOUR_DIM);
	used += put_number(printer, job, UNREAD, row);
	term_plain(term, out);
	out_byte(out, '/');
	used += put_number(printer, job, TOTAL, row) + 1;
	if (term->width >= 72) {
		out_byte(out, ' ');
		used += put_rhythm(printer, row) + 1;
	}
	if (term->width >= WIDE_ENOUGH) {
		out_text(out, "  last");
		used += put_age(printer, job, CHECKED, row) + 6;
		out_text(out, "  next");
		used += put_age(printer, job, NEXT, row) + 6;
	}
	width_blanks(out, 2);
	used += 2;
	used += put_insecure(printer, row, used);
	text = cell_text(&job->cells[TITLE], row, &printer->scratch);
	if (used < term->width)
		width_put(out, text.at, text.length, term->width - used, false, term->ascii);
	out_end(out);
	put_trouble(printer, row, indent);
}

const struct table table_feeds = { feeds_begin, feeds_look, feeds_row };
