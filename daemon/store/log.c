#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/internal.h"
#include "daemon/store/log_row.h"

/* The log as it is told, and rows from outside. */

struct log_job {
	struct store_read_job job;
	struct store_log_page page;
	store_log_each *row;
	store_page_done *done;
	void *ctx;
	uint64_t rows;
	bool more;
};

static int read_row(
	struct reader *reader, sqlite3_stmt *row, struct store_log_row *out, struct err *err)
{
	const struct name *name = NULL;

	out->seq = (uint64_t)db_int(row, 0);
	out->feed_id = db_int(row, 1);
	out->at_s = db_int(row, 2);
	out->event = db_text(row, 3);
	out->text = db_text(row, 4);
	out->status = (unsigned)db_int(row, 5);
	out->ms = db_int(row, 6);
	out->bytes = (uint64_t)db_int(row, 7);
	out->fresh = (unsigned)db_int(row, 8);
	out->changed = (unsigned)db_int(row, 9);
	out->feed_title = out->feed_url = out->feed_tags_json = NULL;
	if (out->feed_id == 0)
		return 0;
	if (names_find(&reader->names, &reader->db, out->feed_id, &name, err) < 0)
		return -1;
	out->feed_title = name->title;
	out->feed_url = name->url;
	out->feed_tags_json = name->tags_json;
	return 0;
}

static enum statement statement_of(const struct store_log_page *page)
{
	if (page->feed_id == 0)
		return page->forward ? STATEMENT_LOG_ALL_ON : STATEMENT_LOG_ALL_BACK;
	return page->forward ? STATEMENT_LOG_FEED_ON : STATEMENT_LOG_FEED_BACK;
}

static sqlite3_stmt *select_rows(const struct store_log_page *page, struct db *db)
{
	sqlite3_stmt *rows = db_use(db, statement_of(page));
	int64_t from = (int64_t)page->from_seq;

	db_bind_int(rows, 1, page->feed_id);
	db_bind_int(rows, 2, page->forward || from != 0 ? from : INT64_MAX);
	db_bind_int(rows, 3, (int64_t)page->limit + 1);
	return rows;
}

static int log_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct log_job *log = (struct log_job *)job;
	sqlite3_stmt *rows = select_rows(&log->page, &reader->db);
	struct store_log_row row;
	int found, stop = 0;

	while ((found = db_step(&reader->db, rows, err)) > 0) {
		if (log->rows == log->page.limit || stop != 0) {
			log->more = true;
			break;
		}
		found = read_row(reader, rows, &row, err);
		if (found < 0 || !read_telling(&log->job))
			break;
		stop = log->row(log->ctx, &row);
		read_told(&log->job);
		log->rows++;
	}
	sqlite3_reset(rows);
	return found < 0 ? -1 : 0;
}

static void log_done(struct store_read_job *job, const struct err *err)
{
	struct log_job *log = (struct log_job *)job;

	log->done(log->ctx, log->rows, log->more, err);
}

static void log_release(struct store_read_job *job)
{
	free(job);
}

struct store_read_job *store_log(struct store *store, const struct store_log_page *page,
	store_log_each *row, store_page_done *done, void *ctx)
{
	struct log_job *log = MEM_NEW(struct log_job);

	log->job.run = log_run;
	log->job.done = log_done;
	log->job.release = log_release;
	log->page = *page;
	log->row = row;
	log->done = done;
	log->ctx = ctx;
	return pool_start(store->pool, &log->job);
}

/* -------------------------------------------------------------- add ---- */

struct add_job {
	struct job job;
	int64_t feed_id, now_s;
	char *event, *text;
	store_done *done;
	void *ctx;
};

static int add_run(struct job *job, struct writer *writer, struct err *err)
{
	struct add_job *add = (struct add_job *)job;

	return log_row_add(writer, add->feed_id, add->now_s, add->event, add->text, NULL, err);
}

static void add_done(struct job *job, const struct err *err)
{
	struct add_job *add = (struct add_job *)job;

	if (add->done != NULL)
		add->done(add->ctx, err);
}

static void add_release(struct job *job)
{
	struct add_job *add = (struct add_job *)job;

	free(add->event);
	free(add->text);
	free(add);
}

void store_log_add(struct store *store, int64_t feed_id, const char *event, const char *text,
	int64_t now_s, store_done *done, void *ctx)
{
	struct add_job *add = MEM_NEW(struct add_job);

	add->job.run = add_run;
	add->job.done = add_done;
	add->job.release = add_release;
	add->feed_id = feed_id;
	add->now_s = now_s;
	add->event = mem_strdup(event);
	add->text = mem_strdup(text);
	add->done = done;
	add->ctx = ctx;
	queue_push(store->queue, &add->job);
}
