#include "ctl/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/reply.h"
#include "ctl/say.h"

/*
 * Commands that change something: nothing on standard output without --json, in
 * a terminal a line that tells how much it was.  What is made anew has an id, and
 * is printed in whatever format is asked for.
 */
struct change {
	struct ctl *ctl;
	struct printer *printer; /* NULL: nothing is printed */
	bool undoable;
};

static int64_t number(const struct wire_row *row, const char *key)
{
	return value_int(wire_row_get(row, key));
}

static const char *plural(int64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* What the marks are called when they are done. */
static const char *done_word(enum command_id id)
{
	switch (id) {
	case CMD_MARK_READ:
		return "marked read";
	case CMD_MARK_UNREAD:
		return "marked unread";
	case CMD_STAR:
		return "starred";
	case CMD_UNSTAR:
		return "unstarred";
	case CMD_TAG:
		return "tagged";
	case CMD_UNTAG:
		return "untagged";
	default:
		return "changed";
	}
}

static void tell_marks(const struct change *change, const struct wire_row *row)
{
	int64_t matched = number(row, "matched"), changed = number(row, "changed");
	int64_t left = matched - changed;
	const char *word = done_word(change->ctl->args.id);
	const char *undo = change->undoable && changed > 0 ? "; `feedctl undo` takes it back" : "";

	if (left > 0)
		say("%lld %s %s, %lld %s so already%s", (long long)changed,
			plural(changed, "item", "items"), word, (long long)left,
			plural(left, "was", "were"), undo);
	else /* a story is read in every feed that has it */
		say("%lld %s %s%s%s", (long long)changed, plural(changed, "item", "items"), word,
			left < 0 ? ", copies in other feeds among them" : "", undo);
}

static void tell(const struct change *change, const struct wire_row *row)
{
	struct ctl *ctl = change->ctl;
	int64_t changed = number(row, "changed");

	if (wire_row_get(row, "matched") != NULL) {
		tell_marks(change, row);
		return;
	}
	switch (ctl->args.id) {
	case CMD_REMOVE:
		changed = number(row, "removed");
		say("%lld %s removed", (long long)changed, plural(changed, "feed", "feeds"));
		return;
	case CMD_UNDO:
		if (changed == 0)
			say("there is nothing to undo");
		else
			say("%lld %s taken back", (long long)changed,
				plural(changed, "change", "changes"));
		return;
	case CMD_RULE_APPLY:
		say("%lld %s changed%s", (long long)changed, plural(changed, "item", "items"),
			changed > 0 ? "; `feedctl undo` takes it back" : "");
		return;
	case CMD_SET:
	case CMD_PAUSE:
	case CMD_RESUME:
	case CMD_REVERT:
		say("%lld %s changed", (long long)changed, plural(changed, "feed", "feeds"));
		return;
	case CMD_BACKFILL:
		say("older pages will be fetched, one an hour; `feedctl log` tells of them");
		return;
	default:
		say("done");
		return;
	}
}

static int on_reply(void *ctx, const struct wire_row *parameters, bool continues, struct err *err)
{
	struct change *change = ctx;

	ctl_say_refused(change->ctl, parameters);
	if (continues)
		return 0;
	if (change->printer != NULL)
		return parameters->count > 0 ? printer_row(change->printer, parameters, err) : 0;
	if (ctl_is_chatty(change->ctl))
		tell(change, parameters);
	return 0;
}

static int on_row(void *ctx, const struct wire_row *row, struct err *err)
{
	struct change *change = ctx;

	return change->printer != NULL ? printer_row(change->printer, row, err) : 0;
}

/* Items, or a filter; neither nor both is a mistake, and a costly one. */
static int check_selection(const struct ctl *ctl, struct err *err)
{
	const char *name = ctl->args.command->name;
	bool items = args_has(&ctl->args, "items"), filter = args_has_filter(&ctl->args);

	/* An order is none by itself, and nothing that named items would have. */
	if (items && args_has(&ctl->args, "sort"))
		filter = command_param(ctl->args.command, "sort") != NULL;
	if (command_param(ctl->args.command, "where") == NULL || items != filter)
		return 0;
	if (items)
		return err_set(err, ERR_USAGE, "%s takes items or filters, not both", name);
	return err_set(err, ERR_USAGE,
		"%s which items? Name them, or use a filter such as --feed F or --all", name);
}

/* `-` brought nothing, for which nobody has to be there: what the daemon would say
 * when all of nothing is done. */
static int tell_nothing(struct change *change, const struct listener *listener, struct err *err)
{
	static const char items[] = "{\"parameters\":{\"matched\":0,\"changed\":0,"
				    "\"unknown\":[],\"cursor\":null}}";
	static const char feeds[] = "{\"parameters\":{\"changed\":0}}";
	static const char removed[] = "{\"parameters\":{\"removed\":0}}";
	const char *message = change->ctl->args.id == CMD_REMOVE      ? removed
			      : args_has(&change->ctl->args, "items") ? items
								      : feeds;
	struct reply *reply = reply_new();
	bool over;
	int result = reply_read(reply, message, strlen(message) + 1, listener, change, &over, err);

	reply_free(reply);
	return result;
}

/* A row of marks has a cursor, which the daemon gives where it is there. */
static bool has_to_ask(const struct change *change, const char *list)
{
	struct err err;

	return change->printer != NULL && strcmp(list, "items") == 0 &&
	       ctl_connect(change->ctl, &err) == 0;
}

static int call(struct change *change, struct err *err)
{
	struct ctl *ctl = change->ctl;
	struct params params = ctl_params(ctl);
	struct listener listener = { .row = on_row, .reply = on_reply };
	const char *list = args_has(&ctl->args, "items")   ? "items"
			   : args_has(&ctl->args, "feeds") ? "feeds"
							   : NULL;
	bool empty = false;

	if (list == NULL) {
		change->undoable = true;
		return ctl_call(ctl, &params, 0, &listener, change, err);
	}
	change->undoable = strcmp(args_value(&ctl->args, list), "-") == 0;
	if (ctl_call_words(ctl, &params, list, 0, &listener, change, &empty, err) < 0)
		return -1;
	if (!empty)
		return 0;
	if (has_to_ask(change, list)) {
		params.list_name = list;
		params.list_count = 0;
		return ctl_call(ctl, &params, 0, &listener, change, err);
	}
	return tell_nothing(change, &listener, err);
}

static bool has_to_print(const struct ctl *ctl)
{
	return ctl_is_json(ctl) ||
	       (ctl->args.id == CMD_RULE_ADD &&
		       (args_has(&ctl->args, "format") || args_has(&ctl->args, "fields")));
}

int run_change(struct ctl *ctl, struct err *err)
{
	struct printer printer;
	struct change change = { .ctl = ctl };
	const char *object = ctl->args.command->object;
	int result = check_selection(ctl, err);

	memset(&printer, 0, sizeof(printer));
	/* A format that is a mistake is one where nothing is printed, too. */
	if (result == 0)
		result = ctl_print_begin(ctl, &printer, object, columns_of(object), err);
	if (has_to_print(ctl))
		change.printer = &printer;
	if (result == 0)
		result = call(&change, err);
	if (result == 0 && change.printer != NULL)
		result = printer_end(&printer, err);
	printer_release(&printer);
	return result;
}
