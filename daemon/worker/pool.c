#include "daemon/worker/worker.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/mem.h"
#include "daemon/worker/process.h"

#define COUNT_MIN 2u
#define COUNT_MAX 4u
#define TIMEOUT_MS 10000
#define BEGIN_MS 2500
#define COOL_MS 1000
#define COOL_DOUBLINGS_MAX 6u

/* How often a document may have been given to others before, and none is to blame. */
static const unsigned again_max[] = {
	[PROCESS_ENDED] = 0, [PROCESS_FILTERED] = 0, [PROCESS_UNASKED] = 1, [PROCESS_STUCK] = 2
};

/*
 * A document on its way: in the queue, or in the worker that has it.
 */
struct parse {
	struct worker_pool *pool;
	struct parse *next;    /* in the queue */
	struct worker *worker; /* or NULL while it waits */
	enum feed_kind kind;
	bool cut;
	char *url, *content_type, *content_location;
	struct buf body;
	unsigned again;   /* so many workers were gone, or stuck, before they read any of it */
	parse_done *done; /* NULL: cancelled while a worker had it */
	void *ctx;
};

/*
 * A place for a process.  Empty until there is work; after a loss it cools
 * down, the longer the more were lost in a row.
 */
struct worker {
	struct worker_pool *pool;
	struct process *process;
	struct parse *parse; /* what it works on */
	unsigned losses;     /* in a row */
	bool cooling;
	uv_timer_t cool;
};

struct worker_pool {
	uv_loop_t *loop;
	char *program;
	int64_t timeout_ms, begin_ms, cool_ms;
	void (*degraded)(void *ctx);
	void *ctx;
	bool filtered; /* the next worker, by seccomp */
	struct worker workers[COUNT_MAX];
	unsigned count;
	struct parse *first, **last; /* the queue */
	size_t bytes;                /* in the queue; what a worker has waits for nobody */
	uint64_t losses;
	unsigned open; /* processes and timers that must end before we can */
	bool closing;
	void (*closed)(void *ctx);
	void *closed_ctx;
};

static void parse_free(struct parse *parse)
{
	if (parse == NULL)
		return;
	buf_release(&parse->body);
	free(parse->url);
	free(parse->content_type);
	free(parse->content_location);
	free(parse);
}

static void end_if_closed(struct worker_pool *pool)
{
	if (!pool->closing || pool->open > 0)
		return;
	pool->closed(pool->closed_ctx);
	free(pool->program);
	free(pool);
}

/* Tell, unless nobody wants to know any more; frees. */
static void finish(struct parse *parse, struct feed_doc *doc, const struct err *err)
{
	parse_done *done = parse->done;
	void *ctx = parse->ctx;

	parse_free(parse);
	if (done != NULL)
		done(ctx, doc, err);
	else
		free(doc);
}

static void dispatch(struct worker_pool *pool);

static void degrade(struct worker_pool *pool, const char *why)
{
	if (pool->filtered)
		log_warning("the parsers go on without seccomp: %s", why);
	pool->filtered = false;
	if (pool->degraded != NULL)
		pool->degraded(pool->ctx);
}

static void on_greeted(void *ctx, bool as_wanted)
{
	struct worker *worker = ctx;

	if (!as_wanted)
		degrade(worker->pool, "this system has none");
}

static void on_answered(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct worker *worker = ctx;
	struct worker_pool *pool = worker->pool;
	struct parse *parse = worker->parse;

	worker->parse = NULL;
	worker->losses = 0;
	/* The worker gets its next document before we look at this one. */
	dispatch(pool);
	finish(parse, doc, err);
}

static void on_cool(uv_timer_t *timer)
{
	struct worker *worker = timer->data;

	worker->cooling = false;
	dispatch(worker->pool);
}

/* The document, or NULL, is given to the next worker. */
static void ask_again(struct worker_pool *pool, struct parse *parse)
{
	if (parse != NULL && parse->done == NULL) {
		parse_free(parse);
	} else if (parse != NULL) {
		parse->worker = NULL;
		pool->bytes += parse->body.length;
		parse->next = pool->first;
		pool->first = parse;
		if (parse->next == NULL)
			pool->last = &parse->next;
	}
	dispatch(pool);
}

/* Its place stays empty for a while. */
static void cool_down(struct worker *worker)
{
	unsigned shift = worker->losses < COOL_DOUBLINGS_MAX ? worker->losses : COOL_DOUBLINGS_MAX;

	worker->losses++;
	worker->cooling = true;
	uv_timer_start(&worker->cool, on_cool, (uint64_t)worker->pool->cool_ms << shift, 0);
}

static void on_lost(void *ctx, const struct err *err)
{
	struct worker *worker = ctx;
	struct worker_pool *pool = worker->pool;
	struct parse *parse = worker->parse;
	enum process_end end = process_end(worker->process);

	worker->process = NULL;
	worker->parse = NULL;
	pool->open--;
	if (pool->closing) {
		parse_free(parse);
		end_if_closed(pool);
		return;
	}
	if (end == PROCESS_FILTERED) {
		degrade(pool, "the C library wants a system call that they forbid themselves");
		ask_again(pool, parse);
		return;
	}
	pool->losses++;
	/* It had been waited for, and what it was to read waits for another. */
	if (end != PROCESS_STUCK)
		cool_down(worker);
	if (parse != NULL && parse->again >= again_max[end]) {
		finish(parse, NULL, err);
		return;
	}
	log_warning("a parser is gone, and no document had a part in it: %s", err->text);
	if (parse != NULL)
		parse->again++;
	ask_again(pool, parse);
}

static const struct process_events events = { on_greeted, on_answered, on_lost };

/* An idle process, else a place where one can be started; the other way round for a
 * document that was given to one in vain: what befell that one may have befallen all. */
static struct worker *free_worker(struct worker_pool *pool, bool again)
{
	struct worker *empty = NULL, *idle = NULL;

	for (unsigned i = 0; i < pool->count; i++) {
		struct worker *worker = &pool->workers[i];

		if (worker->parse != NULL || worker->cooling)
			continue;
		if (worker->process == NULL && empty == NULL)
			empty = worker;
		if (worker->process != NULL && idle == NULL)
			idle = worker;
	}
	if (idle != NULL && (empty == NULL || !again))
		return idle;
	if (empty != NULL) {
		empty->process = process_new(pool->loop, pool->program, pool->filtered,
			pool->timeout_ms, &events, empty);
		pool->open++;
	}
	return empty;
}

static void dispatch(struct worker_pool *pool)
{
	struct worker *worker;

	while (!pool->closing && pool->first != NULL &&
		(worker = free_worker(pool, pool->first->again > 0)) != NULL) {
		struct parse *parse = pool->first;
		struct process_request request = { .kind = parse->kind,
			.cut = parse->cut,
			.url = parse->url,
			.content_type = parse->content_type,
			.content_location = parse->content_location,
			.body = parse->body.data,
			.body_length = parse->body.length,
			.begin_ms = parse->again < again_max[PROCESS_STUCK] ? pool->begin_ms : 0 };

		pool->first = parse->next;
		if (pool->first == NULL)
			pool->last = &pool->first;
		pool->bytes -= parse->body.length;
		parse->worker = worker;
		worker->parse = parse;
		process_ask(worker->process, &request);
	}
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct worker *worker = handle->data;

	worker->pool->open--;
	end_if_closed(worker->pool);
}

struct worker_pool *worker_pool_new(uv_loop_t *loop, const struct worker_options *options)
{
	struct worker_pool *pool = MEM_NEW(struct worker_pool);
	unsigned cores = uv_available_parallelism();

	pool->loop = loop;
	pool->program = mem_strdup(options->program != NULL ? options->program : "/proc/self/exe");
	pool->count = options->count > 0 ? options->count : cores;
	if (pool->count > COUNT_MAX)
		pool->count = COUNT_MAX;
	/* On one core, too, a document that hangs must not keep the others waiting. */
	if (options->count == 0 && pool->count < COUNT_MIN)
		pool->count = COUNT_MIN;
	pool->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_MS;
	pool->begin_ms = options->begin_ms > 0 ? options->begin_ms : BEGIN_MS;
	pool->cool_ms = options->cool_ms > 0 ? options->cool_ms : COOL_MS;
	pool->degraded = options->degraded;
	pool->ctx = options->ctx;
#ifndef FEEDD_SANITIZED
	pool->filtered = true; /* a sanitizer's own calls are too many */
#endif
	pool->last = &pool->first;
	for (unsigned i = 0; i < pool->count; i++) {
		pool->workers[i].pool = pool;
		uv_timer_init(loop, &pool->workers[i].cool);
		pool->workers[i].cool.data = &pool->workers[i];
		pool->open++;
	}
	return pool;
}

void worker_pool_close(struct worker_pool *pool, void (*closed)(void *ctx), void *ctx)
{
	pool->closing = true;
	pool->closed = closed;
	pool->closed_ctx = ctx;
	while (pool->first != NULL) {
		struct parse *parse = pool->first;

		pool->first = parse->next;
		parse_free(parse);
	}
	for (unsigned i = 0; i < pool->count; i++) {
		if (pool->workers[i].process != NULL)
			process_kill(pool->workers[i].process);
		uv_close((uv_handle_t *)&pool->workers[i].cool, on_timer_closed);
	}
}

size_t worker_pool_bytes(const struct worker_pool *pool)
{
	return pool->bytes;
}

uint64_t worker_pool_losses(const struct worker_pool *pool)
{
	return pool->losses;
}

struct parse *parse_start(
	struct worker_pool *pool, const struct parse_source *source, parse_done *done, void *ctx)
{
	struct parse *parse = MEM_NEW(struct parse);

	parse->pool = pool;
	parse->kind = source->kind;
	parse->cut = source->cut;
	parse->url = mem_strdup(source->url);
	parse->content_type = mem_strdup(source->content_type);
	parse->content_location = mem_strdup(source->content_location);
	buf_move(&parse->body, source->body);
	parse->done = done;
	parse->ctx = ctx;
	pool->bytes += parse->body.length;
	*pool->last = parse;
	pool->last = &parse->next;
	dispatch(pool);
	return parse;
}

void parse_cancel(struct parse *parse)
{
	struct worker_pool *pool = parse->pool;
	struct parse **at = &pool->first;

	if (parse->worker != NULL) {
		/* It cannot be called back; the answer will go to nobody. */
		parse->done = NULL;
		return;
	}
	while (*at != parse)
		at = &(*at)->next;
	*at = parse->next;
	if (pool->last == &parse->next)
		pool->last = at;
	pool->bytes -= parse->body.length;
	parse_free(parse);
}
