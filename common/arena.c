#include "common/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/* With what malloc puts before it, a kilobyte: a request's texts, mostly. */
#define BLOCK_SIZE ((size_t)1008)
#define ALIGNMENT sizeof(void *)

struct arena_block {
	struct arena_block *next;
	char bytes[];
};

void *arena_take(struct arena *arena, size_t length)
{
	size_t size = BLOCK_SIZE;
	struct arena_block *block;
	char *piece;

	if (length > SIZE_MAX / 2)
		mem_is_gone();
	length = (length + (length == 0) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (length > arena->left) {
		if (length > size)
			size = length;
		block = mem_alloc(sizeof(*block) + size);
		block->next = arena->blocks;
		arena->blocks = block;
		arena->at = block->bytes;
		arena->left = size;
	}
	piece = arena->at;
	arena->at += length;
	arena->left -= length;
	return piece;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text != NULL ? arena_dup(arena, text, strlen(text) + 1) : NULL;
}

void *arena_dup(struct arena *arena, const void *bytes, size_t length)
{
	return length > 0 ? memcpy(arena_take(arena, length), bytes, length) : NULL;
}

void arena_free(struct arena *arena)
{
	struct arena_block *block = arena->blocks, *next;

	for (; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	*arena = (struct arena){ 0 };
}
