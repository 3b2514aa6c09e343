#include "daemon/control/control.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "common/mem.h"
#include "daemon/control/own.h"
#include "daemon/control/place.h"
#include "daemon/control/snapshot.h"

#define CHUNK_BYTES ((size_t)64 << 10)
#define AGAIN_MS 250

/* Connections that are not counted, for their client has hung up while it changed
 * something. */
#define GONE_MAX 64u

/*
 * Alive while libuv has its listener, a session, or the store has a call of a
 * client that left; closing is said once, after the sessions and the snapshot.
 */
struct control {
	struct control_parts parts;
	struct place place;
	gid_t gid;
	int listener;     /* or -1 */
	uv_poll_t knocks; /* at it */
	uv_timer_t again; /* runs while nobody is listened to, because none can be accepted */
	unsigned handles; /* of libuv's, until they are closed */
	struct session *sessions;
	bool deaf; /* the last one who knocked could not be accepted, which was logged */
	size_t clients, gone;
	size_t load; /* bytes of what waits to be written for all of them */
	struct call *left;
	struct snapshot *snapshot;
	char chunk[CHUNK_BYTES];
	bool closing;
	void (*closed)(void *ctx);
	void *closed_ctx;
};

const struct control_parts *control_parts(const struct control *control)
{
	return &control->parts;
}

const struct conf *control_conf(const struct control *control)
{
	return control->parts.conf;
}

bool control_is_closing(const struct control *control)
{
	return control->closing;
}

size_t control_clients(const struct control *control)
{
	return control->clients;
}

size_t *control_load(struct control *control)
{
	return &control->load;
}

char *control_chunk(struct control *control, size_t *out_size)
{
	*out_size = sizeof(control->chunk);
	return control->chunk;
}

/* Free it when nothing needs it any more; say so when only what the store
 * still commits does. */
static void settle(struct control *control)
{
	void (*closed)(void *ctx) = control->closed;

	if (!control->closing || control->handles > 0 || control->sessions != NULL ||
		control->snapshot != NULL)
		return;
	control->closed = NULL;
	if (closed != NULL)
		closed(control->closed_ctx);
	if (control->left == NULL)
		free(control);
}

void control_join(struct control *control, struct session *session)
{
	session_link(session, &control->sessions);
	control->clients++;
}

bool control_gone(struct control *control)
{
	if (control->gone == GONE_MAX)
		return false;
	control->clients--;
	control->gone++;
	return true;
}

bool control_welcomes(const struct control *control, int fd, struct err *err)
{
	unsigned most = control->parts.conf->control_clients;
	uid_t uid;

	if (!place_admits(fd, control->gid, &uid)) {
		log_warning("user %ld may not use the socket", (long)uid);
		return false;
	}
	if (control->clients > most)
		err_set(err, ERR_BUSY, "%u clients are connected; that is the limit", most);
	return true;
}

void control_part(struct control *control, struct session *session, bool uncounted)
{
	session_unlink(session);
	if (uncounted)
		control->gone--;
	else
		control->clients--;
	settle(control);
}

void control_keep_left(struct control *control, struct call *call)
{
	call->next_left = control->left;
	control->left = call;
}

void control_forget_left(struct control *control, struct call *call)
{
	struct call **at = &control->left;

	while (*at != NULL && *at != call)
		at = &(*at)->next_left;
	if (*at != NULL)
		*at = call->next_left;
	if (control->left == NULL && control->closing && control->closed == NULL)
		settle(control);
}

static void on_knock(uv_poll_t *knocks, int status, int events);

static void on_again(uv_timer_t *again)
{
	struct control *control = again->data;

	uv_poll_start(&control->knocks, UV_READABLE, on_knock);
}

/*
 * Not by uv_listen(): where no descriptor is left it tries over and over, and never
 * returns.  Who knocks then waits at the door until one is free.
 */
static void on_knock(uv_poll_t *knocks, int status, int events)
{
	struct control *control = knocks->data;
	int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)status;
	(void)events;
	if (fd >= 0) {
		control->deaf = false;
		session_accept(control, fd);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	if (!control->deaf)
		log_warning("socket: %s", uv_strerror(-errno));
	control->deaf = true;
	uv_poll_stop(knocks);
	uv_timer_start(&control->again, on_again, AGAIN_MS, 0);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct control *control = handle->data;

	control->handles--;
	settle(control);
}

static int listen_on(struct control *control, int fd, struct err *err)
{
	int result;

	control->listener = fd;
	result = uv_poll_init(control->parts.loop, &control->knocks, fd);
	if (result < 0)
		return err_set(err, ERR_IO, "socket: %s", uv_strerror(result));
	uv_timer_init(control->parts.loop, &control->again);
	control->knocks.data = control->again.data = control;
	control->handles = 2;
	uv_poll_start(&control->knocks, UV_READABLE, on_knock);
	return 0;
}

int control_new(const struct control_parts *parts, const char *path, int inherited_fd,
	struct control **out_control, struct err *err)
{
	struct control *control = MEM_NEW(struct control);
	int fd = inherited_fd;

	/* Without memory jansson drops a byte here and there, and goes on. */
	json_set_alloc_funcs(mem_alloc, free);
	control->parts = *parts;
	control->listener = -1;
	if (place_group(parts->conf->control_group, &control->gid, err) < 0 ||
		(fd < 0 && place_listen(path, control->gid, &control->place, &fd, err) < 0) ||
		listen_on(control, fd, err) < 0) {
		control_close(control, NULL, NULL);
		return -1;
	}
	control->snapshot = snapshot_new(parts);
	*out_control = control;
	return 0;
}

void control_reconfigure(struct control *control)
{
	struct err err;
	gid_t gid;

	if (place_group(control->parts.conf->control_group, &gid, &err) < 0 ||
		place_regroup(&control->place, gid, &err) < 0) {
		log_warning("%s; the socket stays as it is", err.text);
		return;
	}
	control->gid = gid;
}

static void on_snapshot_closed(void *ctx)
{
	struct control *control = ctx;

	control->snapshot = NULL;
	settle(control);
}

void control_close(struct control *control, void (*closed)(void *ctx), void *ctx)
{
	struct snapshot *snapshot = control->snapshot;
	struct session *session, *next;

	control->closing = true;
	control->closed = closed;
	control->closed_ctx = ctx;
	place_leave(&control->place);
	for (session = control->sessions; session != NULL; session = next) {
		next = session_next(session);
		session_dismiss(session);
	}
	if (control->handles > 0) {
		uv_close((uv_handle_t *)&control->knocks, on_handle_closed);
		uv_close((uv_handle_t *)&control->again, on_handle_closed);
	}
	if (control->listener >= 0)
		close(control->listener);
	control->listener = -1;
	if (snapshot != NULL)
		snapshot_close(snapshot, on_snapshot_closed, control);
	else
		settle(control);
}
