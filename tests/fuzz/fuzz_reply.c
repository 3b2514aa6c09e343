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

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct buf scratch;

	(void)ctx;
	(void)err;
	buf_init(&scratch, 1 << 20);
	for (size_t i = 0; i < row->count; i++) {
		const struct wire_value *value = &row->values[i];
		struct text text = value_text(value, &scratch);
		struct entry entry = value_entry(value);
		struct column column = { value->key, value->key_length, i };

		free(mem_strndup(text.at, text.length)); /* reads all of it */
		(void)value_time(value);
		(void)value_int(value);
		if (entry.name != NULL && !value_is_text(entry.name))
			abort();
		if (value->depth == 0 && row_get(row, &column) == NULL)
			abort();
	}
	buf_release(&scratch);
	return 0;
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	(void)continues;
	return on_row(ctx, parameters, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listener listener = { .row = on_row, .reply = on_reply };
	char *message = mem_strndup((const char *)data, size);
	size_t length = strlen(message);
	struct reply *reply = reply_new();
	struct words words;
	struct err err;
	bool over;

	/* An error's further sentences would be said. */
	if (strstr(message, "error") == NULL &&
		reply_read(reply, message, length + 1, &listener, NULL, &over, &err) < 0 &&
		err.text[0] == '\0')
		abort();
	reply_free(reply);
	input_split(message, length, false, &words); /* takes it */
	for (size_t i = 0; i < words.count; i++) {
		if (words.list[i][0] == '\0')
			abort();
	}
	input_release(&words);
	return 0;
}
