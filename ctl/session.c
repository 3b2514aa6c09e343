#include "ctl/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/mem.h"
#include "ctl/reply.h"

#define CALL_MAX ((size_t)256 << 20)
/* Large pieces: a string that comes in two is read twice. */
#define READ_SIZE ((size_t)128 << 10)
/* How much of the first reply a format may look at before it begins. */
#define LOOK_MAX ((size_t)1 << 20)

#define HOW_TO_START "start it with `feedd &` or `systemctl --user start feedd`"
#define SAY_WHERE ", or say where it is with FEEDD_SOCKET: XDG_RUNTIME_DIR is not "

struct session {
	int fd;
	int reader_fd; /* where somebody must read what we write, or -1 */
	char *path;
	struct buf in; /* what was read and is not told yet */
	struct reply *reply;
};

/* *out_told: whether the environment says anything of it; that of cron, and of others
 * who start programs outside a login, does not. */
static char *default_path(bool *out_told)
{
	const char *named = getenv("FEEDD_SOCKET"), *runtime = getenv("XDG_RUNTIME_DIR");
	bool has_name = named != NULL && named[0] != '\0';
	char *path;

	*out_told = has_name || (runtime != NULL && runtime[0] == '/');
	if (has_name)
		return mem_strdup(named);
	if (*out_told) {
		path = mem_printf("%s/feedd/feedd.sock", runtime);
		if (access(path, F_OK) == 0 || access("/run/feedd/feedd.sock", F_OK) != 0)
			return path;
		free(path);
	}
	return mem_strdup("/run/feedd/feedd.sock");
}

/* An address has room for 107 bytes; a longer path goes by its directory. */
static int connect_to(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *slash = strrchr(path, '/');
	int directory = -1, result;

	if (strlen(path) < sizeof(address.sun_path)) {
		memcpy(address.sun_path, path, strlen(path) + 1);
	} else {
		size_t n = slash != NULL ? (size_t)(slash - path) + 1 : 0;
		char *name = n > 0 ? mem_strndup(path, n) : mem_strdup(".");

		directory = open(name, O_PATH | O_CLOEXEC);
		free(name);
		if (directory < 0)
			return -1;
		if (snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
			    directory, path + n) >= (int)sizeof(address.sun_path)) {
			close(directory);
			errno = ENAMETOOLONG;
			return -1;
		}
	}
	result = connect(fd, (struct sockaddr *)&address, sizeof(address));
	if (directory >= 0) {
		int saved = errno;

		close(directory);
		errno = saved;
	}
	return result;
}

/* What helps: only what would listen at that path. */
static void nobody(const char *path, bool given, bool told, struct err *err)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *lacks = told                                    ? ""
			    : runtime != NULL && runtime[0] != '\0' ? "absolute"
								    : "set here";

	if (given)
		err_set(err, ERR_NO_DAEMON,
			"no feedd is listening at %s; one started with `feedd --socket %s &` does",
			path, path);
	else
		err_set(err, ERR_NO_DAEMON, "no feedd is listening at %s; " HOW_TO_START "%s%s",
			path, told ? "" : SAY_WHERE, lacks);
}

int session_open(const char *path, struct session **out_session, struct err *err)
{
	struct session *session = MEM_NEW(struct session);
	bool told = true;

	buf_init(&session->in, LOOK_MAX + READ_SIZE);
	session->reply = reply_new();
	session->fd = session->reader_fd = -1;
	session->path = path != NULL ? mem_strdup(path) : default_path(&told);
	if (session->path[0] == '\0') {
		session_close(session);
		return err_set(err, ERR_USAGE, "--socket is empty");
	}
	session->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (session->fd < 0 || connect_to(session->fd, session->path) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			nobody(session->path, path != NULL, told, err);
		else if (errno == EACCES || errno == EPERM)
			err_set(err, ERR_NO_DAEMON,
				"feedd at %s is another user's; see [control] group in "
				"feedd.conf(5)",
				session->path);
		else
			err_set_errno(err, ERR_NO_DAEMON, errno, "feedd at %s can't be reached",
				session->path);
		session_close(session);
		return -1;
	}
	*out_session = session;
	return 0;
}

void session_close(struct session *session)
{
	if (session == NULL)
		return;
	if (session->fd >= 0)
		close(session->fd);
	free(session->path);
	buf_release(&session->in);
	reply_free(session->reply);
	free(session);
}

const char *session_path(const struct session *session)
{
	return session->path;
}

void session_need_reader(struct session *session, int fd)
{
	session->reader_fd = fd;
}

static int gone(struct err *err)
{
	return err_set(err, ERR_NO_DAEMON,
		"feedd went away before its answer was whole; if it has ended, " HOW_TO_START);
}

int session_call(struct session *session, const char *method, const char *parameters,
	unsigned flags, struct err *err)
{
	struct buf call;
	size_t done = 0;
	int result;

	buf_init(&call, CALL_MAX);
	result = wire_put_call(&call, method, parameters, flags);
	if (result < 0)
		result = err_set(err, ERR_TOO_BIG, "the call is too long");
	while (result == 0 && done < call.length) {
		ssize_t n = send(session->fd, call.data + done, call.length - done, MSG_NOSIGNAL);

		/* What a daemon that closes has to say can still be read. */
		if (n < 0 && errno == EPIPE)
			break;
		if (n < 0 && errno != EINTR)
			result = gone(err);
		else if (n > 0)
			done += (size_t)n;
	}
	buf_release(&call);
	return result;
}

/* Until there is something to read.  Who follows may have nothing to write for
 * days, and so would not learn that its pipe is closed: of a pipe's other end POLLERR
 * tells that, of a socket's POLLHUP. */
static int wait_for(struct session *session, struct err *err)
{
	struct pollfd fds[] = { { session->fd, POLLIN, 0 }, { session->reader_fd, 0, 0 } };

	do {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return err_set_errno(err, ERR_IO, errno, "poll");
	} while (fds[0].revents == 0 && fds[1].revents == 0);
	if ((fds[1].revents & (POLLERR | POLLHUP)) == 0)
		return 0;
	raise(SIGPIPE); /* it ends us, as a write would */
	return err_set_errno(err, ERR_IO, EPIPE, "output can't be written");
}

/* Wait for more bytes behind those in session->in. */
static int read_more(struct session *session, struct err *err)
{
	struct buf *in = &session->in;
	ssize_t n;

	if (buf_reserve(in, READ_SIZE) < 0)
		return err_set(err, ERR_TOO_BIG, "feedd's answer is too long");
	if (session->reader_fd >= 0 && wait_for(session, err) < 0)
		return -1;
	do {
		n = read(session->fd, in->data + in->length, READ_SIZE);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return gone(err);
	buf_grown(in, (size_t)n);
	return 0;
}

/* The first reply, or its beginning, before it is told. */
static int look(
	struct session *session, const struct listener *listener, void *ctx, struct err *err)
{
	struct buf *in = &session->in;
	size_t seen = 0;
	const char *end;

	while ((end = memchr(in->data + seen, '\0', in->length - seen)) == NULL &&
		in->length < LOOK_MAX) {
		seen = in->length;
		if (read_more(session, err) < 0)
			return -1;
	}
	reply_look(
		in->data, end != NULL ? (size_t)(end - in->data) : in->length, listener->look, ctx);
	return 0;
}

/* Tell what is there, of one reply. */
static int tell(struct session *session, const struct listener *listener, void *ctx, bool *out_over,
	struct err *err)
{
	struct buf *in = &session->in;
	const char *end = memchr(in->data, '\0', in->length);
	size_t length = end != NULL ? (size_t)(end - in->data) + 1 : in->length;
	int result = reply_read(session->reply, in->data, length, listener, ctx, out_over, err);

	buf_consume(in, length);
	return result;
}

static bool is_readable(const struct session *session)
{
	struct pollfd fd = { session->fd, POLLIN, 0 };

	return poll(&fd, 1, 0) > 0;
}

static int wait_and_read(
	struct session *session, const struct listener *listener, void *ctx, struct err *err)
{
	if (listener->idle != NULL && !is_readable(session) && listener->idle(ctx, err) < 0)
		return -1;
	return read_more(session, err);
}

int session_read(
	struct session *session, const struct listener *listener, void *ctx, struct err *err)
{
	bool over = false;

	if (listener->look != NULL && look(session, listener, ctx, err) < 0)
		return -1;
	while (!over) {
		if (session->in.length == 0 && wait_and_read(session, listener, ctx, err) < 0)
			return -1;
		if (tell(session, listener, ctx, &over, err) < 0)
			return -1;
	}
	return 0;
}
