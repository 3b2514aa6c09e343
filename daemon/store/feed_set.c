#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/time.h"
#include "daemon/store/feed_add.h"
#include "daemon/store/internal.h"
#include "daemon/store/lent_table.h"
#include "daemon/store/pem.h"
#include "daemon/store/poll.h"
#include "daemon/store/tag.h"
#include "daemon/url.h"

/* `feedctl set`: keys with values, checked before anything is done. */

struct set_job {
	struct job job;
	int64_t *ids;
	size_t count;
	char **keys, **values;
	size_t setting_count;
	store_plan *plan;
	void *plan_ctx;
	int64_t now_s;
	uint64_t changed;
	store_changed *done;
	void *ctx;
};

/* ----------------------------------------------------------- values ---- */

static int set_text(char **to, const char *value)
{
	free(*to);
	*to = value[0] != '\0' ? mem_strdup(value) : NULL;
	return 0;
}

static int set_title(char **to, const char *value)
{
	free(*to);
	*to = store_title_read(value);
	return 0;
}

static int set_seconds(const char *key, int64_t *to, const char *value, struct err *err)
{
	int64_t ms;

	if (value[0] == '\0') {
		*to = -1;
		return 0;
	}
	if (strcmp(key, "keep") == 0 && strcmp(value, "forever") == 0) {
		*to = INT64_MAX;
		return 0;
	}
	if (strcmp(key, "every") == 0)
		return store_every_read(value, to, err);
	if (time_parse_duration(value, &ms, err) < 0)
		return err_prefix(err, "%s", key);
	*to = (ms + 999) / 1000;
	return 0;
}

/* "none" is no proxy although one is set for all. */
static int set_proxy(char **to, const char *value)
{
	if (strcmp(value, "none") != 0)
		return set_text(to, value);
	free(*to);
	*to = mem_strdup("");
	return 0;
}

static int set_pem(
	const char *key, char **to, const char *value, enum pem_kind kind, struct err *err)
{
	if (value[0] != '\0' && pem_check(key, value, kind, err) < 0)
		return -1;
	return set_text(to, value);
}

static int apply_value(
	struct store_settings *s, const char *key, const char *value, struct err *err)
{
	if (strcmp(key, "title") == 0)
		return set_title(&s->title, value);
	if (strcmp(key, "every") == 0)
		return set_seconds(key, &s->every_s, value, err);
	if (strcmp(key, "keep") == 0)
		return set_seconds(key, &s->keep_s, value, err);
	if (strcmp(key, "proxy") == 0)
		return set_proxy(&s->proxy, value);
	if (strcmp(key, "header") == 0)
		return set_text(&s->headers, value);
	if (strcmp(key, "auth") == 0)
		return set_text(&s->auth, value);
	if (strcmp(key, "insecure") == 0)
		return store_flag_read(key, value, &s->insecure, err);
	if (strcmp(key, "downgrade") == 0)
		return store_flag_read(key, value, &s->downgrade, err);
	if (strcmp(key, "delta") == 0)
		return store_flag_read(key, value, &s->delta, err);
	if (strcmp(key, "ca") == 0)
		return set_pem(key, &s->ca, value, PEM_CERTIFICATE, err);
	if (strcmp(key, "cert") == 0)
		return set_pem(key, &s->cert, value, PEM_CERTIFICATE, err);
	if (strcmp(key, "key") == 0)
		return set_pem(key, &s->key, value, PEM_KEY, err);
	return err_set(err, ERR_USAGE,
		"%s is no setting of a feed; there are title url every keep proxy header auth "
		"private insecure downgrade delta ca cert key tags",
		key);
}

/* "yes": the host and port that the feed has now, and no other, may be on a
 * private network. */
static int apply_private(struct writer *writer, int64_t feed_id, const char *value,
	struct store_settings *settings, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_URL);
	struct url_parts parts;
	bool may = false;
	int found;

	if (store_flag_read("private", value, &may, err) < 0)
		return -1;
	free(settings->private_at);
	settings->private_at = NULL;
	if (!may)
		return 0;
	db_bind_int(get, 1, feed_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	if (url_split(db_text(get, 0), &parts, NULL) == 0) {
		settings->private_at = mem_printf(
			strchr(parts.host, ':') != NULL ? "[%s]:%u" : "%s:%u", parts.host,
			parts.port);
		url_parts_release(&parts);
	}
	sqlite3_reset(get);
	return 0;
}

/* ------------------------------------------------------------- tags ---- */

static bool is_tags(const char *key)
{
	return strcmp(key, "tags") == 0 || strcmp(key, "tags+") == 0 || strcmp(key, "tags-") == 0;
}

static int apply_tags(
	struct writer *writer, int64_t feed_id, const char *key, const char *value, struct err *err)
{
	char *list, *rest, *tag;
	int result = 0;

	if (strcmp(key, "tags+") == 0)
		return tag_feed_add(&writer->db, feed_id, value, err);
	if (strcmp(key, "tags-") == 0)
		return tag_feed_remove(&writer->db, feed_id, value, err);
	if (tag_feed_clear(&writer->db, feed_id, err) < 0)
		return -1;
	rest = list = mem_strdup(value);
	while (result == 0 && (tag = strsep(&rest, ",")) != NULL) {
		size_t length;

		tag += strspn(tag, " ");
		for (length = strlen(tag); length > 0 && tag[length - 1] == ' '; length--)
			tag[length - 1] = '\0';
		if (tag[0] != '\0')
			result = tag_feed_add(&writer->db, feed_id, tag, err);
	}
	free(list);
	return result;
}

/* -------------------------------------------------------------- url ---- */

/* Its documents come by a name that the program which writes them knows. */
static int check_is_asked(struct writer *writer, int64_t feed_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_URL);
	int found, result = 0;

	db_bind_int(get, 1, feed_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	if (strncmp(db_text(get, 0), "push:", 5) == 0)
		result = err_set(err, ERR_REFUSED,
			"%s is fed by `feedctl push` and stays so; `feedctl add` subscribes to an "
			"address",
			db_text(get, 0));
	sqlite3_reset(get);
	return result;
}

/* 1: it has the address already; it is an error that another one has it. */
static int check_is_free(struct writer *writer, int64_t feed_id, const char *url, struct err *err)
{
	bool looked_at;
	int64_t other;
	int found = feed_free_url(writer, url, &other, &looked_at, err);

	if (found <= 0 || other == feed_id)
		return found;
	return err_set(err, ERR_EXISTS, "feed %lld has that address", (long long)other);
}

static void forget(char **text)
{
	free(*text);
	*text = NULL;
}

/* They stay with the origin that they were given for; what is given with the new address is
 * for that. */
static int drop_secrets(struct writer *writer, int64_t feed_id, const char *url,
	struct store_settings *settings, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_URL);
	int found;

	db_bind_int(get, 1, feed_id);
	found = db_step(&writer->db, get, err);
	if (found <= 0)
		return found;
	if (!url_same_origin(db_text(get, 0), url)) {
		forget(&settings->headers);
		forget(&settings->auth);
		forget(&settings->cert);
		forget(&settings->key);
	}
	sqlite3_reset(get);
	return 0;
}

static int apply_url(struct set_job *set, struct writer *writer, int64_t feed_id, const char *value,
	struct store_settings *settings, struct err *err)
{
	int same;

	if (!url_is_web(value, strlen(value)))
		return err_set(err, ERR_BAD_URL, "not a web address: %s", value);
	if (check_is_asked(writer, feed_id, err) < 0)
		return -1;
	same = check_is_free(writer, feed_id, value, err);
	if (same != 0)
		return same < 0 ? -1 : 0;
	/* What failed or was gone was another address; this one is not known yet. */
	if (drop_secrets(writer, feed_id, value, settings, err) < 0 ||
		poll_part_merged(&writer->db, feed_id, NULL, err) < 0 ||
		feed_put_url(writer, feed_id, value, err) < 0 ||
		poll_forget_url(&writer->db, feed_id, set->now_s, err) < 0)
		return -1;
	return poll_revive(&writer->db, feed_id, true, set->now_s, err);
}

/* -------------------------------------------------------------- job ---- */

static int read_settings(
	struct writer *writer, int64_t feed_id, struct store_settings *out, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_FEED_SETTINGS);
	int found;

	db_bind_int(get, 1, feed_id);
	found = db_step(&writer->db, get, err);
	if (found > 0) {
		poll_read_settings(get, 0, out);
		sqlite3_reset(get);
	}
	return found;
}

/* Another interval counts from now on, not from the next poll. */
static int plan_anew(struct set_job *set, struct writer *writer, int64_t feed_id, struct err *err)
{
	struct lent list = { 1, &feed_id };
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_CLAIM_IDS);
	struct store_claim *feed;
	struct store_state state;
	int result;

	db_bind_pointer(get, 1, &list, lent_ids.name);
	result = db_step(&writer->db, get, err);
	if (result <= 0)
		return result;
	feed = MEM_NEW(struct store_claim);
	poll_read_claim(get, feed);
	sqlite3_reset(get);
	store_state_copy(&state, &feed->state);
	set->plan(set->plan_ctx, feed, &state);
	result = poll_put(&writer->db, feed_id, &state, NULL, err);
	store_state_release(&state);
	store_claims_free(feed, 1);
	return result;
}

static int write_settings(struct writer *writer, int64_t feed_id,
	const struct store_settings *settings, struct err *err)
{
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_FEED_SETTINGS_PUT);

	db_bind_int(put, 1, feed_id);
	poll_bind_settings(put, 2, settings);
	return db_run(&writer->db, put, err);
}

/* Before all else, wherever it was said: what is private is the host that it has then. */
static int apply_urls(struct set_job *set, struct writer *writer, int64_t feed_id,
	struct store_settings *settings, struct err *err)
{
	size_t i;

	for (i = 0; i < set->setting_count; i++)
		if (strcmp(set->keys[i], "url") == 0 &&
			apply_url(set, writer, feed_id, set->values[i], settings, err) < 0)
			return -1;
	return 0;
}

static int apply_one(struct set_job *set, struct writer *writer, int64_t feed_id,
	struct store_settings *settings, struct err *err)
{
	bool every = false;
	size_t i;

	if (apply_urls(set, writer, feed_id, settings, err) < 0)
		return -1;
	for (i = 0; i < set->setting_count; i++) {
		const char *key = set->keys[i], *value = set->values[i];
		int result;

		if (strcmp(key, "url") == 0)
			continue;
		if (is_tags(key))
			result = apply_tags(writer, feed_id, key, value, err);
		else if (strcmp(key, "private") == 0)
			result = apply_private(writer, feed_id, value, settings, err);
		else
			result = apply_value(settings, key, value, err);
		if (result < 0)
			return -1;
		every |= strcmp(key, "every") == 0;
	}
	if (write_settings(writer, feed_id, settings, err) < 0)
		return -1;
	return every ? plan_anew(set, writer, feed_id, err) : 0;
}

static int set_run(struct job *job, struct writer *writer, struct err *err)
{
	struct set_job *set = (struct set_job *)job;
	struct store_settings settings;
	size_t i;

	for (i = 0; i < set->count; i++) {
		int found = read_settings(writer, set->ids[i], &settings, err);
		int result;

		if (found < 0)
			return -1;
		if (found == 0)
			continue;
		result = apply_one(set, writer, set->ids[i], &settings, err);
		store_settings_release(&settings);
		if (result < 0)
			return -1;
		set->changed++;
	}
	writer->feeds_touched = true;
	return 0;
}

static void set_done(struct job *job, const struct err *err)
{
	struct set_job *set = (struct set_job *)job;

	set->done(set->ctx, err == NULL ? set->changed : 0, err);
}

static void set_release(struct job *job)
{
	struct set_job *set = (struct set_job *)job;
	size_t i;

	for (i = 0; i < set->setting_count; i++) {
		free(set->keys[i]);
		free(set->values[i]);
	}
	free(set->keys);
	free(set->values);
	free(set->ids);
	free(set->plan_ctx);
	free(set);
}

void store_feeds_set(struct store *store, const struct store_set *what, int64_t now_s,
	store_changed *done, void *ctx)
{
	struct set_job *set = MEM_NEW(struct set_job);
	size_t i;

	set->job.run = set_run;
	set->job.asked = true;
	set->job.large = what->count > JOB_FEW;
	set->job.done = set_done;
	set->job.release = set_release;
	set->ids = mem_dup(what->ids, what->count * sizeof(*what->ids));
	set->count = what->count;
	set->keys = MEM_ARRAY(what->setting_count, char *);
	set->values = MEM_ARRAY(what->setting_count, char *);
	for (i = 0; i < what->setting_count; i++) {
		const struct store_setting *setting = &what->settings[i];

		set->keys[i] = mem_strdup(setting->key);
		set->values[i] = mem_strdup(setting->value != NULL ? setting->value : "");
	}
	set->setting_count = what->setting_count;
	set->plan = what->plan;
	set->plan_ctx = what->plan_ctx;
	set->now_s = now_s;
	set->done = done;
	set->ctx = ctx;
	queue_push(store->queue, &set->job);
}
