#ifndef CONTROL_TURN_H
#define CONTROL_TURN_H

#include <stdbool.h>

/*
 * What takes much memory, and a thread for seconds, is done for one call after the
 * other, in the order in which they came.  Knows nothing of what it is; the loop's.
 */
struct turn {
	struct turn *next;
	void (*begin)(void *ctx);
	void *ctx;
	bool begun;
};

/* begin(ctx) once nobody is before it: maybe now, but never from inside another's begin().
 * The turn stays where it is until turn_end(). */
void turn_take(struct turn *turn, void (*begin)(void *ctx), void *ctx);

/* It is over, and the next one begins, from inside or, where it is called by a begin(), when
 * that has returned; or it waits no more.  One that was not taken, or has ended, is left as
 * it is. */
void turn_end(struct turn *turn);

#endif
