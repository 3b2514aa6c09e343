#include "daemon/refresh_add.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "daemon/url.h"

/*
 * `add` and `discover`: one GET, and one more where a page names its one feed.
 *
 *	begin --> is it there? --> fetch --> parse as feed --yes--> subscribe --> done
 *	              ^                          |
 *	              |                          no
 *	              |                          v
 *	              +------- one link ---- parse as page --> several, none: done
 */

static void release(struct errand *errand)
{
	struct add *add = (struct add *)errand;

	add_leave(add);
	free(add->typed);
	free(add->asked);
	free(add->url);
	free(add->discovered);
	free(add->moved_from);
	free(add->userinfo);
	free(add->title);
	free(add->proxy);
	free(add->headers);
	free(add->auth);
	free(add->private_at);
	for (size_t i = 0; add->tags != NULL && add->tags[i] != NULL; i++)
		free(add->tags[i]);
	free(add->tags);
	free(add->page);
	answer_release(&add->answer);
	buf_release(&add->body);
	free(add);
}

void add_end(struct add *add, const struct refresh_added *added, const struct err *err)
{
	bool ambiguous = err != NULL && err->code == ERR_AMBIGUOUS;

	if (!add->discover) {
		add_end_as(add, added, ambiguous ? add->page : NULL, err);
		return;
	}
	add->found(add->ctx, err != NULL ? NULL : add->page, err);
	errand_end(&add->errand);
}

/* Whether --private would help: it permits what was typed, not where that leads. */
static bool may_be_private(const struct add *add, const struct err *err)
{
	struct url_parts typed;
	bool own;

	if (err->code != ERR_BLOCKED || add->private_ok || add->discovered != NULL ||
		url_split(add->url, &typed, NULL) < 0)
		return false;
	own = strncmp(err->text, typed.host, strlen(typed.host)) == 0;
	url_parts_release(&typed);
	return own;
}

/* The look failed; who knows better may permit it, or subscribe without one. */
static void hint(const struct add *add, struct err *err)
{
	struct err plain = *err;
	bool private = may_be_private(add, err);

	if (!add->discover)
		err_set(err, plain.code, "%s; %s--no-fetch subscribes all the same", plain.text,
			private ? "--private permits it, " : "");
	else if (private)
		err_set(err, plain.code, "%s; --private permits it", plain.text);
}

static void fail(struct add *add, enum err_code code, const char *words)
{
	struct err err;

	err_set(&err, code, "%s", words);
	if (code != ERR_AMBIGUOUS && code != ERR_BAD_URL)
		hint(add, &err);
	add_end(add, NULL, &err);
}

/* What came instead of a feed, as far as it fits: a person sees at once whether
 * it is a login page, an error or a typing mistake. */
static void fail_with_content(struct add *add, const struct err *why)
{
	struct err err = *why;

	answer_quote(add->answer.status, &add->body, &err);
	hint(add, &err);
	add_end(add, NULL, &err);
}

/* ------------------------------------------------------------------ look ---- */

/* Then the answer would be the same once more. */
static bool names_itself(const struct add *add)
{
	const struct feed_link *link = feed_doc_link(add->page, add->page->links.first);
	const char *url = feed_doc_text(add->page, link->url);

	return add->page->links.count == 1 && !feed_text_present(link->userinfo) &&
	       (strcmp(url, add->url) == 0 || strcmp(url, add->answer.url) == 0);
}

/* To the one feed of a page.  Where the user gave a password for that origin, the
 * page's is not needed. */
static void go_on(struct add *add, const struct feed_link *link)
{
	add_go_to(add, feed_doc_text(add->page, link->url));
	if (add->userinfo == NULL && feed_text_present(link->userinfo))
		add->userinfo = mem_strdup(feed_doc_text(add->page, link->userinfo));
	add->discovered = mem_strdup(add->url);
	answer_release(&add->answer);
	buf_release(&add->body);
	add_seek(add);
}

static void on_page(void *ctx, struct feed_doc *page, const struct err *err)
{
	struct add *add = ctx;
	struct err why;

	add->errand.parse = NULL;
	if (page == NULL) {
		fail_with_content(add, err);
		return;
	}
	add->page = page;
	if (add->discover) {
		add_end(add, NULL, NULL);
		return;
	}
	if (page->links.count == 0 || names_itself(add)) {
		err_set(&why, ERR_NOT_FEED, "neither a feed nor a page that names one");
		fail_with_content(add, &why);
		return;
	}
	if (page->links.count > 1) {
		fail(add, ERR_AMBIGUOUS, "the page names several feeds; add the one that you want");
		return;
	}
	go_on(add, feed_doc_link(page, page->links.first));
}

static struct parse *parse_body(
	struct add *add, enum feed_kind kind, struct buf *body, parse_done *done)
{
	struct parse_source source = { .kind = kind,
		.url = add->answer.url,
		.content_type = add->answer.content_type,
		.content_location = add->answer.content_location,
		.body = body };

	return parse_start(add->errand.task.refresh->parts.workers, &source, done, add);
}

/* Nothing of it was whole, or the wire may have cut it: the next look may be better. */
static bool is_lost(const struct add *add, const struct feed_doc *doc)
{
	return (doc->flags & FEED_COMPLETE) == 0 &&
	       (doc->items.count == 0 || add->answer.cut || add->answer.open_ended);
}

static void on_feed(void *ctx, struct feed_doc *doc, const struct err *err)
{
	struct add *add = ctx;
	struct buf copy;

	add->errand.parse = NULL;
	if (doc == NULL && err->code == ERR_NOT_FEED && !add->no_discover &&
		add->discovered == NULL) {
		buf_init(&copy, add->body.length);
		if (buf_add(&copy, add->body.data, add->body.length) < 0)
			buf_clear(&copy);
		add->errand.parse = parse_body(add, FEED_KIND_PAGE, &copy, on_page);
		return;
	}
	if (doc == NULL) {
		fail_with_content(add, err);
		return;
	}
	if (add->discover) {
		add->page = doc;
		add_end(add, NULL, NULL);
		return;
	}
	if (is_lost(add, doc)) {
		free(doc);
		fail(add, ERR_PARTIAL, "the document ends early");
		return;
	}
	answer_judge_whole(&add->answer, doc);
	add_subscribe(add, doc);
}

static void on_fetched(void *ctx, const struct fetch_result *result, const struct err *err)
{
	struct add *add = ctx;
	struct err why;
	char words[80];

	add->errand.fetch = NULL;
	add->now_s = clock_now_s();
	if (result == NULL) {
		why = *err;
		hint(add, &why);
		add_end(add, NULL, &why);
		return;
	}
	answer_take(&add->answer, result);
	answer_digest(&add->answer);
	buf_init(&add->body, add->answer.body.length);
	if (buf_add(&add->body, add->answer.body.data, add->answer.body.length) < 0)
		buf_clear(&add->body);
	if (result->status == 304) {
		fail(add, ERR_UNSOLICITED_304,
			"the server answers 304 although nothing was asked of it");
	} else if (result->status != 200 && result->status != 206 && result->status != 226) {
		answer_status_text(result->status, words, sizeof(words));
		err_set(&why, answer_status_error(result->status), "%s", words);
		fail_with_content(add, &why);
	} else if (add->body.length == 0) {
		fail(add, ERR_EMPTY, "the answer is empty");
	} else {
		add->errand.parse = parse_body(add, FEED_KIND_FEED, &add->answer.body, on_feed);
	}
}

static void look(struct add *add)
{
	struct refresh *refresh = add->errand.task.refresh;
	struct store_claim claim = { .url = add->url };
	struct refresh_request request;
	struct err err;

	if (refresh->storage_hold) {
		err_set(&err, ERR_NO_SPACE, "%s", REFRESH_DISK_FULL);
		add_end(add, NULL, &err);
		return;
	}
	add_settings(add, &claim.settings);
	refresh_request_init(&request, &claim, false, clock_now_ms());
	request.fetch.first_look = true;
	if (!add->discover)
		add_lead(add);
	add->errand.fetch = fetch_start(refresh->parts.fetcher, &request.fetch, on_fetched, add);
	refresh_request_release(&request);
	store_settings_release(&claim.settings);
}

/* On the pool's thread. */
static int on_same(void *ctx, const struct store_feed_row *row)
{
	struct add *add = ctx;

	add->existing_id = row->id;
	return 1;
}

static void on_sought(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct add *add = ctx;
	struct refresh_added added = { .discovered = add->discovered, .existed = true };

	(void)rows;
	(void)more;
	add->errand.read = NULL;
	if (err != NULL) {
		add_end(add, NULL, err);
		return;
	}
	if (add->existing_id != 0) {
		added.feed_id = add->existing_id;
		add_end(add, &added, NULL);
		return;
	}
	if (add->no_fetch || strncmp(add->url, "push:", 5) == 0)
		add_subscribe(add, NULL);
	else if (!add_follow(add))
		look(add);
}

void add_seek(struct add *add)
{
	struct store_feed_filter filter = { .url = add->url, .brief = true };

	/* (What is read now may be from before that one's end.) */
	if (!add->no_fetch && add_follow(add))
		return;
	add->now_s = clock_now_s();
	add->errand.read = store_feeds(add->errand.task.refresh->parts.store, &filter, NULL,
		UINT64_MAX, on_same, on_sought, add);
}

/* ----------------------------------------------------------------- begin ---- */

/* The one host and port that may be private. */
static char *private_at(const char *url)
{
	struct url_parts parts;
	char *at;

	if (url_split(url, &parts, NULL) < 0)
		return NULL;
	at = mem_printf(
		strchr(parts.host, ':') != NULL ? "[%s]:%u" : "%s:%u", parts.host, parts.port);
	url_parts_release(&parts);
	return at;
}

static void step_begin(struct errand *errand)
{
	struct add *add = (struct add *)errand;
	struct err err;

	if (strncmp(add->typed, "push:", 5) == 0 && !add->discover) {
		if (!url_is_push(add->typed)) {
			fail(add, ERR_BAD_URL,
				"a push feed's name has letters, digits, '.', '_' and '-' only");
			return;
		}
		add->url = mem_strdup(add->typed);
		add_seek(add);
		return;
	}
	if (url_subscribe(add->typed, &add->url, &add->userinfo, &err) < 0) {
		add_end(add, NULL, &err);
		return;
	}
	add->asked = mem_strdup(add->url);
	if (add->private_ok)
		add->private_at = private_at(add->url);
	if (add->discover)
		look(add);
	else
		add_seek(add);
}

struct refresh_task *refresh_add_start(struct refresh *refresh, const struct refresh_add *what,
	refresh_added_done *done, void *ctx)
{
	struct add *add = MEM_NEW(struct add);

	add->typed = mem_strdup(what->url);
	add->title = what->title != NULL ? store_title_read(what->title) : NULL;
	add->proxy = mem_strdup(what->proxy);
	add->headers = mem_strdup(what->headers);
	add->auth = mem_strdup(what->auth);
	add->tags = add_copy_tags(what->tags);
	add->every_s = what->every_s;
	add->private_ok = what->private_ok;
	add->insecure = what->insecure;
	add->no_fetch = what->no_fetch;
	add->no_discover = what->no_discover;
	buf_init(&add->body, 0);
	add->added = done;
	add->ctx = ctx;
	errand_begin(refresh, &add->errand, step_begin, release);
	return &add->errand.task;
}

struct refresh_task *refresh_discover_start(struct refresh *refresh, const char *url,
	bool private_ok, refresh_discovered *done, void *ctx)
{
	struct add *add = MEM_NEW(struct add);

	add->discover = true;
	add->typed = mem_strdup(url);
	add->private_ok = private_ok;
	add->every_s = -1;
	buf_init(&add->body, 0);
	add->found = done;
	add->ctx = ctx;
	errand_begin(refresh, &add->errand, step_begin, release);
	return &add->errand.task;
}
