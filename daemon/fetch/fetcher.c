#include "daemon/fetch/fetcher.h"

#include <limits.h>
#include <stdlib.h>

#include "common/mem.h"

void fetch_list_add(struct fetch_list *list, struct fetch *fetch)
{
	fetch->next = NULL;
	fetch->previous = list->last;
	if (list->last != NULL)
		list->last->next = fetch;
	else
		list->first = fetch;
	list->last = fetch;
}

void fetch_list_remove(struct fetch_list *list, struct fetch *fetch)
{
	if (fetch->previous != NULL)
		fetch->previous->next = fetch->next;
	else
		list->first = fetch->next;
	if (fetch->next != NULL)
		fetch->next->previous = fetch->previous;
	else
		list->last = fetch->previous;
}

static void on_part_closed(void *ctx)
{
	struct fetcher *fetcher = ctx;

	if (--fetcher->parts > 0)
		return;
	options_release(&fetcher->options);
	if (fetcher->closed != NULL)
		fetcher->closed(fetcher->closed_ctx);
	free(fetcher);
}

static void on_soon_closed(uv_handle_t *handle)
{
	on_part_closed(handle->data);
}

static void tear_down(struct fetcher *fetcher)
{
	while (fetcher->failed.first != NULL)
		fetch_cancel(fetcher->failed.first);
	while (fetcher->open.first != NULL)
		fetch_cancel(fetcher->open.first);
	transfer_pool_release(&fetcher->pool);
	fetcher->parts = 4;
	multi_close(fetcher->multi, on_part_closed, fetcher);
	resolver_close(fetcher->resolver, on_part_closed, fetcher);
	sites_close(fetcher->sites, on_part_closed, fetcher);
	uv_close((uv_handle_t *)&fetcher->soon, on_soon_closed);
}

static void on_soon(uv_timer_t *timer)
{
	struct fetcher *fetcher = timer->data;

	if (!fetcher->closing)
		fetch_tell_failed(fetcher);
	fetch_fill_slots(fetcher);
	if (fetcher->closing)
		tear_down(fetcher);
}

void fetcher_soon(struct fetcher *fetcher)
{
	if (!uv_is_closing((uv_handle_t *)&fetcher->soon))
		uv_timer_start(&fetcher->soon, on_soon, 0, 0);
}

/* libcurl takes no transfer while it reads one. */
static void on_crowd(void *ctx)
{
	fetcher_soon(ctx);
}

int fetcher_new(uv_loop_t *loop, const struct fetch_options *options, struct fetcher **out_fetcher,
	struct err *err)
{
	struct fetcher *fetcher;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_FAILED, "libcurl does not start");
	fetcher = MEM_NEW(struct fetcher);
	fetcher->loop = loop;
	fetcher->allowed = UINT_MAX;
	slots_init(fetcher);
	options_copy(&fetcher->options, options);
	uv_timer_init(loop, &fetcher->soon);
	fetcher->soon.data = fetcher;
	fetcher->sites = sites_new(loop, options->gap_ms);
	fetcher->resolver = resolver_new(loop, options->resolvers, RESOLVE_TIMEOUT_MS);
	fetcher->multi = multi_new(loop, fetch_on_moved);
	fetcher->pool.multi = fetcher->multi;
	multi_limit(fetcher->multi, options->in_flight + options->resting);
	slices_room(multi_slices(fetcher->multi), options->bodies_max);
	slices_tell(multi_slices(fetcher->multi), on_crowd, fetcher);
	*out_fetcher = fetcher;
	return 0;
}

void fetcher_reconfigure(struct fetcher *fetcher, const struct fetch_options *options)
{
	struct fetch_options old = fetcher->options;

	options_copy(&fetcher->options, options);
	options_release(&old);
	sites_gap(fetcher->sites, options->gap_ms);
	resolver_threads(fetcher->resolver, options->resolvers);
	multi_limit(fetcher->multi, options->in_flight + options->resting);
	slices_room(multi_slices(fetcher->multi), options->bodies_max);
	fetch_fill_slots(fetcher);
}

void fetcher_allow(struct fetcher *fetcher, unsigned most)
{
	fetcher->allowed = most;
	fetch_fill_slots(fetcher);
}

void fetcher_read(struct fetcher *fetcher, bool reads)
{
	multi_read(fetcher->multi, reads);
}

void fetcher_taken(struct fetcher *fetcher, uint64_t bytes)
{
	size_t most = fetcher->options.bodies_max;

	slices_room(multi_slices(fetcher->multi), bytes < most ? most - (size_t)bytes : 0);
}

void fetcher_close(struct fetcher *fetcher, void (*closed)(void *ctx), void *ctx)
{
	/* Not at once: the caller may be a `done`, beneath libcurl's own loop. */
	fetcher->closing = true;
	fetcher->closed = closed;
	fetcher->closed_ctx = ctx;
	fetcher_soon(fetcher);
}

void fetcher_hold(struct fetcher *fetcher, const struct fetch_hold *hold)
{
	sites_restore(fetcher->sites, hold);
}

void fetcher_on_hold(struct fetcher *fetcher,
	void (*changed)(void *ctx, const struct fetch_hold *hold), void *ctx)
{
	fetcher->hold_changed = changed;
	fetcher->hold_ctx = ctx;
}

void fetcher_refused(struct fetcher *fetcher, const char *url, const char *end, int64_t at_s)
{
	char key[256];

	if (fetch_site(end, key))
		sites_refused(fetcher->sites, key, url, at_s);
}

void fetcher_clock_jumped(struct fetcher *fetcher, int64_t now_s, bool trusted, int64_t step_s)
{
	struct fetch *fetch;

	for (fetch = fetcher->open.first; fetch != NULL; fetch = fetch->next)
		fetch_clock_jumped(fetch, now_s);
	if (trusted)
		sites_clamp(fetcher->sites, now_s, fetcher->options.retry_after_max_s, step_s);
}

int64_t fetcher_held(
	struct fetcher *fetcher, const char *url, int64_t now_s, struct fetch_hold *out_hold)
{
	const struct fetch_hold *hold;
	char key[256];
	int64_t left;

	if (!sites_any_held(fetcher->sites) || !fetch_site(url, key))
		return 0;
	left = sites_held(fetcher->sites, key, now_s, fetcher->options.retry_after_max_s, &hold);
	if (left > 0 && out_hold != NULL)
		*out_hold = *hold;
	return left;
}

size_t fetcher_active(const struct fetcher *fetcher)
{
	return fetcher->active;
}

size_t fetcher_waiting(const struct fetcher *fetcher)
{
	return sites_waiting(fetcher->sites) + resolver_doubtful(fetcher->resolver) +
	       fetcher_resting(fetcher);
}

unsigned fetcher_resting(const struct fetcher *fetcher)
{
	unsigned crowd = slices_crowd(multi_slices(fetcher->multi));

	return crowd < fetcher->options.resting ? crowd : fetcher->options.resting;
}

const struct fetch_numbers *fetcher_numbers(const struct fetcher *fetcher)
{
	return &fetcher->numbers;
}
