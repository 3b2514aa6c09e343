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

/* The bytes of two vectors, 0 to 15 and 16 to 31, by their numbers. */
#ifdef __clang__
#define SIXTEEN_OF(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SIXTEEN_OF(a, b, ...) __builtin_shuffle(a, b, (sixteen){ __VA_ARGS__ })
#endif

/* The bytes that stand one and two places before each, zero before the first. */
static inline sixteen sixteen_before(sixteen block)
{
	return SIXTEEN_OF((sixteen){ 0 }, block, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
		28, 29, 30);
}

static inline sixteen sixteen_two_before(sixteen block)
{
	return SIXTEEN_OF((sixteen){ 0 }, block, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
		27, 28, 29);
}

/* Whether any of the bytes is not zero. */
static inline bool sixteen_any(sixteen block)
{
	uint64_t halves[2];

	memcpy(halves, &block, sizeof(halves));
	return (halves[0] | halves[1]) != 0;
}

/* The first place of eight bytes, of which one is not zero, that is not. */
static inline unsigned sixteen_first_of_eight(uint64_t eight)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (unsigned)__builtin_ctzll(eight) / 8;
#else
	return (unsigned)__builtin_clzll(eight) / 8;
#endif
}

/* Where the first of the bytes stands that is not zero; 16 if all are. */
static inline unsigned sixteen_first(sixteen block)
{
	uint64_t halves[2];

	memcpy(halves, &block, sizeof(halves));
	if (halves[0] != 0)
		return sixteen_first_of_eight(halves[0]);
	return halves[1] != 0 ? 8 + sixteen_first_of_eight(halves[1]) : 16;
}

#endif
