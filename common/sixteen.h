#ifndef COMMON_SIXTEEN_H
#define COMMON_SIXTEEN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Sixteen bytes at once, for the loops that look at every byte of a document.
 * The vectors of GCC and clang become what the machine has; comparing two gives
 * one whose bytes are all ones where it is true, to be cast back.
 */
typedef unsigned char sixteen __attribute__((vector_size(16)));

/* The sixteen bytes from `at` on, wherever that is. */
static inline sixteen sixteen_at(const void *at)
{
	sixteen block;

	memcpy(&block, at, sizeof(block));
	return block;
}

/* Whether any of the bytes is not zero. */
static inline bool sixteen_any(sixteen block)
{
	uint64_t halves[2];

	memcpy(halves, &block, sizeof(halves));
	return (halves[0] | halves[1]) != 0;
}

#endif
