#ifndef COMMON_MEM_H
#define COMMON_MEM_H

#include <stddef.h>

/*
 * Memory that does not fail: where there is none left, the process says so and
 * ends (this is the only file that does).  Input cannot bring it there, because
 * everything input fills has a limit of its own.
 *
 * What these return is the caller's to free().
 */

/* Zeroed memory for one struct. */
#define MEM_NEW(type) ((type *)mem_alloc_array(1, sizeof(type)))
/* Zeroed memory for `count` of them; a product that overflows ends us, too. */
#define MEM_ARRAY(count, type) ((type *)mem_alloc_array((count), sizeof(type)))

void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *mem_alloc_array(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *mem_realloc_array(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
void *mem_dup(const void *data, size_t size) __attribute__((malloc, returns_nonnull));

/* strdup() and strndup(); NULL stays NULL. */
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t length);

/* sprintf() into memory of its own. */
char *mem_printf(const char *format, ...)
	__attribute__((format(printf, 1, 2), malloc, returns_nonnull));

/* Where a library says that it got none. */
_Noreturn void mem_is_gone(void);

/*
 * For whoever handles one document after the other, once, before the first: the
 * next one needs what the last one freed, and a page that the system gives anew
 * costs more than to parse what is in it.  So many bytes of free memory stay;
 * pieces from half a megabyte on go back all the same.
 */
void mem_keep(size_t bytes);

/* After a burst of work: what was freed in the middle of the heap goes back to
 * the system, if it is megabytes.  Takes milliseconds. */
void mem_give_back(void);

#endif
