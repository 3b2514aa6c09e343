#include "daemon/store/shown.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/order.h"
#include "daemon/store/bytes.h"
#include "daemon/store/keys.h"

#define SHOWN_MAX 20000 /* rows that partial documents may add up to */

/* A row in bytes: the key, then 48 bits each of state and id. */
#define KEY_BYTES 8
#define STATE_BYTES 6
#define ID_BYTES 6
#define ROW_BYTES (KEY_BYTES + STATE_BYTES + ID_BYTES)

void shown_release(struct shown_list *list)
{
	free(list->rows);
	*list = (struct shown_list){ 0 };
}

uint64_t shown_key(const unsigned char key[KEY_SIZE])
{
	return bytes_get(key, KEY_BYTES);
}

static int by_key(const void *a, const void *b)
{
	const struct shown *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->item_id > y->item_id) - (x->item_id < y->item_id);
}

void shown_sort(struct shown_list *list)
{
	if (list->count > 1)
		qsort(list->rows, list->count, sizeof(*list->rows), by_key);
}

const struct shown *shown_find(const struct shown_list *list, uint64_t key)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->rows[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->rows[low].key == key ? &list->rows[low] : NULL;
}

/* ---------------------------------------------------------- reading ---- */

static void unpack(const unsigned char *at, size_t length, struct shown_list *out_list)
{
	size_t i;

	out_list->count = length / ROW_BYTES;
	out_list->rows = MEM_ARRAY(out_list->count, struct shown);
	for (i = 0; i < out_list->count; i++, at += ROW_BYTES)
		out_list->rows[i] = (struct shown){ .key = bytes_get(at, KEY_BYTES),
			.state = bytes_get(at + KEY_BYTES, STATE_BYTES),
			.item_id = (int64_t)bytes_get(at + KEY_BYTES + STATE_BYTES, ID_BYTES) };
}

int shown_read(struct writer *writer, int64_t feed_id, struct shown_list *out_list, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_SHOWN_GET);
	const void *packed;
	size_t length;
	int found;

	*out_list = (struct shown_list){ 0 };
	db_bind_int(get, 1, feed_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	packed = db_bytes(get, 0, &length);
	unpack(packed, length, out_list);
	sqlite3_reset(get);
	return 0;
}

/* ---------------------------------------------------------- writing ---- */

/* Items of `before` that are in `now` by no key at all. */
static int mark_all_left(struct writer *writer, const struct shown_list *before,
	const struct shown_list *now, int64_t now_s, struct err *err)
{
	int64_t *ids = MEM_ARRAY(now->count, int64_t);
	int result = 0;
	size_t i;

	for (i = 0; i < now->count; i++)
		ids[i] = now->rows[i].item_id;
	if (now->count > 1)
		qsort(ids, now->count, sizeof(*ids), order_int64);
	for (i = 0; i < before->count && result == 0; i++) {
		int64_t id = before->rows[i].item_id;
		bool stays = now->count > 0 &&
			     bsearch(&id, ids, now->count, sizeof(*ids), order_int64) != NULL;

		if (id != 0 && !stays)
			result = keys_left(writer, id, now_s, err);
	}
	free(ids);
	return result;
}

/* What a part of a document does not show is still shown. */
static void merge(const struct shown_list *before, struct shown_list *now)
{
	struct shown_list part = *now; /* sorted, while rows are put behind it */
	size_t i;

	for (i = 0; i < before->count && now->count < SHOWN_MAX; i++)
		if (shown_find(&part, before->rows[i].key) == NULL)
			now->rows[now->count++] = before->rows[i];
	shown_sort(now);
}

static bool is_same(const struct shown_list *a, const struct shown_list *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->rows[i].key != b->rows[i].key || a->rows[i].state != b->rows[i].state ||
			a->rows[i].item_id != b->rows[i].item_id)
			return false;
	return true;
}

static void pack(const struct shown_list *list, unsigned char *at)
{
	size_t i;

	for (i = 0; i < list->count; i++, at += ROW_BYTES) {
		bytes_put(at, KEY_BYTES, list->rows[i].key);
		bytes_put(at + KEY_BYTES, STATE_BYTES, list->rows[i].state);
		bytes_put(at + KEY_BYTES + STATE_BYTES, ID_BYTES, (uint64_t)list->rows[i].item_id);
	}
}

static int put(
	struct writer *writer, int64_t feed_id, const struct shown_list *list, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_SHOWN_PUT);
	unsigned char *packed = mem_alloc(list->count * ROW_BYTES);
	int result;

	pack(list, packed);
	db_bind_int(put, 1, feed_id);
	db_bind_bytes(put, 2, packed, list->count * ROW_BYTES);
	result = db_run(&writer->db, put, err);
	free(packed);
	return result;
}

int shown_write(struct writer *writer, int64_t feed_id, const struct shown_list *before,
	struct shown_list *now, bool absence, int64_t now_s, struct err *err)
{
	if (!absence)
		merge(before, now);
	if (is_same(before, now))
		return 0;
	if (absence && mark_all_left(writer, before, now, now_s, err) < 0)
		return -1;
	return put(writer, feed_id, now, err);
}
