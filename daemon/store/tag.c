#include "daemon/store/tag.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/store/store.h"

int tag_check(const char *tag, struct err *err)
{
	size_t length = strlen(tag), i = 0;
	uint32_t rune;
	bool joined = false;

	if (length == 0)
		return err_set(err, ERR_USAGE, "a tag can't be empty");
	if (length > STORE_TAG_MAX)
		return err_set(err, ERR_USAGE, "a tag has at most %d bytes", STORE_TAG_MAX);
	if (!utf8_valid(tag, length))
		return err_set(err, ERR_USAGE, "a tag must be valid UTF-8");
	while (i < length) {
		i += utf8_decode(tag + i, length - i, &rune);
		if (rune == ',' || (utf8_is_unsafe(rune) && !utf8_joins(rune)))
			return err_set(err, ERR_USAGE,
				"a tag can't have commas or control characters: %s", tag);
		joined = joined || utf8_joins(rune);
	}
	if (joined && !utf8_shows(tag, length))
		return err_set(err, ERR_USAGE, "a tag of which nothing shows is none");
	return 0;
}

/* Those that have no room are left out: what is cut would be no JSON. */
static int as_json(
	struct db *db, enum statement which, int64_t id, struct buf *out, struct err *err)
{
	sqlite3_stmt *list = db_use(db, which);
	struct json_writer json;
	bool fits = true;
	int found = 0;

	json_begin(&json, out);
	json_put_array(&json);
	db_bind_int(list, 1, id);
	while (fits && (found = db_step(db, list, err)) > 0) {
		struct json_mark before = json_mark_of(&json);

		json_put_string(&json, db_text(list, 0));
		fits = json_fits(&json, &before, strlen("]"));
	}
	if (!fits)
		sqlite3_reset(list);
	json_put_array_end(&json);
	return found < 0 ? -1 : 0;
}

int tag_feed_json(struct db *db, int64_t feed_id, struct buf *out, struct err *err)
{
	return as_json(db, STATEMENT_FEED_TAGS, feed_id, out, err);
}

int tag_item_json(struct db *db, int64_t item_id, struct buf *out, struct err *err)
{
	return as_json(db, STATEMENT_ITEM_TAGS, item_id, out, err);
}

static int change(struct db *db, enum statement which, int64_t id, const char *tag, struct err *err)
{
	sqlite3_stmt *put = db_use(db, which);

	db_bind_int(put, 1, id);
	if (tag != NULL)
		db_bind_text(put, 2, tag);
	return db_run(db, put, err);
}

int tag_feed_add(struct db *db, int64_t feed_id, const char *tag, struct err *err)
{
	if (tag_check(tag, err) < 0)
		return -1;
	return change(db, STATEMENT_FEED_TAG_ADD, feed_id, tag, err);
}

int tag_feed_remove(struct db *db, int64_t feed_id, const char *tag, struct err *err)
{
	return change(db, STATEMENT_FEED_TAG_REMOVE, feed_id, tag, err);
}

int tag_feed_clear(struct db *db, int64_t feed_id, struct err *err)
{
	return change(db, STATEMENT_FEED_TAG_CLEAR, feed_id, NULL, err);
}

/* A tag and what lies inside of it: '0' follows '/' in ASCII. */
static void query_within(struct query *query, const char *tag)
{
	char *from = mem_printf("%s/", tag), *to = mem_printf("%s0", tag);

	query_add(query, "(tag = ? OR (tag > ? AND tag < ?))");
	query_text(query, tag);
	query_text(query, from);
	query_text(query, to);
	free(from);
	free(to);
}

void tag_query_any(struct query *query, const char *const *tags, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		query_add(query, i == 0 ? "(" : " OR ");
		query_within(query, tags[i]);
	}
	query_add(query, ")");
}

void tag_query_item(struct query *query, const char *const *tags, size_t count)
{
	query_add(query, "(i.feed_id IN (SELECT feed_id FROM feed_tag WHERE ");
	tag_query_any(query, tags, count);
	query_add(query, ") OR (i.tagged = 1 AND EXISTS"
			 " (SELECT 1 FROM item_tag t WHERE t.item_id = i.id AND ");
	tag_query_any(query, tags, count);
	query_add(query, ")))");
}
