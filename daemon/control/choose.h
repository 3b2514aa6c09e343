#ifndef CONTROL_CHOOSE_H
#define CONTROL_CHOOSE_H

#include "common/err.h"
#include "daemon/control/call.h"
#include "daemon/control/rows.h"
#include "daemon/store/store.h"
#include "daemon/store/store_items.h"

/*
 * What a call names to what the store takes: feeds by word, filters of items,
 * the order of a listing.
 */

/* Ids in the order of the words; live as long as the call. */
typedef void choose_feeds_found(struct call *call, const int64_t *ids, size_t count);

/*
 * Resolve the feeds that a list parameter names; `found` comes with no ids when
 * it names none.  A word that means no feed, or several, fails the call: all
 * such words are named and nothing is done.  With `bulk` they are named in the
 * last reply, and the rest is done.
 */
void choose_feeds(struct call *call, const char *name, choose_feeds_found *found);
/* The same for words at hand; those of a filter, which must not become wider by
 * a word that is not known, so `bulk` changes nothing. */
void choose_words(
	struct call *call, const char *const *words, size_t count, choose_feeds_found *found);

/* Whether the call names any filter; `read` words and limits are filters, the
 * order is none. */
bool choose_filtered(const struct call *call);

/* The filters of the call; all of it lives as long as the call.  Without a
 * word about read and unread it is what `preset` says. */
typedef void choose_filter_made(struct call *call, const struct store_filter *filter);
void choose_filter(struct call *call, enum store_read preset, choose_filter_made *made);
/* The cursor in a parameter, which the filter may have merged with another's; 0 where
 * it holds a time, or is absent. */
uint64_t choose_cursor(const struct call *call, const char *name);

/* Any of none would be none, and the word left out is all: of a program that had nothing
 * to put in, nobody can tell which it meant.  0, or ERR_USAGE names a filter that is an
 * empty list, or one of more than STORE_FILTER_WORDS_MAX words that are no feeds. */
int choose_check_lists(struct call *call, struct err *err) MUST_USE;

/* A tag is text without comma and control characters, at most 256 bytes: 0, or
 * ERR_USAGE says so. */
int choose_check_tag(const char *tag, struct err *err) MUST_USE;
/* One of a feed, without the blanks around it, which a list of tags may have; lives
 * as long as the call. */
int choose_feed_tag(
	struct call *call, const char *word, const char **out_tag, struct err *err) MUST_USE;

/* Which keys rows of items have (`fields`, `full`), and whether the store must
 * bring their texts.  ERR_USAGE names a field that there is not. */
int choose_item_keys(
	struct call *call, rows_mask *out_mask, bool *out_full, struct err *err) MUST_USE;

/* What rows have that are arrays (`arrays`); none where they are objects.  Lives as
 * long as the call. */
int choose_item_values(struct call *call, struct rows_fields *out_values, struct err *err) MUST_USE;

/* "date", "-title": the store's order and direction.  Default -date.  ERR_USAGE,
 * also for the rank of an item where no words are looked for. */
int choose_order(const struct call *call, enum store_sort *out_sort, bool *out_reverse,
	struct err *err) MUST_USE;
/* Where an order changes nothing, it is still refused where `list` refuses it. */
int choose_check_order(const struct call *call, struct err *err) MUST_USE;

#endif
