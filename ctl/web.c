#include "ctl/web.h"

#include <stdint.h>
#include <strings.h>

#include "common/utf8.h"

static bool may_stand(const char *text, size_t left, size_t *out_bytes)
{
	uint32_t rune;

	*out_bytes = utf8_decode(text, left, &rune);
	if (rune == UTF8_REPLACEMENT && *out_bytes == 1)
		return false; /* no UTF-8 */
	return rune > 0x20 && !utf8_is_blank(rune) && !utf8_is_banned(rune);
}

bool web_is_link(const char *text, size_t length)
{
	size_t n;

	if (!(length > 7 && strncasecmp(text, "http://", 7) == 0) &&
		!(length > 8 && strncasecmp(text, "https://", 8) == 0))
		return false;
	for (size_t i = 0; i < length; i += n) {
		if (!may_stand(text + i, length - i, &n))
			return false;
	}
	return true;
}

void web_put_ascii(struct out *out, const char *link, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)link[i];

		if (byte < 0x80)
			out_byte(out, link[i]);
		else
			out_printf(out, "%%%02X", byte);
	}
}
