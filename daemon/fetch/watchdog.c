#include "daemon/fetch/watchdog.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <uv.h>

#include "common/mem.h"
#include "daemon/fetch/kernel.h"

#define TICK_NS UINT64_C(20000000)
#define MS_NS INT64_C(1000000)
#define GROWTH_MIN (64 << 10) /* what the kernel's queue takes of anybody */

struct connection {
	int fd;
	int64_t received; /* at the last tick of this call; -1: not looked at */
};

struct watchdog {
	clockid_t clock;           /* of the thread that is looked at */
	atomic_uint_fast64_t call; /* odd while one runs */
	atomic_int cut;            /* or -1 */
	uv_thread_t thread;
	bool started;
	uv_mutex_t mutex; /* of all that follows */
	uv_cond_t turn;
	bool awake, stopping;
	struct connection *connections;
	size_t count, room;
};

/* What the thread knows of the call that it saw last. */
struct sight {
	uint_fast64_t call;
	int64_t from_ns;
};

static int64_t spent_ns(const struct watchdog *watchdog)
{
	struct timespec now;

	if (clock_gettime(watchdog->clock, &now) < 0)
		return 0;
	return now.tv_sec * 1000 * MS_NS + now.tv_nsec;
}

/* The connection on which most came since the last tick; all are looked at anew. */
static const struct connection *find_busiest(struct watchdog *watchdog)
{
	const struct connection *busiest = NULL;
	int64_t most = GROWTH_MIN, had;
	size_t i;

	for (i = 0; i < watchdog->count; i++) {
		struct connection *connection = &watchdog->connections[i];

		had = connection->received;
		connection->received = kernel_received_bytes(connection->fd);
		if (had < 0 || connection->received - had < most)
			continue;
		most = connection->received - had;
		busiest = connection;
	}
	return busiest;
}

static void forget_counts(struct watchdog *watchdog)
{
	size_t i;

	for (i = 0; i < watchdog->count; i++)
		watchdog->connections[i].received = -1;
}

/* The mutex is held, so what is shut down is not closed yet, and nobody else's. */
static void look(struct watchdog *watchdog, struct sight *sight)
{
	uint_fast64_t call = atomic_load(&watchdog->call);
	const struct connection *busiest;
	int64_t ns = spent_ns(watchdog);

	if (call != sight->call) {
		*sight = (struct sight){ call, ns };
		forget_counts(watchdog);
		return;
	}
	if (call % 2 == 0 || ns - sight->from_ns < WATCHDOG_MS * MS_NS / 2)
		return;
	busiest = find_busiest(watchdog);
	if (busiest == NULL || ns - sight->from_ns < WATCHDOG_MS * MS_NS)
		return;
	/* If the call has ended by now, its last connection was as bad. */
	atomic_store(&watchdog->cut, busiest->fd);
	shutdown(busiest->fd, SHUT_RDWR);
}

static void thread_main(void *arg)
{
	struct watchdog *watchdog = arg;
	struct sight sight = { 0 };

	uv_mutex_lock(&watchdog->mutex);
	while (!watchdog->stopping) {
		if (!watchdog->awake) {
			uv_cond_wait(&watchdog->turn, &watchdog->mutex);
			continue;
		}
		uv_cond_timedwait(&watchdog->turn, &watchdog->mutex, TICK_NS);
		look(watchdog, &sight);
	}
	uv_mutex_unlock(&watchdog->mutex);
}

struct watchdog *watchdog_new(void)
{
	struct watchdog *watchdog = MEM_NEW(struct watchdog);

	atomic_init(&watchdog->cut, -1);
	if (pthread_getcpuclockid(pthread_self(), &watchdog->clock) != 0)
		watchdog->clock = CLOCK_PROCESS_CPUTIME_ID;
	uv_mutex_init(&watchdog->mutex);
	uv_cond_init(&watchdog->turn);
	return watchdog;
}

void watchdog_free(struct watchdog *watchdog)
{
	if (watchdog == NULL)
		return;
	uv_mutex_lock(&watchdog->mutex);
	watchdog->stopping = true;
	uv_cond_signal(&watchdog->turn);
	uv_mutex_unlock(&watchdog->mutex);
	if (watchdog->started)
		uv_thread_join(&watchdog->thread);
	uv_cond_destroy(&watchdog->turn);
	uv_mutex_destroy(&watchdog->mutex);
	free(watchdog->connections);
	free(watchdog);
}

static void set_awake(struct watchdog *watchdog, bool awake)
{
	uv_mutex_lock(&watchdog->mutex);
	watchdog->awake = awake;
	if (awake)
		uv_cond_signal(&watchdog->turn);
	uv_mutex_unlock(&watchdog->mutex);
}

void watchdog_wake(struct watchdog *watchdog)
{
	/* Without a thread nobody looks; the next time there may be one. */
	if (!watchdog->started)
		watchdog->started = uv_thread_create(&watchdog->thread, thread_main, watchdog) == 0;
	set_awake(watchdog, true);
}

void watchdog_rest(struct watchdog *watchdog)
{
	set_awake(watchdog, false);
}

void watchdog_add(struct watchdog *watchdog, int fd)
{
	uv_mutex_lock(&watchdog->mutex);
	if (watchdog->count == watchdog->room) {
		watchdog->room = watchdog->room * 2 + 16;
		watchdog->connections = mem_realloc_array(
			watchdog->connections, watchdog->room, sizeof(struct connection));
	}
	watchdog->connections[watchdog->count++] = (struct connection){ fd, -1 };
	uv_mutex_unlock(&watchdog->mutex);
}

void watchdog_remove(struct watchdog *watchdog, int fd)
{
	size_t i = 0;

	uv_mutex_lock(&watchdog->mutex);
	while (i < watchdog->count && watchdog->connections[i].fd != fd)
		i++;
	if (i < watchdog->count)
		watchdog->connections[i] = watchdog->connections[--watchdog->count];
	uv_mutex_unlock(&watchdog->mutex);
}

void watchdog_begin(struct watchdog *watchdog)
{
	atomic_fetch_add(&watchdog->call, 1);
}

int watchdog_end(struct watchdog *watchdog)
{
	atomic_fetch_add(&watchdog->call, 1);
	return atomic_exchange(&watchdog->cut, -1);
}
