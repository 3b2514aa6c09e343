#ifndef FETCH_WRAPPING_H
#define FETCH_WRAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/fetch/multi.h"

/*
 * How much of what comes is a body, and how much only wraps it: extensions of
 * chunks, compressed blocks with nothing in them, padding, frames that nobody
 * knows.  libcurl reads on as long as anything comes, and tells of the body alone;
 * a server that sends nothing else would keep the loop for itself, or the connection
 * until a timeout.  Where several answers share a connection, what any of them made
 * of it counts for all.  What a proxy says before there is a tunnel is no part of an
 * answer, and has a limit of its own.
 */
struct wrapping {
	uint64_t turn;       /* multi_turn() of the last step */
	int64_t turn_bytes;  /* of the body, when that turn began */
	unsigned turn_steps; /* since then */
	unsigned steps;
	bool tunnel;                 /* a proxy is asked for one: the request has not left */
	bool expected;               /* the head is over */
	int64_t body_bytes;          /* of the body, that the connection has been told of */
	int64_t raw_from;            /* of the connection, as the request left; -1: not known */
	int64_t used_from;           /* what answers made of it until then */
	int64_t raw_last, used_last; /* at the last look */
	int fd;                      /* of the connection, from then on; or -1 */
	bool framed;                 /* of several answers at once; known at the end */
};

void wrapping_begin(struct wrapping *wrapping, bool tunnel);
/* The answer is over, its head and body had so many bytes. */
void wrapping_end(struct wrapping *wrapping, struct multi *multi, CURL *easy, int64_t bytes);
/* The request is about to leave, from that port of ours. */
void wrapping_ask(struct wrapping *wrapping, struct multi *multi, unsigned port);
/* The head is over: what comes from here on should be a body. */
void wrapping_expect(struct wrapping *wrapping);
/*
 * At each step of a transfer: whether what has come is next to nothing else.
 * *out_bytes: how much of it came since the last look; libcurl has read it, or is
 * about to, and that takes its time, too.
 */
bool wrapping_prevails(
	struct wrapping *wrapping, struct multi *multi, int64_t body_bytes, size_t *out_bytes);
/*
 * When all that a Content-Length announced is here, which is body_bytes: whether
 * more came than that, which libcurl throws away without a word.  (The length
 * counts characters for bytes, mostly.)  Not within TLS, whose own bytes the
 * connection counts, too.
 */
bool wrapping_has_surplus(const struct wrapping *wrapping, CURL *easy, int64_t body_bytes);

#endif
