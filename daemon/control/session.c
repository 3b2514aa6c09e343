#include "daemon/control/session.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "common/mem.h"
#include "daemon/control/outgoing.h"
#include "daemon/control/own.h"
#include "daemon/control/upload.h"

/* A message that has begun must end within this time, and a part of a call be followed
 * by the next; and so must a client that is being sent off take the reason. */
#define HALF_SENT_MS 60000

/* While a call is under way this much of the following ones is read; the rest
 * waits in the socket. */
#define AHEAD_MAX ((size_t)64 << 10)

/* What is read from, or written to, tells that its other end is closed.  While a long
 * call holds up both, it is looked at this often. */
#define LOOK_MS 250

/*
 * A connection.
 *
 *	READING --NUL--> CALLING --call_end()--> READING …
 *	   |                |
 *	   +--end of input, all answered and written--> closed
 *	   +--hung up--> what it had asked to be changed is done, then closed
 *	   +--a limit broken--> REFUSED --reason written--> closed
 *
 * CALLING is `call`, REFUSED is `refused`; READING is neither.  A client that
 * has hung up (`gone`) hears nothing, so nothing is told; what it had sent is read
 * to its end.  It is none of the clients that are counted, unless too many are like it.
 */
struct session {
	struct control *control;
	struct session *next, **link;
	uv_pipe_t pipe;
	uv_timer_t timer, look;
	unsigned handles;          /* that libuv still has */
	struct buf in;             /* messages and the beginning of one */
	size_t scanned;            /* of it, without a NUL */
	struct outgoing_load load; /* of what waits to be written */
	struct outgoing *spare;
	struct call *call;
	struct upload *upload;
	bool reading, half_closed, gone, refused, closing;
	bool taking;    /* inside take_messages() */
	bool uncounted; /* among the clients */
};

static void take_messages(struct session *session);
static void on_timeout(uv_timer_t *timer);

static void on_handle_closed(uv_handle_t *handle)
{
	struct session *session = handle->data;

	if (--session->handles > 0)
		return;
	control_part(session->control, session, session->uncounted);
	buf_release(&session->in);
	free(session);
}

void session_close(struct session *session)
{
	struct call *call = session->call;

	if (session->closing)
		return;
	session->closing = true;
	session->call = NULL;
	if (call != NULL)
		call_leave(call);
	outgoing_free_spare(&session->spare);
	upload_free(session->upload);
	session->upload = NULL;
	uv_close((uv_handle_t *)&session->pipe, on_handle_closed);
	uv_close((uv_handle_t *)&session->timer, on_handle_closed);
	uv_close((uv_handle_t *)&session->look, on_handle_closed);
}

/* At once or not at all: what takes no more now would have to be waited for. */
static void tell_leaving(struct session *session, const struct call *call)
{
	struct err err;
	struct buf out;
	uv_buf_t bytes;

	err_set(&err, ERR_CANCELLED, "feedd is about to leave%s",
		call->command->changes && !call->only_reads
			? "; whether this was done shows when it is back"
			: "");
	buf_init(&out, 4096);
	if (wire_put_error(&out, WIRE_CANCELLED, &err, NULL, 0, NULL) == 0) {
		bytes = uv_buf_init(out.data, (unsigned)out.length);
		(void)uv_try_write((uv_stream_t *)&session->pipe, &bytes, 1);
	}
	buf_release(&out);
}

void session_dismiss(struct session *session)
{
	const struct call *call = session->call;

	if (call != NULL && !call->oneway && !session->gone && session->load.bytes == 0)
		tell_leaving(session, call);
	session_close(session);
}

static const struct conf *conf_of(const struct session *session)
{
	return control_conf(session->control);
}

/* Nothing is under way and nothing can come. */
static bool is_over(const struct session *session)
{
	if (session->refused)
		return session->load.bytes == 0;
	return session->half_closed && session->call == NULL &&
	       (session->gone || session->load.bytes == 0) &&
	       memchr(session->in.data, '\0', session->in.length) == NULL;
}

/* Whether the other end is closed: POLLHUP, altogether; POLLRDHUP, for sending. */
static bool is_closed(const struct session *session, short how)
{
	struct pollfd peer = { .events = how };

	return uv_fileno((const uv_handle_t *)&session->pipe, &peer.fd) == 0 &&
	       poll(&peer, 1, 0) == 1 && (peer.revents & how) != 0;
}

static void end_input(struct session *session)
{
	uv_read_stop((uv_stream_t *)&session->pipe);
	session->reading = false;
	session->half_closed = true;
}

/* Nobody is there any more: what only tells something, or reads yet, ends; what does
 * something is done to its end.  What waits to be written tells it again. */
static void hang_up(struct session *session)
{
	struct call *call = session->call;

	if (session->gone)
		return;
	if (session->refused) {
		session_close(session);
		return;
	}
	session->gone = true;
	session->uncounted = control_gone(session->control);
	upload_leave(session);
	if (!is_closed(session, POLLHUP))
		end_input(session); /* it hears nothing and might say more for ever */
	if (call != NULL && (!call->acts || call->only_reads)) {
		session->call = NULL;
		call_leave(call);
	} else if (call != NULL) {
		call_drained(call); /* it waits for nobody to read */
	}
	take_messages(session);
}

static void on_written(uv_write_t *request, int status)
{
	struct outgoing *outgoing = (struct outgoing *)request;
	struct session *session = outgoing->session;

	outgoing_unload(&session->load, outgoing);
	if (!session->closing && session->call != NULL && call_goes_on(session->call)) {
		outgoing_keep(&session->spare, outgoing);
	} else {
		outgoing_free(outgoing);
		outgoing_free_spare(&session->spare);
	}
	if (session->closing)
		return;
	if (status < 0) {
		hang_up(session);
	} else if (is_over(session)) {
		session_close(session);
	} else if (session_drained(session)) {
		if (session->call != NULL)
			call_drained(session->call);
		take_messages(session); /* and hear again a client that was not read meanwhile */
	}
}

void session_send(struct session *session, struct buf *replies)
{
	struct outgoing *outgoing;
	uv_buf_t bytes;

	if (session->closing || session->refused || session->gone || replies->length == 0) {
		buf_release(replies);
		return;
	}
	outgoing = outgoing_take(&session->spare, session, replies);
	outgoing_load(&session->load, outgoing);
	bytes = uv_buf_init(outgoing->replies.data, (unsigned)outgoing->replies.length);
	if (uv_write(&outgoing->request, (uv_stream_t *)&session->pipe, &bytes, 1, on_written) <
		0) {
		outgoing_unload(&session->load, outgoing);
		outgoing_free(outgoing);
		/* Not from within: the caller's call would be gone. */
		uv_timer_start(&session->timer, on_timeout, 0, 0);
	}
}

/* A limit is broken: say which, and close once that is written; where nobody is there any
 * more, at once. */
static void refuse(struct session *session, const struct err *err)
{
	struct buf out;

	uv_read_stop((uv_stream_t *)&session->pipe);
	session->reading = false;
	buf_init(&out, 4096);
	if (wire_put_error(&out, wire_error_of(err->code), err, NULL, 0, NULL) == 0)
		session_send(session, &out);
	buf_release(&out);
	session->refused = true;
	buf_clear(&session->in);
	session->scanned = 0;
	if (session->load.bytes == 0 || session->gone)
		session_close(session);
	else
		uv_timer_start(&session->timer, on_timeout, HALF_SENT_MS, 0);
}

static int too_long(const struct session *session, struct err *err)
{
	return err_set(err, ERR_TOO_BIG, "a call has at most %zu bytes",
		conf_of(session)->control_message_max);
}

/* It holds what is no whole call yet. */
static bool is_half(const struct session *session)
{
	return session->in.length > 0 || session->upload != NULL;
}

static void on_timeout(uv_timer_t *timer)
{
	struct session *session = timer->data;
	struct err err;

	if (session->refused || session->load.bytes > 0 || !is_half(session)) {
		session_close(session);
		return;
	}
	err_set(&err, ERR_USAGE, "%s within %d s",
		session->in.length > 0 ? "a call must be whole" : "a part must follow another",
		HALF_SENT_MS / 1000);
	refuse(session, &err);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	struct session *session = handle->data;
	size_t size;
	char *chunk = control_chunk(session->control, &size);

	(void)wanted;
	*out = uv_buf_init(chunk, (unsigned)size);
}

static void tell_parted(struct session *session)
{
	if (session->call != NULL && session->call->parted != NULL)
		session->call->parted(session->call);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
	struct session *session = stream->data;
	size_t most = conf_of(session)->control_message_max + AHEAD_MAX * 2;
	struct err err;

	if (n < 0) {
		end_input(session);
		if (!session->gone && (n != UV_EOF || is_closed(session, POLLHUP))) {
			hang_up(session);
			return;
		}
		tell_parted(session);
		take_messages(session);
		return;
	}
	if (session->in.max < most) /* at first, and where the setting was raised */
		session->in.max = most;
	if (session->in.length == 0 && session->upload != NULL)
		uv_timer_stop(&session->timer); /* the silence is over */
	if (buf_add(&session->in, bytes->base, (size_t)n) < 0) {
		too_long(session, &err);
		refuse(session, &err);
		return;
	}
	take_messages(session);
}

static void on_look(uv_timer_t *look)
{
	struct session *session = look->data;

	if (session->load.bytes > 0)
		uv_timer_stop(look); /* what is written tells it, and begins this again */
	else if (is_closed(session, POLLHUP))
		hang_up(session);
	else if (session_half_closed(session))
		tell_parted(session);
}

/* Start it where it does not run yet, or stop it. */
static void run(uv_timer_t *timer, bool wanted, uv_timer_cb done, uint64_t ms, uint64_t again_ms)
{
	if (!wanted)
		uv_timer_stop(timer);
	else if (!uv_is_active((uv_handle_t *)timer))
		uv_timer_start(timer, done, ms, again_ms);
}

/* Read on or let the bytes wait; watch the clock while half a message is here. */
static void steer(struct session *session)
{
	bool wanted = !session->half_closed &&
		      (session->call == NULL || session->in.length < AHEAD_MAX);
	bool half = is_half(session) && session->call == NULL;

	if (!session_drained(session))
		wanted = half = false;
	if (wanted && !session->reading)
		uv_read_start((uv_stream_t *)&session->pipe, on_alloc, on_read);
	else if (!wanted && session->reading)
		uv_read_stop((uv_stream_t *)&session->pipe);
	session->reading = wanted;
	run(&session->timer, half, on_timeout, HALF_SENT_MS, 0);
	run(&session->look, !wanted && session->load.bytes == 0 && !session->gone, on_look, LOOK_MS,
		LOOK_MS);
}

/* The next whole message behind `from`: its length, or false. */
static bool next_message(struct session *session, size_t from, size_t *out_length)
{
	size_t start = session->scanned > from ? session->scanned : from;
	const char *nul = memchr(session->in.data + start, '\0', session->in.length - start);

	if (nul == NULL) {
		session->scanned = session->in.length;
		return false;
	}
	*out_length = (size_t)(nul - session->in.data) - from;
	session->scanned = 0;
	return true;
}

static bool may_call(const struct session *session)
{
	return session->call == NULL && !session->closing && !session->refused &&
	       session_drained(session);
}

/* Begin what the messages ask for, one call after the other; a call that ends
 * at once lets the next one in from this loop, not from within. */
static void take_messages(struct session *session)
{
	size_t at = 0, length = 0, message_max;
	struct err err;
	int result = 0;

	if (session->taking || session->closing || session->refused)
		return;
	session->taking = true;
	message_max = conf_of(session)->control_message_max;
	while (result == 0 && may_call(session) && next_message(session, at, &length)) {
		uv_timer_stop(&session->timer);
		if (length > message_max)
			result = too_long(session, &err);
		else
			result = call_start(session, session->in.data + at, length, &err);
		at += length + 1;
	}
	session->taking = false;
	if (session->closing)
		return;
	session->scanned = session->scanned > at ? session->scanned - at : 0;
	buf_consume(&session->in, at);
	if (result == 0 && session->call == NULL && session->in.length > message_max &&
		session->scanned == session->in.length)
		result = too_long(session, &err);
	if (result < 0)
		refuse(session, &err);
	else if (is_over(session))
		session_close(session);
	else
		steer(session);
}

struct control *session_control(const struct session *session)
{
	return session->control;
}

bool session_drained(const struct session *session)
{
	return session->gone ||
	       outgoing_has_room(&session->load, conf_of(session)->control_queue_max);
}

const struct outgoing_load *session_load(const struct session *session)
{
	return &session->load;
}

void session_call_begun(struct session *session, struct call *call)
{
	session->call = call;
}

void session_call_ended(struct session *session)
{
	session->call = NULL;
	outgoing_free_spare(&session->spare);
	take_messages(session);
}

bool session_gone(const struct session *session)
{
	return session->gone;
}

bool session_half_closed(const struct session *session)
{
	return session->half_closed || is_closed(session, POLLRDHUP);
}

struct upload **session_upload(struct session *session)
{
	return &session->upload;
}

void session_accept(struct control *control, int fd)
{
	struct session *session = MEM_NEW(struct session);
	uv_loop_t *loop = control_parts(control)->loop;
	struct err err = { .code = ERR_NONE };

	session->control = control;
	session->load.all = control_load(control);
	buf_init(&session->in, 0);
	uv_pipe_init(loop, &session->pipe, 0);
	uv_timer_init(loop, &session->timer);
	uv_timer_init(loop, &session->look);
	session->pipe.data = session->timer.data = session->look.data = session;
	session->handles = 3;
	control_join(control, session);
	if (uv_pipe_open(&session->pipe, fd) < 0) {
		close(fd);
		session_close(session);
	} else if (!control_welcomes(control, fd, &err)) {
		session_close(session);
	} else if (err.code != ERR_NONE) {
		refuse(session, &err);
	} else {
		steer(session);
	}
}

void session_link(struct session *session, struct session **head)
{
	session->next = *head;
	session->link = head;
	if (*head != NULL)
		(*head)->link = &session->next;
	*head = session;
}

void session_unlink(struct session *session)
{
	*session->link = session->next;
	if (session->next != NULL)
		session->next->link = session->link;
}

struct session *session_next(const struct session *session)
{
	return session->next;
}
