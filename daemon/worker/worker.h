#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/feed/document.h"

/*
 * Foreign bytes are parsed in processes of their own, which hold no file, no
 * socket and no secret: `feedd --worker`, fed through pipes.  What comes back
 * is believed after feed_doc_check() only.  A crash, a hang or too much memory
 * is the end of that worker and the error of that document; the next one gets
 * a new worker.  One that the system call filter ended before it had seen a
 * document is the filter's fault: the following do without it.  One that was
 * gone before it had read any of a document is nobody's: once, the next is given it;
 * where one is there and does not begin to read, twice.
 * Knows nothing of HTTP, feeds' histories or the store.
 *
 * All calls from the loop's thread.
 */

/* ------------------------------------------------------- the parent ---- */

struct worker_pool;

struct worker_options {
	const char *program; /* NULL: /proc/self/exe, so that an upgrade mixes no versions */
	unsigned count;      /* 0: one a core, two to four */
	int64_t timeout_ms;  /* 0: 10 s; of the real clock, for one document, and 1 s more a MiB */
	int64_t begin_ms;    /* 0: 2.5 s; of those, to begin in; a new process has twice that */
	int64_t cool_ms;     /* 0: 1 s; the first wait after a crash, doubled by each */
	/* Or NULL: a worker lives with less than it wanted.  May come again. */
	void (*degraded)(void *ctx);
	void *ctx;
};

/* Starts no process yet: the first document does. */
struct worker_pool *worker_pool_new(uv_loop_t *loop, const struct worker_options *options);
/* Ends the workers (their documents' `done` never comes), then `closed`. */
void worker_pool_close(struct worker_pool *pool, void (*closed)(void *ctx), void *ctx);

/* Bytes of bodies that wait for a worker; what one has got is not among them, so
 * that a document that hangs counts no more than any other. */
size_t worker_pool_bytes(const struct worker_pool *pool);
/* Workers that crashed, hung or ran out of memory since the start. */
uint64_t worker_pool_losses(const struct worker_pool *pool);

/* A document to be parsed; strings are copied, the body is taken. */
struct parse_source {
	enum feed_kind kind;
	const char *url; /* base of relative references; "" if unknown */
	const char *content_type;
	const char *content_location;
	bool cut; /* the transfer ended before its announced end */
	struct buf *body;
};

/*
 * Exactly one of doc and err is given.  doc is one block, checked, the
 * callee's to free().  err is what feed_parse() says, or ERR_PARSER_CRASH,
 * ERR_PARSER_HANG, ERR_PARSER_MEMORY.
 */
typedef void parse_done(void *ctx, struct feed_doc *doc, const struct err *err);

struct parse;
/* Documents are taken in the order they came.  `done` comes once, from the
 * loop, never from inside this call and never after parse_cancel(). */
struct parse *parse_start(
	struct worker_pool *pool, const struct parse_source *source, parse_done *done, void *ctx);
void parse_cancel(struct parse *parse);

/* -------------------------------------------------------- the child ---- */

/*
 * `feedd --worker`: documents from descriptor 0, answers to descriptor 1, until
 * the end of 0.  Returns the exit code.  filter: seccomp, too; it parses a
 * sample of its own under it before it says hello.
 */
int worker_main(bool filter);

/* Behind --worker: without seccomp. */
#define WORKER_UNFILTERED "unfiltered"

#endif
