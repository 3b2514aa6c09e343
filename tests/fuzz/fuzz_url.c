/*
 * The first line is a base, the rest a reference: what resolves resolves again
 * to itself, what counts as a web URL has nothing in it that a terminal or a
 * request line must not see, and everything that takes URLs takes any.
 */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_web(const char *url)
{
	const char *at;

	if (!url_is_web(url, strlen(url)))
		return;
	for (at = url; *at != '\0'; at++)
		check((unsigned char)*at > ' ' && *at != 0x7f);
	check(strlen(url) <= URL_MAX);
}

static void check_resolved(const char *text, const char *reference)
{
	char *base, *url, *again;

	if (url_resolve("", text, &base) != 1)
		base = mem_strdup("");
	if (url_resolve(base, reference, &url) == 1) {
		check_web(url);
		/* An absolute result needs no base any more, and is what it is. */
		check(url_resolve("", url, &again) == 1);
		check(strcmp(url, again) == 0);
		free(again);
		free(url);
	}
	free(base);
}

static void check_subscribed(const char *typed)
{
	char *url, *userinfo, *again, *none;
	struct url_parts parts;
	struct err err;

	if (url_subscribe(typed, &url, &userinfo, &err) < 0) {
		check(err.code == ERR_BAD_URL && err.text[0] != '\0');
		return;
	}
	check(url_is_web(url, strlen(url)));
	check(url_split(url, &parts, &err) == 0);
	check(parts.user[0] == '\0' && parts.port > 0 && parts.target[0] != '\0');
	url_parts_release(&parts);
	check(url_subscribe(url, &again, &none, &err) == 0);
	check(strcmp(url, again) == 0 && none == NULL);
	free(url);
	free(userinfo);
	free(again);
}

/* What is compared is in one spelling: with a scheme again, it stays what it is.  (A
 * second "www." would go then, and a port where it is the scheme's.) */
static void check_normal(const char *text)
{
	char *normal = url_normalise(text), *url, *again;

	if (normal == NULL)
		return;
	url = mem_printf("http%s://%s", strstr(normal, ":443") != NULL ? "" : "s", normal);
	again = strstr(normal, ":80") == NULL && strncmp(normal, "www.", 4) != 0
			? url_normalise(url)
			: NULL;
	check(again == NULL || strcmp(normal, again) == 0);
	free(again);
	free(url);
	free(normal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_alloc(size + 1), *reference;

	setlocale(LC_CTYPE, "C.UTF-8");
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	reference = strchr(text, '\n');
	if (reference != NULL)
		*reference++ = '\0';
	else
		reference = text + size;
	check_resolved(text, reference);
	check_resolved("https://example.org/a/b;c?d", reference);
	check_subscribed(text);
	check_normal(text);
	free(url_redact(text));
	free(url_origin(text));
	free(text);
	return 0;
}
