#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/doubt.h"
#include "daemon/store/pinned.h"
#include "daemon/store/pool.h"
#include "daemon/store/queue.h"
#include "daemon/store/store.h"
#include "daemon/store/writer.h"

/* What a copy goes back to: its cursors up to this one are known. */
struct ancestor {
	uint64_t store_id, seq;
};

/* What the files of the store share of an open one. */
struct store {
	char *data_dir;
	char *path;
	char *earlier_list;  /* see store_earlier_list() */
	char *stray_journal; /* see store_stray_journal() */
	int lock_fd;
	struct pinned *pinned;
	struct store_options options; /* data_dir is the copy above */
	struct writer writer;         /* the queue's while there is one */
	struct queue *queue;
	struct pool *pool;
	struct backup_job *backups; /* backup.c's */
	int64_t first_copy_s;       /* see store_first_copy_s() */
	bool unchecked;             /* since a stop that was none; check.c's */
	bool upgraded;              /* it was an older feedd's before this start */
	int64_t seen_s;             /* when upkeep was last over, by a clock that was believed */
	struct doubt doubt;         /* of what it says now; maintain.c's */
	uint64_t store_id;
	struct ancestor *ancestors; /* of what it is a copy of */
	size_t ancestor_count;
	atomic_uint_least64_t seq;         /* of the last commit */
	atomic_uint_least64_t names_epoch; /* names.h */
	/* By uv_hrtime(): when a read was last seen at work, the last commit. */
	atomic_uint_least64_t read_ns, written_ns;
	void (*fatal)(void *ctx, const struct err *err);
	void *fatal_ctx;
	void (*hold)(void *ctx, bool held);
	void *hold_ctx;
	void (*edit)(void *ctx, int64_t tell_s);
	void *edit_ctx;
};

/* Whether somebody reads much at this moment; from any thread. */
bool store_is_read(const struct store *store);

#define STORE_FILE "feedd.db"
#define STORE_BACKUP_DIR "backup"

static inline uint64_t store_seq(const struct store *store)
{
	return atomic_load(&store->seq);
}

/* Whether the last stop was none, and what is done about it in the background. */
void store_check_start(struct store *store);

#endif
