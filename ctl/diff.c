#include "ctl/diff.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/* Cells of the table of common subsequences; beyond it, all is replaced. */
#define TABLE_MAX ((size_t)4 << 20)

struct line {
	const char *at;
	size_t length;
};

struct text_lines {
	struct line *list;
	size_t count;
};

static struct text_lines split(const char *text)
{
	struct text_lines lines = { NULL, 0 };

	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		lines.list = mem_realloc_array(lines.list, lines.count + 1, sizeof(struct line));
		lines.list[lines.count++] = (struct line){ text, n };
		text += n;
		if (*text == '\n')
			text++;
	}
	return lines;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->length == b->length && memcmp(a->at, b->at, a->length) == 0;
}

static void put(struct out *out, const struct term *term, const char *mark, enum colour colour,
	const struct line *line)
{
	term_colour(term, out, colour);
	out_text(out, mark);
	out_line(out, line->at, line->length);
	term_plain(term, out);
	out_byte(out, '\n');
}

/* table[i][j]: lines in common of what follows old line i and new line j. */
static unsigned *common_lengths(const struct text_lines *a, const struct text_lines *b)
{
	size_t wide = b->count + 1;
	unsigned *table;

	if ((a->count + 1) > TABLE_MAX / wide)
		return NULL;
	table = MEM_ARRAY((a->count + 1) * wide, unsigned);
	for (size_t i = a->count; i-- > 0;) {
		for (size_t j = b->count; j-- > 0;) {
			unsigned down = table[(i + 1) * wide + j], right = table[i * wide + j + 1];

			table[i * wide + j] = same(&a->list[i], &b->list[j])
						      ? table[(i + 1) * wide + j + 1] + 1
					      : down > right ? down
							     : right;
		}
	}
	return table;
}

void diff_put(struct out *out, const struct term *term, const char *old, const char *new)
{
	struct text_lines a = split(old), b = split(new);
	unsigned *table = common_lengths(&a, &b);
	size_t i = 0, j = 0, wide = b.count + 1;

	while (table != NULL && i < a.count && j < b.count) {
		if (same(&a.list[i], &b.list[j])) {
			put(out, term, "  ", COLOUR_NONE, &a.list[i++]);
			j++;
		} else if (table[(i + 1) * wide + j] >= table[i * wide + j + 1]) {
			put(out, term, "- ", COLOUR_RED, &a.list[i++]);
		} else {
			put(out, term, "+ ", COLOUR_GREEN, &b.list[j++]);
		}
	}
	while (i < a.count)
		put(out, term, "- ", COLOUR_RED, &a.list[i++]);
	while (j < b.count)
		put(out, term, "+ ", COLOUR_GREEN, &b.list[j++]);
	free(table);
	free(a.list);
	free(b.list);
}
