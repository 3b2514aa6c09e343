#ifndef FETCH_MULTI_H
#define FETCH_MULTI_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/fetch/slice.h"

/*
 * libcurl's multi interface driven by libuv: sockets, the timer, and who is
 * finished.  Keeps connections for the next transfer; when all has been quiet
 * for a while it closes them.  Knows nothing of what is transferred.
 */
struct multi;

/* A transfer is over; it is no longer in the multi.  From the loop. */
typedef void multi_done(void *private, CURLcode code);

struct multi *multi_new(uv_loop_t *loop, multi_done *done);
/* At most so many connections, idle ones included. */
void multi_limit(struct multi *multi, unsigned connections);
/* Nothing may be in it any more. */
void multi_close(struct multi *multi, void (*closed)(void *ctx), void *ctx);

/*
 * A connection's descriptor, from before libcurl has it until it is closed:
 * CURLOPT_OPENSOCKETFUNCTION tells of one that it made (-1: there is no room to
 * watch it) and whether its other end is on this machine or network,
 * CURLOPT_CLOSESOCKETFUNCTION is the other, with the multi as its data.
 */
int multi_socket_opens(struct multi *multi, curl_socket_t fd, bool is_near);
int multi_socket_closes(void *multi, curl_socket_t fd);
/* The one that is connected from that port of ours; -1 if none is, or two are (to
 * different peers). */
curl_socket_t multi_socket_from(struct multi *multi, unsigned port);
/* So many of its bytes were an answer's; how many were in all, and uv_hrtime() of the last
 * of them: a descriptor that is none has none.  Framed: its bytes say whose answer they are
 * (HTTP/2). */
struct multi_use {
	int64_t bytes;
	uint64_t last_ns;
	bool framed;
};
void multi_socket_use(struct multi *multi, curl_socket_t fd, int64_t bytes, bool framed);
struct multi_use multi_socket_used(const struct multi *multi, curl_socket_t fd);

/* Another number each time libcurl has its turn on the loop. */
uint64_t multi_turn(const struct multi *multi);

/* While `done` runs: whether who sent there did not let go of the loop in this turn,
 * and lost that connection for it. */
bool multi_has_cut(const struct multi *multi, curl_socket_t fd);

/* Likewise: whether it was closed in this turn with something to read, for which we
 * had had no time. */
bool multi_left_unread(const struct multi *multi, curl_socket_t fd);

/* Whether it was closed in that turn or later, for the other side had reset it. */
bool multi_was_reset(const struct multi *multi, curl_socket_t fd, uint64_t since);

/* Whether what comes is read.  While it is not, answers stay with the kernel and
 * the server; no time stands still for that. */
void multi_read(struct multi *multi, bool reads);

/* Of the loop's rounds, for what its transfers make of what comes. */
struct slices *multi_slices(struct multi *multi);

/* The handle's CURLOPT_PRIVATE is what `done` gets. */
void multi_add(struct multi *multi, CURL *easy);
void multi_remove(struct multi *multi, CURL *easy);
/* Let it go on that paused itself.  It may be over then, and `done` told. */
void multi_go_on(struct multi *multi, CURL *easy);
/* End it as if its time were over; `done` is told at once. */
void multi_give_up(struct multi *multi, CURL *easy);

#endif
