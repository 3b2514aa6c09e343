/*
 * Export, Dump, Restore, Backup and Push: documents in and out.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/nameless.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/outlines.h"
#include "daemon/control/restored.h"
#include "daemon/control/sending.h"

/* ------------------------------------------------------------ spool ---- */

/* Of what a full disk does not take, of all calls together: lists of thousands of
 * feeds, and most dumps. */
#define MEMORY_MAX ((size_t)16 << 20)

static atomic_size_t in_memory;

/*
 * A file without a name in the data directory, for text that must not be held
 * in memory or in a transaction while its client is slow.  Where that disk is full
 * it is held in memory all the same, as far as that goes: to save what there is
 * elsewhere is what a person wants then.
 */
struct spool {
	struct call *call;
	struct outlines outlines; /* of Export */
	uv_work_t work;
	int fd;
	size_t written, reserved; /* bytes; of in_memory: 0 while it is on the disk */
	bool failed;
};

/* Room for so many bytes more, where they go to memory. */
static bool reserve(struct spool *spool, size_t length)
{
	if (atomic_fetch_add(&in_memory, length) + length > MEMORY_MAX) {
		atomic_fetch_sub(&in_memory, length);
		return false;
	}
	spool->reserved += length;
	return true;
}

/* What is written goes along; false if it has no room there either. */
static bool go_to_memory(struct spool *spool)
{
	int fd = spool->reserved == 0 && reserve(spool, spool->written + 1)
			 ? memfd_create("spool", MFD_CLOEXEC)
			 : -1;
	off_t at = 0;
	ssize_t n = 0;

	while (fd >= 0 && (size_t)at < spool->written && n >= 0)
		n = sendfile(fd, spool->fd, &at, spool->written - (size_t)at);
	if (fd < 0 || n < 0) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = fd;
	return true;
}

static void spool_release(void *what)
{
	struct spool *spool = what;

	outlines_release(&spool->outlines);
	atomic_fetch_sub(&in_memory, spool->reserved);
	if (spool->fd >= 0)
		close(spool->fd);
}

/* The call fails where there can be none. */
static struct spool *spool_new(struct call *call)
{
	struct spool *spool = call_keep(call, 1, sizeof(*spool));

	spool->call = call;
	spool->fd = nameless_open(call->parts->data_dir);
	outlines_init(&spool->outlines);
	call_at_end(call, spool_release, spool);
	if (spool->fd >= 0 || (err_is_no_space(errno) && go_to_memory(spool)))
		return spool;
	call_refuse(call, ERR_IO, "%s: %s", call->parts->data_dir, strerror(errno));
	return NULL;
}

static ssize_t write_piece(struct spool *spool, const char *text, size_t length)
{
	if (spool->reserved > 0 && !reserve(spool, length)) {
		errno = ENOSPC;
		return -1;
	}
	return write(spool->fd, text, length);
}

static int spool_write(void *ctx, const char *text, size_t length)
{
	struct spool *spool = ctx;

	while (length > 0 && !spool->failed) {
		ssize_t n = write_piece(spool, text, length);

		if (n < 0 && (errno == EINTR || (err_is_no_space(errno) && go_to_memory(spool))))
			continue;
		spool->failed = n < 0;
		text += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
		spool->written += n > 0 ? (size_t)n : 0;
	}
	return spool->failed;
}

static void spool_send(struct spool *spool)
{
	int fd = spool->fd;

	if (spool->failed) {
		call_refuse(spool->call, ERR_NO_SPACE, "%s: there is no room to write it down",
			spool->call->parts->data_dir);
		return;
	}
	spool->fd = -1;
	sending_start(spool->call, fd, false);
}

/* ----------------------------------------------------- Export, Dump ---- */

static int on_outline(void *ctx, const struct store_subscription *feed)
{
	struct spool *spool = ctx;

	outlines_add(&spool->outlines, feed);
	return 0;
}

/* On the pool: a hundred thousand take it a tenth of a second. */
static void write_outlines(uv_work_t *work)
{
	struct spool *spool = work->data;

	if (outlines_write(&spool->outlines, spool_write, spool) < 0)
		spool->failed = true;
	outlines_release(&spool->outlines);
}

static void on_outlines_written(uv_work_t *work, int status)
{
	struct spool *spool = work->data;

	(void)status; /* nobody cancels it */
	spool->call->committed = false;
	spool_send(spool);
}

static void on_outlines(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct spool *spool = ctx;

	(void)rows;
	(void)more;
	if (call_read_failed(spool->call, err))
		return;
	spool->work.data = spool;
	spool->call->committed = true;
	uv_queue_work(spool->call->parts->loop, &spool->work, write_outlines, on_outlines_written);
}

void cmd_EXPORT(struct call *call)
{
	struct spool *spool = spool_new(call);

	if (spool != NULL)
		call->read = store_subscriptions(
			call->parts->store, on_outline, on_outlines, spool);
}

static void on_dumped(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct spool *spool = ctx;

	(void)rows;
	(void)more;
	if (!call_read_failed(spool->call, err))
		spool_send(spool);
}

void cmd_DUMP(struct call *call)
{
	struct spool *spool = spool_new(call);

	if (spool != NULL)
		call->read = store_dump(call->parts->store, call_flag(call, "secrets"), spool_write,
			on_dumped, spool);
}

/* ---------------------------------------------------------- Restore ---- */

void cmd_RESTORE(struct call *call)
{
	if (!call_has(call, "text") && call->document.length == 0) {
		call_refuse(call, ERR_USAGE, "restore what? the dump comes in \"text\"");
		return;
	}
	call->committed = true;
	store_restore(call->parts->store, &call->document, call_flag(call, "newer"), clock_now_s(),
		restored_answer, call);
}

/* ----------------------------------------------------------- Backup ---- */

static void on_copied(void *ctx, const char *path, const struct err *err)
{
	struct call *call = ctx;
	int fd;

	call->read = NULL;
	if (err != NULL && err->code == ERR_NO_SPACE) {
		call_refuse(call, err->code,
			"%s; it is copied beside the store first: to copy it elsewhere at once, "
			"sqlite3 %s/feedd.db '.backup FILE'",
			err->text, call->parts->data_dir);
		return;
	}
	if (err != NULL) {
		call_fail(call, err);
		return;
	}
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	unlink(path);
	if (fd < 0)
		call_refuse(call, ERR_IO, "%s: %s", path, strerror(errno));
	else
		sending_start(call, fd, true);
}

void cmd_BACKUP(struct call *call)
{
	if (!call->more) {
		call_refuse(call, ERR_USAGE, "a backup comes in pieces: call with more");
		return;
	}
	call->read = store_backup(call->parts->store, on_copied, call);
}

/* ------------------------------------------------------------- Push ---- */

static void on_pushed(
	void *ctx, const struct store_delta *delta, const struct err *wrong, const struct err *err)
{
	struct call *call = ctx;
	struct json_writer *w;

	if (call_task_failed(call, err))
		return;
	w = call_reply(call);
	json_put_key(w, "new");
	json_put_uint(w, delta->fresh);
	json_put_key(w, "changed");
	json_put_uint(w, delta->changed);
	json_put_key(w, "total");
	json_put_uint(w, delta->items);
	if (wrong != NULL) {
		call->refused = call_keep(call, 1, sizeof(*call->refused));
		call->refused[call->refused_count++] = wrong->text;
	}
	call_end(call);
}

static void push(struct call *call, const int64_t *ids, size_t count)
{
	(void)count;
	call->task = refresh_push_start(call->parts->refresh, ids[0], &call->document,
		call_text(call, "content_type"), on_pushed, call);
}

void cmd_PUSH(struct call *call)
{
	const char *name = call_text(call, "name");
	const char **word = call_keep(call, 1, sizeof(*word));
	char *whole = call_keep(call, strlen(name) + sizeof("push:"), 1);

	if (call->document.length > call->parts->conf->fetch_body_max) {
		call_refuse(call, ERR_TOO_BIG, "a document has at most %zu bytes",
			call->parts->conf->fetch_body_max);
		return;
	}
	strcpy(whole, strncmp(name, "push:", 5) == 0 ? "" : "push:");
	strcat(whole, name);
	*word = whole;
	choose_words(call, word, 1, push);
}
