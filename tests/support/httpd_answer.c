#include "tests/support/httpd.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/mem.h"

#define HEAD_MAX (16u << 20)

/* What a file of the root is, as far as headers tell. */
struct file {
	int fd;
	size_t size;
	char etag[48], modified[40];
	bool gzip;
};

static void http_date(time_t when, char *out, size_t size)
{
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(out, size, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

static const char *type_of(const char *path)
{
	static const char *const types[][2] = { { ".rss", "application/rss+xml" },
		{ ".atom", "application/atom+xml" }, { ".xml", "application/xml" },
		{ ".rdf", "application/rdf+xml" }, { ".json", "application/feed+json" },
		{ ".html", "text/html; charset=utf-8" }, { ".opml", "text/x-opml" },
		{ ".txt", "text/plain; charset=utf-8" } };
	const char *dot = strrchr(path, '.');
	size_t i;

	for (i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	}
	return "application/octet-stream";
}

static bool file_open(const char *path, struct file *file)
{
	struct stat st;

	file->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0)
		return false;
	if (fstat(file->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(file->fd);
		return false;
	}
	file->size = (size_t)st.st_size;
	/* Nanoseconds, because a test may write a file twice in a second. */
	snprintf(file->etag, sizeof(file->etag), "\"%llx%09lx-%zx\"",
		(unsigned long long)st.st_mtim.tv_sec, (unsigned long)st.st_mtim.tv_nsec,
		file->size);
	http_date(st.st_mtim.tv_sec, file->modified, sizeof(file->modified));
	return true;
}

static bool find_file(struct httpd *httpd, const struct httpd_request *request, const char *name,
	struct file *file)
{
	const char *accepted = httpd_request_header(request, "Accept-Encoding");
	char *path;
	bool found = false;

	if (httpd->root[0] == '\0' || strstr(name, "..") != NULL)
		return false;
	*file = (struct file){ .fd = -1 };
	if (httpd->gzip_static && accepted != NULL && strstr(accepted, "gzip") != NULL) {
		path = mem_printf("%s/%s.gz", httpd->root, name);
		found = file->gzip = file_open(path, file);
		free(path);
	}
	if (!found) {
		path = mem_printf("%s/%s", httpd->root, name);
		found = file_open(path, file);
		free(path);
	}
	return found;
}

static void file_read(struct file *file, struct httpd_answer *answer)
{
	ssize_t n = 1;

	answer->body = mem_alloc(file->size + 1);
	while (answer->body_length < file->size && n > 0) {
		n = read(file->fd, answer->body + answer->body_length,
			file->size - answer->body_length);
		if (n > 0)
			answer->body_length += (size_t)n;
	}
}

/* The value of a header among "Name: value\r\n" lines; NULL if it is not there. */
static const char *find_line(const struct buf *lines, const char *name, size_t *out_length)
{
	const char *at = lines->data, *end = lines->data + lines->length, *next;
	size_t length = strlen(name);

	for (; at < end; at = next + 2) {
		next = memmem(at, (size_t)(end - at), "\r\n", 2);
		if (next == NULL)
			break;
		if ((size_t)(next - at) <= length || at[length] != ':' ||
			strncasecmp(at, name, length) != 0)
			continue;
		at += length + 1;
		while (at < next && *at == ' ')
			at++;
		*out_length = (size_t)(next - at);
		return at;
	}
	return NULL;
}

static bool is_in_list(const char *list, const char *etag, size_t length)
{
	const char *found = memmem(list, strlen(list), etag, length);

	return found != NULL || strcmp(list, "*") == 0;
}

/* RFC 9110 §13.2.2: If-None-Match alone where there is one, else the date. */
static bool is_unchanged(const struct httpd_request *request, const struct buf *lines)
{
	const char *match = httpd_request_header(request, "If-None-Match");
	const char *since = httpd_request_header(request, "If-Modified-Since"), *value;
	size_t length;

	if (match != NULL) {
		value = find_line(lines, "ETag", &length);
		if (value != NULL && length > 2 && memcmp(value, "W/", 2) == 0) {
			value += 2;
			length -= 2;
		}
		return value != NULL && length > 0 && is_in_list(match, value, length);
	}
	value = find_line(lines, "Last-Modified", &length);
	return since != NULL && value != NULL && strlen(since) == length &&
	       memcmp(since, value, length) == 0;
}

static const char *reason_of(unsigned status)
{
	static const struct {
		unsigned status;
		const char *reason;
	} reasons[] = { { 200, "OK" }, { 204, "No Content" }, { 206, "Partial Content" },
		{ 226, "IM Used" }, { 301, "Moved Permanently" }, { 302, "Found" },
		{ 303, "See Other" }, { 304, "Not Modified" }, { 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 403, "Forbidden" }, { 404, "Not Found" }, { 410, "Gone" },
		{ 429, "Too Many Requests" }, { 500, "Internal Server Error" },
		{ 503, "Service Unavailable" } };
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Status";
}

static void add_default(struct buf *lines, const char *name, const char *value)
{
	size_t length;

	if (find_line(lines, name, &length) == NULL && value[0] != '\0' &&
		buf_printf(lines, "%s: %s\r\n", name, value) < 0)
		abort();
}

static void add_junk(struct buf *lines, const struct httpd_route *route)
{
	char *value = mem_alloc(route->junk_size + 1);
	unsigned i;

	memset(value, 'x', route->junk_size);
	value[route->junk_size] = '\0';
	for (i = 0; i < route->junk && lines->length < HEAD_MAX / 2; i++) {
		if (buf_printf(lines, "X-Junk-%u: %s\r\n", i, value) < 0)
			abort();
	}
	free(value);
}

static void add_length(struct buf *lines, const struct httpd_route *route, const struct file *file,
	const struct httpd_answer *answer)
{
	uint64_t length = file->fd >= 0 ? file->size : answer->body_length;
	char text[32];

	if (route->pace.chunked) {
		add_default(lines, "Transfer-Encoding", "chunked");
	} else if (route->length != NULL) {
		add_default(lines, "Content-Length", route->length);
	} else if (!route->no_length) {
		snprintf(text, sizeof(text), "%llu",
			(unsigned long long)(length * route->pace.repeat));
		add_default(lines, "Content-Length", text);
	}
}

static void put_head(const struct buf *lines, const struct httpd_route *route,
	const struct httpd_request *request, struct httpd_answer *answer)
{
	bool old = answer->status == route->status && route->reason != NULL;
	char date[40];
	unsigned i;

	for (i = 0; i < route->interims; i++) {
		if (buf_add_text(&answer->head,
			    "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n") < 0)
			abort();
	}
	if (buf_printf(&answer->head, "HTTP/1.1 %u %s\r\n", answer->status,
		    old ? route->reason : reason_of(answer->status)) < 0)
		abort();
	if (!route->bare) {
		http_date(time(NULL), date, sizeof(date));
		add_default(&answer->head, "Server", "httpd");
		if (find_line(lines, "Date", &(size_t){ 0 }) == NULL)
			add_default(&answer->head, "Date", date);
		if (request->close || route->pace.close)
			add_default(&answer->head, "Connection", "close");
	}
	if (buf_add(&answer->head, lines->data, lines->length) < 0 ||
		buf_add_text(&answer->head, "\r\n") < 0)
		abort();
}

/* Nothing in the script, nothing below the root, or a file from there. */
static const struct httpd_route *default_route(void)
{
	static struct httpd_route route = { .status = 200,
		.pace = { .repeat = 1, .cut = HTTPD_NEVER, .reset = HTTPD_NEVER } };

	return &route;
}

static void set_body(struct httpd_answer *answer, const char *data, size_t length)
{
	answer->body = mem_dup(data, length);
	answer->body_length = length;
}

static void find_body(struct httpd *httpd, const struct httpd_request *request,
	const struct httpd_route *route, struct file *file, struct httpd_answer *answer)
{
	char *name = mem_strndup(request->path, strcspn(request->path, "?#"));

	if (route->echo)
		set_body(answer, request->source, request->source_length);
	else if (route->file != NULL
			 ? find_file(httpd, request, route->file, file)
			 : route->pattern == NULL && find_file(httpd, request, name, file))
		answer->status = route->status;
	else if (route->file != NULL || route->pattern == NULL) {
		answer->status = 404;
		set_body(answer, "not found\n", 10);
	} else
		set_body(answer, route->text.data, route->text.length);
	free(name);
}

static bool has_body(const struct httpd_answer *answer)
{
	return answer->status != 304 && answer->status != 204;
}

void httpd_answer_make(struct httpd *httpd, const struct httpd_request *request,
	const struct httpd_route *found, struct httpd_answer *out_answer)
{
	const struct httpd_route *route = found != NULL ? found : default_route();
	struct httpd_answer answer = { .status = route->status, .pace = route->pace };
	struct file file = { .fd = -1 };
	const char *name = route->file != NULL ? route->file : request->path;
	struct buf lines;

	buf_init(&answer.head, HEAD_MAX);
	buf_init(&lines, HEAD_MAX);
	if (route->raw) {
		set_body(&answer, route->text.data, route->text.length);
		*out_answer = answer;
		return;
	}
	find_body(httpd, request, route, &file, &answer);
	if (route->headers.length > 0 &&
		buf_add(&lines, route->headers.data, route->headers.length) < 0)
		abort();
	if (file.fd >= 0 && !route->bare) {
		add_default(&lines, "ETag", file.etag);
		add_default(&lines, "Last-Modified", file.modified);
		add_default(&lines, "Content-Encoding", file.gzip ? "gzip" : "");
	}
	if (answer.status == 200 && !route->unconditional && is_unchanged(request, &lines))
		answer.status = 304;
	if (!route->bare && has_body(&answer)) {
		add_default(&lines, "Content-Type", file.fd >= 0 ? type_of(name) : "text/plain");
		add_length(&lines, route, &file, &answer);
	}
	add_junk(&lines, route);
	put_head(&lines, route, request, &answer);
	if (file.fd >= 0) {
		if (has_body(&answer))
			file_read(&file, &answer);
		close(file.fd);
	}
	if (!has_body(&answer)) {
		answer.body_length = 0;
		answer.pace.repeat = 0;
		answer.pace.chunked = false;
	}
	if (request->close)
		answer.pace.close = true;
	buf_release(&lines);
	*out_answer = answer;
}

void httpd_answer_release(struct httpd_answer *answer)
{
	buf_release(&answer->head);
	free(answer->body);
	answer->body = NULL;
}
