#include "daemon/store/mark.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/filter.h"
#include "daemon/store/find.h"
#include "daemon/store/internal.h"
#include "daemon/store/select.h"
#include "daemon/store/tag.h"
#include "daemon/store/undo_log.h"

/* --------------------------------------------------------- one item ---- */

static int put_state(struct writer *writer, enum statement which, int64_t item_id, bool value,
	int64_t now_s, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, which);

	db_bind_int(put, 1, item_id);
	db_bind_int(put, 2, value);
	db_bind_int(put, 3, (int64_t)writer_next_seq(writer));
	db_bind_int(put, 4, now_s);
	return db_run(&writer->db, put, err);
}

static int put_tag(struct writer *writer, int64_t item_id, bool add, const char *tag, int64_t now_s,
	struct err *err)
{
	sqlite3_stmt *put = db_use(
		&writer->db, add ? STATEMENT_ITEM_TAG_ADD : STATEMENT_ITEM_TAG_REMOVE);

	db_bind_int(put, 1, item_id);
	db_bind_text(put, 2, tag);
	if (db_run(&writer->db, put, err) < 0)
		return -1;
	if (db_changes(&writer->db) == 0)
		return 0;
	return put_state(writer, STATEMENT_ITEM_SET_TAGGED, item_id, add, now_s, err) < 0 ? -1 : 1;
}

int mark_get(struct writer *writer, int64_t item_id, struct mark_state *out_state, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_STATE);
	int found;

	db_bind_int(get, 1, item_id);
	found = db_step(&writer->db, get, err);
	if (found > 0) {
		out_state->feed_id = db_int(get, 0);
		out_state->read = db_bool(get, 1);
		out_state->starred = db_bool(get, 2);
		out_state->clustered = db_bool(get, 3);
		sqlite3_reset(get);
	}
	return found;
}

/* So many items of a feed were changed. */
static int count_feed(
	struct writer *writer, int64_t feed_id, enum store_mark mark, size_t count, struct err *err)
{
	int64_t n = (int64_t)count;

	switch (mark) {
	case STORE_MARK_READ:
		return writer_count(writer, feed_id, 0, -n, 0, err);
	case STORE_MARK_UNREAD:
		return writer_count(writer, feed_id, 0, n, 0, err);
	case STORE_STAR:
		return writer_count(writer, feed_id, 0, 0, n, err);
	case STORE_UNSTAR:
		return writer_count(writer, feed_id, 0, 0, -n, err);
	default:
		return 0;
	}
}

/* *state: what the item was before.  Whoever changes it counts it. */
static int change(struct writer *writer, int64_t item_id, const struct mark_state *state,
	enum store_mark mark, const char *tag, int64_t now_s, struct err *err)
{
	bool on = mark == STORE_MARK_READ || mark == STORE_STAR;
	int result;

	switch (mark) {
	case STORE_MARK_READ:
	case STORE_MARK_UNREAD:
		if (state->read == on)
			return 0;
		result = put_state(writer, STATEMENT_ITEM_SET_READ, item_id, on, now_s, err);
		break;
	case STORE_STAR:
	case STORE_UNSTAR:
		if (state->starred == on)
			return 0;
		result = put_state(writer, STATEMENT_ITEM_SET_STARRED, item_id, on, now_s, err);
		break;
	default:
		return put_tag(writer, item_id, mark == STORE_TAG, tag, now_s, err);
	}
	return result < 0 ? -1 : 1;
}

int mark_item(struct writer *writer, int64_t item_id, enum store_mark mark, const char *tag,
	int64_t now_s, struct err *err)
{
	struct mark_state state;
	int changed = mark_get(writer, item_id, &state, err);

	if (changed > 0)
		changed = change(writer, item_id, &state, mark, tag, now_s, err);
	if (changed > 0 && count_feed(writer, state.feed_id, mark, 1, err) < 0)
		return -1;
	return changed;
}

/* ---------------------------------------------------------- waiting ---- */

int mark_waits(
	struct writer *writer, const struct store_filter *filter, int64_t *last_id, struct err *err)
{
	bool searches;

	if (*last_id == 0) {
		if (filter_searches(filter, &writer->db, &searches, err) < 0)
			return -1;
		*last_id = searches ? writer->counters.next_item_id - 1 : -1;
	}
	return *last_id > writer->counters.indexed_id;
}

struct ready_job {
	struct job job;
	struct store_filter filter;
	int64_t last_id; /* of mark_waits() */
	uint64_t bound_seq;
	store_words_ready *done;
	void *ctx;
};

static int ready_run(struct job *job, struct writer *writer, struct err *err)
{
	struct ready_job *ready = (struct ready_job *)job;

	return mark_waits(writer, &ready->filter, &ready->last_id, err);
}

static void ready_done(struct job *job, const struct err *err)
{
	struct ready_job *ready = (struct ready_job *)job;

	ready->done(ready->ctx, ready->bound_seq, err);
}

static void ready_release(struct job *job)
{
	filter_release(&((struct ready_job *)job)->filter);
	free(job);
}

void store_words_wait(
	struct store *store, const struct store_filter *filter, store_words_ready *done, void *ctx)
{
	struct ready_job *ready = MEM_NEW(struct ready_job);

	ready->job.run = ready_run;
	ready->job.asked = true;
	ready->job.done = ready_done;
	ready->job.release = ready_release;
	filter_copy(&ready->filter, filter);
	ready->bound_seq = store_seq(store);
	ready->done = done;
	ready->ctx = ctx;
	queue_push(store->queue, &ready->job);
}

/* ------------------------------------------------------- many items ---- */

struct mark_job {
	struct job job;
	char **words;
	size_t count;
	bool by_filter, bulk;
	struct store_filter filter;
	uint64_t bound_seq;
	int64_t last_id; /* of mark_waits() */
	enum store_mark mark;
	char *tag;
	int64_t now_s;
	struct ids ids;
	struct ids feeds;     /* of each item that was changed, counted at the end */
	const char **unknown; /* NULL-ended, into words */
	size_t unknown_count;
	struct store_marked marked;
	store_marks_done *done;
	void *ctx;
};

static int select_words(struct mark_job *mark, struct writer *writer, struct err *err)
{
	size_t i;

	for (i = 0; i < mark->count; i++) {
		int found = find_word(&writer->db, mark->words[i], &mark->ids, err);

		if (found < 0)
			return -1;
		if (found == 0)
			mark->unknown[mark->unknown_count++] = mark->words[i];
	}
	/* Several words may mean one item.  One whose id was read may be gone by now, and
	 * is passed over when its turn comes. */
	mark->ids.count = ids_sort_once(mark->ids.values, mark->ids.count);
	return 0;
}

/* *out_clustered: whether it is, and is there. */
static int apply_one(struct mark_job *mark, struct writer *writer, int64_t item_id,
	bool *out_clustered, struct err *err)
{
	static const struct undo_author by_person = { 0, UNDO_BATCH_PERSON };
	struct mark_state state = { 0 };
	int changed = mark_get(writer, item_id, &state, err);

	*out_clustered = state.clustered;
	if (changed > 0)
		changed = change(writer, item_id, &state, mark->mark, mark->tag, mark->now_s, err);
	if (changed <= 0)
		return changed;
	/* What was to be undone until now stays so until something has changed. */
	if (mark->bulk && mark->marked.changed == 0 && undo_log_clear(writer, err) < 0)
		return -1;
	mark->marked.changed++;
	ids_add(&mark->feeds, state.feed_id);
	if (mark->bulk && undo_log_add(writer, &by_person, item_id, mark->mark, mark->tag, err) < 0)
		return -1;
	return 1;
}

/* Who reads a story has read it in all feeds that have it by now. */
static int apply_copies(
	struct mark_job *mark, struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, STATEMENT_CLUSTER_COPIES);
	struct ids copies = { NULL, 0, 0 };
	bool clustered;
	int result;
	size_t i;

	db_bind_int(list, 1, item_id);
	while ((result = db_step(&writer->db, list, err)) > 0)
		ids_add(&copies, db_int(list, 0));
	for (i = 0; i < copies.count && result >= 0; i++)
		result = apply_one(mark, writer, copies.values[i], &clustered, err);
	ids_release(&copies);
	return result;
}

/* Once a feed, not an item. */
static int count_feeds(struct mark_job *mark, struct writer *writer, struct err *err)
{
	const struct ids *feeds = &mark->feeds;
	size_t first = 0, i;

	ids_sort(feeds->values, feeds->count);
	for (i = 1; i <= feeds->count; i++) {
		if (i < feeds->count && feeds->values[i] == feeds->values[first])
			continue;
		if (count_feed(writer, feeds->values[first], mark->mark, i - first, err) < 0)
			return -1;
		first = i;
	}
	return 0;
}

static int apply(struct mark_job *mark, struct writer *writer, struct err *err)
{
	size_t i;

	for (i = 0; i < mark->ids.count; i++) {
		bool clustered;
		int changed = apply_one(mark, writer, mark->ids.values[i], &clustered, err);

		/* Some may have come after it was read. */
		if (changed >= 0 && clustered && mark->mark == STORE_MARK_READ)
			changed = apply_copies(mark, writer, mark->ids.values[i], err);
		if (changed < 0)
			return -1;
	}
	return count_feeds(mark, writer, err);
}

static int mark_run(struct job *job, struct writer *writer, struct err *err)
{
	struct mark_job *mark = (struct mark_job *)job;
	int waits = 0;

	if (mark->tag != NULL && tag_check(mark->tag, err) < 0)
		return -1;
	if (mark->by_filter)
		waits = mark_waits(writer, &mark->filter, &mark->last_id, err);
	if (waits != 0)
		return waits;
	if ((mark->by_filter ? select_items(
				       &writer->db, &mark->filter, mark->bound_seq, &mark->ids, err)
			     : select_words(mark, writer, err)) < 0)
		return -1;
	mark->marked.matched = mark->ids.count;
	if (apply(mark, writer, err) < 0)
		return -1;
	mark->marked.seq = writer->counters.seq;
	return 0;
}

static void mark_done(struct job *job, const struct err *err)
{
	struct mark_job *mark = (struct mark_job *)job;

	mark->marked.unknown = mark->unknown;
	mark->done(mark->ctx, err == NULL ? &mark->marked : NULL, err);
}

static void mark_release(struct job *job)
{
	struct mark_job *mark = (struct mark_job *)job;
	size_t i;

	for (i = 0; i < mark->count; i++)
		free(mark->words[i]);
	free(mark->words);
	free(mark->unknown);
	free(mark->tag);
	ids_release(&mark->ids);
	ids_release(&mark->feeds);
	if (mark->by_filter)
		filter_release(&mark->filter);
	free(mark);
}

void store_mark(struct store *store, const struct store_selection *selection, enum store_mark mark,
	const char *tag, int64_t now_s, store_marks_done *done, void *ctx)
{
	struct mark_job *job = MEM_NEW(struct mark_job);
	size_t i;

	job->job.run = mark_run;
	job->job.asked = true;
	job->job.done = mark_done;
	job->job.release = mark_release;
	job->by_filter = selection->filter != NULL;
	if (job->by_filter)
		filter_copy(&job->filter, selection->filter);
	job->count = job->by_filter ? 0 : selection->count;
	job->words = MEM_ARRAY(job->count, char *);
	for (i = 0; i < job->count; i++)
		job->words[i] = mem_strdup(selection->words[i]);
	for (i = 0; i < selection->id_count; i++)
		ids_add(&job->ids, selection->ids[i]);
	job->unknown = MEM_ARRAY(job->count + 1, const char *);
	job->bound_seq = selection->bound_seq != 0 ? selection->bound_seq : store_seq(store);
	job->bulk = selection->bulk || job->by_filter;
	job->job.large = job->by_filter || job->count + job->ids.count > JOB_FEW;
	job->mark = mark;
	job->tag = mem_strdup(tag);
	job->now_s = now_s;
	job->done = done;
	job->ctx = ctx;
	queue_push(store->queue, &job->job);
}
