#include <string.h>

#include "common/utf8.h"
#include "daemon/feed/charset_priv.h"

bool charset_is_control(const char *text)
{
	return text[0] == '\xC2' && (unsigned char)text[1] < 0xA0 && text[1] != '\x9B';
}

/* The next one; NULL if there is none. */
static const char *find_control(const char *text, const char *end)
{
	while (text < end && (text = memchr(text, '\xC2', (size_t)(end - text))) != NULL) {
		if (end - text > 1 && charset_is_control(text))
			return text;
		text++;
	}
	return NULL;
}

bool charset_has_controls(const char *text, size_t length)
{
	return find_control(text, text + length) != NULL;
}

static int mend(const char *text, const char *end, struct buf *out)
{
	const char *control;

	while ((control = find_control(text, end)) != NULL) {
		uint32_t rune = (unsigned char)control[1];

		if (buf_add(out, text, (size_t)(control - text)) < 0 ||
			buf_add_rune(out, utf8_of_control(rune)) < 0)
			return -1;
		text = control + 2;
	}
	return buf_add(out, text, (size_t)(end - text));
}

void charset_mend_controls(struct buf *text, size_t start)
{
	struct buf mended;

	if (!charset_has_controls(text->data + start, text->length - start))
		return;
	buf_init(&mended, text->max);
	/* What leaves no room stays as it is. */
	if (buf_add(&mended, text->data, start) == 0 &&
		mend(text->data + start, text->data + text->length, &mended) == 0) {
		buf_release(text);
		*text = mended;
	} else {
		buf_release(&mended);
	}
}
