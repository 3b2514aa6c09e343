#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/utf8.h"

#define LINE_MAX_BYTES 2048

static const struct {
	const char *word;
	const char *journal;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", "<3>" },
	[LOG_LEVEL_WARNING] = { "warning", "<4>" },
	[LOG_LEVEL_INFO] = { "info", "<6>" },
	[LOG_LEVEL_DEBUG] = { "debug", "<7>" },
};

static enum log_level threshold = LOG_LEVEL_INFO;
static bool to_journal;

/* Append what fits, then cut where no character is split. */
static void add_safe(struct buf *line, const char *text)
{
	size_t length = strlen(text);

	while (length > 0 && utf8_add_line(line, text, length) < 0)
		length = utf8_cut(text, length - 1);
}

static void add_head(struct buf *line, enum log_level level)
{
	char now[TIME_TEXT_MAX];

	if (to_journal) {
		add_safe(line, levels[level].journal);
		return;
	}
	time_format_rfc3339(clock_now_s(), now);
	add_safe(line, now);
	add_safe(line, " feedd: ");
	if (level <= LOG_LEVEL_WARNING) {
		add_safe(line, levels[level].word);
		add_safe(line, ": ");
	}
}

static void write_words(struct buf *line, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Behind its head; releases it. */
static void write_words(struct buf *line, const char *format, va_list args)
{
	char text[LINE_MAX_BYTES];

	vsnprintf(text, sizeof(text), format, args);
	line->max--; /* the line's end has its place in any case */
	add_safe(line, text);
	line->max++;
	/* One write, so that lines of several processes do not mix; if it fails
	 * there is nobody left to tell. */
	if (buf_add_byte(line, '\n') == 0 && write(STDERR_FILENO, line->data, line->length) < 0)
		clearerr(stderr);
	buf_release(line);
}

static void write_line(enum log_level level, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void write_line(enum log_level level, const char *format, va_list args)
{
	struct buf line;

	if (level > threshold)
		return;
	buf_init(&line, LINE_MAX_BYTES);
	add_head(&line, level);
	write_words(&line, format, args);
}

void log_init(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	to_journal = stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
		     fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void log_set_level(enum log_level level)
{
	threshold = level;
}

bool log_level_of(const char *word, enum log_level *out_level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcmp(word, levels[i].word) == 0) {
			*out_level = (enum log_level)i;
			return true;
		}
	return false;
}

bool log_wants(enum log_level level)
{
	return level <= threshold;
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_WARNING, format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_INFO, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}

void log_sentence(const char *format, ...)
{
	struct buf line;
	va_list args;

	buf_init(&line, LINE_MAX_BYTES);
	add_safe(&line, "feedd: ");
	va_start(args, format);
	write_words(&line, format, args);
	va_end(args);
}
