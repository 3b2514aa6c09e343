#include "tests/support/httpd.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/* "2s", "150ms", "1.5" (seconds). */
static int64_t milliseconds(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	return (int64_t)(strcmp(end, "ms") == 0 ? value : value * 1000);
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value;

	if (strcmp(text, "endless") == 0)
		return HTTPD_NEVER;
	value = strtoull(text, &end, 10);
	if (*end == 'K' || *end == 'k')
		value <<= 10;
	else if (*end == 'M')
		value <<= 20;
	return value;
}

static unsigned hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c | 0x20);

	return at != NULL && c != '\0' ? (unsigned)(at - digits) : 0;
}

/* \r \n \t \0 \\ \xHH; -1 never, the buffer has room for any line. */
static void unescape(struct buf *out, const char *text)
{
	int full = 0;

	for (; *text != '\0' && full == 0; text++) {
		if (*text != '\\' || text[1] == '\0') {
			full = buf_add_byte(out, *text);
			continue;
		}
		switch (*++text) {
		case 'r':
			full = buf_add_byte(out, '\r');
			break;
		case 'n':
			full = buf_add_byte(out, '\n');
			break;
		case 't':
			full = buf_add_byte(out, '\t');
			break;
		case '0':
			full = buf_add_byte(out, '\0');
			break;
		case 'x':
			if (text[1] == '\0' || text[2] == '\0')
				break;
			full = buf_add_byte(
				out, (char)(hex_digit(text[1]) << 4 | hex_digit(text[2])));
			text += 2;
			break;
		default:
			full = buf_add_byte(out, *text);
		}
	}
}

static void add_header(struct httpd_route *route, const char *line)
{
	unescape(&route->headers, line);
	unescape(&route->headers, "\\r\\n");
}

static void on_status(struct httpd_route *route, char *value)
{
	char *reason;

	route->status = (unsigned)strtoul(value, &reason, 10);
	if (*reason == ' ') {
		free(route->reason);
		route->reason = mem_strdup(reason + 1);
	}
}

static void on_redirect(struct httpd_route *route, char *value)
{
	char *header = mem_printf("Location: %s", value);

	add_header(route, header);
	free(header);
	if (route->status == 200)
		route->status = 302;
}

static void on_header(struct httpd_route *route, char *value)
{
	add_header(route, value);
}

static void on_file(struct httpd_route *route, char *value)
{
	free(route->file);
	route->file = mem_strdup(value);
}

static void on_text(struct httpd_route *route, char *value)
{
	unescape(&route->text, value);
}

static void on_raw(struct httpd_route *route, char *value)
{
	unescape(&route->text, value);
	route->raw = true;
	route->pace.close = true;
}

static void on_length(struct httpd_route *route, char *value)
{
	if (strcmp(value, "none") == 0) {
		route->no_length = true;
		route->pace.close = true;
		return;
	}
	free(route->length);
	route->length = mem_strdup(value);
}

static void on_chunked(struct httpd_route *route, char *value)
{
	route->pace.chunked = true;
	route->pace.unended = strcmp(value, "unended") == 0;
}

static void on_junk(struct httpd_route *route, char *value)
{
	char *size;

	route->junk = (unsigned)strtoul(value, &size, 10);
	route->junk_size = (size_t)number(*size == ' ' ? size + 1 : "20");
}

static void on_times(struct httpd_route *route, char *value)
{
	route->times = (unsigned)number(value);
}
static void on_repeat(struct httpd_route *route, char *value)
{
	route->pace.repeat = number(value);
	if (route->pace.repeat == HTTPD_NEVER && !route->pace.chunked)
		route->no_length = route->pace.close = true;
}
static void on_interim(struct httpd_route *route, char *value)
{
	route->interims = (unsigned)number(value);
}
static void on_delay(struct httpd_route *route, char *value)
{
	route->pace.delay_ms = milliseconds(value);
}
static void on_drip(struct httpd_route *route, char *value)
{
	route->pace.body_rate = number(value);
}
static void on_drip_head(struct httpd_route *route, char *value)
{
	route->pace.head_rate = number(value);
}
static void on_cut(struct httpd_route *route, char *value)
{
	route->pace.cut = number(value);
}
static void on_reset(struct httpd_route *route, char *value)
{
	route->pace.reset = *value != '\0' ? number(value) : 0;
}
static void on_send_buffer(struct httpd_route *route, char *value)
{
	route->pace.send_buffer = (int)number(value);
}
static void on_hang(struct httpd_route *route, char *value)
{
	(void)value;
	route->pace.hang = true;
}
static void on_close(struct httpd_route *route, char *value)
{
	(void)value;
	route->pace.close = true;
}
static void on_silent(struct httpd_route *route, char *value)
{
	(void)value;
	route->pace.silent = true;
}
static void on_gated(struct httpd_route *route, char *value)
{
	(void)value;
	route->pace.gated = true;
}
static void on_bare(struct httpd_route *route, char *value)
{
	(void)value;
	route->bare = true;
}
static void on_echo(struct httpd_route *route, char *value)
{
	(void)value;
	route->echo = true;
}
static void on_unconditional(struct httpd_route *route, char *value)
{
	(void)value;
	route->unconditional = true;
}

static const struct word {
	const char *name, *argument, *help;
	void (*take)(struct httpd_route *route, char *value);
} words[] = {
	{ "status", "N [REASON]", "answer with this status", on_status },
	{ "header", "NAME: VALUE", "add a header verbatim; beats an automatic one", on_header },
	{ "redirect", "URL", "Location, and status 302 unless another is said", on_redirect },
	{ "file", "PATH", "the body, below --root", on_file },
	{ "text", "BYTES", "the body; several are joined", on_text },
	{ "echo", "", "the body is the request's head as it came", on_echo },
	{ "raw", "BYTES", "all that is sent: no status line, no headers; then close", on_raw },
	{ "times", "N", "only for the first N requests; the next route that fits serves the rest",
		on_times },
	{ "unconditional", "", "200 although the request's validators fit", on_unconditional },
	{ "bare", "", "no automatic headers (Date, Content-Length, Content-Type)", on_bare },
	{ "length", "N|none", "this Content-Length, true or not; none: the close ends the body",
		on_length },
	{ "chunked", "[unended]", "chunked; unended: without the last chunk, then closed",
		on_chunked },
	{ "repeat", "N|endless", "send the body so often", on_repeat },
	{ "interim", "N", "N times 103 before the answer", on_interim },
	{ "junk", "N [SIZE]", "N more headers of SIZE bytes", on_junk },
	{ "delay", "TIME", "wait before the answer (2s, 150ms)", on_delay },
	{ "drip", "N", "N bytes of body a second", on_drip },
	{ "drip-head", "N", "N bytes of head a second", on_drip_head },
	{ "cut", "N", "close behind N bytes of body", on_cut },
	{ "reset", "[N]", "RST behind N bytes of body", on_reset },
	{ "send-buffer", "N", "the kernel keeps so much that has not arrived (it doubles it)",
		on_send_buffer },
	{ "hang", "", "stay open and silent behind the answer", on_hang },
	{ "silent", "", "take the request and never answer", on_silent },
	{ "gated", "", "wait until there is a file `gate' below --root", on_gated },
	{ "close", "", "Connection: close", on_close },
};

int httpd_word(struct httpd_route *route, char *line)
{
	size_t i, length = strcspn(line, " \t");
	char *value = line + length;

	value += strspn(value, " \t");
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i].name) == length && memcmp(words[i].name, line, length) == 0) {
			words[i].take(route, value);
			return 0;
		}
	}
	return -1;
}

void httpd_words_help(FILE *out)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char *left = mem_printf("%s %s", words[i].name, words[i].argument);

		fprintf(out, "  %-22s %s\n", left, words[i].help);
		free(left);
	}
}
