#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "ctl/cell.h"
#include "ctl/when.h"
#include "ctl/width.h"

/*
 * `explain FEED` in a person's words: when it is looked at next, and why.
 */
struct explaining {
	struct ctl *ctl;
	struct printer *printer;
	struct buf scratch;
	struct row part;
};

static void label(struct explaining *e, const char *name)
{
	term_colour(&e->ctl->term, &e->ctl->out, COLOUR_DIM);
	width_put(&e->ctl->out, name, strlen(name), 14, true, true);
	term_plain(&e->ctl->term, &e->ctl->out);
}

static void put_text(struct explaining *e, const char *name, struct value value)
{
	struct text text = value_text(value, &e->scratch);

	if (text.length == 0)
		return;
	label(e, name);
	out_line(&e->ctl->out, text.at, text.length);
	out_byte(&e->ctl->out, '\n');
}

static void put_when(struct explaining *e, const char *name, struct value value)
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

/* Why the next look is when it is. */
static const char *reason_words(struct value reason)
{
	static const struct {
		const char *reason, *words;
	} table[] = { { "base", "the usual interval" }, { "adaptive", "new items come seldom" },
		{ "hint", "the server or the feed said so" },
		{ "waste", "the last answers brought nothing new" },
		{ "backoff", "the last looks failed" }, { "hold", "the site asked to wait" },
		{ "skip", "the feed named hours or days to skip" },
		{ "paused", "paused; `feedctl resume` goes on" },
		{ "gone", "the site said that it is gone; `feedctl resume` tries again" } };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (value_is_text(reason) && reason.length == strlen(table[i].reason) + 2 &&
			memcmp(reason.at + 1, table[i].reason, reason.length - 2) == 0)
			return table[i].words;
	}
	return "";
}

static void put_next(struct explaining *e, const struct row *row)
{
	int64_t next = value_time(row_find(row, "next_at"));
	const char *why = reason_words(row_find(row, "reason"));
	char words[WHEN_MAX] = "never";

	if (next != TIME_NONE)
		when_words(next, e->ctl->term.now_s, words);
	label(e, "next look");
	out_printf(&e->ctl->out, "%s%s%s\n", words, why[0] != '\0' ? ": " : "", why);
}

/* What each rule asked for; the longest wait counts. */
static void put_terms(struct explaining *e, const struct row *row)
{
	bool first = true;

	if (!row_of(row_find(row, "terms"), &e->part))
		return;
	label(e, "waits asked");
	for (size_t i = 0; i < e->part.count; i++) {
		int64_t seconds = value_int(e->part.member[i].value);
		char span[TIME_SPAN_MAX];

		if (seconds <= 0)
			continue;
		time_format_span(seconds, span);
		out_printf(&e->ctl->out, "%s%.*s %s", first ? "" : ", ",
			(int)e->part.member[i].key_length, e->part.member[i].key, span);
		first = false;
	}
	out_byte(&e->ctl->out, '\n');
}

static void put_span(struct explaining *e, const char *name, struct value value)
{
	char span[TIME_SPAN_MAX];

	if (value_is_null(value) || value_int(value) <= 0)
		return;
	time_format_span(value_int(value), span);
	label(e, name);
	out_printf(&e->ctl->out, "%s\n", span);
}

static void put_recent(struct explaining *e, const struct row *row)
{
	struct value list = row_find(row, "recent"), one;
	const char *at = NULL;
	bool first = true;

	while (value_next(list, &at, &one)) {
		char age[WHEN_MAX] = "";
		int64_t when;
		struct text status;

		if (!row_of(one, &e->part))
			continue;
		label(e, first ? "last looks" : "");
		first = false;
		when = value_time(row_find(&e->part, "at"));
		if (when != TIME_NONE)
			when_words(when, e->ctl->term.now_s, age);
		status = value_text(row_find(&e->part, "status"), &e->scratch);
		out_printf(&e->ctl->out, "%s: %.*s, %lld new, %lld changed, %lld bytes, %lld ms\n",
			age, (int)status.length, status.at,
			(long long)value_int(row_find(&e->part, "new")),
			(long long)value_int(row_find(&e->part, "changed")),
			(long long)value_int(row_find(&e->part, "bytes")),
			(long long)value_int(row_find(&e->part, "ms")));
	}
}

static void put_moves(struct explaining *e, const struct row *row)
{
	struct value list = row_find(row, "moves"), one;
	const char *at = NULL;

	while (value_next(list, &at, &one)) {
		if (!row_of(one, &e->part))
			continue;
		put_when(e, "moved", row_find(&e->part, "at"));
		put_text(e, "  from", row_find(&e->part, "from"));
		put_text(e, "  to", row_find(&e->part, "to"));
	}
}

static void put_page(struct explaining *e, const struct row *row)
{
	struct cell cell;
	struct text title;

	cell_init(&cell, "title", 5);
	title = cell_text(&cell, row, &e->scratch);
	term_colour(&e->ctl->term, &e->ctl->out, COLOUR_BOLD);
	out_line(&e->ctl->out, title.at, title.length);
	term_plain(&e->ctl->term, &e->ctl->out);
	out_byte(&e->ctl->out, '\n');
	put_text(e, "address", row_find(row, "url"));
	put_text(e, "answers from", row_find(row, "effective_url"));
	put_text(e, "site", row_find(row, "site_url"));
	put_text(e, "tags", row_find(row, "tags"));
	put_text(e, "state", row_find(row, "state"));
	if (row_of(row_find(row, "last_error"), &e->part))
		put_text(e, "what is wrong", row_find(&e->part, "text"));
	put_next(e, row);
	put_when(e, "last look", row_find(row, "checked_at"));
	put_when(e, "last success", row_find(row, "succeeded_at"));
	put_when(e, "last item", row_find(row, "last_item_at"));
	put_terms(e, row);
	if (row_of(row_find(row, "hold"), &e->part)) {
		put_text(e, "held for", row_find(&e->part, "site"));
		put_when(e, "  until", row_find(&e->part, "until"));
		put_text(e, "  because", row_find(&e->part, "reason"));
	}
	put_span(e, "fresh for", row_find(row, "lifetime"));
	put_span(e, "ttl", row_find(row, "ttl"));
	put_text(e, "skip hours", row_find(row, "skip_hours"));
	put_text(e, "skip days", row_find(row, "skip_days"));
	put_text(e, "ETag", row_find(row, "etag"));
	put_text(e, "Last-Modified", row_find(row, "last_modified"));
	put_text(e, "conditional", row_find(row, "conditional"));
	put_text(e, "told apart by", row_find(row, "id_policy"));
	put_moves(e, row);
	put_recent(e, row);
}

static int on_reply(void *ctx, const struct row *row, bool continues, struct err *err)
{
	struct explaining *e = ctx;

	(void)continues;
	if (e->printer->format != &format_table)
		return printer_row(e->printer, row, err);
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
