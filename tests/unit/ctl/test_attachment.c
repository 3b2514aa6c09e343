#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/mem.h"
#include "ctl/attachment.h"
#include "tests/unit/ctl/rows.h"

static const struct {
	const char *told;
	const char *said;
} files[] = {
	{ "\"mime_type\":null", "" },
	{ "\"mime_type\":\"audio/mpeg\",\"size_in_bytes\":0,\"duration_in_seconds\":0",
		"audio/mpeg " },
	{ "\"size_in_bytes\":1", "1 byte " },
	{ "\"size_in_bytes\":40", "40 bytes " },
	{ "\"size_in_bytes\":999", "999 bytes " },
	{ "\"size_in_bytes\":1000", "1.0 kB " },
	{ "\"size_in_bytes\":123456", "123.5 kB " },
	{ "\"size_in_bytes\":999999", "1.0 MB " },
	{ "\"size_in_bytes\":12345678", "12.3 MB " },
	{ "\"size_in_bytes\":1234567890", "1.2 GB " },
	{ "\"size_in_bytes\":1234567890123", "1234.6 GB " },
	{ "\"duration_in_seconds\":59", "0:59 " },
	{ "\"duration_in_seconds\":3723", "1:02:03 " },
};

static int on_file(void *ctx, const struct wire_row *row, struct err *err)
{
	struct buf out;

	(void)err;
	buf_init(&out, 1024);
	attachment_words(row, &out);
	assert_string_equal(out.data, ctx);
	buf_release(&out);
	return 0;
}

static void a_file_tells_its_type_size_and_duration(void **state)
{
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *object = mem_printf("{\"a\":[0],%s}", files[i].told);
		char *said = mem_strdup(files[i].said);

		assert_int_equal(tell_row(object, on_file, said, &err), 0);
		free(object);
		free(said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_tells_its_type_size_and_duration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
