#include "daemon/control/list_reading.h"

static void on_work(uv_work_t *work)
{
	struct list_reading *reading = work->data;

	(void)!list_lines(reading->text, reading->length, reading->each, reading->ctx);
}

static void on_after(uv_work_t *work, int status)
{
	struct list_reading *reading = work->data;

	(void)status; /* nobody cancels it */
	reading->done(reading->ctx);
}

void list_reading_start(struct list_reading *reading, uv_loop_t *loop)
{
	reading->work.data = reading;
	uv_queue_work(loop, &reading->work, on_work, on_after);
}
