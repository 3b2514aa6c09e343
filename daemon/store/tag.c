#include "daemon/store/tag.h"

#include <string.h>

#include "common/json.h"
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
