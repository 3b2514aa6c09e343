#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/base64.h"
#include "common/command.h"
#include "common/mem.h"
#include "common/object.h"
#include "common/varlink.h"

static void commands_are_found_by_unambiguous_prefix(void **state)
{
	static const struct {
		const char *typed;
		const char *wanted; /* NULL: none; "?": several */
		const char *near;
	} cases[] = {
		{ "list", "list", NULL },
		{ "ref", "refresh", NULL },
		{ "mark-r", "mark-read", NULL },
		{ "mark", "?", NULL },
		{ "tag", "tag", NULL },
		{ "sta", "?", NULL },
		{ "star", "star", NULL },
		{ "status", "status", NULL },
		{ "query add", "query add", NULL },
		{ "q l", "query list", NULL },
		{ "query", "?", NULL },
		{ "rule ap", "rule apply", NULL },
		{ "lsit", NULL, "list" },
		{ "feds", NULL, "feeds" },
		{ "statsu", NULL, "status" },
		{ "frobnicate", NULL, NULL },
		{ "", NULL, NULL },
		{ "list x", NULL, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct command *command = NULL;
		const char *near = NULL;
		struct err err;
		int found = command_find(cases[i].typed, &command, &near, &err);
		const char *got = found < 0 ? "?" : found == 0 ? NULL : command->name;

		if ((got == NULL) != (cases[i].wanted == NULL) ||
			(got != NULL && strcmp(got, cases[i].wanted) != 0))
			fail_msg("%s: %s", cases[i].typed, got != NULL ? got : "none");
		if (found == 0 && cases[i].near != NULL) {
			assert_non_null(near);
			assert_string_equal(near, cases[i].near);
		}
		if (strcmp(cases[i].typed, "frobnicate") == 0)
			assert_null(near);
	}
}

static void several_are_named(void **state)
{
	const struct command *command;
	struct err err;

	(void)state;
	assert_int_equal(command_find("mark", &command, NULL, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_non_null(strstr(err.text, "mark-read"));
	assert_non_null(strstr(err.text, "mark-unread"));
}

static void methods_are_found_as_they_are_spelled(void **state)
{
	(void)state;
	assert_string_equal(command_by_method("MarkRead")->name, "mark-read");
	assert_null(command_by_method("markread"));
	assert_null(command_by_method(""));
}

static void parameters_are_found_in_both_spellings(void **state)
{
	const struct command *list = command_by_method("List");

	(void)state;
	assert_ptr_equal(command_param(list, "added-since"), command_param(list, "added_since"));
	assert_non_null(command_param(list, "added-since"));
	assert_null(command_param(list, "added"));
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void methods_are_the_commands_in_camel_case(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < COMMANDS; i++) {
		const char *method = command_table[i].method;
		const char *name = command_table[i].name;
		bool start = true;

		if (method == NULL)
			continue;
		for (j = 0; name[j] != '\0'; j++) {
			if (!is_letter(name[j])) {
				start = true;
				continue;
			}
			assert_int_equal(*method++, start ? name[j] - 'a' + 'A' : name[j]);
			start = false;
		}
		assert_int_equal(*method, '\0');
	}
}

static void every_reply_has_its_object(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COMMANDS; i++) {
		const struct command *command = &command_table[i];

		if (command->method != NULL && command->reply != REPLY_NONE &&
			command->reply != REPLY_TEXT && object_find(command->object) == NULL)
			fail_msg("%s", command->name);
	}
}

static void field_names_are_varlink_names(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < FIELDS; i++) {
		const char *name = field_table[i].name;

		assert_true(is_letter(name[0]));
		for (j = 0; name[j] != '\0'; j++)
			assert_true(is_letter(name[j]) || name[j] == '_' ||
				    (name[j] >= '0' && name[j] <= '9'));
	}
}

static void an_explanation_is_a_feed_too(void **state)
{
	const struct object *explain = object_find("explain");

	(void)state;
	assert_non_null(object_field(explain, "etag"));
	assert_non_null(object_field(explain, "unread"));
	assert_null(object_field(explain, "nothing"));
}

static void the_description_names_every_method_type_and_error(void **state)
{
	struct buf out;
	char line[100];
	size_t i;

	(void)state;
	buf_init(&out, 1 << 20);
	assert_int_equal(varlink_describe("org.feedd", &out), 1);
	for (i = 0; i < COMMANDS; i++) {
		snprintf(line, sizeof(line), "\nmethod %s(", command_table[i].method);
		if (command_table[i].method != NULL)
			assert_non_null(strstr(out.data, line));
	}
	assert_non_null(strstr(out.data, "\ntype Item ("));
	assert_non_null(strstr(out.data, "a feed or an item by its id, a number does, too"));
	assert_non_null(strstr(out.data, "\nerror NoSuchFeed ("));
	assert_null(strchr(out.data, '-') != NULL ? strstr(out.data, "added-since") : NULL);
	/* What is feedctl's alone: files, ages, options. */
	assert_null(strstr(out.data, "@"));
	assert_null(strstr(out.data, "6h"));
	assert_null(strstr(out.data, "--"));
	assert_non_null(strstr(out.data, "  # user:password\n  auth: ?string"));
	/* Of what is watched a time is another one than of what is listed. */
	assert_non_null(
		strstr(out.data, "\n  # dated then or later; a cursor: behind it\n  since:"));
	assert_non_null(strstr(out.data,
		"\n  # what came or changed then or later; a cursor: behind it\n  since:"));
	buf_clear(&out);
	assert_int_equal(varlink_describe("org.varlink.service", &out), 1);
	buf_clear(&out);
	assert_int_equal(varlink_describe("org.nobody", &out), 0);
	buf_release(&out);
}

/* What a field is of: of lists and of nothing, too. */
static bool is_described(const char *type)
{
	static const char *const plain[] = { "bool", "int", "float", "string", "object" };
	size_t i;

	type += type[0] == '?';
	type += strncmp(type, "[]", 2) == 0 ? 2 : 0;
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (strcmp(plain[i], type) == 0)
			return true;
	for (i = 0; i < OBJECTS; i++)
		if (strcmp(object_table[i].type, type) == 0)
			return true;
	return false;
}

static void objects_in_objects_have_types_that_are_described(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FIELDS; i++) {
		if (!is_described(field_table[i].type))
			fail_msg("%s: %s", field_table[i].name, field_table[i].type);
		/* What may be anything is one field, whose words say what it is. */
		if (strstr(field_table[i].type, "object") != NULL)
			assert_int_equal(i, FIELD_STAT_VALUE);
	}
	assert_non_null(strstr(field_table[FIELD_STAT_VALUE].help, "a list of Bar"));
}

/* From the name of a method to the end of what it answers. */
static char *described(const char *method)
{
	char *line = mem_printf("\nmethod %s(", method), *text = NULL;
	const char *at, *end;
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(varlink_describe("org.feedd", &out), 1);
	at = strstr(out.data, line);
	assert_non_null(at);
	end = strstr(at, "\n\n");
	text = mem_strndup(at, end != NULL ? (size_t)(end - at) : strlen(at));
	buf_release(&out);
	free(line);
	return text;
}

static void what_the_reply_to_a_part_lacks_may_be_null(void **state)
{
	static const char *const parted[] = { "Push", "Restore", "Set", "Pause", "Resume", "Revert",
		"Remove", "MarkRead", "MarkUnread", "Star", "Unstar", "Tag", "Untag" };
	const char *at;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(parted) / sizeof(parted[0]); i++) {
		text = described(parted[i]);
		at = strstr(text, " -> (");
		assert_non_null(at);
		while ((at = strstr(at, ": ")) != NULL)
			assert_int_equal(*(at += 2), '?');
		free(text);
	}
	text = described("Count");
	assert_non_null(strstr(text, "\n  count: int"));
	free(text);
}

static void the_description_says_what_is_more_than_was_asked(void **state)
{
	char *text = described("Watch");

	(void)state;
	assert_non_null(strstr(text, "always cursor and event"));
	free(text);
}

static void base64_is_what_it_was(void **state)
{
	static const struct {
		const char *plain, *text;
	} cases[] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xFF\xFE\xFD", "//79" } };
	static const char *const broken[] = { "Z", "Zg=", "Z===", "Zg==Zg==", "Zm9\n",
		"====", "-_A=" };
	struct buf out;
	struct err err;
	size_t i;

	(void)state;
	buf_init(&out, 100);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(base64_encode(&out, cases[i].plain, strlen(cases[i].plain)), 0);
		assert_string_equal(out.data, cases[i].text);
		buf_clear(&out);
		assert_int_equal(
			base64_decode(&out, cases[i].text, strlen(cases[i].text), &err), 0);
		assert_int_equal(out.length, strlen(cases[i].plain));
		assert_memory_equal(out.data, cases[i].plain, out.length);
		buf_clear(&out);
	}
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		assert_int_equal(base64_decode(&out, broken[i], strlen(broken[i]), &err), -1);
		assert_int_equal(err.code, ERR_SYNTAX);
		assert_int_equal(out.length, 0);
	}
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_found_by_unambiguous_prefix),
		cmocka_unit_test(several_are_named),
		cmocka_unit_test(methods_are_found_as_they_are_spelled),
		cmocka_unit_test(parameters_are_found_in_both_spellings),
		cmocka_unit_test(methods_are_the_commands_in_camel_case),
		cmocka_unit_test(every_reply_has_its_object),
		cmocka_unit_test(field_names_are_varlink_names),
		cmocka_unit_test(an_explanation_is_a_feed_too),
		cmocka_unit_test(the_description_names_every_method_type_and_error),
		cmocka_unit_test(objects_in_objects_have_types_that_are_described),
		cmocka_unit_test(what_the_reply_to_a_part_lacks_may_be_null),
		cmocka_unit_test(the_description_says_what_is_more_than_was_asked),
		cmocka_unit_test(base64_is_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
