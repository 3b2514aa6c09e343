#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/err.h"
#include "daemon/store/writer.h"

/*
 * The writing thread and its jobs.  What gathered while the last commit synced
 * is the next transaction (at most 64 documents); in it each job has a savepoint,
 * but where all are feedd's own, or where there is but one.  `done` comes on the
 * loop once the commit is on disk.  Knows nothing of what jobs do.
 *
 *	queue_push --> waiting --batch--> run, commit --uv_async--> done, release
 *	    |             ^  ^             |
 *	    +-> prepare --+  +--- later <--+  until no idle work is left
 *
 * A job may want to be prepared, on a thread beside the writing one, which has
 * more to do than any other.  Others overtake it meanwhile.
 *
 * Where nothing waits, there is idle work (the full-text index): transactions of
 * its own, which end as soon as a job comes.  While somebody reads they are short
 * and apart from each other.
 *
 * What is committed stands in SQLite's journal at first; once that is long, or
 * nothing was written for five seconds, a thread of its own copies it into the file
 * while transactions go on.
 *
 * A disk that is full fails the batch, tells of a hold and tries a commit once
 * a minute until one succeeds and there is room for the documents that did not
 * fit, which come again; a disk or file that is broken, or not at its place any
 * more, tells of that and fails every job from then on.
 */
struct queue;
struct uv_loop_s;

#define JOB_FEW 1000 /* rows: one that writes more is large */

/* First member of every job.  A job is memory of its own and taken by
 * queue_push(). */
struct job {
	struct job *next;
	/* On the writing thread, inside the transaction.  -1 undoes this job (and
	 * once, if it is the first of `own` ones to fail after it wrote, the batch);
	 * 1: nothing was done yet, run it again when the idle work is done. */
	int (*run)(struct job *job, struct writer *writer, struct err *err);
	/* Or NULL: what can be done before, without the store. */
	void (*prepare)(struct job *job, struct content_packer *packer);
	/* Or NULL: it ran, and will not run again; what it held for that can go,
	 * though it is not on disk yet.  On the writing thread. */
	void (*spent)(struct job *job);
	/* On the loop; err NULL if all went well.  Not after queue_close(). */
	void (*done)(struct job *job, const struct err *err);
	/* Free it with all it holds; always comes, on whatever thread. */
	void (*release)(struct job *job);
	size_t bytes;  /* what it holds until it is spent, for queue_bytes() */
	bool document; /* counts towards the 64 of a batch */
	bool own;      /* feedd's doing: no mark of a person's is lost with it */
	bool claim;    /* goes before the documents that wait: it is what brings more of them */
	bool large;    /* may write without end: a transaction of its own */
	bool asked;    /* by a person: if it fits, the disk may have room */
	bool failed;
	bool later;
	struct err err;
};

struct queue_events {
	void (*fatal)(void *ctx, const struct err *err);
	void (*hold)(void *ctx, bool held);
	/* After each commit, on the writing thread. */
	void (*committed)(void *ctx, const struct writer *writer);
	/* A step (milliseconds) of work that can wait, inside a transaction: 1 if
	 * there is more, 0, or -1.  Or NULL. */
	int (*idle)(struct writer *writer, struct err *err);
	/* Whether somebody reads, whom such work would keep waiting. */
	bool (*reading)(void *ctx);
	/* After each commit, before anybody is told of it, and before the journal is copied:
	 * -1 if the file is not at its place, which is as if it were broken. */
	int (*stands)(void *ctx, struct err *err);
	void *ctx;
};

/* The writer is the queue's from here until queue_close() returned. */
int queue_open(struct uv_loop_s *loop, struct writer *writer, const struct queue_events *events,
	struct queue **out_queue, struct err *err) MUST_USE;
/* Commit what waits, but for documents, which may take long and come again when their
 * feeds are asked again; stop the thread.  False if the file turned out to be broken:
 * whoever may write to it again leaves it.  NULL is fine. */
bool queue_close(struct queue *queue);

void queue_push(struct queue *queue, struct job *job);
size_t queue_bytes(const struct queue *queue);
/* Wake the loop, once, when less than that is held: what is spent in the middle of a
 * transaction makes room long before its commit does. */
void queue_wake_below(struct queue *queue, size_t bytes);
/* For a watchdog, which asks from time to time: whether the writing thread gets on.  It
 * does where it has nothing to do, and where it has come further since the last call: by
 * a job, by some rows of a change of a million, by one more try at a file that another
 * program has locked, or while the copy of a long journal is under way. */
bool queue_gets_on(struct queue *queue);
/* From any thread: the file turned out to be broken. */
void queue_fatal(struct queue *queue, const struct err *err);

#endif
