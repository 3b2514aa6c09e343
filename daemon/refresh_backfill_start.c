#include "daemon/refresh_task.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/*
 * `backfill` before anything is asked: whether the feed may be.
 *
 *	begin --> read from the store --> begun, or refused
 */
struct starting {
	struct errand errand;
	int64_t feed_id;
	struct limits limits;
	bool found;
	struct err refusal; /* ERR_NONE: none */
	refresh_backfilling *done;
	void *ctx;
};

static void release(struct errand *errand)
{
	struct starting *starting = (struct starting *)errand;

	limits_release(&starting->limits);
	free(starting);
}

static enum err_code code_of(const char *result)
{
	if (strcmp(result, "gone") == 0)
		return ERR_GONE;
	return strcmp(result, "held") == 0 ? ERR_HELD : ERR_TOO_SOON;
}

/* On the pool's thread. */
static void on_feed(void *ctx, const struct store_askable *feed)
{
	struct starting *starting = ctx;
	const char *result;
	char words[240];

	starting->found = true;
	if (limits_is_pushed(feed)) {
		err_set(&starting->refusal, ERR_REFUSED,
			"nobody is asked for what is pushed: there are no older pages");
		return;
	}
	result = limits_refuse(&starting->limits, feed, words, sizeof(words));
	if (result != NULL)
		err_set(&starting->refusal, code_of(result), "%s", words);
}

static void on_read(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct starting *starting = ctx;
	struct refresh *refresh = starting->errand.task.refresh;

	(void)rows;
	(void)more;
	starting->errand.read = NULL;
	if (err == NULL && !starting->found)
		err_set(&starting->refusal, ERR_NOT_FOUND, "the feed is not there any more");
	if (err == NULL && starting->refusal.code != ERR_NONE)
		err = &starting->refusal;
	if (err == NULL)
		backfill_begin(refresh, starting->feed_id);
	starting->done(starting->ctx, err);
	errand_end(&starting->errand);
}

/* One that is under way asks for pages only, each once. */
static void step_begin(struct errand *errand)
{
	struct starting *starting = (struct starting *)errand;
	struct refresh *refresh = errand->task.refresh;

	limits_init(refresh, &starting->limits);
	starting->limits.force = true;
	starting->limits.unconditional = !backfill_is_under_way(refresh, starting->feed_id);
	errand->read = store_askable(
		refresh->parts.store, &starting->feed_id, 1, on_feed, on_read, starting);
}

struct refresh_task *refresh_backfill_start(
	struct refresh *refresh, int64_t feed_id, refresh_backfilling *done, void *ctx)
{
	struct starting *starting = MEM_NEW(struct starting);

	starting->feed_id = feed_id;
	starting->done = done;
	starting->ctx = ctx;
	errand_begin(refresh, &starting->errand, step_begin, release);
	return &starting->errand.task;
}
