#include "daemon/fetch/slice.h"

/* A megabyte of zeros takes some milliseconds to unpack, and nothing takes longer. */
#define ROUND_BYTES (1u << 20)
#define SLICE_BYTES (256u << 10)

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
	slice->go_on(slice);
}

void slices_init(struct slices *slices, uv_loop_t *loop)
{
	*slices = (struct slices){ .round = 1 };
	uv_idle_init(loop, &slices->turn);
}

void slices_close(struct slices *slices, uv_close_cb closed)
{
	uv_close((uv_handle_t *)&slices->turn, closed);
}

bool slices_are_spent(const struct slices *slices)
{
	return slices->bytes >= ROUND_BYTES;
}

void slice_begin(struct slice *slice, void (*go_on)(struct slice *slice))
{
	*slice = (struct slice){ .go_on = go_on };
}

size_t slice_left(const struct slices *slices, const struct slice *slice)
{
	size_t bytes = slice->round == slices->round ? slice->bytes : 0;

	return slices_are_spent(slices) || bytes >= SLICE_BYTES ? 0 : SLICE_BYTES - bytes;
}

void slice_spend(struct slices *slices, struct slice *slice, size_t bytes)
{
	if (slice->round != slices->round) {
		slice->round = slices->round;
		slice->bytes = 0;
	}
	slice->bytes += bytes;
	slices->bytes += bytes;
	if (!uv_is_active((uv_handle_t *)&slices->turn) &&
		!uv_is_closing((uv_handle_t *)&slices->turn))
		uv_idle_start(&slices->turn, on_turn);
}

void slice_rest(struct slices *slices, struct slice *slice)
{
	struct slice **at = &slices->first;

	if (slice->since == 0)
		slice->since = ++slices->rested;
	while (*at != NULL && (*at)->since < slice->since)
		at = &(*at)->next;
	slice->next = *at;
	*at = slice;
	slice->rests = true;
}

void slice_end(struct slices *slices, struct slice *slice)
{
	struct slice **at = &slices->first;

	if (!slice->rests)
		return;
	while (*at != slice)
		at = &(*at)->next;
	*at = slice->next;
	slice->rests = false;
}
