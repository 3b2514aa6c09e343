#include "ctl/width.h"

#include <stdint.h>
#include <utf8proc.h>

#include "common/utf8.h"

/* Columns of one character, as out_line() writes it. */
static size_t rune_width(uint32_t rune)
{
	if (rune < 0xA0 || rune == 0x2028 || rune == 0x2029)
		return 1;
	if (rune != UTF8_REPLACEMENT && utf8_is_unsafe(rune))
		return 0;
	return (size_t)utf8proc_charwidth((utf8proc_int32_t)rune);
}

static bool is_beside(uint32_t rune)
{
	return utf8proc_category((utf8proc_int32_t)rune) == UTF8PROC_CATEGORY_MC;
}

/* What a reader sees as one character: its bytes, and its columns. */
static size_t cluster(const char *text, size_t length, size_t *out_columns)
{
	uint32_t rune, next;
	size_t used = utf8_decode(text, length, &rune), columns = rune_width(rune);
	utf8proc_int32_t state = 0;

	while (used < length) {
		size_t n = utf8_decode(text + used, length - used, &next);
		size_t wide;

		if (rune < 0x300 && next < 0x300)
			break;
		if (utf8proc_grapheme_break_stateful(
			    (utf8proc_int32_t)rune, (utf8proc_int32_t)next, &state))
			break;
		wide = rune_width(next);
		/* A picture asked for as a picture, and two letters of a flag. */
		if (next == 0xFE0F || (next >= 0x1F1E6 && next <= 0x1F1FF))
			wide = 2;
		/* Terminals give a vowel sign of India's that stands beside its letter a
		 * column of its own. */
		if (is_beside(next))
			columns++;
		else if (wide > columns)
			columns = wide;
		used += n;
		rune = next;
	}
	*out_columns = columns;
	return used;
}

size_t width_cut(const char *text, size_t length, size_t columns, size_t *out_used)
{
	size_t at = 0, used = 0;

	while (at < length) {
		size_t wide, n = cluster(text + at, length - at, &wide);

		if (used + wide > columns)
			break;
		used += wide;
		at += n;
	}
	*out_used = used;
	return at;
}

size_t width_of(const char *text, size_t length)
{
	size_t used;

	width_cut(text, length, SIZE_MAX, &used);
	return used;
}

void width_blanks(struct out *out, size_t count)
{
	while (count-- > 0)
		out_byte(out, ' ');
}

void width_put(
	struct out *out, const char *text, size_t length, size_t columns, bool fill, bool ascii)
{
	const char *dots = ascii ? "..." : "\xE2\x80\xA6";
	size_t dots_width = ascii ? 3 : 1, used;
	size_t n = width_cut(text, length, columns, &used);

	if (n < length && columns > dots_width) {
		n = width_cut(text, length, columns - dots_width, &used);
		while (n > 0 && text[n - 1] == ' ') {
			n--;
			used--;
		}
		out_line(out, text, n);
		out_text(out, dots);
		used += dots_width;
	} else {
		out_line(out, text, n);
	}
	if (fill && used < columns)
		width_blanks(out, columns - used);
}
