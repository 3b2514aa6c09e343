#include "daemon/store/restore_job.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/store/feed_add.h"

static int on_run(struct job *job, struct writer *writer, struct err *err)
{
	struct restore_job *self = (struct restore_job *)job;
	int64_t turn = 0;

	restore_init(&self->restore, writer, self->now_s, self->newer);
	self->begun = true;
	if (self->next_poll_s != 0)
		self->restore.next_poll_s = self->next_poll_s;
	self->restore.base_s = self->base_s;
	if (self->base_s == 0 && feed_add_turn(writer, &turn, err) < 0)
		return -1;
	self->restore.next_poll_s += turn;
	if (self->put_back(&self->restore, self, err) < 0)
		return -1;
	writer->feeds_touched = true;
	return 0;
}

static void on_done(struct job *job, const struct err *err)
{
	struct restore_job *self = (struct restore_job *)job;

	self->restore.result.words = self->restore.words.data;
	self->done(self->ctx, err == NULL ? &self->restore.result : NULL, err);
}

static void on_release(struct job *job)
{
	struct restore_job *self = (struct restore_job *)job;

	if (self->begun)
		restore_release(&self->restore);
	buf_release(&self->text);
	if (self->file >= 0)
		close(self->file);
	free(self);
}

void restore_job_start(struct queue *queue, struct restore_job *init, struct buf *text)
{
	struct restore_job *self = MEM_NEW(struct restore_job);

	*self = *init;
	self->job.run = on_run;
	self->job.asked = self->job.large = true;
	self->job.done = on_done;
	self->job.release = on_release;
	buf_init(&self->text, SIZE_MAX);
	if (text != NULL)
		buf_move(&self->text, text);
	self->job.bytes = self->text.length;
	queue_push(queue, &self->job);
}
