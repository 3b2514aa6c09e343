/*
 * List, Count, Show and RuleTest: items by filter, by id, by expression.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/mem.h"
#include "daemon/control/call.h"
#include "daemon/control/choose.h"
#include "daemon/control/item_page.h"
#include "daemon/control/pager.h"
#include "daemon/control/rows.h"

/* Of a page that is read while the one before it is written: lines of a thousand items
 * and more, each with its dates and marks. */
#define ASIDE_MAX (3 * CALL_PAGE_BYTES)

struct items {
	struct pager *pager;
	struct store_page page;
	struct store_position position;
	struct store_filter own; /* of RuleTest */
	rows_mask mask;
	struct rows_texts texts;             /* of what is put aside */
	struct rows_fields values;           /* in that order, without their keys; none: objects */
	struct item_page aside[PAGER_ASIDE]; /* in turn */
	size_t place;                        /* in the one that is written */
};

static void items_release(void *state)
{
	struct items *items = state;

	store_position_release(&items->position);
	for (unsigned i = 0; i < PAGER_ASIDE; i++)
		item_page_release(&items->aside[i]);
}

static struct items *items_new(struct call *call)
{
	struct items *items = call_keep(call, 1, sizeof(*items));

	items->page.position = &items->position;
	for (unsigned i = 0; i < PAGER_ASIDE; i++)
		item_page_init(&items->aside[i]);
	call->state = items;
	call_at_end(call, items_release, items);
	return items;
}

static void put_item(
	const struct items *items, struct json_writer *w, const struct store_item *item)
{
	const struct store *store = pager_call(items->pager)->parts->store;

	if (items->values.count > 0)
		rows_put_item_values(w, store, item, &items->values);
	else
		rows_put_item(w, store, item, items->mask);
}

static int on_item(void *ctx, const struct store_item *item)
{
	struct items *items = ctx;
	struct item_page *aside = &items->aside[pager_into(items->pager)];
	struct json_writer *w = pager_writer(items->pager);

	if (w == NULL) {
		item_page_add(aside, item, rows_texts_kept(&items->texts, item));
		return item_page_size(aside) >= ASIDE_MAX;
	}
	put_item(items, w, item);
	return pager_row(items->pager);
}

static void on_page(void *ctx, uint64_t rows, bool more, const struct err *err)
{
	struct items *items = ctx;

	item_page_cut(&items->aside[pager_into(items->pager)], items->position.places);
	pager_done(items->pager, rows, more, err);
}

/* Where no page is read ahead, one has the memory of all. */
static void keep_one(struct items *items)
{
	for (unsigned i = 0; i < PAGER_ASIDE; i++) {
		if (i == pager_into(items->pager))
			continue;
		item_page_release(&items->aside[i]);
		item_page_init(&items->aside[i]);
	}
}

static void ask_items(struct call *call, struct pager *pager)
{
	struct items *items = pager_state(pager);

	items->pager = pager;
	if (pager_is_alone(pager))
		keep_one(items);
	items->page.limit = pager_room(pager);
	items->page.any_order = pager_writer(pager) == NULL;
	item_page_clear(&items->aside[pager_into(items->pager)]);
	call->read = store_items(call->parts->store, &items->page, on_item, on_page, items);
}

static void turn_items(struct pager *pager)
{
	struct items *items = pager_state(pager);

	items->place = 0;
}

static bool put_items(struct pager *pager, struct json_writer *w)
{
	struct items *items = pager_state(pager);
	const struct item_page *page = &items->aside[pager_from(items->pager)];
	struct store_item item;
	size_t place;

	while (pager_row(pager) == 0 && item_page_next(page, &items->place, &item))
		put_item(items, w, &item);
	place = items->place; /* maybe no row stands at those that are left */
	return item_page_next(page, &place, &item);
}

static void put_names(struct pager *pager, struct json_writer *w)
{
	const struct items *items = pager_state(pager);

	rows_put_names(w, &items->values);
}

static const struct pager_list list_of_items = {
	.name = "items", .ask = ask_items, .turn = turn_items, .put = put_items
};
static const struct pager_list list_of_arrays = {
	.name = "arrays", .head = put_names, .ask = ask_items, .turn = turn_items, .put = put_items
};

/* Whether rows have nothing but what a line of a listing shows. */
static bool is_line(rows_mask mask)
{
	static const enum field_id fields[] = { FIELD_ITEM_ID, FIELD_ITEM_GUID, FIELD_ITEM_FEED_ID,
		FIELD_ITEM_FEED_TITLE, FIELD_ITEM_FEED_URL, FIELD_ITEM_URL, FIELD_ITEM_TITLE,
		FIELD_ITEM_DATE, FIELD_ITEM_READ, FIELD_ITEM_STARRED, FIELD_ITEM_CHANGED,
		FIELD_ITEM_SNIPPET, FIELD_ITEM_FLAGS, FIELD_ITEM_LABEL, FIELD_ITEM_FEED_LABEL };
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		mask &= ~rows_mask_bit(fields[i]);
	return mask == 0;
}

static void list(struct call *call, const struct store_filter *filter)
{
	struct items *items = items_new(call);
	struct err err;

	items->page.filter = filter;
	if (choose_item_keys(call, &items->mask, &items->page.full, &err) < 0 ||
		choose_item_values(call, &items->values, &err) < 0 ||
		choose_order(call, &items->page.sort, &items->page.reverse, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	items->texts = rows_texts_of(items->mask);
	items->page.line = is_line(items->mask);
	items->page.snippets = (items->mask & rows_mask_bit(FIELD_ITEM_SNIPPET)) != 0;
	pager_start(call, items->values.count > 0 ? &list_of_arrays : &list_of_items,
		!items->page.full, call_count(call, "limit", UINT64_MAX), items);
}

void cmd_LIST(struct call *call)
{
	choose_filter(call, STORE_UNREAD, list);
}

void cmd_RULE_TEST(struct call *call)
{
	struct items *items = items_new(call);
	struct err err;

	items->own = (struct store_filter){ .read = STORE_ANY,
		.starred = -1,
		.since_s = INT64_MIN,
		.until_s = INT64_MAX,
		.added_since_s = INT64_MIN,
		.where = call_text(call, "expr"),
		.now_s = clock_now_s() };
	if (store_where_check(items->own.where, &err) < 0 ||
		choose_item_keys(call, &items->mask, &items->page.full, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	items->texts = rows_texts_of(items->mask);
	items->page.filter = &items->own;
	items->page.reverse = true;
	pager_start(call, &list_of_items, !items->page.full, call_count(call, "limit", UINT64_MAX),
		items);
}

static void on_counted(void *ctx, uint64_t count, const struct err *err)
{
	struct call *call = ctx;
	uint64_t limit = call_count(call, "limit", UINT64_MAX);

	if (call_read_failed(call, err))
		return;
	json_put_key(call_reply(call), "count");
	json_put_uint(&call->w, count < limit ? count : limit);
	call_end(call);
}

static void count(struct call *call, const struct store_filter *filter)
{
	struct err err;

	if (choose_check_order(call, &err) < 0) {
		call_fail(call, &err);
		return;
	}
	call->read = store_count(call->parts->store, filter, on_counted, call);
}

void cmd_COUNT(struct call *call)
{
	choose_filter(call, STORE_UNREAD, count);
}

/*
 * Show: a page at a time.  The words from `at` on are what is left; one word may mean
 * thousands of items, so before them come those that the last page had no room for.
 * Where none of a page's words is an item, the next are looked up for it: each reply but
 * the last has a row.
 */
struct shown {
	struct call *call;
	const char *const *words;
	size_t count, at;
	char **left; /* ids of those, or NULL */
	size_t left_count;
	size_t rows; /* of this page */
	rows_mask mask;
	bool history;
	json_t *unknown;
};

/* Articles are long: a few of them make a page. */
#define SHOW_WORDS 16u

static void forget_left(struct shown *shown)
{
	for (size_t i = 0; i < shown->left_count; i++)
		free(shown->left[i]);
	free(shown->left);
	shown->left = NULL;
	shown->left_count = 0;
}

static void keep_left(struct shown *shown, const int64_t *ids, size_t count)
{
	shown->left = MEM_ARRAY(count, char *);
	for (size_t i = 0; i < count; i++)
		shown->left[i] = mem_printf("%" PRId64, ids[i]);
	shown->left_count = count;
}

static void show_release(void *state)
{
	struct shown *shown = state;

	json_decref(shown->unknown);
	forget_left(shown);
}

static void ask_shown(struct call *call);

static int on_shown(void *ctx, const struct store_item *item)
{
	struct shown *shown = ctx;

	shown->rows++;
	rows_put_item(&shown->call->w, shown->call->parts->store, item, shown->mask);
	return shown->call->out.length >= CALL_PAGE_BYTES || !json_ok(&shown->call->w);
}

static void put_unknown(struct json_writer *w, const json_t *unknown)
{
	const json_t *word;
	size_t i;

	if (json_array_size(unknown) == 0)
		return;
	json_put_key(w, "unknown");
	json_put_array(w);
	json_array_foreach(unknown, i, word) json_put_string(w, json_string_value(word));
	json_put_array_end(w);
}

static bool has_more(const struct shown *shown)
{
	return shown->left_count > 0 || shown->at < shown->count;
}

static void end_shown(struct shown *shown)
{
	struct call *call = shown->call;
	bool more = has_more(shown);

	json_put_array_end(&call->w);
	if (more && call->more && json_ok(&call->w)) {
		call_continue(call);
		call_when_drained(call, ask_shown);
		return;
	}
	if (more) {
		json_put_key(&call->w, "partial");
		json_put_bool(&call->w, true);
	}
	put_unknown(&call->w, shown->unknown);
	call_end(call);
}

static void on_shown_all(void *ctx, const int64_t *left, size_t left_count,
	const char *const *unknown, const struct err *err)
{
	struct shown *shown = ctx;
	bool words = shown->left == NULL;

	if (call_read_failed(shown->call, err))
		return;
	/* Of what was left one may be gone since, which nobody has named. */
	for (; words && *unknown != NULL; unknown++)
		json_array_append_new(shown->unknown, json_string(*unknown));
	forget_left(shown);
	if (left_count > 0)
		keep_left(shown, left, left_count);
	if (shown->rows == 0 && has_more(shown))
		ask_shown(shown->call);
	else
		end_shown(shown);
}

static void ask_shown(struct call *call)
{
	struct shown *shown = call->state;
	const char *const *words = shown->words + shown->at;
	size_t count = shown->count - shown->at;

	shown->rows = 0;
	json_put_key(call_reply(call), "items");
	json_put_array(&call->w);
	if (shown->left != NULL) {
		words = (const char *const *)shown->left;
		count = shown->left_count;
	} else {
		count = count < SHOW_WORDS ? count : SHOW_WORDS;
		shown->at += count;
	}
	if (count == 0)
		end_shown(shown);
	else
		call->read = store_items_find(call->parts->store, words, count, shown->history,
			on_shown, on_shown_all, shown);
}

void cmd_SHOW(struct call *call)
{
	struct shown *shown = call_keep(call, 1, sizeof(*shown));

	shown->call = call;
	shown->words = call_words(call, "items", &shown->count);
	shown->history = call_flag(call, "diff");
	shown->mask = rows_mask_always(OBJECT_ITEM) | rows_mask_bit(FIELD_ITEM_CONTENT_HTML) |
		      rows_mask_bit(FIELD_ITEM_CONTENT_TEXT) | rows_mask_bit(FIELD_ITEM_UID);
	if (shown->history)
		shown->mask |= rows_mask_bit(FIELD_ITEM_PREVIOUS);
	shown->unknown = json_array();
	call->state = shown;
	call_at_end(call, show_release, shown);
	ask_shown(call);
}
