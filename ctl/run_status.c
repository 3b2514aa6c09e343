#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "ctl/say.h"
#include "ctl/when.h"
#include "ctl/width.h"

/*
 * `status` and plain `feedctl`: for a person, how things are in a few lines and
 * what to do next; for a program, key and value.
 */
struct telling {
	struct ctl *ctl;
	struct printer *printer;
	struct buf scratch;
	struct wire_row one; /* a hold, a feed that needs attention */
};

#define ATTENTION_MAX 12 /* feeds that a person is shown at once */

static const char *const hint[] = {
	"Nothing is subscribed yet. To begin:",
	"  feedctl add URL      a feed, or a page that names one",
	"  feedctl import FILE  OPML, newsboat, sfeed or plain URLs",
	"  feedctl list         what there is to read, once there is",
	"  feedctl help         all there is",
};

#define HINT_LINES (sizeof(hint) / sizeof(hint[0]))

static int64_t number(const struct wire_row *row, const char *key)
{
	return value_int(wire_row_get(row, key));
}

/* "3 feeds, 12 unread, 2 starred, 120 items" */
static void put_numbers(struct ctl *ctl, const struct wire_row *row)
{
	const struct term *term = &ctl->term;
	struct out *out = &ctl->out;
	int64_t unread = number(row, "unread"), failing = number(row, "failing");

	term_colour(term, out, COLOUR_BOLD);
	out_printf(out, "%lld unread", (long long)unread);
	term_plain(term, out);
	out_printf(out, " of %lld items in %lld %s, %lld starred", (long long)number(row, "items"),
		(long long)number(row, "feeds"), number(row, "feeds") == 1 ? "feed" : "feeds",
		(long long)number(row, "starred"));
	if (failing > 0) {
		out_text(out, ", ");
		term_colour(term, out, COLOUR_RED);
		out_printf(out, "%lld failing", (long long)failing);
		term_plain(term, out);
	}
	out_byte(out, '\n');
}

static void put_looks(struct ctl *ctl, const struct wire_row *row)
{
	int64_t next = value_time(wire_row_get(row, "next_at"));
	char words[WHEN_MAX];

	if (value_is_true(wire_row_get(row, "offline")))
		out_text(&ctl->out, "The network is away, or a portal answers in its place; "
				    "looks go on when it is back.\n");
	if (value_is_true(wire_row_get(row, "storage_hold")))
		out_text(&ctl->out, "The disk is full: nothing is fetched until there is room.\n");
	if (number(row, "in_flight") > 0 || number(row, "due") > 0)
		out_printf(&ctl->out, "%lld looks under way, %lld due\n",
			(long long)number(row, "in_flight"), (long long)number(row, "due"));
	else if (next != TIME_NONE) {
		when_words(next, ctl->term.now_s, words);
		out_printf(&ctl->out, "Next look %s\n", words);
	}
}

/* Room for the titles of those that are shown: as much as they need, a third of
 * the line at most. */
static size_t titles_width(struct telling *t, struct wire_row list)
{
	size_t most = t->ctl->term.width / 3, wide = 0, shown = 0;
	const struct wire_value *one = NULL;

	while (shown < ATTENTION_MAX && (one = wire_row_next(&list, one)) != NULL) {
		struct text title;
		size_t needs;

		if (!row_of(one, &t->one))
			continue;
		shown++;
		title = value_text(wire_row_get(&t->one, "title"), &t->scratch);
		needs = width_of(title.at, title.length);
		wide = needs > wide ? needs : wide;
	}
	return wide < most ? wide : most;
}

static void put_attention(struct telling *t, const struct wire_row *row)
{
	struct out *out = &t->ctl->out;
	struct wire_row list = wire_row_in(wire_row_get(row, "attention"));
	const struct wire_value *one = NULL;
	size_t wide = titles_width(t, list), shown = 0;

	while ((one = wire_row_next(&list, one)) != NULL) {
		struct text text;
		char *title;

		if (!row_of(one, &t->one))
			continue;
		if (++shown > ATTENTION_MAX)
			continue;
		if (shown == 1)
			out_text(out, "\nThese need a look:\n");
		text = value_text(wire_row_get(&t->one, "state"), &t->scratch);
		out_text(out, "  ");
		term_colour(&t->ctl->term, out, COLOUR_RED);
		width_put(out, text.at, text.length, 8, true, true);
		term_plain(&t->ctl->term, out);
		title = value_strdup(wire_row_get(&t->one, "title"));
		width_put(out, title, strlen(title), wide, true, t->ctl->term.ascii);
		free(title);
		out_byte(out, ' ');
		text = value_text(wire_row_get(&t->one, "text"), &t->scratch);
		width_put(out, text.at, text.length, t->ctl->term.width - wide - 12, false,
			t->ctl->term.ascii);
		out_byte(out, '\n');
	}
	if (shown > ATTENTION_MAX)
		out_printf(out, "  and %zu more: feedctl feeds\n", shown - ATTENTION_MAX);
}

static void put_holds(struct telling *t, const struct wire_row *row)
{
	struct out *out = &t->ctl->out;
	struct wire_row list = wire_row_in(wire_row_get(row, "holds"));
	const struct wire_value *one = NULL;

	while ((one = wire_row_next(&list, one)) != NULL) {
		struct text text;
		char words[WHEN_MAX] = "";
		int64_t until;

		if (!row_of(one, &t->one))
			continue;
		until = value_time(wire_row_get(&t->one, "until"));
		if (until != TIME_NONE)
			when_words(until, t->ctl->term.now_s, words);
		text = value_text(wire_row_get(&t->one, "site"), &t->scratch);
		if (text.length == 1 && text.at[0] == '*')
			out_text(out, "Every site");
		else
			out_line(out, text.at, text.length);
		out_printf(out, " is left alone; on again %s (", words);
		text = value_text(wire_row_get(&t->one, "reason"), &t->scratch);
		out_line(out, text.at, text.length);
		out_text(out, ")\n");
	}
}

static void put_daemon(struct telling *t, const struct wire_row *row)
{
	struct out *out = &t->ctl->out;
	int64_t started = value_time(wire_row_get(row, "started_at"));
	struct text text;
	char words[WHEN_MAX] = "?";

	if (started != TIME_NONE)
		when_words(started, t->ctl->term.now_s, words);
	term_colour(&t->ctl->term, out, COLOUR_DIM);
	text = value_text(wire_row_get(row, "version"), &t->scratch);
	out_text(out, "feedd ");
	out_line(out, text.at, text.length);
	out_printf(out, ", started %s; %.1f MB in ", words,
		value_double(wire_row_get(row, "store_bytes")) / 1e6);
	text = value_text(wire_row_get(row, "data_dir"), &t->scratch);
	out_line(out, text.at, text.length);
	term_plain(&t->ctl->term, out);
	out_byte(out, '\n');
}

static int on_status(void *ctx, const struct wire_row *row, bool continues, struct err *err)
{
	struct telling *t = ctx;
	struct ctl *ctl = t->ctl;

	(void)continues;
	if (t->printer->format != &format_table) {
		if (number(row, "feeds") == 0 && !ctl->args.named && !ctl_is_json(ctl))
			say_lines(hint, HINT_LINES);
		return printer_row(t->printer, row, err);
	}
	if (!args_has(&ctl->args, "no-pager"))
		term_page(&ctl->term);
	if (number(row, "feeds") == 0) {
		for (size_t i = 0; i < HINT_LINES; i++)
			out_printf(&ctl->out, "%s\n", hint[i]);
		return 0;
	}
	put_numbers(ctl, row);
	put_looks(ctl, row);
	put_holds(t, row);
	put_attention(t, row);
	put_daemon(t, row);
	return 0;
}

static int on_metrics(void *ctx, const struct wire_row *row, bool continues, struct err *err)
{
	struct telling *t = ctx;
	struct text text = value_text(wire_row_get(row, "text"), &t->scratch);

	(void)continues;
	(void)err;
	out_add(&t->ctl->out, text.at, text.length);
	return 0;
}

int run_status(struct ctl *ctl, struct err *err)
{
	struct printer printer = { .format = NULL };
	struct telling *t;
	struct params params = ctl_params(ctl);
	bool metrics = args_has(&ctl->args, "metrics");
	struct listener listener = { .reply = metrics ? on_metrics : on_status };
	int result;

	if (metrics && (args_has(&ctl->args, "json") || args_has(&ctl->args, "format") ||
			       args_has(&ctl->args, "fields")))
		return err_set(err, ERR_USAGE, "--metrics is a format of its own");
	t = MEM_NEW(struct telling);
	t->ctl = ctl;
	t->printer = &printer;
	buf_init(&t->scratch, (size_t)64 << 20);
	result = metrics ? 0 : ctl_print_begin(ctl, &printer, "status", NULL, err);
	if (result == 0)
		result = ctl_call(ctl, &params, metrics ? WIRE_MORE : 0, &listener, t, err);
	if (result == 0)
		result = metrics ? out_flush(&ctl->out, err) : printer_end(&printer, err);
	printer_release(&printer);
	buf_release(&t->scratch);
	free(t);
	return result;
}
