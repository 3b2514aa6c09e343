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
	struct row object; /* progress, summary */
	bool wait;
	bool named;
	int64_t started_ms;
};

static bool is_result(struct value result, const char *word)
{
	size_t length = strlen(word);

	return value_is_text(result) && result.length == length + 2 &&
	       memcmp(result.at + 1, word, length) == 0;
}

static void say_row(const struct row *row)
{
	char *title = value_strdup(row_find(row, "title"));
	char *text = value_strdup(row_find(row, "text"));
	char *result = value_strdup(row_find(row, "result"));

	say("%s: %s", title, text[0] != '\0' ? text : result);
	free(title);
	free(text);
	free(result);
}

static int on_row(void *ctx, const struct row *row, struct err *err)
{
	struct refreshing *r = ctx;
	struct value result = row_find(row, "result");
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
static void tell_progress(const struct refreshing *r, const struct row *p)
{
	long long done = value_int(row_find(p, "done")), total = value_int(row_find(p, "total"));
	long long failed = value_int(row_find(p, "failed"));
	int64_t elapsed_ms = clock_steady_ms() - r->started_ms;
	struct value eta = row_find(p, "eta");
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

static void tell_summary(const struct refreshing *r, const struct row *s)
{
	long long total = value_int(row_find(s, "total"));

	if (!r->wait)
		say("%lld %s will be looked at", total, total == 1 ? "feed" : "feeds");
	else
		say("%lld %s: %lld new items, %lld unchanged, %lld failed, %lld held", total,
			total == 1 ? "feed" : "feeds",
			(long long)value_int(row_find(s, "new_items")),
			(long long)value_int(row_find(s, "unchanged")),
			(long long)value_int(row_find(s, "failed")),
			(long long)value_int(row_find(s, "held")));
}

static int on_reply(void *ctx, const struct row *parameters, bool continues, struct err *err)
{
	struct refreshing *r = ctx;

	(void)continues;
	(void)err;
	ctl_say_refused(r->ctl, parameters);
	if (row_of(row_find(parameters, "progress"), &r->object))
		tell_progress(r, &r->object);
	if (row_of(row_find(parameters, "summary"), &r->object) && ctl_is_chatty(r->ctl))
		tell_summary(r, &r->object);
	return 0;
}

static void on_look(void *ctx, const struct row *row)
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
		say_on_interrupt("\nfeedctl: feedd goes on with it\n");
	result = ctl_print_begin(ctl, &printer, "refresh", columns_of("refresh"), err);
	if (result == 0 && r->named && args_has(&ctl->args, "all"))
		result = err_set(err, ERR_USAGE, "refresh takes feeds or --all, not both");
	if (result == 0)
		result = ctl_call_words(ctl, &params, "feeds", r->wait ? SESSION_MORE : 0,
			&listener, r, &empty, err);
	if (result == 0)
		result = printer_end(&printer, err);
	printer_release(&printer);
	free(r);
	return result;
}
