#include "daemon/store/restore_address.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/url.h"

void restore_address_release(struct restore_address *address)
{
	free(address->typed);
	free(address->url);
	free(address->auth);
	address->typed = address->url = address->auth = NULL;
}

static int read_address(const char *typed, char **out_url, char **out_auth, struct err *why)
{
	if (!url_is_web(typed, strlen(typed)))
		return err_set(why, ERR_BAD_URL,
			"feedd takes web addresses; a program's output goes to a push: feed");
	return url_subscribe(typed, out_url, out_auth, why);
}

void restore_address_take(struct restore_address *address, const char *typed)
{
	restore_address_release(address);
	address->typed = mem_strdup(typed);
	if (read_address(typed, &address->url, &address->auth, &address->why) < 0)
		address->url = NULL;
}

void restore_address_keep(struct restore_address *address, const char *typed)
{
	restore_address_release(address);
	address->typed = mem_strdup(typed);
	address->url = mem_strdup(typed);
}

bool restore_address_is_numbered(const struct restore_address *address)
{
	const char *host = strstr(address->typed, "://");
	size_t before, digits;

	if (host == NULL || address->url == NULL)
		return false;
	before = (size_t)(host - address->typed) + 3;
	digits = strspn(address->typed + before, "0123456789");
	return digits > 0 && address->typed[before + digits] == '@' &&
	       strncmp(address->url, address->typed, before) == 0 &&
	       strcmp(address->url + before, address->typed + before + digits + 1) == 0;
}

bool restore_address_is(const struct restore_address *address, const char *typed)
{
	return address->typed != NULL && strcmp(address->typed, typed) == 0;
}
