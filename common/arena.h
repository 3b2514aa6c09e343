#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stddef.h>

/*
 * Memory of what ends together: small pieces are cut from blocks, and one call
 * gives all of them back.  An arena of zeros is an empty one, and may be moved by
 * assignment; it has no lock.  Where there is no memory, the process ends (mem.h).
 *
 * Pieces are the arena's.  Nothing is given back alone, so an arena is for what
 * is put together once, not for what grows.
 */
struct arena {
	struct arena_block *blocks;
	char *at;
	size_t left;
};

/* So many bytes, aligned for pointers and numbers, not cleared. */
void *arena_take(struct arena *arena, size_t length) __attribute__((returns_nonnull));

/* Copies.  Of NULL, and of no bytes, NULL. */
char *arena_strdup(struct arena *arena, const char *text);
void *arena_dup(struct arena *arena, const void *bytes, size_t length);

/* All of its pieces; it is an empty one then. */
void arena_free(struct arena *arena);

#endif
