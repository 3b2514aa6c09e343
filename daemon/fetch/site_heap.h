#ifndef FETCH_SITE_HEAP_H
#define FETCH_SITE_HEAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * A heap of those who wait for a time, the earliest on top.  Its members carry
 * their own place, so that they can leave from the middle.
 */
struct heap_node {
	uint64_t at_ms;
	size_t place; /* 1 …; 0: in no heap */
};

struct heap {
	struct heap_node **nodes; /* nodes[0] is not used */
	size_t count, capacity;
};

void heap_add(struct heap *heap, struct heap_node *node);
/* Nothing if it is in none. */
void heap_remove(struct heap *heap, struct heap_node *node);
/* NULL if empty. */
struct heap_node *heap_first(const struct heap *heap);
void heap_release(struct heap *heap);

#endif
