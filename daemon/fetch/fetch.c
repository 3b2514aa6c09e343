#include "daemon/fetch/fetcher.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "daemon/fetch/pins.h"

/*
 * One request, hop by hop:
 *
 *	AT_SITE --turn--> RESOLVING --addresses--> AT_ADDRESS --turn--> AT_SLOT
 *	   ^                 ^                                             |
 *	   | another site    | same site                                   v
 *	   +-----------------+------------- redirect ------------------ MOVING --> done
 *
 *	any of them --hold, refusal, no address--> FAILED --loop--> done
 *
 * A state is entered by enter_x(), and its callback, on_x(), is the only way
 * out.  Turns are kept over hops of one site; before we wait for another site
 * they are given back, so that no two requests ever wait for each other.
 */

static struct fetch *of_site(struct site_turn *turn)
{
	return (struct fetch *)((char *)turn - offsetof(struct fetch, site));
}

static struct fetch *of_address(struct site_turn *turn)
{
	return (struct fetch *)((char *)turn - offsetof(struct fetch, address));
}

static void leave_turn(struct fetch *fetch, struct site_turn *turn)
{
	sites_leave(fetch->fetcher->sites, turn,
		fetch->transfer != NULL ? fetch->transfer->began_ms : 0);
}

static void leave_turns(struct fetch *fetch)
{
	leave_turn(fetch, &fetch->address);
	leave_turn(fetch, &fetch->site);
}

static void fetch_free(struct fetch *fetch)
{
	if (fetch->transfer != NULL)
		transfer_give(&fetch->fetcher->pool, fetch->transfer);
	curl_slist_free_all(fetch->pins);
	hop_release(&fetch->hop);
	request_release(&fetch->request);
	free(fetch);
}

/* fetch->err says why; who asked is told from the loop. */
static void enter_failed(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;

	leave_turns(fetch);
	fetch->state = FETCH_FAILED;
	fetch_list_remove(&fetcher->open, fetch);
	fetch_list_add(&fetcher->failed, fetch);
	fetcher_soon(fetcher);
}

void fetch_tell_failed(struct fetcher *fetcher)
{
	struct fetch *fetch;
	size_t count = 0;

	/* Only as many as there are now: a `done` that asks again and fails again waits. */
	for (fetch = fetcher->failed.first; fetch != NULL; fetch = fetch->next)
		count++;
	while (count-- > 0 && !fetcher->closing && (fetch = fetcher->failed.first) != NULL) {
		fetch_list_remove(&fetcher->failed, fetch);
		fetch->done(fetch->ctx, NULL, &fetch->err);
		fetch_free(fetch);
	}
	if (fetcher->failed.first != NULL)
		fetcher_soon(fetcher);
}

/* What is left of a time, waiting for turns aside; never 0, which is for ever. */
static int64_t left_of(int64_t whole_ms, uint64_t spent_ms)
{
	return (int64_t)spent_ms < whole_ms ? whole_ms - (int64_t)spent_ms : 1;
}

static void enter_moving(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	const struct fetch_options *options = &fetcher->options;
	struct transfer_times times = {
		.connect_ms = left_of(options->connect_timeout_ms, fetch->resolve_ms),
		.total_ms = left_of(options->timeout_ms, fetch->moved_ms),
	};

	if (fetch->transfer == NULL) {
		fetch->transfer = transfer_take(
			&fetcher->pool, options->header_max, options->body_max);
		fetch->transfer->ctx = fetch;
	}
	fetch->state = FETCH_MOVING;
	fetch->entered_ms = fetch->transfer->began_ms = uv_now(fetcher->loop);
	fetcher->active++;
	fetcher->numbers.requests++;
	transfer_start(fetch->transfer, &fetch->hop, &fetch->request, options, &times, fetch->pins);
	fetch->pins = NULL;
}

static int refuse_held(struct fetch *fetch)
{
	const struct fetch_hold *hold;
	int64_t left;

	if (!sites_any_held(fetch->fetcher->sites))
		return 0;
	left = sites_held(fetch->fetcher->sites, fetch->key, fetch_now_s(fetch),
		fetch->fetcher->options.retry_after_max_s, &hold);
	return left == 0 ? 0 : fetch_hold_err(hold, left, &fetch->err);
}

static void enter_resolving(struct fetch *fetch);

void fetch_fill_slots(struct fetcher *fetcher)
{
	struct fetch *fetch;
	int routed;

	while ((fetch = slot_next(fetcher)) != NULL) {
		slot_remove(fetch);
		routed = fetch_route(fetch);
		/* Who needed no turn may be several: one has brought a hold. */
		if (routed < 0 || refuse_held(fetch) < 0)
			enter_failed(fetch);
		else if (routed > 0)
			enter_resolving(fetch);
		else
			enter_moving(fetch);
	}
}

static void enter_slot(struct fetch *fetch)
{
	fetch->state = FETCH_AT_SLOT;
	slot_add(fetch);
	fetch_fill_slots(fetch->fetcher);
}

static void on_address_turn(struct site_turn *turn)
{
	enter_slot(of_address(turn));
}

/* Whether its host needs no turn, as far as is known without looking. */
static bool is_likely_exempt(const struct fetch *fetch)
{
	const struct url_parts *parts = &fetch->hop.parts;
	struct address known[2];

	if (fetch->hop.proxy[0] != '\0')
		return false;
	if (hop_known_addresses(parts, known) > 0)
		return fetch_is_exempt(fetch, &known[0]);
	return !fetch->fetcher->options.manners_private &&
	       sites_is_exempt(fetch->fetcher->sites, parts->host);
}

/* The turn was for another host of the site, unless a hop before was there. */
static void enter_exempt(struct fetch *fetch)
{
	struct sites *sites = fetch->fetcher->sites;

	sites_exempt(sites, fetch->hop.parts.host, true);
	if (!fetch->asked)
		sites_forgo(sites, &fetch->site);
	enter_slot(fetch);
}

static void enter_site(struct fetch *fetch);

static void enter_address(struct fetch *fetch)
{
	struct sites *sites = fetch->fetcher->sites;
	const struct address *address;
	char text[ADDRESS_TEXT_MAX];

	fetch->state = FETCH_AT_ADDRESS;
	fetch->resolve_ms = uv_now(fetch->fetcher->loop) - fetch->entered_ms;
	/* The rest was a wait for a thread: it takes nothing from the connection's time. */
	if (fetch->resolve_ms > RESOLVE_TIMEOUT_MS)
		fetch->resolve_ms = RESOLVE_TIMEOUT_MS;
	if (fetch->hop.proxy[0] != '\0') {
		fetch->asked = true;
		enter_slot(fetch); /* whose address it is, the proxy knows */
		return;
	}
	address = fetch_likely_address(fetch);
	if (fetch_is_exempt(fetch, address)) {
		enter_exempt(fetch);
		return;
	}
	if (fetch->site.site == NULL) {
		/* It is not where it was, or others of its site are elsewhere. */
		sites_exempt(sites, fetch->hop.parts.host, false);
		enter_site(fetch);
		return;
	}
	fetch->asked = true;
	address_text(address, text);
	if (strcmp(text, fetch->key) == 0 || sites_has(&fetch->address, text)) {
		enter_slot(fetch);
		return;
	}
	leave_turn(fetch, &fetch->address);
	if (sites_enter(sites, &fetch->address, text, fetch->request.asked.first_look,
		    fetch_now_s(fetch)))
		enter_slot(fetch);
}

static void resolve_proxy(struct fetch *fetch);

static void on_target(
	void *ctx, const struct address *addresses, size_t count, const struct err *err)
{
	struct fetch *fetch = ctx;

	fetch->lookup = NULL;
	if (err != NULL)
		fetch->err = *err;
	if (err != NULL || fetch_keep_addresses(fetch, addresses, count) < 0)
		enter_failed(fetch);
	else
		resolve_proxy(fetch);
}

static void on_proxy(
	void *ctx, const struct address *addresses, size_t count, const struct err *err)
{
	struct fetch *fetch = ctx;
	const struct url_parts *via = &fetch->hop.via;

	fetch->lookup = NULL;
	if (err != NULL) {
		err_set(&fetch->err, err->code == ERR_BUSY ? ERR_BUSY : ERR_PROXY, "the proxy: %s",
			err->text);
		fetch->missed = err->code == ERR_BUSY ? FETCH_MISSED_NOTHING : FETCH_MISSED_PROXY;
		enter_failed(fetch);
		return;
	}
	if (!via->is_address)
		fetch->pins = pins_add(fetch->pins, via->host, via->port, addresses, count);
	enter_address(fetch);
}

static void resolve(struct fetch *fetch, const struct url_parts *parts, resolve_done *done)
{
	struct address known[2];
	size_t count = hop_known_addresses(parts, known);

	if (count > 0)
		done(fetch, known, count, NULL);
	else
		fetch->lookup = resolve_start(
			fetch->fetcher->resolver, parts->host, fetch_hope(fetch), done, fetch);
}

static void resolve_proxy(struct fetch *fetch)
{
	if (fetch->hop.proxy[0] != '\0')
		resolve(fetch, &fetch->hop.via, on_proxy);
	else
		enter_address(fetch);
}

static void enter_resolving(struct fetch *fetch)
{
	if (fetch_route(fetch) < 0) {
		enter_failed(fetch);
		return;
	}
	fetch->state = FETCH_RESOLVING;
	fetch->entered_ms = uv_now(fetch->fetcher->loop);
	curl_slist_free_all(fetch->pins);
	fetch->pins = NULL;
	if (fetch->hop.remote_names)
		resolve_proxy(fetch);
	else
		resolve(fetch, &fetch->hop.parts, on_target);
}

static void on_site_turn(struct site_turn *turn)
{
	struct fetch *fetch = of_site(turn);

	/* It may have been found out meanwhile: those behind it need not wait. */
	if (is_likely_exempt(fetch))
		sites_forgo(fetch->fetcher->sites, turn);
	enter_resolving(fetch);
}

static void on_site_held(struct site_turn *turn)
{
	struct fetch *fetch = of_site(turn);

	if (refuse_held(fetch) == 0)
		err_set(&fetch->err, ERR_HELD, "%s wants no requests", fetch->key);
	enter_failed(fetch);
}

static void enter_site(struct fetch *fetch)
{
	fetch->state = FETCH_AT_SITE;
	fetch->asked = false;
	if (refuse_held(fetch) < 0)
		enter_failed(fetch);
	else if (is_likely_exempt(fetch) ||
		 sites_enter(fetch->fetcher->sites, &fetch->site, fetch->key,
			 fetch->request.asked.first_look, fetch_now_s(fetch)))
		enter_resolving(fetch);
}

/* The next hop: at the same site at once, at another when it is our turn there. */
static void follow(struct fetch *fetch, struct hop *next)
{
	char key[sizeof(fetch->key)];

	hop_release(&fetch->hop);
	fetch->hop = *next;
	site_key(next->parts.host, key);
	if (strcmp(key, fetch->key) == 0) {
		enter_resolving(fetch);
		return;
	}
	leave_turns(fetch);
	memcpy(fetch->key, key, sizeof(key));
	enter_site(fetch);
}

static void end_with_answer(struct fetch *fetch)
{
	struct fetch_result result = { 0 };

	leave_turns(fetch);
	fetch_list_remove(&fetch->fetcher->open, fetch);
	fetch_fill_result(fetch, &result);
	fetch->done(fetch->ctx, &result, NULL);
	fetch_free(fetch);
}

static void on_redirect(struct fetch *fetch)
{
	const struct head *head = &fetch->transfer->head;
	unsigned most = fetch->fetcher->options.redirects_max;
	struct hop next;

	if (most > FETCH_HOPS_MAX - 1)
		most = FETCH_HOPS_MAX - 1;
	if (fetch->hop_count > most) {
		err_set(&fetch->err, ERR_BAD_REDIRECT, "more than %u redirects", most);
		enter_failed(fetch);
		return;
	}
	if (hop_next(&fetch->request, fetch->fetcher->options.proxy, &fetch->hop,
		    head_text(head, HEAD_LOCATION), head->length[HEAD_LOCATION], &next,
		    &fetch->err) < 0) {
		enter_failed(fetch);
		return;
	}
	follow(fetch, &next);
}

void fetch_on_moved(void *private, CURLcode code)
{
	struct transfer *transfer = private;
	struct fetch *fetch = transfer->ctx;
	struct fetcher *fetcher = fetch->fetcher;
	uint64_t had = transfer->wire_bytes; /* of the hops before */
	bool usable;

	fetcher->active--;
	fetch->moved_ms += uv_now(fetcher->loop) - fetch->entered_ms;
	transfer_finish(transfer, code);
	fetcher->numbers.wire_bytes += transfer->wire_bytes - had;
	fetcher->numbers.not_modified += transfer->head.status == 304;
	/* Cut short, but its bytes are here: the document's own end decides. */
	usable = transfer->err.code == ERR_NONE ||
		 (transfer->err.code == ERR_INCOMPLETE && transfer->body.length > 0 &&
			 transfer->head.status >= 200 && transfer->head.status < 300);
	if (transfer->head.status >= 200) {
		fetch->hops[fetch->hop_count].url = arena_strdup(
			&fetch->request.memory, fetch->hop.url);
		fetch->hops[fetch->hop_count++].status = transfer->head.status;
		fetch_learn(fetch);
	}
	if (!usable) {
		fetch->err = transfer->err;
		fetch->missed = transfer->missed;
		enter_failed(fetch);
	} else if (transfer_is_redirect(transfer)) {
		on_redirect(fetch);
	} else {
		end_with_answer(fetch);
	}
	fetch_fill_slots(fetcher);
}

struct fetch *fetch_start(
	struct fetcher *fetcher, const struct fetch_request *request, fetch_done *done, void *ctx)
{
	struct fetch *fetch = MEM_NEW(struct fetch);

	fetch->fetcher = fetcher;
	fetch->done = done;
	fetch->ctx = ctx;
	fetch->asked_ms = uv_now(fetcher->loop);
	fetch->site.number = fetch->address.number = fetcher->started++;
	fetch->site.ready = on_site_turn;
	fetch->site.held = on_site_held;
	fetch->address.ready = on_address_turn;
	request_copy(&fetch->request, request);
	fetch_list_add(&fetcher->open, fetch);
	if (hop_first(&fetch->request, fetcher->options.proxy, &fetch->hop, &fetch->err) < 0) {
		enter_failed(fetch);
		return fetch;
	}
	site_key(fetch->hop.parts.host, fetch->key);
	enter_site(fetch);
	return fetch;
}

bool fetch_waits(const struct fetch *fetch)
{
	return fetch->state == FETCH_AT_SITE || fetch->state == FETCH_AT_ADDRESS ||
	       fetch->state == FETCH_AT_SLOT;
}

void fetch_cancel(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;

	if (fetch->state == FETCH_FAILED) {
		fetch_list_remove(&fetcher->failed, fetch);
		fetch_free(fetch);
		return;
	}
	if (fetch->lookup != NULL)
		resolve_cancel(fetch->lookup);
	if (fetch->state == FETCH_AT_SLOT)
		slot_remove(fetch);
	if (fetch->state == FETCH_MOVING) {
		transfer_cancel(fetch->transfer);
		fetcher->active--;
	}
	leave_turns(fetch);
	fetch_list_remove(&fetcher->open, fetch);
	fetch_free(fetch);
	fetch_fill_slots(fetcher);
}
