#ifndef STORE_SHOWN_H
#define STORE_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/ident.h"
#include "daemon/store/writer.h"

/*
 * What the last document of a feed showed: its items by key, packed into one row, so that
 * most items of most documents are known without a look at their keys.  Knows no
 * document.
 */

struct shown {
	uint64_t key;    /* shown_key() */
	uint64_t state;  /* ident_state(); 0: not what the row says */
	int64_t item_id; /* 0: a tombstone */
};

/* All zero is empty. */
struct shown_list {
	struct shown *rows; /* by key */
	size_t count;
};
void shown_release(struct shown_list *list);

/* The first 64 bits. */
uint64_t shown_key(const unsigned char key[KEY_SIZE]);
/* Into the order that the functions below expect. */
void shown_sort(struct shown_list *list);
/* Or NULL. */
const struct shown *shown_find(const struct shown_list *list, uint64_t key);

/* *out_list is the caller's to release; empty where no document has come. */
int shown_read(struct writer *writer, int64_t feed_id, struct shown_list *out_list,
	struct err *err) MUST_USE;
/*
 * From `before` to `now`, which has room for the rows of both.  absence: items that are
 * gone are marked so; else they stay shown, and are in `now` afterwards.
 */
int shown_write(struct writer *writer, int64_t feed_id, const struct shown_list *before,
	struct shown_list *now, bool absence, int64_t now_s, struct err *err) MUST_USE;

#endif
