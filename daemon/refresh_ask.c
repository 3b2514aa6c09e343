#include "daemon/refresh_priv.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"

#define LOOK_MS 1000 /* between the first looks of an import */

/* ------------------------------------------------------------------ asked ---- */

void asked_add(struct asked *asked, int64_t id)
{
	if (asked->first == asked->count)
		asked->first = asked->count = 0;
	if (asked->count == asked->room) {
		asked->room = asked->room > 0 ? asked->room * 2 : 64;
		asked->ids = mem_realloc_array(asked->ids, asked->room, sizeof(asked->ids[0]));
	}
	asked->ids[asked->count++] = id;
}

bool asked_take(struct asked *asked, int64_t id)
{
	for (size_t i = asked->first; i < asked->count; i++)
		if (asked->ids[i] == id) {
			asked->ids[i] = asked->ids[--asked->count];
			return true;
		}
	return false;
}

void asked_release(struct asked *asked)
{
	free(asked->ids);
	*asked = (struct asked){ 0 };
}

/* ------------------------------------------------------------- refresh ---- */

/* One whose look somebody waits for. */
struct awaited {
	int64_t id;
	bool told;
	bool queued; /* by somebody else: one look is for both */
};

/* One that may not be looked at now. */
struct refused {
	int64_t id;
	char *title;
	bool is_paused;
	const char *result;
	char *words;
};

/*
 * `refresh`: the feeds are read from the store, those that may not be looked
 * at are told at once, the others wait for their look to end.  Of all there may be
 * a hundred thousand; what is kept of those that wait is small.
 */
struct ask {
	struct refresh_task task;
	struct store_read_job *read; /* of the feeds */
	struct awaited *awaited;     /* in the order of their ids */
	size_t awaited_count, awaited_room;
	struct refused *refused;
	size_t refused_count, refused_room;
	struct limits limits;
	bool named;
	bool telling, cancelled;
	int64_t started_ms;
	struct refresh_sums sums;
	refresh_told *row;
	refresh_all_done *done;
	void *ctx;
};

static void ask_free(struct ask *ask)
{
	for (size_t i = 0; i < ask->refused_count; i++) {
		free(ask->refused[i].title);
		free(ask->refused[i].words);
	}
	limits_release(&ask->limits);
	free(ask->refused);
	free(ask->awaited);
	free(ask);
}

static void end_ask(struct ask *ask, const struct err *err)
{
	refresh_all_done *done = ask->done;
	struct refresh_sums sums = ask->sums;
	void *ctx = ask->ctx;

	task_leave(&ask->task);
	ask_free(ask);
	done(ctx, err != NULL ? NULL : &sums, err);
}

static void count_row(struct ask *ask, const struct refresh_row *row)
{
	struct refresh_sums *sums = &ask->sums;
	const struct {
		const char *result;
		uint64_t *sum;
	} kinds[] = { { "new", &sums->fresh }, { "changed", &sums->changed },
		{ "unchanged", &sums->unchanged }, { "failed", &sums->failed },
		{ "held", &sums->held }, { "gone", &sums->gone }, { "too-soon", &sums->refused } };

	sums->done++;
	sums->new_items += row->fresh;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].result, row->result) == 0)
			++*kinds[i].sum;
}

/* Tells one row; the one who is told may cancel the ask in the middle of it.
 * false: it is gone, by that or because this was the last row. */
static bool tell(struct ask *ask, const struct refresh_row *row, bool silent)
{
	count_row(ask, row);
	ask->telling = true;
	if (!silent)
		ask->row(ask->ctx, row);
	ask->telling = false;
	if (ask->cancelled) {
		ask_free(ask);
		return false;
	}
	if (ask->sums.done < ask->sums.total)
		return true;
	end_ask(ask, NULL);
	return false;
}

static int by_id(const void *a, const void *b)
{
	const struct awaited *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The looks go on: they are the feeds' business, not the asker's. */
static void cancel_ask(struct refresh_task *task)
{
	struct ask *ask = (struct ask *)task;

	ask->cancelled = true;
	if (ask->read != NULL)
		store_read_cancel(ask->read);
	if (!ask->telling)
		ask_free(ask);
}

/* The first of the asks that wait for that feed, and the feed in it. */
static struct awaited *find_awaited(const struct ask *ask, int64_t id)
{
	struct awaited key = { .id = id };

	if (ask->awaited_count == 0)
		return NULL;
	return bsearch(&key, ask->awaited, ask->awaited_count, sizeof(key), by_id);
}

static struct ask *waiting_for(struct refresh *refresh, int64_t feed_id, struct awaited **out)
{
	for (struct refresh_task *task = refresh->tasks; task != NULL; task = task->next) {
		struct ask *ask = (struct ask *)task;

		if (task->cancel != cancel_ask || ask->read != NULL)
			continue;
		*out = find_awaited(ask, feed_id);
		if (*out != NULL && !(*out)->told)
			return ask;
	}
	return NULL;
}

bool ask_waits(struct refresh *refresh, int64_t feed_id)
{
	struct awaited *feed;

	return waiting_for(refresh, feed_id, &feed) != NULL;
}

/* From the front each time: whoever is told may cancel what he likes. */
void ask_tell(struct refresh *refresh, const struct refresh_row *row)
{
	struct awaited *feed;
	struct ask *ask;

	while ((ask = waiting_for(refresh, row->feed_id, &feed)) != NULL) {
		feed->told = true;
		tell(ask, row, false);
	}
}

/* ---------------------------------------------- on the pool's thread ---- */

static void await(struct ask *ask, int64_t id)
{
	if (ask->awaited_count == ask->awaited_room) {
		ask->awaited_room = ask->awaited_room > 0 ? ask->awaited_room * 2 : 64;
		ask->awaited = mem_realloc_array(
			ask->awaited, ask->awaited_room, sizeof(ask->awaited[0]));
	}
	ask->awaited[ask->awaited_count++] = (struct awaited){ .id = id };
}

static void refuse(
	struct ask *ask, const struct store_askable *feed, const char *result, const char *words)
{
	if (ask->refused_count == ask->refused_room) {
		ask->refused_room = ask->refused_room > 0 ? ask->refused_room * 2 : 64;
		ask->refused = mem_realloc_array(
			ask->refused, ask->refused_room, sizeof(ask->refused[0]));
	}
	ask->refused[ask->refused_count++] = (struct refused){ .id = feed->id,
		.title = mem_strdup(feed->title),
		.is_paused = feed->paused,
		.result = result,
		.words = mem_strdup(words) };
}

static void on_feed(void *ctx, const struct store_askable *feed)
{
	struct ask *ask = ctx;
	const char *result;
	char words[240];

	if (limits_is_pushed(feed) && !ask->named)
		return;
	result = limits_refuse(&ask->limits, feed, words, sizeof(words));
	if (result != NULL) {
		refuse(ask, feed, result, words);
		return;
	}
	await(ask, feed->id);
	/* That one is the probe. */
	if (ask->limits.portal)
		ask->limits.probe_s = ask->limits.now_s + NET_PROBE_S;
}

/* ------------------------------------------------------- on the loop ---- */

/* One that is on the road is as good as asked for, whatever would keep it from
 * another look. */
static void await_those_on_the_road(struct ask *ask)
{
	struct refresh *refresh = ask->task.refresh;
	size_t kept = 0;

	for (size_t i = 0; i < ask->refused_count; i++) {
		struct refused *feed = &ask->refused[i];

		if (job_find(refresh, feed->id) == NULL) {
			ask->refused[kept++] = *feed;
			continue;
		}
		await(ask, feed->id);
		free(feed->title);
		free(feed->words);
	}
	if (kept == ask->refused_count)
		return;
	ask->refused_count = kept;
	qsort(ask->awaited, ask->awaited_count, sizeof(ask->awaited[0]), by_id);
}

static void mark_queued(struct ask *ask)
{
	const struct asked *asked = &ask->task.refresh->asked;

	for (size_t i = asked->first; i < asked->count; i++) {
		struct awaited *feed = find_awaited(ask, asked->ids[i]);

		if (feed != NULL)
			feed->queued = true;
	}
}

/* This look is their first one, too. */
static void take_first_looks(struct ask *ask)
{
	struct asked *looks = &ask->task.refresh->looks.asked;
	size_t kept = looks->first;

	for (size_t i = looks->first; i < looks->count; i++)
		if (find_awaited(ask, looks->ids[i]) == NULL)
			looks->ids[kept++] = looks->ids[i];
	looks->count = kept;
}

static void send_off(struct ask *ask)
{
	struct refresh *refresh = ask->task.refresh;

	if (ask->limits.portal && refresh->net.captive && ask->awaited_count > 0)
		net_put_off(refresh, ask->limits.probe_s);
	mark_queued(ask);
	take_first_looks(ask);
	for (size_t i = 0; i < ask->awaited_count; i++) {
		int64_t id = ask->awaited[i].id;

		if (job_find(refresh, id) != NULL)
			continue;
		if (!ask->awaited[i].queued)
			asked_add(&refresh->asked, id);
		if (ask->limits.unconditional)
			asked_add(&refresh->unconditional, id);
	}
	await_those_on_the_road(ask);
}

/* Who asked for all feeds knows that some had their turn just now, and that some
 * are paused. */
static bool is_silent(const struct ask *ask, const struct refused *feed)
{
	return !ask->named && (feed->is_paused || strcmp(feed->result, "held") != 0);
}

static void tell_refused(struct ask *ask)
{
	for (size_t i = 0, count = ask->refused_count; i < count; i++) {
		const struct refused *feed = &ask->refused[i];
		struct refresh_row row = { .feed_id = feed->id,
			.title = feed->title,
			.result = feed->result,
			.text = feed->words };

		if (!tell(ask, &row, is_silent(ask, feed)))
			return;
	}
}

static void on_feeds(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct ask *ask = ctx;
	struct refresh *refresh = ask->task.refresh;

	(void)rows;
	(void)more;
	ask->read = NULL;
	if (err != NULL) {
		end_ask(ask, err);
		return;
	}
	ask->sums.total = ask->awaited_count + ask->refused_count;
	if (ask->sums.total == 0) {
		end_ask(ask, NULL);
		return;
	}
	/* All that may be looked at is under way before anybody is told. */
	send_off(ask);
	tell_refused(ask);
	refresh_pump(refresh);
}

struct refresh_task *refresh_ask_start(struct refresh *refresh, const struct refresh_ask *what,
	refresh_told *row, refresh_all_done *done, void *ctx)
{
	struct ask *ask = MEM_NEW(struct ask);

	ask->task.cancel = cancel_ask;
	ask->named = what->named;
	ask->row = row;
	ask->done = done;
	ask->ctx = ctx;
	ask->started_ms = clock_steady_ms();
	limits_init(refresh, &ask->limits);
	ask->limits.force = what->force;
	ask->limits.unconditional = what->unconditional;
	task_join(refresh, &ask->task);
	ask->read = store_askable(refresh->parts.store, what->count > 0 ? what->feed_ids : NULL,
		what->count, on_feed, on_feeds, ask);
	return &ask->task;
}

void refresh_ask_sums(const struct refresh_task *task, struct refresh_sums *out_sums)
{
	const struct ask *ask = (const struct ask *)task;
	int64_t elapsed_ms = clock_steady_ms() - ask->started_ms;

	*out_sums = ask->sums;
	out_sums->eta_s = -1;
	if (ask->sums.done > 0)
		out_sums->eta_s = (int64_t)((double)elapsed_ms / 1000 / (double)ask->sums.done *
					    (double)(ask->sums.total - ask->sums.done));
}

/* ----------------------------------------------------------- first looks ---- */

/* Whether they are looked at sooner than by the schedule: while that has not begun, and
 * waits for no network. */
static bool leads(const struct refresh *refresh)
{
	return !wake_settled(refresh, clock_now_s()) && !net_paused(refresh);
}

static void on_look(uv_timer_t *timer)
{
	struct refresh *refresh = timer->data;
	struct asked *queue = &refresh->looks.asked;

	if (queue->first == queue->count || !leads(refresh)) {
		queue->first = queue->count;
		uv_timer_stop(timer);
		return;
	}
	asked_add(&refresh->asked, queue->ids[queue->first++]);
	refresh_pump(refresh);
}

void refresh_first_looks(struct refresh *refresh, const int64_t *feed_ids, size_t count)
{
	struct looks *looks = &refresh->looks;

	if (refresh->closing || !leads(refresh))
		return;
	for (size_t i = 0; i < count; i++)
		asked_add(&looks->asked, feed_ids[i]);
	if (!looks->open) {
		uv_timer_init(refresh->parts.loop, &looks->timer);
		looks->timer.data = refresh;
		looks->open = true;
		refresh->open++;
	}
	if (!uv_is_active((uv_handle_t *)&looks->timer))
		uv_timer_start(&looks->timer, on_look, 0, LOOK_MS);
}
