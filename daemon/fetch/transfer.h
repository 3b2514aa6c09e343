#ifndef FETCH_TRANSFER_H
#define FETCH_TRANSFER_H

#include <curl/curl.h>

#include "daemon/fetch/asking.h"
#include "daemon/fetch/coding.h"
#include "daemon/fetch/head.h"
#include "daemon/fetch/hop.h"
#include "daemon/fetch/multi.h"
#include "daemon/fetch/slice.h"
#include "daemon/fetch/wrapping.h"

/*
 * One GET: a hop's words to libcurl, the answer's head and decoded body back,
 * within all limits.  Follows nothing, repeats nothing.
 */
struct transfer {
	struct multi *multi;
	CURL *easy;
	struct arena memory; /* of the header lines */
	struct curl_slist *pins;
	struct curl_slist *unpins;           /* of the pins, for the next transfer */
	const struct hop *hop;               /* while it runs; the owner's */
	const struct fetch_options *options; /* likewise */
	struct head head;                    /* counts over all hops of a request */
	struct buf body;
	struct packed *packed; /* NULL unless it comes packed */
	size_t unpacked;       /* of the bytes that libcurl keeps for us while we rest */
	struct slice slice;
	int64_t total_ms; /* that it has, its rests aside */
	struct err err;   /* ERR_NONE, or what one of our own checks said */
	enum fetch_miss missed;
	bool enough;    /* we hung up ourselves: all that counts is here */
	bool abandoned; /* all that counts is the head */
	struct asking asking;
	bool direct;  /* the handle was told so: it goes through no proxy */
	bool surplus; /* more came than its length announced, and was thrown away */
	bool sealed;  /* its compression has an end of its own, and that was there */
	struct wrapping wrapping;
	char address[ADDRESS_TEXT_MAX];
	char words[CURL_ERROR_SIZE]; /* libcurl's */
	uint64_t began_ms; /* of uv_now(): the owner sets it; later, when the request left */
	uint64_t wire_bytes;
	void (*done)(struct transfer *transfer, void *ctx);
	void *ctx;
	struct transfer *next_spare;
};

/* Idle ones, for their memory. */
struct transfer_pool {
	struct multi *multi; /* in which all of them run */
	struct transfer *spare;
	unsigned count;
};
struct transfer *transfer_take(struct transfer_pool *pool, size_t header_max, size_t body_max);
void transfer_give(struct transfer_pool *pool, struct transfer *transfer);
void transfer_pool_release(struct transfer_pool *pool);

struct transfer_times {
	int64_t connect_ms, total_ms;
};

/* Ask; `addresses` (of the port connected, the proxy's with one) are pinned. */
void transfer_start(struct transfer *transfer, struct hop *hop, const struct request *request,
	const struct fetch_options *options, const struct transfer_times *times,
	struct curl_slist *pins);
void transfer_cancel(struct transfer *transfer);
/* It begins, and has so long; it can't take more for now. */
void transfer_time(struct transfer *transfer, int64_t total_ms);
void transfer_rest(struct transfer *transfer);
/* For multi's done: what it came to is then in *transfer. */
void transfer_finish(struct transfer *transfer, CURLcode code);

/* What libcurl's code means, into transfer->err, in a person's words. */
void transfer_explain(struct transfer *transfer, CURLcode code);
/* The same where next to nothing of what came was the document (wrapping.h). */
void transfer_explain_wrapping(struct transfer *transfer);

/*
 * In TLS 1.3 a handshake is over for us before the server has seen our certificate, or
 * that there is none (RFC 8446 6.2).  Whether its alert is read in place of an answer, or
 * the request finds a connection that has gone, is chance: so that is one error, and this
 * is whether an alert waits where nothing has been answered.
 */
bool transfer_is_refused(const struct transfer *transfer);
void transfer_explain_refused(struct transfer *transfer);

/* It has rested for so long that its server may have lost patience with us. */
bool transfer_was_left(const struct transfer *transfer);

/* Fewer bytes a second than that for so long, and it is over. */
#define TRANSFER_SLOW_BYTES 100L
#define TRANSFER_SLOW_S 20L

/* A status that leads elsewhere, with a Location. */
bool transfer_is_redirect(const struct transfer *transfer);

#endif
