#ifndef STORE_UNDO_LOG_H
#define STORE_UNDO_LOG_H

#include <stdint.h>

#include "common/err.h"
#include "daemon/store/store_items.h"
#include "daemon/store/writer.h"

/*
 * What has been done to items and can be taken back: the last bulk change of a
 * person, and since then what rules did to the items of each document that
 * came, a batch each.  Knows what was done, not how it is undone.
 */

#define UNDO_BATCH_PERSON 0
#define UNDO_BATCH_NEXT (-1) /* a person's, until undo_log_renew() */

struct undo_author {
	int64_t rule_id; /* 0: no rule */
	int64_t batch;   /* UNDO_BATCH_PERSON or _NEXT, or a document's: rising */
};

/* An item was marked; tag: which, where the mark is one, else NULL. */
int undo_log_add(struct writer *writer, const struct undo_author *author, int64_t item_id,
	enum store_mark mark, const char *tag, struct err *err) MUST_USE;

/* A person begins another bulk change: nothing from before can be undone any
 * more, and what was dropped is gone. */
int undo_log_clear(struct writer *writer, struct err *err) MUST_USE;

/* What is in UNDO_BATCH_NEXT is the person's last change now, as after
 * undo_log_clear(); where nothing was changed, call nothing, and the one before
 * can still be undone.  For who may drop items: to clear the log between one item
 * that is dropped and its row here would forget it. */
int undo_log_renew(struct writer *writer, struct err *err) MUST_USE;

/* Rules are through with a document: what they did longest ago can't be undone
 * any more, if it is too much. */
int undo_log_trim(struct writer *writer, struct err *err) MUST_USE;

#endif
