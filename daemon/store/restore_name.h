#ifndef STORE_RESTORE_NAME_H
#define STORE_RESTORE_NAME_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a mark that is put back calls an item that has no guid, and whose link may be
 * another one here: a backslash and "d", the link ("": it is of several items), a line
 * feed, the date in Unix seconds, a line feed, the title.  Nothing here is looked up.
 */
struct restore_name {
	char *text; /* what the others point into */
	const char *link, *title;
	int64_t published_s;
};

/* The caller's to free(). */
char *restore_name_make(const char *link, int64_t published_s, const char *title);
/* False, and nothing to release: it is no such name. */
bool restore_name_read(const char *name, struct restore_name *out);
void restore_name_release(struct restore_name *name);

#endif
