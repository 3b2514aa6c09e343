#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "common/err.h"
#include "daemon/store/content.h"
#include "daemon/store/db.h"
#include "daemon/store/names.h"
#include "daemon/store/store.h"

/*
 * Reads on libuv's pool, each in a read transaction of its own with one of at
 * most as many connections as the pool has threads.  Knows nothing of what is
 * read.
 *
 * A job is started from the loop; `run` on a thread of the pool, then `done` on
 * the loop unless it was cancelled, then `release`.  Jobs that are costly wait for
 * each other, in their order, so that one thread at least is left to those that are
 * not.
 *
 * Who reads much maps the file, if that is large, for as long as it reads.  A listing does
 * from page to page, and of a million rows hundreds of megabytes are in our memory then;
 * some seconds later, when nobody reads, they are given back.
 */
struct pool;

/* A connection with what its rows need. */
struct reader {
	struct reader *next;
	struct db db;
	struct content_unpacker unpacker;
	struct names names;
	bool mapped;
};

/* First member of every read. */
struct store_read_job {
	uv_work_t work;
	struct pool *pool; /* NULL once the pool is closed */
	struct store_read_job *next, **link;
	struct store_read_job *next_waiting;
	int (*run)(struct store_read_job *job, struct reader *reader, struct err *err);
	void (*done)(struct store_read_job *job, const struct err *err);
	void (*release)(struct store_read_job *job);
	/* It reads a little all over the file, and does not map it for that: each page
	 * would bring its neighbours into our memory. */
	bool scattered;
	bool goes_on;          /* the next job is to find the file mapped as this one leaves it */
	bool costly;           /* its end may be minutes away */
	atomic_bool telling;   /* a row is told at this moment */
	atomic_bool cancelled; /* no more will be */
	sqlite3 *used;         /* see read_uses() */
	bool failed;
	struct err err;
};

struct pool_source {
	const char *path;
	/* Changes whenever names of feeds do; from any thread. */
	uint64_t (*epoch)(void *ctx);
	void (*broken)(void *ctx, const struct err *err); /* on the loop */
	void *ctx;
	/* By uv_hrtime(): when a read was last seen at work, which the pool keeps up
	 * to date, and when something was last committed. */
	atomic_uint_least64_t *read_ns;
	const atomic_uint_least64_t *written_ns;
};

struct pool *pool_new(struct uv_loop_s *loop, const struct pool_source *source);
/* Cancel all reads, wait for those that run, close the connections.  NULL is
 * fine. */
void pool_free(struct pool *pool);

/* Takes the job, whose run, done and release are set, maybe scattered and costly, and
 * all else is zero. */
struct store_read_job *pool_start(struct pool *pool, struct store_read_job *job);

/* Around every call into the caller's code from run(): false if the job was
 * cancelled, then nothing may be told and read_told() not be called. */
bool read_telling(struct store_read_job *job) MUST_USE;
void read_told(struct store_read_job *job);

/* A cancel interrupts what is done with this connection from here on, until another one
 * or NULL is given, which has to come before it is closed or given back. */
void read_uses(struct store_read_job *job, sqlite3 *handle);

#endif
