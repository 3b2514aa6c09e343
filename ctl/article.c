#include "ctl/article.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/time.h"
#include "common/utf8.h"
#include "ctl/attachment.h"
#include "ctl/cell.h"
#include "ctl/content.h"
#include "ctl/diff.h"
#include "ctl/when.h"
#include "ctl/width.h"

#define WIDTH_WANTED 80
#define ARTICLE_MAX ((size_t)64 << 20)

static size_t text_width(const struct term *term)
{
	return term->width < WIDTH_WANTED ? term->width : WIDTH_WANTED;
}

/* A line of text, broken at blanks where it is too long. */
static void put_filled(struct out *out, const char *text, size_t length, size_t width)
{
	while (length > 0) {
		size_t used, n = width_cut(text, length, width, &used), blank = n;

		if (n < length) {
			while (blank > 0 && text[blank] != ' ')
				blank--;
			if (blank > 0)
				n = blank;
			else if (n == 0)
				n = length;
		}
		out_line(out, text, n);
		out_byte(out, '\n');
		text += n;
		length -= n;
		while (length > 0 && *text == ' ') {
			text++;
			length--;
		}
	}
}

static void put_title(
	struct out *out, const struct term *term, const struct wire_row *row, struct buf *scratch)
{
	struct cell title;
	struct text text;

	cell_init(&title, "title", 5);
	text = cell_text(&title, row, scratch);
	term_colour(term, out, COLOUR_BOLD);
	put_filled(out, text.at, text.length, text_width(term));
	term_plain(term, out);
}

/* "Ann, Ben" */
static int add_authors(
	struct buf *line, const char *dot, const struct wire_row *row, struct buf *scratch)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "authors")), author;
	const struct wire_value *one = NULL;
	const char *between = dot;

	while ((one = wire_row_next(&list, one)) != NULL) {
		struct text name;

		if (!row_of(one, &author))
			continue;
		name = value_text(wire_row_get(&author, "name"), scratch);
		if (name.length == 0)
			name = value_text(wire_row_get(&author, "url"), scratch);
		if (name.length == 0)
			continue;
		if (buf_add_text(line, between) < 0 || buf_add(line, name.at, name.length) < 0)
			return -1;
		between = ", ";
	}
	return 0;
}

/* "Feed · Author · Wednesday, 3 June 2026, 10:00" */
static void put_origin(
	struct out *out, const struct term *term, const struct wire_row *row, struct buf *scratch)
{
	const char *dot = term->ascii ? " - " : " \xC2\xB7 ";
	struct cell feed;
	struct text text;
	char when[WHEN_MAX];
	int64_t date = value_time(wire_row_get(row, "date"));
	struct buf line;
	bool full;

	buf_init(&line, ARTICLE_MAX);
	cell_init(&feed, "feed_title", 10);
	text = cell_text(&feed, row, scratch);
	full = buf_add(&line, text.at, text.length) < 0;
	full = full || add_authors(&line, dot, row, scratch) < 0;
	if (date != TIME_NONE) {
		when_local(date, "%A, %-d %B %Y, %H:%M", when);
		full = full || buf_add_text(&line, dot) < 0 || buf_add_text(&line, when) < 0;
	}
	if (!full)
		put_filled(out, line.data, line.length, text_width(term));
	buf_release(&line);
}

static void put_link(
	struct out *out, const struct term *term, const struct wire_value *url, struct buf *scratch)
{
	struct text text = value_text(url, scratch);

	if (text.length == 0)
		return;
	term_colour(term, out, COLOUR_BLUE);
	term_link_begin(term, out, text.at, text.length);
	out_line(out, text.at, text.length);
	term_link_end(term, out);
	term_plain(term, out);
	out_byte(out, '\n');
}

static void put_labelled(struct out *out, const struct term *term, const char *label,
	const struct wire_value *value, struct buf *scratch)
{
	struct text text = value_text(value, scratch);

	if (text.length == 0)
		return;
	term_colour(term, out, COLOUR_DIM);
	out_text(out, label);
	term_plain(term, out);
	out_line(out, text.at, text.length);
	out_byte(out, '\n');
}

/* "attached: audio/mpeg 12.3 MB 1:02:03 https://…" */
static void put_attachments(
	struct out *out, const struct term *term, const struct wire_row *row, struct buf *scratch)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "attachments"));
	const struct wire_value *one = NULL;
	struct wire_row attachment;
	struct buf words;

	buf_init(&words, ARTICLE_MAX);
	while ((one = wire_row_next(&list, one)) != NULL) {
		if (!row_of(one, &attachment))
			continue;
		term_colour(term, out, COLOUR_DIM);
		out_text(out, "attached: ");
		term_plain(term, out);
		buf_clear(&words);
		attachment_words(&attachment, &words);
		out_line(out, words.data, words.length);
		put_link(out, term, wire_row_get(&attachment, "url"), scratch);
	}
	buf_release(&words);
}

void article_put(struct out *out, const struct term *term, const struct wire_row *row)
{
	struct buf scratch, text;

	buf_init(&scratch, ARTICLE_MAX);
	buf_init(&text, ARTICLE_MAX);
	put_title(out, term, row, &scratch);
	put_origin(out, term, row, &scratch);
	put_link(out, term, wire_row_get(row, "url"), &scratch);
	put_labelled(out, term, "tags: ", wire_row_get(row, "tags"), &scratch);
	content_text(row, text_width(term), &text);
	if (text.length > 0) {
		out_byte(out, '\n');
		out_add(out, text.data, text.length);
	}
	if (wire_row_in(wire_row_get(row, "attachments")).count > 0) {
		out_byte(out, '\n');
		put_attachments(out, term, row, &scratch);
	}
	buf_release(&scratch);
	buf_release(&text);
}

/* As it was: what stands in for a title is of the text, which is compared itself. */
static int add_told(struct buf *out, const struct wire_row *row, size_t width, struct buf *scratch)
{
	struct text title = value_text(wire_row_get(row, "title"), scratch);

	if (utf8_shows(title.at, title.length) &&
		(buf_add(out, title.at, title.length) < 0 || buf_add_byte(out, '\n') < 0))
		return -1;
	content_text(row, width, out);
	return 0;
}

void article_put_diff(struct out *out, const struct term *term, const struct wire_row *row)
{
	struct wire_row previous = wire_row_in(wire_row_get(row, "previous"));
	const struct wire_value *one = NULL;
	struct wire_row before;
	struct buf scratch, old, new;

	buf_init(&scratch, ARTICLE_MAX);
	buf_init(&old, ARTICLE_MAX);
	buf_init(&new, ARTICLE_MAX);
	put_title(out, term, row, &scratch);
	put_origin(out, term, row, &scratch);
	out_byte(out, '\n');
	if ((one = wire_row_next(&previous, one)) == NULL || !row_of(one, &before))
		out_text(out, "It was not edited.\n");
	else if (add_told(&old, &before, text_width(term) - 2, &scratch) == 0 &&
		 add_told(&new, row, text_width(term) - 2, &scratch) == 0)
		diff_put(out, term, old.data, new.data);
	buf_release(&scratch);
	buf_release(&old);
	buf_release(&new);
}
