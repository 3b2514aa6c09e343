#include "daemon/control/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/mem.h"
#include "daemon/control/outlines.h"
#include "daemon/store/store_copies.h"

/* Behind an import comes its first refresh, for which processor and disk are needed:
 * the copy is written when the store has been quiet for a while, but not too late. */
#define QUIET_MS 10000u
#define LATE_MS 30000u
#define AGAIN_MS 60000u /* after an attempt that failed */

/*
 *	CLEAN --told--> DIRTY --quiet or late--> reading --> writing --> CLEAN
 *	                          (told meanwhile, or it failed: DIRTY again)
 *
 * What an attempt that failed leaves is an empty file beside the list: if it is
 * there at the next start, the list may be behind the store.
 */
struct snapshot {
	struct control_parts parts;
	char *path, *beside; /* where it is, and where it is written */
	struct hub_sink *sink;
	uv_timer_t timer;
	struct outlines outlines;
	uv_work_t work;
	int fd;         /* while it is written */
	int error;      /* errno of the last attempt; 0: it went well */
	int told_error; /* which of them was logged */
	bool dirty, busy;
	uint64_t dirty_ms, told_ms; /* the first change that is not written; the last news */
	uint64_t again_ms;          /* not before */
	bool closing;
	void (*closed)(void *ctx);
	void *closed_ctx;
};

static void begin(struct snapshot *snapshot);

static void on_timer_closed(uv_handle_t *handle)
{
	struct snapshot *snapshot = handle->data;
	void (*closed)(void *ctx) = snapshot->closed;
	void *ctx = snapshot->closed_ctx;

	outlines_release(&snapshot->outlines);
	free(snapshot->path);
	free(snapshot->beside);
	free(snapshot);
	closed(ctx);
}

/* What is next when nothing is under way. */
static void settle(struct snapshot *snapshot)
{
	if (snapshot->busy)
		return;
	if (snapshot->dirty && snapshot->closing)
		begin(snapshot);
	else if (snapshot->closing)
		uv_close((uv_handle_t *)&snapshot->timer, on_timer_closed);
}

static void on_timer(uv_timer_t *timer);

/* How long it is until it is to be written. */
static uint64_t left_ms(const struct snapshot *snapshot)
{
	uint64_t quiet_ms = snapshot->told_ms + QUIET_MS, late_ms = snapshot->dirty_ms + LATE_MS;
	uint64_t at_ms = quiet_ms < late_ms ? quiet_ms : late_ms;
	uint64_t now_ms = uv_now(snapshot->parts.loop);

	if (at_ms < snapshot->again_ms)
		at_ms = snapshot->again_ms;
	return at_ms > now_ms ? at_ms - now_ms : 0;
}

static void wait_for_quiet(struct snapshot *snapshot)
{
	uv_timer_start(&snapshot->timer, on_timer, left_ms(snapshot), 0);
}

static void on_timer(uv_timer_t *timer)
{
	struct snapshot *snapshot = timer->data;

	if (left_ms(snapshot) > 0)
		wait_for_quiet(snapshot);
	else
		begin(snapshot);
}

static void owe(struct snapshot *snapshot)
{
	if (!snapshot->dirty)
		snapshot->dirty_ms = snapshot->told_ms = uv_now(snapshot->parts.loop);
	snapshot->dirty = true;
}

static void on_told(void *ctx, enum hub_topic topic, uint64_t seq)
{
	struct snapshot *snapshot = ctx;

	(void)seq;
	snapshot->told_ms = uv_now(snapshot->parts.loop);
	if (snapshot->dirty || topic != HUB_FEEDS)
		return;
	owe(snapshot);
	if (!snapshot->busy)
		wait_for_quiet(snapshot);
}

static int write_piece(void *ctx, const char *text, size_t length)
{
	const struct snapshot *snapshot = ctx;

	while (length > 0) {
		ssize_t n = write(snapshot->fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

/* So that it stays there, too: the file was synced, its name was not. */
static int sync_name(const struct snapshot *snapshot)
{
	size_t length = (size_t)(strrchr(snapshot->path, '/') - snapshot->path);
	char *directory = length > 0 ? mem_strndup(snapshot->path, length) : mem_strdup("/");
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd >= 0 ? fsync(fd) : -1;

	free(directory);
	if (result < 0 && fd >= 0 && errno == EINVAL)
		result = 0; /* on a file system that syncs no directories */
	if (fd >= 0)
		close(fd);
	return result;
}

/* A whole file beside the old one, then in its place. */
static void write_file(struct snapshot *snapshot)
{
	snapshot->fd = open(
		snapshot->beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (snapshot->fd < 0 || outlines_write(&snapshot->outlines, write_piece, snapshot) < 0 ||
		fsync(snapshot->fd) < 0 || rename(snapshot->beside, snapshot->path) < 0) {
		snapshot->error = errno;
		if (snapshot->fd >= 0)
			(void)!ftruncate(snapshot->fd, 0); /* a full disk has better uses */
	} else if (sync_name(snapshot) < 0) {
		snapshot->error = errno;
	}
	if (snapshot->fd >= 0)
		close(snapshot->fd);
}

/* On the pool, where what was gathered is let go, too: of many feeds it takes a while. */
static void write_list(uv_work_t *work)
{
	struct snapshot *snapshot = work->data;

	snapshot->error = 0;
	/* Where there never was a feed there need be no list. */
	if (snapshot->outlines.count > 0 || access(snapshot->path, F_OK) == 0)
		write_file(snapshot);
	outlines_release(&snapshot->outlines);
}

static void end(struct snapshot *snapshot)
{
	outlines_release(&snapshot->outlines);
	snapshot->busy = false;
	if (snapshot->dirty && !snapshot->closing)
		wait_for_quiet(snapshot);
	settle(snapshot);
}

/* It is still owed; at the end once more is enough. */
static void end_in_vain(struct snapshot *snapshot)
{
	if (!snapshot->closing) {
		owe(snapshot);
		snapshot->again_ms = uv_now(snapshot->parts.loop) + AGAIN_MS;
	}
	end(snapshot);
}

static void on_file_written(uv_work_t *work, int status)
{
	struct snapshot *snapshot = work->data;

	(void)status; /* nobody cancels it */
	if (snapshot->error != 0 && snapshot->error != snapshot->told_error)
		log_warning("%s could not be written, and is tried again: %s", snapshot->path,
			strerror(snapshot->error));
	else if (snapshot->error == 0 && snapshot->told_error != 0)
		log_info("%s is written", snapshot->path);
	snapshot->told_error = snapshot->error;
	if (snapshot->error != 0)
		end_in_vain(snapshot);
	else
		end(snapshot);
}

static int on_feed(void *ctx, const struct store_subscription *feed)
{
	struct snapshot *snapshot = ctx;

	outlines_add(&snapshot->outlines, feed);
	return 0;
}

static void on_gathered(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct snapshot *snapshot = ctx;

	(void)rows;
	(void)more;
	if (err != NULL) {
		log_warning("%s: %s", snapshot->path, err->text);
		end_in_vain(snapshot);
		return;
	}
	snapshot->work.data = snapshot;
	uv_queue_work(snapshot->parts.loop, &snapshot->work, write_list, on_file_written);
}

static void begin(struct snapshot *snapshot)
{
	if (snapshot->busy || !snapshot->dirty)
		return;
	snapshot->dirty = false;
	snapshot->busy = true;
	store_subscriptions(snapshot->parts.store, on_feed, on_gathered, snapshot);
}

static bool may_be_behind(const struct snapshot *snapshot)
{
	const struct store *store = snapshot->parts.store;

	return store_was_cut_off(store) || store_was_upgraded(store) ||
	       access(snapshot->path, F_OK) < 0 || access(snapshot->beside, F_OK) == 0;
}

struct snapshot *snapshot_new(const struct control_parts *parts)
{
	struct snapshot *snapshot = MEM_NEW(struct snapshot);

	snapshot->parts = *parts;
	snapshot->path = mem_printf("%s/" STORE_SUBSCRIPTIONS, parts->data_dir);
	snapshot->beside = mem_printf("%s.new", snapshot->path);
	outlines_init(&snapshot->outlines);
	uv_timer_init(parts->loop, &snapshot->timer);
	snapshot->timer.data = snapshot;
	snapshot->sink = hub_join(parts->hub, on_told, snapshot);
	if (may_be_behind(snapshot)) {
		owe(snapshot);
		wait_for_quiet(snapshot);
	}
	return snapshot;
}

void snapshot_close(struct snapshot *snapshot, void (*closed)(void *ctx), void *ctx)
{
	hub_leave(snapshot->sink);
	uv_timer_stop(&snapshot->timer);
	snapshot->closing = true;
	snapshot->closed = closed;
	snapshot->closed_ctx = ctx;
	settle(snapshot);
}
