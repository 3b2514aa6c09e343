#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire.h"

/* ------------------------------------------------------------- calls ---- */

/* Whether the message is a call, and which row it means: its method; else the
 * error it is answered with, and its parameter. */
static void judged(const char *message, const char *wanted)
{
	const struct command *command = NULL;
	struct wire_fault fault;
	struct wire_call call;
	struct err err;
	char got[300];

	if (wire_call_parse(message, strlen(message), &call, &err) < 0) {
		snprintf(got, sizeof(got), "! %s", err_word(err.code));
	} else {
		switch (wire_call_check(&call, &command, &fault)) {
		case 1:
			snprintf(got, sizeof(got), "%s", command->method);
			break;
		case 0:
			snprintf(got, sizeof(got), "service");
			break;
		default:
			snprintf(got, sizeof(got), "%s %s=%s",
				fault.error + strlen(WIRE_SERVICE) + 1, fault.key, fault.value);
			break;
		}
		wire_call_release(&call);
	}
	if (strcmp(got, wanted) != 0)
		fail_msg("%s: %s, not %s", message, got, wanted);
}

static void calls_are_checked_against_the_table(void **state)
{
	static const struct {
		const char *message, *wanted;
	} cases[] = {
		{ "{\"method\":\"org.feedd.Status\"}", "Status" },
		{ "{\"method\":\"org.feedd.Status\",\"parameters\":null}", "Status" },
		{ "{\"method\":\"org.feedd.Status\",\"parameters\":{\"metrics\":true},\"x\":1}",
			"Status" },
		{ "{\"method\":\"org.feedd.List\",\"parameters\":{\"limit\":5,\"feed\":[\"a\",1],"
		  "\"tag\":\"x\",\"since\":null,\"added_since\":\"c1.2\"}}",
			"List" },
		{ "{\"method\":\"org.varlink.service.GetInfo\"}", "service" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
		  "\"parameters\":{\"interface\":\"a.b\"}}",
			"service" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\"}",
			"InvalidParameter parameter=interface" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
		  "\"parameters\":{\"interface\":\"a.b\",\"x\":null}}",
			"InvalidParameter parameter=x" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
		  "\"parameters\":{\"interface\":null}}",
			"InvalidParameter parameter=interface" },
		{ "{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":{\"x\":1}}",
			"InvalidParameter parameter=x" },
		{ "{\"method\":\"org.varlink.service.Nope\"}",
			"MethodNotFound method=org.varlink.service.Nope" },
		{ "{\"method\":\"org.feedd.Nope\"}", "MethodNotFound method=org.feedd.Nope" },
		{ "{\"method\":\"org.feedd.list\"}", "MethodNotFound method=org.feedd.list" },
		{ "{\"method\":\"org.other.List\"}", "InterfaceNotFound interface=org.other" },
		{ "{\"method\":\"List\"}", "InterfaceNotFound interface=List" },
		{ "{\"method\":\"\"}", "InterfaceNotFound interface=" },
		{ "{\"method\":\"org.feedd.List\",\"parameters\":{\"limit\":\"5\"}}",
			"InvalidParameter parameter=limit" },
		{ "{\"method\":\"org.feedd.List\",\"parameters\":{\"limit\":-1}}",
			"InvalidParameter parameter=limit" },
		{ "{\"method\":\"org.feedd.List\",\"parameters\":{\"unread\":1}}",
			"InvalidParameter parameter=unread" },
		{ "{\"method\":\"org.feedd.List\",\"parameters\":{\"tag\":[1]}}",
			"InvalidParameter parameter=tag" },
		{ "{\"method\":\"org.feedd.List\",\"parameters\":{\"added-since\":\"c1\"}}",
			"InvalidParameter parameter=added-since" },
		{ "{\"method\":\"org.feedd.List\",\"parameters\":{\"group\":\"day\"}}",
			"InvalidParameter parameter=group" },
		{ "{\"method\":\"org.feedd.Add\"}", "InvalidParameter parameter=urls" },
		{ "{\"method\":\"org.feedd.Add\",\"parameters\":{\"urls\":null}}",
			"InvalidParameter parameter=urls" },
		{ "{\"method\":\"org.feedd.Add\",\"parameters\":{\"urls\":[]}}", "Add" },
		{ "{\"method\":\"org.feedd.\\u001b[31m\"}",
			"MethodNotFound method=org.feedd. [31m" },
		{ "{\"method\":1}", "! parse" },
		{ "{\"parameters\":{}}", "! parse" },
		{ "{\"method\":\"org.feedd.Status\",\"parameters\":[]}", "! parse" },
		{ "{\"method\":\"org.feedd.Status\",\"more\":1}", "! parse" },
		{ "[]", "! parse" },
		{ "", "! parse" },
		{ "{\"method\":\"a\",\"method\":\"b\"}", "! parse" },
		{ "{\"method\":\"\xFF\"}", "! parse" },
		{ "[[[[[[[[[[[[[[[[[", "! too_large" },
		{ "{\"method\":\"[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[\"}",
			"InterfaceNotFound interface=[[[[[[[[[[[[[[[[[[[[[[[[\"[[[" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		judged(cases[i].message, cases[i].wanted);
}

static void ids_of_feeds_and_items_may_be_numbers_everywhere(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];

		for (j = 0; j < command->param_count; j++) {
			const struct param *param = &command->params[j];
			bool feed = strncmp(param->name, "feed", 4) == 0;

			if (feed || strcmp(param->name, "items") == 0)
				assert_int_equal(param->type, feed ? TYPE_FEED : TYPE_ITEM);
		}
	}
	judged("{\"method\":\"org.feedd.Explain\",\"parameters\":{\"feed\":1}}", "Explain");
	judged("{\"method\":\"org.feedd.Log\",\"parameters\":{\"feed\":1}}", "Log");
	judged("{\"method\":\"org.feedd.Star\",\"parameters\":{\"items\":[1,\"2\"]}}", "Star");
	judged("{\"method\":\"org.feedd.Pause\",\"parameters\":{\"feeds\":1}}", "Pause");
	judged("{\"method\":\"org.feedd.QueryRemove\",\"parameters\":{\"name\":1}}",
		"InvalidParameter parameter=name");
	judged("{\"method\":\"org.feedd.RuleRemove\",\"parameters\":{\"rule\":\"1\"}}",
		"InvalidParameter parameter=rule");
}

static void every_method_of_the_table_can_be_called_and_no_other_command(void **state)
{
	char message[200], wanted[200];
	size_t i;

	(void)state;
	for (i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];
		bool required = command->param_count > 0 &&
				(command->params[0].kind == PARAM_REQUIRED ||
					command->params[0].kind == PARAM_MANY) &&
				command->params[0].scope != SCOPE_LOCAL;

		if (command->method == NULL)
			continue;
		snprintf(
			message, sizeof(message), "{\"method\":\"org.feedd.%s\"}", command->method);
		snprintf(wanted, sizeof(wanted), "%s%s",
			required ? "InvalidParameter parameter=" : command->method,
			required ? command->params[0].name : "");
		judged(message, wanted);
	}
}

/* A piece of a document stays where it stands; short or odd ones are as ever. */
static void a_long_text_is_read_in_its_place(void **state)
{
	static const struct {
		const char *before, *behind;
		int fill; /* letters of "A" between them */
		bool stays;
	} cases[] = {
		{ "{\"method\":\"m\",\"parameters\":{\"text\":\"", "\",\"part\":true}}", 8000,
			true },
		{ "{\"method\":\"m\",\"parameters\":{\"text\":\"", "==\"}}", 8000, true },
		{ "{\"method\":\"m\",\"parameters\":{\"text\":\"", "\"}}", 8, false },
		{ "{\"method\":\"m\",\"parameters\":{\"text\":\"", "\\n\"}}", 8000, false },
		{ "{\"text\":\"", "\",\"method\":\"m\",\"parameters\":{\"text\":\"x\"}}", 8000,
			false },
	};
	char message[9000];
	struct wire_call call;
	struct err err;
	size_t i, before;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		before = strlen(cases[i].before);
		strcpy(message, cases[i].before);
		memset(message + before, 'A', (size_t)cases[i].fill);
		strcpy(message + before + cases[i].fill, cases[i].behind);
		assert_int_equal(wire_call_parse(message, strlen(message), &call, &err), 0);
		assert_int_equal(call.text != NULL, cases[i].stays);
		assert_int_equal(json_string_length(json_object_get(call.parameters, "text")) == 0,
			cases[i].stays);
		if (call.text != NULL)
			assert_ptr_equal(call.text, message + before);
		wire_call_release(&call);
	}
}

static void what_the_client_writes_the_daemon_reads(void **state)
{
	struct wire_call call;
	struct buf out;
	struct err err;

	(void)state;
	buf_init(&out, 1000);
	assert_int_equal(
		wire_put_call(&out, "MarkRead", "{\"items\":[\"1\",\"a\\nb\"]}", WIRE_MORE), 0);
	assert_int_equal(out.data[out.length - 1], '\0');
	assert_int_equal(strlen(out.data), out.length - 1);
	assert_int_equal(wire_call_parse(out.data, out.length - 1, &call, &err), 0);
	assert_string_equal(call.method, "org.feedd.MarkRead");
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(call.parameters, "items"), 1)),
		"a\nb");
	assert_true(call.more);
	assert_false(call.oneway);
	wire_call_release(&call);
	buf_release(&out);
}

static void a_call_that_does_not_fit_leaves_nothing(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 20);
	assert_int_equal(wire_put_call(&out, "MarkRead", NULL, 0), -1);
	assert_int_equal(out.length, 0);
	buf_release(&out);
}

/* ----------------------------------------------------------- replies ---- */

/* What a listener is told, a line each. */
struct told {
	struct buf text;
	int stop_at;
	int calls;
};

static void note_value(struct told *told, const struct wire_value *value)
{
	struct wire_row inside = wire_row_in(value);
	const struct wire_value *one = NULL;

	assert_int_equal(strlen(value->key), value->key_length);
	assert_int_equal(strlen(value->text), value->length);
	assert_int_equal(buf_printf(&told->text, " %s%c%s", value->key, "0ft#=[{"[value->kind],
				 value -> text),
		0);
	while ((one = wire_row_next(&inside, one)) != NULL) {
		assert_int_equal(one->depth, value->depth + 1);
		note_value(told, one);
	}
	if (value->kind >= WIRE_ARRAY)
		assert_int_equal(buf_add_byte(&told->text, "]}"[value->kind - WIRE_ARRAY]), 0);
}

static int note_row(struct told *told, const struct wire_row *row)
{
	const struct wire_value *value = NULL;

	while ((value = wire_row_next(row, value)) != NULL)
		note_value(told, value);
	assert_int_equal(buf_add_byte(&told->text, '\n'), 0);
	return told->calls++ == told->stop_at ? -1 : 0;
}

static int on_row(void *ctx, const char *list, const struct wire_row *row)
{
	struct told *told = ctx;

	assert_int_equal(buf_printf(&told->text, "row %s", list), 0);
	return note_row(told, row);
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues)
{
	struct told *told = ctx;

	assert_int_equal(buf_add_text(&told->text, continues ? "part" : "end"), 0);
	return note_row(told, parameters);
}

static int on_error(void *ctx, const char *name, const struct wire_row *parameters)
{
	struct told *told = ctx;

	assert_int_equal(buf_printf(&told->text, "error %s", name), 0);
	return note_row(told, parameters);
}

static const struct wire_listener listener = { on_row, on_reply, on_error };

static enum err_code read_in(const char *bytes, size_t length, size_t piece, struct told *told)
{
	struct wire_reader *reader = wire_reader_new(&listener, told);
	struct err err = { .code = ERR_NONE };
	size_t at, n;
	int result = 0;

	buf_init(&told->text, 100000);
	told->calls = 0;
	for (at = 0; at < length && result == 0; at += n) {
		char *copy;

		n = length - at < piece ? length - at : piece;
		copy = test_malloc(n);
		memcpy(copy, bytes + at, n);
		result = wire_read(reader, copy, n, &err);
		test_free(copy);
	}
	if (result == 0 && !wire_reader_idle(reader))
		err.code = ERR_INCOMPLETE;
	wire_reader_free(reader);
	return result < 0 && err.code == ERR_NONE ? ERR_CANCELLED : err.code;
}

static const char stream[] =
	"{\"parameters\":{\"items\":[{\"id\":1,\"t\":\"a\\u00e4\",\"x\":[1,{\"k\":\"v\"}],\"n\":"
	"null},"
	"{}],\"note\":true},\"continues\":true}\0"
	"{\"parameters\":{\"events\":[{\"at\":\"now\"}],\"feeds\":[],\"unknown\":[\"a\",\"b\"]}}\0"
	"{\"error\":\"org.feedd.NoSuchFeed\",\"parameters\":{\"message\":\"no\",\"class\":\"c\"}}\0"
	"{\"parameters\":{\"f\":-1.5e3},\"error\":\"org.varlink.service.InvalidParameter\"}\0"
	"{\"parameters\":{\"fields\":[\"id\",\"x\"],\"arrays\":[[1,[2,{\"k\":\"v\"}]],[null,{}]],"
	"\"arrays\":[]}}\0"
	"{}\0";

static const char told_of_stream[] = "row items id#1 t=a\xC3\xA4 x[ #1 { k=v}] n0\n"
				     "row items\n"
				     "part notettrue\n"
				     "row events at=now\n"
				     "end unknown[ =a =b]\n"
				     "error NoSuchFeed message=no class=c\n"
				     "error org.varlink.service.InvalidParameter f#-1.5e3\n"
				     "row arrays id#1 x[ #2 { k=v}]\n"
				     "row arrays id0 x{}\n"
				     "end fields[ =id =x]\n"
				     "end\n";

static void replies_read_the_same_in_whatever_pieces(void **state)
{
	struct told told = { .stop_at = -1 };
	size_t piece;

	(void)state;
	for (piece = 1; piece < sizeof(stream); piece++) {
		assert_int_equal(read_in(stream, sizeof(stream) - 1, piece, &told), ERR_NONE);
		assert_string_equal(told.text.data, told_of_stream);
		buf_release(&told.text);
	}
}

static int write_again(void *ctx, const char *list, const struct wire_row *row)
{
	struct json_writer w;

	(void)list;
	json_begin(&w, ctx);
	wire_put_row(&w, row);
	return json_ok(&w) ? 0 : -1;
}

static void a_row_written_again_is_the_same(void **state)
{
	static const struct wire_listener writer = { .row = write_again };
	static const char row[] = "{\"a\":[1.50,[],{}],\"\\\"k\\u0000\":{\"b\":[true,null]},"
				  "\"t\":\"x\\u0000\\n\"}";
	struct buf again, message;
	struct wire_reader *reader;
	struct err err;

	(void)state;
	buf_init(&again, 1000);
	buf_init(&message, 1000);
	assert_int_equal(buf_printf(&message, "{\"parameters\":{\"rows\":[%s]}}", row), 0);
	reader = wire_reader_new(&writer, &again);
	assert_int_equal(wire_read(reader, message.data, message.length + 1, &err), 0);
	assert_string_equal(again.data, row);
	wire_reader_free(reader);
	buf_release(&again);
	buf_release(&message);
}

static void half_a_reply_is_not_idle(void **state)
{
	struct told told = { .stop_at = -1 };

	(void)state;
	assert_int_equal(read_in("{\"parameters\":{}", 16, 16, &told), ERR_INCOMPLETE);
	buf_release(&told.text);
}

static void what_is_no_reply_is_refused(void **state)
{
	static const char *const cases[] = { "[]", "1", "\"x\"", "{\"parameters\":[]",
		"{\"parameters\":{\"items\":[1]}}", "{\"parameters\":{\"items\":[[]]}}",
		"{\"parameters\":{\"fields\":[\"a\"],\"arrays\":[{}]}}",
		"{\"parameters\":{\"fields\":[\"a\"],\"arrays\":[[1,2]]}}",
		"{\"parameters\":{\"fields\":[\"a\"],\"arrays\":[[]]}}",
		"{\"parameters\":{\"arrays\":[[1]],\"fields\":[\"a\"]}}", "{\"error\":1}",
		"{\"parameters\":{}", "nonsense", "" };
	struct told told = { .stop_at = -1 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum err_code code = read_in(cases[i], strlen(cases[i]) + 1, 3, &told);

		if (code != ERR_SYNTAX && strcmp(cases[i], "{\"parameters\":[]") != 0)
			fail_msg("%s: %s", cases[i], err_word(code));
		assert_int_not_equal(code, ERR_NONE);
		buf_release(&told.text);
	}
}

static void a_listener_stops_the_reading(void **state)
{
	struct told told = { .stop_at = 0 };

	(void)state;
	for (told.stop_at = 0; told.stop_at < 8; told.stop_at++) {
		assert_int_equal(read_in(stream, sizeof(stream) - 1, 50, &told), ERR_CANCELLED);
		assert_int_equal(told.calls, told.stop_at + 1);
		buf_release(&told.text);
	}
}

static void errors_carry_sentence_class_and_details(void **state)
{
	static const char *const details[] = { "one", "two" };
	struct told told = { .stop_at = -1 };
	struct buf out;
	struct err err;

	(void)state;
	err_set(&err, ERR_AMBIGUOUS, "several");
	buf_init(&out, 1000);
	assert_int_equal(
		wire_put_error(&out, wire_error_of(err.code), &err, details, 2, "[{\"url\":null}]"),
		0);
	assert_int_equal(read_in(out.data, out.length, 7, &told), ERR_NONE);
	assert_string_equal(told.text.data,
		"error Ambiguous message=several class=ambiguous details[ =one =two] "
		"links[ { url0}]\n");
	buf_release(&told.text);
	buf_release(&out);
}

static void every_code_has_an_error_and_none_is_usage_by_accident(void **state)
{
	int code;

	(void)state;
	for (code = ERR_NONE + 1; code < ERR_CODES; code++) {
		enum wire_error error = wire_error_of((enum err_code)code);

		assert_true(error < WIRE_ERRORS);
		if (error == WIRE_USAGE)
			assert_int_equal(code, ERR_USAGE);
	}
	assert_int_equal(wire_error_of(ERR_LOCKED), WIRE_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_checked_against_the_table),
		cmocka_unit_test(every_method_of_the_table_can_be_called_and_no_other_command),
		cmocka_unit_test(ids_of_feeds_and_items_may_be_numbers_everywhere),
		cmocka_unit_test(a_long_text_is_read_in_its_place),
		cmocka_unit_test(what_the_client_writes_the_daemon_reads),
		cmocka_unit_test(a_call_that_does_not_fit_leaves_nothing),
		cmocka_unit_test(replies_read_the_same_in_whatever_pieces),
		cmocka_unit_test(a_row_written_again_is_the_same),
		cmocka_unit_test(half_a_reply_is_not_idle),
		cmocka_unit_test(what_is_no_reply_is_refused),
		cmocka_unit_test(a_listener_stops_the_reading),
		cmocka_unit_test(errors_carry_sentence_class_and_details),
		cmocka_unit_test(every_code_has_an_error_and_none_is_usage_by_accident),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
