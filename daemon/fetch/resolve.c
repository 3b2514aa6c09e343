#include "daemon/fetch/resolve.h"

#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/mem.h"

#define STACK_SIZE (256u << 10)
#define PROMPT_MS 1000u /* within which a free thread has taken a name */

/*
 * A look-up.  Both sides hold it while a thread works on it:
 *
 *	QUEUED --thread--> WORKING --getaddrinfo()--> FINISHED --loop--> told
 *	   |                  |
 *	   +---- timeout -----+--> ABANDONED (told of the timeout; freed by the
 *	         or cancel                    thread, or at once where there is none)
 */
enum state { QUEUED, WORKING, FINISHED, ABANDONED };

struct lookup {
	struct lookup *next, *previous; /* in a list of the pool's, or none */
	struct lookup *next_open, *previous_open;
	struct pool *pool;
	enum state state;
	enum resolve_hope hope;
	char *host;
	uint64_t begin_ms, deadline_ms; /* of this wait; the loop's */
	uint64_t taken_ms;              /* by a thread */
	int code;                       /* of getaddrinfo() */
	struct address addresses[RESOLVE_ADDRESSES_MAX];
	size_t count;
	struct resolver *resolver; /* the loop's side alone reads these */
	resolve_done *done;
	void *ctx;
};

struct list {
	struct lookup *first, *last;
};

/* What threads may still touch when the resolver is long gone. */
struct pool {
	pthread_mutex_t mutex;
	pthread_cond_t work;
	struct list queued[RESOLVE_HOPES], finished;
	unsigned waiting[RESOLVE_HOPES]; /* in `queued` */
	unsigned busy[RESOLVE_HOPES];    /* threads, those that were left behind included */
	unsigned threads, idle, most;
	unsigned holders; /* threads and the resolver; the last one frees */
	bool closed;      /* nobody to wake any more */
	uv_async_t *wake;
};

struct resolver {
	uv_loop_t *loop;
	uv_async_t wake;
	uv_timer_t timer;
	unsigned handles;
	uint64_t timeout_ms;
	struct pool *pool;
	struct lookup *open_first, *open_last; /* by deadline, which is by start */
	size_t doubtful;                       /* of them */
	void (*closed)(void *ctx);
	void *closed_ctx;
};

static void list_add(struct list *list, struct lookup *lookup)
{
	lookup->next = NULL;
	lookup->previous = list->last;
	if (list->last != NULL)
		list->last->next = lookup;
	else
		list->first = lookup;
	list->last = lookup;
}

static void list_remove(struct list *list, struct lookup *lookup)
{
	if (lookup->previous != NULL)
		lookup->previous->next = lookup->next;
	else
		list->first = lookup->next;
	if (lookup->next != NULL)
		lookup->next->previous = lookup->previous;
	else
		list->last = lookup->previous;
	lookup->next = lookup->previous = NULL;
}

static void lookup_free(struct lookup *lookup)
{
	free(lookup->host);
	free(lookup);
}

/* Called with the mutex held, which it gives back. */
static void pool_leave(struct pool *pool)
{
	bool last = --pool->holders == 0;

	pthread_mutex_unlock(&pool->mutex);
	if (!last)
		return;
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->mutex);
	free(pool);
}

static void ask(struct lookup *lookup)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL, *at;
	unsigned port;

	lookup->code = getaddrinfo(lookup->host, NULL, &hints, &found);
	if (lookup->code != 0)
		return;
	for (at = found; at != NULL && lookup->count < RESOLVE_ADDRESSES_MAX; at = at->ai_next) {
		if (address_of_socket(at->ai_addr, &lookup->addresses[lookup->count], &port))
			lookup->count++;
	}
	freeaddrinfo(found);
}

/* How many threads look-ups of that hope, and of less, may have together. */
static unsigned share(const struct pool *pool, enum resolve_hope hope)
{
	static const unsigned sixteenths[] = {
		[RESOLVE_SILENT] = 4, [RESOLVE_NEW] = 12, [RESOLVE_ASKED] = 14, [RESOLVE_FOUND] = 16
	};
	unsigned threads = pool->most * sixteenths[hope] / 16;

	return threads > 0 ? threads : 1;
}

/* How many more threads look-ups of each hope, and of less, may have together. */
static void rooms(const struct pool *pool, unsigned out[RESOLVE_HOPES])
{
	unsigned sum = 0, hope;

	for (hope = 0; hope < RESOLVE_HOPES; hope++) {
		sum += pool->busy[hope];
		out[hope] = share(pool, hope) > sum ? share(pool, hope) - sum : 0;
	}
}

/* The most hopeful that may have a thread now, out of its list; or NULL.  One
 * counts in the shares of all that are more hopeful, too. */
static struct lookup *next_lookup(struct pool *pool)
{
	unsigned room[RESOLVE_HOPES], hope = RESOLVE_HOPES;
	struct lookup *lookup;

	rooms(pool, room);
	while (hope-- > 0 && room[hope] > 0) {
		lookup = pool->queued[hope].first;
		if (lookup == NULL)
			continue;
		list_remove(&pool->queued[hope], lookup);
		pool->waiting[hope]--;
		pool->busy[hope]++;
		return lookup;
	}
	return NULL;
}

/* How many that wait could have a thread now. */
static unsigned startable(const struct pool *pool)
{
	unsigned room[RESOLVE_HOPES], left = UINT_MAX, count = 0, hope = RESOLVE_HOPES, n;

	rooms(pool, room);
	while (hope-- > 0) {
		left = room[hope] < left ? room[hope] : left;
		n = pool->waiting[hope] < left ? pool->waiting[hope] : left;
		left -= n;
		count += n;
	}
	return count;
}

static void *thread_main(void *argument)
{
	struct pool *pool = argument;
	struct lookup *lookup;

	pthread_mutex_lock(&pool->mutex);
	while (!pool->closed) {
		lookup = next_lookup(pool);
		if (lookup == NULL) {
			pool->idle++;
			pthread_cond_wait(&pool->work, &pool->mutex);
			pool->idle--;
			continue;
		}
		lookup->state = WORKING;
		lookup->taken_ms = uv_hrtime() / 1000000;
		pthread_mutex_unlock(&pool->mutex);
		ask(lookup);
		pthread_mutex_lock(&pool->mutex);
		pool->busy[lookup->hope]--;
		if (lookup->state == ABANDONED) {
			lookup_free(lookup);
			continue;
		}
		lookup->state = FINISHED;
		list_add(&pool->finished, lookup);
		uv_async_send(pool->wake);
	}
	pool->threads--;
	pool_leave(pool);
	return NULL;
}

/* Called with the mutex held. */
static void add_thread(struct pool *pool)
{
	pthread_attr_t attributes;
	pthread_t thread;
	sigset_t all, before;

	/* An idle thread that was signalled counts as idle until it wakes. */
	if (pool->idle >= startable(pool) || pool->threads >= pool->most)
		return;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	sigfillset(&all); /* signals are the loop thread's */
	pthread_sigmask(SIG_BLOCK, &all, &before);
	/* Where none can be had, the look-up waits for another; on_timer() tries again. */
	if (pthread_create(&thread, &attributes, thread_main, pool) == 0) {
		pool->threads++;
		pool->holders++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
}

static void open_add(struct resolver *resolver, struct lookup *lookup)
{
	resolver->doubtful += lookup->hope != RESOLVE_FOUND;
	lookup->next_open = NULL;
	lookup->previous_open = resolver->open_last;
	if (resolver->open_last != NULL)
		resolver->open_last->next_open = lookup;
	else
		resolver->open_first = lookup;
	resolver->open_last = lookup;
}

static void open_remove(struct resolver *resolver, struct lookup *lookup)
{
	resolver->doubtful -= lookup->hope != RESOLVE_FOUND;
	if (lookup->previous_open != NULL)
		lookup->previous_open->next_open = lookup->next_open;
	else
		resolver->open_first = lookup->next_open;
	if (lookup->next_open != NULL)
		lookup->next_open->previous_open = lookup->previous_open;
	else
		resolver->open_last = lookup->previous_open;
}

static void on_timer(uv_timer_t *timer);

static void set_timer(struct resolver *resolver)
{
	uint64_t now = uv_now(resolver->loop);
	struct lookup *first = resolver->open_first;

	if (first == NULL)
		uv_timer_stop(&resolver->timer);
	else
		uv_timer_start(&resolver->timer, on_timer,
			first->deadline_ms > now ? first->deadline_ms - now : 0, 0);
}

/* Take a look-up from the threads; whoever has it last frees it. */
static void abandon(struct lookup *lookup)
{
	struct pool *pool = lookup->pool;
	enum state state;

	open_remove(lookup->resolver, lookup);
	pthread_mutex_lock(&pool->mutex);
	state = lookup->state;
	if (state == QUEUED) {
		list_remove(&pool->queued[lookup->hope], lookup);
		pool->waiting[lookup->hope]--;
	} else if (state == FINISHED) {
		list_remove(&pool->finished, lookup);
	}
	lookup->state = ABANDONED;
	pthread_mutex_unlock(&pool->mutex);
	if (state != WORKING)
		lookup_free(lookup);
}

/* Names that never answer may hold all threads of one's share.  Who waits for one to be free
 * is not to blame: its time begins when it is asked about.  *out_alone: there is none that
 * could be free, nor is one to be had. */
static bool was_kept_waiting(struct lookup *lookup, bool *out_alone)
{
	struct pool *pool = lookup->pool;
	bool kept;

	pthread_mutex_lock(&pool->mutex);
	add_thread(pool);
	*out_alone = pool->threads == 0;
	kept = lookup->state == QUEUED || lookup->taken_ms > lookup->begin_ms + PROMPT_MS;
	pthread_mutex_unlock(&pool->mutex);
	return kept;
}

static void open_anew(struct lookup *lookup)
{
	struct resolver *resolver = lookup->resolver;

	open_remove(resolver, lookup);
	lookup->begin_ms = uv_now(resolver->loop);
	lookup->deadline_ms = lookup->begin_ms + resolver->timeout_ms;
	open_add(resolver, lookup);
}

static void on_timer(uv_timer_t *timer)
{
	struct resolver *resolver = timer->data;
	struct lookup *lookup;
	resolve_done *done;
	struct err err;
	bool alone;
	void *ctx;

	while ((lookup = resolver->open_first) != NULL &&
		lookup->deadline_ms <= uv_now(resolver->loop)) {
		if (was_kept_waiting(lookup, &alone) && !alone) {
			open_anew(lookup);
			continue;
		}
		done = lookup->done;
		ctx = lookup->ctx;
		if (alone)
			err_set(&err, ERR_BUSY, "there is no thread to look names up");
		else
			err_set(&err, ERR_DNS, "no answer about %s within %llu s", lookup->host,
				(unsigned long long)resolver->timeout_ms / 1000);
		abandon(lookup);
		done(ctx, NULL, 0, &err);
	}
	set_timer(resolver);
}

static void tell(struct lookup *lookup)
{
	struct err err;

	if (lookup->code != 0)
		err_set(&err, ERR_DNS, "%s: %s", lookup->host, gai_strerror(lookup->code));
	else if (lookup->count == 0)
		err_set(&err, ERR_DNS, "%s has no address", lookup->host);
	if (lookup->count == 0)
		lookup->done(lookup->ctx, NULL, 0, &err);
	else
		lookup->done(lookup->ctx, lookup->addresses, lookup->count, NULL);
	lookup_free(lookup);
}

static void on_wake(uv_async_t *async)
{
	struct resolver *resolver = async->data;
	struct pool *pool = resolver->pool;
	struct lookup *lookup;

	for (;;) {
		pthread_mutex_lock(&pool->mutex);
		lookup = pool->finished.first;
		if (lookup != NULL)
			list_remove(&pool->finished, lookup);
		pthread_mutex_unlock(&pool->mutex);
		if (lookup == NULL)
			break;
		open_remove(resolver, lookup);
		tell(lookup);
	}
	set_timer(resolver);
}

static unsigned bounded(unsigned threads)
{
	return threads == 0 || threads > RESOLVE_THREADS_MAX ? RESOLVE_THREADS_MAX : threads;
}

struct resolver *resolver_new(uv_loop_t *loop, unsigned threads, uint64_t timeout_ms)
{
	struct resolver *resolver = MEM_NEW(struct resolver);
	struct pool *pool = MEM_NEW(struct pool);

	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->work, NULL);
	pool->most = bounded(threads);
	pool->holders = 1;
	pool->wake = &resolver->wake;
	resolver->pool = pool;
	resolver->loop = loop;
	resolver->timeout_ms = timeout_ms;
	resolver->handles = 2;
	if (uv_async_init(loop, &resolver->wake, on_wake) < 0)
		abort(); /* an eventfd at start */
	uv_timer_init(loop, &resolver->timer);
	/* Alone it must not keep the loop alive; an open look-up's timer does. */
	uv_unref((uv_handle_t *)&resolver->wake);
	resolver->wake.data = resolver->timer.data = resolver;
	return resolver;
}

void resolver_threads(struct resolver *resolver, unsigned threads)
{
	pthread_mutex_lock(&resolver->pool->mutex);
	resolver->pool->most = bounded(threads);
	pthread_mutex_unlock(&resolver->pool->mutex);
}

static void on_closed(uv_handle_t *handle)
{
	struct resolver *resolver = handle->data;

	if (--resolver->handles > 0)
		return;
	if (resolver->closed != NULL)
		resolver->closed(resolver->closed_ctx);
	free(resolver);
}

void resolver_close(struct resolver *resolver, void (*closed)(void *ctx), void *ctx)
{
	struct pool *pool = resolver->pool;

	while (resolver->open_first != NULL)
		abandon(resolver->open_first);
	pthread_mutex_lock(&pool->mutex);
	pool->closed = true;
	pthread_cond_broadcast(&pool->work);
	pool_leave(pool);
	resolver->closed = closed;
	resolver->closed_ctx = ctx;
	uv_close((uv_handle_t *)&resolver->wake, on_closed);
	uv_close((uv_handle_t *)&resolver->timer, on_closed);
}

struct lookup *resolve_start(struct resolver *resolver, const char *host, enum resolve_hope hope,
	resolve_done *done, void *ctx)
{
	struct lookup *lookup = MEM_NEW(struct lookup);
	struct pool *pool = resolver->pool;

	lookup->resolver = resolver;
	lookup->pool = pool;
	lookup->hope = hope;
	lookup->host = mem_strdup(host);
	lookup->begin_ms = uv_now(resolver->loop);
	lookup->deadline_ms = lookup->begin_ms + resolver->timeout_ms;
	lookup->done = done;
	lookup->ctx = ctx;
	open_add(resolver, lookup);
	pthread_mutex_lock(&pool->mutex);
	lookup->state = QUEUED;
	list_add(&pool->queued[hope], lookup);
	pool->waiting[hope]++;
	add_thread(pool);
	pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->mutex);
	set_timer(resolver);
	return lookup;
}

void resolve_cancel(struct lookup *lookup)
{
	struct resolver *resolver = lookup->resolver;

	abandon(lookup);
	set_timer(resolver);
}

size_t resolver_doubtful(const struct resolver *resolver)
{
	return resolver->doubtful;
}
