#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "daemon/store/content.h"
#include "daemon/store/db.h"
#include "daemon/store/repack.h"
#include "daemon/store/retain.h"

/*
 * What a job of the writing thread works with: the only writing connection and
 * the counters that go to disk with each commit.  Knows no thread; queue.c
 * drives it.
 */

struct writer_counters {
	uint64_t seq;         /* the last one given */
	int64_t next_item_id; /* never given yet */
	int64_t feeds;        /* subscribed ones */
	int64_t items, unread, starred;
	int64_t indexed_id; /* the search knows all items up to it */
	int64_t dated_id;   /* all items up to it have their places by date */
};

struct writer {
	struct db db;
	struct writer_counters counters;
	struct content_packer packer;
	struct content_unpacker unpacker;
	/* How far upkeep has come: the piece, and what that one remembers. */
	unsigned upkeep;
	struct retain retain;
	struct repack repack;
	int64_t trimmed_feed_id; /* whose log is next; 0: the daemon's own */
	/* What the running transaction touched; cleared when it is over. */
	bool feeds_touched;        /* titles, addresses, tags: what readers keep */
	atomic_bool dated_is_read; /* by readers: a listing had to sort what waits */
	/* Retention, as the options have it. */
	int64_t keep_read_s, keep_unread_s;
};

/* The counters as they are on disk. */
int writer_load(struct writer *writer, struct err *err) MUST_USE;
/* Put them there; in the transaction that changed them. */
int writer_save(struct writer *writer, struct err *err) MUST_USE;

static inline uint64_t writer_next_seq(struct writer *writer)
{
	return ++writer->counters.seq;
}

/* Items of a feed came, went, or changed state: its counts and the store's. */
int writer_count(struct writer *writer, int64_t feed_id, int64_t items, int64_t unread,
	int64_t starred, struct err *err) MUST_USE;

#endif
