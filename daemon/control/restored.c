#include "daemon/control/restored.h"

#include <string.h>

#include "daemon/control/call.h"

/* As the elements of an open array. */
static void put_lines(struct json_writer *w, const char *lines)
{
	while (lines != NULL && *lines != '\0') {
		size_t length = strcspn(lines, "\n");

		if (length > 0)
			json_put_text(w, lines, length);
		lines += length;
		lines += *lines == '\n' ? 1 : 0;
	}
}

void restored_answer(void *ctx, const struct store_restored *result, const struct err *err)
{
	struct call *call = ctx;
	struct json_writer *w;

	if (call_commit_failed(call, err))
		return;
	call_told_feeds(call);
	w = call_reply(call);
	json_put_key(w, "feeds");
	json_put_uint(w, result->feeds);
	json_put_key(w, "states");
	json_put_uint(w, result->states);
	json_put_key(w, "waiting");
	json_put_uint(w, result->waiting);
	json_put_key(w, "refused");
	json_put_array(w);
	put_lines(w, result->words);
	json_put_array_end(w);
	call_end(call);
}
