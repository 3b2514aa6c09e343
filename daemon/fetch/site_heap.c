#include "daemon/fetch/site_heap.h"

#include <stdlib.h>

#include "common/mem.h"

static void put(struct heap *heap, size_t place, struct heap_node *node)
{
	heap->nodes[place] = node;
	node->place = place;
}

static void rise(struct heap *heap, size_t place, struct heap_node *node)
{
	while (place > 1 && heap->nodes[place / 2]->at_ms > node->at_ms) {
		put(heap, place, heap->nodes[place / 2]);
		place /= 2;
	}
	put(heap, place, node);
}

static void sink(struct heap *heap, size_t place, struct heap_node *node)
{
	size_t child;

	while ((child = 2 * place) <= heap->count) {
		if (child < heap->count &&
			heap->nodes[child + 1]->at_ms < heap->nodes[child]->at_ms)
			child++;
		if (heap->nodes[child]->at_ms >= node->at_ms)
			break;
		put(heap, place, heap->nodes[child]);
		place = child;
	}
	put(heap, place, node);
}

void heap_add(struct heap *heap, struct heap_node *node)
{
	if (heap->count + 1 >= heap->capacity) {
		heap->capacity = heap->capacity > 0 ? heap->capacity * 2 : 16;
		heap->nodes = mem_realloc_array(
			heap->nodes, heap->capacity, sizeof(struct heap_node *));
	}
	rise(heap, ++heap->count, node);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
	size_t place = node->place;
	struct heap_node *last;

	if (place == 0)
		return;
	node->place = 0;
	last = heap->nodes[heap->count--];
	if (last == node)
		return;
	if (place > 1 && heap->nodes[place / 2]->at_ms > last->at_ms)
		rise(heap, place, last);
	else
		sink(heap, place, last);
}

struct heap_node *heap_first(const struct heap *heap)
{
	return heap->count > 0 ? heap->nodes[1] : NULL;
}

void heap_release(struct heap *heap)
{
	free(heap->nodes);
	*heap = (struct heap){ 0 };
}
