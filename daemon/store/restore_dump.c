#include <stdlib.h>
#include <string.h>

#include "common/given.h"
#include "common/mem.h"
#include "common/time.h"
#include "common/utf8.h"
#include "daemon/store/dump_text.h"
#include "daemon/store/internal.h"
#include "daemon/store/item_state.h"
#include "daemon/store/keys.h"
#include "daemon/store/poll.h"
#include "daemon/store/restore_address.h"
#include "daemon/store/restore_job.h"
#include "daemon/store/restore_rules.h"
#include "daemon/store/tag.h"
#include "daemon/url.h"

/* The lines of a dump, put back one by one; settings when their feed is over. */

struct reading {
	struct restore *restore;
	struct restore_address address; /* that was read last */
	char *url; /* of the feed that is being read, as the dump has it, or NULL */
	int64_t feed_id;
	bool skips;     /* its settings: it was there, and only later ones count */
	bool elsewhere; /* it has moved since */
	bool changed;
	char **alone; /* addresses with a number whose feed has it here without */
	size_t alone_count;
	struct store_settings settings;
	struct restore_rules rules;
};

static void leave_feed(struct reading *reading)
{
	if (reading->url != NULL)
		store_settings_release(&reading->settings);
	free(reading->url);
	reading->url = NULL;
}

static int end_feed(struct reading *reading, struct err *err)
{
	struct db *db = &reading->restore->writer->db;
	sqlite3_stmt *put;
	int result = 0;

	if (reading->url != NULL && reading->changed) {
		put = db_use(db, STATEMENT_FEED_SETTINGS_PUT);
		db_bind_int(put, 1, reading->feed_id);
		poll_bind_settings(put, 2, &reading->settings);
		result = db_run(db, put, err);
	}
	leave_feed(reading);
	return result;
}

static int put_number(
	struct reading *reading, enum statement which, int64_t number, struct err *err)
{
	struct db *db = &reading->restore->writer->db;
	sqlite3_stmt *put = db_use(db, which);

	db_bind_int(put, 1, reading->feed_id);
	if (which == STATEMENT_RESTORE_ADDED)
		db_bind_int(put, 2, number);
	return db_run(db, put, err);
}

/* Ids that were found bad once are so here, too; never the other way. */
static int set_policy(struct reading *reading, const char *value, struct err *err)
{
	struct restore *restore = reading->restore;
	sqlite3_stmt *get = db_use(&restore->writer->db, STATEMENT_FEED_POLICY_GET);
	enum ident_policy policy = POLICY_ID;
	int64_t now;

	while (policy < POLICIES && strcmp(ident_policy_name(policy), value) != 0)
		policy++;
	if (policy == POLICIES)
		return restore_refuse(restore, value, "there are no such ids");
	db_bind_int(get, 1, reading->feed_id);
	if (db_get(&restore->writer->db, get, &now, err) < 0)
		return -1;
	if (policy <= (enum ident_policy)now)
		return 0;
	if (keys_recompute(restore->writer, reading->feed_id, (enum ident_policy)now, policy, err) <
		0)
		return -1;
	return keys_set_policy(
		restore->writer, reading->feed_id, policy, "a dump that was restored says so", err);
}

/* What may not be sent is named and left out, as an older feedd left it out of each
 * request; the other headers stand.  False: there are none. */
static bool keep_headers(struct reading *reading, char *lines)
{
	char *rest = lines, *to = lines, *line;
	size_t length = strlen(lines);
	bool ended = length > 0 && lines[length - 1] == '\n';
	struct err why;

	while ((line = strsep(&rest, "\n")) != NULL) {
		length = strlen(line);
		if (length == 0)
			continue;
		if (given_check_header(line, &why) < 0) {
			(void)restore_refuse(reading->restore, reading->url, why.text);
			continue;
		}
		if (to != lines)
			*to++ = '\n';
		memmove(to, line, length);
		to += length;
	}
	if (ended && to != lines)
		*to++ = '\n';
	*to = '\0';
	return to != lines;
}

/* A dump says it of those that are: one that says "no" would have meant something else. */
static int set_paused(struct reading *reading, const char *value, struct err *err)
{
	struct err why;
	bool paused;

	if (store_flag_read("paused", value, &paused, &why) < 0)
		return restore_refuse(reading->restore, reading->url, why.text);
	if (!paused)
		return restore_refuse(
			reading->restore, reading->url, "paused: nothing is resumed by a dump");
	return put_number(reading, STATEMENT_POLL_PAUSE, 0, err);
}

static int set(struct reading *reading, const char *key, char *value, struct err *err)
{
	struct err why;
	int64_t added_s;
	int known;

	if (strcmp(key, "added") == 0)
		return time_parse(value, &added_s) < 0
			       ? restore_refuse(reading->restore, value, "no time")
			       : put_number(reading, STATEMENT_RESTORE_ADDED, added_s, err);
	if (strcmp(key, "ids") == 0)
		return set_policy(reading, value, err);
	if (strcmp(key, "paused") == 0)
		return set_paused(reading, value, err);
	if (strcmp(key, "tag") == 0)
		return tag_check(value, &why) < 0
			       ? restore_refuse(reading->restore, value, why.text)
			       : tag_feed_add(&reading->restore->writer->db, reading->feed_id,
					 value, err);
	if (reading->elsewhere && dump_settings_is_of_origin(key))
		return restore_refuse(
			reading->restore, key, "the feed has moved, and this was for another site");
	if (strcmp(key, "header") == 0 && value[0] != '\0' && !keep_headers(reading, value))
		return 0;
	known = dump_settings_set(&reading->settings, key, value, &why);
	if (known < 0)
		return restore_refuse(reading->restore, reading->url, why.text);
	if (known == 0)
		return restore_refuse(reading->restore, key, "there is no such setting");
	reading->changed = true;
	return 0;
}

/* Whether the dump has named the feed that was found last. */
static bool is_named(const struct restore *restore)
{
	size_t i;

	for (i = 0; i < restore->result.list_count; i++)
		if (restore->list[i].id == restore->feed_id)
			return true;
	return false;
}

static bool is_alone(const struct reading *reading, const char *typed)
{
	size_t i;

	for (i = 0; i < reading->alone_count; i++)
		if (strcmp(reading->alone[i], typed) == 0)
			return true;
	return false;
}

static void keep_alone(struct reading *reading, const char *typed)
{
	reading->alone = mem_realloc_array(
		reading->alone, reading->alone_count + 1, sizeof(*reading->alone));
	reading->alone[reading->alone_count++] = mem_strdup(typed);
}

static void release_alone(struct reading *reading)
{
	while (reading->alone_count > 0)
		free(reading->alone[--reading->alone_count]);
	free(reading->alone);
}

/* Whether a feed has it as it stands, or the dump has it without the number, too.  Once it
 * is not, it is the one without: what the dump has named then is this feed itself. */
static int is_told_apart(struct reading *reading, const char *typed, struct err *err)
{
	struct restore *restore = reading->restore;
	int known = restore_knows(restore, typed, err);

	if (known != 0 || is_alone(reading, typed))
		return known;
	known = restore_knows(restore, reading->address.url, err);
	if (known > 0)
		known = is_named(restore);
	if (known == 0)
		keep_alone(reading, typed);
	return known;
}

/*
 * The reading's address is what a subscription would make of this one: 1; 0: it is refused.
 * One that a feed has here is that feed's, however it came to be, but not with a password
 * in it; nor is it another feed's that has it without the number that an upgrade put there.
 */
static int take_address(struct reading *reading, const char *typed, struct err *err)
{
	struct restore_address *address = &reading->address;
	int known = 0;

	if (!restore_address_is(address, typed)) {
		restore_address_take(address, typed);
		if (url_is_push(typed))
			known = 1;
		else if (restore_address_is_numbered(address))
			known = is_told_apart(reading, typed, err);
		else if ((address->url == NULL || strcmp(address->url, typed) != 0) &&
			 strchr(typed, '@') == NULL)
			known = restore_knows(reading->restore, typed, err);
		if (known < 0)
			return -1;
		if (known > 0)
			restore_address_keep(address, typed);
	}
	return address->url != NULL ? 1
				    : restore_refuse(reading->restore, typed, address->why.text);
}

/* Its settings as they are here, to which those of the dump are put. */
static int read_settings(struct reading *reading, struct err *err)
{
	struct db *db = &reading->restore->writer->db;
	sqlite3_stmt *get = db_use(db, STATEMENT_FEED_SETTINGS);
	int found;

	db_bind_int(get, 1, reading->feed_id);
	found = db_step(db, get, err);
	if (found > 0) {
		poll_read_settings(get, 0, &reading->settings);
		sqlite3_reset(get);
	}
	return found;
}

static int begin_feed(struct reading *reading, const char *typed, struct err *err)
{
	struct restore_subscription subscription = { 0 };
	bool fresh;
	int found;

	if (end_feed(reading, err) < 0)
		return -1;
	found = take_address(reading, typed, err);
	if (found <= 0)
		return found;
	subscription.url = reading->address.url;
	if (restore_feed(reading->restore, &subscription, &reading->feed_id, &fresh, err) < 0)
		return -1;
	found = read_settings(reading, err);
	if (found <= 0)
		return found;
	reading->url = mem_strdup(typed);
	reading->skips = reading->restore->newer && !fresh;
	reading->elsewhere = restore_is_elsewhere(reading->restore, subscription.url);
	reading->changed = false;
	if (reading->address.auth == NULL || reading->skips)
		return 0;
	return set(reading, "auth", reading->address.auth, err);
}

static int read_feed(struct reading *reading, char **fields, size_t count, struct err *err)
{
	if (count == 2)
		return begin_feed(reading, fields[1], err);
	if (count != 4)
		return restore_refuse(reading->restore, fields[0], "a line of another shape");
	if (reading->url == NULL || strcmp(reading->url, fields[1]) != 0)
		return restore_refuse(
			reading->restore, fields[1], "a setting of a feed that is not named");
	return reading->skips ? 0 : set(reading, fields[2], fields[3], err);
}

/* Words that are none, a newer feedd's perhaps, are named and left out; the
 * others stand. */
static void keep_known(struct restore *restore, char *words)
{
	char *rest = words, *to = words, *word;
	struct err why;

	while ((word = strsep(&rest, ",")) != NULL) {
		size_t length = strlen(word);

		if (item_state_check(word, &why) < 0) {
			(void)restore_refuse(restore, word, why.text);
			continue;
		}
		if (to != words)
			*to++ = ',';
		memmove(to, word, length);
		to += length;
	}
	*to = '\0';
}

static int read_item(struct reading *reading, char **fields, size_t count, struct err *err)
{
	int64_t at_s;
	int found;

	if (count != 5 || time_parse(fields[3], &at_s) < 0)
		return restore_refuse(reading->restore, count > 1 ? fields[1] : "item",
			"a line of another shape");
	found = take_address(reading, fields[1], err);
	if (found <= 0)
		return found;
	keep_known(reading->restore, fields[4]);
	return restore_item(
		reading->restore, reading->address.url, fields[2], fields[4], at_s, err);
}

/* This store's number of the feed of an address in a dump. */
static int find_feed(void *ctx, const char *url, int64_t *out_id, struct err *err)
{
	struct reading *reading = ctx;
	struct db *db = &reading->restore->writer->db;
	sqlite3_stmt *get;
	int found = take_address(reading, url, err);

	if (found > 0)
		found = restore_knows(reading->restore, reading->address.url, err);
	if (found <= 0)
		return found;
	*out_id = reading->restore->feed_id;
	get = db_use(db, STATEMENT_FEED_URL); /* only one that is subscribed */
	db_bind_int(get, 1, *out_id);
	found = db_step(db, get, err);
	sqlite3_reset(get);
	return found;
}

static int read_line(struct reading *reading, char *line, struct err *err)
{
	char *fields[DUMP_FIELDS_MAX];
	size_t count;
	bool is_long = strlen(line) >= DUMP_LINE_MAX;

	count = dump_text_split(line, fields);
	/* Of what it says no dump could be made any more.  Its value may be a secret. */
	if (is_long)
		return restore_refuse(reading->restore, fields[count > 1 ? 1 : 0],
			"a line is too long for a dump");
	if (strcmp(fields[0], "feed") == 0)
		return read_feed(reading, fields, count, err);
	if (end_feed(reading, err) < 0)
		return -1;
	if (strcmp(fields[0], "item") == 0)
		return read_item(reading, fields, count, err);
	if (strcmp(fields[0], "query") == 0)
		return restore_rules_query(&reading->rules, fields, count, err);
	if (strcmp(fields[0], "rule") == 0)
		return restore_rules_rule(&reading->rules, fields, count, err);
	return fields[0][0] == '\0' ? 0
				    : restore_refuse(reading->restore, fields[0],
					      "this feedd does not know such lines");
}

static int put_back(struct restore *restore, struct buf *text, struct err *err)
{
	struct reading reading = { .restore = restore };
	char *rest = text->data, *line = strsep(&rest, "\n");
	int result = 0;

	restore_rules_init(&reading.rules, restore, find_feed, &reading);
	if (strcmp(line, DUMP_FIRST_LINE) != 0)
		return err_set(err, ERR_SYNTAX, "this is no dump: it does not begin with \"%s\"",
			DUMP_FIRST_LINE);
	while (result == 0 && (line = strsep(&rest, "\n")) != NULL)
		result = read_line(&reading, line, err);
	if (result == 0)
		result = end_feed(&reading, err);
	leave_feed(&reading);
	restore_rules_release(&reading.rules);
	restore_address_release(&reading.address);
	release_alone(&reading);
	return result;
}

/* A dump ends with a line's end: what stands behind the last one may be less than it
 * was, "540" of "5400s". */
static bool drop_cut_line(struct buf *text)
{
	const char *end = memrchr(text->data, '\n', text->length);
	size_t whole = end != NULL ? (size_t)(end - text->data) + 1 : text->length;
	bool cut = text->length > 0 && text->data[text->length - 1] != '\n';

	buf_cut(text, whole);
	return cut;
}

static int check_and_put_back(struct restore *restore, struct restore_job *job, struct err *err)
{
	struct buf *text = &job->text;
	bool cut = drop_cut_line(text);

	if (memchr(text->data, '\0', text->length) != NULL || !utf8_valid(text->data, text->length))
		return err_set(err, ERR_SYNTAX, "this is no dump: it is no text in UTF-8");
	if (put_back(restore, text, err) < 0)
		return -1;
	return cut ? restore_refuse(restore, "the dump's end",
			     "it is cut off; what was whole before that is done")
		   : 0;
}

void store_restore(struct store *store, struct buf *text, bool newer, int64_t now_s,
	store_restore_done *done, void *ctx)
{
	struct restore_job init = { .file = -1,
		.newer = newer,
		.now_s = now_s,
		.put_back = check_and_put_back,
		.done = done,
		.ctx = ctx };

	restore_job_start(store->queue, &init, text);
}
