#include "ctl/cell.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/near.h"
#include "common/strip.h"
#include "common/utf8.h"

#define WORDS_MAX 120u   /* bytes of an untitled item's first words */
#define WORDS_FROM 4096u /* bytes that are searched for them */

static struct column column_of(const char *name)
{
	return (struct column){ name, strlen(name), 0 };
}

static bool is(const char *name, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(name, word, length) == 0;
}

/* `other` is the title or the label, whichever the cell is not called by. */
static void init_title(struct cell *cell, enum cell_kind kind, const char *other)
{
	cell->kind = kind;
	cell->others[0] = column_of(other);
	cell->others[1] = column_of("summary");
	cell->others[2] = column_of("content_text");
	cell->others[3] = column_of("content_html");
	cell->others[4] = column_of("url");
	cell->others[5] = column_of("guid");
}

static void init_feed_title(struct cell *cell, enum cell_kind kind, const char *other)
{
	cell->kind = kind;
	cell->others[0] = column_of(other);
	cell->others[1] = column_of("feed_url");
}

void cell_init(struct cell *cell, const char *name, size_t length)
{
	memset(cell, 0, sizeof(*cell));
	cell->column = (struct column){ name, length, 0 };
	if (is(name, length, "title")) {
		init_title(cell, CELL_TITLE, "label");
	} else if (is(name, length, "label")) {
		init_title(cell, CELL_LABEL, "title");
	} else if (is(name, length, "feed_title")) {
		init_feed_title(cell, CELL_FEED_TITLE, "feed_label");
	} else if (is(name, length, "feed_label")) {
		init_feed_title(cell, CELL_FEED_LABEL, "feed_title");
	} else if (is(name, length, "flags")) {
		cell->kind = CELL_FLAGS;
		cell->others[0] = column_of("read");
		cell->others[1] = column_of("starred");
		cell->others[2] = column_of("changed");
	} else if (is(name, length, "content_html")) {
		cell->kind = CELL_HTML;
	} else if (is(name, length, "value")) {
		cell->kind = CELL_VALUE;
	} else if (is(name, length, "key")) {
		cell->kind = CELL_KEY;
		cell->others[0] = column_of("feed_id");
	}
}

static void put_words(struct buf *line, const char *text, size_t length, bool html)
{
	size_t most = html ? WORDS_FROM : WORDS_MAX;

	if (length > most)
		length = utf8_cut(text, most);
	if ((html ? strip_title(text, length, WORDS_MAX, line)
		  : utf8_add_line(line, text, length)) < 0)
		return; /* full: it holds enough */
}

/* As the daemon makes an untitled item's label. */
static struct text first_words(const char *text, size_t length, bool html, struct buf *scratch)
{
	struct buf line;

	buf_clear(scratch);
	buf_init(&line, WORDS_MAX);
	put_words(&line, text, length, html);
	if (utf8_add_words(scratch, line.data, line.length) < 0)
		buf_clear(scratch);
	buf_release(&line);
	return (struct text){ scratch->data, scratch->length };
}

/* Whether rows of that kind have such a thing at all, be it null. */
static bool has(const struct wire_row *row, struct column *column)
{
	return row_get(row, column) != NULL;
}

/* What is of blanks alone says nothing. */
static bool shows(struct text text)
{
	return utf8_shows(text.at, text.length);
}

/* The daemon's label is all that there is to say; rows that have none (`show`,
 * `discover`, those with content) have what it is made of. */
static struct text title_text(struct cell *cell, const struct wire_row *row, struct buf *scratch)
{
	struct text text = value_text(row_get(row, &cell->others[0]), scratch);

	if (!shows(text))
		text = value_text(row_get(row, &cell->column), scratch);
	for (size_t i = 1; i < 4 && !shows(text); i++) {
		text = value_text(row_get(row, &cell->others[i]), scratch);
		text = first_words(text.at, text.length, i == 3, scratch);
	}
	for (size_t i = 4; i < 6 && !shows(text); i++)
		text = value_text(row_get(row, &cell->others[i]), scratch);
	if (!shows(text) && (has(row, &cell->others[0]) || has(row, &cell->column)))
		text = (struct text){ "(untitled)", 10 };
	return text;
}

/* Likewise. */
static struct text feed_title_text(
	struct cell *cell, const struct wire_row *row, struct buf *scratch)
{
	struct text text = value_text(row_get(row, &cell->others[0]), scratch);

	if (!shows(text))
		text = value_text(row_get(row, &cell->column), scratch);
	if (!shows(text))
		text = value_text(row_get(row, &cell->others[1]), scratch);
	return text;
}

/* Likewise. */
static struct text flags_text(struct cell *cell, const struct wire_row *row, struct buf *scratch)
{
	const struct wire_value *told = row_get(row, &cell->column);
	char flags[4];
	size_t n = 0;

	if (told != NULL)
		return value_text(told, scratch);
	if (!has(row, &cell->others[0]))
		return (struct text){ "", 0 };
	flags[n++] = value_is_true(row_get(row, &cell->others[0])) ? 'R' : 'N';
	if (value_is_true(row_get(row, &cell->others[1])))
		flags[n++] = '*';
	if (value_is_true(row_get(row, &cell->others[2])))
		flags[n++] = '+';
	buf_clear(scratch);
	if (buf_add(scratch, flags, n) < 0)
		return (struct text){ "", 0 };
	return (struct text){ scratch->data, scratch->length };
}

static struct text entries_text(const struct wire_row *list, struct buf *scratch)
{
	const struct wire_value *one = NULL;
	bool full = false;

	buf_clear(scratch);
	for (bool first = true; !full && (one = wire_row_next(list, one)) != NULL; first = false) {
		struct entry entry = value_entry(one);
		char *name = value_strdup(entry.name);

		full = buf_printf(scratch, "%s%s%s%s", first ? "" : ",", name,
			       entry.number != NULL ? " " : "",
			       entry.number != NULL ? entry.number->text : "") < 0;
		free(name);
	}
	return (struct text){ scratch->data, scratch->length };
}

static struct text statistic_text(const struct wire_value *value, struct buf *scratch)
{
	struct wire_row list = wire_row_in(value);

	if (value_is_array(value) && value_is_object(wire_row_next(&list, NULL)))
		return entries_text(&list, scratch);
	return value_text(value, scratch);
}

/* A feed event's row begins with the feed, and other rows may have a `key`. */
static struct text key_text(struct cell *cell, const struct wire_row *row, struct buf *scratch)
{
	const struct wire_value *id = row_get(row, &cell->others[0]);

	if (value_is_null(id))
		return value_text(row_get(row, &cell->column), scratch);
	buf_clear(scratch);
	if (buf_printf(scratch, "feed:%s", id->text) < 0)
		return (struct text){ "", 0 };
	return (struct text){ scratch->data, scratch->length };
}

struct text cell_text(struct cell *cell, const struct wire_row *row, struct buf *scratch)
{
	switch (cell->kind) {
	case CELL_TITLE:
	case CELL_LABEL:
		return title_text(cell, row, scratch);
	case CELL_FLAGS:
		return flags_text(cell, row, scratch);
	case CELL_VALUE:
		return statistic_text(row_get(row, &cell->column), scratch);
	case CELL_KEY:
		return key_text(cell, row, scratch);
	case CELL_FEED_TITLE:
	case CELL_FEED_LABEL:
		return feed_title_text(cell, row, scratch);
	case CELL_HTML:
	case CELL_PLAIN:
	default:
		return value_text(row_get(row, &cell->column), scratch);
	}
}

int cell_unknown(const char *all, const char *name, size_t length, struct err *err)
{
	char *typed = mem_strndup(name, length);
	struct near near;

	near_begin(&near, typed);
	for (size_t i = 0; i < FIELDS; i++) {
		if (columns_has(all, field_table[i].name, strlen(field_table[i].name)))
			near_try(&near, field_table[i].name);
	}
	if (near.best != NULL)
		err_set(err, ERR_USAGE, "there is no field %s; did you mean %s? There are: %s",
			typed, near.best, all);
	else
		err_set(err, ERR_USAGE, "there is no field %s; there are: %s", typed, all);
	free(typed);
	return -1;
}

int cell_list(const char *names, struct cell **out_cells, size_t *out_count, struct err *err)
{
	struct cell *cells = NULL;
	size_t count = 0;

	while (*names != '\0') {
		size_t n = strcspn(names, ", ");

		cells = mem_realloc_array(cells, count + 1, sizeof(*cells));
		cell_init(&cells[count++], names, n);
		names += n;
		names += strspn(names, ", ");
	}
	if (count == 0)
		return err_set(err, ERR_USAGE, "--fields names no field");
	*out_cells = cells;
	*out_count = count;
	return 0;
}
