#include "daemon/fetch/fetcher.h"

#include <string.h>

/* What an answer means: to its site, and to who asked. */

#define ABANDONED_PART 4u /* of the transfers at once */

static int64_t retry_after_s(const struct fetch *fetch)
{
	const struct head *head = &fetch->transfer->head;

	if (!head->has[HEAD_RETRY_AFTER])
		return -1;
	return header_retry_after(head_text(head, HEAD_RETRY_AFTER), head->length[HEAD_RETRY_AFTER],
		&head->freshness, fetch_now_s(fetch));
}

bool fetch_has_asked(const struct fetch *fetch)
{
	return fetch->hop_count > 0 || (fetch->transfer != NULL && fetch->transfer->asking.asked);
}

bool fetch_is_redirected(const struct fetch *fetch)
{
	return fetch->hop_count > 0;
}

enum fetch_miss fetch_missed(const struct fetch *fetch)
{
	return fetch->missed;
}

int64_t fetch_now_s(const struct fetch *fetch)
{
	const struct fetch_request *asked = &fetch->request.asked;
	uint64_t elapsed_ms = uv_now(fetch->fetcher->loop) - fetch->asked_ms;

	return asked->now_s + (int64_t)(asked->now_part_ms + elapsed_ms) / 1000;
}

void fetch_clock_jumped(struct fetch *fetch, int64_t now_s)
{
	fetch->asked_ms = uv_now(fetch->fetcher->loop);
	fetch->request.asked.now_s = now_s;
	/* How much of that second is over is not known: all of it, and no hold ends early. */
	fetch->request.asked.now_part_ms = 999;
}

void fetch_learn(struct fetch *fetch)
{
	struct fetcher *fetcher = fetch->fetcher;
	const struct transfer *transfer = fetch->transfer;
	const struct head *head = &transfer->head;
	const struct fetch_hold *hold;
	struct fetch_cache cache = header_lifetime(&head->freshness, fetch_now_s(fetch));
	struct hold_answer answer = {
		.status = head->status,
		.url = fetch->request.asked.url,
		.challenge = head->challenge,
		.retry_after_s = retry_after_s(fetch),
		.lifetime_s = cache.lifetime_s,
		.reset_s = -1,
	};

	if (head->exhausted && head->has[HEAD_RESET])
		answer.reset_s = header_reset(
			head_text(head, HEAD_RESET), head->length[HEAD_RESET], fetch_now_s(fetch));
	if (fetch->hop.proxy[0] == '\0')
		sites_reached(fetcher->sites, fetch->key, transfer->address);
	hold = sites_answered(
		fetcher->sites, fetch->key, &answer, &fetcher->options, fetch_now_s(fetch));
	if (hold != NULL && fetcher->hold_changed != NULL)
		fetcher->hold_changed(fetcher->hold_ctx, hold);
}

static void on_abandoned(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct fetcher *fetcher = ctx;

	(void)result;
	(void)err;
	fetcher->abandoned--;
}

/* Servers that never answer must not hold all transfers with what nobody waits for. */
static bool may_go_on(const struct fetcher *fetcher)
{
	return fetcher->abandoned < fetcher->options.in_flight / ABANDONED_PART;
}

void fetch_abandon(struct fetch *fetch)
{
	struct transfer *transfer = fetch->transfer;
	bool asked = fetch->state == FETCH_MOVING && transfer->asking.asked;

	if (asked && !transfer->head.whole && may_go_on(fetch->fetcher)) {
		transfer->abandoned = true;
		fetch->done = on_abandoned;
		fetch->ctx = fetch->fetcher;
		fetch->fetcher->abandoned++;
		return;
	}
	if (asked && transfer->head.whole)
		fetch_learn(fetch);
	fetch_cancel(fetch);
}

void fetch_fill_result(struct fetch *fetch, struct fetch_result *result)
{
	struct transfer *transfer = fetch->transfer;
	const struct head *head = &transfer->head;

	result->status = head->status;
	result->hops = fetch->hops;
	result->hop_count = fetch->hop_count;
	result->url = fetch->hop.url;
	result->body = &transfer->body;
	result->conditional = fetch->hop.conditional;
	result->cut = transfer->err.code == ERR_INCOMPLETE;
	result->open_ended = !transfer->sealed && (!head->framed || transfer->surplus);
	result->content_type = head_text(head, HEAD_CONTENT_TYPE);
	result->content_location = head_text(head, HEAD_CONTENT_LOCATION);
	result->etag = head_text(head, HEAD_ETAG);
	result->etag_length = head->has[HEAD_ETAG] ? head->length[HEAD_ETAG] : 0;
	result->last_modified = head_text(head, HEAD_LAST_MODIFIED);
	result->last_modified_length = head->has[HEAD_LAST_MODIFIED]
					       ? head->length[HEAD_LAST_MODIFIED]
					       : 0;
	result->cache = header_lifetime(&head->freshness, fetch_now_s(fetch));
	result->retry_after_s = retry_after_s(fetch);
	result->challenge = head->challenge;
	if (fetch->hop.proxy[0] == '\0')
		memcpy(result->address, transfer->address, sizeof(result->address));
	result->wire_bytes = transfer->wire_bytes;
	result->elapsed_ms = (int64_t)fetch->moved_ms;
}
