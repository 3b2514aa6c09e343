#include "daemon/fetch/request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

static const char *const *copy_list(struct arena *arena, const char *const *list)
{
	const char **copy;
	size_t count = 0, i;

	if (list == NULL)
		return NULL;
	while (list[count] != NULL)
		count++;
	copy = arena_take(arena, (count + 1) * sizeof(*copy));
	for (i = 0; i < count; i++)
		copy[i] = arena_strdup(arena, list[i]);
	copy[count] = NULL;
	return copy;
}

void request_copy(struct request *out_request, const struct fetch_request *from)
{
	struct fetch_request *to = &out_request->asked;
	struct arena *arena = &out_request->memory;
	size_t plain = strcspn(from->url, "#");
	char *url;

	*out_request = (struct request){ .asked = *from };
	to->url = url = arena_strdup(arena, from->url);
	to->validator_url = arena_strdup(arena, from->validator_url);
	to->etag = arena_dup(arena, from->etag, from->etag_length);
	to->last_modified = arena_dup(arena, from->last_modified, from->last_modified_length);
	to->headers = copy_list(arena, from->headers);
	to->auth = arena_strdup(arena, from->auth);
	to->proxy = arena_strdup(arena, from->proxy);
	to->private_host = arena_strdup(arena, from->private_host);
	to->ca = arena_strdup(arena, from->ca);
	to->cert = arena_strdup(arena, from->cert);
	to->key = arena_strdup(arena, from->key);
	url[plain] = '\0';
	if (url_split(url, &out_request->home, NULL) < 0)
		out_request->home = (struct url_parts){ 0 };
	url[plain] = from->url[plain];
}

void request_release(struct request *request)
{
	arena_free(&request->memory);
	url_parts_release(&request->home);
}

/* Ours were allocated, whatever the shared struct says about const. */
static void drop(const void *memory)
{
	free((void *)(uintptr_t)memory);
}

void options_copy(struct fetch_options *out_options, const struct fetch_options *from)
{
	*out_options = *from;
	out_options->proxy = mem_strdup(from->proxy);
	out_options->user_agent = mem_strdup(from->user_agent);
	out_options->allow = mem_dup(from->allow, from->allow_count * sizeof(*from->allow));
}

void options_release(struct fetch_options *options)
{
	drop(options->proxy);
	drop(options->user_agent);
	drop(options->allow);
}
