#ifndef FETCH_ENDINGS_H
#define FETCH_ENDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How connections ended, by the descriptors that they had: libcurl closes one before it
 * tells what became of its transfer.  Turns are multi_turn()'s.
 */
struct ending;

struct endings {
	struct ending *of; /* the last one of each descriptor */
	size_t room;
};

void endings_release(struct endings *endings);
/* The descriptor is about to be closed in that turn: how it ends is seen here. */
void endings_note(struct endings *endings, int fd, uint64_t turn);
/* Whether it ended in that turn with something to read. */
bool endings_left_unread(const struct endings *endings, int fd, uint64_t turn);
/* Whether it ended in that turn or later, for the other side had reset it. */
bool endings_was_reset(const struct endings *endings, int fd, uint64_t since);

#endif
