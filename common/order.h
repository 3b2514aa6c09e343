#ifndef COMMON_ORDER_H
#define COMMON_ORDER_H

#include <stdint.h>

/* For qsort() and bsearch(): int64_t by value, the least first. */
static inline int order_int64(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#endif
