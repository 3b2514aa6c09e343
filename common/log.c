#include "common/log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

/* Standard error; or the same pipe or terminal, opened once more: that it does
 * not block is then a matter of ours alone, and not of all who write to it. */
static int log_fd = STDERR_FILENO;
static bool has_time = true; /* until log_init(): who is asked for an answer may wait */
static bool is_socket;
static atomic_uint dropped;   /* lines that nobody took, and that nobody was told of */
static atomic_bool is_inside; /* of a line, of which a part was taken */

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

/* Bytes that were taken, all in one piece where it can be; -1 if it would have to be
 * waited for, or there is nobody left. */
static ssize_t write_now(const char *data, size_t length)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (is_socket)
		return send(log_fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	/* What could not be opened anew has room for a line if it has any. */
	if (!has_time && log_fd == STDERR_FILENO &&
		(poll(&ready, 1, 0) < 1 || (ready.revents & POLLOUT) == 0))
		return -1;
	return write(log_fd, data, length);
}

/* Whether all of it was taken, or nobody will ever miss it. */
static bool write_whole(const char *data, size_t length)
{
	ssize_t n;

	if (atomic_load(&is_inside) && write_now("\n", 1) < 1)
		return false;
	n = write_now(data, length);
	atomic_store(&is_inside, n > 0 && (size_t)n < length);
	return n == (ssize_t)length;
}

static void tell_dropped(void);

/* One write, so that lines of several processes do not mix. */
static void put_line(const struct buf *line)
{
	if (atomic_load(&dropped) > 0)
		tell_dropped();
	if (atomic_load(&dropped) > 0 || !write_whole(line->data, line->length))
		atomic_fetch_add(&dropped, 1);
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
	if (buf_add_byte(line, '\n') == 0)
		put_line(line);
	buf_release(line);
}

static void tell_dropped(void)
{
	unsigned count = atomic_load(&dropped);
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	add_head(&line, LOG_LEVEL_WARNING);
	if (buf_printf(&line, "%u line%s could not be written, and %s dropped\n", count,
		    count == 1 ? "" : "s", count == 1 ? "was" : "were") == 0 &&
		write_whole(line.data, line.length))
		atomic_fetch_sub(&dropped, count);
	buf_release(&line);
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

/* A file is not opened anew: it would be written from its beginning. */
static void wait_for_nobody(const struct stat *st)
{
	int anew = -1;

	if (S_ISFIFO(st->st_mode) || isatty(STDERR_FILENO) == 1)
		anew = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (anew >= 0)
		log_fd = anew;
	is_socket = S_ISSOCK(st->st_mode);
	has_time = false;
}

void log_init(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	if (fstat(STDERR_FILENO, &st) < 0)
		return;
	to_journal = stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
		     st.st_dev == device && st.st_ino == inode;
	wait_for_nobody(&st);
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
