#include "daemon/store/story.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "daemon/store/lent_table.h"
#include "daemon/url.h"

#define WHOLE_BITS 40
#define DIGEST_MIN 32 /* digits of one of 128 bits */

static int64_t signed_bits(uint64_t bits)
{
	int64_t value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static int64_t hash_of(uint64_t place, uint64_t whole)
{
	return signed_bits(place << WHOLE_BITS | (whole & ((1ull << WHOLE_BITS) - 1)));
}

/* The host of a normalised link, which begins with it. */
static uint64_t site_hash(const char *normal)
{
	return XXH3_64bits(normal, strcspn(normal, "/?#:"));
}

/* All but a guid's last part. */
static uint64_t stem_hash(const char *guid)
{
	size_t length = strlen(guid);

	while (length > 0 && strchr("/:=#?", guid[length - 1]) == NULL)
		length--;
	return XXH3_64bits(guid, length);
}

/* A number or a date, which every site gives its items. */
static bool is_number(const char *guid)
{
	size_t digits = strspn(guid, "0123456789-/:. ");

	return digits < DIGEST_MIN && guid[digits] == '\0';
}

static int drop(struct writer *writer, int64_t item_id, int64_t hash, struct err *err)
{
	sqlite3_stmt *drop = db_use(&writer->db, STATEMENT_STORY_DELETE);

	db_bind_int(drop, 1, hash);
	db_bind_int(drop, 2, item_id);
	return db_run(&writer->db, drop, err);
}

int64_t story_link_hash(const char *url)
{
	char *normal = url_normalise(url);
	int64_t hash = 0;

	if (normal != NULL)
		hash = hash_of(site_hash(normal), XXH3_64bits(normal, strlen(normal)));
	free(normal);
	return hash;
}

int64_t story_guid_hash(const char *guid)
{
	return hash_of(stem_hash(guid), XXH3_64bits(guid, strlen(guid)));
}

size_t stories_of(int64_t item_id, const char *url, const char *guid, const char *title,
	struct story out[STORIES_MAX])
{
	int64_t link = url != NULL ? story_link_hash(url) : 0;
	size_t count = 0;

	if (link != 0) {
		/* Whoever has no page for an item names the site's first one. */
		const char *also = url_is_front(url) ? title : NULL;

		out[count++] = (struct story){ item_id, link, true, { .title = also, .url = url } };
	}
	if (guid != NULL)
		out[count++] = (struct story){ item_id, story_guid_hash(guid), !is_number(guid),
			{ .title = title } };
	return count;
}

/* ------------------------------------------------------------ rows ---- */

static void lend_story(void *rows, size_t row, int column, sqlite3_context *out)
{
	const struct story *story = (const struct story *)rows + row;

	sqlite3_result_int64(out, column == 0 ? story->hash : story->item_id);
}

const struct lent_shape lent_stories = { "new_story", "hash INTEGER, item_id INTEGER", 2,
	lend_story };

/* Few have company: they are asked for all at once. */
static int settle(struct writer *writer, const struct story *stories, const struct lent *list,
	struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_STORIES_SHARED);
	int found;

	db_bind_pointer(get, 1, list, lent_stories.name);
	while ((found = db_step(&writer->db, get, err)) > 0) {
		const struct story *story = &stories[db_int(get, 0)];

		if (!story->shared || cluster_settle(writer, story->hash, &story->like, err) == 0)
			continue;
		sqlite3_reset(get);
		return -1;
	}
	return found;
}

int stories_put(struct writer *writer, struct story *stories, size_t count, struct err *err)
{
	struct lent list = { count, stories };
	sqlite3_stmt *put = db_use(&writer->db, STATEMENT_STORIES_PUT);

	db_bind_pointer(put, 1, &list, lent_stories.name);
	return db_run(&writer->db, put, err) < 0 ? -1 : settle(writer, stories, &list, err);
}

int story_drop(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_LINKS);
	const char *url, *guid;
	int result;

	db_bind_int(get, 1, item_id);
	result = db_step(&writer->db, get, err);
	if (result <= 0)
		return result;
	url = db_text(get, 0);
	guid = db_text(get, 1);
	result = 0;
	if (url != NULL)
		result = drop(writer, item_id, story_link_hash(url), err);
	if (result == 0 && guid != NULL && guid[0] != '\0')
		result = drop(writer, item_id, story_guid_hash(guid), err);
	sqlite3_reset(get);
	return result;
}

int story_renew(struct writer *writer, int64_t item_id, struct err *err)
{
	sqlite3_stmt *get = db_use(&writer->db, STATEMENT_ITEM_LINKS);
	struct story stories[STORIES_MAX];
	char *url, *guid, *title;
	size_t count;
	int result;

	db_bind_int(get, 1, item_id);
	result = db_step(&writer->db, get, err);
	if (result <= 0)
		return result;
	url = db_text_copy(get, 0);
	guid = db_text_copy(get, 1);
	title = db_text_copy(get, 2);
	sqlite3_reset(get);
	count = stories_of(item_id, url, guid != NULL && guid[0] != '\0' ? guid : NULL,
		title != NULL ? title : "", stories);
	result = stories_put(writer, stories, count, err);
	free(url);
	free(guid);
	free(title);
	return result;
}
