/*
 * MarkRead, MarkUnread, Star, Unstar, Tag, Untag and Undo.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"

#define UNKNOWN_MAX 10000u /* words that are named; the reply is one message */

static enum store_mark mark_of(const struct command *command)
{
	switch ((enum command_id)(command - command_table)) {
	case CMD_MARK_READ:
		return STORE_MARK_READ;
	case CMD_MARK_UNREAD:
		return STORE_MARK_UNREAD;
	case CMD_STAR:
		return STORE_STAR;
	case CMD_UNSTAR:
		return STORE_UNSTAR;
	case CMD_TAG:
		return STORE_TAG;
	default:
		return STORE_UNTAG;
	}
}

static void put_unknown(struct json_writer *w, const char *const *unknown)
{
	char more[64];
	size_t n;

	json_put_key(w, "unknown");
	json_put_array(w);
	for (n = 0; unknown != NULL && unknown[n] != NULL; n++)
		if (n < UNKNOWN_MAX)
			json_put_string(w, unknown[n]);
	if (n > UNKNOWN_MAX) {
		snprintf(more, sizeof(more), "… and %zu more", n - UNKNOWN_MAX);
		json_put_string(w, more);
	}
	json_put_array_end(w);
}

static void on_marked(void *ctx, const struct store_marked *marked, const struct err *err)
{
	struct call *call = ctx;
	struct json_writer *w;
	char cursor[STORE_CURSOR_MAX];

	if (call_commit_failed(call, err))
		return;
	call_told_items(call, marked->seq);
	store_cursor_format(call->parts->store, marked->seq, cursor);
	w = call_reply(call);
	json_put_key(w, "matched");
	json_put_uint(w, marked->matched);
	json_put_key(w, "changed");
	json_put_uint(w, marked->changed);
	put_unknown(w, marked->unknown);
	json_put_key(w, "cursor");
	json_put_string(w, cursor);
	call_end(call);
}

static void mark(struct call *call, const struct store_selection *selection)
{
	call_commits(call);
	store_mark(call->parts->store, selection, mark_of(call->command), call_text(call, "name"),
		clock_now_s(), on_marked, call);
}

/*
 * A change with a limit: the first items of the listing, by their ids.
 */
struct limited {
	struct call *call;
	struct store_page page;
	struct store_position position;
	struct buf ids; /* each ended by a NUL */
	bool full;      /* there are more than it holds */
	uint64_t left, count;
};

static void limited_release(void *state)
{
	struct limited *limited = state;

	store_position_release(&limited->position);
	buf_release(&limited->ids);
}

static int on_limited_item(void *ctx, const struct store_item *item)
{
	struct limited *limited = ctx;

	if (buf_printf(&limited->ids, "%" PRId64, item->id) < 0 ||
		buf_add_byte(&limited->ids, '\0') < 0)
		limited->full = true;
	else
		limited->count++;
	return limited->full;
}

static void mark_limited(struct limited *limited)
{
	struct store_selection selection = { .bulk = true };
	const char **words = call_keep(limited->call, limited->count + 1, sizeof(*words));
	const char *at = limited->ids.data;
	size_t i;

	for (i = 0; i < limited->count; i++) {
		words[i] = at;
		at += strlen(at) + 1;
	}
	selection.words = words;
	selection.count = limited->count;
	mark(limited->call, &selection);
}

static void ask_limited(struct limited *limited);

static void on_limited_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct limited *limited = ctx;

	if (call_read_failed(limited->call, err))
		return;
	limited->left -= rows < limited->left ? rows : limited->left;
	if (limited->full)
		call_refuse(limited->call, ERR_REFUSED,
			"more than %" PRIu64 " items; ask for fewer, or for all without a limit",
			limited->count);
	else if (more && limited->left > 0)
		ask_limited(limited);
	else
		mark_limited(limited);
}

static void ask_limited(struct limited *limited)
{
	struct call *call = limited->call;

	limited->page.limit = limited->left < 4096 ? limited->left : 4096;
	call->read = store_items(
		call->parts->store, &limited->page, on_limited_item, on_limited_page, limited);
}

static void on_words(void *ctx, uint64_t bound_seq, const struct err *err)
{
	struct limited *limited = ctx;

	if (call_commit_failed(limited->call, err))
		return;
	limited->position.bound_seq = bound_seq;
	if (call_only_reads(limited->call))
		ask_limited(limited);
}

static bool has_expression(const struct store_filter *filter)
{
	return filter->where != NULL || filter->query_count != 0;
}

static void begin_limited(struct limited *limited)
{
	const struct store_filter *filter = limited->page.filter;
	struct call *call = limited->call;

	if (limited->left == 0) {
		mark_limited(limited);
	} else if (filter->match != NULL || has_expression(filter)) {
		call->committed = true;
		store_words_wait(call->parts->store, filter, on_words, limited);
	} else if (call_only_reads(call)) {
		ask_limited(limited);
	}
}

/*
 * A change by an expression: the items that it is true of, by their ids.  Meanwhile
 * others may write.
 */
struct expressed {
	struct call *call;
	const struct store_filter *filter;
};

static void on_selected(void *ctx, const int64_t *ids, size_t count, const struct err *err)
{
	const struct expressed *expressed = ctx;
	struct store_selection selection = { .ids = ids, .id_count = count, .bulk = true };

	if (!call_read_failed(expressed->call, err))
		mark(expressed->call, &selection);
}

static void on_expression_words(void *ctx, uint64_t bound_seq, const struct err *err)
{
	const struct expressed *expressed = ctx;
	struct call *call = expressed->call;

	if (call_commit_failed(call, err) || !call_only_reads(call))
		return;
	call->read = store_select(
		call->parts->store, expressed->filter, bound_seq, on_selected, ctx);
}

static void mark_expressed(struct call *call, const struct store_filter *filter)
{
	struct expressed *expressed = call_keep(call, 1, sizeof(*expressed));

	expressed->call = call;
	expressed->filter = filter;
	call->committed = true;
	store_words_wait(call->parts->store, filter, on_expression_words, expressed);
}

static void mark_filtered(struct call *call, const struct store_filter *filter)
{
	struct store_selection selection = { .filter = filter, .bulk = true };
	struct limited *limited;
	enum store_sort sort;
	struct err err;
	bool reverse;

	/* Of all that match the order is all the same, but it has to be one. */
	if (choose_order(call, &sort, &reverse, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	if (!call_has(call, "limit")) {
		if (has_expression(filter))
			mark_expressed(call, filter);
		else
			mark(call, &selection);
		return;
	}
	limited = call_keep(call, 1, sizeof(*limited));
	limited->call = call;
	limited->page.filter = filter;
	limited->page.position = &limited->position;
	limited->page.sort = sort;
	limited->page.reverse = reverse;
	limited->left = call_count(call, "limit", 0);
	buf_init(&limited->ids, (size_t)64 << 20);
	call->state = limited;
	call_at_end(call, limited_release, limited);
	begin_limited(limited);
}

static void mark_items(struct call *call)
{
	struct store_selection selection = { .bulk = call_flag(call, "bulk") };
	bool named = call_has(call, "items"), filtered = choose_filtered(call);
	const char *tag = call_text(call, "name");
	struct err err;

	if (tag != NULL && choose_check_tag(tag, &err) < 0)
		call_fail(call, &err);
	else if (named && filtered)
		call_refuse(call, ERR_USAGE, "items or filters, not both");
	else if (filtered)
		choose_filter(call, STORE_ANY, mark_filtered);
	else if (!named)
		call_refuse(
			call, ERR_USAGE, "which items? name them, or a filter (all: every one)");
	else {
		selection.words = call_words(call, "items", &selection.count);
		mark(call, &selection);
	}
}

void cmd_MARK_READ(struct call *call)
{
	mark_items(call);
}

void cmd_MARK_UNREAD(struct call *call)
{
	mark_items(call);
}

void cmd_STAR(struct call *call)
{
	mark_items(call);
}

void cmd_UNSTAR(struct call *call)
{
	mark_items(call);
}

void cmd_TAG(struct call *call)
{
	mark_items(call);
}

void cmd_UNTAG(struct call *call)
{
	mark_items(call);
}

void cmd_UNDO(struct call *call)
{
	call->committed = true;
	store_undo(call->parts->store, clock_now_s(), call_changed_items, call);
}
