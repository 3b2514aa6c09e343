#include "daemon/store/queue_internal.h"

/* The mutex is held. */
static void hand_on(struct queue *queue, struct job *job)
{
	list_add(&queue->waiting, job);
	uv_cond_signal(&queue->wake);
}

static void ahead_main(void *arg)
{
	struct queue *queue = arg;
	struct content_packer packer;
	struct job *job;
	bool closing;

	content_packer_init(&packer);
	uv_mutex_lock(&queue->mutex);
	while (queue->ahead.first != NULL || !queue->ahead_stopping) {
		job = list_take(&queue->ahead);
		if (job == NULL) {
			uv_cond_wait(&queue->ahead_wake, &queue->mutex);
			continue;
		}
		closing = queue->closing;
		uv_mutex_unlock(&queue->mutex);
		if (!closing || !job->document)
			job->prepare(job, &packer);
		uv_mutex_lock(&queue->mutex);
		hand_on(queue, job);
	}
	uv_mutex_unlock(&queue->mutex);
	content_packer_release(&packer);
}

void ahead_push(struct queue *queue, struct job *job)
{
	if (!queue->ahead_started)
		queue->ahead_started = uv_thread_create(&queue->ahead_thread, ahead_main, queue) ==
				       0;
	uv_mutex_lock(&queue->mutex);
	if (queue->ahead_started) {
		list_add(&queue->ahead, job);
		uv_cond_signal(&queue->ahead_wake);
	} else {
		hand_on(queue, job);
	}
	uv_mutex_unlock(&queue->mutex);
}

void ahead_stop(struct queue *queue)
{
	if (!queue->ahead_started)
		return;
	uv_mutex_lock(&queue->mutex);
	queue->ahead_stopping = true;
	uv_cond_signal(&queue->ahead_wake);
	uv_mutex_unlock(&queue->mutex);
	uv_thread_join(&queue->ahead_thread);
}
