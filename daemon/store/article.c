#include "daemon/store/article.h"

#include <string.h>

#include "common/strip.h"
#include "daemon/feed/feed.h"

#define PREVIOUS_KEPT 5             /* texts an item */
#define LINE_END '\x1E'             /* in what is compared, where no text has it */
#define PREVIOUS_BYTES (256 * 1024) /* packed; a larger one is not kept */

int article_put(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err)
{
	sqlite3_stmt *put;
	const void *bytes;
	size_t length;
	int packing;

	if (!feed_item_has_article(item))
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

/* 1: the item's article counts no more in its bundle; 0: it was in none. */
static int leave_bundle(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_BUNDLE_OF_ITEM);
	int64_t bundle;
	int found;

	db_bind_int(get, 1, item_id);
	found = db_get(&writer->db, get, &bundle, err);
	if (found <= 0)
		return found;
	if (db_run_with(&writer->db, STATEMENT_BUNDLE_LEAVE, bundle, err) < 0)
		return -1;
	/* It was the last one. */
	if (db_changes(&writer->db) == 0 &&
		db_run_with(&writer->db, STATEMENT_BUNDLE_DELETE, bundle, err) < 0)
		return -1;
	return 1;
}

int article_replace(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err)
{
	int left = leave_bundle(writer, item_id, err);

	if (left < 0 ||
		(left > 0 && db_run_with(&writer->db, STATEMENT_ITEM_LOOSE, item_id, err) < 0))
		return -1;
	return article_put(writer, item_id, doc, item, err);
}

int article_drop(struct writer *writer, int64_t item_id, struct err *err)
{
	int left = leave_bundle(writer, item_id, err);

	return left == 0 ? db_run_with(&writer->db, STATEMENT_CONTENT_DELETE, item_id, err)
			 : (left < 0 ? -1 : 0);
}

/* ------------------------------------------------------- comparing ---- */

static const char *text_or_null(const struct feed_doc *doc, struct feed_text text)
{
	return text.length != 0 ? feed_doc_text(doc, text) : NULL;
}

static bool words_differ(const struct feed_doc *doc, const struct feed_item *item, const char *html,
	const char *text)
{
	struct buf plain, other;
	const char *now, *before;
	bool differ;

	buf_init(&plain, CONTENT_MAX);
	buf_init(&other, CONTENT_MAX);
	now = content_words(text_or_null(doc, item->content_html),
		text_or_null(doc, item->content_text), &plain);
	before = content_words(html, text, &other);
	differ = now == NULL || before == NULL || strcmp(now, before) != 0;
	buf_release(&plain);
	buf_release(&other);
	return differ;
}

/* `row` is one of ARTICLE_GET. */
static int unpack(struct writer *writer, sqlite3_stmt *row, const char **out_html,
	const char **out_text, struct err *err)
{
	int packing = (int)db_int(row, 0);
	int64_t bundled = db_int(row, 2);
	size_t length;
	const void *bytes = db_bytes(row, 1, &length);

	return bundled == 0 ? content_unpack(&writer->unpacker, packing, bytes, length, out_html,
				      out_text, err)
			    : content_unpack_bundled(&writer->unpacker, bundled, packing, bytes,
				      length, out_html, out_text, err);
}

/* Without images, as summaries are; NULL where there is none. */
static const char *plain_of(const char *html, const char *text, struct buf *plain)
{
	if (html == NULL)
		return text;
	return strip_text(html, strlen(html), STRIP_LINES, plain) == 0 ? plain->data : NULL;
}

/* The summary is all that the document says. */
static bool is_summary(const struct feed_doc *doc, const struct feed_item *item)
{
	struct buf plain;
	const char *all;
	bool is;

	buf_init(&plain, CONTENT_MAX);
	all = plain_of(text_or_null(doc, item->content_html), text_or_null(doc, item->content_text),
		&plain);
	is = all != NULL && feed_doc_is_text(doc, item->summary, all);
	buf_release(&plain);
	return is;
}

/* 1, 0, -1: the item has that summary, too. */
static int has_summary(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_NAMED);
	int found;

	db_bind_int(get, 1, item_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	found = feed_doc_is_text(doc, item->summary, db_text(get, 2));
	sqlite3_reset(get);
	return found;
}

/* 1, 0, -1: the item has an article of so many bytes and more. */
static int is_longer(struct writer *writer, int64_t item_id, size_t length, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ARTICLE_GET);
	const char *html, *text;
	struct err damage;
	struct buf plain;
	int found;

	db_bind_int(get, 1, item_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	buf_init(&plain, CONTENT_MAX);
	found = unpack(writer, get, &html, &text, &damage) == 0;
	if (found != 0) {
		text = plain_of(html, text, &plain);
		found = text != NULL && strlen(text) > length;
	}
	buf_release(&plain);
	sqlite3_reset(get);
	return found;
}

int article_is_left_out(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err)
{
	int has;

	if (!feed_item_has_article(item))
		return 1;
	if (item->summary.length == 0 || !is_summary(doc, item))
		return 0;
	has = has_summary(writer, item_id, doc, item, err);
	return has <= 0 ? has : is_longer(writer, item_id, item->summary.length, err);
}

int article_differs(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, bool *out_words, struct err *err)
{
	sqlite3_stmt *get;
	const char *html, *text;
	struct err damage;
	int found;

	*out_words = false;
	found = article_is_left_out(writer, item_id, doc, item, err);
	if (found != 0)
		return found < 0 ? -1 : 0;
	get = db_use(&writer->db, STATEMENT_ARTICLE_GET);
	db_bind_int(get, 1, item_id);
	found = db_step(&writer->db, get, err);
	if (found < 0)
		return -1;
	*out_words = found == 0; /* the index may have the summary's */
	if (found == 0)
		return 1;
	if (unpack(writer, get, &html, &text, &damage) == 0) {
		found = !feed_doc_is_text(doc, item->content_html, html) ||
			!feed_doc_is_text(doc, item->content_text, text);
		*out_words = found != 0 && words_differ(doc, item, html, text);
	}
	sqlite3_reset(get);
	return found;
}

/* What is seen of HTML, or of a plain text that would be the same as HTML.  White space is
 * no edit, but where a line ends is one. */
static int put_seen(const char *text, size_t length, bool html, struct buf *out)
{
	bool markup = memchr(text, '<', length) != NULL || memchr(text, '&', length) != NULL;
	size_t i;

	if ((!html && markup) || strip_seen(text, length, out) < 0 ||
		buf_add_byte(out, LINE_END) < 0)
		return -1;
	for (i = 0; i < out->length; i++)
		if (out->data[i] == '\n')
			out->data[i] = LINE_END;
	return 0;
}

/* An article as it is compared: its HTML, or where it has none its plain text. */
struct side {
	const char *text;
	size_t length;
	bool html;
};

static bool seem_same(const struct side *a, const struct side *b)
{
	struct buf seen, other;
	bool same;

	if (!a->html && !b->html)
		return feed_seem_same(a->text, a->length, b->text, b->length);
	buf_init(&seen, CONTENT_MAX);
	buf_init(&other, CONTENT_MAX);
	same = put_seen(a->text, a->length, a->html, &seen) == 0 &&
	       put_seen(b->text, b->length, b->html, &other) == 0 &&
	       feed_seem_same(seen.data, seen.length, other.data, other.length);
	buf_release(&seen);
	buf_release(&other);
	return same;
}

static struct side side_of(const struct feed_doc *doc, const struct feed_item *item)
{
	bool html = item->content_html.length != 0;
	struct feed_text text = html ? item->content_html : item->content_text;

	return (struct side){ feed_doc_text(doc, text), text.length, html };
}

/* 1, 0, -1: of a document that has no article; a summary is all its text. */
static int summary_seems_same(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_NAMED);
	const char *before;
	int found;

	db_bind_int(get, 1, item_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	before = db_text(get, 2);
	before = before != NULL ? before : "";
	found = item->summary.length == 0 || feed_seem_same(feed_doc_text(doc, item->summary),
						     item->summary.length, before, strlen(before));
	sqlite3_reset(get);
	return found;
}

int article_seems_same(struct writer *writer, int64_t item_id, const struct feed_doc *doc,
	const struct feed_item *item, struct err *err)
{
	const char *html = NULL, *text = NULL;
	struct side now = side_of(doc, item), before;
	sqlite3_stmt *get;
	struct err damage;
	int found;

	if (!feed_item_has_article(item))
		return summary_seems_same(writer, item_id, doc, item, err);
	found = article_is_left_out(writer, item_id, doc, item, err);
	if (found != 0)
		return found;
	get = db_use(&writer->db, STATEMENT_ARTICLE_GET);
	db_bind_int(get, 1, item_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	found = unpack(writer, get, &html, &text, &damage) == 0;
	if (found != 0) {
		before.html = html != NULL;
		before.text = html != NULL ? html : text != NULL ? text : "";
		before.length = strlen(before.text);
		found = seem_same(&now, &before);
	}
	sqlite3_reset(get);
	return found;
}

/* ------------------------------------------------------- previous ---- */

/* An article in a bundle is packed anew, alone; then its bytes are the packer's. */
static int pack_alone(struct writer *writer, sqlite3_stmt *row, int *out_packing,
	const void **out_bytes, size_t *out_length, struct err *err)
{
	const char *html, *text;

	*out_packing = (int)db_int(row, 0);
	*out_bytes = db_bytes(row, 1, out_length);
	if (db_int(row, 2) == 0)
		return 0;
	if (unpack(writer, row, &html, &text, err) < 0)
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
