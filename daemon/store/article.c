#include "daemon/store/article.h"

#include <string.h>

#define PREVIOUS_KEPT 5             /* texts an item */
#define PREVIOUS_BYTES (256 * 1024) /* packed; a larger one is not kept */

int article_put(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err)
{
	sqlite3_stmt *put;
	const void *bytes;
	size_t length;
	int packing;

	if (item->content_html.length == 0 && item->content_text.length == 0)
		return 0;
	packing = content_pack(&writer->packer, feed_doc_text(doc, item->content_html),
		item->content_html.length, feed_doc_text(doc, item->content_text),
		item->content_text.length, &bytes, &length);
	put = db_use(&writer->db, STATEMENT_CONTENT_PUT);
	db_bind_int(put, 1, item_id);
	db_bind_int(put, 2, packing);
	db_bind_bytes(put, 3, bytes, length);
	return db_run(&writer->db, put, err);
}

int article_put_bundles(struct writer *writer, const struct bundles *bundles, struct err *err)
{
	size_t i;

	for (i = 0; i < bundles_count(bundles); i++) {
		sqlite3_stmt *put;
		struct bundle bundle;

		bundles_get(bundles, i, &bundle);
		if (bundle.live == 0)
			continue;
		put = db_use(&writer->db, STATEMENT_BUNDLE_PUT);
		db_bind_int(put, 1, bundle.id);
		db_bind_int(put, 2, bundle.live);
		db_bind_int(put, 3, bundle.packing);
		db_bind_bytes(put, 4, bundle.bytes, bundle.length);
		if (db_run(&writer->db, put, err) < 0)
			return -1;
	}
	return 0;
}

static int run_with(struct writer *writer, enum statement which, int64_t id, struct err *err)
{
	sqlite3_stmt *run = db_use(&writer->db, which);

	db_bind_int(run, 1, id);
	return db_run(&writer->db, run, err);
}

int article_drop(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_BUNDLE_OF_ITEM);
	int64_t bundle;
	int found;

	db_bind_int(get, 1, item_id);
	found = db_get(&writer->db, get, &bundle, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return run_with(writer, STATEMENT_CONTENT_DELETE, item_id, err);
	if (run_with(writer, STATEMENT_BUNDLE_LEAVE, bundle, err) < 0)
		return -1;
	/* It was the last one. */
	if (db_changes(&writer->db) == 0)
		return run_with(writer, STATEMENT_BUNDLE_DELETE, bundle, err);
	return 0;
}

/* An article in a bundle is packed anew, alone; then its bytes are the packer's. */
static int pack_alone(struct writer *writer, sqlite3_stmt *row, int *out_packing,
	const void **out_bytes, size_t *out_length, struct err *err)
{
	const char *html, *text;

	*out_packing = (int)db_int(row, 0);
	*out_bytes = db_bytes(row, 1, out_length);
	if (db_int(row, 2) == 0)
		return 0;
	if (content_unpack_bundled(&writer->unpacker, db_int(row, 2), *out_packing, *out_bytes,
		    *out_length, &html, &text, err) < 0)
		return -1;
	html = html != NULL ? html : "";
	text = text != NULL ? text : "";
	*out_packing = content_pack(
		&writer->packer, html, strlen(html), text, strlen(text), out_bytes, out_length);
	return 0;
}

static int add_previous(struct writer *writer, int64_t item_id, int64_t now_s, int packing,
	const void *bytes, size_t length, struct err *err)
{
	sqlite3_stmt *add = db_use(&writer->db, STATEMENT_PREVIOUS_ADD);

	if (length > PREVIOUS_BYTES)
		return 0;
	db_bind_int(add, 1, item_id);
	db_bind_int(add, 2, now_s);
	db_bind_int(add, 3, packing);
	db_bind_bytes(add, 4, bytes, length);
	return db_run(&writer->db, add, err);
}

int article_keep_previous(struct writer *writer, int64_t item_id, int64_t now_s, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ARTICLE_GET), *trim;
	const void *bytes = NULL;
	size_t length = 0;
	int packing = CONTENT_PLAIN, result;

	db_bind_int(get, 1, item_id);
	result = db_step(&writer->db, get, err);
	if (result > 0)
		result = pack_alone(writer, get, &packing, &bytes, &length, err);
	if (result == 0)
		result = add_previous(writer, item_id, now_s, packing, bytes, length, err);
	sqlite3_reset(get);
	if (result < 0)
		return -1;
	trim = db_use(&writer->db, STATEMENT_PREVIOUS_TRIM);
	db_bind_int(trim, 1, item_id);
	db_bind_int(trim, 2, PREVIOUS_KEPT);
	return db_run(&writer->db, trim, err);
}
