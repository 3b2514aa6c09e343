#include "common/strip.h"

#include <string.h>

#include "common/strip_token.h"
#include "common/utf8.h"

#define NAME_MAX_LENGTH 31 /* CounterClockwiseContourIntegral */
#define BARE_MAX_LENGTH 6  /* Aacute */

enum spelling { CLOSED, BARE };

/* All names behind one another, so that a row has an offset and no pointer
 * that the loader would have to adjust. */
static const struct {
#define ENTITY(name, first, second, spelling) char name_##name[sizeof(#name)];
#include "common/strip_entities.def"
#undef ENTITY
} names = {
#define ENTITY(name, first, second, spelling) #name,
#include "common/strip_entities.def"
#undef ENTITY
};

static const struct row {
	uint16_t name;
	uint16_t second;
	uint32_t first : 24;
	uint32_t spelling : 8;
} rows[] = {
#define ENTITY(name, first, second, spelling)                                                      \
	{ offsetof(__typeof__(names), name_##name), second, first, spelling },
#include "common/strip_entities.def"
#undef ENTITY
};

static const char *row_name(const struct row *row)
{
	return (const char *)&names + row->name;
}

static const struct row *find_row(const char *name, size_t length)
{
	size_t low = 0, high = sizeof(rows) / sizeof(rows[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *there = row_name(&rows[middle]);
		int order = strncmp(name, there, length);

		if (order == 0 && there[length] != '\0')
			order = -1;
		if (order == 0)
			return &rows[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int runes_of(const struct row *row, uint32_t out_runes[2])
{
	out_runes[0] = row->first;
	out_runes[1] = row->second;
	return row->second != 0 ? 2 : 1;
}

int strip_entity(const char *name, size_t length, uint32_t out_runes[2])
{
	const struct row *row;

	if (length == 0 || length > NAME_MAX_LENGTH || memchr(name, '\0', length) != NULL)
		return 0;
	row = find_row(name, length);
	return row != NULL ? runes_of(row, out_runes) : 0;
}

/* ---- numbers ------------------------------------------------------------- */

static int digit_of(char c, uint32_t base)
{
	char lower = strip_lower(c);

	if (strip_is_digit(c))
		return c - '0';
	if (base == 16 && lower >= 'a' && lower <= 'f')
		return lower - 'a' + 10;
	return -1;
}

static uint32_t rune_of_number(uint32_t number)
{
	if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number <= 0xDFFF))
		return UTF8_REPLACEMENT;
	return utf8_of_control(number);
}

static size_t read_number(const char *text, size_t length, uint32_t *out_number)
{
	size_t i = 2, start;
	uint32_t base = 10, number = 0;
	int digit;

	if (i < length && (text[i] == 'x' || text[i] == 'X')) {
		base = 16;
		i++;
	}
	start = i;
	while (i < length && (digit = digit_of(text[i], base)) >= 0) {
		if (number <= 0x10FFFF)
			number = number * base + (uint32_t)digit;
		i++;
	}
	if (i == start)
		return 0;
	*out_number = number;
	return i < length && text[i] == ';' ? i + 1 : i;
}

/* Half a pair of UTF-16 at the front, and the other half behind it. */
static size_t read_other_half(const char *text, size_t length, uint32_t high, uint32_t *out_rune)
{
	uint32_t low = 0;
	size_t n = high >> 10 == 0xD800 >> 10 && length >= 3 && text[0] == '&' && text[1] == '#'
			   ? read_number(text, length, &low)
			   : 0;

	if (n == 0 || low >> 10 != 0xDC00 >> 10)
		return 0;
	*out_rune = 0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00));
	return n;
}

/* ---- names --------------------------------------------------------------- */

/* The longest of the old names that `name` begins with. */
static const struct row *find_bare(const char *name, size_t length, size_t *out_length)
{
	size_t n = length < BARE_MAX_LENGTH ? length : BARE_MAX_LENGTH;

	for (; n >= 2; n--) {
		const struct row *row = find_row(name, n);

		if (row != NULL && row->spelling == BARE) {
			*out_length = n;
			return row;
		}
	}
	return NULL;
}

static size_t read_name(
	const char *text, size_t length, bool in_attribute, uint32_t out_runes[2], int *out_count)
{
	const char *name = text + 1;
	size_t room = length - 1, n = 0;
	const struct row *row;

	while (n < room && n <= NAME_MAX_LENGTH &&
		(strip_is_letter(name[n]) || strip_is_digit(name[n])))
		n++;
	if (n == 0)
		return 0;
	if (n < room && name[n] == ';' && (*out_count = strip_entity(name, n, out_runes)) > 0)
		return n + 2;
	row = find_bare(name, n, &n);
	if (row == NULL)
		return 0;
	if (in_attribute && n < room &&
		(name[n] == '=' || strip_is_letter(name[n]) || strip_is_digit(name[n])))
		return 0;
	*out_count = runes_of(row, out_runes);
	return n + 1;
}

size_t strip_reference(
	const char *text, size_t length, bool in_attribute, uint32_t out_runes[2], int *out_count)
{
	uint32_t number = 0;
	size_t n, more;

	if (length < 3)
		return 0;
	if (text[1] != '#')
		return read_name(text, length, in_attribute, out_runes, out_count);
	n = read_number(text, length, &number);
	more = read_other_half(text + n, length - n, number, &out_runes[0]);
	if (more == 0)
		out_runes[0] = rune_of_number(number);
	out_runes[1] = 0;
	*out_count = 1;
	return n + more;
}

int strip_decode(const char *text, size_t length, bool in_attribute, struct buf *out)
{
	size_t from = 0, at = 0, n;
	uint32_t runes[2];
	const char *ampersand;
	int count, i;

	while (at < length && (ampersand = memchr(text + at, '&', length - at)) != NULL) {
		at = (size_t)(ampersand - text);
		n = strip_reference(ampersand, length - at, in_attribute, runes, &count);
		if (n == 0) {
			at++;
			continue;
		}
		if (buf_add(out, text + from, at - from) < 0)
			return -1;
		for (i = 0; i < count; i++)
			if (buf_add_rune(out, runes[i]) < 0)
				return -1;
		at += n;
		from = at;
	}
	return buf_add(out, text + from, length - from);
}
