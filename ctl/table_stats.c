#include "ctl/table.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/width.h"

/*
 * Numbers to look at: a value is a line, a list of numbers a row of small bars,
 * a list of objects (a label and a number) a bar each.
 */

#define LABEL_MAX 32
#define POINTS_MAX 512

static bool is_number(struct value value)
{
	return value.at != NULL &&
	       (value.at[0] == '-' || (value.at[0] >= '0' && value.at[0] <= '9'));
}

/* The widest name and the largest number of them. */
static void measure(struct printer *printer, struct value list, struct row *row, size_t *out_wide,
	double *out_most)
{
	struct value one;
	const char *at = NULL;

	*out_wide = 0;
	*out_most = 0;
	while (value_next(list, &at, &one)) {
		struct entry entry = value_entry(one, row);
		double number = value_double(entry.number);

		table_widen(out_wide, value_text(entry.name, &printer->scratch), LABEL_MAX);
		*out_most = number > *out_most ? number : *out_most;
	}
}

static void put_bars(struct printer *printer, struct value list)
{
	struct row *row = MEM_NEW(struct row);
	struct value one;
	const char *at = NULL;
	size_t wide, room;
	double most;

	measure(printer, list, row, &wide, &most);
	room = printer->term->width > wide + 16 ? printer->term->width - wide - 14 : 4;
	while (value_next(list, &at, &one)) {
		struct entry entry = value_entry(one, row);
		struct text name = value_text(entry.name, &printer->scratch);

		out_text(printer->out, "  ");
		width_put(printer->out, name.at, name.length, wide, entry.number.at != NULL,
			printer->term->ascii);
		if (entry.number.at != NULL) {
			out_printf(printer->out, " %8.0f ", value_double(entry.number));
			term_colour(printer->term, printer->out, COLOUR_BLUE);
			table_bar(printer, value_double(entry.number), most, room);
			term_plain(printer->term, printer->out);
		}
		out_byte(printer->out, '\n');
	}
	free(row);
}

static void put_points(struct printer *printer, struct value list)
{
	double numbers[POINTS_MAX], sum = 0;
	struct value one;
	const char *at = NULL;
	size_t count = 0, room = printer->term->width > 20 ? printer->term->width - 14 : 8;

	while (count < POINTS_MAX && value_next(list, &at, &one)) {
		numbers[count] = value_double(one);
		sum += numbers[count++];
	}
	out_text(printer->out, "  ");
	term_colour(printer->term, printer->out, COLOUR_BLUE);
	table_spark(
		printer, numbers + (count > room ? count - room : 0), count > room ? room : count);
	term_plain(printer->term, printer->out);
	out_printf(printer->out, "  %.0f\n", sum);
}

static void stats_row(struct printer *printer, struct table_job *job, const struct row *row)
{
	struct value value = row_find(row, "value"), first;
	struct text key = value_text(row_find(row, "key"), &printer->scratch);
	char *words = mem_strndup(key.at, key.length);
	const char *at = NULL;

	(void)job;
	for (char *p = words; *p != '\0'; p++) {
		if (*p == '_')
			*p = ' ';
	}
	if (!value_is_array(value)) {
		struct text text = value_text(value, &printer->scratch);

		width_put(printer->out, words, strlen(words), LABEL_MAX - 4, true,
			printer->term->ascii);
		out_byte(printer->out, ' ');
		term_colour(printer->term, printer->out, COLOUR_BOLD);
		out_line(printer->out, text.at, text.length);
		term_plain(printer->term, printer->out);
		out_byte(printer->out, '\n');
	} else if (value_next(value, &at, &first)) {
		out_byte(printer->out, '\n');
		term_colour(printer->term, printer->out, COLOUR_CYAN);
		out_line(printer->out, words, strlen(words));
		term_plain(printer->term, printer->out);
		out_byte(printer->out, '\n');
		if (is_number(first))
			put_points(printer, value);
		else
			put_bars(printer, value);
	}
	free(words);
}

const struct table table_stats = { NULL, NULL, stats_row };
