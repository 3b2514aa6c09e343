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

#define PAUSE_MS 10000
#define PAGE_ROWS 4096u
#define BYTES_MAX ((size_t)256 << 20)

/*
 *	CLEAN --told--> DIRTY --timer--> reading pages --> writing --> CLEAN
 *	                                   (told meanwhile: DIRTY again)
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
	struct buf text;
	uv_work_t work;
	bool dirty, busy, failed;
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

	buf_release(&snapshot->text);
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

static void on_timer(uv_timer_t *timer)
{
	begin(timer->data);
}

static void on_told(void *ctx, enum hub_topic topic, uint64_t seq)
{
	struct snapshot *snapshot = ctx;

	(void)seq;
	if (topic != HUB_FEEDS || snapshot->dirty)
		return;
	snapshot->dirty = true;
	if (!snapshot->busy)
		uv_timer_start(&snapshot->timer, on_timer, PAUSE_MS, 0);
}

static int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		length -= (size_t)n;
	}
	return 0;
}

/* On the pool: a whole file beside the old one, then in its place. */
static void write_file(uv_work_t *work)
{
	struct snapshot *snapshot = work->data;
	char *beside = mem_printf("%s.new", snapshot->path);
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	snapshot->failed = fd < 0 || outlines_write(&snapshot->outlines, &snapshot->text) < 0 ||
			   write_all(fd, snapshot->text.data, snapshot->text.length) < 0 ||
			   fsync(fd) < 0 || rename(beside, snapshot->path) < 0;
	if (fd >= 0)
		close(fd);
	if (snapshot->failed)
		unlink(beside);
	free(beside);
}

static void end(struct snapshot *snapshot)
{
	buf_release(&snapshot->text);
	outlines_release(&snapshot->outlines);
	snapshot->busy = false;
	if (snapshot->dirty && !snapshot->closing)
		uv_timer_start(&snapshot->timer, on_timer, PAUSE_MS, 0);
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
	buf_init(&snapshot->text, BYTES_MAX);
	outlines_init(&snapshot->outlines);
	uv_timer_init(parts->loop, &snapshot->timer);
	snapshot->timer.data = snapshot;
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
