#include "daemon/store/function.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/mem.h"
#include "daemon/feed/feed.h"
#include "daemon/store/content.h"
#include "daemon/store/db.h"
#include "daemon/store/fold.h"
#include "daemon/store/found.h"
#include "daemon/store/ident.h"
#include "daemon/store/pattern.h"
#include "daemon/store/story.h"
#include "daemon/url.h"

#define FLAGS (SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
#define NAMES_MAX (64u << 10)
#define TRIED_MS 200       /* most patterns are made in some microseconds */
#define TITLE_KEY_MAX 1024 /* bytes of a title that are sorted by */

/* Then the statement is at its end. */
static bool is_stopped(sqlite3_context *context, const atomic_bool *const *stop)
{
	if (stop == NULL || *stop == NULL || !atomic_load(*stop))
		return false;
	sqlite3_result_error_code(context, SQLITE_INTERRUPT);
	return true;
}

/*
 * regexec() keeps each state that it came to with the pattern.  Where those of each text
 * are others there is no end to it: some megabytes a text, among which it looks for
 * longer and longer.  So the pattern is made anew when it was tried for so long.
 */
struct pattern {
	regex_t regex;
	size_t reach;     /* pattern_reach() */
	int64_t tried_ms; /* so many ticks went by meanwhile */
};

static void pattern_free(void *pattern)
{
	regfree(&((struct pattern *)pattern)->regex);
	free(pattern);
}

static struct pattern *pattern_new(const char *text)
{
	struct pattern *pattern = MEM_NEW(struct pattern);

	pattern->reach = pattern_reach(text);
	if (pattern_compile(&pattern->regex, text) == 0)
		return pattern;
	free(pattern);
	return NULL;
}

static bool matches(struct pattern *pattern, const char *text)
{
	int64_t begin_ms = clock_steady_ms();
	bool result = pattern_matches(&pattern->regex, pattern->reach, text);

	pattern->tried_ms += clock_steady_ms() - begin_ms;
	return result;
}

/* SQLite keeps the pattern with the argument, from one row to the next. */
static void regexp_match(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *pattern = (const char *)sqlite3_value_text(values[0]);
	const char *text = (const char *)sqlite3_value_text(values[1]);
	struct pattern *kept = sqlite3_get_auxdata(context, 0);

	(void)count;
	if (pattern == NULL || is_stopped(context, sqlite3_user_data(context)))
		return;
	if (kept == NULL || kept->tried_ms > TRIED_MS) {
		kept = pattern_new(pattern);
		if (kept == NULL) {
			sqlite3_result_error(context, "no regular expression", -1);
			return;
		}
		sqlite3_set_auxdata(context, 0, kept, pattern_free);
		/* SQLite may have let go of it at once. */
		kept = sqlite3_get_auxdata(context, 0);
	}
	sqlite3_result_int(context, kept != NULL && matches(kept, text != NULL ? text : ""));
}

/* What the functions of articles have each. */
struct articles {
	struct content_unpacker unpacker;
	const atomic_bool *const *stop;
};

static struct articles *articles_new(const atomic_bool *const *stop)
{
	struct articles *articles = MEM_NEW(struct articles);

	content_unpacker_init(&articles->unpacker);
	articles->stop = stop;
	return articles;
}

static void articles_free(void *what)
{
	struct articles *articles = what;

	content_unpacker_release(&articles->unpacker);
	free(articles);
}

/* (packing, body) or (packing, body, bundled).  1 and both texts (NULL where
 * there is none), which live until the next call on this connection; 0 and an
 * error said. */
static int unpack(sqlite3_context *context, int count, sqlite3_value **values,
	const char **out_html, const char **out_text)
{
	struct articles *articles = sqlite3_user_data(context);
	struct content_unpacker *unpacker = &articles->unpacker;
	int packing = sqlite3_value_int(values[0]), result;
	const void *bytes = sqlite3_value_blob(values[1]);
	size_t length = (size_t)sqlite3_value_bytes(values[1]);
	struct err err;

	if (bytes == NULL || is_stopped(context, articles->stop))
		return 0;
	if (count == 2)
		result = content_unpack(unpacker, packing, bytes, length, out_html, out_text, &err);
	else
		result = content_unpack_bundled(unpacker, sqlite3_value_int64(values[2]), packing,
			bytes, length, out_html, out_text, &err);
	if (result == 0)
		return 1;
	sqlite3_result_error(context, err.text, -1);
	sqlite3_result_error_code(context, SQLITE_CORRUPT);
	return 0;
}

static void article_source(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *html, *text;

	if (unpack(context, count, values, &html, &text) == 1)
		sqlite3_result_text(context, html != NULL ? html : text, -1, SQLITE_TRANSIENT);
}

static void article_text(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *html, *text, *words;
	struct buf plain;

	if (unpack(context, count, values, &html, &text) == 0)
		return;
	buf_init(&plain, CONTENT_MAX);
	words = content_words(html, text, &plain);
	if (words != NULL)
		sqlite3_result_text(context, words, -1, SQLITE_TRANSIENT);
	buf_release(&plain);
}

struct names_reader {
	struct buf names;
	bool at_name;
};

static int on_key(void *ctx, const char *text, size_t length)
{
	((struct names_reader *)ctx)->at_name = length == 4 && memcmp(text, "name", 4) == 0;
	return 0;
}

static int on_string(void *ctx, const char *text, size_t length)
{
	struct names_reader *names = ctx;

	if (!names->at_name)
		return 0;
	if (names->names.length != 0 && buf_add_text(&names->names, ", ") < 0)
		return -1;
	return buf_add(&names->names, text, length);
}

/* What can't be read has no names; it was written by us. */
static void author_names(sqlite3_context *context, int count, sqlite3_value **values)
{
	static const struct json_events events = { .key = on_key, .string = on_string };
	const char *json = (const char *)sqlite3_value_text(values[0]);
	struct names_reader names = { .at_name = false };
	struct json_reader *reader;
	struct err ignored;

	(void)count;
	if (json == NULL)
		return;
	buf_init(&names.names, NAMES_MAX);
	reader = json_reader_new(&events, &names, 8);
	(void)!json_read(reader, json, strlen(json), &ignored);
	json_reader_free(reader);
	sqlite3_result_text(context, names.names.data, (int)names.names.length, SQLITE_TRANSIENT);
	buf_release(&names.names);
}

static void title_key(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *title = (const char *)sqlite3_value_text(values[0]);
	struct buf key;

	(void)count;
	if (title == NULL)
		return;
	buf_init(&key, TITLE_KEY_MAX);
	(void)!fold_title(title, &key); /* the beginning is enough */
	sqlite3_result_text(context, key.data, (int)key.length, SQLITE_TRANSIENT);
	buf_release(&key);
}

static void is_found(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct found *found = sqlite3_value_pointer(values[0], FUNCTION_FOUND);

	(void)count;
	sqlite3_result_int(
		context, found != NULL && found_has(found, sqlite3_value_int64(values[1])));
}

/* NULL for what has none. */
static void id_alias(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *id = (const char *)sqlite3_value_text(values[0]);
	struct feed_digest alias;

	(void)count;
	if (id == NULL)
		return;
	alias = feed_alias_of_id(id, strlen(id));
	if (ident_of(&alias) != 0)
		sqlite3_result_int64(context, (int64_t)ident_of(&alias));
}

/* Likewise. */
static void link_hash(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *url = (const char *)sqlite3_value_text(values[0]);
	int64_t hash = url != NULL ? story_link_hash(url) : 0;

	(void)count;
	if (hash != 0)
		sqlite3_result_int64(context, hash);
}

/* An ident with another alias of its item; NULL: with those that it has. */
static void give_ident(sqlite3_context *context, sqlite3_value *value, enum ident_slot slot,
	const struct feed_digest *alias)
{
	const void *bytes = sqlite3_value_blob(value);
	unsigned char packed[IDENT_PACKED_MAX];
	struct ident ident;

	ident_unpack(bytes, (size_t)sqlite3_value_bytes(value), &ident);
	if (alias != NULL)
		ident.slots[slot] = ident_of(alias);
	sqlite3_result_blob(context, packed, (int)ident_pack(&ident, packed), SQLITE_TRANSIENT);
}

/* An ident whose item has this link. */
static void ident_relinked(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *url = (const char *)sqlite3_value_text(values[1]);
	struct feed_digest alias = { 0 };

	(void)count;
	if (url != NULL)
		alias = feed_alias_of_link(url);
	give_ident(context, values[0], IDENT_ALIAS_LINK, url != NULL ? &alias : NULL);
}

/* An ident whose item has this link, and no id. */
static void ident_named(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *url = (const char *)sqlite3_value_text(values[1]);
	struct feed_digest alias = { 0 };

	(void)count;
	if (url != NULL)
		alias = feed_alias_of_id(url, strlen(url));
	give_ident(context, values[0], IDENT_ALIAS_ID, url != NULL ? &alias : NULL);
}

/* An address without the user name and the password in it, what stands behind a `#` as it
 * is; NULL if there are none in it. */
static void bare_url(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *url = (const char *)sqlite3_value_text(values[0]), *fragment;
	char *bare, *userinfo;
	struct url_parts parts;
	bool has;

	(void)count;
	if (url == NULL || url_split(url, &parts, NULL) < 0)
		return;
	has = parts.has_userinfo;
	url_parts_release(&parts);
	if (!has)
		return;
	fragment = strchr(url, '#');
	if (url_subscribe(url, &bare, &userinfo, NULL) == 0) {
		char *whole = mem_printf("%s%s", bare, fragment != NULL ? fragment : "");

		free(bare);
		free(userinfo);
		bare = whole;
	} else {
		bare = url_hide_userinfo(url);
	}
	sqlite3_result_text(context, bare, -1, free);
}

/* "user:password" that stands in an address, or NULL. */
static void url_auth(sqlite3_context *context, int count, sqlite3_value **values)
{
	const char *url = (const char *)sqlite3_value_text(values[0]);
	char *bare, *userinfo;

	(void)count;
	if (url == NULL || url_subscribe(url, &bare, &userinfo, NULL) < 0)
		return;
	free(bare);
	if (userinfo != NULL)
		sqlite3_result_text(context, userinfo, -1, free);
}

typedef void function(sqlite3_context *context, int count, sqlite3_value **values);

/* Those that are known by name and number of arguments, and nothing else. */
static const struct {
	const char *name;
	int arguments;
	function *call;
} plain[] = { { "title_key", 1, title_key }, { "author_names", 1, author_names },
	{ "is_found", 2, is_found }, { "id_alias", 1, id_alias }, { "link_hash", 1, link_hash },
	{ "ident_relinked", 2, ident_relinked }, { "ident_named", 2, ident_named },
	{ "bare_url", 1, bare_url }, { "url_auth", 1, url_auth } };

/* Of an article in a row of its own, and of one in a bundle. */
static int register_article(
	sqlite3 *handle, const char *name, const atomic_bool *const *stop, function *call)
{
	int r = SQLITE_OK, count;

	for (count = 2; r == SQLITE_OK && count <= 3; count++)
		r = sqlite3_create_function_v2(handle, name, count, FLAGS, articles_new(stop), call,
			NULL, NULL, articles_free);
	return r;
}

int function_register(sqlite3 *handle, const atomic_bool *const *stop, struct err *err)
{
	int r = sqlite3_create_function_v2(handle, "regexp_match", 2, FLAGS,
		(void *)(uintptr_t)stop, regexp_match, NULL, NULL, NULL);
	size_t i;

	if (r == SQLITE_OK)
		r = register_article(handle, "article_source", stop, article_source);
	if (r == SQLITE_OK)
		r = register_article(handle, "article_text", stop, article_text);
	for (i = 0; r == SQLITE_OK && i < sizeof(plain) / sizeof(plain[0]); i++)
		r = sqlite3_create_function_v2(handle, plain[i].name, plain[i].arguments, FLAGS,
			NULL, plain[i].call, NULL, NULL, NULL);
	if (r != SQLITE_OK)
		return err_set(err, db_code(handle, r), "functions: %s", sqlite3_errstr(r));
	return 0;
}
