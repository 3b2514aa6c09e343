/*
 * Bytes to UTF-8.  The first byte of the input chooses a Content-Type and
 * whether XML is expected; the rest is the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "daemon/feed/charset.h"

#define TEXT_MAX (64u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = { "", "text/xml; charset=utf-8",
		"text/xml; charset=\"windows-1251\"", "text/html;charset=iso-8859-1",
		"a;charset=gbk", "a;charset=shift_jis", "a; charset=iso-2022-jp",
		"a; charset=hz-gb-2312", "a;charset=euc-kr", "a;charset=big5", "a;charset=utf-16",
		"a;charset=euc-jp", "a;charset=iso-8859-2", "a;charset=klingon",
		"a;charset=utf-32be", "a;charset=x-user-defined" };
	static struct feed_charsets *charsets;
	struct feed_source source = { .url = "", .content_location = "" };
	struct buf first, second;
	const char *name = NULL, *again = NULL;
	int result;

	if (charsets == NULL)
		charsets = feed_charsets_open();
	if (size == 0)
		return 0;
	source.body = (const char *)data + 1;
	source.length = size - 1;
	source.content_type = types[data[0] & 15];
	buf_init(&first, TEXT_MAX);
	buf_init(&second, TEXT_MAX);
	result = charset_decode(charsets, &source, (data[0] & 16) == 0, &first, &name, NULL, NULL);
	if (result == 0) {
		require(utf8_valid(first.data, first.length));
		require(first.length < 3 || memcmp(first.data, "\xEF\xBB\xBF", 3) != 0);
		require(name != NULL && charset_name(name, strlen(name)) == name);
		require(first.length <= size * 4);
	}
	/* No state of a descriptor is left behind. */
	require(charset_decode(charsets, &source, (data[0] & 16) == 0, &second, &again, NULL,
			NULL) == result);
	require(again == name && first.length == second.length &&
		memcmp(first.data, second.data, first.length) == 0);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
