#include "daemon/worker/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/log.h"
#include "common/mem.h"
#include "common/utf8.h"

#define OUTLINE_TAGS_MAX 4096u
#define PIPE_BYTES (1 << 20)
#define WORDS_MAX 4096u    /* of an error */
#define COMPLAINT_MAX 400u /* a line of its standard error */
#define COMPLAINTS_MAX 20u /* lines; a sanitizer writes pages */
#define HANDLES 5u
#define MEBIBYTE_MS 1000 /* that a busy machine may take to pass one on */

/*
 *	SPAWNED --ask--> ASKED --head--> block --> answered, SPAWNED again
 *	    |              |                |
 *	    +------------- exit ------------+--> handles closed --> lost
 *
 * The exit of the process is the only way to the end: who wants it dead kills
 * it and waits.
 */
struct process {
	uv_process_t child;
	uv_pipe_t in, out, complaints;
	uv_timer_t clock;
	bool spawned;  /* the child's handle is libuv's, too */
	unsigned open; /* handles not closed yet */
	struct process_events events;
	void *ctx;
	int64_t timeout_ms;
	int64_t allowed_ms; /* for the document that it has: more for a large one */
	int64_t begin_ms;   /* of them, to read the first of it */

	bool filtered; /* what it was asked to do */
	struct frame_hello hello;
	size_t hello_have;

	struct frame_request head;
	bool asked;
	size_t put;  /* of the request into its pipe, at once: most are smaller than that */
	size_t left; /* what did not fit */

	struct frame_answer answer;
	size_t answer_have;
	char *block; /* answer.length bytes, once the head is there */
	size_t block_have;

	char line[COMPLAINT_MAX];
	size_t line_length;
	unsigned complained;

	enum process_end end;
	bool killed; /* by us, on purpose */
	bool hung;
	struct err why;
};

static void on_closed(uv_handle_t *handle)
{
	struct process *process = handle->data;

	if (--process->open > 0)
		return;
	process->events.lost(process->ctx, &process->why);
	free(process->block);
	free(process);
}

static void close_all(struct process *process)
{
	uv_handle_t *handles[HANDLES] = { (uv_handle_t *)&process->child,
		(uv_handle_t *)&process->in, (uv_handle_t *)&process->out,
		(uv_handle_t *)&process->complaints, (uv_handle_t *)&process->clock };

	for (unsigned i = process->spawned ? 0 : 1; i < HANDLES; i++)
		uv_close(handles[i], on_closed);
}

static void explain_exit(struct process *process, int64_t status, int signal)
{
	struct err *why = &process->why;

	if (process->killed && !process->hung && why->code != ERR_NONE)
		return;
	if (process->hung)
		err_set(why, ERR_PARSER_HANG, "the parser did not end within %lld s",
			(long long)(process->allowed_ms / 1000));
	else if (signal == SIGPROF)
		err_set(why, ERR_PARSER_HANG, "the parser took too much processor time");
	else if (status == FRAME_EXIT_MEMORY)
		err_set(why, ERR_PARSER_MEMORY, "the parser wanted too much memory");
	else if (signal != 0)
		err_set(why, ERR_PARSER_CRASH, "the parser was ended by signal %d (%s)", signal,
			strsignal(signal));
	else
		err_set(why, ERR_PARSER_CRASH, "the parser ended with exit code %lld",
			(long long)status);
}

/* Nothing else goes through the pipe before it. */
static bool has_greeted(struct process *process)
{
	size_t left = sizeof(process->hello) - process->hello_have;
	uv_os_fd_t fd;
	ssize_t got;

	if (left == 0)
		return true;
	if (uv_fileno((uv_handle_t *)&process->out, &fd) < 0)
		return false;
	got = read(fd, (char *)&process->hello + process->hello_have, left);
	return got > 0 && (size_t)got == left;
}

/* What it has not read its pipe still holds. */
static bool has_read_nothing(const struct process *process)
{
	uv_os_fd_t fd;
	int unread;

	return process->asked && !process->killed && !process->hung &&
	       uv_fileno((const uv_handle_t *)&process->in, &fd) == 0 &&
	       ioctl(fd, FIONREAD, &unread) == 0 && (size_t)unread >= process->put;
}

static void on_exit_status(uv_process_t *child, int64_t status, int signal)
{
	struct process *process = child->data;

	/* The pipe may hold a hello that we have not read: without it, no byte of a
	 * document was read either, with it, a document is what went wrong. */
	if (signal == SIGSYS && process->filtered && !has_greeted(process))
		process->end = PROCESS_FILTERED;
	else if (has_read_nothing(process))
		process->end = PROCESS_UNASKED;
	explain_exit(process, status, signal);
	close_all(process);
}

static void on_timeout(uv_timer_t *clock)
{
	struct process *process = clock->data;

	process->hung = true;
	uv_process_kill(&process->child, SIGKILL);
}

/* It need not tell that it has begun: what it read is missing in its pipe, or more
 * was put there since.  So that costs nothing where all is well. */
static void on_begin_over(uv_timer_t *clock)
{
	struct process *process = clock->data;
	int64_t left_ms = process->allowed_ms - process->begin_ms;

	if (uv_stream_get_write_queue_size((uv_stream_t *)&process->in) != process->left ||
		!has_read_nothing(process)) {
		uv_timer_start(clock, on_timeout, (uint64_t)left_ms, 0);
		return;
	}
	process->end = PROCESS_STUCK;
	err_set(&process->why, ERR_PARSER_HANG, "the parser did not begin in time");
	process_kill(process);
}

/* What it says cannot be believed, so it has to go. */
static void distrust(struct process *process, const char *words)
{
	err_set(&process->why, ERR_PARSER_CRASH, "the parser answered nonsense: %s", words);
	process_kill(process);
}

/* As one line that anybody may be shown: it may say anything. */
static void take_words(struct process *process, struct err *out)
{
	struct buf words;

	buf_init(&words, WORDS_MAX * 3);
	if (utf8_add_line(&words, process->block, strnlen(process->block, process->answer.length)) <
		0)
		buf_clear(&words);
	err_set(out, (enum err_code)process->answer.error, "%s", words.data);
	buf_release(&words);
}

static void finish_answer(struct process *process)
{
	struct feed_doc *doc = NULL;
	struct err err;

	uv_timer_stop(&process->clock);
	if (process->answer.error == ERR_NONE) {
		if (feed_doc_check(process->block, process->answer.length, &err) < 0) {
			distrust(process, err.text);
			return;
		}
		doc = (struct feed_doc *)(void *)process->block;
		process->block = NULL;
	} else {
		take_words(process, &err);
		free(process->block);
		process->block = NULL;
	}
	process->asked = false;
	process->answer_have = process->block_have = 0;
	process->events.answered(process->ctx, doc, doc != NULL ? NULL : &err);
}

/* The head is there: is it one? */
static bool begin_block(struct process *process)
{
	const struct frame_answer *answer = &process->answer;
	uint32_t max = answer->error == ERR_NONE ? process->head.limits.doc_max : WORDS_MAX;

	if (answer->magic != FRAME_MAGIC || answer->version != FRAME_VERSION ||
		answer->error >= ERR_CODES || answer->length == 0 || answer->length > max) {
		distrust(process, "its head");
		return false;
	}
	/* The document is its owner's again with the answer, and libuv would read on in it. */
	if (uv_stream_get_write_queue_size((uv_stream_t *)&process->in) > 0) {
		distrust(process, "it had not read the document");
		return false;
	}
	process->block = mem_alloc(answer->length);
	return true;
}

/* The pipe is read straight to where the bytes stay: hello, head, block. */
static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct process *process = handle->data;

	(void)suggested;
	if (process->hello_have < sizeof(process->hello))
		*out = uv_buf_init((char *)&process->hello + process->hello_have,
			(unsigned)(sizeof(process->hello) - process->hello_have));
	else if (process->block == NULL)
		*out = uv_buf_init((char *)&process->answer + process->answer_have,
			(unsigned)(sizeof(process->answer) - process->answer_have));
	else
		*out = uv_buf_init(process->block + process->block_have,
			(unsigned)(process->answer.length - process->block_have));
}

static void take_hello(struct process *process, size_t length)
{
	const struct frame_hello *hello = &process->hello;

	process->hello_have += length;
	if (process->hello_have < sizeof(*hello))
		return;
	if (hello->magic != FRAME_MAGIC || hello->version != FRAME_VERSION)
		distrust(process, "its hello");
	else
		process->events.greeted(process->ctx, !process->filtered || hello->filtered == 1);
}

static void on_answer_bytes(uv_stream_t *out, ssize_t length, const uv_buf_t *bytes)
{
	struct process *process = out->data;

	(void)bytes;
	if (length < 0) {
		uv_read_stop(out); /* the exit tells the rest */
		return;
	}
	/* One that hung is dying: were its late answer taken, the next document
	 * would be given to it. */
	if (length == 0 || process->killed || process->hung)
		return;
	if (process->hello_have < sizeof(process->hello)) {
		take_hello(process, (size_t)length);
		return;
	}
	if (!process->asked) {
		distrust(process, "it was not asked");
		return;
	}
	if (process->block != NULL) {
		process->block_have += (size_t)length;
		if (process->block_have == process->answer.length)
			finish_answer(process);
		return;
	}
	process->answer_have += (size_t)length;
	if (process->answer_have == sizeof(process->answer))
		(void)begin_block(process);
}

static void tell_line(struct process *process)
{
	if (process->line_length > 0 && process->complained++ < COMPLAINTS_MAX)
		log_warning("parser %d: %.*s", (int)process->child.pid, (int)process->line_length,
			process->line);
	process->line_length = 0;
}

static void on_complaint_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct process *process = handle->data;

	(void)suggested;
	if (process->line_length == sizeof(process->line))
		tell_line(process);
	*out = uv_buf_init(process->line + process->line_length,
		(unsigned)(sizeof(process->line) - process->line_length));
}

static void on_complaint(uv_stream_t *stream, ssize_t length, const uv_buf_t *bytes)
{
	struct process *process = stream->data;
	char *end;

	(void)bytes;
	if (length < 0) {
		tell_line(process);
		uv_read_stop(stream);
		return;
	}
	process->line_length += (size_t)length;
	while ((end = memchr(process->line, '\n', process->line_length)) != NULL) {
		size_t rest = process->line_length - (size_t)(end + 1 - process->line);

		process->line_length = (size_t)(end - process->line);
		tell_line(process);
		memmove(process->line, end + 1, rest);
		process->line_length = rest;
	}
}

/* Our end of a new pipe into *stream, the child's into *out_fd.  Real pipes:
 * what libuv would make itself are sockets, which take room and a smaller
 * queue. */
static int open_pipe(uv_pipe_t *stream, bool child_reads, int *out_fd)
{
	uv_file fds[2];
	int rc = child_reads ? uv_pipe(fds, 0, UV_NONBLOCK_PIPE)
			     : uv_pipe(fds, UV_NONBLOCK_PIPE, 0);
	int ours;

	if (rc < 0)
		return rc;
	ours = fds[child_reads ? 1 : 0];
	*out_fd = fds[child_reads ? 0 : 1];
	/* Where the limit on pipes is reached, the usual 64 KiB do. */
	(void)fcntl(ours, F_SETPIPE_SZ, PIPE_BYTES);
	rc = uv_pipe_open(stream, ours);
	if (rc < 0) {
		close(ours);
		close(*out_fd);
		*out_fd = -1;
	}
	return rc;
}

static int spawn(struct process *process, const char *program)
{
	uv_stdio_container_t stdio[3];
	char *args[] = { (char *)"feedd", (char *)"--worker",
		process->filtered ? NULL : (char *)WORKER_UNFILTERED, NULL };
	uv_process_options_t options = { .exit_cb = on_exit_status,
		.file = program,
		.args = args,
		.stdio_count = 3,
		.stdio = stdio };
	uv_pipe_t *pipes[3] = { &process->in, &process->out, &process->complaints };
	int fds[3] = { -1, -1, -1 };
	int rc = 0;

	for (size_t i = 0; i < 3 && rc == 0; i++) {
		rc = open_pipe(pipes[i], i == 0, &fds[i]);
		stdio[i].flags = UV_INHERIT_FD;
		stdio[i].data.fd = fds[i];
	}
	if (rc == 0) {
		/* It initialises the handle, whatever becomes of it. */
		rc = uv_spawn(process->in.loop, &process->child, &options);
		process->spawned = true;
		process->open++;
	}
	for (size_t i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return rc;
}

static void on_written(uv_write_t *write, int status)
{
	free(write);
	(void)status; /* a broken pipe is a worker that ended; its exit tells why */
}

struct process *process_new(uv_loop_t *loop, const char *program, bool filtered, int64_t timeout_ms,
	const struct process_events *events, void *ctx)
{
	struct process *process = MEM_NEW(struct process);
	int rc;

	process->filtered = filtered;
	process->events = *events;
	process->ctx = ctx;
	process->timeout_ms = timeout_ms;
	uv_pipe_init(loop, &process->in, 0);
	uv_pipe_init(loop, &process->out, 0);
	uv_pipe_init(loop, &process->complaints, 0);
	uv_timer_init(loop, &process->clock);
	process->open = HANDLES - 1;
	rc = spawn(process, program);
	process->child.data = process->in.data = process->out.data = process->complaints.data =
		process->clock.data = process;
	if (rc < 0) {
		err_set(&process->why, ERR_BUSY, "no parser could be started: %s", uv_strerror(rc));
		process->killed = true;
		close_all(process);
		return process;
	}
	uv_read_start((uv_stream_t *)&process->out, on_room, on_answer_bytes);
	uv_read_start((uv_stream_t *)&process->complaints, on_complaint_room, on_complaint);
	return process;
}

/* Nobody on this side reads what a feed says beyond its fields, nor its links:
 * they would only be carried.  The tags of a list are the user's own, and none is left
 * out that our own export has in it. */
static void set_limits(struct frame_request *head)
{
	feed_limits_default(&head->limits);
	if (head->kind == FEED_KIND_FEED)
		head->limits.extensions_max = head->limits.links_max = 0;
	else if (head->kind == FEED_KIND_OPML)
		head->limits.categories_max = OUTLINE_TAGS_MAX;
}

static void start_clock(struct process *process, const struct process_request *request)
{
	int64_t most_ms = process->timeout_ms + (int64_t)(request->body_length >> 20) * MEBIBYTE_MS;
	/* One that is new has to become a worker first. */
	bool is_new = process->hello_have < sizeof(process->hello);

	process->allowed_ms = most_ms;
	process->begin_ms = is_new ? request->begin_ms * 2 : request->begin_ms;
	if (process->begin_ms == 0 || process->begin_ms > most_ms)
		process->begin_ms = most_ms;
	uv_timer_start(&process->clock, process->begin_ms < most_ms ? on_begin_over : on_timeout,
		(uint64_t)process->begin_ms, 0);
}

void process_ask(struct process *process, const struct process_request *request)
{
	struct frame_request *head = &process->head;
	uv_buf_t bufs[5];
	size_t length = sizeof(*head);

	head->magic = FRAME_MAGIC;
	head->version = FRAME_VERSION;
	head->kind = request->kind;
	head->cut = request->cut;
	head->url_length = (uint32_t)strnlen(request->url, FRAME_TEXT_MAX);
	head->content_type_length = (uint32_t)strnlen(request->content_type, FRAME_TEXT_MAX);
	head->content_location_length = (uint32_t)strnlen(
		request->content_location, FRAME_TEXT_MAX);
	head->body_length = request->body_length;
	set_limits(head);
	process->asked = true;
	start_clock(process, request);
	if (process->killed)
		return; /* it never lived; lost() is on its way */
	bufs[0] = uv_buf_init((char *)head, sizeof(*head));
	bufs[1] = uv_buf_init((char *)request->url, head->url_length);
	bufs[2] = uv_buf_init((char *)request->content_type, head->content_type_length);
	bufs[3] = uv_buf_init((char *)request->content_location, head->content_location_length);
	bufs[4] = uv_buf_init((char *)request->body, (unsigned)request->body_length);
	for (size_t i = 1; i < 5; i++)
		length += bufs[i].len;
	/* Its own memory: the answer may come before libuv tells that all was written. */
	uv_write(MEM_NEW(uv_write_t), (uv_stream_t *)&process->in, bufs, 5, on_written);
	process->left = uv_stream_get_write_queue_size((uv_stream_t *)&process->in);
	process->put = length - process->left;
}

enum process_end process_end(const struct process *process)
{
	return process->end;
}

void process_kill(struct process *process)
{
	if (process->killed)
		return;
	process->killed = true;
	uv_process_kill(&process->child, SIGKILL);
}
