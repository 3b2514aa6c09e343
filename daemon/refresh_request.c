#include "daemon/refresh_priv.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define HEADERS_MAX 32u

/* "a: b\nc: d\n" to a NULL-ended list. */
static char **split_headers(const char *lines)
{
	char **headers;
	size_t count = 0;

	if (lines == NULL || lines[0] == '\0')
		return NULL;
	headers = MEM_ARRAY(HEADERS_MAX + 1, char *);
	while (*lines != '\0' && count < HEADERS_MAX) {
		size_t length = strcspn(lines, "\n");

		if (length > 0)
			headers[count++] = mem_strndup(lines, length);
		lines += length + (lines[length] == '\n' ? 1 : 0);
	}
	return headers;
}

/* "host:port", "[::1]:8080". */
static void split_private(struct refresh_request *request, const char *at)
{
	const char *colon = at != NULL ? strrchr(at, ':') : NULL;

	if (colon == NULL)
		return;
	request->private_host = at[0] == '[' && colon > at + 1
					? mem_strndup(at + 1, (size_t)(colon - at) - 2)
					: mem_strndup(at, (size_t)(colon - at));
	request->fetch.private_host = request->private_host;
	request->fetch.private_port = (unsigned)strtoul(colon + 1, NULL, 10);
}

/* Whatever else went wrong the last time, the name was found for it. */
static void see_name(struct refresh_request *request, const struct store_state *state)
{
	bool silent = strcmp(state->error_class, err_word(ERR_DNS)) == 0;

	request->fetch.name_silent = silent;
	request->fetch.name_found = !silent && (state->failures > 0 || state->last_ok_s > 0);
}

void refresh_request_init(struct refresh_request *request, const struct store_claim *claim,
	bool conditional, int64_t now_ms)
{
	const struct store_settings *settings = &claim->settings;
	const struct store_validators *validators = &claim->validators;

	*request = (struct refresh_request){ .fetch = { .url = claim->url,
						     .delta = settings->delta,
						     .auth = settings->auth,
						     .proxy = settings->proxy,
						     .insecure = settings->insecure,
						     .downgrade = settings->downgrade,
						     .ca = settings->ca,
						     .cert = settings->cert,
						     .key = settings->key,
						     .now_s = now_ms / 1000,
						     .now_part_ms = (unsigned)(now_ms % 1000) } };
	request->headers = split_headers(settings->headers);
	request->fetch.headers = (const char *const *)request->headers;
	split_private(request, settings->private_at);
	see_name(request, &claim->state);
	if (!conditional || validators->url == NULL)
		return;
	request->fetch.validator_url = validators->url;
	request->fetch.last_modified = validators->last_modified;
	request->fetch.last_modified_length = validators->last_modified_length;
	/* A server that does not know its own ETag gets the date alone, because
	 * it must not look at that while there is an ETag. */
	if (policy_conditional_of(claim->state.conditional) == POLICY_LM_ONLY &&
		validators->last_modified_length > 0)
		return;
	request->fetch.etag = validators->etag;
	request->fetch.etag_length = validators->etag_length;
}

void refresh_request_release(struct refresh_request *request)
{
	for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
		free(request->headers[i]);
	free(request->headers);
	free(request->private_host);
	*request = (struct refresh_request){ 0 };
}
