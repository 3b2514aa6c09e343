#ifndef TESTS_UNIT_CTL_ROWS_H
#define TESTS_UNIT_CTL_ROWS_H

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/reply.h"

/*
 * Rows out of JSON, as they come from the daemon.
 */

/* Tell `object` to a callback as a row that came. */
static int tell_row(const char *object,
	int (*told)(void *ctx, const struct wire_row *row, struct err *err), void *ctx,
	struct err *err)
{
	struct listener listener = { .row = told };
	struct reply *reply = reply_new();
	char *message = mem_printf("{\"parameters\":{\"items\":[%s]}}", object);
	bool over;
	int result = reply_read(reply, message, strlen(message) + 1, &listener, ctx, &over, err);

	reply_free(reply);
	free(message);
	return result;
}

#endif
