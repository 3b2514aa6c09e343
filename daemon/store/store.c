/*
 * Opening and closing, in reading order of the layer:
 *
 *	schema.c, migration.def   what the file is
 *	db.c, statement*.def      a connection and all SQL
 *	pinned.c                  whether the file is still at its place
 *	queue*.c, writer.c        the writing thread and its counters
 *	pool.c, names.c           readers
 *	ingest.c                  a document comes in:
 *	  identity.c, ident.c     which item is which
 *	  keys.c, shown.c, item.c what is written of it
 *	claim.c, note.c           the schedule
 *	feed_*.c, tag.c           subscriptions
 *	filter.c, list.c          what lists show
 *	  where*.c, search_query.c  expressions and words to look for
 *	search.c, tokenizer.c     the full-text index
 *	mark.c, log.c, hold.c     states, events, sites
 *	maintain.c, retain.c      upkeep, what is kept
 *	doubt.c                   whether the clock can be right
 *	edit.c                    what is told later
 *	backup.c                  copies
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "daemon/store/backup.h"
#include "daemon/store/backup_file.h"
#include "daemon/store/file.h"
#include "daemon/store/internal.h"
#include "daemon/store/journal.h"
#include "daemon/store/lock.h"
#include "daemon/store/recover.h"
#include "daemon/store/schema.h"
#include "daemon/store/search.h"
#include "daemon/store/stand_in.h"

/* A listing's reads follow each other more closely than this. */
#define READING_NS 50000000ull

/* ----------------------------------------------------------- events ---- */

static void on_fatal(void *ctx, const struct err *err)
{
	struct store *store = ctx;

	if (store->fatal != NULL)
		store->fatal(store->fatal_ctx, err);
}

static void on_hold(void *ctx, bool held)
{
	struct store *store = ctx;

	if (store->hold != NULL)
		store->hold(store->hold_ctx, held);
}

static void note_seq(const struct store *store, enum stand_in_how how)
{
	stand_in_note(store->lock_fd, store->path, store_seq(store), how);
}

static void on_committed(void *ctx, const struct writer *writer)
{
	struct store *store = ctx;

	if (atomic_exchange(&store->seq, writer->counters.seq) != writer->counters.seq)
		note_seq(store, STAND_IN_USED);
	atomic_store(&store->written_ns, uv_hrtime());
	if (writer->feeds_touched)
		atomic_fetch_add(&store->names_epoch, 1);
}

static uint64_t read_epoch(void *ctx)
{
	struct store *store = ctx;

	return atomic_load(&store->names_epoch);
}

static void on_broken_read(void *ctx, const struct err *err)
{
	struct store *store = ctx;

	queue_fatal(store->queue, err);
}

/* ---------------------------------------------------------- opening ---- */

static uint64_t make_store_id(void)
{
	uint64_t id = 0;

	if (getrandom(&id, sizeof(id), 0) < 0)
		id = (uint64_t)getpid() << 20;
	return (id >> 16) | 1; /* short enough to be read aloud */
}

/* What happens here from now on did not happen where the copy was made.  A crash between
 * both leaves the name of before, and they are done again. */
static int name_copy(struct store *store, struct err *err)
{
	struct db *db = &store->writer.db;
	uint64_t seq = (uint64_t)db_number(db, STATEMENT_STORE_SEQ);
	sqlite3_stmt *put;

	if (db_number(db, STATEMENT_STORE_COPIED) == 0 &&
		!stand_in_is(store->lock_fd, store->path, seq))
		return 0;
	if (db_run(db, db_use(db, STATEMENT_ANCESTOR_ADD), err) < 0)
		return -1;
	put = db_use(db, STATEMENT_STORE_OF_COPY);
	db_bind_int(put, 1, (int64_t)make_store_id());
	return db_run(db, put, err);
}

static int read_ancestors(struct store *store, struct err *err)
{
	struct db *db = &store->writer.db;
	sqlite3_stmt *list = db_use(db, STATEMENT_ANCESTORS);
	int found;

	while ((found = db_step(db, list, err)) > 0) {
		store->ancestors = mem_realloc_array(
			store->ancestors, store->ancestor_count + 1, sizeof(*store->ancestors));
		store->ancestors[store->ancestor_count++] = (struct ancestor){
			(uint64_t)db_int(list, 0), (uint64_t)db_int(list, 1)
		};
	}
	return found;
}

static int read_own_row(struct store *store, bool *out_clean, struct err *err)
{
	struct db *db = &store->writer.db;
	sqlite3_stmt *get = db_use(db, STATEMENT_STORE_GET);
	int found = db_step(db, get, err);

	if (found == 0)
		return err_set(err, ERR_DAMAGED, "the store has lost its own row");
	if (found < 0)
		return -1;
	store->store_id = (uint64_t)db_int(get, 0);
	*out_clean = db_bool(get, 7);
	store->seen_s = db_int(get, 8);
	sqlite3_reset(get);
	return read_ancestors(store, err) < 0 ? -1 : writer_load(&store->writer, err);
}

static int set_clean(struct store *store, bool clean, struct err *err)
{
	return db_run_with(&store->writer.db, STATEMENT_STORE_CLEAN, clean, err);
}

/* An older store is copied before a step changes it. */
static int keep_old(struct store *store, struct err *err)
{
	int version;

	if (schema_read_version(&store->writer.db, &version, err) < 0)
		return -1;
	if (version == 0 || version >= schema_version())
		return 0;
	store->upgraded = true;
	if (store->options.upgrading != NULL)
		store->options.upgrading(store->options.ctx, version, schema_version());
	if (backup_file_before(&store->writer.db, store->data_dir, version, err) < 0)
		return err_prefix(err, "to copy it before it is brought up to date");
	return 0;
}

/* Nothing is there to begin with: allowed, unless backups tell of more. */
static int begin_anew(struct store *store, struct err *err)
{
	if (recover_allow_new(store->data_dir, store->path, err) < 0)
		return -1;
	store->earlier_list = recover_keep_subscriptions(store->data_dir);
	return 0;
}

/* Before SQLite opens it, for that plays the journal back. */
static int look_first(struct store *store, struct err *err)
{
	int there;

	if (file_check_plain(store->path, err) < 0 || file_check_own(store->path, err) < 0 ||
		journal_check_own(store->path, err) < 0)
		return -1;
	there = schema_peek(store->path, err);
	if (there < 0)
		return -1;
	if (there == 0)
		return begin_anew(store, err) < 0 ? -1 : file_make(store->path, err);
	if (file_make(store->path, err) < 0 || journal_make_writable(store->path, err) < 0 ||
		recover_keep_journal(store->path, &store->stray_journal, err) < 0)
		return -1;
	return journal_check(store->path, err) < 0 ? -1 : schema_check_new(store->path, err);
}

static int open_file(struct store *store, bool *out_clean, struct err *err)
{
	int from;

	if (look_first(store, err) < 0 ||
		db_open(&store->writer.db, store->path, DB_WRITE, err) < 0 ||
		keep_old(store, err) < 0 ||
		schema_migrate(&store->writer.db, make_store_id(), &from, err) < 0 ||
		db_prepare_all(&store->writer.db, err) < 0 || name_copy(store, err) < 0 ||
		read_own_row(store, out_clean, err) < 0 || search_open(&store->writer, err) < 0)
		return -1;
	if (set_clean(store, false, err) < 0)
		return -1;
	atomic_store(&store->seq, store->writer.counters.seq);
	note_seq(store, STAND_IN_USED);
	/* There is a journal now. */
	return pinned_open(store->data_dir, STORE_FILE, &store->pinned, err);
}

bool store_was_upgraded(const struct store *store)
{
	return store->upgraded;
}

bool store_is_read(const struct store *store)
{
	return uv_hrtime() - atomic_load(&store->read_ns) < READING_NS;
}

static bool is_reading(void *ctx)
{
	return store_is_read(ctx);
}

static int stands(void *ctx, struct err *err)
{
	const struct store *store = ctx;

	return pinned_check(store->pinned, err);
}

static int start(struct store *store, struct uv_loop_s *loop, struct err *err)
{
	struct queue_events events = { on_fatal, on_hold, on_committed, search_step, is_reading,
		stands, store };
	struct pool_source source = { store->path, read_epoch, on_broken_read, store,
		&store->read_ns, &store->written_ns };

	atomic_store(&store->names_epoch, 1);
	atomic_store(&store->read_ns, 0);
	atomic_store(&store->written_ns, 0);
	if (queue_open(loop, &store->writer, &events, &store->queue, err) < 0)
		return -1;
	store->pool = pool_new(loop, &source);
	return 0;
}

int store_open(struct uv_loop_s *loop, const struct store_options *options,
	struct store **out_store, struct err *err)
{
	struct store *store = MEM_NEW(struct store);
	bool clean = true;

	store->lock_fd = -1;
	store->data_dir = mem_strdup(options->data_dir);
	store->path = mem_printf("%s/%s", options->data_dir, STORE_FILE);
	content_packer_init(&store->writer.packer);
	content_unpacker_init(&store->writer.unpacker);
	repack_init(&store->writer.repack);
	store_reconfigure(store, options);
	if (lock_take(store->data_dir, &store->lock_fd, err) < 0) {
		store_close(store);
		return -1;
	}
	if (open_file(store, &clean, err) < 0 || start(store, loop, err) < 0) {
		file_tell_room(store->data_dir, err);
		err_prefix(err, "%s", store->path);
		store_close(store);
		return -1;
	}
	backup_file_clear(store->data_dir);
	if (!clean)
		store_check_start(store);
	*out_store = store;
	return 0;
}

void store_reconfigure(struct store *store, const struct store_options *options)
{
	store->options = *options;
	store->options.data_dir = store->data_dir;
}

static void leave(struct store *store)
{
	struct err ignored;

	if (set_clean(store, !store->unchecked, &ignored) == 0)
		note_seq(store, STAND_IN_LEFT);
}

void store_close(struct store *store)
{
	struct err ignored;
	bool well;

	if (store == NULL)
		return;
	pool_free(store->pool);
	backup_close(store);
	well = store->queue != NULL && queue_close(store->queue);
	/* What is on a broken disk nobody knows: the next start looks at all of it. */
	if (pinned_check(store->pinned, &ignored) < 0)
		db_leave(&store->writer.db);
	else if (well)
		leave(store);
	content_packer_release(&store->writer.packer);
	content_unpacker_release(&store->writer.unpacker);
	retain_release(&store->writer.retain);
	repack_release(&store->writer.repack);
	db_close(&store->writer.db);
	pinned_close(store->pinned);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	free(store->ancestors);
	free(store->earlier_list);
	free(store->stray_journal);
	free(store->path);
	free(store->data_dir);
	free(store);
}

const char *store_earlier_list(const struct store *store)
{
	return store->earlier_list;
}

const char *store_stray_journal(const struct store *store)
{
	return store->stray_journal;
}

void store_on_fatal(struct store *store, void (*fatal)(void *ctx, const struct err *err), void *ctx)
{
	store->fatal = fatal;
	store->fatal_ctx = ctx;
}

void store_on_hold(struct store *store, void (*hold)(void *ctx, bool held), void *ctx)
{
	store->hold = hold;
	store->hold_ctx = ctx;
}

size_t store_queued_bytes(const struct store *store)
{
	return queue_bytes(store->queue);
}

void store_wake_below(struct store *store, size_t bytes)
{
	queue_wake_below(store->queue, bytes);
}

bool store_gets_on(struct store *store)
{
	return queue_gets_on(store->queue);
}

/* ---------------------------------------------------------- cursors ---- */

void store_cursor_format(const struct store *store, uint64_t seq, char out[STORE_CURSOR_MAX])
{
	snprintf(out, STORE_CURSOR_MAX, "c%llu.%llu", (unsigned long long)store->store_id,
		(unsigned long long)seq);
}

static int read_digits(const char **at, uint64_t *out)
{
	const char *p = *at;
	uint64_t value = 0;

	while (*p >= '0' && *p <= '9') {
		if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -1;
		p++;
	}
	if (p == *at)
		return -1;
	*at = p;
	*out = value;
	return 0;
}

static bool is_given(const struct store *store, uint64_t id, uint64_t seq)
{
	size_t i;

	for (i = 0; i < store->ancestor_count; i++)
		if (id == store->ancestors[i].store_id)
			return seq <= store->ancestors[i].seq;
	return id == store->store_id && seq <= store_seq(store);
}

int store_cursor_parse(
	const struct store *store, const char *cursor, uint64_t *out_seq, struct err *err)
{
	const char *at = cursor + 1;
	uint64_t id, seq;

	if (cursor[0] != 'c' || read_digits(&at, &id) < 0 || *at++ != '.' ||
		read_digits(&at, &seq) < 0 || *at != '\0')
		return err_set(err, ERR_USAGE, "%s is no cursor", cursor);
	/* One from the future of an older copy of this store is none of it. */
	if (!is_given(store, id, seq))
		return err_set(err, ERR_REFUSED,
			"this store did not give the cursor %s; where a backup took its place, "
			"begin anew at a time, with an empty cursor file",
			cursor);
	*out_seq = seq;
	return 0;
}
