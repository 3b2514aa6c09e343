/*
 * Replies as feedctl reads them, whatever comes: every value of every row is
 * decoded and walked, and nothing may be read outside of the message.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/input.h"
#include "ctl/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct value value, unsigned depth)
{
	struct value one;
	struct buf scratch;
	struct text text;
	const char *at = NULL;

	buf_init(&scratch, 1 << 20);
	text = value_text(value, &scratch);
	free(mem_strndup(text.at, text.length)); /* reads all of it */
	(void)value_time(value);
	(void)value_int(value);
	while (depth < 4 && value_next(value, &at, &one))
		walk(one, depth + 1);
	buf_release(&scratch);
}

static int on_row(void *ctx, const struct row *row, struct err *err)
{
	(void)ctx;
	(void)err;
	for (size_t i = 0; i < row->count; i++)
		walk(row->member[i].value, 0);
	return 0;
}

static int on_reply(void *ctx, const struct row *parameters, bool continues, struct err *err)
{
	(void)continues;
	return on_row(ctx, parameters, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listener listener = { .row = on_row, .reply = on_reply };
	char *message = mem_strndup((const char *)data, size);
	size_t length = strlen(message);
	struct words words;
	struct err err;
	bool continues;

	/* An error's further sentences would be said. */
	if (strstr(message, "error") == NULL &&
		reply_tell(message, length, &listener, NULL, &continues, &err) < 0 &&
		err.text[0] == '\0')
		abort();
	input_split(message, length, false, &words); /* takes it */
	for (size_t i = 0; i < words.count; i++) {
		if (words.list[i][0] == '\0')
			abort();
	}
	input_release(&words);
	return 0;
}
