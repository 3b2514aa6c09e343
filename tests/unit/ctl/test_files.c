#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/cursor.h"
#include "ctl/files.h"
#include "ctl/out.h"
#include "common/mem.h"

/* Each test works in a directory of its own. */
static int enter(void **state)
{
	char *directory = mem_strdup("/tmp/feedctl-files-XXXXXX");

	if (mkdtemp(directory) == NULL || chdir(directory) < 0)
		return -1;
	*state = directory;
	return 0;
}

static int leave(void **state)
{
	char *command = mem_printf("rm -rf '%s'", (char *)*state);
	int result = chdir("/") < 0 || system(command) != 0;

	free(command);
	free(*state);
	return result;
}

static void assert_holds(const char *path, const char *wanted)
{
	struct err err;
	char *data;
	size_t length;

	if (files_read(path, 1 << 20, &data, &length, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(data, wanted);
	free(data);
}

static void a_file_is_replaced_whole(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(files_replace("f", "one", 3, &err), 0);
	assert_holds("f", "one");
	assert_int_equal(files_replace("f", "longer", 6, &err), 0);
	assert_holds("f", "longer");
	assert_int_equal(files_replace("none/f", "x", 1, &err), -1);
}

static void a_new_file_overwrites_nothing(void **state)
{
	struct err err;
	char *made;
	int fd;

	(void)state;
	assert_int_equal(files_make("b", &made, &fd, &err), 0);
	assert_int_equal(write(fd, "b", 1), 1);
	assert_int_equal(access("b", F_OK), -1);
	assert_int_equal(files_replace("b", "other", 5, &err), 0);
	assert_int_equal(files_place(made, fd, "b", &err), -1);
	assert_int_equal(err.code, ERR_EXISTS);
	assert_true(made == NULL || access(made, F_OK) < 0);
	assert_holds("b", "other");
	close(fd);
	free(made);
	assert_int_equal(files_make("b", &made, &fd, &err), -1);
	assert_int_equal(err.code, ERR_EXISTS);
}

static int count_names(void)
{
	DIR *directory = opendir(".");
	int count = -2; /* . and .. */

	while (readdir(directory) != NULL)
		count++;
	closedir(directory);
	return count;
}

static void a_new_file_has_no_name_before_it_is_whole(void **state)
{
	struct err err;
	struct stat st;
	char *made;
	int fd;

	(void)state;
	assert_int_equal(files_make("b", &made, &fd, &err), 0);
	assert_int_equal(count_names(), made == NULL ? 0 : 1);
	assert_int_equal(write(fd, "whole", 5), 5);
	assert_int_equal(files_place(made, fd, "b", &err), 0);
	close(fd);
	free(made);
	assert_int_equal(count_names(), 1);
	assert_holds("b", "whole");
	assert_int_equal(stat("b", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(files_make("none/b", &made, &fd, &err), -1);
}

static void too_much_is_refused(void **state)
{
	struct err err;
	char *data;
	size_t length;

	(void)state;
	assert_int_equal(files_replace("f", "12345", 5, &err), 0);
	assert_int_equal(files_read("f", 4, &data, &length, &err), -1);
	assert_int_equal(err.code, ERR_TOO_BIG);
	assert_int_equal(files_read("f", 5, &data, &length, &err), 0);
	assert_int_equal(length, 5);
	free(data);
}

static void names_stay_in_their_directory(void **state)
{
	static const struct {
		const char *title, *name;
	} cases[] = { { "News", "News" }, { "a/b", "a_b" }, { "..", "_." }, { "../x", "_._x" },
		{ "", "feed" }, { "tab\there", "tab here" } };
	char *name, *longest = mem_alloc(1001);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		name = files_name_of(cases[i].title, strlen(cases[i].title));
		assert_string_equal(name, cases[i].name);
		free(name);
	}
	memset(longest, 'x', 1000);
	name = files_name_of(longest, 1000);
	assert_int_equal(strlen(name), 200);
	free(name);
	free(longest);
}

static void a_cursor_is_one_word_of_a_file(void **state)
{
	char cursor[CURSOR_MAX];
	struct err err;

	(void)state;
	assert_int_equal(cursor_read("c", cursor, &err), 0);
	assert_int_equal(files_replace("c", "\n", 1, &err), 0);
	assert_int_equal(cursor_read("c", cursor, &err), 0);
	assert_int_equal(cursor_write("c", "c12.3", &err), 0);
	assert_holds("c", "c12.3\n");
	assert_int_equal(cursor_read("c", cursor, &err), 1);
	assert_string_equal(cursor, "c12.3");
	assert_int_equal(files_replace("c", "2026-06-03", 10, &err), 0);
	assert_int_equal(cursor_read("c", cursor, &err), -1);
}

#define MUCH ((size_t)1 << 20) /* more than a pipe holds */

/* A process that keeps one end of a pipe, of which neither waits; we keep the other. */
static pid_t child_at(int ends[2], int keeps)
{
	pid_t pid;

	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	pid = fork();
	assert_true(pid >= 0);
	close(ends[pid == 0 ? !keeps : keeps]);
	return pid;
}

static void assert_went_well(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void output_that_does_not_wait_is_waited_for(void **state)
{
	static struct out out;
	static char much[MUCH];
	int ends[2];
	pid_t pid = child_at(ends, 0);
	struct err err;
	size_t length;

	(void)state;
	if (pid == 0)
		_exit(files_fill(ends[0], "pipe", much, MUCH, &length, &err) < 0 || length != MUCH);
	out_init(&out, ends[1]);
	out_add(&out, much, MUCH - 1);
	out_byte(&out, 'x');
	if (out_flush(&out, &err) < 0)
		fail_msg("%s", err.text);
	close(ends[1]);
	assert_went_well(pid);
}

static void input_that_does_not_wait_is_waited_for(void **state)
{
	static char much[MUCH];
	int ends[2];
	pid_t pid = child_at(ends, 1);
	struct err err;
	size_t length;

	(void)state;
	if (pid == 0)
		_exit(files_write(ends[1], much, MUCH) < 0);
	if (files_fill(ends[0], "pipe", much, MUCH, &length, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(length, MUCH);
	close(ends[0]);
	assert_went_well(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_replaced_whole, enter, leave),
		cmocka_unit_test_setup_teardown(a_new_file_overwrites_nothing, enter, leave),
		cmocka_unit_test_setup_teardown(
			a_new_file_has_no_name_before_it_is_whole, enter, leave),
		cmocka_unit_test_setup_teardown(too_much_is_refused, enter, leave),
		cmocka_unit_test_setup_teardown(names_stay_in_their_directory, enter, leave),
		cmocka_unit_test_setup_teardown(a_cursor_is_one_word_of_a_file, enter, leave),
		cmocka_unit_test(output_that_does_not_wait_is_waited_for),
		cmocka_unit_test(input_that_does_not_wait_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
