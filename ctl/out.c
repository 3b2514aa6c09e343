#include "ctl/out.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "ctl/files.h"

void out_init(struct out *out, int fd)
{
	out->fd = fd;
	out->signals = NULL;
	out->failed = false;
	out->saved_errno = 0;
	out->end = '\n';
	out->used = 0;
}

/* A terminal that has any room takes what fits, and the rest waits within. */
static int write_piece(struct out *out, const char *data, size_t length)
{
	sigset_t held;
	int result;

	if (!isatty(out->fd))
		return files_write(out->fd, data, length);
	sigprocmask(SIG_SETMASK, out->signals, &held);
	result = files_write(out->fd, data, length);
	sigprocmask(SIG_SETMASK, &held, NULL);
	return result;
}

/* Signals are blocked, but for while nobody reads: a piece that a pipe has room for does
 * not wait. */
static int write_pieces(struct out *out, const char *data, size_t length)
{
	struct pollfd fd = { out->fd, POLLOUT, 0 };

	while (length > 0) {
		size_t piece = length < PIPE_BUF ? length : PIPE_BUF;

		if (poll(&fd, 1, 0) == 0)
			(void)!ppoll(&fd, 1, NULL, out->signals);
		if (write_piece(out, data, piece) < 0)
			return -1;
		data += piece;
		length -= piece;
	}
	return 0;
}

static void write_all(struct out *out, const char *data, size_t length)
{
	int result = 0;

	if (!out->failed)
		result = out->signals != NULL ? write_pieces(out, data, length)
					      : files_write(out->fd, data, length);
	if (result == 0)
		return;
	out->failed = true;
	out->saved_errno = errno;
}

static void empty(struct out *out)
{
	write_all(out, out->data, out->used);
	out->used = 0;
}

void out_add(struct out *out, const char *data, size_t length)
{
	if (length > sizeof(out->data) - out->used) {
		empty(out);
		if (length >= sizeof(out->data)) {
			write_all(out, data, length);
			return;
		}
	}
	memcpy(out->data + out->used, data, length);
	out->used += length;
}

void out_text(struct out *out, const char *text)
{
	out_add(out, text, strlen(text));
}

void out_byte(struct out *out, char byte)
{
	if (out->used == sizeof(out->data))
		empty(out);
	out->data[out->used++] = byte;
}

void out_int(struct out *out, int64_t number)
{
	out_printf(out, "%lld", (long long)number);
}

void out_printf(struct out *out, const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length > 0)
		out_add(out, text, (size_t)length);
	free(text);
}

void out_end(struct out *out)
{
	out_byte(out, out->end);
}

/* The end of what needs no look at what it means, from `i` on; a line's end stops it
 * anyway. */
static size_t plain_end(const char *text, size_t length, size_t i)
{
	return utf8_plain_end(text, length, i, "\n\n");
}

static bool ends_line(uint32_t rune)
{
	return rune < 0xA0 || rune == 0x2028 || rune == 0x2029;
}

void out_line(struct out *out, const char *text, size_t length)
{
	size_t from = 0, i, n;
	uint32_t rune;

	for (i = plain_end(text, length, 0); i < length; i = plain_end(text, length, i)) {
		n = utf8_decode(text + i, length - i, &rune);
		if (n > 1 && !ends_line(rune) && !utf8_is_unsafe(rune)) {
			i += n;
			continue;
		}
		out_add(out, text + from, i - from);
		if (rune == UTF8_REPLACEMENT)
			out_text(out, "\xEF\xBF\xBD");
		else if (ends_line(rune))
			out_byte(out, ' ');
		i += n;
		from = i;
	}
	out_add(out, text + from, length - from);
}

bool out_writes_line(const char *text, size_t length)
{
	uint32_t rune;

	for (size_t i = 0; i < length;) {
		i += utf8_decode(text + i, length - i, &rune);
		if (rune == UTF8_REPLACEMENT || ends_line(rune) || !utf8_is_unsafe(rune))
			return true;
	}
	return false;
}

void out_lines(struct out *out, const char *text, size_t length)
{
	while (length > 0) {
		size_t n = 0;

		while (n < length && text[n] != '\n' && text[n] != '\t')
			n++;
		out_line(out, text, n);
		if (n < length)
			out_byte(out, text[n++]);
		text += n;
		length -= n;
	}
}

const char *out_reference(uint32_t rune)
{
	switch (rune) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void out_xml(struct out *out, const char *text, size_t length)
{
	while (length > 0) {
		uint32_t rune;
		size_t n = utf8_decode(text, length, &rune);
		const char *name = out_reference(rune);

		if (name != NULL)
			out_text(out, name);
		else if (rune == UTF8_REPLACEMENT)
			out_text(out, "\xEF\xBF\xBD");
		else if (!utf8_is_banned(rune) && (rune & 0xFFFE) != 0xFFFE)
			out_add(out, text, n);
		text += n;
		length -= n;
	}
}

int out_flush(struct out *out, struct err *err)
{
	empty(out);
	if (out->failed)
		return err_set_errno(err, ERR_IO, out->saved_errno, "output can't be written");
	return 0;
}
