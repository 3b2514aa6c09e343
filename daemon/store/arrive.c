#include "daemon/store/arrive.h"

#include <stdlib.h>

#include "common/mem.h"
#include "daemon/store/article.h"
#include "daemon/store/keys.h"
#include "daemon/store/lent_table.h"

struct arrival {
	const struct incoming *in;
	uint64_t seq;
	int64_t bundled; /* where its article is (bundle.h); 0: in a row of its own */
};

void arrivals_init(struct arrivals *arrivals, struct item_rows *rows, size_t most)
{
	arrivals->rows = rows;
	arrivals->list = MEM_ARRAY(most, struct arrival);
	arrivals->count = 0;
	arrivals->made = NULL;
}

void arrivals_release(struct arrivals *arrivals)
{
	free(arrivals->list);
}

int arrivals_add(struct arrivals *arrivals, struct incoming *in, struct err *err)
{
	struct item_rows *rows = arrivals->rows;
	struct arrival *arrival = &arrivals->list[arrivals->count++];
	size_t place = (size_t)(in->article - feed_doc_item(rows->doc, 0));

	in->item_id = rows->writer->counters.next_item_id++;
	*arrival = (struct arrival){ .in = in, .seq = writer_next_seq(rows->writer) };
	if (rows->bundles == NULL)
		return article_put(rows->writer, in->item_id, rows->doc, in->item, err);
	arrival->bundled = bundles_place(rows->bundles, place, in->item_id);
	return 0;
}

/* ------------------------------------------------------------- items ---- */

enum { ID, DATE, SEQ, PUBLISHED, MODIFIED, BUNDLED, TEXTS };

static void lend_int_or(sqlite3_context *out, int64_t value, int64_t null)
{
	if (value != null)
		sqlite3_result_int64(out, value);
}

static void lend_text(struct arrivals *arrivals, const struct arrival *arrival,
	enum item_text which, sqlite3_context *out)
{
	struct item_rows *rows = arrivals->rows;
	const char *text;
	size_t length;

	if (arrivals->made != arrival)
		item_texts_make(&rows->texts, rows->doc, arrival->in->item);
	arrivals->made = arrival;
	text = item_text(&rows->texts, rows->doc, arrival->in->item, which, &length);
	if (text != NULL)
		sqlite3_result_text(out, text, (int)length, SQLITE_STATIC);
}

static void lend_item(void *rows, size_t row, int column, sqlite3_context *out)
{
	struct arrivals *arrivals = rows;
	const struct arrival *arrival = &arrivals->list[row];
	const struct feed_item *item = arrival->in->item;

	switch (column) {
	case ID:
		sqlite3_result_int64(out, arrival->in->item_id);
		break;
	case DATE:
		sqlite3_result_int64(out, item_date(item, arrivals->rows->now_s));
		break;
	case SEQ:
		sqlite3_result_int64(out, (int64_t)arrival->seq);
		break;
	case PUBLISHED:
		lend_int_or(out, item->published_s, DATE_NONE);
		break;
	case MODIFIED:
		lend_int_or(out, item->modified_s, DATE_NONE);
		break;
	case BUNDLED:
		lend_int_or(out, arrival->bundled, 0);
		break;
	default:
		lend_text(arrivals, arrival, (enum item_text)(column - TEXTS), out);
		break;
	}
}

const struct lent_shape lent_items = { "new_item",
	"id INTEGER, date_s INTEGER, seq INTEGER, published_s INTEGER, modified_s INTEGER,"
	" bundled INTEGER, title TEXT, url TEXT, guid TEXT, fallback TEXT, external_url TEXT,"
	" language TEXT, image TEXT, authors TEXT, categories TEXT, attachments TEXT,"
	" summary TEXT",
	TEXTS + ITEM_TEXTS, lend_item };

static int put_items(struct arrivals *arrivals, enum item_origin origin, struct err *err)
{
	struct item_rows *rows = arrivals->rows;
	struct lent list = { arrivals->count, arrivals };
	sqlite3_stmt *put = db_use(&rows->writer->db, STATEMENT_ITEMS_PUT);

	db_bind_pointer(put, 1, &list, lent_items.name);
	db_bind_int(put, 2, rows->feed_id);
	db_bind_int(put, 3, origin);
	db_bind_int(put, 4, rows->now_s);
	return db_run(&rows->writer->db, put, err);
}

/* --------------------------------------------- what they are found by ---- */

static int put_keys(const struct arrivals *arrivals, struct err *err)
{
	struct key_row *keys = MEM_ARRAY(arrivals->count, struct key_row);
	int result;

	for (size_t i = 0; i < arrivals->count; i++) {
		const struct incoming *in = arrivals->list[i].in;

		keys[i] = (struct key_row){ in->key, in->item_id, &in->ident };
	}
	result = keys_put_all(
		arrivals->rows->writer, arrivals->rows->feed_id, keys, arrivals->count, err);
	free(keys);
	return result;
}

static int put_stories(const struct arrivals *arrivals, struct err *err)
{
	struct story *stories = MEM_ARRAY(arrivals->count * STORIES_MAX, struct story);
	size_t count = 0;
	int result;

	for (size_t i = 0; i < arrivals->count; i++) {
		const struct incoming *in = arrivals->list[i].in;

		count += item_stories(arrivals->rows->doc, in->item, in->item_id, stories + count);
	}
	result = stories_put(arrivals->rows->writer, stories, count, err);
	free(stories);
	return result;
}

int arrivals_write(struct arrivals *arrivals, enum item_origin origin, struct err *err)
{
	if (arrivals->count == 0)
		return 0;
	if (put_items(arrivals, origin, err) < 0 || put_keys(arrivals, err) < 0)
		return -1;
	return put_stories(arrivals, err);
}
