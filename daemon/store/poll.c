#include "daemon/store/poll.h"

#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/json.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/store/bytes.h"

/* An answer in 16 bytes, little-endian: at u32, bytes u32, status, new,
 * changed, ms u16, each cut to what fits. */
#define ANSWER_SIZE 16

static void put_text(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text != NULL ? text : "");
}

static const char *or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? text : NULL;
}

void poll_read(sqlite3_stmt *row, int column, struct store_state *out_state)
{
	struct store_state *s = out_state;
	int c = column;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->next_poll_s = db_int(row, c++);
	s->gone = db_bool(row, c++);
	s->failures = (unsigned)db_int(row, c++);
	put_text(s->reason, sizeof(s->reason), db_text(row, c++));
	for (i = 0; i < 7; i++)
		s->terms[i] = db_int(row, c++);
	s->last_attempt_s = db_int(row, c++);
	s->last_ok_s = db_int(row, c++);
	s->last_status = (unsigned)db_int(row, c++);
	put_text(s->error_class, sizeof(s->error_class), db_text(row, c++));
	put_text(s->error_text, sizeof(s->error_text), db_text(row, c++));
	s->error_since_s = db_int(row, c++);
	s->waste = (unsigned)db_int(row, c++);
	s->only_304 = (unsigned)db_int(row, c++);
	s->only_304_since_s = db_int(row, c++);
	s->last_unconditional_s = db_int(row, c++);
	s->not_feed_since_s = db_int(row, c++);
	put_text(s->conditional, sizeof(s->conditional), db_text(row, c++));
	s->lifetime_s = db_int_or(row, c++, -1);
	s->ttl_s = db_int_or(row, c++, -1);
	s->sy_period_s = db_int_or(row, c++, -1);
	s->skip_hours = (uint32_t)db_int(row, c++);
	s->skip_days = (uint32_t)db_int(row, c++);
	s->newest_item_s = db_int(row, c++);
	s->last_new_s = db_int(row, c++);
	s->not_before_s = db_int(row, c++);
	s->effective_url = db_text_copy(row, c++);
	s->move_to = db_text_copy(row, c++);
	s->move_first_s = db_int(row, c++);
	s->move_seen = (unsigned)db_int(row, c++);
	s->crashes = (unsigned)db_int(row, c++);
}

static void bind_state(sqlite3_stmt *put, int at, const struct store_state *s)
{
	size_t i;

	db_bind_int(put, at++, s->next_poll_s);
	db_bind_int(put, at++, s->gone);
	db_bind_int(put, at++, s->failures);
	db_bind_text(put, at++, or_null(s->reason));
	for (i = 0; i < 7; i++)
		db_bind_int(put, at++, s->terms[i]);
	db_bind_int_or(put, at++, s->last_attempt_s, 0);
	db_bind_int_or(put, at++, s->last_ok_s, 0);
	db_bind_int_or(put, at++, s->last_status, 0);
	db_bind_text(put, at++, or_null(s->error_class));
	db_bind_text(put, at++, or_null(s->error_text));
	db_bind_int_or(put, at++, s->error_since_s, 0);
	db_bind_int_or(put, at++, s->waste, 0);
	db_bind_int_or(put, at++, s->only_304, 0);
	db_bind_int_or(put, at++, s->only_304_since_s, 0);
	db_bind_int_or(put, at++, s->last_unconditional_s, 0);
	db_bind_int_or(put, at++, s->not_feed_since_s, 0);
	db_bind_text(put, at++, or_null(s->conditional));
	db_bind_int_or(put, at++, s->lifetime_s, -1);
	db_bind_int_or(put, at++, s->ttl_s, -1);
	db_bind_int_or(put, at++, s->sy_period_s, -1);
	db_bind_int_or(put, at++, s->skip_hours, 0);
	db_bind_int_or(put, at++, s->skip_days, 0);
	db_bind_int_or(put, at++, s->newest_item_s, 0);
	db_bind_int_or(put, at++, s->last_new_s, 0);
	db_bind_int_or(put, at++, s->not_before_s, 0);
	db_bind_text(put, at++, s->effective_url);
	db_bind_text(put, at++, s->move_to);
	db_bind_int_or(put, at++, s->move_first_s, 0);
	db_bind_int_or(put, at++, s->move_seen, 0);
	db_bind_int_or(put, at++, s->crashes, 0);
}

static void put_number(unsigned char *at, size_t size, uint64_t value)
{
	uint64_t limit = (1ull << (8 * size)) - 1;

	bytes_put(at, size, value < limit ? value : limit);
}

static void pack_answer(unsigned char *at, const struct poll_answer *answer)
{
	put_number(at, 4, (uint64_t)answer->at_s);
	put_number(at + 4, 4, answer->bytes);
	put_number(at + 8, 2, answer->status);
	put_number(at + 10, 2, answer->fresh);
	put_number(at + 12, 2, answer->changed);
	put_number(at + 14, 2, answer->ms > 0 ? (uint64_t)answer->ms : 0);
}

int poll_put(struct db *db, int64_t feed_id, const struct store_state *state,
	const struct poll_answer *answer, struct err *err)
{
	sqlite3_stmt *put = db_use(db, STATEMENT_POLL_PUT);
	unsigned char packed[ANSWER_SIZE];

	db_bind_int(put, 1, feed_id);
	bind_state(put, 2, state);
	if (answer != NULL) {
		pack_answer(packed, answer);
		db_bind_bytes(put, 2 + POLL_STATE_COUNT, packed, sizeof(packed));
	} else {
		db_bind_bytes(put, 2 + POLL_STATE_COUNT, "", 0);
	}
	return db_run(db, put, err);
}

void poll_recent_json(const void *recent, size_t length, struct buf *out)
{
	const unsigned char *at = recent;
	struct json_writer json;
	size_t i;

	json_begin(&json, out);
	json_put_array(&json);
	for (i = 0; i + ANSWER_SIZE <= length; i += ANSWER_SIZE) {
		json_put_object(&json);
		json_put_key(&json, "at");
		json_put_time(&json, (int64_t)bytes_get(at + i, 4));
		json_put_key(&json, "status");
		if (bytes_get(at + i + 8, 2) == 0)
			json_put_null(&json); /* no answer */
		else
			json_put_uint(&json, bytes_get(at + i + 8, 2));
		json_put_key(&json, "new");
		json_put_uint(&json, bytes_get(at + i + 10, 2));
		json_put_key(&json, "changed");
		json_put_uint(&json, bytes_get(at + i + 12, 2));
		json_put_key(&json, "bytes");
		json_put_uint(&json, bytes_get(at + i + 4, 4));
		json_put_key(&json, "ms");
		json_put_uint(&json, bytes_get(at + i + 14, 2));
		json_put_object_end(&json);
	}
	json_put_array_end(&json);
}

/* ------------------------------------------- settings, validators ---- */

void poll_read_settings(sqlite3_stmt *row, int column, struct store_settings *out_settings)
{
	struct store_settings *s = out_settings;
	int c = column;

	s->title = db_text_copy(row, c++);
	s->every_s = db_int_or(row, c++, -1);
	s->keep_s = db_int_or(row, c++, -1);
	s->proxy = db_text_copy(row, c++);
	s->headers = db_text_copy(row, c++);
	s->auth = db_text_copy(row, c++);
	s->private_at = db_text_copy(row, c++);
	s->insecure = db_bool(row, c++);
	s->downgrade = db_bool(row, c++);
	s->delta = db_bool(row, c++);
	s->ca = db_text_copy(row, c++);
	s->cert = db_text_copy(row, c++);
	s->key = db_text_copy(row, c++);
}

/* A title that leaves nothing on a line would be an empty column in lists. */
static bool shows(const char *title)
{
	return title != NULL && utf8_shows(title, strlen(title));
}

void poll_bind_settings(sqlite3_stmt *put, int at, const struct store_settings *settings)
{
	const struct store_settings *s = settings;

	db_bind_text(put, at++, shows(s->title) ? s->title : NULL);
	db_bind_int_or(put, at++, s->every_s, -1);
	db_bind_int_or(put, at++, s->keep_s, -1);
	db_bind_text(put, at++, s->proxy);
	db_bind_text(put, at++, or_null(s->headers));
	db_bind_text(put, at++, or_null(s->auth));
	db_bind_text(put, at++, or_null(s->private_at));
	db_bind_int(put, at++, s->insecure);
	db_bind_int(put, at++, s->downgrade);
	db_bind_int(put, at++, s->delta);
	db_bind_text(put, at++, or_null(s->ca));
	db_bind_text(put, at++, or_null(s->cert));
	db_bind_text(put, at++, or_null(s->key));
}

static void *bytes_copy(sqlite3_stmt *row, int column, size_t *out_length)
{
	const void *bytes = db_bytes(row, column, out_length);

	return bytes != NULL ? mem_dup(bytes, *out_length) : NULL;
}

void poll_read_validators(sqlite3_stmt *row, int column, struct store_validators *out_validators)
{
	struct store_validators *v = out_validators;
	const void *digest;
	size_t length;

	memset(v, 0, sizeof(*v));
	v->url = db_text_copy(row, column);
	v->etag = bytes_copy(row, column + 1, &v->etag_length);
	v->last_modified = bytes_copy(row, column + 2, &v->last_modified_length);
	digest = db_bytes(row, column + 3, &length);
	if (length == sizeof(v->body_digest))
		memcpy(v->body_digest, digest, length);
}

static int put_validators(struct db *db, enum statement which, int64_t feed_id,
	const struct store_validators *v, struct err *err)
{
	sqlite3_stmt *put = db_use(db, which);
	bool digest = v->body_digest[0] != 0 || v->body_digest[1] != 0;

	db_bind_int(put, 1, feed_id);
	db_bind_text(put, 2, v->url);
	db_bind_bytes(put, 3, v->etag, v->etag_length);
	db_bind_bytes(put, 4, v->last_modified, v->last_modified_length);
	db_bind_bytes(put, 5, digest ? v->body_digest : NULL, sizeof(v->body_digest));
	return db_run(db, put, err);
}

int poll_revive(struct db *db, int64_t feed_id, bool anyway, int64_t now_s, struct err *err)
{
	sqlite3_stmt *put = db_use(db, STATEMENT_POLL_REVIVE);

	db_bind_int(put, 1, feed_id);
	db_bind_int(put, 2, now_s);
	db_bind_int(put, 3, anyway);
	return db_run(db, put, err);
}

int poll_part_merged(struct db *db, int64_t feed_id, const char *moved_to, struct err *err)
{
	sqlite3_stmt *part = db_use(db, STATEMENT_POLL_MERGED_WITH);

	db_bind_int(part, 1, feed_id);
	db_bind_text(part, 2, moved_to);
	return db_run(db, part, err);
}

int poll_forget_url(struct db *db, int64_t feed_id, int64_t now_s, struct err *err)
{
	sqlite3_stmt *put = db_use(db, STATEMENT_POLL_FORGET_URL);

	db_bind_int(put, 1, feed_id);
	db_bind_int(put, 2, now_s);
	return db_run(db, put, err);
}

int poll_replace_validators(
	struct db *db, int64_t feed_id, const struct store_validators *validators, struct err *err)
{
	return put_validators(db, STATEMENT_VALIDATOR_REPLACE, feed_id, validators, err);
}

int poll_renew_validators(
	struct db *db, int64_t feed_id, const struct store_validators *validators, struct err *err)
{
	return put_validators(db, STATEMENT_VALIDATOR_RENEW, feed_id, validators, err);
}

int poll_merge_validators(
	struct db *db, int64_t feed_id, const struct store_validators *validators, struct err *err)
{
	const struct store_validators *v = validators;

	if (v->etag == NULL && v->last_modified == NULL)
		return 0;
	return put_validators(db, STATEMENT_VALIDATOR_MERGE, feed_id, validators, err);
}
