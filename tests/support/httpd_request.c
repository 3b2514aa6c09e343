#include "tests/support/httpd.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/mem.h"

const char *httpd_request_header(const struct httpd_request *request, const char *name)
{
	size_t i;

	for (i = 0; i < request->header_count; i++) {
		if (strcasecmp(request->headers[i].name, name) == 0)
			return request->headers[i].value;
	}
	return NULL;
}

/* "http://host/x" as a proxy gets it -> "/x". */
static const char *path_of(const char *target)
{
	const char *at = strstr(target, "://");

	if (target[0] == '/' || at == NULL)
		return target;
	at = strpbrk(at + 3, "/?");
	return at != NULL ? at : "/";
}

static void take_header(struct httpd_request *request, char *line)
{
	char *colon = strchr(line, ':');
	struct httpd_header *header;

	if (colon == NULL || request->header_count == HTTPD_HEADERS_MAX)
		return;
	*colon++ = '\0';
	header = &request->headers[request->header_count++];
	header->name = line;
	header->value = colon + strspn(colon, " ");
}

static char *host_of(const struct httpd_request *request)
{
	const char *host = httpd_request_header(request, "Host");
	size_t length;

	if (host == NULL)
		return mem_strdup("");
	length = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
	return mem_strndup(host, length);
}

int httpd_request_parse(
	const char *data, size_t length, struct httpd_request *out_request, size_t *out_length)
{
	const char *end = memmem(data, length, "\r\n\r\n", 4), *value;
	struct httpd_request request = { 0 };
	char *rest, *line, *host;
	size_t body;

	if (end == NULL)
		return length > 1u << 20 ? -1 : 0;
	request.source = data;
	request.source_length = (size_t)(end - data) + 4;
	/* The host is kept behind the head, in the same memory. */
	rest = request.text = mem_alloc(2 * request.source_length + 2);
	memcpy(rest, data, request.source_length - 4);
	rest[request.source_length - 4] = '\0';
	line = strsep(&rest, "\r\n");
	request.method = strsep(&line, " ");
	request.target = line != NULL ? line : request.method + strlen(request.method);
	if ((value = strrchr(request.target, ' ')) != NULL) {
		request.close = strcmp(value, " HTTP/1.0") == 0;
		request.target[value - request.target] = '\0';
	}
	request.path = path_of(request.target);
	while ((line = strsep(&rest, "\r\n")) != NULL)
		take_header(&request, line);
	host = host_of(&request);
	request.host = strcpy(request.text + request.source_length, host);
	free(host);
	value = httpd_request_header(&request, "Connection");
	if (value != NULL && strcasecmp(value, "close") == 0)
		request.close = true;
	value = httpd_request_header(&request, "Content-Length");
	body = value != NULL ? (size_t)strtoul(value, NULL, 10) : 0;
	if (length - request.source_length < body) {
		free(request.text);
		return 0;
	}
	*out_length = request.source_length + body;
	*out_request = request;
	return 1;
}

void httpd_request_release(struct httpd_request *request)
{
	free(request->text);
	request->text = NULL;
}

static int add_json(struct buf *out, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;
	int full = buf_add_byte(out, '"');

	/* Bytes beyond ASCII are logged as if they were Latin-1: none is lost. */
	for (; *at != '\0' && full == 0; at++) {
		if (*at == '"' || *at == '\\')
			full = buf_printf(out, "\\%c", *at);
		else if (*at < 0x20 || *at >= 0x7f)
			full = buf_printf(out, "\\u%04x", *at);
		else
			full = buf_add_byte(out, (char)*at);
	}
	return full == 0 ? buf_add_byte(out, '"') : -1;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A write of its own, so that whoever has the answer finds the line, too. */
static void write_line(struct httpd *httpd, struct buf *line)
{
	size_t done = 0;
	ssize_t n;

	while (done < line->length) {
		n = write(httpd->log, line->data + done, line->length - done);
		if (n < 0 && errno != EINTR) {
			perror("httpd: log");
			exit(1);
		}
		done += n > 0 ? (size_t)n : 0;
	}
	buf_release(line);
}

static int begin_line(struct buf *line, const struct httpd_listener *listener, unsigned conn)
{
	buf_init(line, 16u << 20);
	return buf_printf(line, "{\"time\":%lld,\"listener\":\"%s\",\"conn\":%u,",
		(long long)now_ms(), listener->name, conn);
}

void httpd_log_request(struct httpd *httpd, const struct httpd_listener *listener, unsigned conn,
	unsigned number, const struct httpd_request *request, const struct httpd_socks *socks,
	bool tls, unsigned status)
{
	const char *host = httpd_request_header(request, "Host");
	struct buf line;
	int full;
	size_t i;

	if (httpd->log < 0)
		return;
	full = begin_line(&line, listener, conn);
	full |= buf_printf(&line, "\"number\":%u,\"method\":", number);
	full |= add_json(&line, request->method);
	full |= buf_add_text(&line, ",\"target\":");
	full |= add_json(&line, request->target);
	full |= buf_add_text(&line, ",\"host\":");
	full |= add_json(&line, host != NULL ? host : "");
	full |= buf_add_text(&line, ",\"headers\":[");
	for (i = 0; i < request->header_count; i++) {
		full |= buf_add_text(&line, i > 0 ? ",[" : "[");
		full |= add_json(&line, request->headers[i].name);
		full |= buf_add_byte(&line, ',');
		full |= add_json(&line, request->headers[i].value);
		full |= buf_add_byte(&line, ']');
	}
	full |= buf_printf(&line, "],\"status\":%u,\"tls\":%s", status, tls ? "true" : "false");
	if (socks->version > 0) {
		full |= buf_printf(&line, ",\"socks\":{\"version\":%u,\"host\":", socks->version);
		full |= add_json(&line, socks->host);
		full |= buf_printf(&line, ",\"port\":%u,\"user\":", socks->port);
		full |= add_json(&line, socks->user);
		full |= buf_add_byte(&line, '}');
	}
	if ((full | buf_add_text(&line, "}\n")) == 0)
		write_line(httpd, &line);
}

void httpd_log_event(struct httpd *httpd, const struct httpd_listener *listener, unsigned conn,
	const char *event, uint64_t bytes)
{
	struct buf line;

	if (httpd->log < 0 || !httpd->log_events)
		return;
	if (begin_line(&line, listener, conn) == 0 &&
		buf_printf(&line, "\"event\":\"%s\",\"bytes\":%llu}\n", event,
			(unsigned long long)bytes) == 0)
		write_line(httpd, &line);
}
