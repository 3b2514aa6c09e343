#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ctl/say.h"

struct listing {
	struct ctl *ctl;
	struct printer printer;
	bool page; /* once there is something to read */
};

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct listing *listing = ctx;

	(void)continues;
	(void)err;
	ctl_say_refused(listing->ctl, parameters);
	return 0;
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct listing *listing = ctx;

	say_progress_end();
	if (listing->page && listing->printer.rows == 0)
		term_page(&listing->ctl->term);
	return ctl_print_row(&listing->printer, row, err);
}

static void on_look(void *ctx, const struct wire_row *row)
{
	ctl_print_look(&((struct listing *)ctx)->printer, row);
}

/* What an empty table says in a terminal, so that nobody waits for it. */
static void say_empty(struct ctl *ctl)
{
	if (!ctl->term.terminal || !ctl_is_chatty(ctl))
		return;
	if (ctl->args.id == CMD_LIST && !args_has_filter(&ctl->args))
		say("nothing unread; `feedctl list --all` shows what was read, too");
	else
		say("nothing to list");
}

/* Then each file is written once, each heading stands once; where no heading is, the
 * order is what it is without. */
static bool is_feed_after_feed(const struct printer *printer)
{
	if (printer->format == &format_sfeed)
		return printer->into != NULL;
	return printer->format == &format_table && printer->fields == NULL &&
	       printer->group != NULL && strcmp(printer->group, "feed") == 0;
}

static int call(struct listing *listing, struct err *err)
{
	struct ctl *ctl = listing->ctl;
	struct params params = ctl_params(ctl);
	struct listener listener = { .row = on_row, .reply = on_reply, .look = on_look };
	char *wanted = printer_wanted(&listing->printer);
	bool empty;
	int result;

	params.full = (listing->printer.format->needs & FORMAT_FULL) != 0;
	params.fields = wanted;
	if (is_feed_after_feed(&listing->printer))
		params.sort = "feed";
	if (command_param(ctl->args.command, "feeds") != NULL && args_has(&ctl->args, "feeds"))
		result = ctl_call_words(
			ctl, &params, "feeds", WIRE_MORE, &listener, listing, &empty, err);
	else
		result = ctl_call(ctl, &params, WIRE_MORE, &listener, listing, err);
	free(wanted);
	return result;
}

static int print_rows(struct ctl *ctl, const char *columns, bool page, struct err *err)
{
	struct listing *listing = MEM_NEW(struct listing);
	int result;

	listing->ctl = ctl;
	result = ctl_print_begin(ctl, &listing->printer, ctl->args.command->object, columns, err);
	if (result == 0) {
		listing->page = page && listing->printer.format == &format_table &&
				!args_has(&ctl->args, "no-pager");
		result = call(listing, err);
	}
	if (result == 0)
		result = printer_end(&listing->printer, err);
	if (result == 0 && page && listing->printer.rows == 0)
		say_empty(ctl);
	printer_release(&listing->printer);
	free(listing);
	return result;
}

int run_stats(struct ctl *ctl, struct err *err)
{
	return print_rows(ctl, columns_of("stat"), true, err);
}

int run_listing(struct ctl *ctl, struct err *err)
{
	return print_rows(ctl, columns_of(ctl->args.command->object), true, err);
}

int run_add(struct ctl *ctl, struct err *err)
{
	if (!args_has(&ctl->args, "no-fetch") && ctl_is_chatty(ctl))
		say_progress("looking at %s …", args_value(&ctl->args, "urls"));
	return print_rows(ctl, "id title url", false, err);
}

/* ------------------------------------------------ one object, one reply ---- */

static int on_object(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	(void)continues;
	return printer_row(ctx, parameters, err);
}

int run_count(struct ctl *ctl, struct err *err)
{
	struct printer printer;
	struct params params = ctl_params(ctl);
	struct listener listener = { .reply = on_object };
	int result;

	result = ctl_print_begin(ctl, &printer, "count", columns_of("count"), err);
	if (result == 0)
		result = ctl_call(ctl, &params, 0, &listener, &printer, err);
	if (result == 0)
		result = printer_end(&printer, err);
	printer_release(&printer);
	return result;
}
