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

struct bar {
	char *label;
	double number;
};

static bool is_number(struct value value)
{
	return value.at != NULL &&
	       (value.at[0] == '-' || (value.at[0] >= '0' && value.at[0] <= '9'));
}

/* The label is the first text of the object, what it counts the last number. */
static struct bar bar_of(struct value value, struct row *row)
{
	struct bar bar = { NULL, 0 };

	if (!row_of(value, row))
		return bar;
	for (size_t i = 0; i < row->count; i++) {
		if (is_number(row->member[i].value))
			bar.number = value_double(row->member[i].value);
		else if (bar.label == NULL && value_is_text(row->member[i].value))
			bar.label = value_strdup(row->member[i].value);
	}
	return bar;
}

static void put_bars(struct printer *printer, struct value list)
{
	struct row *row = MEM_NEW(struct row);
	struct bar *bars = NULL;
	struct value one;
	const char *at = NULL;
	size_t count = 0, wide = 0, room;
	double most = 0;

	while (value_next(list, &at, &one)) {
		size_t columns;

		bars = mem_realloc_array(bars, count + 1, sizeof(*bars));
		bars[count] = bar_of(one, row);
		if (bars[count].label == NULL)
			bars[count].label = mem_strdup("");
		columns = width_of(bars[count].label, strlen(bars[count].label));
		wide = columns > wide ? columns : wide;
		most = bars[count].number > most ? bars[count].number : most;
		count++;
	}
	if (wide > LABEL_MAX)
		wide = LABEL_MAX;
	room = printer->term->width > wide + 16 ? printer->term->width - wide - 14 : 4;
	for (size_t i = 0; i < count; i++) {
		out_text(printer->out, "  ");
		width_put(printer->out, bars[i].label, strlen(bars[i].label), wide, true,
			printer->term->ascii);
		out_printf(printer->out, " %8.0f ", bars[i].number);
		term_colour(printer->term, printer->out, COLOUR_BLUE);
		table_bar(printer, bars[i].number, most, room);
		term_plain(printer->term, printer->out);
		out_byte(printer->out, '\n');
		free(bars[i].label);
	}
	free(bars);
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
