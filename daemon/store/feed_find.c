#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "daemon/store/find.h"
#include "daemon/store/internal.h"
#include "daemon/store/store_feeds.h"
#include "daemon/url.h"

/*
 * FEED as the command line has it: an id; else the whole URL; else the whole
 * title; else a part of either, case aside, that fits one feed only.
 */

#define NAMED_MAX 16 /* feeds that an ambiguous word names */
#define NAME_BYTES_MAX 40

struct find_job {
	struct store_read_job job;
	char **words;
	size_t count;
	int64_t named, named_max; /* words that are neither id nor URL; 0: not known yet */
	struct store_found *found;
	store_feeds_found *done;
	void *ctx;
};

/* Candidates of one word; more than NAMED_MAX are only counted. */
struct fits {
	int64_t first;
	size_t count;
	char names[NAMED_MAX * (NAME_BYTES_MAX + 24)];
};

static void fits_add(struct fits *fits, int64_t id, const char *title)
{
	size_t used = strlen(fits->names), length = title != NULL ? strlen(title) : 0;
	bool cut = length > NAME_BYTES_MAX;

	if (fits->count++ == 0)
		fits->first = id;
	if (cut)
		length = utf8_cut(title, NAME_BYTES_MAX);
	while (cut && length > 0 && title[length - 1] == ' ')
		length--;
	if (fits->count <= NAMED_MAX)
		snprintf(fits->names + used, sizeof(fits->names) - used, "%s%lld %.*s%s",
			used != 0 ? ", " : "", (long long)id, (int)length,
			title != NULL ? title : "", cut ? "…" : "");
}

/* Folded for comparing, without what joins letters and is not printed in lines; the text
 * itself where it is no valid UTF-8. */
static char *fold(const char *text)
{
	utf8proc_uint8_t *folded = NULL;

	if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
		    UTF8PROC_NULLTERM | UTF8PROC_CASEFOLD | UTF8PROC_COMPOSE | UTF8PROC_IGNORE) < 0)
		return mem_strdup(text);
	return (char *)folded;
}

static int one(struct db *db, enum statement which, const char *word, int64_t *out, struct err *err)
{
	sqlite3_stmt *get = db_use(db, which);

	db_bind_text(get, 1, word);
	return db_get(db, get, out, err);
}

/* As typed, and as `add` would have stored it. */
static int by_url(struct db *db, const char *word, int64_t *out, struct err *err)
{
	char *url = NULL, *userinfo = NULL;
	struct err ignored;
	int found = one(db, STATEMENT_FEED_FIND_URL, word, out, err);

	if (found == 0 && strstr(word, "://") != NULL &&
		url_subscribe(word, &url, &userinfo, &ignored) == 0) {
		found = one(db, STATEMENT_FEED_FIND_URL, url, out, err);
		free(url);
		free(userinfo);
	}
	return found;
}

static int by_title(struct db *db, const char *word, struct fits *fits, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_FEED_FIND_TITLE);
	int found;

	db_bind_text(list, 1, word);
	while ((found = db_step(db, list, err)) > 0)
		fits_add(fits, db_int(list, 0), db_text(list, 1));
	return found;
}

static bool is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

bool find_part(const char *title, const char *url, const char *part)
{
	char *folded, *folded_title, *folded_url;
	bool found = strcasestr(title, part) != NULL || strcasestr(url, part) != NULL;

	/* The usual cases are the cheap ones. */
	if (found || (is_ascii(part) && is_ascii(title) && is_ascii(url)))
		return found;
	folded = fold(part);
	folded_title = fold(title);
	folded_url = fold(url);
	found = folded[0] != '\0' &&
		(strstr(folded_title, folded) != NULL || strstr(folded_url, folded) != NULL);
	free(folded);
	free(folded_title);
	free(folded_url);
	return found;
}

static int by_part(struct db *db, const char *word, struct fits *fits, struct err *err)
{
	sqlite3_stmt *list = db_use(db, STATEMENT_FEED_ALL_NAMES);
	int found;

	while ((found = db_step(db, list, err)) > 0) {
		if (find_part(db_text(list, 1), db_text(list, 2), word))
			fits_add(fits, db_int(list, 0), db_text(list, 1));
	}
	return found;
}

/* What was typed is shown without a password in it: sentences end up in logs. */
static void tell_unknown(const char *word, struct err *err)
{
	char *shown = url_hide_userinfo(word);

	err_set(err, ERR_NOT_FOUND, "no feed is called %s", shown[0] != '\0' ? shown : "\"\"");
	free(shown);
}

static void tell_too_many(const char *word, int64_t max, struct err *err)
{
	char *shown = url_hide_userinfo(word);

	err_set(err, ERR_USAGE,
		"%s is no feed's id or URL, and of so many feeds %lld titles and parts are looked"
		" for at once",
		shown, (long long)max);
	free(shown);
}

static int count_most(struct db *db, int64_t *out_most, struct err *err)
{
	int64_t feeds = 1;

	if (db_get(db, db_use(db, STATEMENT_FEED_ROWS), &feeds, err) < 0)
		return -1;
	*out_most = STORE_FIND_NAMES_MAX / (feeds > 0 ? feeds : 1);
	if (*out_most == 0)
		*out_most = 1;
	return 0;
}

/* By its title or by a part of it or of the URL: all feeds are gone through. */
static int find_named(struct find_job *find, struct db *db, const char *word,
	struct store_found *out, struct err *err)
{
	struct fits fits = { 0, 0, "" };

	if (find->named_max == 0 && count_most(db, &find->named_max, err) < 0)
		return -1;
	if (find->named++ >= find->named_max) {
		tell_too_many(word, find->named_max, &out->err);
		return 0;
	}
	if (by_title(db, word, &fits, err) < 0 ||
		(fits.count == 0 && word[0] != '\0' && by_part(db, word, &fits, err) < 0))
		return -1;
	if (fits.count == 1)
		out->feed_id = fits.first;
	else if (fits.count == 0)
		tell_unknown(word, &out->err);
	else
		err_set(&out->err, ERR_AMBIGUOUS, "%s fits %zu feeds: %s%s", word, fits.count,
			fits.names, fits.count > NAMED_MAX ? ", …" : "");
	return 0;
}

static int find_feed(struct find_job *find, struct db *db, const char *word,
	struct store_found *out, struct err *err)
{
	int64_t number;
	int found = 0;

	if (find_number(word, &number)) {
		sqlite3_stmt *get = db_use(db, STATEMENT_FEED_FIND_ID);

		db_bind_int(get, 1, number);
		found = db_get(db, get, &out->feed_id, err);
		if (found == 0)
			err_set(&out->err, ERR_NOT_FOUND, "there is no feed %s", word);
		return found < 0 ? -1 : 0;
	}
	found = word[0] != '\0' ? by_url(db, word, &out->feed_id, err) : 0;
	if (found != 0)
		return found < 0 ? -1 : 0;
	return find_named(find, db, word, out, err);
}

static int find_run(struct store_read_job *job, struct reader *reader, struct err *err)
{
	struct find_job *find = (struct find_job *)job;
	size_t i;

	for (i = 0; i < find->count; i++)
		if (find_feed(find, &reader->db, find->words[i], &find->found[i], err) < 0)
			return -1;
	return 0;
}

static void find_done(struct store_read_job *job, const struct err *err)
{
	struct find_job *find = (struct find_job *)job;

	find->done(find->ctx, err == NULL ? find->found : NULL, err == NULL ? find->count : 0, err);
}

static void find_release(struct store_read_job *job)
{
	struct find_job *find = (struct find_job *)job;
	size_t i;

	for (i = 0; i < find->count; i++)
		free(find->words[i]);
	free(find->words);
	free(find->found);
	free(find);
}

struct store_read_job *store_feeds_find(struct store *store, const char *const *words, size_t count,
	store_feeds_found *done, void *ctx)
{
	struct find_job *find = MEM_NEW(struct find_job);
	size_t i;

	find->job.run = find_run;
	find->job.done = find_done;
	find->job.release = find_release;
	find->words = MEM_ARRAY(count, char *);
	for (i = 0; i < count; i++)
		find->words[i] = mem_strdup(words[i]);
	find->found = MEM_ARRAY(count, struct store_found);
	find->count = count;
	find->done = done;
	find->ctx = ctx;
	return pool_start(store->pool, &find->job);
}
