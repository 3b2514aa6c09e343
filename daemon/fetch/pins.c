#include "daemon/fetch/pins.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"

/* Where libcurl has no memory, the process ends: a list that lacks a line would
 * lead elsewhere. */
static struct curl_slist *with_line(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);

	if (longer == NULL)
		mem_is_gone();
	return longer;
}

struct curl_slist *pins_add(struct curl_slist *pins, const char *host, unsigned port,
	const struct address *addresses, size_t count)
{
	char text[ADDRESS_TEXT_MAX];
	struct buf line;

	buf_init(&line, 4096);
	if (buf_printf(&line, "+%s:%u:", host, port) < 0)
		return pins;
	for (size_t i = 0; i < count; i++) {
		address_text(&addresses[i], text);
		if (buf_printf(&line, strchr(text, ':') != NULL ? "%s[%s]" : "%s%s",
			    i > 0 ? "," : "", text) < 0)
			break;
	}
	pins = with_line(pins, line.data);
	buf_release(&line);
	return pins;
}

struct curl_slist *pins_undo(const struct curl_slist *pins)
{
	struct curl_slist *list = NULL;
	const struct curl_slist *pin;

	for (pin = pins; pin != NULL; pin = pin->next) {
		const char *port = strchr(pin->data, ':') + 1;
		char *line = mem_printf(
			"-%.*s", (int)(port + strcspn(port, ":") - pin->data) - 1, pin->data + 1);

		list = with_line(list, line);
		free(line);
	}
	return list;
}

struct curl_slist *pins_join(struct curl_slist *first, struct curl_slist *second)
{
	struct curl_slist *last;

	if (first == NULL)
		return second;
	for (last = first; last->next != NULL; last = last->next)
		;
	last->next = second;
	return first;
}
