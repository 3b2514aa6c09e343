#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/time.h"
#include "ctl/reply.h"
#include "ctl/row.h"

static struct value value_of(const char *json)
{
	return (struct value){ json, strlen(json) };
}

static void assert_text(const char *json, const char *wanted)
{
	struct buf scratch;
	struct text text;
	char *copy;

	buf_init(&scratch, 1 << 16);
	text = value_text(value_of(json), &scratch);
	copy = mem_strndup(text.at, text.length);
	assert_string_equal(copy, wanted);
	free(copy);
	buf_release(&scratch);
}

static void strings_are_decoded_and_lists_joined(void **state)
{
	(void)state;
	assert_text("\"plain\"", "plain");
	assert_text("\"a\\\"b\\\\c\\n\\t\\/\"", "a\"b\\c\n\t/");
	assert_text("\"\\u00e9\\ud83d\\ude00\"", "\xC3\xA9\xF0\x9F\x98\x80");
	assert_text("\"\\ud83d alone\"", "\xEF\xBF\xBD alone");
	assert_text("null", "");
	assert_text("17", "17");
	assert_text("true", "true");
	assert_text("[\"a\",\"b\\u0021\",3]", "a,b!,3");
	assert_text("[]", "");
	assert_text("[{\"url\":null,\"name\":\"Ann\"},{\"url\":\"u\"}]", "Ann,u");
}

static void members_are_found_wherever_they_stand(void **state)
{
	static const char json[] = "{\"id\" : 7, \"t\":\"}]\\\"{\",\"list\":[{\"id\":1},[]], "
				   "\"o\":{\"id\":2},\"z\":null}";
	struct row *row = MEM_NEW(struct row);
	struct column id = COLUMN("id"), z = COLUMN("z");

	(void)state;
	assert_true(row_of(value_of(json), row));
	assert_int_equal(row->count, 5);
	assert_int_equal(value_int(row_get(row, &id)), 7);
	assert_true(value_is_null(row_get(row, &z)));
	assert_int_equal(z.hint, 4);
	assert_true(value_is_null(row_find(row, "none")));
	assert_int_equal(row_find(row, "list").length, strlen("[{\"id\":1},[]]"));
	free(row);
}

static void what_is_no_object_is_noticed(void **state)
{
	static const char *const broken[] = { "", "[", "{", "{\"a\"", "{\"a\":", "{\"a\":1",
		"{\"a\":\"", "{\"a\":[1", "{\"a\":1 \"b\":2}", "{a:1}", "{\"a\":\"\\\"}" };
	struct row *row = MEM_NEW(struct row);

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_false(row_of(value_of(broken[i]), row));
	free(row);
}

static void times_are_read_and_their_absence_told(void **state)
{
	(void)state;
	assert_int_equal(value_time(value_of("\"1970-01-02T00:00:00Z\"")), 86400);
	assert_true(value_time(value_of("null")) == TIME_NONE);
	assert_true(value_time(value_of("\"soon\"")) == TIME_NONE);
}

/* ------------------------------------------------------------ replies ---- */

struct heard {
	unsigned rows, replies, looks;
	int64_t sum;
	bool stop;
};

static int on_row(void *ctx, const struct row *row, struct err *err)
{
	struct heard *heard = ctx;

	heard->rows++;
	heard->sum += value_int(row_find(row, "id"));
	return heard->stop ? err_set(err, ERR_IO, "enough") : 0;
}

static int on_reply(void *ctx, const struct row *parameters, bool continues, struct err *err)
{
	struct heard *heard = ctx;

	(void)continues;
	(void)err;
	heard->replies++;
	assert_true(value_is_null(row_find(parameters, "items")));
	return 0;
}

static int tell(const char *message, struct heard *heard, bool *out_continues, struct err *err)
{
	struct listener listener = { .row = on_row, .reply = on_reply };

	return reply_tell(message, strlen(message), &listener, heard, out_continues, err);
}

static void rows_are_told_before_their_reply(void **state)
{
	struct heard heard = { 0 };
	struct err err;
	bool continues;

	(void)state;
	assert_int_equal(tell("{\"parameters\":{\"items\":[{\"id\":1},{\"id\":2}],\"unknown\":[]},"
			      "\"continues\":true}",
				 &heard, &continues, &err),
		0);
	assert_true(continues);
	assert_int_equal(heard.rows, 2);
	assert_int_equal(heard.sum, 3);
	assert_int_equal(heard.replies, 1);
	assert_int_equal(tell("{}", &heard, &continues, &err), 0);
	assert_false(continues);
}

static void errors_come_with_their_sentence_and_kind(void **state)
{
	static const struct {
		const char *message;
		enum err_code code;
		const char *words;
	} cases[] = {
		{ "{\"error\":\"org.feedd.Usage\",\"parameters\":{\"message\":\"no\",\"class\":"
		  "\"failed\"}}",
			ERR_USAGE, "no" },
		{ "{\"error\":\"org.feedd.NoSuchFeed\",\"parameters\":{\"message\":\"none\","
		  "\"class\":\"not_found\"}}",
			ERR_NOT_FOUND, "none" },
		{ "{\"error\":\"org.feedd.FetchFailed\",\"parameters\":{\"message\":\"x\","
		  "\"class\":"
		  "\"no_daemon\"}}",
			ERR_FAILED, "x" },
		{ "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{"
		  "\"parameter\":"
		  "\"added_since\"}}",
			ERR_USAGE, "added-since" },
		{ "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{}}",
			ERR_FAILED, "older" },
		{ "{\"parameters\":{\"items\":[{\"id\":1}", ERR_SYNTAX, "can't be read" },
		{ "hello", ERR_SYNTAX, "can't be read" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct heard heard = { 0 };
		struct err err;
		bool continues;

		assert_int_equal(tell(cases[i].message, &heard, &continues, &err), -1);
		assert_int_equal(err.code, cases[i].code);
		assert_non_null(strstr(err.text, cases[i].words));
	}
}

static void a_listener_that_stops_has_the_last_word(void **state)
{
	struct heard heard = { .stop = true };
	struct err err;
	bool continues;

	(void)state;
	assert_int_equal(tell("{\"parameters\":{\"rows\":[{\"id\":1},{\"id\":2}]}}", &heard,
				 &continues, &err),
		-1);
	assert_int_equal(heard.rows, 1);
	assert_string_equal(err.text, "enough");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_decoded_and_lists_joined),
		cmocka_unit_test(members_are_found_wherever_they_stand),
		cmocka_unit_test(what_is_no_object_is_noticed),
		cmocka_unit_test(times_are_read_and_their_absence_told),
		cmocka_unit_test(rows_are_told_before_their_reply),
		cmocka_unit_test(errors_come_with_their_sentence_and_kind),
		cmocka_unit_test(a_listener_that_stops_has_the_last_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
