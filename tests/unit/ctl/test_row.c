#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/time.h"
#include "tests/unit/ctl/rows.h"

struct wanted {
	const char *text;
	int64_t time;
};

static int on_value(void *ctx, const struct wire_row *row, struct err *err)
{
	const struct wanted *wanted = ctx;
	const struct wire_value *value = wire_row_get(row, "v");
	char *copy = value_strdup(value);

	(void)err;
	assert_string_equal(copy, wanted->text);
	assert_true(value_time(value) == wanted->time);
	free(copy);
	return 0;
}

static void assert_value(const char *json, const char *text, int64_t unix_s)
{
	struct wanted wanted = { text, unix_s };
	char *object = mem_printf("{\"a\":[0],\"v\":%s}", json);
	struct err err;

	if (tell_row(object, on_value, &wanted, &err) < 0)
		fail_msg("%s: %s", json, err.text);
	free(object);
}

static void strings_are_decoded_and_lists_joined(void **state)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "\"plain\"", "plain" },
		{ "\"a\\\"b\\\\c\\n\\t\\/\"", "a\"b\\c\n\t/" },
		{ "\"\\u00e9\\ud83d\\ude00\"", "\xC3\xA9\xF0\x9F\x98\x80" },
		{ "\"\\ud83d alone\"", "\xEF\xBF\xBD alone" },
		{ "null", "" },
		{ "17", "17" },
		{ "1.50", "1.50" },
		{ "true", "true" },
		{ "[\"a\",\"b\\u0021\",3]", "a,b!,3" },
		{ "[]", "" },
		{ "[{\"url\":null,\"name\":\"Ann\"},{\"url\":\"u\"}]", "Ann,u" },
		{ "[{\"at\":\"t\",\"status\":null,\"new\":2},{\"at\":\"u\",\"status\":304}]",
			"t - 2,u 304" },
		{ "[[1,2],[3]]", "1,2,3" },
		{ "{\"a\":[1,null],\"b\":\"\\n\"}", "{\"a\":[1,null],\"b\":\"\\n\"}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_value(cases[i].json, cases[i].text, TIME_NONE);
}

static void times_are_read_and_their_absence_told(void **state)
{
	(void)state;
	assert_value("\"1970-01-02T00:00:00Z\"", "1970-01-02T00:00:00Z", 86400);
	assert_value("null", "", TIME_NONE);
	assert_value("\"soon\"", "soon", TIME_NONE);
}

static int on_members(void *ctx, const struct wire_row *row, struct err *err)
{
	struct column *columns = ctx;

	(void)err;
	assert_int_equal(value_int(row_get(row, &columns[0])), 7);
	assert_true(value_is_null(row_get(row, &columns[1])));
	assert_non_null(row_get(row, &columns[1]));
	assert_null(wire_row_get(row, "none"));
	return 0;
}

/* Also where the hint points into another value. */
static void members_are_found_wherever_they_stand(void **state)
{
	struct column columns[] = { COLUMN("id"), COLUMN("z") };
	struct err err;

	(void)state;
	assert_int_equal(tell_row("{\"id\" : 7, \"t\":\"}]\\\"{\",\"list\":[{\"id\":1},[]], "
				  "\"o\":{\"id\":2},\"z\":null},"
				  "{\"o\":{\"id\":2,\"z\":[],\"o\":{}},\"z\":null,\"id\":7},"
				  "{\"o\":{\"z\":1,\"id\":2,\"p\":{\"id\":3}},\"id\":7,\"z\":null}",
				 on_members, columns, &err),
		0);
}

static void what_is_no_object_is_noticed(void **state)
{
	static const char *const broken[] = { "[", "{", "{\"a\"", "{\"a\":", "{\"a\":1",
		"{\"a\":\"", "{\"a\":[1", "{\"a\":1 \"b\":2}", "{a:1}", "{\"a\":\"\\\"}", "1" };

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct err err;

		assert_int_equal(tell_row(broken[i], NULL, NULL, &err), -1);
		assert_int_equal(err.code, ERR_SYNTAX);
	}
}

/* ------------------------------------------------------------ replies ---- */

struct heard {
	unsigned rows, replies, looks;
	int64_t sum;
	bool stop;
};

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct heard *heard = ctx;

	heard->rows++;
	heard->sum += value_int(wire_row_get(row, "id"));
	return heard->stop ? err_set(err, ERR_IO, "enough") : 0;
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct heard *heard = ctx;

	(void)continues;
	(void)err;
	heard->replies++;
	assert_true(value_is_null(wire_row_get(parameters, "items")));
	return 0;
}

static int tell(const char *message, struct heard *heard, bool *out_over, struct err *err)
{
	struct listener listener = { .row = on_row, .reply = on_reply };
	struct reply *reply = reply_new();
	int result = reply_read(
		reply, message, strlen(message) + 1, &listener, heard, out_over, err);

	reply_free(reply);
	return result;
}

static void rows_are_told_before_their_reply(void **state)
{
	struct heard heard = { 0 };
	struct err err;
	bool over;

	(void)state;
	assert_int_equal(tell("{\"parameters\":{\"items\":[{\"id\":1},{\"id\":2}],\"unknown\":[]},"
			      "\"continues\":true}",
				 &heard, &over, &err),
		0);
	assert_false(over);
	assert_int_equal(heard.rows, 2);
	assert_int_equal(heard.sum, 3);
	assert_int_equal(heard.replies, 1);
	assert_int_equal(tell("{}", &heard, &over, &err), 0);
	assert_true(over);
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
		bool over;

		assert_int_equal(tell(cases[i].message, &heard, &over, &err), -1);
		assert_int_equal(err.code, cases[i].code);
		assert_non_null(strstr(err.text, cases[i].words));
	}
}

static void a_listener_that_stops_has_the_last_word(void **state)
{
	struct heard heard = { .stop = true };
	struct err err;
	bool over;

	(void)state;
	assert_int_equal(
		tell("{\"parameters\":{\"rows\":[{\"id\":1},{\"id\":2}]}}", &heard, &over, &err),
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
