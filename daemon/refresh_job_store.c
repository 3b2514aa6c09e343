#include "daemon/refresh_priv.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/mem.h"
#include "common/time.h"
#include "daemon/url.h"

/*
 * The last part of a feed's road: what came is written down.
 *
 *	document --> ingested --event, move?--> noted behind it --+
 *	                                                          +--> finished
 *	304, error ---------------------------> noted ------------+
 *
 * What the writer has of a job comes back in any case, so the job has a reference to the
 * conductor from before to after.
 */

/* One line when something begins or ends, none while it goes on. */
static void log_event(struct job *job, const char *event, const char *text)
{
	char *url = url_redact(job->claim.url);

	if (strcmp(event, "feed.failing") == 0 || strcmp(event, "feed.gone") == 0 ||
		strcmp(event, "feed.dead") == 0)
		log_warning("feed %lld %s: %s: %s", (long long)job->claim.feed_id, url, event,
			text != NULL ? text : "");
	else
		log_info("feed %lld %s: %s%s%s", (long long)job->claim.feed_id, url, event,
			text != NULL ? ": " : "", text != NULL ? text : "");
	free(url);
}

static char *unconditional_text(const struct job *job)
{
	const struct store_validators *had = &job->claim.validators;
	const struct store_state *before = &job->claim.state;
	char span[TIME_SPAN_MAX];

	if (!policy_unconditional(had->last_modified, had->last_modified_length,
		    before->only_304_since_s, before->last_unconditional_s, job->now_s))
		return mem_strdup("asked for by hand");
	time_format_span(job->now_s - before->only_304_since_s, span);
	return mem_printf("nothing but 304 for %s, and its Last-Modified is no true date", span);
}

/* What the event's row says. */
static char *event_text(const struct job *job, const char *event)
{
	if (strcmp(event, "feed.moving") == 0)
		return mem_strdup(job->after.move_to);
	if (strcmp(event, "feed.recovered") == 0)
		return judge_recovered_text(&job->claim.state, job->now_s);
	if (strcmp(event, "feed.unconditional") == 0)
		return unconditional_text(job);
	return mem_strdup(job->answer.text[0] != '\0' ? job->answer.text : NULL);
}

static const char *noted_result(const struct job *job)
{
	if (job->uncounted)
		return "failed";
	if (job->answer.error == ERR_NONE)
		return "unchanged";
	if (job->after.gone || job->answer.error == ERR_GONE)
		return "gone";
	if (job->judge.of.outcome == POLICY_HELD)
		return "held";
	return "failed";
}

static void end_stored(struct job *job)
{
	struct refresh *refresh = job->refresh;

	/* job_finish() may start what needs the conductor; it stays until we are done. */
	if (job->result == NULL)
		job->result = noted_result(job);
	if (job->seq > 0 || job->told)
		hub_tell(refresh->parts.hub, HUB_STORE, job->seq);
	job_finish(job, job->result, job->answer.text);
	refresh_unref(refresh);
}

static void tell_moved(struct job *job, enum store_moved moved)
{
	if (moved == STORE_STAYED)
		return;
	log_event(job, moved == STORE_MOVED ? "feed.moved" : "feed.merge",
		refresh_shown(job->adopt_url));
	job->told = true;
	hub_tell(job->refresh->parts.hub, HUB_FEEDS, 0);
}

/* What came is dropped; that the feed was given another address, or removed, is no
 * error. */
static void fail_storing(struct job *job, const struct err *err)
{
	if (!job->refresh->closing && err->code != ERR_CANCELLED && err->code != ERR_NOT_FOUND)
		log_error(
			"feed %lld cannot be stored: %s", (long long)job->claim.feed_id, err->text);
	answer_fail(&job->answer, err);
	job->result = "failed";
}

static void on_noted(void *ctx, enum store_moved moved, const struct err *err)
{
	struct job *job = ctx;

	if (err != NULL)
		fail_storing(job, err);
	tell_moved(job, moved);
	end_stored(job);
}

static void take_event(struct job *job, const char *word, struct store_event *event)
{
	event->word = word;
	event->text = event_text(job, word);
	job->told = true;
	log_event(job, word,
		strcmp(word, "feed.moving") == 0 ? refresh_shown(event->text) : event->text);
}

/* That it was asked for in full is told whatever came of it. */
static void take_events(struct job *job, struct store_note *note)
{
	const struct store_state *before = &job->claim.state, *after = &job->after;
	const char *word = judge_event(before, after, job->move);
	struct store_event *event = note->events;

	if (after->last_unconditional_s > before->last_unconditional_s)
		take_event(job, "feed.unconditional", event++);
	if (word != NULL)
		take_event(job, word, event);
}

/* The answer brought no document: write down what it means. */
void job_enter_noting(struct job *job, enum store_renewal renewal)
{
	struct store_note note = { .feed_id = job->claim.feed_id,
		.now_s = job->now_s,
		.renewal = renewal,
		.unasked = job->unasked,
		.asked_url = job->claim.url,
		.status = job->answer.status,
		.wire_bytes = job->answer.wire_bytes,
		.elapsed_ms = job->answer.elapsed_ms };

	job->state = JOB_STORING;
	if (!job->uncounted) {
		note.schedule = judge_schedule;
		note.schedule_ctx = &job->judge;
	}
	if (!job->uncounted || job->unasked)
		take_events(job, &note);
	if (renewal != STORE_KEEP_VALIDATORS)
		judge_validators(&job->answer, &note.validators);
	if (job->adopt_url != NULL)
		note.adopt_url = mem_strdup(job->adopt_url);
	store_state_copy(&note.state, &job->after);
	refresh_ref(job->refresh);
	store_note(job->refresh->parts.store, &note, on_noted, job);
}

/* What an ingested document leaves to be written: an event, an address. */
static void note_behind(struct job *job)
{
	struct store_note note = { .feed_id = job->claim.feed_id,
		.now_s = job->now_s,
		.asked_url = job->claim.url,
		.behind = true };

	take_events(job, &note);
	if (note.events[0].word == NULL && job->adopt_url == NULL) {
		end_stored(job);
		return;
	}
	if (job->adopt_url != NULL)
		note.adopt_url = mem_strdup(job->adopt_url);
	store_note(job->refresh->parts.store, &note, on_noted, job);
}

static void on_ingested(void *ctx, const struct store_delta *delta, const struct err *err)
{
	struct job *job = ctx;

	if (err != NULL) {
		fail_storing(job, err);
		end_stored(job);
		return;
	}
	job->fresh = delta->fresh + (delta->initial ? 0 : delta->backfill);
	job->changed = delta->changed;
	job->seq = delta->fresh + delta->changed + delta->backfill > 0 ? delta->seq : 0;
	if (job->answer.error != ERR_NONE)
		job->result = "failed";
	else if (job->fresh > 0)
		job->result = "new";
	else
		job->result = job->changed > 0 ? "changed" : "unchanged";
	note_behind(job);
}

void job_enter_ingesting(struct job *job, struct feed_doc *doc)
{
	bool complete = (doc->flags & FEED_COMPLETE) != 0;
	bool whole = complete && !job->answer.cut;
	unsigned status = job->answer.status;
	struct store_ingest ingest = { .feed_id = job->claim.feed_id,
		.asked_url = job->claim.url,
		.now_s = job->now_s,
		.doc = doc,
		.first = job->claim.items == 0,
		.absence = whole && status == 200 && (doc->flags & FEED_TRUNCATED) == 0,
		.unedited = job->answer.same_body,
		.replace_validators = whole && (status == 200 || status == 226),
		.schedule = judge_schedule,
		.schedule_ctx = &job->judge,
		.status = status,
		.wire_bytes = job->answer.wire_bytes,
		.elapsed_ms = job->answer.elapsed_ms };

	job->state = JOB_STORING;
	if (ingest.replace_validators)
		judge_validators(&job->answer, &ingest.validators);
	store_state_copy(&ingest.state, &job->after);
	refresh_ref(job->refresh);
	store_ingest(job->refresh->parts.store, &ingest, on_ingested, job);
}
