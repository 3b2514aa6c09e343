#include "daemon/feed/charset_priv.h"

#include <string.h>

/*
 * Encodings of seven bits switch tables with escapes.  Each of their two-byte
 * characters is one of an encoding of eight bits with the high bits taken off,
 * so that they need no decoder: ISO-2022-JP unfolds to EUC-JP, HZ to GBK.
 */

enum table { ASCII, ROMAN, KATAKANA, PAIRS };

static const struct escape {
	const char *text;
	enum table table;
} japanese[] = {
	{ "\x1B(B", ASCII },
	{ "\x1B(J", ROMAN },
	{ "\x1B(H", ROMAN }, /* older than the standard, and still sent */
	{ "\x1B(I", KATAKANA },
	{ "\x1B$@", PAIRS },
	{ "\x1B$B", PAIRS },
	{ "\x1B&@\x1B$B", PAIRS },
};

static const struct escape chinese[] = {
	{ "~{", PAIRS },
	{ "~}", ASCII },
};

static const struct escape *find_escape(
	const struct escape *escapes, size_t count, const char *bytes, size_t length)
{
	size_t i, n;

	for (i = 0; i < count; i++) {
		n = strlen(escapes[i].text);
		if (n <= length && memcmp(escapes[i].text, bytes, n) == 0)
			return &escapes[i];
	}
	return NULL;
}

#define KATAKANA_LAST 0x5F /* JIS X 0201's has no more than 63 */

static bool is_graphic(char c)
{
	return c > 0x20 && c < 0x7F;
}

static char high(char c)
{
	return (char)((unsigned char)c | 0x80u);
}

/*
 * One character, in `table`; the bytes it took are the result.  `out` has room
 * for twice the input, so that adding cannot fail.
 */
static size_t unfold_one(enum table table, const char *bytes, size_t length, struct buf *out)
{
	char pair[2] = { bytes[0], '\0' };
	size_t from = 1, to = 1;

	if (table == PAIRS && is_graphic(bytes[0]) && length > 1 && is_graphic(bytes[1])) {
		pair[0] = high(bytes[0]);
		pair[1] = high(bytes[1]);
		from = to = 2;
	} else if (table == KATAKANA && bytes[0] > KATAKANA_LAST && is_graphic(bytes[0])) {
		pair[0] = '\xFF'; /* no character in EUC-JP either */
	} else if (table == KATAKANA && is_graphic(bytes[0])) {
		pair[0] = '\x8E'; /* EUC-JP's single shift */
		pair[1] = high(bytes[0]);
		to = 2;
	}
	return buf_add(out, pair, to) < 0 ? length : from;
}

enum charset charset_unfold(enum charset charset, const char *bytes, size_t length, struct buf *out)
{
	bool is_japanese = charset == CHARSET_ISO_2022_JP;
	const struct escape *escapes = is_japanese ? japanese : chinese;
	size_t count = is_japanese ? sizeof(japanese) / sizeof(japanese[0])
				   : sizeof(chinese) / sizeof(chinese[0]);
	const char mark = is_japanese ? '\x1B' : '~';
	enum table table = ASCII;
	size_t i = 0;

	while (i < length) {
		const struct escape *escape = NULL;

		if (bytes[i] == mark)
			escape = find_escape(escapes, count, bytes + i, length - i);
		if (escape != NULL) {
			table = escape->table;
			i += strlen(escape->text);
		} else if (mark == '~' && table == ASCII && length - i > 1 && bytes[i] == '~' &&
			   (bytes[i + 1] == '~' || bytes[i + 1] == '\n')) {
			/* RFC 1843: "~~" is a tilde, "~\n" a line that goes on. */
			if (bytes[i + 1] == '~' && buf_add_byte(out, '~') < 0)
				break;
			i += 2;
		} else {
			if (bytes[i] == '\n')
				table = ASCII;
			i += unfold_one(table, bytes + i, length - i, out);
		}
	}
	return is_japanese ? CHARSET_EUC_JP : CHARSET_GBK;
}
