#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"

/*
 * Items and feeds named on standard input: of each record (a line, or what ends
 * with NUL) the first field, parted by a blank or a tab, or the `id` of one that
 * is a JSON object.  Empty records are skipped.
 */
struct words {
	char *data;  /* what was read; the words are in it */
	char **list; /* each ends with a NUL */
	size_t count;
};

int input_read(bool null_ended, struct words *out_words, struct err *err) MUST_USE;
/* The same of text that is there already; it is taken. */
void input_split(char *text, size_t length, bool null_ended, struct words *out_words);
void input_release(struct words *words);

/* What "@FILE" and "@-" stand for, without the line end behind it; any other
 * value is itself.  The caller's to free().  Standard input is for one name, as often as
 * that asks.  ERR_USAGE, too, where nothing stands there: whoever wants no value says so. */
int input_value(const char *name, const char *value, char **out_value, struct err *err) MUST_USE;

#endif
