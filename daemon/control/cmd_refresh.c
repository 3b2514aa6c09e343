/*
 * Refresh: look at feeds now, and tell what came of it.
 */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/rows.h"

/* Progress is told four times a second at most. */
#define TICK_MS 250

/* Who does not wait is still told what is refused at once; and the feeds must
 * have been found before the telling may end. */
#define GRACE_MS 300
#define FOUND_MS 10

#define ROWS_MAX ((size_t)64 << 20)

/*
 * A refresh that is told about.  Its timer lives on libuv's time and frees
 * itself; the call and it know each other until one of them goes.
 */
struct asking {
	struct call *call; /* NULL: over */
	uv_timer_t timer;
	struct refresh_ask ask;
	struct buf rows; /* objects, separated by commas */
	uint64_t told;   /* of the sums: done, when last told */
};

static void on_timer_closed(uv_handle_t *handle)
{
	struct asking *asking = handle->data;

	buf_release(&asking->rows);
	free(asking);
}

static void asking_release(void *what)
{
	struct asking *asking = what;

	asking->call = NULL;
	uv_close((uv_handle_t *)&asking->timer, on_timer_closed);
}

static void put_rows(struct asking *asking, struct json_writer *w)
{
	json_put_key(w, "rows");
	json_put_array(w);
	if (asking->rows.length > 0)
		json_put_raw(w, asking->rows.data);
	json_put_array_end(w);
	buf_clear(&asking->rows);
}

static void put_progress(struct json_writer *w, const struct refresh_sums *sums)
{
	json_put_key(w, "progress");
	json_put_object(w);
	json_put_key(w, "done");
	json_put_uint(w, sums->done);
	json_put_key(w, "total");
	json_put_uint(w, sums->total);
	json_put_key(w, "failed");
	json_put_uint(w, sums->failed);
	json_put_key(w, "eta");
	if (sums->eta_s < 0)
		json_put_null(w);
	else
		json_put_int(w, sums->eta_s);
	json_put_object_end(w);
}

static void put_number(struct json_writer *w, enum field_id field, uint64_t value)
{
	json_put_key(w, field_table[field].name);
	json_put_uint(w, value);
}

static void put_summary(struct json_writer *w, const struct refresh_sums *sums)
{
	json_put_key(w, "summary");
	json_put_object(w);
	put_number(w, FIELD_SUMMARY_TOTAL, sums->total);
	put_number(w, FIELD_SUMMARY_NEW, sums->fresh);
	put_number(w, FIELD_SUMMARY_CHANGED, sums->changed);
	put_number(w, FIELD_SUMMARY_UNCHANGED, sums->unchanged);
	put_number(w, FIELD_SUMMARY_FAILED, sums->failed);
	put_number(w, FIELD_SUMMARY_HELD, sums->held);
	put_number(w, FIELD_SUMMARY_GONE, sums->gone);
	put_number(w, FIELD_SUMMARY_REFUSED, sums->refused);
	put_number(w, FIELD_SUMMARY_NEW_ITEMS, sums->new_items);
	json_put_object_end(w);
}

static void on_row(void *ctx, const struct refresh_row *row)
{
	struct asking *asking = ctx;
	size_t before = asking->rows.length;
	struct json_writer w;

	if (strcmp(row->result, "unchanged") == 0)
		return;
	if (before > 0 && buf_add_byte(&asking->rows, ',') < 0)
		return;
	json_begin(&w, &asking->rows);
	rows_put_refresh(&w, row);
	if (!json_ok(&w))
		buf_cut(&asking->rows, before);
}

static void end_done(struct asking *asking, const struct refresh_sums *sums)
{
	struct json_writer *w = call_reply(asking->call);

	put_rows(asking, w);
	put_summary(w, sums);
	call_end(asking->call);
}

static void on_all_done(void *ctx, const struct refresh_sums *sums, const struct err *err)
{
	struct asking *asking = ctx;

	if (!call_task_failed(asking->call, err))
		end_done(asking, sums);
}

/* The looking goes on without us, once it knows what to look at; how much that
 * is, is told. */
static void on_grace_over(uv_timer_t *timer)
{
	struct asking *asking = timer->data;
	struct refresh_sums sums;

	refresh_ask_sums(asking->call->task, &sums);
	if (sums.total == 0) {
		uv_timer_start(timer, on_grace_over, FOUND_MS, 0);
		return;
	}
	put_rows(asking, call_reply(asking->call));
	put_progress(&asking->call->w, &sums);
	call_end(asking->call);
}

/* Who leaves before it is known what to look at does not keep it from being looked at. */
static void on_tick(uv_timer_t *timer)
{
	struct asking *asking = timer->data;
	struct call *call = asking->call;
	struct refresh_sums sums;

	refresh_ask_sums(call->task, &sums);
	call->acts = sums.total == 0;
	if (!call->acts && session_gone(call->session)) {
		call_end_empty(call);
		return;
	}
	if (!call->more) {
		if (!call->acts)
			uv_timer_stop(timer);
		return;
	}
	if ((sums.done == asking->told && asking->rows.length == 0) ||
		!session_drained(call->session))
		return;
	asking->told = sums.done;
	put_rows(asking, call_reply(call));
	put_progress(&call->w, &sums);
	call_continue(call);
}

static struct asking *asking_new(struct call *call)
{
	struct asking *asking = MEM_NEW(struct asking);

	asking->call = call;
	buf_init(&asking->rows, ROWS_MAX);
	uv_timer_init(call->parts->loop, &asking->timer);
	asking->timer.data = asking;
	call_at_end(call, asking_release, asking);
	return asking;
}

static void refresh_feeds(struct call *call, const int64_t *ids, size_t count)
{
	static const struct refresh_sums none = { 0 };
	struct asking *asking = asking_new(call);
	bool wait = call_flag(call, "wait");

	asking->ask.feed_ids = ids;
	asking->ask.count = count;
	asking->ask.named = call_has(call, "feeds");
	asking->ask.force = call_flag(call, "force");
	asking->ask.unconditional = call_flag(call, "unconditional");
	if (asking->ask.named && count == 0) { /* "-" of nothing is done */
		end_done(asking, &none);
		return;
	}
	call->task = refresh_ask_start(
		call->parts->refresh, &asking->ask, on_row, on_all_done, asking);
	if (!wait)
		uv_timer_start(
			&asking->timer, on_grace_over, asking->ask.named ? GRACE_MS : FOUND_MS, 0);
	else
		uv_timer_start(&asking->timer, on_tick, TICK_MS, TICK_MS);
}

void cmd_REFRESH(struct call *call)
{
	if (call_flag(call, "all") && call_has(call, "feeds"))
		call_refuse(call, ERR_USAGE, "feeds or all, not both");
	else if (call_flag(call, "unconditional") && !call_flag(call, "yes"))
		call_refuse(call, ERR_USAGE,
			"unconditional costs the server a whole document; add --yes if that is "
			"meant");
	else
		choose_feeds(call, "feeds", refresh_feeds);
}
