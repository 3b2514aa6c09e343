#ifndef STORE_STORE_COPIES_H
#define STORE_STORE_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/err.h"
#include "daemon/store/store.h"

/*
 * Copies of the store, and ways into it: backups, what `--recover` makes of
 * them, dump and restore, other readers' stores.
 */

/* What is subscribed, beside the store, as OPML; others write it. */
#define STORE_SUBSCRIPTIONS "subscriptions.opml"

/* `feedd --recover`: set the damaged file aside, put the newest sound backup
 * in its place, write to *out_words what is lost.  The list of subscriptions is
 * kept under another name.  Without a running feedd. */
int store_recover(const char *data_dir, struct buf *out_words, struct err *err) MUST_USE;

/* A consistent, verified copy in the data directory; *path is the caller's to
 * unlink once it has been read.  One is made at a time: others wait their turn, and
 * leave when they are cancelled. */
typedef void store_copied(void *ctx, const char *path, const struct err *err);
struct store_read_job *store_backup(struct store *store, store_copied *done, void *ctx);

/* dump: sorted text, line after line (piece with its line ends). */
typedef int store_dump_each(void *ctx, const char *text, size_t length);
struct store_read_job *store_dump(struct store *store, bool secrets, store_dump_each *piece,
	store_page_done *done, void *ctx);
/* restore: the whole text at once (one transaction). */
struct store_restored_feed {
	int64_t id;
	bool fresh; /* it was not subscribed */
};
struct store_restored {
	uint64_t feeds, states; /* those that were not so already */
	uint64_t waiting, refused;
	const char *words;                      /* what was refused and why, lines */
	const struct store_restored_feed *list; /* every feed that was named */
	size_t list_count;
};
typedef void store_restore_done(
	void *ctx, const struct store_restored *result, const struct err *err);
void store_restore(struct store *store, struct buf *text, bool newer, int64_t now_s,
	store_restore_done *done, void *ctx); /* text taken */
/* newsboat's cache.db, a copy that is ours to write to; its feeds' first polls are
 * at next_poll_s and, one a second, after it, for base_s as in struct store_new_feed.
 * file: a descriptor, taken. */
void store_import_newsboat(struct store *store, int file, int64_t now_s, int64_t next_poll_s,
	int64_t base_s, store_restore_done *done, void *ctx);

#endif
