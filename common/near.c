#include "common/near.h"

#include <stddef.h>
#include <string.h>

#define LENGTH_MAX 32

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits between two short words; two letters swapped are one. */
static unsigned distance(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);
	unsigned table[LENGTH_MAX + 1][LENGTH_MAX + 1];

	if (m > LENGTH_MAX || n > LENGTH_MAX)
		return LENGTH_MAX;
	for (size_t i = 0; i <= m; i++)
		table[i][0] = (unsigned)i;
	for (size_t j = 0; j <= n; j++)
		table[0][j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		for (size_t j = 1; j <= n; j++) {
			unsigned wrong = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			unsigned best = least(wrong, least(table[i - 1][j], table[i][j - 1]) + 1);

			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = least(best, table[i - 2][j - 2] + 1);
			table[i][j] = best;
		}
	}
	return table[m][n];
}

void near_begin(struct near *near, const char *typed)
{
	near->typed = typed;
	near->best = NULL;
	near->distance = strlen(typed) <= 3 ? 2 : 3;
}

void near_try(struct near *near, const char *word)
{
	unsigned edits = distance(near->typed, word);
	size_t length = strlen(near->typed);

	if (length >= 2 && strncmp(near->typed, word, length) == 0)
		edits = least(edits, 1);
	if (edits < near->distance) {
		near->distance = edits;
		near->best = word;
	}
}
