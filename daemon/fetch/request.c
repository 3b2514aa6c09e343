#include "daemon/fetch/request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"

static const char *const *copy_list(const char *const *list)
{
	char **copy;
	size_t count = 0, i;

	if (list == NULL)
		return NULL;
	while (list[count] != NULL)
		count++;
	copy = MEM_ARRAY(count + 1, char *);
	for (i = 0; i < count; i++)
		copy[i] = mem_strdup(list[i]);
	return (const char *const *)copy;
}

/* Ours were allocated, whatever the shared struct says about const. */
static void drop(const void *memory)
{
	free((void *)(uintptr_t)memory);
}

static void drop_list(const char *const *list)
{
	size_t i;

	for (i = 0; list != NULL && list[i] != NULL; i++)
		drop(list[i]);
	drop(list);
}

static const void *copy_bytes(const void *bytes, size_t length)
{
	return length > 0 ? mem_dup(bytes, length) : NULL;
}

void request_copy(struct request *out_request, const struct fetch_request *from)
{
	struct fetch_request *to = &out_request->asked;
	char *plain = mem_strndup(from->url, strcspn(from->url, "#"));

	*out_request = (struct request){ .asked = *from };
	to->url = mem_strdup(from->url);
	to->validator_url = mem_strdup(from->validator_url);
	to->etag = copy_bytes(from->etag, from->etag_length);
	to->last_modified = copy_bytes(from->last_modified, from->last_modified_length);
	to->headers = copy_list(from->headers);
	to->auth = mem_strdup(from->auth);
	to->proxy = mem_strdup(from->proxy);
	to->private_host = mem_strdup(from->private_host);
	to->ca = mem_strdup(from->ca);
	to->cert = mem_strdup(from->cert);
	to->key = mem_strdup(from->key);
	if (url_split(plain, &out_request->home, NULL) < 0)
		out_request->home = (struct url_parts){ 0 };
	free(plain);
}

void request_release(struct request *request)
{
	struct fetch_request *asked = &request->asked;

	drop(asked->url);
	drop(asked->validator_url);
	drop(asked->etag);
	drop(asked->last_modified);
	drop_list(asked->headers);
	drop(asked->auth);
	drop(asked->proxy);
	drop(asked->private_host);
	drop(asked->ca);
	drop(asked->cert);
	drop(asked->key);
	url_parts_release(&request->home);
}

void options_copy(struct fetch_options *out_options, const struct fetch_options *from)
{
	*out_options = *from;
	out_options->proxy = mem_strdup(from->proxy);
	out_options->user_agent = mem_strdup(from->user_agent);
	out_options->allow = copy_bytes(from->allow, from->allow_count * sizeof(*from->allow));
}

void options_release(struct fetch_options *options)
{
	drop(options->proxy);
	drop(options->user_agent);
	drop(options->allow);
}

/* Of the message and its connection (RFC 9110 7.2, 7.6.1, 8.6, 10.1.1), and what
 * would make an answer one that nobody asked for: validators, parts. */
static bool is_ours(const char *name, size_t length)
{
	static const char *const ours[] = { "Connection", "Content-Length", "Expect", "Host",
		"If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
		"Keep-Alive", "Proxy-Connection", "Range", "TE", "Trailer", "Transfer-Encoding",
		"Upgrade" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strlen(ours[i]) == length && strncasecmp(ours[i], name, length) == 0)
			return true;
	return false;
}

int fetch_check_header(const char *line, struct err *err)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t length = strspn(line, token);

	if (length == 0 || line[length] != ':')
		return err_set(err, ERR_USAGE, "header: one line, \"Name: value\"");
	for (const char *at = line + length; *at != '\0'; at++)
		if (((unsigned char)*at < 0x20 && *at != '\t') || *at == 0x7f)
			return err_set(err, ERR_USAGE, "header: one line, \"Name: value\"");
	if (is_ours(line, length))
		return err_set(
			err, ERR_USAGE, "header: %.*s is feedd's own to say", (int)length, line);
	return 0;
}
