#include "daemon/refresh_task.h"

static void on_closed(uv_handle_t *handle)
{
	struct errand *errand = handle->data;
	struct refresh *refresh = errand->task.refresh;

	errand->release(errand);
	refresh_closed_handle(refresh);
}

static void on_begin(uv_timer_t *timer)
{
	struct errand *errand = timer->data;

	errand->step(errand);
}

/* What can be stopped is stopped; the writer's answer has to be waited for. */
static void cancel_errand(struct refresh_task *task)
{
	struct errand *errand = (struct errand *)task;

	errand->cancelled = true;
	if (errand->fetch != NULL)
		fetch_abandon(errand->fetch);
	if (errand->parse != NULL)
		parse_cancel(errand->parse);
	if (errand->read != NULL)
		store_read_cancel(errand->read);
	if (!errand->storing)
		errand_end(errand);
}

void errand_begin(struct refresh *refresh, struct errand *errand,
	void (*step)(struct errand *errand), void (*release)(struct errand *errand))
{
	errand->task.cancel = cancel_errand;
	errand->step = step;
	errand->release = release;
	task_join(refresh, &errand->task);
	uv_timer_init(refresh->parts.loop, &errand->begin);
	errand->begin.data = errand;
	refresh->open++;
	uv_timer_start(&errand->begin, on_begin, 0, 0);
}

void errand_end(struct errand *errand)
{
	if (errand->over)
		return;
	errand->over = true;
	task_leave(&errand->task);
	uv_close((uv_handle_t *)&errand->begin, on_closed);
}

bool errand_stored(struct errand *errand)
{
	errand->storing = false;
	if (errand->cancelled)
		errand_end(errand);
	return errand->cancelled;
}

void errand_storing(struct errand *errand)
{
	errand->storing = true;
}
