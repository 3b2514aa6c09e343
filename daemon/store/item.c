#include "daemon/store/item.h"

#include <string.h>

#include "daemon/store/article.h"
#include "daemon/store/cluster.h"
#include "daemon/store/search.h"
#include "daemon/store/story.h"

void item_rows_init(struct item_rows *rows)
{
	item_texts_init(&rows->texts);
}

void item_rows_release(struct item_rows *rows)
{
	item_texts_release(&rows->texts);
}

static int64_t shown_date(int64_t published_s, int64_t modified_s, int64_t received_s)
{
	int64_t date_s = published_s != DATE_NONE ? published_s : modified_s;

	return date_s != DATE_NONE && date_s < received_s ? date_s : received_s;
}

int64_t item_date(const struct feed_item *item, int64_t received_s)
{
	return shown_date(item->published_s, item->modified_s, received_s);
}

int item_times_get(struct writer *writer, int64_t id, struct item_times *out_times, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_TIMES);
	int found;

	db_bind_int(get, 1, id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	*out_times = (struct item_times){ .received_s = db_int(get, 0),
		.changed_s = db_int_or(get, 1, DATE_NONE),
		.date_s = db_int(get, 2),
		.published_s = db_int_or(get, 3, DATE_NONE),
		.modified_s = db_int_or(get, 4, DATE_NONE) };
	sqlite3_reset(get);
	return 1;
}

void item_times_renew(struct item_times *times, const struct feed_item *item)
{
	if (item->published_s != DATE_NONE)
		times->published_s = item->published_s;
	if (item->modified_s != DATE_NONE)
		times->modified_s = item->modified_s;
	times->date_s = shown_date(times->published_s, times->modified_s, times->received_s);
}

/* --------------------------------------------------------- columns ---- */

static void bind_feed_text(
	sqlite3_stmt *put, int at, const struct feed_doc *doc, struct feed_text text)
{
	if (text.length != 0)
		sqlite3_bind_text(
			put, at, feed_doc_text(doc, text), (int)text.length, SQLITE_STATIC);
}

static void bind_buf(sqlite3_stmt *put, int at, const struct buf *buf)
{
	if (buf->length > 0)
		sqlite3_bind_text(put, at, buf->data, (int)buf->length, SQLITE_STATIC);
}

static void bind_list(sqlite3_stmt *put, int at, const struct buf *json)
{
	if (json->length > 2) /* "[]" is none */
		bind_buf(put, at, json);
}

static bool guid_is_url(const struct feed_doc *doc, const struct feed_item *item)
{
	return item->guid.length == item->url.length &&
	       memcmp(feed_doc_text(doc, item->guid), feed_doc_text(doc, item->url),
		       item->guid.length) == 0;
}

/* At `at` the link, behind it the guid. */
static void bind_links(
	sqlite3_stmt *put, int at, const struct feed_doc *doc, const struct feed_item *item)
{
	bind_feed_text(put, at, doc, item->url);
	if (item->guid.length != 0 && guid_is_url(doc, item))
		db_bind_text(put, at + 1, "");
	else
		bind_feed_text(put, at + 1, doc, item->guid);
}

static void bind_item(sqlite3_stmt *put, const struct item_rows *rows, const struct feed_item *item)
{
	const struct item_texts *texts = &rows->texts;
	const struct feed_doc *doc = rows->doc;

	bind_feed_text(put, 9, doc, item->title);
	bind_links(put, 10, doc, item);
	bind_buf(put, 12, &texts->fallback);
	bind_feed_text(put, 13, doc, item->external_url);
	/* Few items say it; what the feed says holds for them, as in XML. */
	bind_feed_text(put, 14, doc, item->language.length != 0 ? item->language : doc->language);
	bind_feed_text(put, 15, doc, item->image);
	bind_list(put, 16, &texts->authors);
	bind_list(put, 17, &texts->categories);
	bind_list(put, 18, &texts->attachments);
	bind_feed_text(put, 19, doc, item->summary);
}

/* With its neighbours, if they are bundled: *out_bundled says where; else in a
 * row of its own. */
static int put_article(const struct item_rows *rows, int64_t id, const struct feed_item *item,
	int64_t *out_bundled, struct err *err)
{
	size_t place = (size_t)(item - feed_doc_item(rows->doc, 0));

	if (rows->bundles == NULL)
		return article_put(rows->writer, id, rows->doc, item, err);
	*out_bundled = bundles_place(rows->bundles, place, id);
	return 0;
}

/* --------------------------------------------------------- stories ---- */

static int put_stories(
	const struct item_rows *rows, int64_t id, const struct feed_item *item, struct err *err)
{
	const struct feed_doc *doc = rows->doc;
	bool has_guid = item->key_kind == FEED_KEY_ID && !guid_is_url(doc, item);

	return story_put(rows->writer, id,
		item->url.length != 0 ? feed_doc_text(doc, item->url) : NULL,
		has_guid ? feed_doc_text(doc, item->guid) : NULL, feed_doc_text(doc, item->title),
		err);
}

/* ------------------------------------------------------------ rows ---- */

int item_insert(struct item_rows *rows, const struct incoming *in, enum item_origin origin,
	int64_t *out_id, struct err *err)
{
	struct writer *writer = rows->writer;
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_ITEM_PUT);
	int64_t id = writer->counters.next_item_id++, bundled = 0;

	if (put_article(rows, id, in->item, &bundled, err) < 0)
		return -1;
	item_texts_make(&rows->texts, rows->doc, in->item);
	db_bind_int(put, 1, id);
	db_bind_int(put, 2, rows->feed_id);
	db_bind_int(put, 3, item_date(in->item, rows->now_s));
	db_bind_int(put, 4, origin);
	db_bind_int(put, 5, (int64_t)writer_next_seq(writer));
	db_bind_int(put, 6, rows->now_s);
	db_bind_int_or(put, 7, in->item->published_s, DATE_NONE);
	db_bind_int_or(put, 8, in->item->modified_s, DATE_NONE);
	bind_item(put, rows, in->item);
	db_bind_int_or(put, 20, bundled, 0);
	if (db_run(&writer->db, put, err) < 0 || put_stories(rows, id, in->item, err) < 0)
		return -1;
	*out_id = id;
	return 0;
}

/* 1: the row has another link or guid; 0: it has not, or is gone. */
static int links_differ(const struct item_rows *rows, const struct incoming *in, struct err *err)
{
	struct db *db = &rows->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_ITEM_LINKS);
	const char *url, *guid;
	int found;

	db_bind_int(get, 1, in->item_id);
	found = db_step(db, get, err);
	if (found <= 0)
		return found;
	url = db_text(get, 0);
	guid = db_text(get, 1);
	if (guid != NULL && guid[0] == '\0')
		guid = url;
	found = !feed_doc_is_text(rows->doc, in->item->url, url) ||
		!feed_doc_is_text(rows->doc, in->item->guid, guid);
	sqlite3_reset(get);
	return found;
}

/* What the row was found by goes before the row changes; 1 if it did. */
static int drop_links(const struct item_rows *rows, const struct incoming *in, struct err *err)
{
	int differ = links_differ(rows, in, err);

	if (differ <= 0)
		return differ;
	if (story_drop(rows->writer, in->item_id, err) < 0 ||
		cluster_leave(rows->writer, in->item_id, err) < 0)
		return -1;
	return 1;
}

int item_change(struct item_rows *rows, const struct incoming *in, const struct item_times *times,
	int64_t tell_s, struct err *err)
{
	struct writer *writer = rows->writer;
	sqlite3_stmt *put;

	if (article_keep_previous(writer, in->item_id, rows->now_s, err) < 0 ||
		search_forget(writer, in->item_id, err) < 0 || drop_links(rows, in, err) < 0 ||
		article_drop(writer, in->item_id, err) < 0)
		return -1;
	item_texts_make(&rows->texts, rows->doc, in->item);
	put = db_use(&writer->db, STATEMENT_ITEM_CHANGE);
	db_bind_int(put, 1, in->item_id);
	db_bind_int(put, 3, times->date_s);
	db_bind_int(put, 4, 1);
	db_bind_int_or(put, 7, times->published_s, DATE_NONE);
	db_bind_int_or(put, 8, times->modified_s, DATE_NONE);
	bind_item(put, rows, in->item);
	if (tell_s <= rows->now_s) {
		db_bind_int(put, 20, (int64_t)writer_next_seq(writer));
		db_bind_int(put, 21, rows->now_s);
	} else {
		db_bind_int_or(put, 22, tell_s, INT64_MAX);
	}
	if (db_run(&writer->db, put, err) < 0 ||
		article_put(writer, in->item_id, rows->doc, in->item, err) < 0)
		return -1;
	if (search_renew(writer, in->item_id, err) < 0)
		return -1;
	return put_stories(rows, in->item_id, in->item, err);
}

/* The date that lists show stays when one that lies ahead moves, or the time of change. */
static int redate(struct writer *writer, int64_t id, const struct item_times *before,
	const struct item_times *times, struct err *err)
{
	bool moves = times->date_s != before->date_s;
	sqlite3_stmt *put;

	if (!moves && times->published_s == before->published_s &&
		times->modified_s == before->modified_s)
		return 0;
	put = db_use(&writer->db, moves ? STATEMENT_ITEM_REDATE : STATEMENT_ITEM_RETIME);
	db_bind_int(put, 1, id);
	if (moves)
		db_bind_int(put, 2, times->date_s);
	db_bind_int_or(put, 3, times->published_s, DATE_NONE);
	db_bind_int_or(put, 4, times->modified_s, DATE_NONE);
	return db_run(&writer->db, put, err);
}

/* 1: the document says something of the item that its row has not; *out_indexed:
 * the index would have it.  0: it has all of it, or is gone. */
static int details_differ(
	const struct item_rows *rows, const struct incoming *in, bool *out_indexed, struct err *err)
{
	struct db *db = &rows->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_ITEM_DIFFERS);
	int found;

	db_bind_int(get, 1, in->item_id);
	bind_item(get, rows, in->item);
	found = db_step(db, get, err);
	if (found <= 0)
		return found;
	*out_indexed = db_bool(get, 0);
	found = *out_indexed || db_bool(get, 1);
	sqlite3_reset(get);
	return found;
}

static int put_details(const struct item_rows *rows, const struct incoming *in,
	const struct item_times *times, struct err *err)
{
	int moved = drop_links(rows, in, err);
	sqlite3_stmt *put;

	if (moved < 0)
		return -1;
	put = db_use(&rows->writer->db, STATEMENT_ITEM_CORRECT);
	db_bind_int(put, 1, in->item_id);
	db_bind_int_or(put, 7, times->published_s, DATE_NONE);
	db_bind_int_or(put, 8, times->modified_s, DATE_NONE);
	bind_item(put, rows, in->item);
	if (db_run(&rows->writer->db, put, err) < 0)
		return -1;
	return moved > 0 ? put_stories(rows, in->item_id, in->item, err) : 0;
}

int item_correct(struct item_rows *rows, const struct incoming *in, const struct item_times *times,
	struct err *err)
{
	struct item_times now = *times;
	bool indexed = false, words = false;
	int details, article;

	item_times_renew(&now, in->item);
	if (redate(rows->writer, in->item_id, times, &now, err) < 0)
		return -1;
	item_texts_make(&rows->texts, rows->doc, in->item);
	details = details_differ(rows, in, &indexed, err);
	article = details < 0 ? -1
			      : article_differs(rows->writer, in->item_id, rows->doc, in->item,
					&words, err);
	if (article < 0 || (details == 0 && article == 0))
		return article;
	if ((indexed || words) && search_forget(rows->writer, in->item_id, err) < 0)
		return -1;
	if ((details > 0 && put_details(rows, in, &now, err) < 0) ||
		(article > 0 &&
			article_replace(rows->writer, in->item_id, rows->doc, in->item, err) < 0))
		return -1;
	return indexed || words ? search_renew(rows->writer, in->item_id, err) : 0;
}

int item_readdress(const struct item_rows *rows, const struct incoming *in, struct err *err)
{
	int differ = drop_links(rows, in, err);
	sqlite3_stmt *put;

	if (differ <= 0)
		return differ;
	put = db_use(&rows->writer->db, STATEMENT_ITEM_READDRESS);
	db_bind_int(put, 1, in->item_id);
	bind_links(put, 2, rows->doc, in->item);
	if (db_run(&rows->writer->db, put, err) < 0)
		return -1;
	return put_stories(rows, in->item_id, in->item, err);
}

int item_hide(struct writer *writer, int64_t id, struct err *err)
{
	if (search_forget(writer, id, err) < 0 || story_drop(writer, id, err) < 0)
		return -1;
	return cluster_leave(writer, id, err);
}

int item_unhide(struct writer *writer, int64_t id, struct err *err)
{
	if (search_renew(writer, id, err) < 0)
		return -1;
	return story_renew(writer, id, err);
}

int item_delete(struct writer *writer, int64_t id, struct err *err)
{
	static const enum statement drops[] = { STATEMENT_ITEM_DELETE, STATEMENT_PREVIOUS_DELETE,
		STATEMENT_ITEM_TAG_CLEAR };
	size_t i;

	if (item_hide(writer, id, err) < 0 || article_drop(writer, id, err) < 0)
		return -1;
	for (i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		sqlite3_stmt *drop = db_use(&writer->db, drops[i]);

		db_bind_int(drop, 1, id);
		if (db_run(&writer->db, drop, err) < 0)
			return -1;
	}
	return 0;
}
