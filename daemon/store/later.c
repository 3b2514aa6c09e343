#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/internal.h"

/* Parts whose place is kept; each answers that it is not here yet. */

static const struct err *not_yet(struct err *err, const char *what)
{
	err_set(err, ERR_REFUSED, "%s: not here yet", what);
	return err;
}

struct later_read {
	struct store_read_job job;
	store_page_done *done;
	void *ctx;
};

static int read_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	(void)job;
	(void)reader;
	(void)not_yet(err, "this");
	return -1;
}

static void read_done(struct store_read_job *job, const struct err *err)
{
	struct later_read *later = (struct later_read *)job;

	later->done(later->ctx, 0, false, err);
}

static void read_release(struct store_read_job *job)
{
	free(job);
}

static struct store_read_job *later(struct store *store, store_page_done *done, void *ctx)
{
	struct later_read *read = MEM_NEW(struct later_read);

	read->job.run = read_run;
	read->job.done = read_done;
	read->job.release = read_release;
	read->done = done;
	read->ctx = ctx;
	return pool_start(store->pool, &read->job);
}

struct later_write {
	struct job job;
	store_done *done;
	store_changed *changed;
	store_rule_done *rule;
	store_restore_done *restored;
	store_copied *copied;
	void *ctx;
};

static int write_run(struct job *job, struct writer *writer, struct err *err)
{
	(void)job;
	(void)writer;
	(void)not_yet(err, "this");
	return -1;
}

static void write_done(struct job *job, const struct err *err)
{
	struct later_write *write = (struct later_write *)job;

	if (write->done != NULL)
		write->done(write->ctx, err);
	if (write->changed != NULL)
		write->changed(write->ctx, 0, err);
	if (write->rule != NULL)
		write->rule(write->ctx, 0, err);
	if (write->restored != NULL)
		write->restored(write->ctx, NULL, err);
	if (write->copied != NULL)
		write->copied(write->ctx, NULL, err);
}

static void write_release(struct job *job)
{
	free(job);
}

static void push(struct store *store, const struct later_write *write)
{
	struct later_write *copy = mem_dup(write, sizeof(*write));

	copy->job.run = write_run;
	copy->job.done = write_done;
	copy->job.release = write_release;
	queue_push(store->queue, &copy->job);
}

struct store_read_job *store_stats(
	struct store *store, int64_t now_s, store_text_each *row, store_page_done *done, void *ctx)
{
	(void)now_s;
	(void)row;
	return later(store, done, ctx);
}

struct store_read_job *store_dump(
	struct store *store, bool secrets, store_dump_each *piece, store_page_done *done, void *ctx)
{
	(void)secrets;
	(void)piece;
	return later(store, done, ctx);
}

void store_restore(struct store *store, struct buf *text, bool newer, int64_t now_s,
	store_restore_done *done, void *ctx)
{
	struct later_write write = { .restored = done, .ctx = ctx };

	(void)newer;
	(void)now_s;
	buf_release(text);
	push(store, &write);
}

void store_import_newsboat(
	struct store *store, struct buf *file, int64_t now_s, store_restore_done *done, void *ctx)
{
	struct later_write write = { .restored = done, .ctx = ctx };

	(void)now_s;
	buf_release(file);
	push(store, &write);
}
