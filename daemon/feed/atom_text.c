/*
 * Atom's text constructs: text, html, xhtml, a media type, base64; and the
 * mode attribute of Atom 0.3.
 */
#include <string.h>
#include <strings.h>

#include "common/utf8.h"
#include "daemon/feed/atom.h"
#include "daemon/feed/blank.h"
#include "daemon/feed/reader.h"
#include "daemon/feed/text.h"

static bool begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text), tail = strlen(with);

	return length >= tail && strcasecmp(text + length - tail, with) == 0;
}

static bool is_xml(const char *type)
{
	return ends(type, "+xml") || ends(type, "/xml");
}

static bool is_xhtml(const char *type)
{
	return strcasecmp(type, "xhtml") == 0 || begins(type, "application/xhtml");
}

static bool is_html(const char *type)
{
	return strcasecmp(type, "html") == 0 || begins(type, "text/html") || is_xhtml(type) ||
	       is_xml(type);
}

static bool is_text(const char *type)
{
	return strcasecmp(type, "text") == 0 || begins(type, "text/") || type[0] == '\0';
}

void atom_text_start(struct reader *reader, const struct xml_element *element)
{
	const char *type = xml_attribute(element, "type"), *mode = xml_attribute(element, "mode");
	struct frame *frame = &reader->frames[reader->depth - 1];

	/* What an item is written in, where it does not say so itself. */
	if (reader->in_item && reader_where(reader) == IN_ITEM)
		reader_language(reader, element, 40);
	reader->construct_base64 = mode != NULL && strcasecmp(mode, "base64") == 0;
	if (type == NULL) {
		/* Atom's default is plain text; elsewhere nobody has promised that. */
		reader->construct_type = reader->is_atom ? TEXT_PLAIN : TEXT_GUESS;
		frame->escapes = mode != NULL && strcasecmp(mode, "xml") == 0;
		return;
	}
	reader->construct_type = is_html(type) ? TEXT_HTML : TEXT_PLAIN;
	if (!is_html(type) && !is_text(type) && strchr(type, '/') != NULL) {
		reader->construct_base64 = true;
		reader->construct_type = TEXT_GUESS; /* if it is text at all */
	}
	/* In XML its elements are meant, and its text is text. */
	frame->escapes = reader->construct_type == TEXT_HTML &&
			 (is_xhtml(type) || is_xml(type) ||
				 (mode != NULL && strcasecmp(mode, "xml") == 0));
	if (mode != NULL && strcasecmp(mode, "escaped") == 0)
		frame->escapes = false;
}

static int digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* 0, or -1 if it is no base64. */
static int decode(const char *text, size_t length, struct buf *out)
{
	unsigned bits = 0, have = 0;
	size_t i;

	buf_clear(out);
	for (i = 0; i < length && text[i] != '='; i++) {
		int value = digit(text[i]);

		if (blank_is(text[i]))
			continue;
		if (value < 0) {
			buf_clear(out);
			return -1;
		}
		bits = (bits << 6 | (unsigned)value) & 0xffffffu;
		have += 6;
		if (have >= 8) {
			have -= 8;
			if (buf_add_byte(out, (char)(bits >> have & 0xffu)) < 0)
				return -1;
		}
	}
	return 0;
}

/* What the element's text stands for; decoded, it is in the scratch.  False for
 * bytes that are no text: a content may be a picture. */
static bool understand(
	struct reader *reader, enum text_type *out_type, const char **text, size_t *length)
{
	const struct frame *frame = &reader->frames[reader->depth - 1];

	*out_type = frame->has_markup ? TEXT_HTML : reader->construct_type;
	if (!reader->construct_base64 || frame->has_markup)
		return true;
	if (decode(*text, *length, &reader->scratch) < 0 || reader->scratch.length == 0) {
		*out_type = TEXT_GUESS; /* it was text after all */
		return true;
	}
	if (!utf8_valid(reader->scratch.data, reader->scratch.length))
		return false;
	*text = reader->scratch.data;
	*length = reader->scratch.length;
	return true;
}

void atom_text_end(
	struct reader *reader, enum slot slot, uint8_t priority, const char *text, size_t length)
{
	enum text_type type;

	if (understand(reader, &type, &text, &length))
		reader_offer(reader, slot, priority, type, text, length);
	else if (slot != SLOT_CONTENT)
		reader_offer(reader, slot, priority, TEXT_GUESS, text, length);
}

void atom_text_keep(struct reader *reader, const char *text, size_t length)
{
	char name[READER_NAME_MAX];
	enum text_type type;

	if (!reader_keeps(reader) || !understand(reader, &type, &text, &length))
		return;
	text_make_plain(type, &text, &length, reader->limits->title_max, &reader->finish);
	reader_name(reader, name);
	reader_extension(reader, name, text, length);
}
