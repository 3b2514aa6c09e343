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
#define PAGE_ROWS 4096u

/*
 *	CLEAN --told--> DIRTY --quiet or late--> reading pages --> writing --> CLEAN
 *	                                           (told meanwhile: DIRTY again)
 */
struct snapshot {
	struct control_parts parts;
	char *path;
	struct hub_sink *sink;
	uv_timer_t timer;
	struct store_feed_filter filter;
	struct store_read_job *read;
	uint64_t told; /* rows so far */
	struct outlines outlines;
	uv_work_t work;
	int fd; /* while it is written */
	bool dirty, busy, failed;
	uint64_t dirty_ms, told_ms; /* the first change that is not written; the last news */
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

/* When it is to be written, or to be looked at once more. */
static void wait_for_quiet(struct snapshot *snapshot)
{
	uint64_t quiet_ms = snapshot->told_ms + QUIET_MS, late_ms = snapshot->dirty_ms + LATE_MS;
	uint64_t at_ms = quiet_ms < late_ms ? quiet_ms : late_ms;
	uint64_t now_ms = uv_now(snapshot->parts.loop);

	uv_timer_start(&snapshot->timer, on_timer, at_ms > now_ms ? at_ms - now_ms : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
	struct snapshot *snapshot = timer->data;
	uint64_t now_ms = uv_now(snapshot->parts.loop);

	if (now_ms < snapshot->told_ms + QUIET_MS && now_ms < snapshot->dirty_ms + LATE_MS)
		wait_for_quiet(snapshot);
	else
		begin(snapshot);
}

static void on_told(void *ctx, enum hub_topic topic, uint64_t seq)
{
	struct snapshot *snapshot = ctx;

	(void)seq;
	snapshot->told_ms = uv_now(snapshot->parts.loop);
	if (snapshot->dirty || topic != HUB_FEEDS)
		return;
	snapshot->dirty = true;
	snapshot->dirty_ms = snapshot->told_ms;
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

/* On the pool: a whole file beside the old one, then in its place. */
static void write_file(uv_work_t *work)
{
	struct snapshot *snapshot = work->data;
	char *beside = mem_printf("%s.new", snapshot->path);

	snapshot->fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	snapshot->failed = snapshot->fd < 0 ||
			   outlines_write(&snapshot->outlines, write_piece, snapshot) < 0 ||
			   fsync(snapshot->fd) < 0 || rename(beside, snapshot->path) < 0;
	if (snapshot->fd >= 0)
		close(snapshot->fd);
	if (snapshot->failed)
		unlink(beside);
	free(beside);
}

static void end(struct snapshot *snapshot)
{
	outlines_release(&snapshot->outlines);
	snapshot->busy = false;
	if (snapshot->dirty && !snapshot->closing)
		wait_for_quiet(snapshot);
	settle(snapshot);
}

static void on_file_written(uv_work_t *work, int status)
{
	struct snapshot *snapshot = work->data;

	if (status < 0 || snapshot->failed)
		log_warning("%s could not be written", snapshot->path);
	end(snapshot);
}

static int on_feed(void *ctx, const struct store_feed_row *feed)
{
	struct snapshot *snapshot = ctx;

	outlines_add(&snapshot->outlines, feed);
	return 0;
}

static void ask_page(struct snapshot *snapshot);

static void on_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct snapshot *snapshot = ctx;

	snapshot->read = NULL;
	snapshot->told += rows;
	if (err != NULL) {
		log_warning("%s: %s", snapshot->path, err->text);
		end(snapshot);
		return;
	}
	if (more) {
		ask_page(snapshot);
		return;
	}
	snapshot->work.data = snapshot;
	uv_queue_work(snapshot->parts.loop, &snapshot->work, write_file, on_file_written);
}

static void ask_page(struct snapshot *snapshot)
{
	snapshot->read = store_feeds(snapshot->parts.store, &snapshot->filter, snapshot->told,
		PAGE_ROWS, on_feed, on_page, snapshot);
}

static void begin(struct snapshot *snapshot)
{
	if (snapshot->busy || !snapshot->dirty)
		return;
	snapshot->dirty = false;
	snapshot->busy = true;
	snapshot->told = 0;
	ask_page(snapshot);
}

struct snapshot *snapshot_new(const struct control_parts *parts)
{
	struct snapshot *snapshot = MEM_NEW(struct snapshot);

	snapshot->parts = *parts;
	snapshot->path = mem_printf("%s/" STORE_SUBSCRIPTIONS, parts->data_dir);
	outlines_init(&snapshot->outlines);
	uv_timer_init(parts->loop, &snapshot->timer);
	snapshot->timer.data = snapshot;
	snapshot->filter.no_weeks = true;
	snapshot->sink = hub_join(parts->hub, on_told, snapshot);
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
