#include "ctl/table.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/time.h"
#include "ctl/when.h"
#include "ctl/width.h"

#define GIVES_WAY 13 /* a column wider than that, where there is too little room */
#define TIME_LENGTH (sizeof("2026-06-03T10:00:00Z") - 1)

void table_widen(size_t *width, struct text text, size_t max)
{
	size_t wide = width_of(text.at, text.length);

	if (wide > max)
		wide = max;
	if (wide > *width)
		*width = wide;
}

void table_heading(struct printer *printer, struct table_job *job, const char *words)
{
	if (strcmp(words, job->group) == 0)
		return;
	if (job->group[0] != '\0')
		out_byte(printer->out, '\n');
	snprintf(job->group, sizeof(job->group), "%s", words);
	term_colour(printer->term, printer->out, COLOUR_CYAN);
	width_put(printer->out, words, strlen(words), printer->term->width, false,
		printer->term->ascii);
	term_plain(printer->term, printer->out);
	out_byte(printer->out, '\n');
}

void table_spark(const struct printer *printer, const double *numbers, size_t count)
{
	static const char *const ticks[] = { "\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83",
		"\xE2\x96\x84", "\xE2\x96\x85", "\xE2\x96\x86", "\xE2\x96\x87", "\xE2\x96\x88" };
	static const char *const plain[] = { ".", "_", "_", "-", "-", "=", "=", "#" };
	double most = 0;

	for (size_t i = 0; i < count; i++)
		most = numbers[i] > most ? numbers[i] : most;
	for (size_t i = 0; i < count; i++) {
		size_t level = most > 0 ? (size_t)(numbers[i] / most * 7 + 0.5) : 0;

		/* The lowest one is for nothing only. */
		if (numbers[i] > 0 && level == 0)
			level = 1;
		out_text(printer->out, printer->term->ascii ? plain[level] : ticks[level]);
	}
}

void table_bar(const struct printer *printer, double part, double whole, size_t columns)
{
	static const char *const eighths[] = { "", "\xE2\x96\x8F", "\xE2\x96\x8E", "\xE2\x96\x8D",
		"\xE2\x96\x8C", "\xE2\x96\x8B", "\xE2\x96\x8A", "\xE2\x96\x89" };
	size_t length = whole > 0 ? (size_t)(part / whole * (double)columns * 8 + 0.5) : 0;

	if (length == 0 && part > 0)
		length = 1;
	for (size_t i = 0; i < length / 8; i++)
		out_text(printer->out, printer->term->ascii ? "#" : "\xE2\x96\x88");
	if (printer->term->ascii)
		out_text(printer->out, length % 8 >= 4 || length < 8 ? "#" : "");
	else
		out_text(printer->out, eighths[length % 8]);
}

/* ------------------------------------------------------------- plain ---- */

/* A person reads names rather than numbers. */
static const char *plain_columns(const struct printer *printer)
{
	if (printer->fields != NULL)
		return printer->fields;
	if (printer->object == &object_table[OBJECT_LOG])
		return "at feed_title event text";
	if (printer->object == &object_table[OBJECT_REFRESH])
		return "result new changed title text";
	if (printer->object == &object_table[OBJECT_DISCOVERED])
		return "title type url";
	if (printer->object == &object_table[OBJECT_QUERY])
		return "name expr error";
	if (printer->object == &object_table[OBJECT_RULE])
		return "id expr action hits error";
	return printer->columns;
}

static int plain_begin(struct printer *printer, struct table_job *job, struct err *err)
{
	if (printer_cells(printer, plain_columns(printer), &job->cells, &job->count, err) < 0)
		return -1;
	if (job->count > TABLE_COLUMNS_MAX)
		return err_set(err, ERR_USAGE, "a table has at most %d columns; try --format tsv",
			TABLE_COLUMNS_MAX);
	/* Its rows come one by one: room for the words and numbers of later ones. */
	if (printer->object == &object_table[OBJECT_REFRESH] && printer->fields == NULL) {
		job->widths[0] = strlen("changed");
		job->widths[1] = job->widths[2] = 3;
	}
	return 0;
}

/* Times are local ones; `local` is room for one. */
static struct text plain_text(struct printer *printer, struct cell *cell,
	const struct wire_row *row, char local[WHEN_MAX])
{
	struct text text = printer_text(printer, cell, row);
	int64_t unix_s;

	if (text.length != TIME_LENGTH)
		return text;
	memcpy(local, text.at, text.length);
	local[text.length] = '\0';
	if (time_parse(local, &unix_s) < 0)
		return text;
	when_local(unix_s, "%Y-%m-%d %H:%M", local);
	return (struct text){ local, strlen(local) };
}

static void plain_look(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	char local[WHEN_MAX];

	for (size_t i = 0; i < job->count; i++)
		table_widen(&job->widths[i], plain_text(printer, &job->cells[i], row, local),
			printer->term->width / 2);
}

/* The last column has the words, and room for some of them: the widest of the
 * others give way, but for times. */
static void fit(const struct table_job *job, size_t room, size_t widths[TABLE_COLUMNS_MAX])
{
	size_t last = job->count - 1, least = room / 3, sum = 0, widest;

	for (size_t i = 0; i < job->count; i++) {
		widths[i] = job->widths[i] > 0 ? job->widths[i] : 8;
		sum += i < last ? widths[i] + 2 : 0;
	}
	if (job->widths[last] > 0 && job->widths[last] < least)
		least = job->widths[last];
	for (; sum + least > room; sum--) {
		widest = last;
		for (size_t i = 0; i < last; i++)
			if (widths[i] > GIVES_WAY && job->cells[i].column.length != strlen("at") &&
				(widest == last || widths[i] > widths[widest]))
				widest = i;
		if (widest == last)
			return;
		widths[widest]--;
	}
}

static void plain_row(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	size_t left = printer->term->width, widths[TABLE_COLUMNS_MAX];
	char local[WHEN_MAX];

	/* A row that comes late makes its columns wider, where there is room. */
	plain_look(printer, job, row);
	fit(job, left, widths);
	for (size_t i = 0; i < job->count; i++) {
		struct text text = plain_text(printer, &job->cells[i], row, local);
		size_t wide = widths[i];
		bool last = i + 1 == job->count;

		if (left == 0)
			break;
		if (last || wide > left)
			wide = left;
		/* What is there to be copied is whole: the terminal breaks it. */
		if (last && printer->object == &object_table[OBJECT_DISCOVERED])
			wide = SIZE_MAX;
		width_put(printer->out, text.at, text.length, wide, !last, printer->term->ascii);
		left -= wide;
		if (!last && left > 2) {
			width_blanks(printer->out, 2);
			left -= 2;
		} else {
			left = 0;
		}
	}
	out_end(printer->out);
}

const struct table table_plain = { plain_begin, plain_look, plain_row };

/* ------------------------------------------------------------- pairs ---- */

static void pairs_row(struct printer *printer, struct table_job *job, const struct wire_row *row)
{
	const struct wire_value *value = NULL;
	size_t wide = 0;

	(void)job;
	while ((value = wire_row_next(row, value)) != NULL) {
		if (value->key_length > wide)
			wide = value->key_length;
	}
	while ((value = wire_row_next(row, value)) != NULL) {
		struct text text = value_text(value, &printer->scratch);

		term_colour(printer->term, printer->out, COLOUR_DIM);
		width_put(printer->out, value->key, value->key_length, wide, true, false);
		term_plain(printer->term, printer->out);
		width_blanks(printer->out, 2);
		out_line(printer->out, text.at, text.length);
		out_end(printer->out);
	}
}

const struct table table_pairs = { NULL, NULL, pairs_row };
