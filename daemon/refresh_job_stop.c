#include "daemon/refresh_priv.h"

#include "common/clock.h"

/* Looks that end before their answer, or may do so by no fault of their feeds. */

static void keep_back(struct job *job, const struct err *why)
{
	job->now_s = clock_now_s();
	answer_fail(&job->answer, why);
	job->unasked = true;
	job_enter_uncounted(job);
}

/* It is not freed here, but goes to the store first.  A redirect may have led it to
 * where it waits: then somebody was asked, and is not asked again at once. */
static void call_back(struct job *job, const struct err *why)
{
	job->asked = fetch_has_asked(job->fetch);
	fetch_cancel(job->fetch);
	job->fetch = NULL;
	job->refresh->fetching--;
	if (!job->asked) {
		keep_back(job, why);
		return;
	}
	job->now_s = clock_now_s();
	answer_fail(&job->answer, why);
	job_enter_busy(job);
}

void job_keep_back(struct refresh *refresh, struct store_claim *claim)
{
	struct err err;

	net_why(refresh, &err);
	keep_back(job_new(refresh, claim), &err);
}

void job_call_back(struct refresh *refresh)
{
	struct err err;

	net_why(refresh, &err);
	for (size_t i = 0; i < JOB_BUCKETS; i++) {
		for (struct job *job = refresh->jobs[i]; job != NULL; job = job->next) {
			if (job->fetch != NULL && fetch_waits(job->fetch) &&
				!net_spares(refresh, &job->claim))
				call_back(job, &err);
		}
	}
	refresh->stale = refresh->asked.count - refresh->asked.first;
}

void job_sleep(struct refresh *refresh)
{
	struct err err;

	err_set(&err, ERR_OFFLINE, "the machine has slept");
	for (size_t i = 0; i < JOB_BUCKETS; i++) {
		for (struct job *job = refresh->jobs[i]; job != NULL; job = job->next) {
			if (job->fetch == NULL)
				continue;
			if (!fetch_waits(job->fetch))
				job->slept = true;
			else if (!ask_waits(refresh, job->claim.feed_id))
				call_back(job, &err);
		}
	}
}

/* False: the store has it, and it comes back from there. */
static bool cut_short(struct job *job)
{
	if (job->fetch != NULL)
		fetch_cancel(job->fetch);
	else if (job->parse != NULL)
		parse_cancel(job->parse);
	else
		return false;
	return true;
}

void job_supersede(struct job *job)
{
	struct err err;

	job->again = true;
	if (job->fetch != NULL) {
		fetch_abandon(job->fetch);
		job->refresh->fetching--;
	} else if (!cut_short(job)) {
		return;
	}
	err_set(&err, ERR_CANCELLED, "the feed has another address by now");
	answer_fail(&job->answer, &err);
	job_finish(job, "failed", job->answer.text);
}

void job_recall(struct job *job)
{
	struct refresh *refresh = job->refresh;

	if (job->fetch == NULL || !fetch_waits(job->fetch) || fetch_has_asked(job->fetch))
		return;
	fetch_cancel(job->fetch);
	refresh->fetching--;
	asked_add(&refresh->asked, job->claim.feed_id);
	if (job->sent.unconditional)
		asked_add(&refresh->unconditional, job->claim.feed_id);
	job_free(job);
}

void job_cancel_all(struct refresh *refresh)
{
	for (size_t i = 0; i < JOB_BUCKETS; i++) {
		struct job *job = refresh->jobs[i], *next;

		for (; job != NULL; job = next) {
			next = job->next;
			if (cut_short(job))
				job_free(job);
		}
	}
}
