#include "daemon/control/turn.h"

#include <stdbool.h>
#include <stddef.h>

static struct turn *first; /* it is its turn; behind it those that wait */

void turn_take(struct turn *turn, void (*begin)(void *ctx), void *ctx)
{
	struct turn **at = &first;

	while (*at != NULL)
		at = &(*at)->next;
	*at = turn;
	turn->next = NULL;
	turn->begin = begin;
	turn->ctx = ctx;
	if (first == turn)
		begin(ctx);
}

void turn_end(struct turn *turn)
{
	struct turn **at = &first;
	bool had_it = first == turn;

	while (*at != NULL && *at != turn)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = turn->next;
	if (had_it && first != NULL)
		first->begin(first->ctx);
}
