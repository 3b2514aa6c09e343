#ifndef TESTS_CONTROL_WORLD_H
#define TESTS_CONTROL_WORLD_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "common/buf.h"
#include "common/mem.h"
#include "daemon/conf.h"
#include "daemon/control/control.h"
#include "daemon/fetch/fetch.h"
#include "daemon/hub.h"
#include "daemon/refresh.h"
#include "daemon/store/store.h"
#include "daemon/store/store_feeds.h"
#include "daemon/worker/worker.h"

/*
 * The daemon's parts with a socket in a directory of their own, on a loop that
 * the test turns: clients are plain descriptors in the same process.  Nothing
 * is fetched and nothing parsed.
 */
struct world {
	uv_loop_t loop;
	char dir[64];
	char path[100];
	struct conf conf;
	struct store *store;
	struct fetcher *fetcher;
	struct worker_pool *workers;
	struct hub *hub;
	struct refresh *refresh;
	struct control *control;
	unsigned closed; /* parts that have said so */
	bool hasty;      /* refresh ends, as in the daemon, before all is committed */
};

static inline void world_die(const char *what, const struct err *err)
{
	fprintf(stderr, "%s: %s\n", what, err != NULL ? err->text : strerror(errno));
	abort();
}

static inline void world_start_control(struct world *w)
{
	struct control_parts parts = { .loop = &w->loop,
		.store = w->store,
		.fetcher = w->fetcher,
		.refresh = w->refresh,
		.hub = w->hub,
		.conf = &w->conf,
		.data_dir = w->dir,
		.sandbox = "none",
		.started_at_s = 1780000000 };
	struct err err;

	if (control_new(&parts, w->path, -1, &w->control, &err) < 0)
		world_die("control_new", &err);
}

static inline struct world *world_new(void)
{
	struct world *w = MEM_NEW(struct world);
	struct store_options store_options = { w->dir, INT64_MAX, INT64_MAX, 86400, 0, NULL, NULL };
	struct fetch_options fetch_options = { .in_flight = 1,
		.resolvers = 1,
		.connect_timeout_ms = 1000,
		.timeout_ms = 1000,
		.body_max = 1 << 20,
		.header_max = 1 << 16,
		.user_agent = "test" };
	struct worker_options worker_options = { 0 };
	struct refresh_parts parts = { .loop = &w->loop, .conf = &w->conf };
	struct err err;

	signal(SIGPIPE, SIG_IGN);
	conf_init(&w->conf);
	strcpy(w->dir, "/tmp/feedd-control-XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		world_die("mkdtemp", NULL);
	snprintf(w->path, sizeof(w->path), "%s/feedd.sock", w->dir);
	uv_loop_init(&w->loop);
	if (store_open(&w->loop, &store_options, &w->store, &err) < 0 ||
		fetcher_new(&w->loop, &fetch_options, &w->fetcher, &err) < 0)
		world_die(w->dir, &err);
	w->hub = hub_new();
	w->workers = worker_pool_new(&w->loop, &worker_options);
	parts.store = w->store;
	parts.fetcher = w->fetcher;
	parts.hub = w->hub;
	parts.workers = w->workers;
	if (refresh_new(&parts, &w->refresh, &err) < 0)
		world_die("refresh_new", &err);
	world_start_control(w);
	return w;
}

static inline void world_closed(void *ctx)
{
	((struct world *)ctx)->closed++;
}

static inline void world_turn_until(struct world *w, unsigned closed)
{
	while (w->closed < closed)
		uv_run(&w->loop, UV_RUN_ONCE);
}

static inline void world_written(
	void *ctx, int64_t next_poll_s, uint64_t due, const struct err *err)
{
	(void)next_poll_s;
	(void)due;
	(void)err;
	world_closed(ctx);
}

/* Until what clients left behind is committed: jobs are done in order. */
static inline void world_commit(struct world *w)
{
	unsigned closed = w->closed;

	store_due(w->store, 0, STORE_DUE_ALL, world_written, w);
	world_turn_until(w, closed + 1);
	w->closed = closed;
}

static inline void world_free(struct world *w)
{
	char command[100];

	control_close(w->control, world_closed, w);
	world_turn_until(w, 1);
	if (!w->hasty)
		world_commit(w);
	refresh_close(w->refresh, world_closed, w);
	world_turn_until(w, 2);
	if (w->hasty)
		world_commit(w);
	fetcher_close(w->fetcher, world_closed, w);
	world_turn_until(w, 3);
	worker_pool_close(w->workers, world_closed, w);
	world_turn_until(w, 4);
	store_close(w->store);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	hub_free(w->hub);
	if (uv_loop_close(&w->loop) != 0)
		world_die("handles are left", NULL);
	conf_release(&w->conf);
	snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	if (system(command) != 0)
		world_die("rm", NULL);
	free(w);
}

/* Turn the loop for a moment: until nothing is ready, `times` in a row. */
static inline void world_turn(struct world *w, unsigned times)
{
	while (times-- > 0)
		uv_run(&w->loop, UV_RUN_NOWAIT);
}

static inline int world_connect(struct world *w)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, w->path, strlen(w->path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		world_die("connect", NULL);
	return fd;
}

/* Send all of it, turning the loop whenever the socket is full.  -1 if the
 * daemon has hung up. */
static inline int world_send(struct world *w, int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = send(fd, data, length, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			return -1;
		if (n > 0) {
			data += n;
			length -= (size_t)n;
		}
		uv_run(&w->loop, UV_RUN_NOWAIT);
	}
	return 0;
}

/* A message: the text and its NUL. */
static inline void world_say(struct world *w, int fd, const char *message)
{
	if (world_send(w, fd, message, strlen(message) + 1) < 0)
		world_die("send", NULL);
}

/*
 * What comes until `nuls` messages are there, the daemon hangs up or ten
 * seconds have passed; NULs are shown as newlines.  True if it hung up.
 */
static inline bool world_hear(struct world *w, int fd, unsigned nuls, struct buf *out)
{
	uint64_t end = uv_hrtime() + UINT64_C(60000000000);
	char bytes[65536];
	ssize_t n, i;

	while (nuls > 0) {
		if (uv_hrtime() > end)
			world_die("nothing comes", NULL);
		uv_run(&w->loop, UV_RUN_NOWAIT);
		n = recv(fd, bytes, sizeof(bytes), 0);
		if (n == 0 || (n < 0 && errno != EAGAIN))
			return true;
		for (i = 0; i < n; i++) {
			if (bytes[i] == '\0' && nuls > 0)
				nuls--;
			if (bytes[i] == '\0')
				bytes[i] = '\n';
		}
		if (n > 0 && buf_add(out, bytes, (size_t)n) < 0)
			world_die("too much comes", NULL);
	}
	return false;
}

static inline unsigned world_sockets(void)
{
	unsigned count = 0;
	struct stat st;
	int fd;

	for (fd = 0; fd < 1000; fd++)
		count += fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
	return count;
}

/* Whether no more sockets than these are open, soon: false after a minute. */
static inline bool world_parts(struct world *w, unsigned sockets)
{
	uint64_t end = uv_hrtime() + UINT64_C(60000000000);

	while (world_sockets() > sockets && uv_hrtime() < end)
		world_turn(w, 20);
	return world_sockets() <= sockets;
}

#endif
