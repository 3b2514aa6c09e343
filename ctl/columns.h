#ifndef CTL_COLUMNS_H
#define CTL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/object.h"

/*
 * The columns in which rows leave as lines, in order, blank-separated; by the
 * name of their object.  NULL: no rows but one object, told as lines of key and
 * value.  Scripts depend on them: add none, move none.
 */
const char *columns_of(const char *object_name);

/* Whether a template or --fields may name it; `flags` is no key of the wire. */
bool columns_know(const struct object *object, const char *name, size_t length);

/* All names there are, blank-separated; the caller's to free(). */
char *columns_all(const struct object *object);

/* Where a word stands in a blank-separated list, or NULL; and whether it does. */
const char *columns_find(const char *list, const char *word, size_t length);
bool columns_has(const char *list, const char *word, size_t length);

#endif
