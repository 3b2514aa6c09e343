#include "daemon/refresh_task.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"

#define PAGE_MS (3600u * 1000) /* between two pages of one feed */
#define PAGES_MAX 1000u

/*
 * `backfill`: from a feed's own document to the older ones it names (RFC 5005,
 * JSON Feed), one an hour, each in as a part: absence in it means nothing.
 *
 *	wait --> claim --> fetch --> parse --> ingest --next page--> wait
 */
struct backfill {
	struct backfill *next;
	struct refresh *refresh;
	int64_t feed_id;
	char *url; /* of the page to ask for; NULL: the feed itself */
	unsigned pages;
	uv_timer_t timer;
	struct fetch *fetch;
	struct parse *parse;
	bool storing, over;
	struct store_claim claim;
	struct answer answer;
	struct judge judge;
};

static void forget_page(struct backfill *backfill)
{
	store_claims_free(mem_dup(&backfill->claim, sizeof(backfill->claim)), 1);
	backfill->claim = (struct store_claim){ 0 };
	answer_release(&backfill->answer);
}

static void on_closed(uv_handle_t *handle)
{
	struct backfill *backfill = handle->data;
	struct refresh *refresh = backfill->refresh;

	forget_page(backfill);
	store_state_release(&backfill->judge.after);
	free(backfill->url);
	free(backfill);
	refresh_closed_handle(refresh);
}

static void end(struct backfill *backfill)
{
	struct backfill **at = &backfill->refresh->backfills;

	if (backfill->over)
		return;
	backfill->over = true;
	while (*at != backfill)
		at = &(*at)->next;
	*at = backfill->next;
	if (backfill->fetch != NULL)
		fetch_cancel(backfill->fetch);
	if (backfill->parse != NULL)
		parse_cancel(backfill->parse);
	if (!backfill->storing)
		uv_close((uv_handle_t *)&backfill->timer, on_closed);
}

/* The writer has answered; true if all is over meanwhile. */
static bool stored(struct backfill *backfill)
{
	backfill->storing = false;
	if (backfill->over)
		uv_close((uv_handle_t *)&backfill->timer, on_closed);
	return backfill->over;
}

static void fail(struct backfill *backfill, const char *words)
{
	refresh_event(backfill->refresh, backfill->feed_id, "feed.backfill", words);
	end(backfill);
}

static void on_hour(uv_timer_t *timer);

static void on_ingested(void *ctx, const struct store_delta *delta, const struct err *err)
{
	struct backfill *backfill = ctx;
	struct refresh *refresh = backfill->refresh;

	if (!stored(backfill)) {
		if (err != NULL)
			fail(backfill, err->text);
		else if (backfill->url == NULL || ++backfill->pages >= PAGES_MAX)
			fail(backfill, "there are no older pages");
		else
			uv_timer_start(&backfill->timer, on_hour, PAGE_MS, 0);
	}
	if (err == NULL)
		hub_tell(refresh->parts.hub, HUB_STORE, delta->seq);
	forget_page(backfill);
	refresh_let(refresh);
}

/* An older page says nothing of when to look at the feed. */
static void schedule_as_before(
	void *ctx, const struct store_delta *delta, struct store_state *state)
{
	(void)ctx;
	(void)delta;
	(void)state;
}

static void on_parsed(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct backfill *backfill = ctx;
	struct refresh *refresh = backfill->refresh;
	struct store_ingest page = { .feed_id = backfill->feed_id,
		.doc = doc,
		.schedule = schedule_as_before,
		.schedule_ctx = backfill,
		.status = backfill->answer.status,
		.wire_bytes = backfill->answer.wire_bytes,
		.elapsed_ms = backfill->answer.elapsed_ms };
	struct feed_text older;

	backfill->parse = NULL;
	if (doc == NULL) {
		fail(backfill, err->text);
		return;
	}
	older = feed_text_present(doc->prev_archive) ? doc->prev_archive : doc->next_url;
	free(backfill->url);
	backfill->url = feed_text_present(older) ? mem_strdup(feed_doc_text(doc, older)) : NULL;
	page.now_s = clock_now_s();
	store_state_copy(&page.state, &backfill->claim.state);
	backfill->storing = true;
	refresh_hold(refresh);
	store_ingest(refresh->parts.store, &page, on_ingested, backfill);
}

static void on_fetched(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct backfill *backfill = ctx;
	struct parse_source source = { .kind = FEED_KIND_FEED };
	char words[80];

	backfill->fetch = NULL;
	if (result == NULL) {
		fail(backfill, err->text);
		return;
	}
	if (result->hold != NULL)
		refresh_keep_hold(backfill->refresh, result->hold);
	answer_take(&backfill->answer, result);
	if (result->status != 200) {
		answer_status_text(result->status, words, sizeof(words));
		fail(backfill, words);
		return;
	}
	source.url = backfill->answer.url;
	source.content_type = backfill->answer.content_type;
	source.content_location = backfill->answer.content_location;
	source.cut = backfill->answer.cut;
	source.body = &backfill->answer.body;
	backfill->parse = parse_start(
		backfill->refresh->parts.workers, &source, on_parsed, backfill);
}

static void on_claimed(void *ctx, struct store_claim *claims, size_t count, const struct err *err)
{
	struct backfill *backfill = ctx;
	struct refresh *refresh = backfill->refresh;
	struct refresh_request request;

	if (stored(backfill) || err != NULL || count != 1) {
		if (!backfill->over)
			end(backfill);
		store_claims_free(claims, count);
		refresh_let(refresh);
		return;
	}
	backfill->claim = claims[0];
	claims[0] = (struct store_claim){ 0 };
	store_claims_free(claims, count);
	refresh_request_init(&request, &backfill->claim, false, clock_now_s());
	if (backfill->url != NULL)
		request.fetch.url = backfill->url;
	backfill->fetch = fetch_start(refresh->parts.fetcher, &request.fetch, on_fetched, backfill);
	refresh_request_release(&request);
	refresh_let(refresh);
}

static void on_hour(uv_timer_t *timer)
{
	struct backfill *backfill = timer->data;
	struct refresh *refresh = backfill->refresh;

	backfill->storing = true;
	refresh_hold(refresh);
	store_claim_ids(refresh->parts.store, &backfill->feed_id, 1, clock_now_s(), 0, on_claimed,
		backfill);
}

void refresh_backfill(struct refresh *refresh, int64_t feed_id)
{
	struct backfill *backfill = refresh->backfills;

	while (backfill != NULL && backfill->feed_id != feed_id)
		backfill = backfill->next;
	if (backfill != NULL || refresh->closing)
		return; /* it is being done */
	backfill = MEM_NEW(struct backfill);
	backfill->refresh = refresh;
	backfill->feed_id = feed_id;
	backfill->next = refresh->backfills;
	refresh->backfills = backfill;
	uv_timer_init(refresh->parts.loop, &backfill->timer);
	backfill->timer.data = backfill;
	refresh->open++;
	uv_timer_start(&backfill->timer, on_hour, 0, 0);
}

void backfill_cancel_all(struct refresh *refresh)
{
	while (refresh->backfills != NULL)
		end(refresh->backfills);
}
