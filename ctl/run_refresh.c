#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/time.h"
#include "ctl/say.h"

struct refreshing {
	struct ctl *ctl;
	struct printer *printer;
	struct wire_row object; /* progress */
	char *summary;          /* said behind the rows */
	bool wait;
	bool named;
	int64_t started_ms;
};

static bool is_result(const struct wire_value *result, const char *word)
{
	return value_is_text(result) && strcmp(result->text, word) == 0;
}

static void say_row(const struct wire_row *row)
{
	char *title = value_strdup(wire_row_get(row, "title"));
	char *text = value_strdup(wire_row_get(row, "text"));
	char *result = value_strdup(wire_row_get(row, "result"));

	say("%s: %s", title, text[0] != '\0' ? text : result);
	free(title);
	free(text);
	free(result);
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct refreshing *r = ctx;
	const struct wire_value *result = wire_row_get(row, "result");
	bool failed = is_result(result, "failed");
	bool refused = is_result(result, "too-soon") || is_result(result, "held") ||
		       is_result(result, "gone");

	if (is_result(result, "unchanged") || (is_result(result, "too-soon") && !r->named))
		return 0;
	if (failed || (refused && r->named))
		r->ctl->unfinished = true;
	if (!r->wait) {
		if (failed || (refused && r->named))
			say_row(row);
		return 0;
	}
	say_progress_end();
	return printer_row(r->printer, row, err);
}

/* "120 of 1000 feeds, 40 a second, about 22 s left, 3 failed" */
static void tell_progress(const struct refreshing *r, const struct wire_row *p)
{
	long long done = value_int(wire_row_get(p, "done")),
		  total = value_int(wire_row_get(p, "total"));
	long long failed = value_int(wire_row_get(p, "failed"));
	int64_t elapsed_ms = clock_steady_ms() - r->started_ms;
	const struct wire_value *eta = wire_row_get(p, "eta");
	char span[TIME_SPAN_MAX], *left, *rate, *failures;

	time_format_span(value_int(eta), span);
	left = value_is_null(eta) ? mem_strdup("") : mem_printf(", about %s left", span);
	rate = elapsed_ms < 1000 || done == 0
		       ? mem_strdup("")
		       : mem_printf(", %.3g a second", (double)done * 1000 / (double)elapsed_ms);
	failures = failed == 0 ? mem_strdup("") : mem_printf(", %lld failed", failed);
	say_progress("%lld of %lld feeds%s%s%s", done, total, rate, left, failures);
	free(left);
	free(rate);
	free(failures);
}

/* What goes on behind the back of who does not wait. */
static char *rest_of(const struct wire_row *p)
{
	long long rest = value_int(wire_row_get(p, "total")) - value_int(wire_row_get(p, "done"));

	return mem_printf("%lld %s being looked at", rest, rest == 1 ? "feed is" : "feeds are");
}

static char *summary_of(const struct wire_row *s)
{
	long long total = value_int(wire_row_get(s, "total"));
	long long refused = value_int(wire_row_get(s, "refused"));
	const char *feeds = total == 1 ? "feed" : "feeds";
	char *soon, *summary;

	soon = refused == 0
		       ? mem_strdup("")
		       : mem_printf(", %lld looked at just now (--force looks again)", refused);
	summary = mem_printf("%lld %s: %lld new items, %lld changed, %lld unchanged, %lld failed, "
			     "%lld held%s",
		total, feeds, (long long)value_int(wire_row_get(s, "new_items")),
		(long long)value_int(wire_row_get(s, "changed")),
		(long long)value_int(wire_row_get(s, "unchanged")),
		(long long)value_int(wire_row_get(s, "failed")),
		(long long)value_int(wire_row_get(s, "held")), soon);
	free(soon);
	return summary;
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct refreshing *r = ctx;

	(void)continues;
	ctl_say_refused(r->ctl, parameters);
	/* Whoever waits sees what has ended, not only that something has. */
	if (r->wait && out_flush(r->printer->out, err) < 0)
		return -1;
	if (row_of(wire_row_get(parameters, "progress"), &r->object)) {
		if (r->wait)
			tell_progress(r, &r->object);
		else if (ctl_is_chatty(r->ctl) && r->summary == NULL)
			r->summary = rest_of(&r->object);
	}
	if (row_of(wire_row_get(parameters, "summary"), &r->object) && ctl_is_chatty(r->ctl) &&
		r->summary == NULL)
		r->summary = summary_of(&r->object);
	return 0;
}

static void on_look(void *ctx, const struct wire_row *row)
{
	ctl_print_look(((struct refreshing *)ctx)->printer, row);
}

int run_refresh(struct ctl *ctl, struct err *err)
{
	struct printer printer;
	struct refreshing *r = MEM_NEW(struct refreshing);
	struct listener listener = { .row = on_row, .reply = on_reply, .look = on_look };
	struct params params = ctl_params(ctl);
	bool empty = false;
	int result;

	r->ctl = ctl;
	r->started_ms = clock_steady_ms();
	r->printer = &printer;
	r->wait = args_has(&ctl->args, "wait");
	r->named = args_has(&ctl->args, "feeds");
	if (r->wait)
		ctl->goes_on = "\nfeedctl: feedd goes on with it\n";
	result = ctl_print_begin(ctl, &printer, "refresh", columns_of("refresh"), err);
	if (result == 0 && r->named && args_has(&ctl->args, "all"))
		result = err_set(err, ERR_USAGE, "refresh takes feeds or --all, not both");
	if (result == 0)
		result = ctl_call_words(
			ctl, &params, "feeds", r->wait ? WIRE_MORE : 0, &listener, r, &empty, err);
	say_progress_end();
	if (result == 0)
		result = printer_end(&printer, err);
	if (result == 0 && r->summary != NULL)
		say("%s", r->summary);
	printer_release(&printer);
	free(r->summary);
	free(r);
	return result;
}
