#ifndef STORE_QUEUE_INTERNAL_H
#define STORE_QUEUE_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "daemon/store/queue.h"

/*
 * What the queue's parts share: queue.c has the thread and the loop,
 * queue_batch.c what is done in one transaction, queue_ahead.c the thread that
 * prepares, queue_checkpoint.c the one that copies the journal into the file.
 */

struct list {
	struct job *first;
	struct job **end;
};

/* Of the journal into the file. */
enum copy {
	COPY_NONE,
	COPY_RUNNING,
	COPY_DONE /* but for what came meanwhile */
};

struct queue {
	struct writer *writer;
	struct queue_events events;
	uv_async_t *async; /* memory of its own: libuv lets go of it later */
	uv_thread_t thread;
	uv_mutex_t mutex;
	uv_cond_t wake;
	bool started;
	size_t pending; /* jobs whose done has not come; the loop's */
	atomic_size_t bytes;
	atomic_size_t wake_below; /* of them; 0: nobody wants to know */
	atomic_int wal_pages;
	atomic_uint steps;   /* of the writing thread: it gets on */
	unsigned steps_seen; /* the loop's */
	/* The thread's. */
	bool idle_work; /* there may be some */
	uint64_t idle_ns;
	struct list later;
	bool rested;         /* since the last batch */
	uint64_t rest_ns;    /* after so long */
	bool guards_own;     /* one of those failed in the middle of what it wrote */
	size_t tried;        /* bytes of documents that the transaction has run by now */
	size_t unfit;        /* most of what did not fit since the hold began, */
	uint64_t unfit_room; /* and the room that there was for it at last */
	/* The one that prepares; it is started when it is first needed. */
	uv_thread_t ahead_thread;
	uv_cond_t ahead_wake;
	bool ahead_started; /* the loop's */
	/* The one that copies, likewise. */
	uv_thread_t copier_thread;
	uv_cond_t copier_wake;
	bool copier_started; /* the writing thread's */
	/* Under the mutex. */
	enum copy copy;
	bool copier_stopping;
	struct list ahead; /* to be prepared */
	bool ahead_stopping;
	bool dozing; /* the writing thread: there is nothing to do */
	struct list waiting;
	struct list finished;
	bool closing;  /* soon: no further document is begun */
	bool stopping; /* as soon as nothing waits */
	bool held, held_told;
	bool broken, broken_told;
	struct err broken_err;
};

static inline void list_init(struct list *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static inline void list_add(struct list *list, struct job *job)
{
	job->next = NULL;
	*list->end = job;
	list->end = &job->next;
}

/* Before the documents at its end. */
static inline void list_add_before_documents(struct list *list, struct job *job)
{
	struct job **at = &list->first, **behind = &list->first;

	for (; *at != NULL; at = &(*at)->next)
		if (!(*at)->document)
			behind = &(*at)->next;
	job->next = *behind;
	*behind = job;
	if (list->end == behind)
		list->end = &job->next;
}

static inline struct job *list_take(struct list *list)
{
	struct job *job = list->first;

	if (job == NULL)
		return NULL;
	list->first = job->next;
	if (list->first == NULL)
		list->end = &list->first;
	return job;
}

static inline void list_append(struct list *to, struct list *from)
{
	if (from->first == NULL)
		return;
	*to->end = from->first;
	to->end = from->end;
	list_init(from);
}

/* On the loop.  The job waits for the writing thread once it is prepared; where
 * there is no thread to do so, at once. */
void ahead_push(struct queue *queue, struct job *job);
/* Prepare what there is and stop. */
void ahead_stop(struct queue *queue);

/* From here on the thread's, but for the states, which are told from anywhere. */

/* Take from what waits as much as one transaction may hold; the mutex is held. */
void batch_gather(struct queue *queue, struct list *batch);
/* One transaction for all of them and for what comes meanwhile, or for one that is
 * large; each has its result then. */
void batch_run(struct queue *queue, struct list *batch);
/* An empty transaction that writes: succeeds when there is room again. */
void batch_probe(struct queue *queue);
/* Idle work in a transaction of its own, for so long. */
void batch_idle(struct queue *queue, uint64_t slice_ns, bool yielding);
/* What a failure means for all that follows.  From any thread. */
void batch_failed(struct queue *queue, const struct err *err);

/*
 * Copy the journal into the file, once it is long enough: a thread beside the
 * writing one does it while transactions go on, and the writing one, between two
 * of them, what came meanwhile.
 */
void checkpoint_step(struct queue *queue);
/* Whether a step is worth it where nothing waits; the mutex is held. */
bool checkpoint_is_due(const struct queue *queue);
/* Nobody writes: begin to copy what there is, however little.  Who reads much then
 * has nothing to look up in the journal, and a start behind a crash nothing to read
 * of it.  Where a reader is in the way it is tried again, later and later.  The mutex
 * is held. */
void checkpoint_at_rest(struct queue *queue);
/* The disk is full: copy what the journal has into the file and cut it, outside of a
 * transaction. */
void checkpoint_make_room(struct queue *queue);
/* When the writing thread has ended. */
void checkpoint_stop(struct queue *queue);

/* It has come a step further: to a job, to a piece of idle work, to a new try. */
static inline void queue_step(struct queue *queue)
{
	atomic_fetch_add(&queue->steps, 1);
}

/* The writing connection waits for locks of other programs, as a step after the other. */
void queue_heed_locks(struct queue *queue);

/* Nothing is ever tried again after it. */
void queue_set_broken(struct queue *queue, const struct err *err);
/* err may be NULL. */
bool queue_is_broken(struct queue *queue, struct err *err);

#endif
