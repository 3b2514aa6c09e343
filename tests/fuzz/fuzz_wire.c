/*
 * Any bytes as a call and as replies: a call that passes the check has the
 * types that the table says; replies read the same however they are cut.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "common/wire.h"

#define BYTES_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void check_call(const char *message, size_t length)
{
	const struct command *command;
	struct wire_fault fault;
	struct wire_call call;
	struct buf out;
	struct err err;
	const char *name;
	json_t *value;
	char *text;

	if (wire_call_parse(message, length, &call, &err) < 0)
		return;
	switch (wire_call_check(&call, &command, &fault)) {
	case 1:
		json_object_foreach(call.parameters, name, value)
			demand(command_param(command, name) != NULL);
		buf_init(&out, BYTES_MAX);
		text = json_dumps(call.parameters, JSON_COMPACT);
		demand(wire_put_call(&out, call.method, text, WIRE_MORE) == 0);
		free(text);
		demand(strlen(out.data) + 1 == out.length);
		buf_release(&out);
		break;
	case 0:
		break;
	default:
		demand(utf8_valid(fault.value, strlen(fault.value)));
		buf_init(&out, BYTES_MAX);
		demand(wire_put_fault(&out, &fault) == 0);
		buf_release(&out);
		break;
	}
	wire_call_release(&call);
}

static int note(struct buf *told, const char *what, const struct wire_row *row)
{
	struct json_writer w;
	size_t i;

	demand(buf_printf(told, "%s(", what) == 0);
	for (i = 0; i < row->count; i++) {
		const struct wire_value *value = &row->values[i];

		demand(utf8_valid(value->text, value->length));
		demand(value->text[value->length] == '\0');
		demand(value->key[value->key_length] == '\0');
		demand(value->inside < row->count - i);
	}
	json_begin(&w, told);
	wire_put_row(&w, row);
	demand(json_ok(&w));
	return 0;
}

static int on_row(void *ctx, const char *list, const struct wire_row *row)
{
	return note(ctx, list, row);
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues)
{
	return note(ctx, continues ? "part" : "end", parameters);
}

static int on_error(void *ctx, const char *name, const struct wire_row *parameters)
{
	return note(ctx, name, parameters);
}

static int read_in(const char *data, size_t size, size_t piece, struct buf *told)
{
	static const struct wire_listener listener = { on_row, on_reply, on_error };
	struct wire_reader *reader = wire_reader_new(&listener, told);
	struct err err;
	size_t at;
	int result = 0;

	buf_init(told, BYTES_MAX);
	for (at = 0; at < size && result == 0; at += piece)
		result = wire_read(reader, data + at, size - at < piece ? size - at : piece, &err);
	wire_reader_free(reader);
	return result;
}

static void check_replies(const char *data, size_t size)
{
	struct buf whole, cut;
	int result = read_in(data, size, size + 1, &whole);
	size_t piece;

	for (piece = 1; piece <= 8; piece = piece * 2 + 1) {
		demand(read_in(data, size, piece, &cut) == result);
		if (result == 0)
			demand(whole.length == cut.length &&
				memcmp(whole.data, cut.data, cut.length) == 0);
		buf_release(&cut);
	}
	buf_release(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *nul = size > 0 ? memchr(text, '\0', size) : NULL;

	check_call(text, nul != NULL ? (size_t)(nul - text) : size);
	check_replies(text, size);
	return 0;
}
