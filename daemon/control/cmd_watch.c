/*
 * Watch: what is new or changed behind a cursor, and then as it comes.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/rows.h"

#define PAGE_ROWS 1000u
#define PAGE_MAX ((size_t)256 << 20)

/* A row of a page, where its JSON is, and which list it belongs to. */
struct seen {
	uint64_t seq;
	size_t offset; /* in json, ended by a NUL */
	bool event;
};

/*
 * A listing by seq, a page at a time: the hub only wakes it, so there is one
 * meaning of filters, no gap between past and present, and nothing queued.
 *
 *	PRESENT --seq went on--> ITEMS --events wanted--> EVENTS --page told--+
 *	   |  ^                                                              |
 *	   |  +--------------- woken --- (waits) <--- at the present --------+
 *	   +--- at the present, not following, or its feeds removed --> end
 *
 * Items and events are both read up to the seq that was the present (or up to
 * where the page of items was full), so that the cursor stands behind both.
 */
struct watch {
	struct call *call;
	struct store_filter filter;
	struct store_changes_page page; /* of items; since_s only until the present is reached */
	rows_mask mask;
	bool events, follow;
	uint64_t after;   /* all up to here was told */
	uint64_t present; /* what this round reads up to */
	uint64_t upto;    /* what this page reads up to */
	uint64_t left;
	struct hub_sink *sink;
	bool woken, waiting;
	bool read_queries;  /* the saved ones of its filter are there */
	bool feeds_changed; /* its feeds may have been removed */
	bool told_cursor;   /* the client knows where it stands */
	bool cut;           /* not all events up to `upto` are here */
	uint64_t read;      /* events, up to here */
	struct buf json;
	struct seen seen[PAGE_ROWS * 2];
	size_t count;
};

static void ask_present(struct call *call);

static void watch_release(void *what)
{
	struct watch *watch = what;

	if (watch->sink != NULL)
		hub_leave(watch->sink);
	buf_release(&watch->json);
}

/* Whether nobody waits for more than the present. */
static bool has_parted(const struct call *call)
{
	return call->session == NULL || session_half_closed(call->session);
}

static void put_cursor(struct watch *watch, struct json_writer *w)
{
	char cursor[STORE_CURSOR_MAX];

	store_cursor_format(watch->call->parts->store, watch->after, cursor);
	json_put_key(w, "cursor");
	json_put_string(w, cursor);
	watch->told_cursor = true;
}

/* -------------------------------------------------------------- rows ---- */

/* Begin a row; false if the page is full or the row lies beyond it. */
static bool begin_row(struct watch *watch, uint64_t seq, bool event, struct json_writer *w)
{
	struct seen *seen = &watch->seen[watch->count];

	if (seq > watch->upto || watch->count == PAGE_ROWS * 2)
		return false;
	seen->seq = seq;
	seen->offset = watch->json.length;
	seen->event = event;
	watch->count++;
	json_begin(w, &watch->json);
	return true;
}

/* Whether the page should end behind this row. */
static int end_row(struct watch *watch, const struct json_writer *w, size_t bytes_max)
{
	return buf_add_byte(&watch->json, '\0') < 0 || !json_ok(w) ||
	       watch->json.length >= bytes_max;
}

static int on_item(void *ctx, const struct store_item *item)
{
	struct watch *watch = ctx;
	struct json_writer w;

	if (!begin_row(watch, item->seq, false, &w))
		return 1;
	rows_put_item(&w, watch->call->parts->store, item, watch->mask);
	return end_row(watch, &w, CALL_PAGE_BYTES) || watch->count == PAGE_ROWS;
}

static bool has_tag(const char *tags_json, const char *tag)
{
	json_t *tags = json_loads(tags_json != NULL ? tags_json : "[]", 0, NULL);
	const size_t length = strlen(tag);
	const json_t *one;
	bool found = false;
	size_t i;

	json_array_foreach(tags, i, one)
	{
		const char *word = json_string_value(one);

		found = found || (strncmp(word, tag, length) == 0 &&
					 (word[length] == '\0' || word[length] == '/'));
	}
	json_decref(tags);
	return found;
}

/* What is asked of items' feeds is asked of those of events; what is asked of items
 * themselves has nothing to do with them. */
static bool is_asked_for(const struct store_filter *filter, const struct store_log_row *row)
{
	bool feed = filter->feed_count + filter->query_count == 0, tag = filter->tag_count == 0;
	size_t i;

	for (i = 0; i < filter->feed_count && !feed; i++)
		feed = filter->feed_ids[i] == row->feed_id;
	for (i = 0; i < filter->tag_count && feed && !tag; i++)
		tag = has_tag(row->feed_tags_json, filter->tags[i]);
	return feed && tag;
}

/* Changes of items are told as items; the log's own row of them is for Log. */
static int on_event(void *ctx, const struct store_log_row *row)
{
	struct watch *watch = ctx;
	struct json_writer w;

	if (row->seq > watch->upto)
		return 1;
	watch->read = row->seq;
	if (row->event == NULL || row->event[0] == '\0' || row->at_s < watch->page.since_s ||
		!is_asked_for(&watch->filter, row))
		return 0;
	if (!begin_row(watch, row->seq, true, &w))
		return 1;
	rows_put_log(&w, watch->call->parts->store, row);
	watch->cut = end_row(watch, &w, 2 * CALL_PAGE_BYTES) || watch->count == PAGE_ROWS * 2;
	return watch->cut;
}

static int by_seq(const void *a, const void *b)
{
	const struct seen *left = a, *right = b;

	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return (int)left->event - (int)right->event;
}

/* ------------------------------------------------------------ replies ---- */

/* Rows of one list that stand together, from `i` on; returns behind them. */
static size_t put_run(struct watch *watch, struct json_writer *w, size_t i, size_t end)
{
	bool event = watch->seen[i].event;

	json_put_key(w, event ? "events" : "items");
	json_put_array(w);
	for (; i < end && watch->seen[i].event == event; i++)
		json_put_raw(w, watch->json.data + watch->seen[i].offset);
	json_put_array_end(w);
	return i;
}

/* In the order of seq; what lies beyond the page is left for the next one. */
static size_t sort_page(struct watch *watch)
{
	size_t end = watch->count;

	qsort(watch->seen, watch->count, sizeof(watch->seen[0]), by_seq);
	while (end > 0 && watch->seen[end - 1].seq > watch->upto)
		end--;
	return end < watch->left ? end : (size_t)watch->left;
}

/* Whoever began at a time learns which place that is before he has done anything
 * with the first row. */
static void tell_start(struct watch *watch)
{
	uint64_t after = watch->after;

	watch->after = watch->seen[0].seq - 1;
	put_cursor(watch, call_reply(watch->call));
	call_continue(watch->call);
	watch->after = after;
}

/*
 * One reply a run, each but the last sent; the last is left open with the
 * cursor in it.  Without `more` the first run is all there may be, and whether
 * that was all is told.
 */
static void tell_page(struct watch *watch, size_t end)
{
	struct call *call = watch->call;
	size_t i = 0;

	if (end == 0) {
		json_put_key(call_reply(call), "items");
		json_put_array(&call->w);
		json_put_array_end(&call->w);
	}
	while (i < end) {
		i = put_run(watch, call_reply(call), i, end);
		if (i == end || !call->more)
			break;
		call_continue(call);
	}
	if (i > 0 && (i < end || end == watch->left))
		watch->after = watch->seen[i - 1].seq;
	watch->left -= end;
	if (!call->more && (i < end || (watch->left > 0 && watch->upto != watch->present))) {
		json_put_key(&call->w, "partial");
		json_put_bool(&call->w, true);
	}
	put_cursor(watch, &call->w);
}

static void end_page(struct watch *watch)
{
	struct call *call = watch->call;
	size_t end = sort_page(watch);
	bool present = watch->upto == watch->present;
	bool last = !call->more || end == watch->left ||
		    (present && (!watch->follow || has_parted(call)));

	watch->after = watch->upto;
	if (end > 0 && call->more && watch->page.since_s != INT64_MIN && !watch->told_cursor)
		tell_start(watch);
	if (end > 0 || last)
		tell_page(watch, end);
	watch->count = 0;
	buf_clear(&watch->json);
	if (last) {
		call_end(call);
		return;
	}
	if (end > 0)
		call_continue(call);
	call_when_drained(call, ask_present);
}

/* -------------------------------------------------------------- reads ---- */

static void on_events(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct watch *watch = ctx;

	if (call_read_failed(watch->call, err))
		return;
	if (more && (watch->cut || rows >= PAGE_ROWS))
		watch->upto = watch->read;
	end_page(watch);
}

static void on_items(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct watch *watch = ctx;
	struct call *call = watch->call;
	struct store_log_page page = {
		.from_seq = watch->after, .forward = true, .limit = PAGE_ROWS
	};

	(void)rows;
	if (call_read_failed(call, err))
		return;
	if (more && watch->count > 0)
		watch->upto = watch->seen[watch->count - 1].seq;
	if (!watch->events) {
		end_page(watch);
		return;
	}
	watch->cut = false;
	watch->read = watch->upto;
	call->read = store_log(call->parts->store, &page, on_event, on_events, watch);
}

static void wait_for_more(struct watch *watch)
{
	struct call *call = watch->call;

	watch->page.since_s = INT64_MIN;
	if (!watch->told_cursor) {
		put_cursor(watch, call_reply(call));
		call_continue(call);
	}
	watch->waiting = true;
}

/* Of feeds that were removed nothing comes any more; who waited for it would wait
 * for ever. */
static void on_feeds_left(
	void *ctx, const struct store_found *found, size_t count, const struct err *err)
{
	struct watch *watch = ctx;
	struct call *call = watch->call;
	size_t i, left = 0;
	struct err gone;

	if (call_read_failed(call, err))
		return;
	for (i = 0; i < count; i++)
		left += found[i].feed_id != 0;
	if (left == 0) {
		err_set(&gone, ERR_NOT_FOUND, "%s removed: nothing is left to watch",
			count == 1 ? "the feed was" : "all the feeds were");
		call_fail_as(call, WIRE_NO_SUCH_FEED, &gone, NULL, 0, NULL);
	} else if (watch->woken || has_parted(call)) {
		ask_present(call);
	} else {
		wait_for_more(watch);
	}
}

/* A saved query may bring what no feed does that was named. */
static bool may_be_without_feeds(const struct watch *watch)
{
	return watch->feeds_changed && watch->filter.feed_count > 0 &&
	       watch->filter.query_count == 0;
}

static void ask_feeds_left(struct watch *watch)
{
	const size_t count = watch->filter.feed_count;
	char **words = MEM_ARRAY(count, char *);
	size_t i;

	watch->feeds_changed = false;
	for (i = 0; i < count; i++)
		words[i] = mem_printf("%" PRId64, watch->filter.feed_ids[i]);
	watch->call->read = store_feeds_find(
		watch->call->parts->store, (const char *const *)words, count, on_feeds_left, watch);
	for (i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

/* Where nothing was wanted of what came since a time, nobody stands behind it. */
static void end_without_rows(struct watch *watch)
{
	json_put_key(call_reply(watch->call), "items");
	json_put_array(&watch->call->w);
	json_put_array_end(&watch->call->w);
	if (watch->left > 0 || watch->page.since_s == INT64_MIN)
		put_cursor(watch, &watch->call->w);
	call_end(watch->call);
}

static void on_present(void *ctx, const struct store_numbers *numbers, const struct err *err)
{
	struct watch *watch = ctx;
	struct call *call = watch->call;

	if (call_read_failed(call, err))
		return;
	if (watch->after == UINT64_MAX)
		watch->after = numbers->seq;
	watch->present = watch->upto = numbers->seq;
	if (watch->left == 0) {
		end_without_rows(watch);
		return;
	}
	/* Nothing new has no need of its queries; that one is missing is told now, and
	 * not when something comes. */
	if (numbers->seq > watch->after || !watch->read_queries) {
		watch->read_queries = true;
		watch->page.after_seq = watch->after;
		call->read = store_changes(
			call->parts->store, &watch->page, on_item, on_items, watch);
		return;
	}
	if (watch->woken)
		ask_present(call);
	else if (!call->more || !watch->follow || has_parted(call))
		end_without_rows(watch);
	else if (may_be_without_feeds(watch))
		ask_feeds_left(watch);
	else
		wait_for_more(watch);
}

static void ask_present(struct call *call)
{
	struct watch *watch = call->state;

	watch->waiting = watch->woken = false;
	call->read = store_status(call->parts->store, 0, NULL, on_present, watch);
}

static void on_told(void *ctx, enum hub_topic topic, uint64_t seq)
{
	struct watch *watch = ctx;

	(void)seq;
	if (topic == HUB_FEEDS)
		watch->feeds_changed = true;
	watch->woken = true;
	if (watch->waiting)
		ask_present(watch->call);
}

/* The client sends nothing more: what was to follow ends at the present. */
static void on_parted(struct call *call)
{
	struct watch *watch = call->state;

	if (watch != NULL && watch->waiting)
		ask_present(call);
}

static void watch_items(struct call *call, const struct store_filter *filter)
{
	struct watch *watch = call->state;

	watch->filter = *filter;
	watch->after = call_has(call, "since") ? choose_cursor(call, "since") : UINT64_MAX;
	/* A time to start at is one of what happened, not of the item's date. */
	watch->page.since_s = filter->since_s;
	watch->filter.since_s = INT64_MIN;
	/* What arrived before is not asked for, although it changes later. */
	watch->filter.since_seq = choose_cursor(call, "added_since");
	watch->sink = hub_join(call->parts->hub, on_told, watch);
	watch->feeds_changed = true; /* since they were found, maybe */
	watch->read_queries = filter->query_count == 0;
	ask_present(call);
}

void cmd_WATCH(struct call *call)
{
	struct watch *watch = call_keep(call, 1, sizeof(*watch));
	const json_t *follow = json_object_get(call->parameters, "follow");
	struct err err;

	if (choose_item_keys(call, &watch->mask, &watch->page.full, &err) < 0 ||
		choose_check_order(call, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	watch->call = call;
	watch->mask |= rows_mask_bit(FIELD_ITEM_EVENT) | rows_mask_bit(FIELD_ITEM_CURSOR);
	watch->page.filter = &watch->filter;
	watch->page.limit = PAGE_ROWS;
	watch->page.states = call_flag(call, "states");
	watch->page.initial = call_flag(call, "initial");
	watch->events = call_flag(call, "events");
	watch->follow = follow == NULL || !json_is_false(follow);
	watch->left = call_count(call, "limit", UINT64_MAX);
	buf_init(&watch->json, PAGE_MAX);
	call->state = watch;
	call->parted = on_parted;
	call_at_end(call, watch_release, watch);
	choose_filter(call, STORE_ANY, watch_items);
}
