/*
 * Add: each URL is looked at once; what is a feed is subscribed, and its row
 * told.
 */
#include <stdlib.h>
#include <string.h>

#include "common/given.h"
#include "common/mem.h"
#include "common/order.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/fetched.h"
#include "daemon/control/links.h"
#include "daemon/url.h"

/* Looks under way at once for one call. */
#define WINDOW 16u

struct wanted {
	struct adding *adding;
	const char *url;
	struct refresh_task *task;
	int64_t feed_id; /* 0: refused, err tells why */
	bool existed;    /* and stays as it was */
	bool partial;    /* what its document had before it ended */
	struct err err;
	char *links;      /* JSON, where a page names several, or NULL */
	char *discovered; /* where a page named one, or NULL */
};

struct adding {
	struct call *call;
	struct refresh_add add; /* but the URL */
	struct buf headers;
	struct wanted *wanted;
	size_t count, started, ended;
};

static void adding_release(void *state)
{
	struct adding *adding = state;
	size_t i;

	for (i = 0; i < adding->count; i++) {
		if (adding->wanted[i].task != NULL)
			refresh_task_cancel(adding->wanted[i].task);
		free(adding->wanted[i].links);
		free(adding->wanted[i].discovered);
	}
	buf_release(&adding->headers);
}

static void put_refused(struct json_writer *w, const struct adding *adding)
{
	size_t i;

	json_put_key(w, "refused");
	json_put_array(w);
	for (i = 0; i < adding->count; i++) {
		const struct wanted *wanted = &adding->wanted[i];
		char *url;

		if (wanted->feed_id != 0)
			continue;
		url = url_hide_userinfo(wanted->url);
		links_put_refusal(w, url, &wanted->err, wanted->links);
		free(url);
	}
	json_put_array_end(w);
}

static void put_note(struct json_writer *w, char *note)
{
	json_put_string(w, note);
	free(note);
}

/* Those of the call that a feed keeps, as one types them; "" if there are none. */
static void say_options(const struct call *call, struct buf *out)
{
	static const char *const texts[] = { "title", "tag", "every", "proxy", "header", "auth" };
	static const char *const flags[] = { "private", "insecure" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (call_has(call, texts[i]) && buf_printf(out, "--%s ", texts[i]) < 0)
			return;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (call_flag(call, flags[i]) && buf_printf(out, "--%s ", flags[i]) < 0)
			return;
}

/* What this very call subscribed and names once more has what was said. */
static int64_t *made_here(const struct adding *adding, size_t *out_count)
{
	int64_t *ids = call_keep(adding->call, adding->count, sizeof(*ids));
	size_t n = 0;

	for (size_t i = 0; i < adding->count; i++) {
		if (adding->wanted[i].feed_id != 0 && !adding->wanted[i].existed)
			ids[n++] = adding->wanted[i].feed_id;
	}
	qsort(ids, n, sizeof(*ids), order_int64);
	*out_count = n;
	return ids;
}

/* Not of the page that named it. */
static const char *feed_url(const struct wanted *wanted)
{
	return wanted->discovered != NULL ? wanted->discovered : wanted->url;
}

static void put_kept(struct json_writer *w, const struct adding *adding)
{
	size_t made;
	int64_t *ids = made_here(adding, &made);
	struct buf options;

	buf_init(&options, 256);
	say_options(adding->call, &options);
	for (size_t i = 0; i < adding->count && options.length > 0; i++) {
		const struct wanted *wanted = &adding->wanted[i];
		char *url;

		if (!wanted->existed ||
			bsearch(&wanted->feed_id, ids, made, sizeof(*ids), order_int64))
			continue;
		url = url_redact(feed_url(wanted));
		put_note(w, mem_printf("%s was there already and stays as it is: %sdid nothing, "
				       "`feedctl set` does",
				    url, options.data));
		free(url);
	}
	buf_release(&options);
}

static void put_partial(struct json_writer *w, const struct adding *adding)
{
	for (size_t i = 0; i < adding->count; i++) {
		char *url;

		if (!adding->wanted[i].partial)
			continue;
		url = url_redact(feed_url(&adding->wanted[i]));
		put_note(w, mem_printf("%s: the document ends early; what was whole before that "
				       "is kept",
				    url));
		free(url);
	}
}

/* Those that nobody has looked at: the others were refused. */
static void put_blocked(
	struct json_writer *w, const struct adding *adding, const struct fetched_rows *rows)
{
	for (size_t i = 0; i < adding->count && adding->add.no_fetch; i++)
		if (adding->wanted[i].feed_id != 0 && !adding->wanted[i].existed)
			fetched_put_note(rows, w, adding->wanted[i].feed_id);
}

static void put_notes(
	struct json_writer *w, const struct adding *adding, const struct fetched_rows *rows)
{
	size_t i;

	json_put_key(w, "notes");
	json_put_array(w);
	for (i = 0; i < adding->count; i++) {
		char *page;

		if (adding->wanted[i].discovered == NULL)
			continue;
		page = url_redact(adding->wanted[i].url);
		put_note(w, mem_printf("%s is a page; its feed is %s", page,
				    adding->wanted[i].discovered));
		free(page);
	}
	put_kept(w, adding);
	put_partial(w, adding);
	put_blocked(w, adding, rows);
	json_put_array_end(w);
}

static void answer(struct call *call, const struct fetched_rows *rows)
{
	struct adding *adding = call->state;
	struct json_writer *w = call_reply(call);
	size_t i;

	json_put_key(w, "feeds");
	json_put_array(w);
	for (i = 0; i < adding->count; i++) {
		if (adding->wanted[i].feed_id != 0)
			fetched_put(rows, w, adding->wanted[i].feed_id);
	}
	json_put_array_end(w);
	put_refused(w, adding);
	put_notes(w, adding, rows);
	call_end(call);
}

static void all_ended(struct adding *adding)
{
	struct call *call = adding->call;
	int64_t *ids = call_keep(call, adding->count, sizeof(*ids));
	size_t i, n = 0;

	for (i = 0; i < adding->count; i++) {
		if (adding->wanted[i].feed_id != 0)
			ids[n++] = adding->wanted[i].feed_id;
	}
	if (n > 0)
		call_told_feeds(call);
	if (n == 0 && adding->count == 1) {
		const struct wanted *only = &adding->wanted[0];

		call_fail_as(call, wire_error_of(only->err.code), &only->err, NULL, 0, only->links);
		return;
	}
	fetched_start(call, ids, n, answer);
}

static void start_some(struct adding *adding);

static void on_added(void *ctx, const struct refresh_added *added, const struct feed_doc *page,
	const struct err *err)
{
	struct wanted *wanted = ctx;
	struct adding *adding = wanted->adding;

	wanted->task = NULL;
	adding->ended++;
	if (err != NULL) {
		wanted->err = *err;
		wanted->links = page != NULL ? links_json(page) : NULL;
	} else {
		wanted->feed_id = added->feed_id;
		wanted->existed = added->existed;
		wanted->partial = added->partial && !added->existed;
		wanted->discovered = mem_strdup(added->discovered);
	}
	if (adding->ended == adding->count)
		all_ended(adding);
	else
		start_some(adding);
}

static void start_some(struct adding *adding)
{
	struct refresh *refresh = adding->call->parts->refresh;

	while (adding->started < adding->count && adding->started - adding->ended < WINDOW) {
		struct wanted *wanted = &adding->wanted[adding->started++];
		struct refresh_add add = adding->add;

		add.url = wanted->url;
		wanted->task = refresh_add_start(refresh, &add, on_added, wanted);
	}
}

static int read_every(const struct call *call, int64_t *out_s, struct err *err)
{
	const char *text = call_text(call, "every");

	*out_s = -1;
	return text != NULL ? store_every_read(text, out_s, err) : 0;
}

static int read_tags(struct call *call, const char *const **out_tags, struct err *err)
{
	size_t count, i;
	const char *const *words = call_words(call, "tag", &count);
	const char **tags = call_keep(call, count + 1, sizeof(*tags));

	for (i = 0; i < count; i++) {
		if (choose_feed_tag(call, words[i], &tags[i], err) < 0)
			return -1;
	}
	*out_tags = tags;
	return 0;
}

static int read_headers(struct call *call, struct buf *out, struct err *err)
{
	size_t count, i;
	const char *const *headers = call_words(call, "header", &count);

	for (i = 0; i < count; i++) {
		if (given_check_header(headers[i], err) < 0)
			return -1;
		if (buf_printf(out, "%s\n", headers[i]) < 0)
			return err_set(err, ERR_TOO_BIG, "header: too many bytes");
	}
	return 0;
}

static int read_options(struct call *call, struct adding *adding, struct err *err)
{
	struct refresh_add *add = &adding->add;

	if (read_every(call, &add->every_s, err) < 0 || read_tags(call, &add->tags, err) < 0 ||
		read_headers(call, &adding->headers, err) < 0)
		return -1;
	add->title = call_text(call, "title");
	add->proxy = call_text(call, "proxy");
	if (add->proxy != NULL && strcmp(add->proxy, "none") == 0)
		add->proxy = ""; /* although one is set for all */
	else if (add->proxy != NULL && url_check_proxy(add->proxy, err) < 0)
		return err_prefix(err, "proxy");
	add->headers = adding->headers.length > 0 ? adding->headers.data : NULL;
	add->auth = call_text(call, "auth");
	if (add->auth != NULL && given_check_auth(add->auth, err) < 0)
		return -1;
	add->private_ok = call_flag(call, "private");
	add->insecure = call_flag(call, "insecure");
	add->no_fetch = call_flag(call, "no_fetch");
	add->no_discover = call_flag(call, "no_discover");
	return 0;
}

void cmd_ADD(struct call *call)
{
	struct adding *adding = call_keep(call, 1, sizeof(*adding));
	size_t count, i;
	const char *const *urls = call_words(call, "urls", &count);
	struct err err;

	adding->call = call;
	buf_init(&adding->headers, GIVEN_HEADERS_MAX);
	call->state = adding;
	call_at_end(call, adding_release, adding);
	if (count == 0) {
		call_refuse(call, ERR_USAGE, "which URL?");
		return;
	}
	if (read_options(call, adding, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	adding->wanted = call_keep(call, count, sizeof(*adding->wanted));
	adding->count = count;
	for (i = 0; i < count; i++) {
		adding->wanted[i].adding = adding;
		adding->wanted[i].url = urls[i];
	}
	start_some(adding);
}
