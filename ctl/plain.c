#include "ctl/plain.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "common/utf8.h"
#include "ctl/content.h"
#include "ctl/web.h"

#define INDENT_MAX 80 /* columns */
#define NO_BREAK_SPACE "\xC2\xA0"

static void put_text(struct buf *out, const char *text)
{
	if (buf_add_text(out, text) < 0)
		return; /* cut there */
}

/* ---- addresses ----------------------------------------------------------- */

/* What stands around an address, or behind it in scripts without blanks. */
static bool ends_address(uint32_t rune)
{
	return rune <= ' ' || rune == '<' || rune == '>' || rune == '"' || rune == '`' ||
	       rune == 0xA0 || (rune >= 0x2018 && rune <= 0x201F) ||
	       (rune >= 0x3000 && rune <= 0x303F) || (rune >= 0xFF00 && rune <= 0xFFEF);
}

/* How long the address at text[0] is, without the stop or bracket that follows it. */
static size_t address_length(const char *text, size_t length)
{
	size_t i = 0, n, open = 0, closed = 0;
	uint32_t rune;

	for (; i < length; i += n) {
		n = utf8_decode(text + i, length - i, &rune);
		if (ends_address(rune))
			break;
		open += rune == '(';
		closed += rune == ')';
	}
	for (; i > 0; i--) {
		bool bracket = text[i - 1] == ')' && closed > open;

		if (!bracket && strchr(".,;:!?'*]", text[i - 1]) == NULL)
			break;
		closed -= bracket;
	}
	return i;
}

static bool begins_address(const char *text, size_t length)
{
	return (length > 8 && strncasecmp(text, "https://", 8) == 0) ||
	       (length > 7 && strncasecmp(text, "http://", 7) == 0);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The next address from `from` on; `length` if there is none. */
static size_t find_address(const char *text, size_t length, size_t from, size_t *out_length)
{
	size_t i;

	for (i = from; i < length; i++) {
		if ((text[i] | 0x20) != 'h' || (i > 0 && is_letter(text[i - 1])) ||
			!begins_address(text + i, length - i))
			continue;
		*out_length = address_length(text + i, length - i);
		if (web_is_link(text + i, *out_length))
			break;
		if (*out_length > 0)
			i += *out_length - 1;
	}
	return i;
}

static void put_linked(const char *text, size_t length, struct buf *out)
{
	size_t from = 0, at, n = 0;

	while ((at = find_address(text, length, from, &n)) < length) {
		content_escape(text + from, at - from, out);
		put_text(out, "<a rel=\"noopener noreferrer\" href=\"");
		content_escape(text + at, n, out);
		put_text(out, "\">");
		content_escape(text + at, n, out);
		put_text(out, "</a>");
		from = at + n;
	}
	content_escape(text + from, length - from, out);
}

/* ---- lines --------------------------------------------------------------- */

static size_t line_length(const char *text, size_t length)
{
	const char *end = memchr(text, '\n', length);

	return end != NULL ? (size_t)(end - text) : length;
}

/* The blanks at a line's beginning, and their columns. */
static size_t read_indent(const char *line, size_t length, size_t *out_columns)
{
	size_t i, columns = 0;

	for (i = 0; i < length && (line[i] == ' ' || line[i] == '\t'); i++)
		columns += line[i] == '\t' ? 8 - columns % 8 : 1;
	*out_columns = columns;
	return i;
}

/* The columns that all lines begin with, or all but the first, which is without where its
 * tag stands in front of it. */
static size_t shared_indent(const char *text, size_t length)
{
	size_t shared = SIZE_MAX, at = line_length(text, length), n, columns;

	if (read_indent(text, at, &columns) < at && columns > 0)
		shared = columns;
	for (; at < length && shared > 0; at += n) {
		at++;
		n = line_length(text + at, length - at);
		if (read_indent(text + at, n, &columns) < n && columns < shared)
			shared = columns;
	}
	return shared;
}

static void put_line(const char *line, size_t length, size_t shared, bool links, struct buf *out)
{
	size_t columns, blanks = read_indent(line, length, &columns);

	columns = columns > shared ? columns - shared : 0;
	if (columns > INDENT_MAX)
		columns = INDENT_MAX;
	for (; columns > 0 && blanks < length; columns--)
		put_text(out, NO_BREAK_SPACE);
	if (links)
		put_linked(line + blanks, length - blanks, out);
	else
		content_escape(line + blanks, length - blanks, out);
}

void plain_html(const char *text, size_t length, bool links, struct buf *out)
{
	size_t shared = shared_indent(text, length), n = line_length(text, length);

	put_line(text, n, shared, links, out);
	while (n < length) {
		put_text(out, "<br>\n");
		text += n + 1;
		length -= n + 1;
		n = line_length(text, length);
		put_line(text, n, shared, links, out);
	}
}
