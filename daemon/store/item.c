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

static void bind_texts(sqlite3_stmt *put, int at, const struct item_rows *rows,
	const struct feed_item *item, enum item_text first, enum item_text last)
{
	for (enum item_text which = first; which <= last; which++, at++) {
		size_t length;
		const char *text = item_text(&rows->texts, rows->doc, item, which, &length);

		if (text != NULL)
			sqlite3_bind_text(put, at, text, (int)length, SQLITE_STATIC);
	}
}

static void bind_item(sqlite3_stmt *put, const struct item_rows *rows, const struct feed_item *item)
{
	bind_texts(put, 9, rows, item, ITEM_TITLE, ITEM_SUMMARY);
}

/* --------------------------------------------------------- stories ---- */

size_t item_stories(const struct feed_doc *doc, const struct feed_item *item, int64_t id,
	struct story out[STORIES_MAX])
{
	bool has_guid = item->key_kind == FEED_KEY_ID && !item_guid_is_url(doc, item);

	return stories_of(id, item->url.length != 0 ? feed_doc_text(doc, item->url) : NULL,
		has_guid ? feed_doc_text(doc, item->guid) : NULL, feed_doc_text(doc, item->title),
		out);
}

static int put_stories(
	const struct item_rows *rows, int64_t id, const struct feed_item *item, struct err *err)
{
	struct story stories[STORIES_MAX];
	size_t count = item_stories(rows->doc, item, id, stories);

	return stories_put(rows->writer, stories, count, err);
}

/* ------------------------------------------------------------ rows ---- */

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
	int stays = article_is_left_out(writer, in->item_id, rows->doc, in->item, err);
	sqlite3_stmt *put;

	if (stays < 0 || article_keep_previous(writer, in->item_id, rows->now_s, err) < 0 ||
		search_forget(writer, in->item_id, err) < 0 || drop_links(rows, in, err) < 0 ||
		(!stays && article_drop(writer, in->item_id, err) < 0))
		return -1;
	item_texts_make(&rows->texts, rows->doc, in->item);
	put = db_use(&writer->db, STATEMENT_ITEM_CHANGE);
	db_bind_int(put, 1, in->item_id);
	db_bind_int(put, 3, times->date_s);
	db_bind_int(put, 4, 1);
	db_bind_int(put, 5, stays);
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
		(!stays && article_put(writer, in->item_id, rows->doc, in->item, err) < 0))
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
	bind_texts(put, 2, rows, in->item, ITEM_URL, ITEM_GUID);
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
