#include "daemon/store/find.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/order.h"
#include "daemon/store/internal.h"
#include "daemon/store/row.h"
#include "daemon/store/story.h"

void ids_add(struct ids *ids, int64_t id)
{
	if (ids->count == ids->capacity) {
		ids->capacity = ids->capacity != 0 ? ids->capacity * 2 : 64;
		ids->values = mem_realloc_array(ids->values, ids->capacity, sizeof(*ids->values));
	}
	ids->values[ids->count++] = id;
}

/* Whether `id` is among those from `first` up to `end`. */
static bool have_between(const struct ids *ids, size_t first, size_t end, int64_t id)
{
	size_t i;

	for (i = first; i < end; i++)
		if (ids->values[i] == id)
			return true;
	return false;
}

bool ids_have(const struct ids *ids, int64_t id)
{
	return have_between(ids, 0, ids->count, id);
}

void ids_release(struct ids *ids)
{
	free(ids->values);
	memset(ids, 0, sizeof(*ids));
}

void ids_sort(int64_t *ids, size_t count)
{
	if (count > 1)
		qsort(ids, count, sizeof(*ids), order_int64);
}

size_t ids_sort_once(int64_t *ids, size_t count)
{
	size_t kept = 0, i;

	ids_sort(ids, count);
	for (i = 0; i < count; i++)
		if (kept == 0 || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	return kept;
}

int find_first_behind(struct db *db, uint64_t seq, int64_t *out_id, struct err *err)
{
	int64_t low = 1, high = 0;

	if (db_get(db, db_use(db, STATEMENT_ITEM_LAST), &high, err) < 0)
		return -1;
	high++;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		sqlite3_stmt *at = db_use(db, STATEMENT_ITEM_AT);
		int found;

		db_bind_int(at, 1, middle);
		found = db_step(db, at, err);
		if (found < 0)
			return -1;
		if (found == 0 || (uint64_t)db_int(at, 1) > seq)
			high = middle;
		else
			low = db_int(at, 0) + 1;
		sqlite3_reset(at); /* else it would hold an old snapshot */
	}
	*out_id = low;
	return 0;
}

int find_number(const char *word, int64_t *out)
{
	int64_t value = 0;
	const char *p;

	for (p = word; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, (int64_t)10, &value) ||
			__builtin_add_overflow(value, (int64_t)(*p - '0'), &value))
			value = INT64_MAX;
	if (p == word || *p != '\0')
		return 0;
	*out = value;
	return 1;
}

static int find_id(struct db *db, int64_t id, struct ids *ids, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_ITEM_EXISTS);
	int64_t ignored;
	int found;

	db_bind_int(get, 1, id);
	found = db_get(db, get, &ignored, err);
	if (found > 0)
		ids_add(ids, id);
	return found;
}

/* Append those that have it, but for those from `first` on. */
static int find_hash(struct db *db, int64_t hash, struct ids *ids, size_t first, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_STORY_FIND);
	size_t known = ids->count;
	int found;

	db_bind_int(list, 1, hash);
	while ((found = db_step(db, list, err)) > 0) {
		int64_t id = db_int(list, 0);

		if (!have_between(ids, first, known, id))
			ids_add(ids, id);
	}
	return found;
}

int find_word(struct db *db, const char *word, struct ids *ids, struct err *err)
{
	size_t first = ids->count;
	int64_t number, link;

	if (find_number(word, &number))
		return find_id(db, number, ids, err);
	link = story_link_hash(word);
	if ((link != 0 && find_hash(db, link, ids, first, err) < 0) ||
		find_hash(db, story_guid_hash(word), ids, first, err) < 0)
		return -1;
	return ids->count > first;
}

/* -------------------------------------------------- store_items_find ---- */

struct find_job {
	struct store_read_job job;
	char **words;
	size_t count;
	bool history;
	const char **unknown; /* NULL-ended, into words */
	size_t unknown_count;
	struct ids ids; /* that were found */
	size_t told;    /* of them */
	store_item_row *row;
	store_items_found *done;
	void *ctx;
};

/* 1: the caller has enough. */
static int tell_item(struct find_job *find, struct reader *reader, int64_t id,
	struct row_scratch *scratch, struct err *err)
{
	sqlite3_stmt *get = db_use(&reader->db, STATEMENT_ITEM_ONE);
	struct store_item item;
	int result;

	db_bind_int(get, 1, id);
	result = db_step(&reader->db, get, err);
	if (result <= 0)
		return result;
	result = row_read(reader, get, find->history ? ROW_HISTORY : ROW_FULL, scratch, &item, err);
	if (result == 0 && read_telling(&find->job)) {
		result = find->row(find->ctx, &item) != 0;
		read_told(&find->job);
	}
	sqlite3_reset(get);
	return result;
}

static int tell_items(struct find_job *find, struct reader *reader, struct err *err)
{
	const struct ids *ids = &find->ids;
	struct row_scratch scratch;
	int result = 0;

	row_scratch_init(&scratch);
	while (find->told < ids->count && result == 0)
		result = tell_item(find, reader, ids->values[find->told++], &scratch, err);
	row_scratch_release(&scratch);
	return result;
}

static int find_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct find_job *find = (struct find_job *)job;
	int result = 0;
	size_t i;

	for (i = 0; i < find->count && result >= 0; i++) {
		result = find_word(&reader->db, find->words[i], &find->ids, err);
		if (result == 0)
			find->unknown[find->unknown_count++] = find->words[i];
	}
	if (result >= 0)
		result = tell_items(find, reader, err);
	return result < 0 ? -1 : 0;
}

static void find_done(struct store_read_job *job, const struct err *err)
{
	struct find_job *find = (struct find_job *)job;
	size_t left = find->ids.count - find->told;

	find->done(find->ctx, left > 0 ? &find->ids.values[find->told] : NULL, left, find->unknown,
		err);
}

static void find_release(struct store_read_job *job)
{
	struct find_job *find = (struct find_job *)job;
	size_t i;

	for (i = 0; i < find->count; i++)
		free(find->words[i]);
	free(find->words);
	free(find->unknown);
	ids_release(&find->ids);
	free(find);
}

struct store_read_job *store_items_find(struct store *store, const char *const *words, size_t count,
	bool history, store_item_row *row, store_items_found *done, void *ctx)
{
	struct find_job *find = MEM_NEW(struct find_job);
	size_t i;

	find->job.run = find_run;
	find->job.done = find_done;
	find->job.release = find_release;
	find->words = MEM_ARRAY(count, char *);
	for (i = 0; i < count; i++)
		find->words[i] = mem_strdup(words[i]);
	find->unknown = MEM_ARRAY(count + 1, const char *);
	find->count = count;
	find->history = history;
	find->row = row;
	find->done = done;
	find->ctx = ctx;
	return pool_start(store->pool, &find->job);
}
