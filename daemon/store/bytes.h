#ifndef STORE_BYTES_H
#define STORE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Numbers as bytes: little-endian in the blobs that are ours, big-endian in SQLite's own
 * files.  Knows no blob and no file.
 */

/* The lowest `size` bytes of a number, at most eight. */
static inline void bytes_put(unsigned char *at, size_t size, uint64_t value)
{
	size_t i;

	for (i = 0; i < size; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

static inline uint64_t bytes_get(const unsigned char *at, size_t size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | at[size];
	return value;
}

/* Words of a whole file, one after the other: a load each. */
static inline uint32_t bytes_little_32(const unsigned char *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static inline uint32_t bytes_big_32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

#endif
