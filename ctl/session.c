#include "ctl/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/mem.h"
#include "ctl/reply.h"

/* More than any reply of a sound daemon. */
#define REPLY_MAX ((size_t)256 << 20)
#define READ_SIZE ((size_t)64 << 10)

#define HOW_TO_START "start it with `feedd &` or `systemctl --user start feedd`"

struct session {
	int fd;
	char *path;
	struct buf in;
	size_t seen; /* bytes of in that hold no NUL */
};

static char *default_path(void)
{
	const char *named = getenv("FEEDD_SOCKET"), *runtime = getenv("XDG_RUNTIME_DIR");
	char *path;

	if (named != NULL && named[0] != '\0')
		return mem_strdup(named);
	if (runtime != NULL && runtime[0] != '\0') {
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
		char *name = slash != NULL ? mem_strndup(path, (size_t)(slash - path) + 1) : NULL;

		directory = name != NULL ? open(name, O_PATH | O_CLOEXEC) : -1;
		free(name);
		if (directory < 0)
			return -1;
		if (snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
			    directory, slash + 1) >= (int)sizeof(address.sun_path)) {
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

int session_open(const char *path, struct session **out_session, struct err *err)
{
	struct session *session = MEM_NEW(struct session);

	buf_init(&session->in, REPLY_MAX);
	session->path = path != NULL ? mem_strdup(path) : default_path();
	session->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (session->fd < 0 || connect_to(session->fd, session->path) < 0) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			err_set(err, ERR_NO_DAEMON, "no feedd is listening at %s; " HOW_TO_START,
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
	free(session);
}

const char *session_path(const struct session *session)
{
	return session->path;
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

	buf_init(&call, REPLY_MAX);
	result = buf_printf(&call, "{\"method\":\"org.feedd.%s\",\"parameters\":%s%s}", method,
		parameters != NULL ? parameters : "{}",
		(flags & SESSION_MORE) != 0 ? ",\"more\":true" : "");
	if (result < 0 || buf_add_byte(&call, '\0') < 0)
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

/* Fill session->in up to a NUL, *out_end. */
static int read_message(struct session *session, char **out_end, struct err *err)
{
	for (;;) {
		struct buf *in = &session->in;
		char *end = memchr(in->data + session->seen, '\0', in->length - session->seen);
		ssize_t n;

		if (end != NULL) {
			*out_end = end;
			return 0;
		}
		session->seen = in->length;
		if (buf_reserve(in, READ_SIZE) < 0)
			return err_set(err, ERR_TOO_BIG, "feedd's answer is too long");
		n = read(session->fd, in->data + in->length, READ_SIZE);
		if (n > 0)
			buf_grown(in, (size_t)n);
		else if (n == 0 || errno != EINTR)
			return gone(err);
	}
}

int session_read(
	struct session *session, const struct listener *listener, void *ctx, struct err *err)
{
	bool first = true, continues = true;
	int result = 0;

	while (result == 0 && continues) {
		char *end = NULL;
		size_t length;

		if (read_message(session, &end, err) < 0)
			return -1;
		length = (size_t)(end - session->in.data);
		if (first && listener->look != NULL)
			reply_look(session->in.data, length, listener->look, ctx);
		first = false;
		result = reply_tell(session->in.data, length, listener, ctx, &continues, err);
		buf_consume(&session->in, length + 1);
		session->seen = 0;
	}
	return result;
}
