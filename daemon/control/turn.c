#include "daemon/control/turn.h"

#include <stddef.h>

static struct turn *first; /* it is its turn; behind it those that wait */
static bool beginning;     /* one is, further up on the stack */

/* One that ends at once lets the next one in from this loop, not from within: thousands
 * may wait. */
static void begin_first(void)
{
	if (beginning)
		return;
	beginning = true;
	while (first != NULL && !first->begun) {
		first->begun = true;
		first->begin(first->ctx);
	}
	beginning = false;
}

void turn_take(struct turn *turn, void (*begin)(void *ctx), void *ctx)
{
	struct turn **at = &first;

	while (*at != NULL)
		at = &(*at)->next;
	*at = turn;
	turn->next = NULL;
	turn->begin = begin;
	turn->ctx = ctx;
	turn->begun = false;
	begin_first();
}

void turn_end(struct turn *turn)
{
	struct turn **at = &first;

	while (*at != NULL && *at != turn)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = turn->next;
	begin_first();
}
