#include "daemon/refresh_add.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/url.h"

/*
 * The last part of `add`: the feed and its first document are written down.
 */

/* The looks behind this one find nothing new in it. */
static void tell_moving(const struct add *add, int64_t feed_id)
{
	char *to = judge_permanent(&add->answer);

	refresh_event(add->errand.task.refresh, feed_id, "feed.moving", to);
	free(to);
}

static void on_added(
	void *ctx, const struct store_added *results, size_t count, const struct err *err)
{
	struct add *add = ctx;
	struct refresh *refresh = add->errand.task.refresh;
	struct refresh_added added = { .discovered = add->discovered,
		.partial = add->looked && add->answer.error == ERR_PARTIAL };
	bool cancelled = errand_stored(&add->errand);

	if (err == NULL && count == 1 && results[0].refused == NULL) {
		added.feed_id = results[0].feed_id;
		added.existed = results[0].existed;
		refresh->numbers.polls += add->looked;
		refresh->numbers.new_items += results[0].fresh;
		hub_tell(refresh->parts.hub, HUB_FEEDS, 0);
		hub_tell(refresh->parts.hub, HUB_STORE, 0);
		if (add->moving && !added.existed)
			tell_moving(add, added.feed_id);
		if (!refresh->closing)
			wake_arm(refresh);
	}
	if (!cancelled && err == NULL && count == 1 && results[0].refused != NULL)
		add_end(add, NULL, results[0].refused);
	else if (!cancelled)
		add_end(add, err != NULL ? NULL : &added, err);
	refresh_unref(refresh);
}

void add_settings(const struct add *add, struct store_settings *out_settings)
{
	*out_settings = (struct store_settings){ .title = mem_strdup(add->title),
		.every_s = add->every_s,
		.keep_s = -1,
		.proxy = mem_strdup(add->proxy),
		.headers = mem_strdup(add->headers),
		.auth = mem_strdup(add->auth != NULL ? add->auth : add->userinfo),
		.private_at = mem_strdup(add->private_at),
		.insecure = add->insecure };
}

void add_go_to(struct add *add, const char *url)
{
	if (!url_same_origin(add->url, url)) {
		free(add->userinfo);
		free(add->headers);
		free(add->auth);
		add->userinfo = add->headers = add->auth = NULL;
	}
	free(add->url);
	add->url = mem_strdup(url);
}

/* The first document, as if the feed had been there before and empty. */
static void fill_first(struct add *add, struct feed_doc *doc, struct store_ingest *out)
{
	struct refresh *refresh = add->errand.task.refresh;
	bool whole = (doc->flags & FEED_COMPLETE) != 0 && !add->answer.cut;
	struct store_claim claim = { .url = add->url, .added_at_s = add->now_s };
	enum policy_moved move;
	struct look look = { .claim = &claim,
		.answer = &add->answer,
		.doc = doc,
		.rules = &refresh->rules,
		.manners_private = refresh->parts.conf->manners_private,
		.now_s = add->now_s };

	claim.settings.every_s = add->every_s;
	claim.settings.private_at = add->private_at;
	*out = (struct store_ingest){ .now_s = add->now_s,
		.doc = doc,
		.absence = whole && (doc->flags & FEED_TRUNCATED) == 0 && add->answer.status == 200,
		.replace_validators = whole && add->answer.status != 206,
		.schedule = judge_schedule,
		.schedule_ctx = &add->judge,
		.status = add->answer.status,
		.wire_bytes = add->answer.wire_bytes,
		.elapsed_ms = add->answer.elapsed_ms };
	refresh_first_state(&out->state);
	move = judge_answer(&look, &out->state, &add->judge);
	add->moving = move == POLICY_REMEMBER;
	if (move == POLICY_ADOPT) {
		char *to = judge_permanent(&add->answer);

		add->moved_from = mem_strdup(add->url);
		add_go_to(add, to);
		free(to);
	}
	if (out->replace_validators)
		judge_validators(&add->answer, &out->validators);
}

char **add_copy_tags(const char *const *tags)
{
	size_t count = 0;
	char **copy;

	while (tags != NULL && tags[count] != NULL)
		count++;
	if (count == 0)
		return NULL;
	copy = MEM_ARRAY(count + 1, char *);
	for (size_t i = 0; i < count; i++)
		copy[i] = mem_strdup(tags[i]);
	return copy;
}

void add_subscribe(struct add *add, struct feed_doc *doc)
{
	struct refresh *refresh = add->errand.task.refresh;
	struct store_new_feed feed = { .added_at_s = add->now_s,
		.tags = add_copy_tags((const char *const *)add->tags) };

	if (doc != NULL) {
		add->looked = true;
		if (feed_text_present(doc->title))
			feed.feed_title = mem_strdup(feed_doc_text(doc, doc->title));
		if (feed_text_present(doc->site_url))
			feed.site_url = mem_strdup(feed_doc_text(doc, doc->site_url));
		feed.first = MEM_NEW(struct store_ingest);
		fill_first(add, doc, feed.first);
	}
	if (doc != NULL)
		feed.leads_to = judge_permanent(&add->answer);
	add_settings(add, &feed.settings);
	feed.url = mem_strdup(add->url);
	feed.moved_from = mem_strdup(add->moved_from);
	refresh_plan_unseen(refresh, &feed);
	errand_storing(&add->errand);
	refresh_ref(refresh);
	store_feeds_add(refresh->parts.store, &feed, 1, on_added, add);
}
