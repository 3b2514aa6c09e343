#include "tests/support/httpd.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"

static struct httpd_route *route_new(const char *pattern)
{
	struct httpd_route *route = MEM_NEW(struct httpd_route);

	route->pattern = mem_strdup(pattern);
	route->status = 200;
	route->pace.repeat = 1;
	route->pace.cut = route->pace.reset = HTTPD_NEVER;
	buf_init(&route->headers, 16u << 20);
	buf_init(&route->text, 16u << 20);
	return route;
}

static void routes_free(struct httpd_route *route)
{
	struct httpd_route *next;

	for (; route != NULL; route = next) {
		next = route->next;
		free(route->pattern);
		free(route->reason);
		free(route->file);
		free(route->length);
		buf_release(&route->headers);
		buf_release(&route->text);
		free(route);
	}
}

static char *read_all(const char *path, size_t *out_length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf text;
	ssize_t n;

	if (fd < 0) {
		if (errno != ENOENT)
			perror(path);
		*out_length = 0;
		return mem_strdup(""); /* a test may remove it: then there are no routes */
	}
	buf_init(&text, 16u << 20);
	while (buf_reserve(&text, 4096) == 0 && (n = read(fd, text.data + text.length, 4096)) > 0)
		buf_grown(&text, (size_t)n);
	close(fd);
	return buf_take(&text, out_length);
}

static void parse(struct httpd_script *script)
{
	char *text = mem_dup(script->source, script->source_length + 1), *rest = text, *line;
	struct httpd_route **tail = &script->routes, *route = NULL;
	unsigned number = 0;
	size_t blank;

	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		blank = strspn(line, " \t");
		if (line[blank] == '\0' || line[blank] == '#')
			continue;
		if (blank == 0) {
			route = *tail = route_new(line);
			tail = &route->next;
		} else if (route == NULL || httpd_word(route, line + blank) < 0) {
			fprintf(stderr, "httpd: %s:%u: \"%s\" is no word of a route\n",
				script->path, number, line + blank);
			exit(2);
		}
	}
	free(text);
}

void httpd_script_refresh(struct httpd_script *script)
{
	size_t length;
	char *text;

	if (script->path == NULL)
		return;
	/* Its bytes and not its time: two changes may fall into one tick. */
	text = read_all(script->path, &length);
	if (script->source != NULL && length == script->source_length &&
		memcmp(text, script->source, length) == 0) {
		free(text);
		return;
	}
	httpd_script_release(script);
	script->source = text;
	script->source_length = length;
	parse(script);
}

struct httpd_route *httpd_script_match(
	struct httpd_script *script, const char *host, const char *path)
{
	char *whole = mem_printf("%s%s", host, path);
	struct httpd_route *route;

	for (route = script->routes; route != NULL; route = route->next) {
		if (route->times > 0 && route->used >= route->times)
			continue;
		if (fnmatch(route->pattern, route->pattern[0] == '/' ? path : whole, 0) == 0) {
			route->used++;
			break;
		}
	}
	free(whole);
	return route;
}

void httpd_script_release(struct httpd_script *script)
{
	routes_free(script->routes);
	free(script->source);
	script->routes = NULL;
	script->source = NULL;
}
