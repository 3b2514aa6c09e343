#include "daemon/fetch/slice.h"

/* A megabyte of zeros takes some milliseconds to unpack, and nothing takes longer. */
#define ROUND_BYTES (1u << 20)
#define SLICE_BYTES (256u << 10)
/* Few feeds are larger, and as many as may be in flight have room for that. */
#define SMALL ((size_t)1 << 20)

static void on_turn(uv_idle_t *turn)
{
	struct slices *slices = (struct slices *)((char *)turn - offsetof(struct slices, turn));
	struct slice *slice = slices->first;

	slices->round++;
	slices->bytes = 0;
	if (slice == NULL) {
		uv_idle_stop(turn);
		return;
	}
	slices->first = slice->next;
	slice->rests = false;
	slice->rested_ms += uv_now(turn->loop) - slice->rests_since_ms;
	slice->go_on(slice);
}

void slices_init(struct slices *slices, uv_loop_t *loop)
{
	*slices = (struct slices){ .round = 1, .room = SIZE_MAX };
	uv_idle_init(loop, &slices->turn);
	uv_timer_init(loop, &slices->patience);
}

void slices_close(struct slices *slices, uv_close_cb closed)
{
	uv_close((uv_handle_t *)&slices->turn, closed);
	uv_close((uv_handle_t *)&slices->patience, closed);
}

bool slices_are_spent(const struct slices *slices)
{
	return slices->bytes >= ROUND_BYTES;
}

void slice_begin(struct slice *slice, void (*go_on)(struct slice *slice))
{
	*slice = (struct slice){ .go_on = go_on, .most_ms = UINT64_MAX };
}

void slice_bound(struct slice *slice, uint64_t most_ms, void (*give_up)(struct slice *slice))
{
	slice->most_ms = most_ms;
	slice->give_up = give_up;
}

unsigned slices_crowd(const struct slices *slices)
{
	return slices->crowd;
}

void slices_tell(struct slices *slices, void (*crowds)(void *ctx), void *ctx)
{
	slices->crowds = crowds;
	slices->ctx = ctx;
}

/* At the bound one grows on; none where what has left already fills the room: it would
 * leave as well, and the next one after it. */
static bool may_grow(const struct slices *slices, const struct slice *slice)
{
	return slices->grower == slice || (slices->grower == NULL && slices->room > 0);
}

static bool is_crowded(const struct slices *slices, const struct slice *slice)
{
	return slice->large > 0 && slices->large >= slices->room && !may_grow(slices, slice);
}

size_t slice_left(const struct slices *slices, const struct slice *slice)
{
	size_t bytes = slice->round == slices->round ? slice->bytes : 0;

	if (slices_are_spent(slices) || bytes >= SLICE_BYTES || is_crowded(slices, slice))
		return 0;
	return SLICE_BYTES - bytes;
}

static void turn_on(struct slices *slices)
{
	if (!uv_is_active((uv_handle_t *)&slices->turn) &&
		!uv_is_closing((uv_handle_t *)&slices->turn))
		uv_idle_start(&slices->turn, on_turn);
}

void slice_spend(struct slices *slices, struct slice *slice, size_t bytes)
{
	if (slice->round != slices->round) {
		slice->round = slices->round;
		slice->bytes = 0;
	}
	slice->bytes += bytes;
	slices->bytes += bytes;
	turn_on(slices);
}

void slice_holds(struct slices *slices, struct slice *slice, size_t length)
{
	size_t large = length > SMALL ? length - SMALL : 0;

	slices->large += large - slice->large;
	slice->large = large;
	if (large > 0 && slices->large >= slices->room && may_grow(slices, slice))
		slices->grower = slice;
}

static void list_add(struct slice **at, struct slice *slice)
{
	while (*at != NULL && (*at)->since < slice->since)
		at = &(*at)->next;
	slice->next = *at;
	*at = slice;
}

static bool list_remove(struct slice **at, const struct slice *slice)
{
	while (*at != NULL && *at != slice)
		at = &(*at)->next;
	if (*at == NULL)
		return false;
	*at = slice->next;
	return true;
}

/* How long it may still rest. */
static uint64_t patience_ms(const struct slice *slice, uint64_t now_ms)
{
	uint64_t rested_ms = slice->rested_ms + (now_ms - slice->rests_since_ms);

	return rested_ms < slice->most_ms ? slice->most_ms - rested_ms : 0;
}

static void on_patience(uv_timer_t *timer);

/* Until the first of them is to give up; who has gone since makes it come too early. */
static void await_patience(struct slices *slices)
{
	uint64_t now_ms = uv_now(slices->patience.loop), least_ms = UINT64_MAX;

	for (const struct slice *slice = slices->crowded; slice != NULL; slice = slice->next)
		if (patience_ms(slice, now_ms) < least_ms)
			least_ms = patience_ms(slice, now_ms);
	if (least_ms < UINT64_MAX && !uv_is_closing((uv_handle_t *)&slices->patience))
		uv_timer_start(&slices->patience, on_patience, least_ms, 0);
	else
		uv_timer_stop(&slices->patience);
}

/* One at a time: what follows from its end may be the others'. */
static void on_patience(uv_timer_t *timer)
{
	struct slices *slices = (struct slices *)((char *)timer -
						  offsetof(struct slices, patience));
	struct slice *slice = slices->crowded;

	while (slice != NULL && patience_ms(slice, uv_now(timer->loop)) > 0)
		slice = slice->next;
	if (slice != NULL)
		slice->give_up(slice);
	await_patience(slices);
}

static void crowd_add(struct slices *slices, struct slice *slice)
{
	list_add(&slices->crowded, slice);
	slices->crowd++;
	await_patience(slices);
	if (slices->crowds != NULL)
		slices->crowds(slices->ctx);
}

void slice_rest(struct slices *slices, struct slice *slice)
{
	if (slice->rests)
		return;
	if (slice->since == 0)
		slice->since = ++slices->rested;
	slice->rests = true;
	slice->rests_since_ms = uv_now(slices->turn.loop);
	if (is_crowded(slices, slice))
		crowd_add(slices, slice);
	else
		list_add(&slices->first, slice);
}

/* Whoever waits for room, as far as there is some; beyond the bound the first of them, if
 * nobody else grows. */
static void let_in(struct slices *slices)
{
	struct slice *slice;

	while ((slice = slices->crowded) != NULL && !is_crowded(slices, slice)) {
		if (slices->large >= slices->room)
			slices->grower = slice;
		slices->crowded = slice->next;
		slices->crowd--;
		list_add(&slices->first, slice);
		turn_on(slices);
	}
}

void slices_room(struct slices *slices, size_t bytes)
{
	slices->room = bytes;
	let_in(slices);
}

void slice_end(struct slices *slices, struct slice *slice)
{
	if (slice->rests && !list_remove(&slices->first, slice) &&
		list_remove(&slices->crowded, slice))
		slices->crowd--;
	slice->rests = false;
	slices->large -= slice->large;
	slice->large = 0;
	if (slices->grower == slice)
		slices->grower = NULL;
	let_in(slices);
	if (slices->crowded == NULL)
		uv_timer_stop(&slices->patience);
}
