#include "ctl/table.h"

#include <stdio.h>
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

/* The widest name and the largest number of them. */
static void measure(
	struct printer *printer, const struct wire_row *list, size_t *out_wide, double *out_most)
{
	const struct wire_value *one = NULL;

	*out_wide = 0;
	*out_most = 0;
	while ((one = wire_row_next(list, one)) != NULL) {
		struct entry entry = value_entry(one);
		double number = value_double(entry.number);

		table_widen(out_wide, value_text(entry.name, &printer->scratch), LABEL_MAX);
		*out_most = number > *out_most ? number : *out_most;
	}
}

static void put_bars(struct printer *printer, const struct wire_row *list)
{
	const struct wire_value *one = NULL;
	size_t wide, room;
	double most;

	measure(printer, list, &wide, &most);
	room = printer->term->width > wide + 16 ? printer->term->width - wide - 14 : 4;
	while ((one = wire_row_next(list, one)) != NULL) {
		struct entry entry = value_entry(one);
		struct text name = value_text(entry.name, &printer->scratch);

		out_text(printer->out, "  ");
		width_put(printer->out, name.at, name.length, wide, entry.number != NULL,
			printer->term->ascii);
		if (entry.number != NULL) {
			out_printf(printer->out, " %8.0f ", value_double(entry.number));
			term_colour(printer->term, printer->out, COLOUR_BLUE);
			table_bar(printer, value_double(entry.number), most, room);
			term_plain(printer->term, printer->out);
		}
		out_byte(printer->out, '\n');
	}
}

/* Under a row of points: where it begins and where it ends. */
static void put_axis(struct printer *printer, const char *key, size_t shown, size_t count)
{
	char left[32] = "0h", right[16] = "23h";
	size_t wide;

	if (strstr(key, "per_day") != NULL) {
		snprintf(left, sizeof(left), "%zu days ago", shown - 1);
		snprintf(right, sizeof(right), "today");
	} else if (strstr(key, "per_hour") == NULL || shown < count) {
		return;
	}
	wide = strlen(left) + strlen(right);
	out_text(printer->out, "  ");
	term_colour(printer->term, printer->out, COLOUR_DIM);
	out_text(printer->out, left);
	width_blanks(printer->out, wide < shown ? shown - wide : 1);
	out_text(printer->out, right);
	term_plain(printer->term, printer->out);
	out_byte(printer->out, '\n');
}

static void put_points(struct printer *printer, const char *key, const struct wire_row *list)
{
	double numbers[POINTS_MAX], sum = 0, most = 0;
	const struct wire_value *one = NULL;
	size_t count = 0, shown, room = printer->term->width > 32 ? printer->term->width - 26 : 8;

	while (count < POINTS_MAX && (one = wire_row_next(list, one)) != NULL) {
		numbers[count] = value_double(one);
		most = numbers[count] > most ? numbers[count] : most;
		sum += numbers[count++];
	}
	shown = count > room ? room : count;
	out_text(printer->out, "  ");
	term_colour(printer->term, printer->out, COLOUR_BLUE);
	table_spark(printer, numbers + (count - shown), shown);
	term_plain(printer->term, printer->out);
	out_printf(printer->out, "  %.0f, at most %.0f\n", sum, most);
	put_axis(printer, key, shown, count);
}

/* "silent_feeds" as "silent feeds (days)": with what is counted, where that is
 * not what the name says. */
static char *words_of(const char *name, const struct wire_row *list)
{
	const struct wire_value *first = wire_row_next(list, NULL);
	const struct wire_value *number = first != NULL ? value_entry(first).number : NULL;
	bool hours = strcmp(name, "items_per_hour_utc") == 0;
	char *words = mem_strdup(hours ? "items per hour (UTC)" : name), *longer;

	for (char *p = words; *p != '\0'; p++) {
		if (*p == '_')
			*p = ' ';
	}
	if (number == NULL || strcmp(number->key, "days") != 0)
		return words;
	longer = mem_printf("%s (days)", words);
	free(words);
	return longer;
}

static void put_number(struct printer *printer, const char *name, const char *words,
	const struct wire_value *value)
{
	struct text text = value_text(value, &printer->scratch);
	double number = value_double(value);

	width_put(printer->out, words, strlen(words), LABEL_MAX - 4, true, printer->term->ascii);
	out_byte(printer->out, ' ');
	term_colour(printer->term, printer->out, COLOUR_BOLD);
	if (strstr(name, "bytes") == NULL || number < 1e5)
		out_line(printer->out, text.at, text.length);
	else if (number < 1e9)
		out_printf(printer->out, "%.1f MB", number / 1e6);
	else
		out_printf(printer->out, "%.1f GB", number / 1e9);
	term_plain(printer->term, printer->out);
	out_byte(printer->out, '\n');
}

static void stats_row(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	const struct wire_value *value = wire_row_get(row, "value");
	struct wire_row list = wire_row_in(value);
	struct text key = value_text(wire_row_get(row, "key"), &printer->scratch);
	char *name = mem_strndup(key.at, key.length), *words = words_of(name, &list);

	(void)job;
	if (!value_is_array(value)) {
		put_number(printer, name, words, value);
	} else if (list.count > 0) {
		out_byte(printer->out, '\n');
		term_colour(printer->term, printer->out, COLOUR_CYAN);
		out_line(printer->out, words, strlen(words));
		term_plain(printer->term, printer->out);
		out_byte(printer->out, '\n');
		if (value_is_number(list.values))
			put_points(printer, name, &list);
		else
			put_bars(printer, &list);
	}
	free(words);
	free(name);
}

const struct table table_stats = { NULL, NULL, stats_row };
