#include "daemon/refresh_task.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"

/*
 * Documents that nobody is asked for: `push` hands one to a feed of the user's
 * own, an import is a list.
 *
 *	push:  begin --> parse --> claim the feed --> ingest --event?--> noted --> done
 *	list:  begin --> parse --> done
 */
struct push {
	struct errand errand;
	enum feed_kind kind;
	int64_t feed_id;
	struct buf document;
	char *content_type;
	struct feed_doc *doc;
	struct store_claim claim;
	struct answer answer;
	struct judge judge;
	struct store_state after; /* as it will be, but for the schedule */
	struct store_delta delta;
	int64_t now_s;
	refresh_pushed *pushed;
	refresh_listed *parsed;
	void *ctx;
};

static void release(struct errand *errand)
{
	struct push *push = (struct push *)errand;

	buf_release(&push->document);
	free(push->content_type);
	free(push->doc);
	answer_release(&push->answer);
	store_state_release(&push->after);
	store_claim_release(&push->claim);
	free(push);
}

static void end(struct push *push, const struct store_delta *delta, const struct err *err)
{
	struct err wrong;

	if (push->parsed != NULL) {
		struct feed_doc *list = push->doc;

		push->doc = NULL;
		push->parsed(push->ctx, list, err);
	} else {
		if (push->answer.error != ERR_NONE)
			err_set(&wrong, push->answer.error, "%s", push->answer.text);
		push->pushed(push->ctx, delta, push->answer.error != ERR_NONE ? &wrong : NULL, err);
	}
	errand_end(&push->errand);
}

static void on_noted(void *ctx, enum store_moved moved, const struct err *err)
{
	struct push *push = ctx;
	struct refresh *refresh = push->errand.task.refresh;

	(void)moved;
	hub_tell(refresh->parts.hub, HUB_STORE, push->delta.seq);
	if (!errand_stored(&push->errand))
		end(push, &push->delta, err);
	refresh_unref(refresh);
}

/* That it begins or ends to be damaged is told as of a feed that is looked at. */
static bool note_event(struct push *push)
{
	struct store_note note = { .feed_id = push->feed_id, .now_s = push->now_s, .behind = true };
	struct store_event *event = &note.events[0];

	event->word = judge_event(&push->claim.state, &push->after, POLICY_STAY);
	if (event->word == NULL)
		return false;
	event->text = push->answer.error != ERR_NONE
			      ? mem_strdup(push->answer.text)
			      : judge_recovered_text(&push->claim.state, push->now_s);
	store_note(push->errand.task.refresh->parts.store, &note, on_noted, push);
	return true;
}

static void on_ingested(void *ctx, const struct store_delta *delta, const struct err *err)
{
	struct push *push = ctx;
	struct refresh *refresh = push->errand.task.refresh;

	if (err == NULL) {
		refresh->numbers.new_items += delta->fresh;
		push->delta = *delta;
		if (note_event(push))
			return;
		hub_tell(refresh->parts.hub, HUB_STORE, delta->seq);
	}
	if (!errand_stored(&push->errand))
		end(push, delta, err);
	refresh_unref(refresh);
}

/* Nobody is ever asked for the next one. */
static void schedule_never(
	void *ctx, const struct store_delta *delta, int64_t every_s, struct store_state *state)
{
	judge_schedule(ctx, delta, every_s, state);
	state->next_poll_s = INT64_MAX;
	state->waste = 0;
	memset(state->terms, 0, sizeof(state->terms));
}

static void ingest(struct push *push)
{
	struct refresh *refresh = push->errand.task.refresh;
	struct look look = { .claim = &push->claim,
		.answer = &push->answer,
		.doc = push->doc,
		.rules = &refresh->rules,
		.now_s = push->now_s };
	struct store_ingest document = { .feed_id = push->feed_id,
		.now_s = push->now_s,
		.doc = push->doc,
		.absence = (push->doc->flags & (FEED_COMPLETE | FEED_TRUNCATED)) == FEED_COMPLETE,
		.schedule = schedule_never,
		.schedule_ctx = &push->judge,
		.status = 200,
		.wire_bytes = push->answer.wire_bytes };

	push->doc = NULL;
	answer_judge_whole(&push->answer, document.doc);
	store_state_copy(&push->after, &push->claim.state);
	judge_answer(&look, &push->after, &push->judge);
	store_state_copy(&document.state, &push->after);
	errand_storing(&push->errand);
	refresh_ref(refresh);
	store_ingest(refresh->parts.store, &document, on_ingested, push);
}

static void on_claimed(void *ctx, struct store_claim *claims, size_t count, const struct err *err)
{
	struct push *push = ctx;
	struct refresh *refresh = push->errand.task.refresh;
	struct err gone;

	if (errand_stored(&push->errand)) {
		store_claims_free(claims, count);
	} else if (err != NULL || count != 1) {
		store_claims_free(claims, count);
		err_set(&gone, ERR_NOT_FOUND, "the feed is not there any more");
		end(push, NULL, err != NULL ? err : &gone);
	} else {
		push->claim = claims[0];
		claims[0] = (struct store_claim){ 0 };
		store_claims_free(claims, count);
		ingest(push);
	}
	refresh_unref(refresh);
}

static void on_parsed(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct push *push = ctx;
	struct refresh *refresh = push->errand.task.refresh;

	push->errand.parse = NULL;
	push->doc = doc;
	if (doc == NULL || push->parsed != NULL) {
		end(push, NULL, err);
		return;
	}
	errand_storing(&push->errand);
	refresh_ref(refresh);
	store_claim_ids(refresh->parts.store, &push->feed_id, 1, push->now_s, 0, on_claimed, push);
}

static void step_begin(struct errand *errand)
{
	struct push *push = (struct push *)errand;
	struct parse_source source = { .kind = push->kind,
		.url = "",
		.content_type = push->content_type,
		.content_location = "",
		.body = &push->document };

	push->now_s = clock_now_s();
	push->answer = (struct answer){ .status = 200,
		.url = "",
		.retry_after_s = -1,
		.private_address = true,
		.wire_bytes = push->document.length };
	errand->parse = parse_start(errand->task.refresh->parts.workers, &source, on_parsed, push);
}

static struct push *push_new(enum feed_kind kind, struct buf *document, const char *content_type)
{
	struct push *push = MEM_NEW(struct push);

	push->kind = kind;
	buf_move(&push->document, document);
	push->content_type = mem_strdup(content_type != NULL ? content_type : "");
	return push;
}

struct refresh_task *refresh_push_start(struct refresh *refresh, int64_t feed_id,
	struct buf *document, const char *content_type, refresh_pushed *done, void *ctx)
{
	struct push *push = push_new(FEED_KIND_FEED, document, content_type);

	push->feed_id = feed_id;
	push->pushed = done;
	push->ctx = ctx;
	errand_begin(refresh, &push->errand, step_begin, release);
	return &push->errand.task;
}

struct refresh_task *refresh_list_start(struct refresh *refresh, enum feed_kind kind,
	struct buf *text, refresh_listed *done, void *ctx)
{
	struct push *push = push_new(kind, text, NULL);

	push->parsed = done;
	push->ctx = ctx;
	errand_begin(refresh, &push->errand, step_begin, release);
	return &push->errand.task;
}
