#ifndef STORE_ITEM_STATE_H
#define STORE_ITEM_STATE_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/writer.h"

/*
 * What a person did to an item, in words: "read", "starred", "tag:T", parted by
 * commas; "" is unread and nothing else.  So it stands in a dump.
 */

/* Whether one word is among them, or empty: 0, or ERR_USAGE.  What is not changes
 * nothing below. */
int item_state_check(const char *word, struct err *err) MUST_USE;

/* What the words say is put on the item, and nothing is taken off it; it was marked at
 * `at_s` then, or when it was, if that is later.  1; 0: it was so already, and stays as it
 * is, time and all. */
int item_state_add(struct writer *writer, int64_t item_id, const char *words, int64_t at_s,
	struct err *err) MUST_USE;

/* It was marked at `at_s`, if not later, whatever that changed.  Nobody is told. */
int item_state_date(struct writer *writer, int64_t item_id, int64_t at_s, struct err *err) MUST_USE;

/* What either says, each word once, in a dump's order; the caller's to free(). */
char *item_state_join(const char *a, const char *b);

#endif
