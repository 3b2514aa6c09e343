#include "ctl/say.h"

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "ctl/files.h"

#define MESSAGE_MAX ((size_t)64 << 10)
/* Of a longer line, which names something that nobody reads to its end, its
 * beginning and its end are said: what was wrong with it stands there. */
#define LINE_BEGIN ((size_t)2 << 10)
#define LINE_END ((size_t)1 << 10)

static bool progress_shown;
static const char *interrupt_words;

static void put(const struct buf *buf)
{
	if (files_write(STDERR_FILENO, buf->data, buf->length) < 0)
		return; /* nobody is left to tell */
}

static char *format_text(const char *format, va_list args) __attribute__((format(printf, 1, 0)));
static char *format_text(const char *format, va_list args)
{
	char *text = NULL;

	return vasprintf(&text, format, args) < 0 ? mem_strdup("out of memory") : text;
}

int say_is_terminal(void)
{
	static int known = -1;
	const char *name = getenv("TERM");

	if (known < 0)
		known = isatty(STDERR_FILENO) && name != NULL && strcmp(name, "dumb") != 0;
	return known;
}

static void on_interrupt(int signal_number)
{
	const char *words = interrupt_words;

	if (words != NULL && write(STDERR_FILENO, words, strlen(words)) < 0)
		_exit(128 + signal_number);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

void say_on_interrupt(const char *words)
{
	interrupt_words = say_is_terminal() ? words : NULL;
	/* In a script's background it is none of ours, and stays that. */
	if (signal(SIGINT, on_interrupt) == SIG_IGN)
		signal(SIGINT, SIG_IGN);
}

void say_progress_end(void)
{
	struct buf line;

	if (!progress_shown)
		return;
	buf_init(&line, 16);
	if (buf_add_text(&line, "\r\033[K") == 0)
		put(&line);
	buf_release(&line);
	progress_shown = false;
}

static int add_line(struct buf *lines, const char *line)
{
	size_t length = strlen(line), end;

	if (buf_add_text(lines, "feedctl: ") < 0)
		return -1;
	if (length > LINE_BEGIN + LINE_END) {
		end = utf8_cut(line, length - LINE_END);
		if (utf8_add_line(lines, line, utf8_cut(line, LINE_BEGIN)) < 0 ||
			buf_add_text(lines, "…") < 0)
			return -1;
		line += end;
		length -= end;
	}
	return utf8_add_line(lines, line, length) < 0 ? -1 : buf_add_byte(lines, '\n');
}

void say(const char *format, ...)
{
	struct buf line;
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	say_progress_end();
	buf_init(&line, MESSAGE_MAX);
	if (add_line(&line, text) == 0)
		put(&line);
	buf_release(&line);
	free(text);
}

void say_lines(const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		say("%s", lines[i]);
}

void say_err(const struct err *err)
{
	say("%s", err->text);
}

void say_progress(const char *format, ...)
{
	struct buf line;
	va_list args;
	char *text;

	if (!say_is_terminal())
		return;
	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	buf_init(&line, 4096);
	if (buf_add_text(&line, "\r\033[K") == 0 && utf8_add_line(&line, text, strlen(text)) == 0)
		put(&line);
	progress_shown = true;
	buf_release(&line);
	free(text);
}
