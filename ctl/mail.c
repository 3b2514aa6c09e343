#include "ctl/mail.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "ctl/cell.h"
#include "ctl/content.h"

#define LINE_MAX_BYTES 75
#define HEADER_LINE_MAX 998u   /* bytes, RFC 5322 */
#define HEADER_LINE_WANTED 76u /* with encoded words in it, RFC 2047 */
/* Bytes of one encoded word: 4/3 of it, its frame and the longest name in front fit
 * in such a line. */
#define WORD_BYTES 39

static bool is_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x7F)
			return false;
	}
	return memmem(text, length, "=?", 2) == NULL && length <= 60;
}

/* Returns the columns of the last word, for what comes behind it. */
static size_t put_encoded(struct out *out, const char *text, size_t length)
{
	size_t columns = 0;
	struct buf word;

	buf_init(&word, 1024);
	for (bool first = true; length > 0; first = false) {
		size_t n = length > WORD_BYTES ? utf8_cut(text, WORD_BYTES) : length;

		buf_clear(&word);
		if (base64_encode(&word, text, n) < 0)
			break;
		out_text(out, first ? "=?UTF-8?B?" : "\n =?UTF-8?B?");
		out_add(out, word.data, word.length);
		out_text(out, "?=");
		columns = word.length + strlen("=?UTF-8?B?") + strlen("?=");
		text += n;
		length -= n;
	}
	buf_release(&word);
	return columns;
}

/* As one line without controls, whatever the feed says. */
static struct buf line_of(const char *text, size_t length)
{
	struct buf line;

	buf_init(&line, 4096);
	if (utf8_add_line(&line, text, utf8_cut(text, length < 1000 ? length : 1000)) < 0)
		buf_clear(&line);
	return line;
}

/* `Name: words`, encoded (RFC 2047) where words need it. */
static void put_header(struct out *out, const char *name, const char *text, size_t length)
{
	struct buf line = line_of(text, length);

	out_printf(out, "%s: ", name);
	if (is_plain(line.data, line.length))
		out_add(out, line.data, line.length);
	else
		put_encoded(out, line.data, line.length);
	out_byte(out, '\n');
	buf_release(&line);
}

/* The feed's name as the sender's. */
static void put_from(struct out *out, struct text title, int64_t feed_id)
{
	struct buf line = line_of(title.at, title.length);
	size_t columns = line.length + 2;
	char address[64];

	snprintf(address, sizeof(address), " <feed-%lld@feedd.invalid>\n", (long long)feed_id);
	out_text(out, "From: ");
	if (is_plain(line.data, line.length) && strpbrk(line.data, "\"\\") == NULL)
		out_printf(out, "\"%s\"", line.data);
	else
		columns = put_encoded(out, line.data, line.length);
	if (strlen("From:") + columns + strlen(address) > HEADER_LINE_WANTED)
		out_byte(out, '\n');
	out_text(out, address);
	buf_release(&line);
}

static bool stands_as_it_is(unsigned char c)
{
	return c > 0x20 && c < 0x7F;
}

/* A link: folded nowhere, for a folded one leads nowhere; so one that is longer
 * than a line may be stands in the body only. */
static void put_url(struct out *out, const char *name, struct text url)
{
	struct buf line;
	size_t length = strlen(name) + strlen(": ");

	if (url.length == 0)
		return;
	line = line_of(url.at, url.length);
	for (size_t i = 0; i < line.length; i++)
		length += stands_as_it_is((unsigned char)line.data[i]) ? 1 : 3;
	if (length > HEADER_LINE_MAX) {
		buf_release(&line);
		return;
	}
	out_printf(out, "%s: ", name);
	for (size_t i = 0; i < line.length; i++) {
		unsigned char c = (unsigned char)line.data[i];

		if (stands_as_it_is(c))
			out_byte(out, line.data[i]);
		else
			out_printf(out, "%%%02X", c);
	}
	out_byte(out, '\n');
	buf_release(&line);
}

/* Quoted-printable (RFC 2045). */
static void put_quoted(struct out *out, const char *text, size_t length)
{
	size_t column = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		bool end = i + 1 == length || text[i + 1] == '\n';
		bool from = column == 0 && length - i >= 5 && memcmp(text + i, "From ", 5) == 0;
		bool coded = c == '=' || c >= 0x7F || (c < 0x20 && c != '\t') || from ||
			     (column == 0 && c == '.') || ((c == ' ' || c == '\t') && end);

		if (c == '\n') {
			out_byte(out, '\n');
			column = 0;
			continue;
		}
		if (column + (coded ? 3 : 1) > LINE_MAX_BYTES) {
			out_text(out, "=\n");
			column = 0;
			coded = coded || c == '.' || c == 'F';
		}
		if (coded)
			out_printf(out, "=%02X", c);
		else
			out_byte(out, (char)c);
		column += coded ? 3 : 1;
	}
	if (column > 0)
		out_byte(out, '\n');
}

void mail_name(const struct wire_row *row, char *out, size_t size)
{
	int64_t received = value_time(wire_row_get(row, "received_at"));

	snprintf(out, size, "%lld.%lld.feedd", received == TIME_NONE ? 0LL : (long long)received,
		(long long)value_int(wire_row_get(row, "id")));
}

struct moment {
	const char *weekday, *month; /* three letters each, no NUL behind them */
	char text[TIME_TEXT_MAX];    /* RFC 3339 */
};

static struct moment moment_of(int64_t unix_s)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct moment m;
	int month;

	if (unix_s == TIME_NONE)
		unix_s = 0;
	time_format_rfc3339(unix_s, m.text);
	m.weekday = days + (size_t)3 * time_weekday(unix_s);
	month = (m.text[5] - '0') * 10 + m.text[6] - '0';
	m.month = months + (ptrdiff_t)3 * (month - 1);
	return m;
}

/* As headers have it, "Wed, 03 Jun 2026 10:00:00 +0000". */
static void put_date(struct out *out, int64_t unix_s)
{
	struct moment m = moment_of(unix_s);

	out_printf(out, "%.3s, %.2s %.3s %.4s %.8s +0000", m.weekday, m.text + 8, m.month, m.text,
		m.text + 11);
}

void mail_put_ctime(struct out *out, int64_t unix_s)
{
	struct moment m = moment_of(unix_s);

	out_printf(out, "%.3s %.3s %c%c %.8s %.4s", m.weekday, m.month,
		m.text[8] == '0' ? ' ' : m.text[8], m.text[9], m.text + 11, m.text);
}

static void put_body(
	struct printer *printer, struct out *out, const struct wire_row *row, struct text title)
{
	struct text url;
	struct buf page;
	bool full;

	buf_init(&page, printer->content.max);
	full = buf_add_text(&page, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>") <
	       0;
	content_escape(title.at, title.length, &page);
	full = full || buf_add_text(&page, "</title></head><body>\n") < 0;
	content_html(row, printer->raw, &page);
	content_attachments(row, &page);
	url = value_text(wire_row_get(row, "url"), &printer->scratch);
	if (url.length > 0 && !full && buf_add_text(&page, "\n<p><a href=\"") == 0) {
		content_escape(url.at, url.length, &page);
		full = buf_add_text(&page, "\">") < 0;
		content_escape(url.at, url.length, &page);
		full = full || buf_add_text(&page, "</a></p>") < 0;
	}
	if (!full && buf_add_text(&page, "\n</body></html>\n") == 0)
		put_quoted(out, page.data, page.length);
	buf_release(&page);
}

void mail_put(struct printer *printer, struct out *out, const struct wire_row *row)
{
	struct cell cell;
	struct text text;
	char name[64], *title;

	cell_init(&cell, "feed_title", 10);
	text = cell_text(&cell, row, &printer->scratch);
	put_from(out, text, value_int(wire_row_get(row, "feed_id")));
	cell_init(&cell, "title", 5);
	text = cell_text(&cell, row, &printer->scratch);
	title = mem_strndup(text.at, text.length);
	put_header(out, "Subject", title, strlen(title));
	out_text(out, "Date: ");
	put_date(out, value_time(wire_row_get(row, "date")));
	out_byte(out, '\n');
	mail_name(row, name, sizeof(name));
	out_printf(out, "Message-ID: <%s@feedd.invalid>\n", name);
	text = value_text(wire_row_get(row, "authors"), &printer->scratch);
	if (text.length > 0)
		put_header(out, "X-Author", text.at, text.length);
	put_url(out, "X-URL", value_text(wire_row_get(row, "url"), &printer->scratch));
	put_url(out, "X-Feed-URL", value_text(wire_row_get(row, "feed_url"), &printer->scratch));
	out_text(out, "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"
		      "Content-Transfer-Encoding: quoted-printable\n\n");
	put_body(printer, out, row, (struct text){ title, strlen(title) });
	free(title);
}
