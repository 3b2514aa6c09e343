#include "daemon/refresh_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "daemon/url.h"

/*
 * One feed, from claimed to done.
 *
 *	claimed --> FETCHING --200--> PARSING --document--> STORING --> told
 *	                |                |                     ^
 *	                |                +---- no feed --------+ noted
 *	                +-- 304, same body, error -------------+
 *
 * A state is entered by enter_x(); its callback is the only way out.
 */

#define BUSY_AGAIN_S 60

/* Of a second: who is claimed with its beginning has an answer from nearby by then. */
#define BEGINNING_MS 100

static struct job **bucket_of(struct refresh *refresh, int64_t feed_id)
{
	return &refresh->jobs[(uint64_t)feed_id % JOB_BUCKETS];
}

struct job *job_find(struct refresh *refresh, int64_t feed_id)
{
	struct job *job = *bucket_of(refresh, feed_id);

	while (job != NULL && job->claim.feed_id != feed_id)
		job = job->next;
	return job;
}

void job_free(struct job *job)
{
	struct job **at = bucket_of(job->refresh, job->claim.feed_id);

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
	job->refresh->job_count--;
	job->refresh->around_count -= job->claim.settings.proxy != NULL;
	answer_release(&job->answer);
	store_state_release(&job->after);
	free(job->adopt_url);
	store_claim_release(&job->claim);
	free(job);
}

/* The end of the road: numbers, who waits, the next one. */
void job_finish(struct job *job, const char *result, const char *text)
{
	struct refresh *refresh = job->refresh;
	struct refresh_row row = { .feed_id = job->claim.feed_id,
		.title = job->claim.title != NULL ? job->claim.title : job->claim.url,
		.result = result,
		.fresh = job->fresh,
		.changed = job->changed,
		.text = text };

	refresh->numbers.polls += !job->unasked;
	refresh->numbers.new_items += job->fresh;
	if (strcmp(result, "unchanged") == 0)
		refresh->numbers.not_modified++;
	if (strcmp(result, "failed") == 0)
		refresh->numbers.failed++;
	if (!refresh->closing && job->probe && !job->unasked)
		net_probed(refresh);
	if (!refresh->closing)
		ask_tell(refresh, &row);
	if (job->again)
		asked_add(&refresh->asked, job->claim.feed_id);
	job_free(job);
	refresh_pump(refresh);
}

/* ---------------------------------------------------------------- judging ---- */

/* Of the feed's site, and of the one that it leads to: one look needs both. */
static int64_t hold_until(struct job *job)
{
	struct fetcher *fetcher = job->refresh->parts.fetcher;
	const char *end = job->answer.url != NULL ? job->answer.url
						  : job->claim.state.effective_url;
	struct fetch_hold hold;
	int64_t wait_s = fetcher_held(fetcher, job->claim.url, job->now_s, &hold);
	int64_t end_wait_s = end != NULL ? fetcher_held(fetcher, end, job->now_s, &hold) : 0;

	wait_s = end_wait_s > wait_s ? end_wait_s : wait_s;
	return wait_s > 0 ? job->now_s + wait_s : 0;
}

/* What had no title but its address is called by it from its first document on. */
static void take_title(struct store_claim *claim, const char *title)
{
	if (strcmp(claim->title, claim->url) != 0)
		return;
	free(claim->title);
	claim->title = mem_strdup(title);
}

/* After it job->after and job->judge are drawn up. */
static void judge(struct job *job, const struct feed_doc *doc)
{
	struct refresh *refresh = job->refresh;
	struct look look = { .claim = &job->claim,
		.sent = job->sent,
		.answer = &job->answer,
		.doc = doc,
		.rules = &refresh->rules,
		.manners_private = refresh->parts.conf->manners_private,
		.captive = refresh->net.captive,
		.hold_until_s = hold_until(job),
		.now_s = job->now_s,
		.punctual = job->punctual };

	if (doc != NULL && feed_text_present(doc->title))
		take_title(&job->claim, feed_doc_text(doc, doc->title));
	job->move = judge_answer(&look, &job->after, &job->judge);
	if (job->move == POLICY_ADOPT)
		job->adopt_url = judge_permanent(&job->answer);
	if (job->answer.error == ERR_NONE)
		net_success(refresh, &job->claim, &job->answer);
}

void job_enter_uncounted(struct job *job)
{
	struct err err;

	/* A portal's page comes with no error of its own. */
	if (job->answer.error == ERR_NONE) {
		err_set(&err, ERR_CAPTIVE, "a portal seems to answer in place of its site");
		answer_fail(&job->answer, &err);
	}
	/* Whom a portal answers for is not asked by that; but if it is none, who alone is due
	 * would be the next probe, too, and the one after that. */
	if (job->asked && (job->probe || !job->refresh->net.captive)) {
		job_enter_busy(job);
		return;
	}
	job->uncounted = true;
	job->after.next_poll_s = job->now_s;
	job_enter_noting(job, STORE_KEEP_VALIDATORS);
}

void job_enter_busy(struct job *job)
{
	int64_t floor_s = (int64_t)job->refresh->rules.floor_s;
	bool asked = (job->asked || job->slept) && floor_s > BUSY_AGAIN_S;

	job->uncounted = true;
	job->after.next_poll_s = job->now_s + 1 + (asked ? floor_s : BUSY_AGAIN_S);
	job_enter_noting(job, STORE_KEEP_VALIDATORS);
}

/* Its site is not to be asked now, as an answer to another feed said: it has
 * not been looked at, and nothing is known of it that was not known before. */
static void note_held(struct job *job, const struct refresh_held *held)
{
	struct err err;

	if (held->hold != NULL)
		fetch_hold_err(held->hold, held->until_s - job->now_s, &err);
	else
		err_set(&err, ERR_HELD, "it is to rest");
	answer_fail(&job->answer, &err);
	job->unasked = job->uncounted = true;
	job->result = "held";
	job->after.not_before_s = held->until_s;
	refresh_plan_again(job->refresh, &job->claim, &job->after);
	/* A first look has no interval to be planned by. */
	if (job->after.next_poll_s < held->until_s) {
		job->after.next_poll_s = held->until_s;
		snprintf(job->after.reason, sizeof(job->after.reason), "%s",
			policy_reason_word(POLICY_HOLD));
	}
	job_enter_noting(job, STORE_KEEP_VALIDATORS);
}

/* The hold came while it waited for its turn. */
static bool was_dropped_back(struct job *job, const struct fetch *fetch, const struct err *err)
{
	struct fetcher *fetcher = job->refresh->parts.fetcher;
	struct fetch_holds *holds;
	struct refresh_held held;

	if (err == NULL || err->code != ERR_HELD || fetch_has_asked(fetch))
		return false;
	holds = fetcher_holds(fetcher, job->now_s);
	held = refresh_held(holds, job->claim.url, &job->claim.state,
		job->claim.settings.proxy != NULL, job->now_s);
	if (held.until_s > 0)
		note_held(job, &held);
	fetch_holds_free(holds);
	return held.until_s > 0;
}

/* A clock from before feedd was built knows no certificate that is valid today:
 * nobody's failure, and no reason to ask sooner than a success would be. */
static bool is_clock_untrusted(const struct job *job)
{
	return job->answer.error == ERR_TLS && job->now_s < refresh_built_s();
}

static void note_untrusted(struct job *job)
{
	double wait_s = policy_base_s(&job->refresh->rules, job->claim.settings.every_s, false);

	job->uncounted = true;
	job->after.next_poll_s = job->now_s + (int64_t)wait_s + 1;
	job_enter_noting(job, STORE_KEEP_VALIDATORS);
}

/* A feed of the user's own: nobody can be asked for it. */
static void note_never(struct job *job)
{
	job->uncounted = true;
	job->after.next_poll_s = INT64_MAX;
	job_enter_noting(job, STORE_KEEP_VALIDATORS);
}

/* It was asked for, and has come to be so while it waited for that. */
static void end_unasked(struct job *job)
{
	job->unasked = true;
	if (job->claim.state.gone)
		job_finish(job, "gone", REFRESH_GONE);
	else
		job_finish(job, "held", REFRESH_PAUSED);
}

static void note_answer(struct job *job, enum store_renewal renewal)
{
	if (net_excuses(job->refresh, &job->claim, &job->answer)) {
		job_enter_uncounted(job);
		return;
	}
	judge(job, NULL);
	job_enter_noting(job, renewal);
}

static void note_error(struct job *job, enum err_code code, const char *words)
{
	struct err err;

	err_set(&err, code, "%s", words);
	answer_fail(&job->answer, &err);
	note_answer(job, STORE_KEEP_VALIDATORS);
}

/* ---------------------------------------------------------------- parsing ---- */

static void on_parsed(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct job *job = ctx;

	job->parse = NULL; /* over, whatever it brought */
	if (doc == NULL) {
		answer_fail(&job->answer, err);
		if (err->code == ERR_BUSY)
			job_enter_busy(job);
		else if (err->code == ERR_NOT_FEED && net_page(job->refresh, &job->claim, err))
			job_enter_uncounted(job);
		else
			note_answer(job, STORE_KEEP_VALIDATORS);
		return;
	}
	/* The document's own end decides whether a transfer cut short matters. */
	if ((doc->flags & FEED_COMPLETE) == 0 && (job->answer.cut || job->answer.open_ended)) {
		free(doc);
		note_error(job, ERR_INCOMPLETE, "the answer ended before the document did");
		return;
	}
	answer_judge_whole(&job->answer, doc);
	judge(job, doc);
	job_enter_ingesting(job, doc);
}

static void enter_parsing(struct job *job)
{
	struct parse_source source = { .kind = FEED_KIND_FEED,
		.url = job->answer.url,
		.content_type = job->answer.content_type,
		.content_location = job->answer.content_location,
		.body = &job->answer.body };

	job->state = JOB_PARSING;
	job->parse = parse_start(job->refresh->parts.workers, &source, on_parsed, job);
}

/* ---------------------------------------------------------------- fetching ---- */

/* What the validators name is the document of the address that answered. */
static bool is_validators_url(const struct job *job)
{
	const struct store_validators *had = &job->claim.validators;

	return had->url != NULL && job->answer.url != NULL &&
	       strcmp(had->url, job->answer.url) == 0;
}

static bool is_same_body(const struct job *job)
{
	const uint64_t *had = job->claim.validators.body_digest;
	const uint64_t *has = job->answer.digest;

	return (had[0] != 0 || had[1] != 0) && had[0] == has[0] && had[1] == has[1];
}

static void take_document(struct job *job)
{
	struct answer *answer = &job->answer;

	if (answer->body.length == 0 && answer->cut) {
		note_error(job, ERR_INCOMPLETE, "the answer ended before its first byte");
		return;
	}
	if (answer->body.length == 0) {
		note_error(job, ERR_EMPTY, "the answer is empty");
		return;
	}
	answer_digest(answer);
	answer->same_body = !answer->cut && is_same_body(job);
	/* It need not be parsed, unless its links lead from another address now. */
	if (answer->same_body && is_validators_url(job) && answer->status == 200 &&
		job->claim.items > 0)
		note_answer(job, STORE_RENEW_VALIDATORS);
	else
		enter_parsing(job);
}

static void take_not_modified(struct job *job)
{
	if (!job->sent.etag && !job->sent.modified)
		note_error(job, ERR_UNSOLICITED_304,
			"the server answers 304 although nothing was asked of it");
	else if (judge_brings_validators(&job->claim.validators, &job->answer))
		note_answer(job, STORE_MERGE_VALIDATORS);
	else
		note_answer(job, STORE_KEEP_VALIDATORS);
}

static void take_answer(struct job *job)
{
	char words[80];

	switch (job->answer.status) {
	case 200:
	case 206:
	case 226:
		take_document(job);
		break;
	case 304:
		take_not_modified(job);
		break;
	case 410:
		note_error(job, ERR_GONE, "the server says that it is gone for good (410)");
		break;
	default:
		answer_status_text(job->answer.status, words, sizeof(words));
		note_error(job, answer_status_error(job->answer.status), words);
		break;
	}
}

/* Validators went out only with the hop that they belong to; a 304 of another
 * one was not asked for. */
static void see_what_was_sent(struct job *job)
{
	if (!is_validators_url(job))
		job->sent.etag = job->sent.modified = false;
}

/* Where no answer tells its address: by the user's word, or as it was last found. */
static bool is_private(const struct job *job)
{
	return url_is_at(job->claim.url, job->claim.settings.private_at) ||
	       fetcher_is_private(job->refresh->parts.fetcher, job->claim.url);
}

static void on_fetched(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct job *job = ctx;
	struct refresh *refresh = job->refresh;
	const struct fetch *fetch = job->fetch;
	int64_t now_ms = clock_now_ms();

	job->slept |= lapse_look(refresh);
	job->fetch = NULL;
	job->asked = fetch_has_asked(fetch);
	refresh->fetching--;
	job->now_s = now_ms / 1000;
	job->punctual = now_ms % 1000 < BEGINNING_MS;
	if (was_dropped_back(job, fetch, err)) {
		refresh_pump(refresh);
		return;
	}
	if (result != NULL) {
		answer_take(&job->answer, result);
		see_what_was_sent(job);
	} else {
		job->answer.retry_after_s = -1;
		job->answer.private_address = is_private(job);
		job->answer.missed = fetch_missed(fetch);
		answer_fail(&job->answer, err);
		/* It may be a site that is not to be asked now: that is the one. */
		if (fetch_is_redirected(fetch))
			job->answer.url = arena_strdup(&job->answer.memory, fetch_url(fetch));
	}
	if (job->answer.error == ERR_BUSY || (result == NULL && job->slept))
		job_enter_busy(job);
	else if (is_clock_untrusted(job))
		note_untrusted(job);
	else if (net_answer(refresh, &job->claim, &job->answer))
		job_enter_uncounted(job);
	else if (result != NULL)
		take_answer(job);
	else
		note_answer(job, STORE_KEEP_VALIDATORS);
	refresh_pump(refresh); /* a slot ends with the answer */
}

static void enter_fetching(struct job *job, bool conditional)
{
	struct refresh_request request;

	job->state = JOB_FETCHING;
	refresh_request_init(&request, &job->claim, conditional, clock_now_ms());
	job->sent.etag = request.fetch.etag_length > 0;
	job->sent.modified = request.fetch.last_modified_length > 0;
	job->fetch = fetch_start(job->refresh->parts.fetcher, &request.fetch, on_fetched, job);
	job->refresh->fetching++;
	refresh_request_release(&request);
}

struct job *job_new(struct refresh *refresh, struct store_claim *claim)
{
	struct job *job = MEM_NEW(struct job);
	struct job **bucket = bucket_of(refresh, claim->feed_id);

	job->refresh = refresh;
	job->claim = *claim;
	*claim = (struct store_claim){ 0 };
	job->next = *bucket;
	*bucket = job;
	refresh->job_count++;
	refresh->around_count += job->claim.settings.proxy != NULL;
	job->now_s = clock_now_s();
	buf_init(&job->answer.body, 0);
	store_state_copy(&job->after, &job->claim.state);
	return job;
}

void job_start(struct refresh *refresh, struct store_claim *claim, const struct fetch_holds *holds,
	enum claim_reason reason, bool unconditional)
{
	struct job *job = job_new(refresh, claim);
	const struct store_validators *validators;
	struct refresh_held held;

	job->probe = reason == CLAIM_PROBE;
	if (job->claim.paused || job->claim.state.gone) {
		end_unasked(job);
		return;
	}
	if (strncmp(job->claim.url, "push:", 5) == 0) {
		note_never(job);
		return;
	}
	held = refresh_held(holds, job->claim.url, &job->claim.state,
		job->claim.settings.proxy != NULL, job->now_s);
	if (held.until_s > job->now_s) {
		note_held(job, &held);
		return;
	}
	validators = &job->claim.validators;
	job->sent.unconditional = unconditional ||
				  policy_unconditional(validators->last_modified,
					  validators->last_modified_length,
					  job->claim.state.only_304_since_s,
					  job->claim.state.last_unconditional_s, job->now_s);
	enter_fetching(job, !job->sent.unconditional);
}
