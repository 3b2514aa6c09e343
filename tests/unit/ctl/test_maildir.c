#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/mem.h"
#include "ctl/format.h"
#include "ctl/help.h"
#include "tests/unit/ctl/rows.h"

/* Two jobs that fill one maildir at once. */

#define NAME "0.7.feedd"
static const char item[] = "{\"id\":7,\"title\":\"t\",\"uid\":\"feed-1\",\"read\":true,"
			   "\"starred\":true,\"date\":\"2026-06-03T10:00:00Z\"}";

static void begin(struct printer *printer, const char *into)
{
	static const struct term term = { .width = 60 };
	static struct out nowhere; /* the files are */
	struct err err;

	memset(printer, 0, sizeof(*printer));
	printer->term = &term;
	printer->out = &nowhere;
	printer->format = format_find("maildir", &err);
	printer->object = object_find("item");
	printer->columns = columns_of("item");
	printer->into = into;
	if (printer_begin(printer, &err) < 0)
		fail_msg("%s", err.text);
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	return printer_row(ctx, row, err);
}

static void put(struct printer *printer)
{
	struct err err;

	if (tell_row(item, on_row, printer, &err) < 0)
		fail_msg("%s", err.text);
}

static ino_t file_of(const char *into, const char *name)
{
	char *path = mem_printf("%s/%s", into, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	free(path);
	return st.st_ino;
}

static void discard(const char *into, const char *name)
{
	char *path = mem_printf("%s/%s", into, name);

	assert_int_equal(remove(path), 0);
	free(path);
}

static void what_another_job_put_there_is_there_already(void **state)
{
	static const char *const left[] = { "tmp/" NAME, "cur/" NAME ":2,FS", "tmp", "cur", "new",
		"" };
	char into[] = "/tmp/feedd-maildir.XXXXXX";
	struct printer one, other;
	char *half;
	ino_t first;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(into));
	begin(&one, into);
	begin(&other, into);
	/* A third is making it just now. */
	half = mem_printf("%s/tmp/" NAME, into);
	fd = open(half, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	free(half);
	put(&one);
	first = file_of(into, "cur/" NAME ":2,FS");
	put(&other);
	assert_true(file_of(into, "cur/" NAME ":2,FS") == first);
	printer_release(&one);
	printer_release(&other);
	/* And nothing else. */
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		discard(into, left[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_another_job_put_there_is_there_already),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
