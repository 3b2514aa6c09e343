#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "ctl/cell.h"
#include "ctl/when.h"
#include "ctl/why.h"
#include "ctl/width.h"

/*
 * `explain FEED` in a person's words: when it is looked at next, and why.
 */
struct explaining {
	struct ctl *ctl;
	struct printer *printer;
	struct buf scratch;
	struct wire_row part;
};

static void label(struct explaining *e, const char *name)
{
	term_colour(&e->ctl->term, &e->ctl->out, COLOUR_DIM);
	width_put(&e->ctl->out, name, strlen(name), 14, true, true);
	term_plain(&e->ctl->term, &e->ctl->out);
}

static void put_text(struct explaining *e, const char *name, const struct wire_value *value)
{
	struct text text = value_text(value, &e->scratch);

	if (text.length == 0)
		return;
	label(e, name);
	out_line(&e->ctl->out, text.at, text.length);
	out_byte(&e->ctl->out, '\n');
}

static void put_when(struct explaining *e, const char *name, const struct wire_value *value)
{
	int64_t unix_s = value_time(value);
	char words[WHEN_MAX], local[WHEN_MAX];

	if (unix_s == TIME_NONE)
		return;
	when_words(unix_s, e->ctl->term.now_s, words);
	when_local(unix_s, "%Y-%m-%d %H:%M", local);
	label(e, name);
	out_printf(&e->ctl->out, "%s (%s)\n", words, local);
}

/* "in 43 min, because the server said max-age=3600" */
static void put_next(struct explaining *e, const struct wire_row *row)
{
	int64_t next = value_time(wire_row_get(row, "next_at"));
	char words[WHEN_MAX] = "never";

	if (next != TIME_NONE)
		when_words(next, e->ctl->term.now_s, words);
	buf_clear(&e->scratch);
	why_next(row, &e->scratch);
	label(e, "next look");
	out_text(&e->ctl->out, words);
	out_text(&e->ctl->out, e->scratch.length > 0 ? ", " : "");
	out_line(&e->ctl->out, e->scratch.data, e->scratch.length);
	out_byte(&e->ctl->out, '\n');
}

static void put_words(struct explaining *e, const char *name,
	void (*why)(const struct wire_row *feed, struct buf *out), const struct wire_row *row)
{
	buf_clear(&e->scratch);
	why(row, &e->scratch);
	if (e->scratch.length == 0)
		return;
	label(e, name);
	out_line(&e->ctl->out, e->scratch.data, e->scratch.length);
	out_byte(&e->ctl->out, '\n');
}

static void put_flag(
	struct explaining *e, const struct wire_row *row, const char *name, const char *words)
{
	if (!value_is_true(wire_row_get(row, name)))
		return;
	label(e, name);
	out_printf(&e->ctl->out, "%s\n", words);
}

static bool same(const struct wire_row *row, const char *a, const char *b)
{
	const struct wire_value *one = wire_row_get(row, a), *other = wire_row_get(row, b);

	return one != NULL && other != NULL && strcmp(one->text, other->text) == 0;
}

static void put_span(struct explaining *e, const char *name, const struct wire_value *value)
{
	char span[TIME_SPAN_MAX];

	if (value_is_null(value) || value_int(value) <= 0)
		return;
	time_format_span(value_int(value), span);
	label(e, name);
	out_printf(&e->ctl->out, "%s\n", span);
}

static void put_recent(struct explaining *e, const struct wire_row *row)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "recent"));
	const struct wire_value *one = NULL;
	bool first = true;

	while ((one = wire_row_next(&list, one)) != NULL) {
		char age[WHEN_MAX] = "";
		int64_t when;
		struct text status;

		if (!row_of(one, &e->part))
			continue;
		label(e, first ? "last looks" : "");
		first = false;
		when = value_time(wire_row_get(&e->part, "at"));
		if (when != TIME_NONE)
			when_words(when, e->ctl->term.now_s, age);
		status = value_text(wire_row_get(&e->part, "status"), &e->scratch);
		if (status.length == 0)
			status = (struct text){ "no answer", strlen("no answer") };
		out_printf(&e->ctl->out, "%s: %.*s, %lld new, %lld changed, %lld bytes, %lld ms\n",
			age, (int)status.length, status.at,
			(long long)value_int(wire_row_get(&e->part, "new")),
			(long long)value_int(wire_row_get(&e->part, "changed")),
			(long long)value_int(wire_row_get(&e->part, "bytes")),
			(long long)value_int(wire_row_get(&e->part, "ms")));
	}
}

static void put_moves(struct explaining *e, const struct wire_row *row)
{
	struct wire_row list = wire_row_in(wire_row_get(row, "moves"));
	const struct wire_value *one = NULL;

	while ((one = wire_row_next(&list, one)) != NULL) {
		if (!row_of(one, &e->part))
			continue;
		put_when(e, "moved", wire_row_get(&e->part, "at"));
		put_text(e, "  from", wire_row_get(&e->part, "from"));
		put_text(e, "  to", wire_row_get(&e->part, "to"));
	}
}

static void put_site(struct explaining *e, const struct wire_value *site)
{
	if (!value_is_text(site) || strcmp(site->text, "*") != 0) {
		put_text(e, "held for", site);
		return;
	}
	label(e, "held for");
	out_text(&e->ctl->out, "every site\n");
}

static void put_page(struct explaining *e, const struct wire_row *row)
{
	struct cell cell;
	struct text title;

	cell_init(&cell, "title", 5);
	title = cell_text(&cell, row, &e->scratch);
	term_colour(&e->ctl->term, &e->ctl->out, COLOUR_BOLD);
	out_line(&e->ctl->out, title.at, title.length);
	term_plain(&e->ctl->term, &e->ctl->out);
	out_byte(&e->ctl->out, '\n');
	put_text(e, "address", wire_row_get(row, "url"));
	if (!same(row, "url", "effective_url"))
		put_text(e, "answers from", wire_row_get(row, "effective_url"));
	put_text(e, "site", wire_row_get(row, "site_url"));
	put_text(e, "tags", wire_row_get(row, "tags"));
	put_text(e, "proxy", wire_row_get(row, "proxy"));
	put_flag(e, row, "private", "its address may be on a private network");
	put_flag(e, row, "insecure", "nobody makes sure who answers: certificates are not checked");
	put_text(e, "state", wire_row_get(row, "state"));
	put_text(e, "what is wrong", wire_row_get(row, "attention"));
	put_next(e, row);
	put_words(e, "answers", why_answers, row);
	put_when(e, "last look", wire_row_get(row, "checked_at"));
	if (!same(row, "checked_at", "succeeded_at"))
		put_when(e, "last success", wire_row_get(row, "succeeded_at"));
	put_when(e, "last item", wire_row_get(row, "last_item_at"));
	put_words(e, "waits wanted", why_waits, row);
	if (row_of(wire_row_get(row, "hold"), &e->part)) {
		put_site(e, wire_row_get(&e->part, "site"));
		put_when(e, "  until", wire_row_get(&e->part, "until"));
		put_text(e, "  because", wire_row_get(&e->part, "reason"));
	}
	put_span(e, "fresh for", wire_row_get(row, "lifetime"));
	put_span(e, "ttl", wire_row_get(row, "ttl"));
	put_text(e, "skip hours", wire_row_get(row, "skip_hours"));
	put_text(e, "skip days", wire_row_get(row, "skip_days"));
	put_text(e, "ETag", wire_row_get(row, "etag"));
	put_text(e, "Last-Modified", wire_row_get(row, "last_modified"));
	put_words(e, "asks for news", why_asks, row);
	put_text(e, "told apart by", wire_row_get(row, "id_policy"));
	put_text(e, "  because", wire_row_get(row, "id_policy_why"));
	put_moves(e, row);
	put_recent(e, row);
}

static int on_reply(void *ctx, const struct wire_row *row, bool continues, struct err *err)
{
	struct explaining *e = ctx;

	(void)continues;
	if (e->printer->format != &format_table)
		return printer_row(e->printer, row, err);
	if (!args_has(&e->ctl->args, "no-pager"))
		term_page(&e->ctl->term);
	put_page(e, row);
	return 0;
}

int run_explain(struct ctl *ctl, struct err *err)
{
	struct printer printer;
	struct explaining *e = MEM_NEW(struct explaining);
	struct params params = ctl_params(ctl);
	struct listener listener = { .reply = on_reply };
	int result;

	e->ctl = ctl;
	e->printer = &printer;
	buf_init(&e->scratch, (size_t)64 << 20);
	result = ctl_print_begin(ctl, &printer, "explain", NULL, err);
	if (result == 0)
		result = ctl_call(ctl, &params, 0, &listener, e, err);
	if (result == 0)
		result = printer_end(&printer, err);
	printer_release(&printer);
	buf_release(&e->scratch);
	free(e);
	return result;
}
