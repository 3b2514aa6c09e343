#ifndef WORKER_PROCESS_H
#define WORKER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/worker/frame.h"
#include "daemon/worker/worker.h"

/*
 * One worker process and its pipes, from spawn to last close.  Knows nothing
 * of queues: it is given one document at a time.
 */
struct process;

/* What a process is asked: all of it lives until answered() or lost(). */
struct process_request {
	enum feed_kind kind;
	bool cut;
	const char *url, *content_type, *content_location;
	const void *body;
	size_t body_length;
	/* To begin within: one that is stopped, or swapped out, is killed then, and
	 * not when all its time is over.  0: it has all its time for that, too. */
	int64_t begin_ms;
};

enum process_end {
	PROCESS_ENDED,
	PROCESS_FILTERED, /* its filter ended it before it had read a byte of a document */
	PROCESS_UNASKED,  /* it had been asked, had read nothing of that and ended by itself */
	PROCESS_STUCK     /* likewise, but it was killed: it did not begin in time */
};

struct process_events {
	/* It has locked itself in; false: it was to be filtered, and is not. */
	void (*greeted)(void *ctx, bool as_wanted);
	/* An answer: a checked block (the callee's) or what feed_parse() said. */
	void (*answered)(void *ctx, struct feed_doc *doc, const struct err *err);
	/* The process is over and all its handles are closed; err says why.
	 * It is freed when this returns. */
	void (*lost)(void *ctx, const struct err *err);
};

/* Never fails: a spawn that does comes as lost().  filtered: by seccomp. */
struct process *process_new(uv_loop_t *loop, const char *program, bool filtered, int64_t timeout_ms,
	const struct process_events *events, void *ctx);
/* Only when it has nothing to do. */
void process_ask(struct process *process, const struct process_request *request);
/* For lost(). */
enum process_end process_end(const struct process *process);
/* Kill it; lost() comes, answered() not any more. */
void process_kill(struct process *process);

#endif
