#include <libpsl.h>
#include <string.h>

#include "daemon/fetch/site.h"

/* What makes hosts one site. */

/* Addresses have no labels. */
static bool has_labels(const char *host)
{
	return host[strspn(host, "0123456789.")] != '\0' && strchr(host, ':') == NULL;
}

static void key_of(const char *host, char out_key[256])
{
	const psl_ctx_t *list = psl_builtin();
	const char *key = host, *dot = has_labels(host) ? host : NULL;
	size_t length;

	/* From the whole host down: what stands before the first public suffix. */
	for (; dot != NULL; dot = strchr(dot, '.')) {
		dot += *dot == '.';
		if (list == NULL || psl_is_public_suffix2(list, dot, PSL_TYPE_ICANN))
			break;
		key = dot;
	}
	length = strnlen(key, 255);
	memcpy(out_key, key, length);
	out_key[length] = '\0';
}

void site_key(const char *host, char out_key[256])
{
	size_t length = strlen(host);
	char name[256];

	/* "example.org." only says that nothing is to be added to it. */
	if (length > 1 && length <= sizeof(name) && host[length - 1] == '.') {
		memcpy(name, host, length - 1);
		name[length - 1] = '\0';
		host = name;
	}
	key_of(host, out_key);
}
