#include "daemon/store/row.h"

#include <string.h>

#include "common/json.h"
#include "daemon/store/cluster.h"
#include "daemon/store/item.h"
#include "daemon/store/tag.h"

#define PREVIOUS_JSON_MAX (64u << 20)
#define ALSO_IN_JSON_MAX (1u << 20)
#define SNIPPET_MAX (2u << 20) /* a text may be one word */

const char *row_columns(enum row_want want)
{
	return want == ROW_LINE ? ITEM_COLUMNS_LINE : ITEM_COLUMNS;
}

void row_scratch_init(struct row_scratch *scratch)
{
	buf_init(&scratch->tags, TAGS_JSON_MAX);
	buf_init(&scratch->previous, PREVIOUS_JSON_MAX);
	buf_init(&scratch->also_in, ALSO_IN_JSON_MAX);
	buf_init(&scratch->snippet, SNIPPET_MAX);
}

void row_scratch_release(struct row_scratch *scratch)
{
	buf_release(&scratch->tags);
	buf_release(&scratch->previous);
	buf_release(&scratch->also_in);
	buf_release(&scratch->snippet);
}

/* A row's columns, wherever they are. */
struct cells {
	sqlite3_stmt *statement; /* or */
	sqlite3_value **values;  /* what a visitor was handed */
};

static int64_t cell_int(const struct cells *row, int column)
{
	return row->values != NULL ? sqlite3_value_int64(row->values[column])
				   : db_int(row->statement, column);
}

static int64_t cell_int_or(const struct cells *row, int column, int64_t null)
{
	if (row->values == NULL)
		return db_int_or(row->statement, column, null);
	return sqlite3_value_type(row->values[column]) == SQLITE_NULL ? null
								      : cell_int(row, column);
}

static bool cell_bool(const struct cells *row, int column)
{
	return cell_int(row, column) != 0;
}

static const char *cell_text(const struct cells *row, int column)
{
	return row->values != NULL ? (const char *)sqlite3_value_text(row->values[column])
				   : db_text(row->statement, column);
}

/* In the order of ITEM_COLUMNS. */
static void read_columns(const struct cells *row, struct store_item *item, bool *out_tagged)
{
	int64_t changed_seq, state_seq;

	item->id = cell_int(row, 0);
	item->feed_id = cell_int(row, 1);
	item->date_s = cell_int(row, 2);
	item->read = cell_bool(row, 3);
	item->starred = cell_bool(row, 4);
	*out_tagged = cell_bool(row, 5);
	item->seq = (uint64_t)cell_int(row, 7);
	changed_seq = cell_int(row, 8);
	state_seq = cell_int(row, 9);
	item->changed = changed_seq != 0;
	if ((uint64_t)changed_seq > item->seq)
		item->seq = (uint64_t)changed_seq;
	if ((uint64_t)state_seq > item->seq)
		item->seq = (uint64_t)state_seq;
	item->received_s = cell_int(row, 10);
	item->changed_s = cell_int_or(row, 11, DATE_NONE);
	item->published_s = cell_int_or(row, 12, DATE_NONE);
	item->modified_s = cell_int_or(row, 13, DATE_NONE);
	item->title = cell_text(row, 14);
	item->url = cell_text(row, 15);
	item->guid = cell_text(row, 16);
	item->fallback_title = cell_text(row, 17);
	item->external_url = cell_text(row, 18);
	item->language = cell_text(row, 19);
	item->image = cell_text(row, 20);
	item->authors_json = cell_text(row, 21);
	item->categories_json = cell_text(row, 22);
	item->attachments_json = cell_text(row, 23);
	item->summary = cell_text(row, 24);
	item->cluster = cell_int(row, 25);
}

/* In the order of ITEM_COLUMNS_LINE. */
static void read_line(const struct cells *row, struct store_item *item)
{
	item->id = cell_int(row, 0);
	item->feed_id = cell_int(row, 1);
	item->date_s = cell_int(row, 2);
	item->read = cell_bool(row, 3);
	item->starred = cell_bool(row, 4);
	item->changed = cell_int(row, 5) != 0;
	item->cluster = cell_int(row, 6);
	item->title = cell_text(row, 7);
	item->url = cell_text(row, 8);
	item->guid = cell_text(row, 9);
	item->fallback_title = cell_text(row, 10);
}

static void no_list_is_empty(const char **json)
{
	if (*json == NULL)
		*json = "[]";
}

static int read_content(struct reader *reader, struct store_item *item, struct err *err)
{
	sqlite3_stmt *get = db_use(&reader->db, STATEMENT_ARTICLE_GET);
	const void *bytes;
	size_t length;
	int found, packing;

	db_bind_int(get, 1, item->id);
	found = db_step(&reader->db, get, err);
	if (found <= 0)
		return found;
	packing = (int)db_int(get, 0);
	bytes = db_bytes(get, 1, &length);
	if (db_int(get, 2) == 0)
		found = content_unpack(&reader->unpacker, packing, bytes, length,
			&item->content_html, &item->content_text, err);
	else
		found = content_unpack_bundled(&reader->unpacker, db_int(get, 2), packing, bytes,
			length, &item->content_html, &item->content_text, err);
	sqlite3_reset(get);
	return found;
}

static int add_previous(struct json_writer *json, sqlite3_stmt *row,
	struct content_unpacker *unpacker, struct err *err)
{
	const char *html = NULL, *text = NULL;
	const void *bytes;
	size_t length;

	bytes = db_bytes(row, 4, &length);
	if (bytes != NULL &&
		content_unpack(unpacker, (int)db_int(row, 3), bytes, length, &html, &text, err) < 0)
		return -1;
	json_put_object(json);
	json_put_key(json, "revision");
	json_put_int(json, db_int(row, 0));
	json_put_key(json, "replaced_at");
	json_put_time(json, db_int(row, 1));
	json_put_key(json, "title");
	json_put_string(json, db_text(row, 2));
	json_put_key(json, "content_html");
	json_put_string(json, html);
	json_put_key(json, "content_text");
	json_put_string(json, text);
	json_put_object_end(json);
	return 0;
}

/* Newest first.  Uses an unpacker of its own: the item's text is in the other. */
static int read_previous(struct reader *reader, struct row_scratch *scratch,
	struct store_item *item, struct err *err)
{
	sqlite3_stmt *list = db_use(&reader->db, STATEMENT_PREVIOUS_LIST);
	struct content_unpacker unpacker;
	struct json_writer json;
	int found;

	content_unpacker_init(&unpacker);
	buf_clear(&scratch->previous);
	json_begin(&json, &scratch->previous);
	json_put_array(&json);
	db_bind_int(list, 1, item->id);
	while ((found = db_step(&reader->db, list, err)) > 0)
		if (add_previous(&json, list, &unpacker, err) < 0) {
			sqlite3_reset(list);
			found = -1;
			break;
		}
	json_put_array_end(&json);
	content_unpacker_release(&unpacker);
	item->previous_json = scratch->previous.data;
	return found;
}

static int read_names(struct reader *reader, struct store_item *item, enum ident_policy *out_policy,
	struct err *err)
{
	const struct name *name;

	if (names_find(&reader->names, &reader->db, item->feed_id, &name, err) < 0)
		return -1;
	item->feed_title = name->title;
	item->feed_url = name->url;
	item->feed_tags_json = name->tags_json;
	*out_policy = name->policy;
	return 0;
}

static int read_cells(struct reader *reader, const struct cells *row, enum row_want want,
	struct row_scratch *scratch, struct store_item *item, struct err *err)
{
	enum ident_policy policy;
	bool tagged = false;

	memset(item, 0, sizeof(*item));
	if (want == ROW_LINE)
		read_line(row, item);
	else
		read_columns(row, item, &tagged);
	if (item->guid != NULL && item->guid[0] == '\0')
		item->guid = item->url;
	if (want > ROW_LINE) {
		no_list_is_empty(&item->authors_json);
		no_list_is_empty(&item->categories_json);
		no_list_is_empty(&item->attachments_json);
		item->tags_json = item->also_in_json = "[]";
	}
	if (read_names(reader, item, &policy, err) < 0)
		return -1;
	if (tagged) {
		buf_clear(&scratch->tags);
		if (tag_item_json(&reader->db, item->id, &scratch->tags, err) < 0)
			return -1;
		item->tags_json = scratch->tags.data;
	}
	if (item->cluster != 0 && want > ROW_LINE) {
		buf_clear(&scratch->also_in);
		if (cluster_also_in(reader, item->cluster, item->id, &scratch->also_in, err) < 0)
			return -1;
		item->also_in_json = scratch->also_in.data;
	}
	if (want >= ROW_FULL) {
		if (read_content(reader, item, err) < 0)
			return -1;
		uid_of(item, policy, scratch->uid);
		item->uid = scratch->uid;
	}
	if (want >= ROW_HISTORY)
		return read_previous(reader, scratch, item, err);
	return 0;
}

int row_read(struct reader *reader, sqlite3_stmt *row, enum row_want want,
	struct row_scratch *scratch, struct store_item *out_item, struct err *err)
{
	const struct cells cells = { .statement = row };

	return read_cells(reader, &cells, want, scratch, out_item, err);
}

int row_read_values(struct reader *reader, sqlite3_value **values, enum row_want want,
	struct row_scratch *scratch, struct store_item *out_item, struct err *err)
{
	const struct cells cells = { .values = values };

	return read_cells(reader, &cells, want, scratch, out_item, err);
}

int row_snippet(struct reader *reader, const char *words, struct row_scratch *scratch,
	struct store_item *item, struct err *err)
{
	sqlite3_stmt *get = db_use(&reader->db, STATEMENT_SEARCH_SNIPPET);
	const char *snippet = NULL;
	int found;

	db_bind_int(get, 1, item->id);
	db_bind_text(get, 2, words);
	found = db_step(&reader->db, get, err);
	if (found > 0)
		snippet = db_text(get, 0);
	buf_clear(&scratch->snippet);
	if (snippet != NULL && buf_add_text(&scratch->snippet, snippet) == 0)
		item->snippet = scratch->snippet.data;
	sqlite3_reset(get);
	return found < 0 ? -1 : 0;
}
