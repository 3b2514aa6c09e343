#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/mem.h"
#include "ctl/hook.h"
#include "tests/unit/ctl/rows.h"

static const char item[] =
	"{\"id\":7,\"event\":\"new\",\"feed_id\":2,\"feed_title\":\"F\","
	"\"title\":\"a\\nFEEDD_URL=evil\\u001b[2J $(id)\",\"url\":\"https://x/\","
	"\"date\":\"2026-06-03T10:00:00Z\",\"cursor\":\"c1\"}";

static bool pidfds_are_refused;

/* In place of the C library's. */
int pidfd_open(pid_t pid, unsigned flags)
{
	if (!pidfds_are_refused)
		return (int)syscall(SYS_pidfd_open, pid, flags);
	errno = EPERM;
	return -1;
}

struct hooked {
	const struct hook *hook;
	int json;
};

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	const struct hooked *hooked = ctx;

	return hook_run(hooked->hook, row, hooked->json, err);
}

/* Run a shell script as a hook; what it printed, the caller's to free(). */
static char *run_for(unsigned seconds, const char *script, int *out_result, struct err *err)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, (char *)"sh",
		(char *)"two words", NULL };
	struct hook hook = { .argv = argv, .socket = "/run/s", .seconds = seconds };
	int json = memfd_create("item", MFD_CLOEXEC), seen = memfd_create("seen", MFD_CLOEXEC);
	int saved = dup(STDOUT_FILENO);
	struct hooked hooked = { &hook, json };
	off_t length;
	char *text;

	assert_int_equal(write(json, item, strlen(item)), strlen(item));
	dup2(seen, STDOUT_FILENO);
	*out_result = tell_row(item, on_row, &hooked, err);
	dup2(saved, STDOUT_FILENO);
	length = lseek(seen, 0, SEEK_END);
	text = mem_alloc((size_t)length + 1);
	assert_int_equal(pread(seen, text, (size_t)length, 0), length);
	text[length] = '\0';
	close(saved);
	close(seen);
	close(json);
	return text;
}

static char *run(const char *script, int *out_result, struct err *err)
{
	return run_for(0, script, out_result, err);
}

static void assert_prints(const char *script, const char *wanted)
{
	struct err err;
	int result;
	char *text = run(script, &result, &err);

	if (result < 0)
		fail_msg("%s: %s", script, err.text);
	assert_string_equal(text, wanted);
	free(text);
}

static void facts_are_harmless_lines(void **state)
{
	(void)state;
	assert_prints("printf '%s' \"$FEEDD_TITLE\"", "a FEEDD_URL=evil [2J $(id)");
	assert_prints("printf '%s|' \"$FEEDD_ID\" \"$FEEDD_EVENT\" \"$FEEDD_FEED_ID\" "
		      "\"$FEEDD_FEED_TITLE\" \"$FEEDD_URL\" \"$FEEDD_DATE\" \"$FEEDD_CURSOR\"",
		"7|new|2|F|https://x/|2026-06-03T10:00:00Z|c1|");
	assert_prints("env | grep -c '^FEEDD_URL='", "1\n");
}

static void the_item_is_on_standard_input(void **state)
{
	(void)state;
	assert_prints("cat", item);
}

static void words_stay_as_they_are(void **state)
{
	(void)state;
	assert_prints("printf '%s|' \"$@\"", "two words|");
}

static void nothing_of_ours_is_open_or_taken_over(void **state)
{
	(void)state;
	setenv("FEEDD_SECRET", "x", 1);
	setenv("SECRET", "x", 1);
	setenv("LC_TIME", "C", 1);
	assert_prints("printf '%s' \"$FEEDD_SECRET$SECRET$LC_TIME\"", "C");
	assert_prints("printf '%s' \"$FEEDD_SOCKET\"", "/run/s");
	assert_prints(
		"for n in 3 4 5 6 7 8 9 10 11 12; do [ ! -e /proc/$$/fd/$n ] || echo $n; done", "");
	assert_prints("[ $(cut -d' ' -f5 /proc/$$/stat) = $$ ] && printf own", "own");
}

static void output_is_cut(void **state)
{
	struct err err;
	int result;
	char *text = run("head -c 1000000 /dev/zero | tr '\\0' x", &result, &err);

	(void)state;
	assert_int_equal(result, 0);
	assert_int_equal(strlen(text), HOOK_OUTPUT_MAX);
	free(text);
}

static void what_is_left_behind_is_not_waited_for(void **state)
{
	(void)state;
	assert_prints("sleep 1000 & printf done; kill -9 $!", "done");
}

/* One that nobody has waited for yet does not run either. */
static bool runs(int pid)
{
	char path[32], stat[256];
	int fd;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	stat[length > 0 ? length : 0] = '\0';
	return strstr(stat, ") Z") == NULL && strstr(stat, ") X") == NULL && length > 0;
}

static void of_one_that_takes_too_long_nothing_is_left(void **state)
{
	struct err err;
	int result, pid;
	char *text = run_for(1, "(trap '' TERM; exec sleep 1000) & echo $!; wait", &result, &err);

	(void)state;
	assert_int_equal(result, -1);
	assert_non_null(strstr(err.text, "did not end within 1 seconds"));
	pid = atoi(text);
	assert_true(pid > 1);
	for (int i = 0; i < 500 && runs(pid); i++)
		poll(NULL, 0, 10);
	assert_false(runs(pid));
	free(text);
}

static void failures_are_told(void **state)
{
	static const struct {
		const char *script, *words;
	} cases[] = { { "exit 3", "failed with 3" }, { "kill -9 $$", "signal 9" } };
	char *argv[] = { (char *)"/nonexistent/hook", NULL };
	struct hook hook = { .argv = argv };
	struct hooked hooked = { &hook, STDIN_FILENO };
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int result;
		char *text = run(cases[i].script, &result, &err);

		assert_int_equal(result, -1);
		assert_int_equal(err.code, ERR_FAILED);
		assert_non_null(strstr(err.text, cases[i].words));
		free(text);
	}
	assert_int_equal(tell_row(item, on_row, &hooked, &err), -1);
	assert_non_null(strstr(err.text, "can't be run"));
}

static void it_ends_too_where_the_system_refuses_pidfds(void **state)
{
	struct err err;
	int result;
	char *text;

	pidfds_are_refused = true;
	text = run_for(1, "printf one; exec >&- 2>&-; sleep 0.1", &result, &err);
	assert_int_equal(result, 0);
	assert_string_equal(text, "one");
	free(text);
	what_is_left_behind_is_not_waited_for(state);
	failures_are_told(state);
	of_one_that_takes_too_long_nothing_is_left(state);
	pidfds_are_refused = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_harmless_lines),
		cmocka_unit_test(the_item_is_on_standard_input),
		cmocka_unit_test(words_stay_as_they_are),
		cmocka_unit_test(nothing_of_ours_is_open_or_taken_over),
		cmocka_unit_test(output_is_cut),
		cmocka_unit_test(what_is_left_behind_is_not_waited_for),
		cmocka_unit_test(of_one_that_takes_too_long_nothing_is_left),
		cmocka_unit_test(failures_are_told),
		cmocka_unit_test(it_ends_too_where_the_system_refuses_pidfds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
