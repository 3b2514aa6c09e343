#include "daemon/control/control.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/mem.h"
#include "daemon/control/own.h"
#include "daemon/control/place.h"
#include "daemon/control/snapshot.h"

#define CHUNK_BYTES ((size_t)64 << 10)

/*
 * Alive while libuv has its listener, a session, or the store has a call of a
 * client that left; closing is said once, after the sessions and the snapshot.
 */
struct control {
	struct control_parts parts;
	struct place place;
	gid_t gid;
	uv_pipe_t listener;
	bool listening; /* libuv has the listener */
	struct session *sessions;
	size_t clients, gone;
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

uv_stream_t *control_listener(struct control *control)
{
	return (uv_stream_t *)&control->listener;
}

bool control_is_closing(const struct control *control)
{
	return control->closing;
}

gid_t control_gid(const struct control *control)
{
	return control->gid;
}

size_t control_clients(const struct control *control)
{
	return control->clients;
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

	if (!control->closing || control->listening || control->sessions != NULL ||
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

size_t control_gone(struct control *control)
{
	control->clients--;
	return ++control->gone;
}

void control_part(struct control *control, struct session *session, bool gone)
{
	session_unlink(session);
	if (gone)
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

static void on_connection(uv_stream_t *listener, int status)
{
	struct control *control = listener->data;

	if (status < 0)
		log_warning("socket: %s", uv_strerror(status));
	else
		session_accept(control);
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct control *control = handle->data;

	control->listening = false;
	settle(control);
}

static int listen_on(struct control *control, int fd, struct err *err)
{
	int result;

	uv_pipe_init(control->parts.loop, &control->listener, 0);
	control->listener.data = control;
	control->listening = true;
	result = uv_pipe_open(&control->listener, fd);
	if (result < 0) {
		close(fd);
		return err_set(err, ERR_IO, "socket: %s", uv_strerror(result));
	}
	result = uv_listen(control_listener(control), 128, on_connection);
	return result < 0 ? err_set(err, ERR_IO, "socket: %s", uv_strerror(result)) : 0;
}

int control_new(const struct control_parts *parts, const char *path, int inherited_fd,
	struct control **out_control, struct err *err)
{
	struct control *control = MEM_NEW(struct control);
	int fd = inherited_fd;

	/* Without memory jansson drops a byte here and there, and goes on. */
	json_set_alloc_funcs(mem_alloc, free);
	control->parts = *parts;
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
		session_close(session);
	}
	if (control->listening)
		uv_close((uv_handle_t *)&control->listener, on_listener_closed);
	if (snapshot != NULL)
		snapshot_close(snapshot, on_snapshot_closed, control);
	else
		settle(control);
}
