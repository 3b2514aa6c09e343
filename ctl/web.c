#include "ctl/web.h"

#include <strings.h>

bool web_is_link(const char *text, size_t length)
{
	if (!(length > 7 && strncasecmp(text, "http://", 7) == 0) &&
		!(length > 8 && strncasecmp(text, "https://", 8) == 0))
		return false;
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7F)
			return false;
	}
	return true;
}
