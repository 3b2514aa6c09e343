#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/store/dump_expr.h"
#include "daemon/store/dump_text.h"
#include "daemon/store/ident.h"
#include "daemon/store/internal.h"
#include "daemon/store/item_state.h"
#include "daemon/store/poll.h"
#include "daemon/store/store_copies.h"

/* All that a person did, as lines (dump_text.h), feed by feed. */

#define PIECE 65536 /* bytes that are told at once */

struct dump_job {
	struct store_read_job job;
	bool secrets;
	struct buf text;
	store_dump_each *piece;
	store_page_done *done;
	void *ctx;
	uint64_t lines;
	bool stopped;
};

/* ------------------------------------------------------------ lines ---- */

static int tell(struct dump_job *dump)
{
	if (!read_telling(&dump->job)) {
		dump->stopped = true;
		return 0;
	}
	dump->stopped = dump->piece(dump->ctx, dump->text.data, dump->text.length) != 0;
	read_told(&dump->job);
	buf_clear(&dump->text);
	return 0;
}

static int put_line(struct dump_job *dump, const char *const *fields, size_t count, struct err *err)
{
	size_t i;

	for (i = 0; i < count; i++)
		if ((i > 0 && buf_add_byte(&dump->text, '\t') < 0) ||
			dump_text_field(&dump->text, fields[i]) < 0)
			return err_set(err, ERR_TOO_BIG, "a line is too long for a dump");
	if (buf_add_byte(&dump->text, '\n') < 0)
		return err_set(err, ERR_TOO_BIG, "a line is too long for a dump");
	dump->lines++;
	return dump->text.length >= PIECE ? tell(dump) : 0;
}

#define PUT_LINE(dump, err, ...)                                                                   \
	put_line(dump, (const char *const[]){ __VA_ARGS__ },                                       \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *), err)

/* ------------------------------------------------------------ feeds ---- */

static int put_tags(
	struct dump_job *dump, struct db *db, const char *url, int64_t feed_id, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_FEED_TAGS);
	int found;

	db_bind_int(list, 1, feed_id);
	while ((found = db_step(db, list, err)) > 0)
		if (PUT_LINE(dump, err, "feed", url, "tag", db_text(list, 0)) < 0) {
			sqlite3_reset(list);
			return -1;
		}
	return found;
}

static int put_setting(
	struct dump_job *dump, const char *url, const struct dump_setting *setting, struct err *err)
{
	if (setting->value == NULL)
		return 0;
	return PUT_LINE(dump, err, "feed", url, setting->key, setting->value);
}

/* Of a feed's row, beside its settings. */
struct feed_facts {
	int64_t id;
	bool paused;
	enum ident_policy policy;
};

/* Sorted by key: "ids" stands in front of what is insecure, "tag" between the
 * proxy and the title, "paused" between the key and what is private. */
static int put_settings(struct dump_job *dump, struct db *db, const char *url,
	const struct feed_facts *facts, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_FEED_SETTINGS);
	struct dump_setting settings[DUMP_SETTINGS];
	struct store_settings read;
	int result = 0;
	size_t i;

	db_bind_int(get, 1, facts->id);
	result = db_step(db, get, err);
	if (result <= 0)
		return result;
	poll_read_settings(get, 0, &read);
	sqlite3_reset(get);
	dump_settings_read(&read, dump->secrets, settings);
	store_settings_release(&read);
	result = 0;
	for (i = 0; i < DUMP_SETTINGS; i++) {
		if (result == 0 && facts->policy != POLICY_ID &&
			strcmp(settings[i].key, "insecure") == 0)
			result = PUT_LINE(
				dump, err, "feed", url, "ids", ident_policy_name(facts->policy));
		if (result == 0 && facts->paused && strcmp(settings[i].key, "private") == 0)
			result = PUT_LINE(dump, err, "feed", url, "paused", "yes");
		if (result == 0 && strcmp(settings[i].key, "title") == 0)
			result = put_tags(dump, db, url, facts->id, err);
		if (result == 0)
			result = put_setting(dump, url, &settings[i], err);
		free(settings[i].value);
	}
	return result;
}

static int put_feed(struct dump_job *dump, struct db *db, const char *url, struct err *err)
{
	sqlite3_stmt *get = db_use(db, STATEMENT_DUMP_FEED);
	struct feed_facts facts;
	char added[TIME_TEXT_MAX];
	bool removed;
	int found;

	db_bind_text(get, 1, url);
	found = db_step(db, get, err);
	if (found <= 0)
		return found;
	facts.id = db_int(get, 0);
	time_format_rfc3339(db_int(get, 1), added);
	removed = sqlite3_column_type(get, 2) != SQLITE_NULL;
	facts.paused = db_bool(get, 3);
	facts.policy = (enum ident_policy)db_int(get, 4);
	sqlite3_reset(get);
	if (removed)
		return 0;
	if (PUT_LINE(dump, err, "feed", url) < 0 ||
		PUT_LINE(dump, err, "feed", url, "added", added) < 0)
		return -1;
	return put_settings(dump, db, url, &facts, err);
}

/* ------------------------------------------------------------ items ---- */

static int add_word(struct buf *state, const char *prefix, const char *word)
{
	return buf_printf(state, "%s%s%s", state->length > 0 ? "," : "", prefix, word);
}

static int make_state(struct db *db, sqlite3_stmt *row, struct buf *state, struct err *err)
{
	sqlite3_stmt *list;
	int found = 0, full = 0;

	buf_clear(state);
	if (db_text(row, 6) != NULL)
		return buf_add_text(state, db_text(row, 6));
	if (db_bool(row, 2))
		full |= add_word(state, "", "read");
	if (db_bool(row, 3))
		full |= add_word(state, "", "starred");
	if (db_bool(row, 4)) {
		list = db_use(db, STATEMENT_ITEM_TAGS);
		db_bind_int(list, 1, db_int(row, 5));
		while ((found = db_step(db, list, err)) > 0)
			full |= add_word(state, "tag:", db_text(list, 0));
	}
	if (full != 0)
		return err_set(err, ERR_TOO_BIG, "an item has too many tags for a dump");
	return found;
}

/* Held back until the next one is another item's: a feed that gave the address up may
 * have marked the same one, and whoever reads the dump knows but one feed of it. */
struct item_line {
	char *guid; /* NULL: there is none */
	char *state;
	int64_t at_s;
};

static void item_line_release(struct item_line *line)
{
	free(line->guid);
	free(line->state);
	*line = (struct item_line){ 0 };
}

static int put_item(struct dump_job *dump, const char *url, struct item_line *line, struct err *err)
{
	char at[TIME_TEXT_MAX];
	int result = 0;

	if (line->guid != NULL) {
		time_format_rfc3339(line->at_s, at);
		result = PUT_LINE(dump, err, "item", url, line->guid, at, line->state);
	}
	item_line_release(line);
	return result;
}

static void join_line(struct item_line *line, int64_t at_s, const char *state)
{
	char *both = item_state_join(line->state, state);

	free(line->state);
	line->state = both;
	line->at_s = at_s > line->at_s ? at_s : line->at_s;
}

static int take_item(struct dump_job *dump, sqlite3_stmt *row, const char *url,
	const struct buf *state, struct item_line *line, struct err *err)
{
	const char *guid = db_text(row, 0);
	bool yielded = db_bool(row, 7);

	if (yielded && line->guid != NULL && strcmp(line->guid, guid) == 0) {
		join_line(line, db_int(row, 1), state->data);
		return 0;
	}
	if (put_item(dump, url, line, err) < 0)
		return -1;
	line->guid = mem_strdup(guid);
	line->state = mem_strdup(state->data);
	line->at_s = db_int(row, 1);
	return 0;
}

static int put_items(struct dump_job *dump, struct db *db, const char *url, struct err *err)
{
	sqlite3_stmt *rows = db_use(db, STATEMENT_DUMP_ITEMS);
	struct item_line line = { 0 };
	struct buf state;
	int found, result = 0;

	buf_init(&state, DUMP_LINE_MAX);
	db_bind_text(rows, 1, url);
	while (result == 0 && !dump->stopped && (found = db_step(db, rows, err)) != 0) {
		if (found < 0) {
			result = -1;
		} else if (db_text(rows, 0) != NULL) { /* one without any key is lost anyway */
			result = make_state(db, rows, &state, err);
			if (result == 0)
				result = take_item(dump, rows, url, &state, &line, err);
		}
	}
	sqlite3_reset(rows);
	if (result == 0)
		result = put_item(dump, url, &line, err);
	item_line_release(&line);
	buf_release(&state);
	return result;
}

static int put_all(struct dump_job *dump, struct db *db,
	int (*put)(struct dump_job *dump, struct db *db, const char *url, struct err *err),
	struct err *err)
{
	sqlite3_stmt *urls = db_use(db, STATEMENT_DUMP_URLS);
	int found = 0;

	while (!dump->stopped && (found = db_step(db, urls, err)) > 0)
		if (put(dump, db, db_text(urls, 0), err) < 0) {
			found = -1;
			break;
		}
	sqlite3_reset(urls);
	return found < 0 ? -1 : 0;
}

/* -------------------------------------------------- queries, rules ---- */

/* With an expression in that column, and what it needs elsewhere behind. */
static int put_pair(struct dump_job *dump, struct db *db, const char *kind, sqlite3_stmt *row,
	int expr_at, struct err *err)
{
	const char *fields[] = { kind, db_text(row, 0), db_text(row, 1), NULL };
	struct dump_expr said;
	int result;

	dump_expr_init(&said);
	result = dump_expr_write(db, fields[1 + expr_at], &said, err);
	if (result > 0) {
		fields[1 + expr_at] = said.text.data;
		fields[3] = said.feeds.data;
	}
	if (result >= 0)
		result = put_line(dump, fields, result > 0 ? 4 : 3, err);
	dump_expr_release(&said);
	return result;
}

static int put_pairs(struct dump_job *dump, struct db *db, enum statement which, const char *kind,
	int expr_at, struct err *err)
{
	sqlite3_stmt *rows = db_use(db, which);
	int found;

	while ((found = db_step(db, rows, err)) > 0)
		if (put_pair(dump, db, kind, rows, expr_at, err) < 0) {
			found = -1;
			break;
		}
	sqlite3_reset(rows);
	return found;
}

static int dump_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct dump_job *dump = (struct dump_job *)job;
	struct db *db = &reader->db;

	if (PUT_LINE(dump, err, DUMP_FIRST_LINE) < 0 || put_all(dump, db, put_feed, err) < 0 ||
		put_all(dump, db, put_items, err) < 0 ||
		put_pairs(dump, db, STATEMENT_QUERY_LIST, "query", 1, err) < 0 ||
		put_pairs(dump, db, STATEMENT_DUMP_RULES, "rule", 0, err) < 0)
		return -1;
	return dump->stopped ? 0 : tell(dump);
}

static void dump_done(struct store_read_job *job, const struct err *err)
{
	struct dump_job *dump = (struct dump_job *)job;

	dump->done(dump->ctx, dump->lines, false, err);
}

static void dump_release(struct store_read_job *job)
{
	struct dump_job *dump = (struct dump_job *)job;

	buf_release(&dump->text);
	free(dump);
}

struct store_read_job *store_dump(
	struct store *store, bool secrets, store_dump_each *piece, store_page_done *done, void *ctx)
{
	struct dump_job *dump = MEM_NEW(struct dump_job);

	dump->job.run = dump_run;
	dump->job.done = dump_done;
	dump->job.release = dump_release;
	dump->job.costly = true;
	dump->secrets = secrets;
	buf_init(&dump->text, PIECE + DUMP_LINE_MAX);
	dump->piece = piece;
	dump->done = done;
	dump->ctx = ctx;
	return pool_start(store->pool, &dump->job);
}
