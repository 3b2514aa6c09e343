#include "daemon/feed/markup.h"

#include <string.h>

#include "daemon/feed/blank.h"
#include "daemon/feed/link.h"
#include "daemon/feed/reader.h"

#define ATTRIBUTES_MAX 64

/* What does not fit is cut with the text it belongs to. */
static void put(struct reader *reader, const char *text, size_t length)
{
	(void)!buf_add(&reader->text, text, length);
}

static void put_word(struct reader *reader, const char *word)
{
	put(reader, word, strlen(word));
}

/* What stands for a character in HTML; NULL where it stands for itself. */
static const char *const escapes[256] = {
	['&'] = "&amp;",
	['<'] = "&lt;",
	['>'] = "&gt;",
};

static void put_escaped(struct reader *reader, const char *text, size_t length)
{
	size_t from = 0, at;

	for (at = 0; at < length; at++) {
		if (escapes[(unsigned char)text[at]] == NULL)
			continue;
		put(reader, text + from, at - from);
		put_word(reader, escapes[(unsigned char)text[at]]);
		from = at + 1;
	}
	put(reader, text + from, length - from);
}

/* Between double quotes a single one needs nothing. */
static void put_value(struct reader *reader, const char *value)
{
	const char *quote;

	while ((quote = strchr(value, '"')) != NULL) {
		put_escaped(reader, value, (size_t)(quote - value));
		put_word(reader, "&quot;");
		value = quote + 1;
	}
	put_escaped(reader, value, strlen(value));
}

void markup_text(struct reader *reader, const char *text, size_t length)
{
	put_escaped(reader, text, length);
}

static bool is_void(const char *local)
{
	static const char *const names[] = { "area", "base", "br", "col", "embed", "hr", "img",
		"input", "link", "meta", "param", "source", "track", "wbr" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(local, names[i]) == 0)
			return true;
	return false;
}

/* The base of the text that the markup is in. */
static uint32_t text_base(const struct reader *reader)
{
	uint32_t i = reader->depth;

	while (i > 1 && reader->frames[i - 1].rule == NULL)
		i--;
	return reader->frames[i - 1].base;
}

static bool is_address(const char *local, size_t length)
{
	return (length == 4 && memcmp(local, "href", 4) == 0) ||
	       (length == 3 && memcmp(local, "src", 3) == 0);
}

static void put_attribute(struct reader *reader, const struct frame *frame, const char *local,
	size_t length, const char *value)
{
	/* An xml:base inside of the markup is lost with its element's prefix, so
	 * what it is for is resolved here. */
	if (frame->base != text_base(reader) && is_address(local, length) &&
		link_resolve(reader_base_url(reader, frame->base), value, strlen(value),
			&reader->finish) > 0)
		value = reader->finish.data;
	put_word(reader, " ");
	put(reader, local, length);
	put_word(reader, "=\"");
	put_value(reader, value);
	put_word(reader, "\"");
}

void markup_start(
	struct reader *reader, const struct frame *frame, const struct xml_element *element)
{
	const char *prefix, *local, *value;
	size_t length, i;

	put_word(reader, "<");
	put_word(reader, element->name->as_is);
	for (i = 0; i < ATTRIBUTES_MAX &&
		    xml_attribute_at(element, i, &prefix, &local, &length, &value) > 0;
		i++)
		if (prefix[0] == '\0')
			put_attribute(reader, frame, local, length, value);
	put_word(reader, ">");
}

void markup_end(struct reader *reader, const struct frame *frame)
{
	if (is_void(frame->name->local))
		return;
	put_word(reader, "</");
	put_word(reader, frame->name->as_is);
	put_word(reader, ">");
}
