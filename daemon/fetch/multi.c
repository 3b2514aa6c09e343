#include "daemon/fetch/multi.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/fetch/endings.h"
#include "daemon/fetch/kernel.h"
#include "daemon/fetch/next_address.h"
#include "daemon/fetch/ports.h"
#include "daemon/fetch/watchdog.h"

#define QUIET_MS 60000u /* then idle connections are closed */
#define LET_GO 8u       /* connections that were left waiting, in a turn of the loop */

/*
 * libuv's side of a connection, from its first use to its end.
 *
 *	unwatched --libcurl waits--> watched --libcurl no longer waits--> resting
 *	    ^                           ^                                    |
 *	    |                           +----------- libcurl waits ----------+
 *	    +---- something came while resting, or other events are wanted --+
 *
 * A resting socket stays in the kernel's set: most connections are used again at
 * once, and to leave the set and join it anew costs more than the request.
 *
 * While nothing is to be read, one where something came is left, unwatched; those
 * are watched again a few in each turn, as they came.
 */
struct socket {
	uv_poll_t poll;
	struct multi *multi;
	curl_socket_t fd;
	int watched;        /* what the kernel is asked for, 0: nothing */
	int events;         /* that libcurl waits for, 0: it does not */
	bool ours;          /* multi_socket_closes() will tell of its end */
	struct own_end end; /* if it is ours */
	struct multi_use use;
	bool asked;                 /* a request has left by it */
	bool left;                  /* with something to read */
	TAILQ_ENTRY(socket) others; /* that are left */
};

struct multi {
	uv_loop_t *loop;
	CURLM *handle; /* NULL while nothing was fetched for long */
	uv_timer_t timer, quiet;
	struct slices slices;
	multi_done *done;
	unsigned connections, transfers;
	struct ports ports;
	struct socket **sockets; /* by descriptor */
	struct endings endings;
	size_t socket_room;
	TAILQ_HEAD(, socket) left;
	uv_idle_t letting; /* them go, while there is something to read */
	bool reads;
	struct watchdog *watchdog;
	int cut;       /* the connection that it shut down in this turn, or -1 */
	CURL *refused; /* who lost a connection in this turn before it was one, or NULL */
	bool draining;
	uint64_t turn;
	unsigned handles; /* libuv's, until all are closed */
	void (*closed)(void *ctx);
	void *closed_ctx;
};

static void end(struct multi *multi, CURL *easy, CURLcode code)
{
	char *private;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	multi_remove(multi, easy);
	multi->done(private, code);
}

/* Messages come after any kind of progress; the last transfer to time out is
 * reported by the timer, with no socket left to report it. */
static void drain(struct multi *multi)
{
	CURLMsg *message;
	int left;

	if (multi->draining)
		return;
	multi->draining = true;
	while ((message = curl_multi_info_read(multi->handle, &left)) != NULL) {
		if (message->msg == CURLMSG_DONE)
			end(multi, message->easy_handle, message->data.result);
	}
	multi->draining = false;
}

/* libcurl's turn. */
static void act(struct multi *multi, curl_socket_t fd, int actions)
{
	int running;

	multi->turn++;
	multi->refused = NULL;
	watchdog_begin(multi->watchdog);
	curl_multi_socket_action(multi->handle, fd, actions, &running);
	multi->cut = watchdog_end(multi->watchdog);
	drain(multi);
	multi->cut = -1;
	if (multi->refused != NULL)
		next_address_try(multi->refused);
}

static void on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *handle, long ms, void *ctx)
{
	struct multi *multi = ctx;

	(void)handle;
	if (uv_is_closing((uv_handle_t *)&multi->timer))
		return 0;
	if (ms < 0)
		uv_timer_stop(&multi->timer);
	else
		uv_timer_start(&multi->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

static void on_socket(uv_poll_t *poll, int status, int events);

static void socket_watch(struct socket *socket, int events)
{
	if (socket->watched == events)
		return;
	socket->watched = events;
	if (events != 0)
		uv_poll_start(&socket->poll, events, on_socket);
	else
		uv_poll_stop(&socket->poll);
}

static void socket_leave(struct socket *socket)
{
	socket_watch(socket, 0);
	if (!socket->left)
		TAILQ_INSERT_TAIL(&socket->multi->left, socket, others);
	socket->left = true;
}

static void socket_let_go(struct socket *socket)
{
	if (socket->left)
		TAILQ_REMOVE(&socket->multi->left, socket, others);
	socket->left = false;
}

/* Libcurl may have looked there meanwhile, so that nothing comes of it: the loop does
 * not sleep before the last one is let go. */
static void on_letting(uv_idle_t *letting)
{
	struct multi *multi = letting->data;
	struct socket *socket;

	for (unsigned i = 0; i < LET_GO && (socket = TAILQ_FIRST(&multi->left)) != NULL; i++) {
		socket_let_go(socket);
		socket_watch(socket, socket->events);
	}
	if (TAILQ_EMPTY(&multi->left))
		uv_idle_stop(letting);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
	struct socket *socket = poll->data;
	struct multi *multi = socket->multi;
	int actions = 0;

	/* A reset may have left bytes to read: libcurl is to find out by itself,
	 * and we go on watching, which libuv stops at an error. */
	if (status < 0) {
		events = UV_READABLE | UV_WRITABLE;
		socket->watched = 0;
		socket_watch(socket, socket->events);
	}
	if (socket->events == 0) {
		/* The server hung up, say; libcurl looks before it uses it again. */
		socket_watch(socket, 0);
		return;
	}
	if (!multi->reads && events == UV_READABLE) {
		socket_leave(socket);
		return;
	}
	if (slices_are_spent(&multi->slices))
		return; /* it will be as ready in the next round */
	if (events & UV_READABLE)
		actions |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		actions |= CURL_CSELECT_OUT;
	act(multi, socket->fd, actions);
}

static void multi_free(struct multi *multi)
{
	if (--multi->handles > 0)
		return;
	if (multi->closed != NULL)
		multi->closed(multi->closed_ctx);
	watchdog_free(multi->watchdog);
	free(multi->sockets);
	endings_release(&multi->endings);
	free(multi);
}

static void on_socket_closed(uv_handle_t *handle)
{
	struct socket *socket = handle->data;

	multi_free(socket->multi);
	free(socket);
}

static struct socket *socket_at(const struct multi *multi, curl_socket_t fd)
{
	return fd >= 0 && (size_t)fd < multi->socket_room ? multi->sockets[fd] : NULL;
}

/* Of that descriptor, made if there is none; NULL if that fails. */
static struct socket *socket_of(struct multi *multi, curl_socket_t fd)
{
	size_t at = (size_t)fd, room = multi->socket_room;
	struct socket *socket;

	if (at >= room) {
		multi->socket_room = at + 64;
		multi->sockets = mem_realloc_array(
			multi->sockets, multi->socket_room, sizeof(struct socket *));
		memset(multi->sockets + room, 0,
			(multi->socket_room - room) * sizeof(struct socket *));
	}
	if (multi->sockets[at] != NULL)
		return multi->sockets[at];
	socket = MEM_NEW(struct socket);
	socket->multi = multi;
	socket->fd = fd;
	if (uv_poll_init_socket(multi->loop, &socket->poll, fd) < 0) {
		free(socket);
		return NULL;
	}
	socket->poll.data = socket;
	multi->handles++;
	multi->sockets[at] = socket;
	return socket;
}

static void socket_forget(struct socket *socket)
{
	/* uv_close() forgets the descriptor now; the memory goes when its callback comes. */
	socket_let_go(socket);
	watchdog_remove(socket->multi->watchdog, socket->fd);
	if (socket->ours)
		ports_remove(&socket->end);
	socket->multi->sockets[socket->fd] = NULL;
	uv_close((uv_handle_t *)&socket->poll, on_socket_closed);
}

static int watch(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
	struct multi *multi = ctx;
	struct socket *socket = socket_of(multi, fd);

	(void)assigned;
	if (socket == NULL)
		return -1;
	/* (Or one of several with the same port at our end, of which we can't tell.) */
	if (what == CURL_POLL_REMOVE && socket->ours && !socket->asked)
		multi->refused = easy;
	socket->events = 0;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		socket->events |= UV_READABLE;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		socket->events |= UV_WRITABLE;
	/* libcurl may close what is not ours as soon as we return; and 7.88 has closed itself,
	 * without a word, what did not connect in time. */
	if (what == CURL_POLL_REMOVE && (!socket->ours || ports_is_lost(&socket->end)))
		socket_forget(socket);
	else if (socket->events != 0 || socket->watched != UV_READABLE)
		socket_watch(socket, socket->events);
	/* A resting connection keeps no loop running. */
	if (socket->events != 0)
		uv_ref((uv_handle_t *)&socket->poll);
	else
		uv_unref((uv_handle_t *)&socket->poll);
	return 0;
}

int multi_socket_opens(struct multi *multi, curl_socket_t fd, bool is_near)
{
	struct socket *socket = socket_of(multi, fd);

	if (socket == NULL)
		return -1;
	if (!socket->ours)
		ports_add(&multi->ports, &socket->end, fd);
	socket->ours = true;
	watchdog_add(multi->watchdog, fd);
	kernel_limit_queues(fd, is_near);
	return 0;
}

int multi_socket_closes(void *ctx, curl_socket_t fd)
{
	struct multi *multi = ctx;

	if (socket_at(multi, fd) != NULL) {
		socket_forget(multi->sockets[fd]);
		endings_note(&multi->endings, fd, multi->turn);
	}
	return close(fd);
}

curl_socket_t multi_socket_from(struct multi *multi, unsigned port)
{
	const struct own_end *end = ports_find(&multi->ports, port);

	if (end == NULL)
		return -1;
	multi->sockets[end->fd]->asked = true;
	return end->fd;
}

void multi_socket_use(struct multi *multi, curl_socket_t fd, int64_t bytes, bool framed)
{
	struct socket *socket = socket_at(multi, fd);

	if (socket != NULL)
		socket->use = (struct multi_use){ socket->use.bytes + bytes, uv_hrtime(), framed };
}

struct multi_use multi_socket_used(const struct multi *multi, curl_socket_t fd)
{
	const struct socket *socket = socket_at(multi, fd);

	return socket != NULL ? socket->use : (struct multi_use){ 0, 0, false };
}

static void open_handle(struct multi *multi)
{
	multi->handle = curl_multi_init();
	if (multi->handle == NULL)
		mem_is_gone(); /* the only reason */
	curl_multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, watch);
	curl_multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi);
	curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, set_timer);
	curl_multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi);
	/* On a connection of several (HTTP/2) what comes for one that rests is read with the
	 * others, into memory of libcurl's that has no bound of ours. */
	curl_multi_setopt(multi->handle, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	multi_limit(multi, multi->connections);
}

static void close_handle(struct multi *multi)
{
	if (multi->handle != NULL)
		curl_multi_cleanup(multi->handle);
	multi->handle = NULL;
	if (!uv_is_closing((uv_handle_t *)&multi->timer))
		uv_timer_stop(&multi->timer);
}

struct slices *multi_slices(struct multi *multi)
{
	return &multi->slices;
}

uint64_t multi_turn(const struct multi *multi)
{
	return multi->turn;
}

bool multi_has_cut(const struct multi *multi, curl_socket_t fd)
{
	return fd >= 0 && multi->cut == fd;
}

bool multi_left_unread(const struct multi *multi, curl_socket_t fd)
{
	return endings_left_unread(&multi->endings, fd, multi->turn);
}

bool multi_was_reset(const struct multi *multi, curl_socket_t fd, uint64_t since)
{
	return endings_was_reset(&multi->endings, fd, since);
}

static void on_quiet(uv_timer_t *timer)
{
	close_handle(timer->data);
}

struct multi *multi_new(uv_loop_t *loop, multi_done *done)
{
	struct multi *multi = MEM_NEW(struct multi);

	multi->loop = loop;
	multi->done = done;
	multi->cut = -1;
	multi->watchdog = watchdog_new();
	multi->handles = 5;
	TAILQ_INIT(&multi->left);
	ports_init(&multi->ports);
	multi->reads = true;
	uv_timer_init(loop, &multi->timer);
	uv_timer_init(loop, &multi->quiet);
	uv_unref((uv_handle_t *)&multi->quiet);
	uv_idle_init(loop, &multi->letting);
	slices_init(&multi->slices, loop);
	multi->timer.data = multi->quiet.data = multi->slices.turn.data = multi;
	multi->letting.data = multi->slices.patience.data = multi;
	return multi;
}

void multi_limit(struct multi *multi, unsigned connections)
{
	multi->connections = connections;
	if (multi->handle == NULL || connections == 0)
		return;
	curl_multi_setopt(multi->handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)connections);
	curl_multi_setopt(multi->handle, CURLMOPT_MAXCONNECTS, (long)connections);
}

static void on_handle_closed(uv_handle_t *handle)
{
	multi_free(handle->data);
}

void multi_close(struct multi *multi, void (*closed)(void *ctx), void *ctx)
{
	multi->closed = closed;
	multi->closed_ctx = ctx;
	uv_close((uv_handle_t *)&multi->timer, on_handle_closed);
	uv_close((uv_handle_t *)&multi->quiet, on_handle_closed);
	uv_close((uv_handle_t *)&multi->letting, on_handle_closed);
	slices_close(&multi->slices, on_handle_closed);
	close_handle(multi);
}

void multi_read(struct multi *multi, bool reads)
{
	multi->reads = reads;
	if (reads && !TAILQ_EMPTY(&multi->left))
		uv_idle_start(&multi->letting, on_letting);
	else
		uv_idle_stop(&multi->letting);
}

void multi_add(struct multi *multi, CURL *easy)
{
	if (multi->handle == NULL)
		open_handle(multi);
	if (multi->transfers++ == 0) {
		uv_timer_stop(&multi->quiet);
		watchdog_wake(multi->watchdog);
	}
	if (curl_multi_add_handle(multi->handle, easy) == CURLM_OUT_OF_MEMORY)
		mem_is_gone(); /* or its end would never come */
}

void multi_remove(struct multi *multi, CURL *easy)
{
	curl_multi_remove_handle(multi->handle, easy);
	if (multi->refused == easy)
		multi->refused = NULL;
	if (--multi->transfers == 0) {
		uv_timer_start(&multi->quiet, on_quiet, QUIET_MS, 0);
		watchdog_rest(multi->watchdog);
	}
}

void multi_go_on(struct multi *multi, CURL *easy)
{
	/* What it kept is passed on at once: an error there is told nowhere else. */
	CURLcode code;

	watchdog_begin(multi->watchdog);
	code = curl_easy_pause(easy, CURLPAUSE_CONT);
	multi->cut = watchdog_end(multi->watchdog);
	if (code != CURLE_OK)
		end(multi, easy, code);
	multi->cut = -1;
}

void multi_give_up(struct multi *multi, CURL *easy)
{
	end(multi, easy, CURLE_OPERATION_TIMEDOUT);
}
