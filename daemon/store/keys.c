#include "daemon/store/keys.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "daemon/store/lent_table.h"

int keys_find(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	int64_t *out_item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_KEY_GET);

	db_bind_int(get, 1, feed_id);
	db_bind_bytes(get, 2, key, KEY_SIZE);
	return db_get(&writer->db, get, out_item_id, err);
}

static int delete_key(
	struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE], struct err *err)
{
	sqlite3_stmt *drop = db_use(&writer->db, STATEMENT_KEY_DELETE);

	db_bind_int(drop, 1, feed_id);
	db_bind_bytes(drop, 2, key, KEY_SIZE);
	return db_run(&writer->db, drop, err);
}

struct earlier {
	unsigned char key[KEY_SIZE];
	struct incoming *in;
};

static int by_key(const void *a, const void *b)
{
	return memcmp(((const struct earlier *)a)->key, ((const struct earlier *)b)->key, KEY_SIZE);
}

static int move_key(struct writer *writer, int64_t feed_id, const unsigned char from[KEY_SIZE],
	const unsigned char to[KEY_SIZE], struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_KEY_MOVE);

	db_bind_int(put, 1, feed_id);
	db_bind_bytes(put, 2, from, KEY_SIZE);
	db_bind_bytes(put, 3, to, KEY_SIZE);
	return db_run(&writer->db, put, err);
}

/*
 * Those that share a key of an earlier policy.  A tombstone was one item: it goes
 * along with the only one that it fits, or it would swallow whatever came under
 * that id later.  One that fits several says nothing of any, now or ever.
 */
static int settle_shared(struct writer *writer, int64_t feed_id, const struct earlier *rows,
	size_t count, struct err *err)
{
	struct incoming *fresh = NULL;
	int64_t item_id;
	size_t i;
	int found;

	for (i = 0; i < count; i++)
		if (rows[i].in->verdict == VERDICT_NEW)
			fresh = rows[i].in;
	if (fresh == NULL)
		return 0;
	found = keys_find(writer, feed_id, rows[0].key, &item_id, err);
	if (found <= 0 || item_id != 0)
		return found < 0 ? -1 : 0;
	if (count > 1)
		return delete_key(writer, feed_id, rows[0].key, err);
	fresh->verdict = VERDICT_BURIED;
	return move_key(writer, feed_id, rows[0].key, fresh->key, err);
}

/* Rows are sorted, so that equal keys are neighbours: where those of the row end. */
static size_t end_of_key(const struct earlier *rows, size_t count, size_t first)
{
	size_t end = first + 1;

	while (end < count && by_key(&rows[first], &rows[end]) == 0)
		end++;
	return end;
}

static int find_under(struct writer *writer, int64_t feed_id, const struct earlier *rows,
	size_t count, struct err *err)
{
	size_t first, end;

	for (first = 0; first < count; first = end) {
		end = end_of_key(rows, count, first);
		if (settle_shared(writer, feed_id, rows + first, end - first, err) < 0)
			return -1;
	}
	return 0;
}

int keys_find_buried(struct writer *writer, int64_t feed_id, enum ident_policy policy,
	struct incoming *incoming, size_t count, struct err *err)
{
	struct earlier *rows = MEM_ARRAY(count, struct earlier);
	int earlier, result = 0;
	size_t i;

	for (earlier = POLICY_ID; earlier < (int)policy && result == 0; earlier++) {
		for (i = 0; i < count; i++) {
			rows[i].in = &incoming[i];
			identity_earlier_key(rows[i].in, (enum ident_policy)earlier, rows[i].key);
		}
		qsort(rows, count, sizeof(*rows), by_key);
		result = find_under(writer, feed_id, rows, count, err);
	}
	free(rows);
	return result;
}

static int find_alias(
	struct writer *writer, int64_t feed_id, const struct earlier *row, struct err *err)
{
	int64_t item_id;
	int found = keys_find(writer, feed_id, row->key, &item_id, err);

	if (found <= 0 || item_id != 0)
		return found < 0 ? -1 : 0;
	row->in->verdict = VERDICT_BURIED;
	return keys_put(writer, feed_id, row->in->key, 0, NULL, err);
}

static bool is_new_of_link(const struct incoming *in, int64_t since_s)
{
	return in->item->key_kind == FEED_KEY_LINK && in->item->published_s != DATE_NONE &&
	       in->item->published_s > since_s;
}

int keys_find_buried_alias(struct writer *writer, int64_t feed_id, int64_t since_s,
	struct incoming *incoming, size_t count, struct err *err)
{
	struct earlier *rows = MEM_ARRAY(count, struct earlier);
	size_t used = 0, first, end, i;
	int result = 0;

	for (i = 0; i < count; i++) {
		rows[used].in = &incoming[i];
		used += ident_alias_key(&incoming[i].ident, rows[used].key);
	}
	if (used > 1)
		qsort(rows, used, sizeof(*rows), by_key);
	for (first = 0; first < used && result == 0; first = end) {
		end = end_of_key(rows, used, first);
		if (end - first == 1 && rows[first].in->verdict == VERDICT_NEW &&
			!is_new_of_link(rows[first].in, since_s))
			result = find_alias(writer, feed_id, &rows[first], err);
	}
	free(rows);
	return result;
}

enum { KEY, ITEM_ID, IDENT };

static void lend_key(void *rows, size_t row, int column, sqlite3_context *out)
{
	const struct key_row *key = (const struct key_row *)rows + row;
	unsigned char packed[IDENT_PACKED_MAX];

	if (column == KEY)
		sqlite3_result_blob(out, key->key, KEY_SIZE, SQLITE_STATIC);
	else if (column == ITEM_ID && key->item_id != 0)
		sqlite3_result_int64(out, key->item_id);
	else if (column == IDENT && key->ident != NULL)
		sqlite3_result_blob(
			out, packed, (int)ident_pack(key->ident, packed), SQLITE_TRANSIENT);
}

const struct lent_shape lent_keys = { "new_key", "key BLOB, item_id INTEGER, ident BLOB", 3,
	lend_key };

int keys_put_all(
	struct writer *writer, int64_t feed_id, struct key_row *rows, size_t count, struct err *err)
{
	struct lent list = { count, rows };
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_KEYS_PUT);

	db_bind_pointer(put, 1, &list, lent_keys.name);
	db_bind_int(put, 2, feed_id);
	return db_run(&writer->db, put, err);
}

int keys_put(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	int64_t item_id, const struct ident *ident, struct err *err)
{
	struct key_row row = { key, item_id, ident };

	return keys_put_all(writer, feed_id, &row, 1, err);
}

int keys_ident(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	struct ident *out_ident, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_KEY_GET);
	const void *packed;
	size_t length;
	int found;

	memset(out_ident, 0, sizeof(*out_ident));
	db_bind_int(get, 1, feed_id);
	db_bind_bytes(get, 2, key, KEY_SIZE);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	packed = db_bytes(get, 1, &length);
	ident_unpack(packed, length, out_ident);
	sqlite3_reset(get);
	return 0;
}

int keys_set_ident(struct writer *writer, int64_t feed_id, const unsigned char key[KEY_SIZE],
	const struct ident *ident, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_KEY_IDENT);
	unsigned char packed[IDENT_PACKED_MAX];

	db_bind_int(put, 1, feed_id);
	db_bind_bytes(put, 2, key, KEY_SIZE);
	if (ident != NULL)
		db_bind_bytes(put, 3, packed, ident_pack(ident, packed));
	return db_run(&writer->db, put, err);
}

static int read_stored(struct writer *writer, enum statement which, int64_t feed_id,
	struct stored **out_stored, size_t *out_count, struct err *err)
{
	sqlite3_stmt *list = db_use(&writer->db, which);
	struct stored *rows = NULL;
	size_t count = 0, capacity = 0, length;
	const void *bytes;
	int found;

	db_bind_int(list, 1, feed_id);
	while ((found = db_step(&writer->db, list, err)) > 0) {
		if (count == capacity) {
			capacity = capacity != 0 ? capacity * 2 : 64;
			rows = mem_realloc_array(rows, capacity, sizeof(*rows));
		}
		bytes = db_bytes(list, 0, &length);
		if (length != KEY_SIZE)
			continue;
		memcpy(rows[count].key, bytes, KEY_SIZE);
		rows[count].item_id = db_int(list, 1);
		bytes = db_bytes(list, 2, &length);
		ident_unpack(bytes, length, &rows[count].ident);
		count++;
	}
	if (found < 0) {
		free(rows);
		return -1;
	}
	*out_stored = rows;
	*out_count = count;
	return 0;
}

int keys_live(struct writer *writer, int64_t feed_id, struct stored **out_stored, size_t *out_count,
	struct err *err)
{
	return read_stored(writer, STATEMENT_KEY_LIVE, feed_id, out_stored, out_count, err);
}

int keys_recompute(struct writer *writer, int64_t feed_id, enum ident_policy from,
	enum ident_policy to, struct err *err)
{
	unsigned char key[KEY_SIZE];
	struct stored *rows;
	struct ident ident;
	size_t count, i;
	int result = 0;

	if (keys_live(writer, feed_id, &rows, &count, err) < 0)
		return -1;
	for (i = 0; i < count && result == 0; i++) {
		identity_rekey(&rows[i], from, to, key, &ident);
		result = delete_key(writer, feed_id, rows[i].key, err);
		if (result == 0)
			result = keys_put(writer, feed_id, key, rows[i].item_id, &ident, err);
	}
	free(rows);
	return result;
}

static int are_ids_trusted(struct writer *writer, int64_t feed_id, bool *out, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_POLICY_GET);
	int64_t policy = POLICY_ID;
	int found;

	db_bind_int(get, 1, feed_id);
	found = db_get(&writer->db, get, &policy, err);
	*out = policy == POLICY_ID;
	return found < 0 ? -1 : 0;
}

int keys_bury(struct writer *writer, int64_t feed_id, struct err *err)
{
	unsigned char alias[KEY_SIZE];
	struct stored *rows;
	size_t count, i;
	bool trusted;
	int result = 0;

	if (are_ids_trusted(writer, feed_id, &trusted, err) < 0 ||
		read_stored(writer, STATEMENT_KEY_DOOMED, feed_id, &rows, &count, err) < 0)
		return -1;
	for (i = 0; i < count && result == 0; i++) {
		result = keys_put(writer, feed_id, rows[i].key, 0, NULL, err);
		if (result == 0 && trusted && ident_alias_key(&rows[i].ident, alias))
			result = keys_put(writer, feed_id, alias, 0, NULL, err);
	}
	free(rows);
	return result;
}

int keys_set_policy(struct writer *writer, int64_t feed_id, enum ident_policy policy,
	const char *why, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_FEED_POLICY);

	db_bind_int(put, 1, feed_id);
	db_bind_int(put, 2, policy);
	db_bind_text(put, 3, why);
	writer->feeds_touched = true;
	return db_run(&writer->db, put, err);
}

/* ------------------------------------------------------------ items ---- */

int keys_left(struct writer *writer, int64_t item_id, int64_t now_s, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_ITEM_LEFT);

	db_bind_int(put, 1, item_id);
	db_bind_int(put, 2, now_s);
	return db_run(&writer->db, put, err);
}

int keys_returned(struct writer *writer, int64_t item_id, struct err *err)
{
	return db_run_with(&writer->db, STATEMENT_ITEM_RETURNED, item_id, err);
}
