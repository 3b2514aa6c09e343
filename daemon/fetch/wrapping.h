#ifndef FETCH_WRAPPING_H
#define FETCH_WRAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/fetch/multi.h"

/*
 * How much of what comes is a body, and how much only wraps it: extensions of
 * chunks, compressed blocks with nothing in them.  libcurl reads on as long as
 * anything comes, and tells of the body alone; a server that sends nothing else
 * would keep the loop for itself, or the connection until a timeout.
 */
struct wrapping {
	uint64_t turn;       /* multi_turn() of the last step */
	int64_t turn_bytes;  /* of the body, when that turn began */
	unsigned turn_steps; /* since then */
	unsigned steps;
	int64_t raw_from, body_from; /* at the first look; -1: there was none */
};

void wrapping_begin(struct wrapping *wrapping);
/* At each step of a transfer: whether what has come is next to nothing else. */
bool wrapping_prevails(
	struct wrapping *wrapping, const struct multi *multi, CURL *easy, int64_t body_bytes);

#endif
