#include "daemon/refresh_task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "daemon/store/store_backfill.h"
#include "daemon/url.h"

#define PAGE_S 3601 /* between two pages of one feed: an hour, and the part of a second */
#define PAGES_MAX 1000u
#define TRIES_MAX 6u /* of one page, each twice as long after the last: more than a day */

/*
 * `backfill`: from a feed's own document to the older ones it names (RFC 5005,
 * JSON Feed), one an hour.  The feed's own document comes in as a part: absence in
 * it means nothing, and it may bring news.  An older page only adds what is not known,
 * which is none.
 *
 *	wait --due--> claim --> fetch --> parse --> ingest --next page--> wait
 *	  ^             |         |
 *	  +-- paused ---+-- held -+
 *	  +-- no answer, 429, 5xx-+
 *
 * Where it stands is in the store before a request leaves, with the next page
 * an hour away, and again when the answer has to be waited for longer: a restart
 * goes on from there, and asks nobody sooner or more often.
 */
struct backfill {
	struct backfill *next;
	struct refresh *refresh;
	int64_t feed_id;
	char *url;   /* of the page to ask for; NULL: the feed itself */
	char *older; /* that it names, until it is stored; NULL: none */
	char *mark;  /* a page on the way, to know a circle by */
	unsigned pages;
	unsigned tries;  /* in vain, of the page that is next */
	int64_t plain_s; /* when the feed itself was asked without validators; 0: it was not, or
			  * has answered */
	int64_t due_s;   /* of the next page; by the wall clock */
	bool waiting;    /* for that */
	struct fetch *fetch;
	struct parse *parse;
	bool storing, over;
	struct store_claim claim;
	struct answer answer;
};

static void forget_page(struct backfill *backfill)
{
	store_claim_release(&backfill->claim);
	backfill->claim = (struct store_claim){ 0 };
	answer_release(&backfill->answer);
}

static void backfill_free(struct backfill *backfill)
{
	forget_page(backfill);
	free(backfill->url);
	free(backfill->older);
	free(backfill->mark);
	free(backfill);
}

/* Whether the page that is next was there before.  One page is kept in mind, over a
 * restart, too, and another each time twice as many are read (Brent): a circle is known
 * when it has been gone round a few times at most. */
static bool goes_round(struct backfill *backfill)
{
	const char *url = backfill->url;

	if (strcmp(url, backfill->answer.url) == 0 || strcmp(url, backfill->claim.url) == 0 ||
		(backfill->mark != NULL && strcmp(url, backfill->mark) == 0))
		return true;
	if ((backfill->pages & (backfill->pages - 1)) == 0) {
		free(backfill->mark);
		backfill->mark = mem_strdup(url);
	}
	return false;
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
		fetch_abandon(backfill->fetch);
	if (backfill->parse != NULL)
		parse_cancel(backfill->parse);
	if (!backfill->storing)
		backfill_free(backfill);
}

/* The writer has answered; true if all is over meanwhile, and freed. */
static bool stored(struct backfill *backfill)
{
	bool over = backfill->over;

	backfill->storing = false;
	if (over)
		backfill_free(backfill);
	return over;
}

static void keep_place(const struct backfill *backfill)
{
	struct store_backfill place = { .feed_id = backfill->feed_id,
		.url = backfill->url,
		.mark = backfill->mark,
		.pages = backfill->pages,
		.tries = backfill->tries,
		.due_s = backfill->due_s };

	store_backfill_put(backfill->refresh->parts.store, &place, backfill->plain_s);
}

/* Where the feed itself brought nothing, it need not be a day until it is asked again:
 * it may be as soon as after any look. */
static void finish(struct backfill *backfill, const char *words)
{
	int64_t plain_s = backfill->plain_s;

	if (plain_s != 0)
		plain_s -= UNCONDITIONAL_S - TOO_SOON_S;
	refresh_event(backfill->refresh, backfill->feed_id, "feed.backfill", words);
	store_backfill_drop(backfill->refresh->parts.store, backfill->feed_id, plain_s);
	end(backfill);
}

/* What it asks for has to wait; for how long, ask() has said.  The feed itself was not
 * asked without validators after all. */
static void rest(struct backfill *backfill)
{
	if (backfill->plain_s != 0) {
		backfill->plain_s = backfill->claim.state.last_unconditional_s;
		if (backfill->plain_s == 0) /* never */
			backfill->plain_s = 1;
		keep_place(backfill);
		backfill->plain_s = 0;
	}
	forget_page(backfill);
	backfill->waiting = true;
	wake_arm(backfill->refresh);
}

/* How far ahead the next page may be due. */
static int64_t wait_s(const struct backfill *backfill)
{
	return backfill->tries < 2 ? PAGE_S : PAGE_S << (backfill->tries - 1);
}

/* What passes by itself does not end the walk: to be asked for once more, a page would
 * need all before it once more.  Of the feed itself that is not so. */
static void try_again(struct backfill *backfill, const char *why)
{
	char words[1100]; /* a whole err, and ours */

	if (backfill->url == NULL || ++backfill->tries >= TRIES_MAX) {
		finish(backfill, why);
		return;
	}
	snprintf(words, sizeof(words), "an older page is asked for again later: %s", why);
	refresh_event(backfill->refresh, backfill->feed_id, "feed.backfill", words);
	backfill->due_s = clock_now_s() + wait_s(backfill);
	keep_place(backfill);
	rest(backfill);
}

static bool is_passing(enum err_code code)
{
	switch (code) {
	case ERR_DNS:
	case ERR_CONNECT:
	case ERR_TIMEOUT:
	case ERR_INCOMPLETE:
	case ERR_PROXY:
	case ERR_HELD:
	case ERR_BUSY:
	case ERR_NO_SPACE:
		return true;
	default:
		return false;
	}
}

static void fail(struct backfill *backfill, const struct err *err)
{
	if (is_passing(err->code))
		try_again(backfill, err->text);
	else
		finish(backfill, err->text);
}

static bool is_passing_status(unsigned status)
{
	return status == 429 || status >= 500;
}

/* A page is in. */
static void go_on(struct backfill *backfill)
{
	free(backfill->url);
	backfill->url = backfill->older;
	backfill->older = NULL;
	if (backfill->url == NULL) {
		finish(backfill, "there are no older pages");
	} else if (goes_round(backfill)) {
		finish(backfill, "the older pages lead back to one that was read");
	} else if (++backfill->pages >= PAGES_MAX) {
		finish(backfill, "a thousand older pages were read: no more are asked for");
	} else {
		backfill->tries = 0;
		keep_place(backfill);
		rest(backfill);
	}
}

static void on_ingested(void *ctx, const struct store_delta *delta, const struct err *err)
{
	struct backfill *backfill = ctx;
	struct refresh *refresh = backfill->refresh;

	if (!stored(backfill)) {
		if (err != NULL)
			fail(backfill, err);
		else
			go_on(backfill);
	}
	if (err == NULL)
		hub_tell(refresh->parts.hub, HUB_STORE, delta->seq);
	refresh_unref(refresh);
}

static void on_parsed(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct backfill *backfill = ctx;
	struct refresh *refresh = backfill->refresh;
	struct store_ingest page = { .feed_id = backfill->feed_id,
		.doc = doc,
		.aside = true,
		.older = backfill->url != NULL,
		.status = backfill->answer.status,
		.wire_bytes = backfill->answer.wire_bytes,
		.elapsed_ms = backfill->answer.elapsed_ms };
	struct feed_text older;

	backfill->parse = NULL;
	if (doc == NULL) {
		finish(backfill, err->text);
		return;
	}
	backfill->plain_s = 0;
	older = feed_text_present(doc->prev_archive) ? doc->prev_archive : doc->next_url;
	free(backfill->older);
	backfill->older = feed_text_present(older) ? mem_strdup(feed_doc_text(doc, older)) : NULL;
	page.now_s = clock_now_s();
	backfill->storing = true;
	refresh_ref(refresh);
	store_ingest(refresh->parts.store, &page, on_ingested, backfill);
}

static void on_fetched(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct backfill *backfill = ctx;
	const struct fetch *fetch = backfill->fetch;
	struct parse_source source = { .kind = FEED_KIND_FEED };
	char words[80];

	backfill->fetch = NULL;
	if (result == NULL && err->code == ERR_HELD && !fetch_has_asked(fetch)) {
		rest(backfill);
		return;
	}
	if (result == NULL) {
		fail(backfill, err);
		return;
	}
	answer_take(&backfill->answer, result);
	if (result->status != 200) {
		answer_status_text(result->status, words, sizeof(words));
		if (is_passing_status(result->status))
			try_again(backfill, words);
		else
			finish(backfill, words);
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

/* The same request to another page; secrets stay with the origin that they were given
 * for. */
static void turn_to(struct fetch_request *request, const char *url)
{
	if (!url_same_origin(request->url, url)) {
		request->auth = request->cert = request->key = NULL;
		request->headers = NULL;
	}
	request->url = url;
}

/* Whether its feed is not to be asked now, for whatever page. */
static bool has_to_rest(const struct backfill *backfill)
{
	const struct store_claim *claim = &backfill->claim;
	int64_t now_s = clock_now_s();
	struct fetch_holds *holds = fetcher_holds(backfill->refresh->parts.fetcher, now_s);
	struct refresh_held held = refresh_held(
		holds, claim->url, &claim->state, claim->settings.proxy != NULL, now_s);

	fetch_holds_free(holds);
	return claim->paused || held.until_s > now_s;
}

static void on_claimed(void *ctx, struct store_claim *claims, size_t count, const struct err *err)
{
	struct backfill *backfill = ctx;
	struct refresh *refresh = backfill->refresh;
	struct refresh_request request;
	bool over = backfill->over;

	if (stored(backfill) || err != NULL || count != 1) {
		if (!over && err != NULL)
			fail(backfill, err);
		else if (!over)
			finish(backfill, "the feed is not there any more");
		store_claims_free(claims, count);
		refresh_unref(refresh);
		return;
	}
	backfill->claim = claims[0];
	claims[0] = (struct store_claim){ 0 };
	store_claims_free(claims, count);
	if (backfill->claim.state.gone) {
		forget_page(backfill);
		finish(backfill, REFRESH_GONE);
		refresh_unref(refresh);
		return;
	}
	if (has_to_rest(backfill)) {
		rest(backfill);
		refresh_unref(refresh);
		return;
	}
	if (backfill->url == NULL) {
		backfill->plain_s = clock_now_s();
		keep_place(backfill);
	}
	refresh_request_init(&request, &backfill->claim, false, clock_now_ms());
	if (backfill->url != NULL)
		turn_to(&request.fetch, backfill->url);
	backfill->fetch = fetch_start(refresh->parts.fetcher, &request.fetch, on_fetched, backfill);
	refresh_request_release(&request);
	refresh_unref(refresh);
}

static void ask(struct backfill *backfill, int64_t now_s)
{
	struct refresh *refresh = backfill->refresh;
	/* The feed itself is asked: its schedule does not do so just behind us. */
	int64_t lead_s = backfill->url == NULL ? refresh_lead_s(refresh) : 0;

	backfill->waiting = false;
	backfill->due_s = now_s + PAGE_S;
	backfill->plain_s = 0;
	keep_place(backfill);
	backfill->storing = true;
	refresh_ref(refresh);
	store_claim_ids(
		refresh->parts.store, &backfill->feed_id, 1, now_s, lead_s, on_claimed, backfill);
}

void backfill_look(struct refresh *refresh, int64_t now_s)
{
	struct backfill *backfill, *next;

	for (backfill = refresh->backfills; backfill != NULL; backfill = next) {
		next = backfill->next;
		/* A clock that was ahead makes nobody wait for longer than that. */
		if (backfill->due_s > now_s + wait_s(backfill))
			backfill->due_s = now_s + wait_s(backfill);
		if (backfill->waiting && backfill->due_s <= now_s)
			ask(backfill, now_s);
	}
}

int64_t backfill_next_s(const struct refresh *refresh)
{
	int64_t next_s = INT64_MAX;

	for (const struct backfill *backfill = refresh->backfills; backfill != NULL;
		backfill = backfill->next)
		if (backfill->waiting && backfill->due_s < next_s)
			next_s = backfill->due_s;
	return next_s;
}

static struct backfill *find(const struct refresh *refresh, int64_t feed_id)
{
	struct backfill *backfill = refresh->backfills;

	while (backfill != NULL && backfill->feed_id != feed_id)
		backfill = backfill->next;
	return backfill;
}

static struct backfill *begin(struct refresh *refresh, int64_t feed_id)
{
	struct backfill *backfill;

	if (find(refresh, feed_id) != NULL || refresh->closing)
		return NULL;
	backfill = MEM_NEW(struct backfill);
	backfill->refresh = refresh;
	backfill->feed_id = feed_id;
	backfill->next = refresh->backfills;
	refresh->backfills = backfill;
	return backfill;
}

bool backfill_is_under_way(const struct refresh *refresh, int64_t feed_id)
{
	return find(refresh, feed_id) != NULL;
}

void backfill_begin(struct refresh *refresh, int64_t feed_id)
{
	struct backfill *backfill = begin(refresh, feed_id);

	if (backfill != NULL)
		ask(backfill, clock_now_s());
}

void refresh_backfill_resume(struct refresh *refresh, const struct store_backfill *place)
{
	struct backfill *backfill = begin(refresh, place->feed_id);

	if (backfill == NULL)
		return;
	backfill->url = mem_strdup(place->url);
	backfill->mark = mem_strdup(place->mark);
	backfill->pages = place->pages;
	backfill->tries = place->tries < TRIES_MAX ? place->tries : TRIES_MAX - 1;
	backfill->due_s = place->due_s;
	backfill->waiting = true;
}

void backfill_cancel(struct refresh *refresh, int64_t feed_id)
{
	struct backfill *backfill = find(refresh, feed_id);

	if (backfill == NULL)
		return;
	store_backfill_drop(refresh->parts.store, feed_id, 0);
	end(backfill);
}

void backfill_cancel_all(struct refresh *refresh)
{
	while (refresh->backfills != NULL)
		end(refresh->backfills);
}
