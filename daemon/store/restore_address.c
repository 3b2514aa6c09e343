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

bool restore_address_is(const struct restore_address *address, const char *typed)
{
	return address->typed != NULL && strcmp(address->typed, typed) == 0;
}
