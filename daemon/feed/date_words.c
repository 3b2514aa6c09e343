#include "daemon/feed/date_words.h"

#include <stdint.h>
#include <string.h>

#include "common/utf8.h"

#define WORD_MAX 48

struct entry {
	const char *text;
	int value;
};

static const struct entry months[] = {
#define MONTH(number, stem) { stem, number },
#define ZONE(name, minutes)
#include "daemon/feed/date_words.def"
#undef MONTH
#undef ZONE
};

static const struct entry zones[] = {
#define MONTH(number, stem)
#define ZONE(name, minutes) { name, minutes },
#include "daemon/feed/date_words.def"
#undef MONTH
#undef ZONE
};

static const struct {
	const char *text;
	enum date_word_kind kind;
	int value;
} words[] = {
	/* By far the most frequent words; to know them saves the search. */
	{ "mon", DATE_WORD_WEEKDAY, 1 },
	{ "tue", DATE_WORD_WEEKDAY, 2 },
	{ "wed", DATE_WORD_WEEKDAY, 3 },
	{ "thu", DATE_WORD_WEEKDAY, 4 },
	{ "fri", DATE_WORD_WEEKDAY, 5 },
	{ "sat", DATE_WORD_WEEKDAY, 6 },
	{ "sun", DATE_WORD_WEEKDAY, 7 },
	{ "jan", DATE_WORD_MONTH, 1 },
	{ "feb", DATE_WORD_MONTH, 2 },
	{ "mar", DATE_WORD_MONTH, 3 },
	{ "apr", DATE_WORD_MONTH, 4 },
	{ "may", DATE_WORD_MONTH, 5 },
	{ "jun", DATE_WORD_MONTH, 6 },
	{ "jul", DATE_WORD_MONTH, 7 },
	{ "aug", DATE_WORD_MONTH, 8 },
	{ "sep", DATE_WORD_MONTH, 9 },
	{ "oct", DATE_WORD_MONTH, 10 },
	{ "nov", DATE_WORD_MONTH, 11 },
	{ "dec", DATE_WORD_MONTH, 12 },
	{ "z", DATE_WORD_ZONE, 0 },
	{ "gmt", DATE_WORD_ZONE, 0 },
	{ "monday", DATE_WORD_WEEKDAY, 1 },
	{ "tuesday", DATE_WORD_WEEKDAY, 2 },
	{ "wednesday", DATE_WORD_WEEKDAY, 3 },
	{ "thursday", DATE_WORD_WEEKDAY, 4 },
	{ "friday", DATE_WORD_WEEKDAY, 5 },
	{ "saturday", DATE_WORD_WEEKDAY, 6 },
	{ "sunday", DATE_WORD_WEEKDAY, 7 },
	{ "月", DATE_WORD_WEEKDAY, 1 },
	{ "火", DATE_WORD_WEEKDAY, 2 },
	{ "水", DATE_WORD_WEEKDAY, 3 },
	{ "木", DATE_WORD_WEEKDAY, 4 },
	{ "金", DATE_WORD_WEEKDAY, 5 },
	{ "土", DATE_WORD_WEEKDAY, 6 },
	{ "日", DATE_WORD_WEEKDAY, 7 },
	{ "am", DATE_WORD_AM, 0 },
	{ "pm", DATE_WORD_PM, 0 },
	{ "오전", DATE_WORD_AM_KOREAN, 0 },
	{ "오후", DATE_WORD_PM_KOREAN, 0 },
	{ "上午", DATE_WORD_AM, 0 },
	{ "下午", DATE_WORD_PM, 0 },
	{ "午前", DATE_WORD_AM, 0 },
	{ "午後", DATE_WORD_PM, 0 },
	{ "πμ", DATE_WORD_AM, 0 },
	{ "μμ", DATE_WORD_PM, 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Lower case of the scripts that the list is written in. */
static uint32_t fold(uint32_t rune)
{
	if ((rune >= 'A' && rune <= 'Z') || (rune >= 0xc0 && rune <= 0xde && rune != 0xd7) ||
		(rune >= 0x391 && rune <= 0x3a9) || (rune >= 0x410 && rune <= 0x42f))
		return rune + 0x20;
	if (rune >= 0x400 && rune <= 0x40f)
		return rune + 0x50;
	/* Two runs of this block have their capitals at odd numbers. */
	if ((rune >= 0x139 && rune <= 0x148) || (rune >= 0x179 && rune <= 0x17e))
		return rune + rune % 2;
	if (rune >= 0x100 && rune <= 0x17f && rune != 0x130 && rune != 0x131 && rune % 2 == 0)
		return rune + 1;
	return rune;
}

static size_t folded(const char *word, size_t length, char *out)
{
	size_t used = 0, i = 0;
	uint32_t rune;

	while (i < length && used + 4 < WORD_MAX) {
		if ((unsigned char)word[i] < 0x80) {
			out[used++] = (char)fold((unsigned char)word[i++]);
			continue;
		}
		i += utf8_decode(word + i, length - i, &rune);
		used += utf8_encode(fold(rune), out + used);
	}
	out[used] = '\0';
	return used;
}

struct date_word date_word_find(const char *word, size_t length)
{
	struct date_word found = { DATE_WORD_NONE, 0 };
	char lower[WORD_MAX];
	size_t i;

	folded(word, length, lower);
	for (i = 0; i < COUNT(words); i++)
		if (words[i].text[0] == lower[0] && strcmp(words[i].text, lower) == 0) {
			found.kind = words[i].kind;
			found.value = words[i].value;
			return found;
		}
	for (i = 0; i < COUNT(months); i++)
		if (months[i].text[0] == lower[0] &&
			strncmp(months[i].text, lower, strlen(months[i].text)) == 0) {
			found.kind = DATE_WORD_MONTH;
			found.value = months[i].value;
			return found;
		}
	for (i = 0; i < COUNT(zones); i++)
		if (zones[i].text[0] == lower[0] && strcmp(zones[i].text, lower) == 0) {
			found.kind = DATE_WORD_ZONE;
			found.value = zones[i].value;
			return found;
		}
	return found;
}
